// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package contract_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
)

func TestTrafficKeepsToTheContract(t *testing.T) {
	t.Parallel()
	document := loadDocument(t)
	exchanges, known := recordedTraffic(t)
	c := count{operations: map[string]int{}, deviations: map[string]int{}}

	for _, e := range exchanges {
		problems, operation := document.validate(e)
		unexplained := c.add(e, operation, problems)
		if len(unexplained) > 0 {
			t.Errorf("%s: %s %s %s answered with %d does not keep to the document:\n  %s",
				e.test, e.Method, e.URL, e.RequestBody, e.Status, strings.Join(unexplained, "\n  "))
		}
	}

	expectOneList(t, known)
	for _, deviation := range deviations {
		switch {
		case deviation.unseen == "" && c.deviations[deviation.name] == 0:
			t.Errorf("the deviation %q never occurred: a list that only grows is none", deviation.name)
		case deviation.unseen != "" && deviation.explains != nil:
			t.Errorf("the deviation %q explains problems that need not occur", deviation.name)
		}
	}
	t.Log(c.report())
}

// expectOneList wants the names here and in the simulator to be the same.
func expectOneList(t *testing.T, simulators map[string]bool) {
	t.Helper()
	here := map[string]bool{}
	for _, deviation := range deviations {
		here[deviation.name] = true
	}
	if !maps.Equal(here, simulators) {
		t.Errorf("the simulator lists the deviations\n  %q\nand this test\n  %q", slices.Sorted(maps.Keys(simulators)), slices.Sorted(maps.Keys(here)))
	}
}

// count is what the test has seen.
type count struct {
	requests, answers, withoutBody, unanswered, deviating int
	operations, deviations                                map[string]int
}

// add counts an exchange, and gives the problems that no deviation explains.
func (c *count) add(e *exchange, operation string, problems []problem) (unexplained []string) {
	c.requests++
	c.operations[operation]++
	switch {
	case e.Status == 0:
		c.unanswered++
	case e.WithoutBody:
		c.withoutBody++
		fallthrough
	default:
		c.answers++
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
	fmt.Fprintf(&text, "%d distinct requests and %d answers were held against the document", c.requests, c.answers)
	fmt.Fprintf(&text, " (%d of the answers by status and headers only; %d requests had none).\n", c.withoutBody, c.unanswered)
	for _, operation := range slices.Sorted(maps.Keys(c.operations)) {
		fmt.Fprintf(&text, "  %6d  %s\n", c.operations[operation], operation)
	}
	fmt.Fprintf(&text, "%d of these exchanges deviate from it, as listed:\n", c.deviating)
	for _, deviation := range deviations {
		if deviation.unseen == "" {
			fmt.Fprintf(&text, "  %6d  %s\n", c.deviations[deviation.name], deviation.name)
		}
	}
	text.WriteString("Deviations that no validator can see, or that the provider gives no occasion for:\n")
	for _, deviation := range deviations {
		if deviation.unseen != "" {
			fmt.Fprintf(&text, "          %s: %s\n", deviation.name, deviation.unseen)
		}
	}
	return text.String()
}
