// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package contract_test

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"
)

func TestTraffic_KeepsToTheDocument(t *testing.T) {
	t.Parallel()
	document := loadDocument(t)
	exchanges := recordedTraffic(t)
	c := count{operations: map[string]int{}, deviations: map[string]int{}}

	for _, e := range exchanges {
		problems, operation := document.validate(e)
		unexplained := c.add(e, operation, problems)
		if len(unexplained) > 0 {
			t.Errorf("%s: %s %s %s with response %d does not keep to the document:\n  %s",
				e.test, e.Method, e.URL, e.RequestBody, e.Status, strings.Join(unexplained, "\n  "))
		}
	}

	for _, deviation := range deviations {
		if deviation.explains != nil && c.deviations[deviation.name] == 0 {
			t.Errorf("the deviation %q never occurred: delete it from the list if it is gone", deviation.name)
		}
	}
	t.Log(c.report())
}

// count is what the test has seen.
type count struct {
	requests, responses, withoutBody, withoutResponse, deviating int
	operations, deviations                                       map[string]int
}

// add counts an exchange, and returns the problems that no deviation explains.
func (c *count) add(e *exchange, operation string, problems []problem) (unexplained []string) {
	c.requests++
	c.operations[operation]++
	switch {
	case e.Status == 0:
		c.withoutResponse++
	case e.WithoutBody:
		c.withoutBody++
		fallthrough
	default:
		c.responses++
	}
	names := map[string]bool{}
	for _, problem := range problems {
		at := slices.IndexFunc(deviations, func(d deviation) bool { return d.explains != nil && d.explains(e, problem) })
		if at < 0 {
			unexplained = append(unexplained, problem.String())
		} else {
			names[deviations[at].name] = true
		}
	}
	for name := range names {
		c.deviations[name]++
	}
	if len(names) > 0 {
		c.deviating++
	}
	return unexplained
}

func (c *count) report() string {
	var text strings.Builder
	fmt.Fprintf(&text, "%d distinct requests and %d responses were checked against the document", c.requests, c.responses)
	fmt.Fprintf(&text, " (%d of the responses by status and headers only; %d requests had none).\n", c.withoutBody, c.withoutResponse)
	for _, operation := range slices.Sorted(maps.Keys(c.operations)) {
		fmt.Fprintf(&text, "  %6d  %s\n", c.operations[operation], operation)
	}
	fmt.Fprintf(&text, "%d of these exchanges deviate from it. The deviations:\n", c.deviating)
	for _, deviation := range deviations {
		occurred := "no validator can see it"
		if deviation.explains != nil {
			occurred = strconv.Itoa(c.deviations[deviation.name])
		}
		fmt.Fprintf(&text, "  %s (%s): %s\n", deviation.name, occurred, deviation.about)
	}
	return text.String()
}
