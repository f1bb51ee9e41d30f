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

// Log is what terraform plan -json or apply -json, or the same of tofu, has reported. A
// plan holds neither a provider's errors nor any warning, and nothing of its apply.
type Log struct {
	diagnostics []diagnostic
	// begun is set if an apply began to make changes, applied if it came to its end.
	begun, applied bool
}

type diagnostic struct {
	Severity, Summary, Detail string
	// Address is of the resource; "" for none.
	Address string
}

func (d diagnostic) isError() bool { return d.Severity == "error" }

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
			Type       string
			Diagnostic *diagnostic
			// Their form depends on the type, as far as it is known.
			Changes, Hook any
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
		// A plan applies, too: it reads data sources.
		log.begun = log.begun || event.Type == "apply_start" && object(event.Hook)["action"] != "read" || event.Type == "action_start"
		log.applied = log.applied || event.Type == "change_summary" && object(event.Changes)["operation"] == "apply"
	}
	return log, nil
}

// text returns the diagnostic without its address.
func (d diagnostic) text() string {
	return strings.Trim(d.Summary+": "+d.Detail, ": \n")
}

// addFindings adds what refuses a plan or warns about it. A message of a check is also an
// error or a warning of the log, which is left out. A warning about a decision is a mark,
// unless it is equivalent to the effect.
func (s *Summary) addFindings() {
	isCheck := map[string]bool{}
	if s.in.Plan != nil {
		for _, check := range s.in.Plan.Checks {
			s.addCheck(check, isCheck)
		}
	}
	decisions := map[string]*decision{}
	for i := range s.decisions {
		decisions[s.decisions[i].address] = &s.decisions[i]
	}
	for _, found := range s.in.Log.diagnostics {
		d := decisions[found.Address]
		switch {
		case found.Detail != "" && isCheck[normalize(found.Detail)]:
		case found.isError() && strings.HasSuffix(found.Summary, "condition failed"):
			s.refused = append(s.refused, messageEntries(cmp.Or(found.Address, found.Summary), found.Detail)...)
		case found.isError():
			s.refused = append(s.refused, entry{address: found.Address, text: found.text()})
		case d == nil || found.Address == "":
			s.warnings = append(s.warnings, entry{address: found.Address, text: found.text()})
		case d.effect != forgotten || found.Summary != warningForgotten:
			d.marks = append(d.marks, cmp.Or(warningMarks[found.Summary], found.Summary))
		}
	}
}

func (s *Summary) addCheck(check tfjson.CheckResultStatic, isCheck map[string]bool) {
	// A condition of a resource or an output stops Terraform; a check block does not.
	to := &s.failed
	switch {
	case check.Status == tfjson.CheckStatusPass:
		return
	case check.Status == tfjson.CheckStatusUnknown:
		s.unknown = append(s.unknown, entry{text: check.Address.ToDisplay})
		return
	case s.in.Plan.errored && check.Address.Kind != tfjson.CheckKindCheckBlock:
		to = &s.refused
	}
	found := len(*to)
	for _, instance := range check.Instances {
		for _, reported := range instance.Problems {
			isCheck[normalize(reported.Message)] = true
			*to = append(*to, messageEntries(cmp.Or(instance.Address.ToDisplay, check.Address.ToDisplay), reported.Message)...)
		}
	}
	if len(*to) == found {
		text := "could not be evaluated"
		if check.Status == tfjson.CheckStatusFail {
			text = "failed without a message"
		}
		*to = append(*to, entry{address: check.Address.ToDisplay, text: text})
	}
}

// messageEntries returns an entry for each line of a condition's message. A first line
// that ends in a colon is the heading of the others.
func messageEntries(address, message string) (entries []entry) {
	for line := range strings.Lines(message) {
		if line := strings.TrimSpace(line); line != "" {
			entries = append(entries, entry{address: address, text: line})
		}
	}
	if len(entries) > 1 && strings.HasSuffix(entries[0].text, ":") {
		heading := entries[0].text
		entries = entries[1:]
		for i := range entries {
			entries[i].heading = heading
		}
	}
	return entries
}

// normalize makes a message comparable with the detail of its diagnostic.
func normalize(message string) string { return strings.Join(strings.Fields(message), " ") }
