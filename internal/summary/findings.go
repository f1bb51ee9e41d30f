// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package summary

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	tfjson "github.com/hashicorp/terraform-json"
)

// Log is what terraform plan -json, or tofu plan -json, has reported. A plan holds
// neither a provider's errors nor any warning.
type Log struct{ diagnostics []diagnostic }

type diagnostic struct {
	Severity, Summary, Detail string
	// Address is of the resource; "" for none.
	Address string
}

const onlyLog = "pass the output of terraform plan -json, and nothing else"

// ParseLog reads the log. Its errors are one sentence, which follows the name of the
// file.
func ParseLog(data []byte) (Log, error) {
	var log Log
	data, err := readText(data, onlyLog)
	if err != nil {
		return log, err
	}
	number := 0
	for line := range bytes.Lines(data) {
		number++
		if len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		var event struct {
			Level      string `json:"@level"`
			Diagnostic *diagnostic
		}
		if err := json.Unmarshal(line, &event); err != nil {
			return log, fmt.Errorf("its line %d is not JSON; %s", number, onlyLog)
		}
		if event.Level == "" {
			return log, errors.New("it is JSON, but not the log of a plan; " + onlyLog)
		}
		if event.Diagnostic != nil {
			log.diagnostics = append(log.diagnostics, *event.Diagnostic)
		}
	}
	return log, nil
}

// text returns the diagnostic without its address.
func (d diagnostic) text() string {
	return strings.Trim(d.Summary+": "+d.Detail, ": \n")
}

// problem is a line of a list: a text, and the address that it is about if there is one.
type problem struct{ address, text string }

// findings are what refuses a plan or warns about it.
type findings struct {
	// refused stop the apply: errors of the log, and failed conditions of an errored plan.
	refused []problem
	// hasErrors: the log has errors.
	hasErrors bool
	// failed are checks that failed, or could not be evaluated. They stop nothing. unknown
	// are the addresses of those that are evaluated during the apply.
	failed, unknown []problem
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
	for _, d := range log.diagnostics {
		isError := d.Severity == "error"
		f.hasErrors = f.hasErrors || isError
		switch {
		case isCheck[normalize(d.Detail)]:
		case isError:
			f.refused = append(f.refused, problem{d.Address, d.text()})
		default:
			warnings = append(warnings, d)
		}
	}
	return f, warnings
}

func (f *findings) addCheck(check tfjson.CheckResultStatic, isErrored bool, isCheck map[string]bool) {
	// A condition of a resource or an output stops Terraform; a check block does not.
	to := &f.failed
	switch {
	case check.Status == tfjson.CheckStatusPass:
		return
	case check.Status == tfjson.CheckStatusUnknown:
		f.unknown = append(f.unknown, problem{text: check.Address.ToDisplay})
		return
	case isErrored && check.Address.Kind != tfjson.CheckKindCheckBlock:
		to = &f.refused
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
