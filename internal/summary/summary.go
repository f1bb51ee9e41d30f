// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

// Package summary reads what a plan of Terraform or OpenTofu does to decisions, and
// writes it as Markdown for reviewers. It knows Terraform's formats and decision files,
// and nothing of the provider or the API: what the provider refuses or warns of comes
// from the log of the plan.
package summary

import (
	"cmp"
	"slices"
)

// Input is what is known of one plan.
type Input struct {
	// Group names the group of decisions that was planned; "" for none.
	Group string
	// Plan is nil if Terraform stopped before there was one; then Log says why.
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
	unplanned []string
	// fileNames are by session; changedSessions are those whose file the pull request
	// changes.
	fileNames       map[string]string
	changedSessions map[string]bool
}

// New summarizes a plan. Its error is one sentence, which follows the plan's name.
func New(in Input) (*Summary, error) {
	s := &Summary{group: in.Group, files: in.Files, hasPlan: in.Plan != nil, fileNames: map[string]string{}, changedSessions: map[string]bool{}}
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
		d.marks = append(d.planMarks(), s.fileMarks(*d)...)
		slices.SortFunc(d.marks, func(a, b string) int { return cmp.Compare(slices.Index(marks, a), slices.Index(marks, b)) })
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
	if err := s.addChanges(plan, configured); err != nil {
		return err
	}
	reopenings, err := s.addActions(plan.ActionInvocations)
	s.decisions = append(s.decisions, reopenings...)
	return err
}

// addChanges adds every change of a resource or data source.
func (s *Summary) addChanges(plan *Plan, configured map[string]bool) error {
	drift := map[string]*change{}
	for _, drifted := range notNull(plan.ResourceDrift) {
		if isDecision(drifted) {
			c, err := newChange(drifted)
			if err != nil {
				return err
			}
			drift[c.instance()] = &c
		}
	}
	for _, planned := range notNull(plan.ResourceChanges) {
		if planned.PreviousAddress != "" && planned.PreviousAddress != planned.Address {
			s.moves = append(s.moves, planned.PreviousAddress+" → "+planned.Address)
		}
		isUnconfigured := planned.Change != nil && isUnconfigured(configured, planned.Address, planned.Change.Actions)
		if !isDecision(planned) {
			s.addChange(planned, isUnconfigured)
			continue
		}
		c, err := newChange(planned)
		if err != nil {
			return err
		}
		d, err := c.decision(drift[c.instance()])
		if err != nil {
			return err
		}
		d.unconfigured = isUnconfigured
		delete(drift, c.instance())
		s.add(d)
	}
	for _, drifted := range drift {
		d, err := drifted.observed()
		if err != nil {
			return err
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
// What an effect says already is left out.
func (s *Summary) addWarnings(warnings []diagnostic) {
	index := map[string]*decision{}
	for i := range s.decisions {
		index[s.decisions[i].address] = &s.decisions[i]
	}
	for _, warning := range warnings {
		switch d := index[warning.Address]; {
		case d == nil || warning.Address == "":
			s.warnings = append(s.warnings, problem{warning.Address, warning.text()})
		case d.effect != superseded && d.effect != gone && d.effect != forgotten && !slices.Contains(d.warnings, warning.Summary):
			d.warnings = append(d.warnings, warning.Summary)
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
	slices.Sort(s.moves)
	slices.Sort(s.actions)
	s.findings.sort()
}
