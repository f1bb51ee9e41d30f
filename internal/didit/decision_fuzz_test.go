// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package didit

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// FuzzDecodeDecision compares what is kept of a report with what encoding/json
// sees in it.
func FuzzDecodeDecision(f *testing.F) {
	f.Add(simulatedReport(f, 2000))
	for _, text := range []string{
		report(""), report(`"session_number": 4711, "expires_at": null`), report("") + " \n", `[]`, `null`, ``, `{`, "\xff", `{"a":`, report("") + "x",
		report(`"aml_screenings": [{"node_id": "a", "status": "Approved"}, {"status": "Declined", "x": [{}]}], "poa_verifications": null`),
		report(`"x": [{"node_id": "a", "status": "s"}, 7, {"node_id": null}], "aml_screenings": [{"node_id": "a", "status": "t"}]`),
		report(`"aml_screenings": {"status": "Approved"}`), report(`"aml_screenings": [{"status": 1}]`), report(`"aml_screenings": [[]]`),
		report(`"x": 1, "x": [{"node_id": "a", "status": "s"}], "x": 2`), report(`"status": "Approved"`), report(`"x": {"status": "a", "status": "b"}`),
		report(`"x": "\ud800", "y": [{"node_id": "\ud800", "status": "s"}]`), report("\"x\": \"\xff\", \"y\": [{\"node_id\": \"\xff\", \"status\": \"s\"}]"),
		report(`"session_number": 1e3`), report(`"session_number": -0`), report(`"x": 1e999999`), strings.ReplaceAll(report(""), "-", `\u002D`),
		report(`"x": ` + strings.Repeat("[", 50) + strings.Repeat("]", 50)), `{"session_id": "` + strings.ToUpper(testSession) + `", "status": "x"}`,
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		decision, failure := decodeDecision(stream{bytes.NewReader(text)}, testSession)
		switch {
		case (decision == nil) == (failure == nil):
			t.Fatalf("%+v, %v: want one of them", decision, failure)
		case failure != nil:
			assertHonest(t, text, failure)
		default:
			assertConsistent(t, text, decision)
		}
	})
}

// assertHonest: what is whole is not called cut, and nothing of it is repeated.
func assertHonest(t *testing.T, text []byte, failure *Error) {
	t.Helper()
	if failure.Kind != KindMalformed && failure.Kind != KindNotAPI || failure.OutcomeUnknown != (failure.Kind == KindMalformed) || failure.Detail == "" {
		t.Errorf("%+v", failure)
	}
	if failure.Kind == KindMalformed && json.Valid(text) {
		t.Errorf("%s: %.200q", failure.Detail, text)
	}
	assertFit(t, failure, testSession)
}

func assertConsistent(t *testing.T, text []byte, decision *Decision) {
	t.Helper()
	if !json.Valid(text) {
		t.Fatalf("no JSON is taken for %+v", decision)
	}
	if hasDuplicates(text) {
		return // readers differ about what it says
	}
	var seen map[string]any
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	if err := decoder.Decode(&seen); err != nil {
		t.Fatal(err)
	}
	for field, kept := range map[string]string{
		"session_id": decision.SessionID, "status": decision.Status, "session_kind": decision.Kind, "workflow_id": decision.WorkflowID,
		"environment": decision.Environment, "created_at": decision.CreatedAt, "expires_at": decision.ExpiresAt,
	} {
		said, _ := seen[field].(string)
		if said != kept || seen[field] != nil && said == "" && kept != "" || !utf8.ValidString(kept) {
			t.Errorf("%s: kept %q, said %#v", field, kept, seen[field])
		}
	}
	said, _ := seen["session_number"].(json.Number)
	if decision.Number == nil {
		if said != "" {
			t.Errorf("session_number: nothing kept, said %s", said)
		}
	} else if number, err := said.Int64(); err != nil || number != *decision.Number {
		t.Errorf("session_number: kept %d, said %s", *decision.Number, said)
	}
	want, got := stepsIn(t, seen), slices.Clone(decision.Features)
	slices.SortFunc(want, compareFeatures)
	slices.SortFunc(got, compareFeatures)
	if !slices.Equal(got, want) {
		t.Errorf("steps %q, want %q", got, want)
	}
}

func compareFeatures(a, b Feature) int {
	return slices.Compare([]string{a.NodeID, a.Type, a.Status}, []string{b.NodeID, b.Type, b.Status})
}

// stepsIn finds the steps in a whole report, at leisure.
func stepsIn(t *testing.T, report map[string]any) (steps []Feature) {
	t.Helper()
	var others []Feature
	for name, value := range report {
		items, _ := value.([]any)
		for _, item := range items {
			fields, _ := item.(map[string]any)
			nodeID, _ := fields["node_id"].(string)
			status, _ := fields["status"].(string)
			step := Feature{nodeID, featureTypeOf(name), status}
			_, known := featureTypes[name]
			switch {
			case known && nodeID == "":
				step.NodeID = DefaultNodeID
				fallthrough
			case known:
				steps = append(steps, step)
			case isKept(nodeID) && isKept(status):
				others = append(others, step)
			}
		}
	}
	known := slices.Clone(steps)
	for _, other := range others {
		if !slices.ContainsFunc(known, func(step Feature) bool { return step.NodeID == other.NodeID }) {
			steps = append(steps, other)
		}
	}
	return steps
}

func isKept(text string) bool {
	return text != "" && len(text) <= maxTextBytes && !strings.ContainsRune(text, utf8.RuneError)
}

// hasDuplicates tells whether any object holds a name twice.
func hasDuplicates(text []byte) bool {
	decoder := json.NewDecoder(bytes.NewReader(text))
	var check func() bool
	check = func() bool {
		token, err := decoder.Token()
		if err != nil {
			return false
		}
		delimiter, _ := token.(json.Delim)
		names := map[any]bool{}
		for (delimiter == '{' || delimiter == '[') && decoder.More() {
			if delimiter == '{' {
				name, err := decoder.Token()
				if err != nil {
					return false
				}
				if names[name] {
					return true
				}
				names[name] = true
			}
			if check() {
				return true
			}
		}
		if delimiter != 0 {
			_, _ = decoder.Token()
		}
		return false
	}
	return check()
}
