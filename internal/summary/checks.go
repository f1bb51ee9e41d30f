// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package summary

import (
	"cmp"
	"slices"
	"strings"

	tfjson "github.com/hashicorp/terraform-json"
)

// problem is a line of a message, with the address that it is about.
type problem struct{ address, text string }

// findings are what refuses a plan or warns about it.
type findings struct {
	// refused stop the apply: errors of the log, and failed conditions of an errored plan.
	refused []problem
	// failed are checks that failed, or could not be evaluated. They stop nothing.
	failed []problem
	// unknown are the addresses of checks that are evaluated during the apply.
	unknown []string
	// warnings are those of the log that are not about a decision in the plan.
	warnings []problem
}

// newFindings reads checks and errors. A message of a check is also an error or a
// warning of the log, which is left out.
func newFindings(plan *Plan, log Log) (f findings, warnings []diagnostic) {
	isCheck := map[string]bool{}
	if plan != nil {
		for _, check := range plan.Checks {
			f.addCheck(check, plan.errored, isCheck)
		}
	}
	for _, diagnostic := range log.errors {
		if !isCheck[normalize(diagnostic.Detail)] {
			f.refused = append(f.refused, problem{diagnostic.Address, diagnostic.text()})
		}
	}
	for _, diagnostic := range log.warnings {
		if !isCheck[normalize(diagnostic.Detail)] {
			warnings = append(warnings, diagnostic)
		}
	}
	return f, warnings
}

func (f *findings) addCheck(check tfjson.CheckResultStatic, isErrored bool, isCheck map[string]bool) {
	if check.Status == tfjson.CheckStatusPass {
		return
	}
	// A condition of a resource or an output stops Terraform; a check block does not.
	to := &f.failed
	if isErrored && check.Address.Kind != tfjson.CheckKindCheckBlock {
		to = &f.refused
	}
	if check.Status == tfjson.CheckStatusUnknown {
		f.unknown = append(f.unknown, check.Address.ToDisplay)
		return
	}
	found := len(*to)
	for _, instance := range check.Instances {
		for _, reported := range instance.Problems {
			isCheck[normalize(reported.Message)] = true
			for line := range strings.Lines(strings.TrimSpace(reported.Message)) {
				if line := strings.TrimSpace(line); line != "" {
					*to = append(*to, problem{cmp.Or(instance.Address.ToDisplay, check.Address.ToDisplay), line})
				}
			}
		}
	}
	if len(*to) == found {
		*to = append(*to, problem{check.Address.ToDisplay, "could not be evaluated"})
	}
}

// normalize makes a message comparable with the detail of its diagnostic.
func normalize(message string) string { return strings.Join(strings.Fields(message), " ") }

// sortUnknown puts the addresses into the order of the page.
func (f *findings) sort() {
	slices.Sort(f.unknown)
	byAddress := func(a, b problem) int { return cmp.Compare(a.address, b.address) }
	slices.SortStableFunc(f.refused, byAddress)
	slices.SortStableFunc(f.failed, byAddress)
	slices.SortStableFunc(f.warnings, byAddress)
}
