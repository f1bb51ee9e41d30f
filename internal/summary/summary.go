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

	tfjson "github.com/hashicorp/terraform-json"
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
	group string
	files *Files
	// hasPlan and errored: Terraform made a plan, which it cannot apply if it has errors.
	hasPlan, errored bool
	// incomplete: the plan leaves something out, as with -target; deferred is the number
	// of changes that Terraform has put off.
	incomplete bool
	deferred   int
	// decisions are the subjects that have a row, unchanged those that are as decided.
	decisions, unchanged []decision

	others
	findings

	// unplanned are the decisions of files that are not in the plan.
	unplanned []problem
	// caseFiles are by session.
	caseFiles map[string]caseFile
}

// New summarizes a plan. Its error is one sentence, which follows the plan's name.
func New(in Input) (*Summary, error) {
	s := &Summary{group: in.Group, files: in.Files, hasPlan: in.Plan != nil, caseFiles: map[string]caseFile{}}
	var warnings []diagnostic
	s.findings, warnings = newFindings(in.Plan, in.Log)
	if in.Plan != nil {
		if err := s.addPlan(in.Plan); err != nil {
			return nil, err
		}
	}
	s.joinFiles()
	s.addWarnings(warnings)
	for i := range s.decisions {
		d := &s.decisions[i]
		d.marks = slices.Concat(d.marks, d.planMarks(), s.fileMarks(*d))
		d.marks = slices.Compact(slices.SortedFunc(slices.Values(d.marks), byRank))
	}
	s.sort()
	return s, nil
}

func (s *Summary) addPlan(plan *Plan) error {
	s.errored = plan.errored
	s.deferred = len(plan.DeferredChanges)
	// A plan with errors is always incomplete.
	s.incomplete = !s.errored && (plan.Complete != nil && !*plan.Complete || s.deferred > 0)
	configured := s.addConfiguration(plan.Config)
	s.addProviders(plan)
	s.addOutputs(plan.OutputChanges)
	s.decisions = s.addActions(plan.ActionInvocations)
	return s.addChanges(plan, configured)
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
			s.moves = append(s.moves, problem{text: planned.PreviousAddress + " → " + planned.Address})
		}
		isUnconfigured := isUnconfigured(configured, planned.Address, planned.Change.Actions)
		if !isDecision(planned) {
			s.addChange(planned, isUnconfigured)
			continue
		}
		c := newChange(planned)
		d, err := c.decision(drift[c.instance()])
		if err != nil {
			return err
		}
		if isUnconfigured {
			d.marks = append(d.marks, markMayRunCode)
		}
		delete(drift, c.instance())
		s.add(d)
	}
	// What the refresh found changed, and nothing is planned for.
	for _, c := range drift {
		observed, isGone := *c, c.actions.Delete()
		observed.actions = tfjson.Actions{tfjson.ActionNoop}
		if isGone {
			observed.after = c.before
		}
		d, err := observed.decision(c)
		if err != nil {
			return err
		}
		if isGone {
			d.effect = gone
		}
		s.add(d)
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

// addWarnings gives each decision the warnings about its block, and keeps the others.
// A warning that is equivalent to the effect is left out.
func (s *Summary) addWarnings(warnings []diagnostic) {
	index := map[string]*decision{}
	for i := range s.decisions {
		index[s.decisions[i].address] = &s.decisions[i]
	}
	for _, warning := range warnings {
		switch d := index[warning.Address]; {
		case d == nil || warning.Address == "":
			s.warnings = append(s.warnings, problem{warning.Address, warning.text()})
		case d.effect != superseded && d.effect != gone && d.effect != forgotten:
			d.marks = append(d.marks, cmp.Or(warningMarks[warning.Summary], warning.Summary))
		}
	}
}

// sort makes the page the same for the same plan, whatever the order in its JSON.
func (s *Summary) sort() {
	for _, list := range [][]decision{s.decisions, s.unchanged} {
		slices.SortStableFunc(list, func(a, b decision) int {
			return cmp.Or(compareSubjects(a.Subject, b.Subject), cmp.Compare(a.address, b.address), cmp.Compare(a.effect, b.effect))
		})
	}
	for _, list := range [][]problem{s.refused, s.failed, s.unknown, s.warnings, s.moves, s.actions} {
		slices.SortStableFunc(list, func(a, b problem) int { return cmp.Or(cmp.Compare(a.address, b.address), cmp.Compare(a.text, b.text)) })
	}
}
