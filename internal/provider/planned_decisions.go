// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/didit-community/terraform-provider-didit/internal/decisions"
	"github.com/didit-community/terraform-provider-didit/internal/didit"
)

// plannedDecisions remembers what each subject is planned to become, to detect two
// blocks that disagree. Terraform plans a replacement twice, so two equal plans are
// no proof of two blocks.
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

// checkDuplicate records a planned decision. It returns the one that another block
// plans for the same subject, if the two disagree.
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
