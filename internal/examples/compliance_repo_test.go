// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package examples_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

// theirFixtures are the bad decision files that the example's own tests use.
const theirFixtures = "modules/decisions/tests/fixtures"

// newComplianceRepo is a copy of the example, as a team would begin with it, and
// the simulator's sessions, whose IDs stand in its files.
func newComplianceRepo(t testing.TB) *root {
	t.Helper()
	r := newRoot(t)
	r.requires(7, "import blocks with for_each and mocked providers")
	for _, session := range simulator.Fixtures() {
		r.didit.AddSession(session)
	}
	r.copy("compliance-repo")
	r.must(0, "init")
	r.must(0, "validate")
	return r
}

// decide puts one decision file in the place of all.
func (r *root) decide(name, text string) {
	r.t.Helper()
	r.ok(os.RemoveAll(filepath.Join(r.folder, "decisions")))
	r.ok(os.Mkdir(filepath.Join(r.folder, "decisions"), 0o700))
	r.write("decisions/"+name, text)
}

func TestComplianceRepoMakesTheDecisionsOfItsFiles(t *testing.T) {
	t.Parallel()
	r := newComplianceRepo(t)

	said := r.must(0, "plan", "-out=reviewed.tfplan")

	says(t, said, `step["case-7.yaml/passport"] will be updated in-place`, `~ status = "In Review" -> "Approved"`,
		`step["case-8.yaml/liveness"] will be imported`, "Plan: 4 to import, 0 to add, 3 to change, 0 to destroy.")
	// The expired file's session is not asked for; the others' once, for data source and resources.
	if reads := r.didit.Count("GET"); reads != 2 {
		t.Errorf("planning two files read %d times", reads)
	}
	r.must(0, "apply", "reviewed.tfplan")
	r.trail(
		simulator.TrailEntry{SessionID: simulator.SessionKYC, NodeID: "feature_ocr_1", From: "In Review", To: "Approved", Comment: "Passport seen on a video call."},
		simulator.TrailEntry{SessionID: simulator.SessionKYC, NodeID: "feature_aml_1", From: "In Review", To: "Declined", Comment: "The hit is this person, by date and place of birth. (CASE-7)"},
		simulator.TrailEntry{SessionID: simulator.SessionTwoTypes, NodeID: "default", From: "In Review", To: "Declined", Comment: "A specimen document, as its number shows."},
	)
	r.plansNothing()
}

func TestComplianceRepoWithoutFilesPlansNothing(t *testing.T) {
	t.Parallel()
	r := newComplianceRepo(t)
	r.decide("README.md", "Nothing is decided yet.\n")

	r.plansNothing()
}

func TestRulesOfTheComplianceRepoAreTested(t *testing.T) {
	t.Parallel()
	r := newComplianceRepo(t)
	module := r.at(filepath.Join(r.folder, "modules/decisions"))
	module.must(0, "init")

	said := module.must(0, "test")

	says(t, said, "passed, 0 failed.")
	for _, name := range testNames(module) {
		says(t, said, `run "`+name+`"... pass`)
	}
	if asked := len(r.didit.Requests()); asked != 0 {
		t.Errorf("tests with a mocked provider sent %d requests", asked)
	}
}

// testNames are the runs that the module's test files name.
func testNames(module *root) (names []string) {
	for _, file := range []string{"tests/files.tftest.hcl", "tests/policy.tftest.hcl"} {
		for line := range strings.Lines(module.read(file)) {
			if rest, found := strings.CutPrefix(line, `run "`); found {
				name, _, _ := strings.Cut(rest, `"`)
				names = append(names, name)
			}
		}
	}
	return names
}

//nolint:tparallel // The files take turns in one folder: an init takes longer than they all.
func TestBadFilesAreRefusedByFileAndKey(t *testing.T) {
	t.Parallel()
	r := newComplianceRepo(t)
	cases := map[string][]string{
		"broken":                  {"case-1.yaml: not YAML", "terraform console"},
		"unknown-key":             {"case-1.yaml: step: unknown key", "case-1.yaml: steps.passport.coment: unknown key"},
		"no-session":              {"case-1.yaml: session_id: is missing"},
		"wrong-session":           {"case-1.yaml: session_id: must be a UUID in lower case"},
		"wrong-status":            {"case-1.yaml: steps.passport.status: must be Approved, Declined or In Review", "case-1.yaml: steps.liveness.status: is missing"},
		"wrong-step":              {"case-1.yaml: steps.sanctions: must hold", "case-1.yaml: steps.passport.node_id: give either", "case-1.yaml: steps.liveness.node_id: give either"},
		"wrong-text":              {"case-1.yaml: expired: must be true or false", "case-1.yaml: steps.passport.ticket: must be text", "case-1.yaml: steps.passport.comment: must be text", "case-1.yaml: steps.passport.adopted: must be"},
		"no-steps":                {"case-1.yaml: steps: must name at least one step"},
		"wrong-name":              {"case-1.yaml.txt: the name of a decision file ends in .yaml"},
		"declined-without-reason": {"case-1.yaml: steps.passport.comment: a Declined step needs a comment of at least 20 characters"},
		"aml-without-ticket":      {"case-1.yaml: steps.sanctions.ticket: an AML step needs a ticket"},
		"same-session":            {"case-1.yaml: session_id: case-1.yaml and case-2.yaml name the same session"},
		"adopted-but-changed":     {"case-1.yaml: steps.passport.adopted: the step is In Review in Didit"},
		"no-such-step":            {"case-1.yaml: steps.passport.node_id: the session has no such step", "case-1.yaml: steps.face.feature_type: the session has no such step", "feature_ocr_1 (ID_VERIFICATION): In Review"},
	}
	fixtures, err := os.ReadDir(filepath.Join(r.folder, theirFixtures))
	r.ok(err)
	for _, fixture := range fixtures {
		if fixture.Name() == "good" {
			continue
		}
		t.Run(fixture.Name(), func(t *testing.T) {
			expected := cases[fixture.Name()]
			if expected == nil {
				t.Fatal("nobody has said what is wrong with these files")
			}
			r := &root{t, r.cli, r.folder, r.didit}
			r.replace("decisions", filepath.Join(theirFixtures, fixture.Name()))

			said := r.must(1, "plan")

			says(t, said, expected...)
		})
	}
	r.trail()
}

func TestGoneSessionFailsThePlanWithTheNameOfItsFile(t *testing.T) {
	t.Parallel()
	r := newComplianceRepo(t)
	r.must(0, "apply", "-auto-approve")
	r.didit.DeleteSession(simulator.SessionKYC)

	said := r.must(1, "plan")

	says(t, said, "Error: Session not found", `data.didit_session_decision.file["case-7.yaml"]`, "remove its block or file")
	if errors := strings.Count(said, "Error: "); errors != 1 {
		t.Errorf("one cause makes %d errors:\n%s", errors, said)
	}

	// As the README says: the file stays as a record.
	r.write("decisions/case-7.yaml", "expired: true\n"+r.read("decisions/case-7.yaml"))
	r.must(0, "apply", "-auto-approve")
	r.plansNothing()
}

func TestExpiredFileLeavesTheDecisionInPlace(t *testing.T) {
	t.Parallel()
	r := newComplianceRepo(t)
	r.must(0, "apply", "-auto-approve")
	r.didit.ResetRequests()

	r.write("decisions/case-7.yaml", "expired: true\n"+r.read("decisions/case-7.yaml"))
	said := r.must(0, "apply", "-auto-approve")

	says(t, said, "2 to destroy", "The decision stays in place")
	if sent := r.didit.Count("PATCH"); sent != 0 {
		t.Errorf("letting go sent %d PATCH", sent)
	}
	if status := r.didit.FeatureStatus(simulator.SessionKYC, "feature_aml_1", ""); status != "Declined" {
		t.Errorf("the step is %q", status)
	}
	r.plansNothing()
}

func TestAMLByNodeIsAMLWhateverTheFileCallsIt(t *testing.T) {
	t.Parallel()
	r := newComplianceRepo(t)
	r.decide("case-1.yaml", `session_id: `+simulator.SessionKYB+`
steps:
  harmless: { node_id: feature_aml_1, status: Approved, comment: Nothing to see. }
`)

	says(t, r.must(1, "plan"), "case-1.yaml: steps.harmless.ticket: an AML step needs a ticket")
}

func TestNightlyPlanFindsADecisionThatWasOverturned(t *testing.T) {
	t.Parallel()
	r := newComplianceRepo(t)
	r.must(0, "apply", "-auto-approve")
	r.ok(r.didit.DecideFeature(simulator.SessionKYC, "feature_aml_1", "", "Approved", "Looks fine to me"))

	said := r.must(2, "plan", "-refresh=true", "-lock=false", "-detailed-exitcode", "-out=drift.tfplan")

	says(t, said, `~ status = "Approved" -> "Declined"`)
}

func TestOlderCLIIsToldWhatTheExampleNeeds(t *testing.T) {
	t.Parallel()
	r := newRoot(t)
	if minorVersion(r.cli.Version) >= 7 {
		t.Skipf("%s has what the example needs", r.cli.Version)
	}
	r.copy("compliance-repo")

	says(t, r.must(1, "init"), "required_version", ">= 1.7")
}
