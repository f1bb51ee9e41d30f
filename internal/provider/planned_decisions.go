// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"slices"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/didit-community/terraform-provider-didit/internal/check"
	"github.com/didit-community/terraform-provider-didit/internal/decisions"
)

// plannedDecisions records what the blocks of a plan do, to find two that contradict each
// other. A block plans its subject once; the second plan of a replacement is not recorded.
type plannedDecisions struct {
	mu sync.Mutex
	// claimed is the decision of the first block for each subject.
	claimed map[decisions.Subject]plannedDecision
	// made are the memories of the blocks in the state.
	made map[decisions.Subject]decisionMemory
	// sent are the keys of decisions that will be sent; "" for a key that is not known.
	sent map[decisions.Subject][]string
	// unsent are the subjects whose plan has said that nothing will be sent.
	unsent map[decisions.Subject]bool
}

// plannedDecision is the configuration of a decision. Its parts may be unknown.
type plannedDecision struct {
	value, comment, from types.String
	deferred             types.Bool
}

func newPlannedDecisions() *plannedDecisions {
	return &plannedDecisions{
		claimed: map[decisions.Subject]plannedDecision{},
		made:    map[decisions.Subject]decisionMemory{},
		sent:    map[decisions.Subject][]string{},
		unsent:  map[decisions.Subject]bool{},
	}
}

// claim records the decision of a block. If another block has planned a different one for
// the subject, or if one of the values is unknown, it returns that instead.
func (p *plannedDecisions) claim(subject decisions.Subject, planned plannedDecision) (other plannedDecision, disagrees bool) {
	subject = canonical(subject)
	p.mu.Lock()
	defer p.mu.Unlock()
	other, isClaimed := p.claimed[subject]
	if isClaimed && !other.agrees(planned) {
		return other, true
	}
	if !isClaimed || other.comment.IsUnknown() {
		p.claimed[subject] = planned
	}
	return plannedDecision{}, false
}

// agrees reports whether two blocks may decide one subject. An unknown value could turn
// out to be another one after the first block was applied; an unknown comment is compared
// in the apply's plan.
func (d plannedDecision) agrees(other plannedDecision) bool {
	isSameComment := d.comment.IsUnknown() || other.comment.IsUnknown() || d.comment.Equal(other.comment)
	return isKnown(d.value) && d.value.Equal(other.value) && d.from.Equal(other.from) && d.deferred.ValueBool() == other.deferred.ValueBool() && isSameComment
}

// record records the memory of a block, and the key of the decision that it will send, if
// any. It reports whether one block sends a decision that another one has made, as after a
// renamed key of for_each or in a copy of a block.
func (p *plannedDecisions) record(subject decisions.Subject, memory decisionMemory, sent ...string) (isRepeated bool) {
	subject = canonical(subject)
	p.mu.Lock()
	defer p.mu.Unlock()
	isRepeated = slices.ContainsFunc(sent, p.made[subject].mayHave) || slices.ContainsFunc(p.sent[subject], memory.mayHave)
	p.made[subject] = decisionMemory{slices.Concat(p.made[subject].made, memory.made)}
	p.sent[subject] = append(p.sent[subject], sent...)
	return isRepeated
}

// mayHave is has, and true for an unknown decision if any was made.
func (m decisionMemory) mayHave(key string) bool {
	return m.has(key) || key == "" && !m.isEmpty()
}

// sendsNothing records that a plan of this process has said that nothing will be sent.
func (p *plannedDecisions) sendsNothing(subject decisions.Subject) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.unsent[canonical(subject)] = true
}

// isUnsent reports whether a plan of this process has said that nothing will be sent, so
// that the apply does not have to.
func (p *plannedDecisions) isUnsent(subject decisions.Subject) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.unsent[canonical(subject)]
}

// canonical returns a step with the canonical label of its type.
func canonical(subject decisions.Subject) decisions.Subject {
	if step, ok := subject.(decisions.FeatureRef); ok {
		step.FeatureType = check.CanonicalFeatureType(step.FeatureType)
		return step
	}
	return subject
}
