// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

// Package summary reads what a plan of Terraform or OpenTofu does to decisions, and
// writes it as Markdown for reviewers. It knows Terraform's formats and decision files,
// and nothing of the provider or the API: what the provider refuses or warns of comes
// from the log of the plan.
package summary

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/didit-community/terraform-provider-didit/internal/decisionfile"
)

// Input is what is known of one plan.
type Input struct {
	// Group names the group of decisions that was planned; "" for none.
	Group string
	// Plan is nil if Terraform stopped before there was one; then Log has the reason.
	Plan *Plan
	Log  Log
	// Files are nil if they were not read.
	Files *Files
}

// Summary is what a plan does.
type Summary struct {
	in Input
	// decisions are the subjects that have a row, unchanged those that are as decided.
	decisions, unchanged []decision
	// caseFiles are the decision files by session.
	caseFiles map[string]decisionfile.File

	// refused stop the apply: errors of the log, and failed conditions of an errored plan.
	refused []entry
	// failed are checks that failed, or could not be evaluated. They stop nothing. unknown
	// are the addresses of those that are evaluated during the apply.
	failed, unknown []entry
	// warnings are those of the log that are not about a decision in the plan.
	warnings []entry
	// changes, providers, outputs, moves and actions are what the plan does or uses besides
	// decisions.
	changes, providers, outputs, moves, actions []entry
	// unplanned are the decisions of files that are not in the plan.
	unplanned []entry
}

// entry is a line of a list.
type entry struct {
	// address is what it is about, if there is such a thing.
	address string
	// heading is the first line of a message that has several, if it introduces the others.
	heading string
	text    string
	mark    string
	// urlBefore and url are of a webhook destination.
	urlBefore, url value
}

// New summarizes a plan. Its error is one sentence, which follows the plan's name.
func New(in Input) (*Summary, error) {
	s := &Summary{in: in, caseFiles: map[string]decisionfile.File{}}
	if in.Plan != nil {
		s.addProviders(in.Plan)
		s.addOutputs(in.Plan.OutputChanges)
		s.addActions(in.Plan.ActionInvocations)
		if err := s.addChanges(in.Plan, s.addConfiguration(in.Plan.Config)); err != nil {
			return nil, err
		}
	}
	s.addFindings()
	s.joinFiles()
	for i := range s.decisions {
		d := &s.decisions[i]
		d.marks = slices.Concat(d.marks, d.planMarks(), s.fileMarks(*d))
		d.marks = slices.Compact(slices.SortedFunc(slices.Values(d.marks), byRank))
	}
	s.sort()
	return s, nil
}

// addChanges adds every change of a resource or data source.
func (s *Summary) addChanges(plan *Plan, configured map[string]bool) error {
	drift := map[string]*change{}
	for _, drifted := range notNull(plan.ResourceDrift) {
		if isDecision(drifted) && drifted.Change != nil {
			c := newChange(drifted)
			drift[c.instance()] = &c
		}
	}
	for _, planned := range notNull(plan.ResourceChanges) {
		if planned.Change == nil {
			return fmt.Errorf("%s has no change in it", planned.Address)
		}
		if planned.PreviousAddress != "" && planned.PreviousAddress != planned.Address {
			s.moves = append(s.moves, entry{text: planned.PreviousAddress + " → " + planned.Address})
		}
		mark := ""
		if isUnconfigured(configured, planned.Address, planned.Change.Actions) {
			mark = markMayRunCode
		}
		if !isDecision(planned) {
			s.addChange(planned, mark)
			continue
		}
		c := newChange(planned)
		d, err := c.decision(drift[c.instance()])
		if err != nil {
			return err
		}
		if mark != "" {
			d.marks = append(d.marks, mark)
		}
		delete(drift, c.instance())
		s.add(d)
	}
	// What the refresh found changed, and nothing is planned for.
	for _, c := range drift {
		s.add(c.observed())
	}
	return nil
}

func (s *Summary) add(d decision) {
	if d.effect == unchangedDecision {
		s.unchanged = append(s.unchanged, d)
	} else {
		s.decisions = append(s.decisions, d)
	}
}

// sort makes the page the same for the same plan, whatever the order in its JSON.
func (s *Summary) sort() {
	for _, list := range [][]decision{s.decisions, s.unchanged} {
		slices.SortStableFunc(list, func(a, b decision) int {
			return cmp.Or(compareSubjects(a.subject, b.subject), cmp.Compare(a.address, b.address), cmp.Compare(a.effect, b.effect))
		})
	}
	for _, list := range [][]entry{s.refused, s.failed, s.unknown, s.warnings, s.changes, s.providers, s.outputs, s.moves, s.actions} {
		slices.SortStableFunc(list, func(a, b entry) int {
			return cmp.Or(cmp.Compare(rankOf(a.mark), rankOf(b.mark)), cmp.Compare(a.address, b.address),
				cmp.Compare(a.heading, b.heading), cmp.Compare(a.text, b.text))
		})
	}
}
