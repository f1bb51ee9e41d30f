// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/didit-community/terraform-provider-didit/internal/decisions"
	"github.com/didit-community/terraform-provider-didit/internal/didit"
)

// plannedDecisions records the planned decision for each subject, to detect two blocks
// that disagree. Two equal plans can come from one block, because Terraform plans a
// replacement twice.
type plannedDecisions struct {
	mu        sync.Mutex
	bySubject map[decisions.Subject]plannedDecision
}

type plannedDecision struct {
	value   string
	comment types.String // may be unknown
}

func newPlannedDecisions() *plannedDecisions {
	return &plannedDecisions{bySubject: map[decisions.Subject]plannedDecision{}}
}

// checkDuplicate records a planned decision. If another block has planned a different one
// for the subject, it returns that instead.
func (p *plannedDecisions) checkDuplicate(subject decisions.Subject, planned plannedDecision) (other plannedDecision, disagrees bool) {
	if step, ok := subject.(decisions.FeatureRef); ok {
		step.FeatureType = didit.CanonicalFeatureType(step.FeatureType)
		subject = step
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	other, found := p.bySubject[subject]
	isSameComment := other.comment.IsUnknown() || planned.comment.IsUnknown() || other.comment.Equal(planned.comment)
	if found && (other.value != planned.value || !isSameComment) {
		return other, true
	}
	if !found || other.comment.IsUnknown() {
		p.bySubject[subject] = planned
	}
	return plannedDecision{}, false
}
