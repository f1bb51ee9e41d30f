// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package summary

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// Log is what terraform plan -json, or tofu plan -json, has reported. A plan holds
// neither a provider's errors nor any warning.
type Log struct{ errors, warnings []diagnostic }

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
		switch {
		case event.Level == "":
			return log, errors.New("it is JSON, but not the log of a plan; " + onlyLog)
		case event.Diagnostic == nil:
		case event.Diagnostic.Severity == "error":
			log.errors = append(log.errors, *event.Diagnostic)
		default:
			log.warnings = append(log.warnings, *event.Diagnostic)
		}
	}
	return log, nil
}

// text returns the diagnostic without its address.
func (d diagnostic) text() string {
	return strings.TrimSpace(strings.TrimSpace(d.Summary) + ": " + strings.TrimSpace(d.Detail))
}
