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

	"github.com/didit-community/terraform-provider-didit/internal/check"
)

// FuzzDecodeDecision compares a decoded report with what encoding/json decodes.
func FuzzDecodeDecision(f *testing.F) {
	f.Add(simulatedReport(f, 2000))
	for _, text := range []string{
		report(""), report(`"session_number": 4711, "expires_at": null`), report("") + " \n", `[]`, `null`, ``, `{`, "\xff", `{"a":`, report("") + "x",
		report(`"aml_screenings": [{"node_id": "a", "status": "Approved"}, {"status": "Declined", "x": [{}]}], "poa_verifications": null`),
		report(`"aml_screenings": [{"node_id": "a", "status": "s", "hits": [{"id": "h", "review_status": "r", "match_score": 1.5}]}]`),
		report(`"x": [{"node_id": "a", "status": "s"}, 7, {"node_id": null}], "aml_screenings": [{"node_id": "a", "status": "t"}]`),
		report(`"aml_screenings": {"status": "Approved"}`), report(`"aml_screenings": [{"status": 1}]`), report(`"aml_screenings": [[]]`),
		report(`"aml_screenings": [null, {"node_id": 7, "status": "IN_REVIEW", "hits": null}, {"hits": [null, {"id": 1}]}], "created_at": 7`),
		report(`"x": 1, "x": [{"node_id": "a", "status": "s"}], "x": 2`), report(`"status": "Approved"`), report(`"x": {"status": "a", "status": "b"}`),
		report(`"x": "\ud800", "y": [{"node_id": "\ud800", "status": "s"}]`), report("\"x\": \"\xff\", \"y\": [{\"node_id\": \"\xff\", \"status\": \"s\"}]"),
		report(`"X": [{"node_id": "a", "status": "s"}]`), report(`"session_number": 1e3`), report(`"session_number": -0`), report(`"x": 1e999999`), strings.ReplaceAll(report(""), "-", `\u002D`),
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
			assertErrorMatches(t, text, failure)
		default:
			assertConsistent(t, text, decision)
		}
	})
}

// assertErrorMatches asserts that complete JSON is not reported as cut off, and that
// the error does not quote it.
func assertErrorMatches(t *testing.T, text []byte, failure *Error) {
	t.Helper()
	if failure.Kind != KindMalformed && failure.Kind != KindNotAPI && failure.Kind != KindUnexpected || failure.OutcomeUnknown != (failure.Kind == KindMalformed) || failure.Detail == "" {
		t.Errorf("%+v", failure)
	}
	if failure.Kind == KindMalformed && json.Valid(text) {
		t.Errorf("%s: %.200q", failure.Detail, text)
	}
	assertSafeToShow(t, failure, testSession)
}

// assertConsistent asserts that a decision contains what encoding/json decodes.
func assertConsistent(t *testing.T, text []byte, decision *Decision) {
	t.Helper()
	if !json.Valid(text) {
		t.Fatalf("invalid JSON is decoded as %+v", decision)
	}
	if hasDuplicates(text) {
		return // decoders differ about the value
	}
	var reference map[string]any
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	if err := decoder.Decode(&reference); err != nil {
		t.Fatal(err)
	}
	for field, got := range map[string]string{
		"session_id": decision.SessionID, "status": decision.Status, "session_kind": decision.Kind, "workflow_id": decision.WorkflowID,
		"environment": decision.Environment, "created_at": decision.CreatedAt, "expires_at": decision.ExpiresAt,
	} {
		want, _ := reference[field].(string)
		if !isKept(want) {
			want = ""
		}
		if field == "status" {
			want = CanonicalStatus(want)
		}
		if want != got || !utf8.ValidString(got) {
			t.Errorf("%s: %q, want %#v", field, got, reference[field])
		}
	}
	assertNumber(t, reference, decision.Number)
	want, got := featuresIn(reference), slices.Clone(decision.Features)
	slices.SortFunc(want, compareFeatures)
	slices.SortFunc(got, compareFeatures)
	if !slices.Equal(got, want) {
		t.Errorf("features %q, want %q", got, want)
	}
}

func assertNumber(t *testing.T, reference map[string]any, got *int64) {
	t.Helper()
	want, _ := reference["session_number"].(json.Number)
	number, err := want.Int64()
	if isNumber := err == nil; isNumber != (got != nil) || isNumber && number != *got {
		t.Errorf("session_number: %v, want %s", got, want)
	}
}

func compareFeatures(a, b Feature) int {
	return slices.Compare([]string{a.NodeID, a.Type, a.Status}, []string{b.NodeID, b.Type, b.Status})
}

// featuresIn returns the features of a report that encoding/json has decoded.
func featuresIn(report map[string]any) (features []Feature) {
	var others []Feature
	known := map[string]bool{}
	for name, value := range report {
		items, _ := value.([]any)
		for _, item := range items {
			fields, _ := item.(map[string]any)
			nodeID, isText := fields["node_id"].(string)
			status, _ := fields["status"].(string)
			feature := Feature{nodeID, check.CanonicalFeatureType(name), CanonicalStatus(status)}
			_, isKnown := check.FeatureTypes[name]
			switch {
			case isKnown && fields != nil && nodeID == "" && (isText || fields["node_id"] == nil):
				feature.NodeID = DefaultNodeID
			case !isKept(nodeID) || !isKnown && !arrayName.MatchString(name):
				continue
			}
			if isKnown {
				known[feature.NodeID] = true
			}
			switch {
			case !isKept(status):
			case isKnown:
				features = append(features, feature)
			default:
				others = append(others, feature)
			}
		}
	}
	for _, other := range others {
		if !known[other.NodeID] {
			features = append(features, other)
		}
	}
	return features
}

func isKept(text string) bool {
	return text != "" && len(text) <= maxTextBytes && !strings.ContainsRune(text, utf8.RuneError)
}

// hasDuplicates reports whether any object has two members of one name.
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
