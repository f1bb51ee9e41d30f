// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package decisionfile_test

import (
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/didit-community/terraform-provider-didit/internal/decisionfile"
)

func TestRead_ReturnsEveryDecision(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("testdata/good/all.yaml")
	if err != nil {
		t.Fatal(err)
	}

	file, problems := decisionfile.Read("all.yaml", text)

	if len(problems) > 0 {
		t.Fatalf("problems %v, want none", problems)
	}
	want := []decisionfile.Decision{
		{
			Kind: decisionfile.Hit, Key: "politician", NodeID: "feature_aml_1", HitID: "hit_7c1e9a40b2d35f86e0a4c912",
			From: "Unreviewed", To: "False Positive", Comment: "The politician is twenty years older.", Ticket: "CASE-7", Line: 4, Column: 3,
		},
		{
			Kind: decisionfile.Step, Key: "passport", NodeID: "feature_ocr_1", From: "In Review", To: "Approved",
			Comment: "Passport seen on a video call.", Ticket: "17", Exception: "The rule asks for two documents.", Defer: true, Line: 6, Column: 3,
		},
		{
			Kind: decisionfile.Session, From: "In Review", To: "Declined", Comment: "A sanctioned person, see the AML step.", Ticket: "CASE-7", Line: 14, Column: 1,
		},
	}
	if file.Name != "all.yaml" || file.SessionID != "11111111-2222-4333-8444-000000000001" || file.Archived || !slices.Equal(file.Decisions, want) {
		t.Errorf("read %+v\nwant decisions %+v", file, want)
	}
	subjects := []string{}
	for _, d := range file.Decisions {
		subjects = append(subjects, d.Subject()+": "+d.Recorded())
	}
	wanted := []string{
		"hits.politician: The politician is twenty years older. (CASE-7)",
		"steps.passport: Passport seen on a video call. (17)",
		"session: A sanctioned person, see the AML step. (CASE-7)",
	}
	if !slices.Equal(subjects, wanted) {
		t.Errorf("recorded %q, want %q", subjects, wanted)
	}
}

func TestRead_AcceptsGoodFiles(t *testing.T) {
	t.Parallel()
	names, err := filepath.Glob("testdata/good/*.yaml")
	if err != nil || len(names) == 0 {
		t.Fatalf("%d files: %v", len(names), err)
	}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if file, problems := decisionfile.Read(name, text); len(problems) > 0 || len(file.Decisions) == 0 {
			t.Errorf("%s: %d decisions, problems %v, want none", name, len(file.Decisions), problems)
		}
	}
}

func TestDecision_SameSubject(t *testing.T) {
	t.Parallel()
	hit := func(node, id string) decisionfile.Decision {
		return decisionfile.Decision{Kind: decisionfile.Hit, NodeID: node, HitID: id}
	}
	step := func(node, featureType string) decisionfile.Decision {
		return decisionfile.Decision{Kind: decisionfile.Step, NodeID: node, FeatureType: featureType}
	}
	session := decisionfile.Decision{Kind: decisionfile.Session}
	for name, test := range map[string]struct {
		a, b decisionfile.Decision
		want bool
	}{
		"session":                     {session, decisionfile.Decision{Kind: decisionfile.Session, From: "In Review", To: "Declined", Line: 7}, true},
		"hit":                         {hit("feature_aml_1", "hit_a"), hit("feature_aml_1", "hit_a"), true},
		"hit of another check":        {hit("feature_aml_1", "hit_a"), hit("feature_aml_2", "hit_a"), false},
		"another hit":                 {hit("feature_aml_1", "hit_a"), hit("feature_aml_1", "hit_b"), false},
		"node without its type":       {step("feature_aml_1", ""), step("feature_aml_1", "AML"), true},
		"another node":                {step("feature_aml_1", "AML"), step("feature_aml_2", "AML"), false},
		"node default":                {step("default", "AML"), step("default", "AML"), true},
		"node default, another type":  {step("default", "AML"), step("default", "POA"), false},
		"another kind at one node":    {step("feature_aml_1", ""), hit("feature_aml_1", ""), false},
		"the session is not its step": {session, step("", ""), false},
	} {
		if test.a.SameSubject(test.b) != test.want || test.b.SameSubject(test.a) != test.want {
			t.Errorf("%s: want %t", name, test.want)
		}
	}
}

func TestDecision_RecordedIsCommentAndTicket(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ comment, ticket, want string }{
		{"", "", ""}, {"Seen.", "", "Seen."}, {"", "CASE-7", "CASE-7"}, {"Two\nlines.\n", "CASE-7", "Two\nlines. (CASE-7)"},
	} {
		if got := (decisionfile.Decision{Comment: test.comment, Ticket: test.ticket}).Recorded(); got != test.want {
			t.Errorf("comment %q, ticket %q: recorded %q, want %q", test.comment, test.ticket, got, test.want)
		}
	}
}

var update = flag.Bool("update", false, "write the problems of testdata/bad")

// Beside each bad file is a text with its problems.
func TestRead_ReportsEveryProblemWithItsPlace(t *testing.T) {
	t.Parallel()
	names, err := filepath.Glob("testdata/bad/*.yaml")
	if err != nil || len(names) == 0 {
		t.Fatalf("%d files: %v", len(names), err)
	}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		lines := strings.Builder{}
		_, problems := decisionfile.Read(filepath.Base(name), text)
		for _, problem := range problems {
			lines.WriteString(problem.String() + "\n")
		}
		golden := strings.TrimSuffix(name, ".yaml") + ".txt"
		if *update {
			if err := os.WriteFile(golden, []byte(lines.String()), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if len(problems) == 0 || lines.String() != string(want) {
			t.Errorf("%s: problems\n%s\nwant\n%s", name, lines.String(), want)
		}
	}
}
