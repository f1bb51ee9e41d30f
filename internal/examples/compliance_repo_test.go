// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package examples_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/didit-community/terraform-provider-didit/internal/acctest"
	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

// moduleFixtures are the bad decision files that the example's own tests use.
const moduleFixtures = "modules/decisions/tests/fixtures"

func TestComplianceRepo_AppliesDecisionsOfItsFiles(t *testing.T) {
	t.Parallel()
	r := newRepository(t)
	group := r.group(firstGroup)

	plan := group.MustRun("plan", "-out=tfplan")

	acctest.RequireText(t, plan, `module.steps["case-7.yaml"].didit_session_feature_status.step["passport"] will be updated in-place`,
		`~ status = "In Review" -> "Approved"`, `~ review_status = "Unreviewed" -> "Confirmed Match"`,
		`module.steps["case-8.yaml"].didit_session_feature_status.step["liveness"] will be imported`,
		"Plan: 7 to import, 0 to add, 6 to change, 0 to destroy.")
	// One read of each session for data sources, hits, steps and session; none of the expired file's.
	r.env.RequireRequests(2, 0)
	group.MustRun("apply", "tfplan")
	r.env.RequireTrail(
		acctest.ByTerraform(simulator.HitSanctions, "Unreviewed", "Confirmed Match", ""),
		acctest.ByTerraform(simulator.HitPEP, "Unreviewed", "False Positive", ""),
		acctest.ByTerraform("feature_ocr_1", "In Review", "Approved", "Passport seen on a video call."),
		acctest.ByTerraform("feature_aml_1", "In Review", "Declined", "The hit is this person, by date and place of birth. (CASE-7)"),
		acctest.ByTerraform("session", "In Review", "Declined", "A sanctioned person, see the AML step. (CASE-7)"),
		acctest.ByTerraform("default", "In Review", "Declined", "A specimen document, as its number shows."),
	)
	requireEmptyPlan(group)
}

func TestComplianceRepo_DecidesHitsThenStepsThenSession(t *testing.T) {
	t.Parallel()
	r := newRepository(t)

	r.group(firstGroup).MustRun("apply", "-auto-approve", "-parallelism=50")

	var order []string
	for _, entry := range r.env.Trail(simulator.SessionKYC) {
		order = append(order, entry.Kind)
	}
	want := "aml_hit aml_hit feature feature session"
	if got := strings.Join(order, " "); got != want {
		t.Errorf("the order on the trail is %q, want %q", got, want)
	}
}

func TestComplianceRepo_WithoutFilesPlansNothing(t *testing.T) {
	t.Parallel()
	group := newRepository(t).group(firstGroup)
	decide(group, "README.md", "Nothing is decided yet.\n")

	requireEmptyPlan(group)
}

func TestComplianceRepo_AddressesStayWhenFilesComeAndGo(t *testing.T) {
	t.Parallel()
	r := newRepository(t)
	group := r.group(firstGroup)
	group.MustRun("apply", "-auto-approve")
	before := group.State()
	r.env.ResetRequests()

	noError(t, os.Remove(filepath.Join(group.Folder, "decisions/case-8.yaml")))
	group.Write("decisions/2026-12/case-1.yaml", "session_id: "+simulator.SessionSimple+"\nsteps:\n  passport: { feature_type: ID_VERIFICATION, status: In Review }\n")
	group.MustRun("apply", "-auto-approve")

	after := group.State()
	for address := range before {
		if _, stays := after[address]; !stays && !strings.Contains(address, "case-8.yaml") {
			t.Errorf("%s is not in the state any more", address)
		}
	}
	if _, found := after[`module.decisions.module.steps["2026-12/case-1.yaml"].didit_session_feature_status.step["passport"]`]; !found {
		t.Errorf("the new file is not in the state: %v", after)
	}
	if sent := r.env.Count("PATCH"); sent != 0 {
		t.Errorf("%d PATCHes were sent, want none", sent)
	}
}

func TestComplianceRepo_ItsOwnTestsPass(t *testing.T) {
	t.Parallel()
	r := newRepository(t)
	module := r.In(t, filepath.Join(r.Folder, "modules/decisions"))
	module.MustRun("init")

	output := module.MustRun("test")

	acctest.RequireText(t, output, "passed, 0 failed.")
	files, err := filepath.Glob(filepath.Join(module.Folder, "tests/*.tftest.hcl"))
	noError(t, err)
	for _, file := range files {
		for _, run := range testRun.FindAllStringSubmatch(module.Read("tests/"+filepath.Base(file)), -1) {
			acctest.RequireText(t, output, `run "`+run[1]+`"... pass`)
		}
	}
	if requests := r.env.RequestLines(); len(requests) != 0 {
		t.Errorf("tests with a mocked provider sent requests: %v", requests)
	}
}

var testRun = regexp.MustCompile(`(?m)^run "(\w+)"`)

//nolint:tparallel // The files take turns in one folder: an init takes longer than they all.
func TestComplianceRepo_RefusesBadFilesByFileAndKey(t *testing.T) {
	t.Parallel()
	r := newRepository(t)
	group := r.group(firstGroup)
	fixtures, err := os.ReadDir(filepath.Join(r.Folder, moduleFixtures))
	noError(t, err)
	for _, fixture := range fixtures {
		if fixture.Name() == "good" || fixture.Name() == "adopted-file" {
			continue
		}
		t.Run(fixture.Name(), func(t *testing.T) {
			expected := refusals[fixture.Name()]
			if expected == nil {
				t.Fatal("refusals does not say what is wrong with these files")
			}
			decisions := filepath.Join(group.Folder, "decisions")
			noError(t, os.RemoveAll(decisions))
			noError(t, os.CopyFS(decisions, os.DirFS(filepath.Join(r.Folder, moduleFixtures, fixture.Name()))))

			output := group.In(t, group.Folder).MustExit(1, "plan")

			acctest.RequireText(t, output, expected...)
		})
	}
	r.env.RequireTrail()
}

// refusals are what the plan says of each bad file.
var refusals = map[string][]string{
	"broken":                              {"case-1.yaml: not YAML", "terraform console"},
	"unknown-key":                         {"case-1.yaml: step: unknown key", "case-1.yaml: steps.passport.coment: unknown key"},
	"no-session":                          {"case-1.yaml: session_id: is missing"},
	"wrong-session":                       {"case-1.yaml: session_id: must be a UUID in lower case"},
	"wrong-status":                        {"case-1.yaml: steps.passport.status: must be Approved, Declined or In Review", "case-1.yaml: steps.liveness.status: is missing"},
	"wrong-step":                          {"case-1.yaml: steps.sanctions: must hold", "case-1.yaml: steps.passport.node_id: give either", "case-1.yaml: steps.liveness.node_id: give either"},
	"wrong-text":                          {"case-1.yaml: expired: must be true or false", "case-1.yaml: steps.passport.ticket: must be text", "case-1.yaml: steps.passport.comment: must be text", "case-1.yaml: steps.passport.adopted: must be"},
	"wrong-hit":                           {"case-1.yaml: hits.namesake.hit_id: is missing", "case-1.yaml: hits.namesake.review_status: must be Unreviewed,", "case-1.yaml: hits.politician.comment: unknown key", "case-1.yaml: hits.other: must hold"},
	"wrong-decision-on-session":           {"case-1.yaml: session.status: must be Approved or Declined", "case-1.yaml: session.node_id: unknown key", "case-1.yaml: steps: must name at least one"},
	"session-without-status":              {"case-1.yaml: session: must hold", "case-1.yaml: hits: must name at least one"},
	"no-steps":                            {"case-1.yaml: must hold hits, steps or session"},
	"wrong-name":                          {"case-1.yaml.txt: the name of a decision file ends in .yaml"},
	"declined-without-reason":             {"case-1.yaml: steps.passport.comment: a Declined step needs a comment of at least 20 characters"},
	"declined-session-without-reason":     {"case-1.yaml: session.comment: a Declined session needs a comment of at least 20 characters"},
	"hit-without-reason":                  {"case-1.yaml: hits.politician.reason: a reviewed AML hit needs a reason", "case-1.yaml: hits.politician.ticket: an AML hit needs a ticket"},
	"aml-without-ticket":                  {"case-1.yaml: steps.sanctions.ticket: an AML step needs a ticket"},
	"same-session":                        {"case-1.yaml: session_id: case-1.yaml and case-2.yaml name the same session"},
	"adopted-but-changed":                 {"case-1.yaml: steps.passport.adopted: it is In Review in Didit"},
	"adopted-hit-and-session-but-changed": {"case-1.yaml: hits.list.adopted: it is Unreviewed in Didit", "case-1.yaml: session.adopted: it is In Review in Didit"},
	"no-such-step":                        {"case-1.yaml: steps.passport.node_id: the session has no such step", "case-1.yaml: steps.face.feature_type: the session has no such step", `"feature_ocr_1" (ID_VERIFICATION): "In Review"`},
	"no-such-hit":                         {"case-1.yaml: hits.politician.hit_id: the session has no such hit at node feature_aml_1"},
	"approved-despite-hits":               {"case-1.yaml: session.status: hit " + simulator.HitPEP + " is Unreviewed, hits.list is Confirmed Match, steps.sanctions is Declined; decide that first"},
	"adopted-session-with-declined-step":  {"case-1.yaml: session.status: steps.passport is Declined; decide that first"},
	"invisible-reason":                    {"case-1.yaml: steps.passport.comment: a Declined step needs", "case-1.yaml: hits.politician.reason: a reviewed AML hit needs a reason", "case-1.yaml: hits.politician.ticket: an AML hit needs a ticket"},
	"hidden":                              {".gitattributes: the name of a decision file ends in .yaml, and does not begin with a dot", ".case-1.yaml: the name", ".2026/case-2.yaml: the name"},
	"repeated-key":                        {"group.yaml: status or review_status is written 2 times, for 1 decisions: write no key twice", "name.yaml: status or", "status.yaml: status or", "merge.yaml: status or review_status is written 1 times, for 2 decisions"},
	"session-in-another-form":             {"case-1.yaml: session_id: must be written once, at the beginning of a line", "case-2.yaml: session_id: must be", "case-4.yaml: session_id: must be"},
	"approved-with-declined-step":         {"case-1.yaml: session.status: step feature_ocr_1 (ID_VERIFICATION) is Declined; decide that first"},
}

func TestComplianceRepo_ListsEveryProblemOfEveryFileAtOnce(t *testing.T) {
	t.Parallel()
	r := newRepository(t)
	group := r.group(firstGroup)
	for _, name := range []string{"broken", "unknown-key", "wrong-status"} {
		group.Write("decisions/"+name+".yaml", r.Read(moduleFixtures+"/"+name+"/case-1.yaml"))
	}
	group.Write("decisions/hasty.yaml", "session_id: "+simulator.SessionKYB+"\nsteps:\n  aml: { node_id: feature_aml_1, status: Declined }\n")

	output := group.MustExit(1, "plan")

	acctest.RequireText(t, output, "broken.yaml: not YAML", "unknown-key.yaml: step: unknown key", "wrong-status.yaml: steps.liveness.status: is missing",
		"hasty.yaml: steps.aml.comment: a Declined step needs", "hasty.yaml: steps.aml.ticket: an AML step needs")
}

func TestComplianceRepo_FileWithColonInItsNameIsOneError(t *testing.T) {
	t.Parallel()
	skipOnWindows(t)
	group := newRepository(t).group(firstGroup)
	decide(group, "case: 1.yaml", "session_id: "+simulator.SessionKYC+"\nsession: { status: In Review }\n")

	output := group.MustExit(1, "plan")

	acctest.RequireText(t, output, "case: 1.yaml: session.status: must be Approved or Declined")
	if errors := strings.Count(output, "Error: "); errors != 1 {
		t.Errorf("one cause makes %d errors:\n%s", errors, output)
	}
}

func TestComplianceRepo_SessionIsApprovedIfTheFileSaysWhy(t *testing.T) {
	t.Parallel()
	r := newRepository(t)
	group := r.group(firstGroup)
	const file = "session_id: " + simulator.SessionHits + "\nsession:\n  status: Approved\n"
	decide(group, "case-1.yaml", file)
	acctest.RequireText(t, group.MustExit(1, "plan"), "case-1.yaml: session.status: hit "+simulator.HitPEP+" is Unreviewed")

	decide(group, "case-1.yaml", file+"  approved_although: A politician, and allowed to be a customer.\n")
	group.MustRun("apply", "-auto-approve")

	r.env.RequireTrail(acctest.ByTerraform("session", "In Review", "Approved", ""))
}

func TestComplianceRepo_FindsHitThatMonitoringAddsToApprovedSession(t *testing.T) {
	t.Parallel()
	r := newRepository(t)
	group := r.group(firstGroup)
	decide(group, "case-1.yaml", "session_id: "+simulator.SessionHits+`
hits:
  politician: { hit_id: `+simulator.HitPEP+`, review_status: False Positive, reason: The politician is twenty years older., ticket: CASE-1 }
session:
  status: Approved
`)
	group.MustRun("apply", "-auto-approve")
	requireEmptyPlan(group)

	r.env.MustSetHit(simulator.SessionHits, "", simulator.Hit{ID: simulator.HitSanctions, ReviewStatus: simulator.ReviewUnreviewed, RiskScore: 95})

	acctest.RequireText(t, group.MustExit(1, "plan"), "case-1.yaml: session.status: hit "+simulator.HitSanctions+" is Unreviewed; decide that first")
}

func TestComplianceRepo_GoneSessionIsOneErrorWithTheNameOfItsFile(t *testing.T) {
	t.Parallel()
	r := newRepository(t)
	group := r.group(firstGroup)
	group.MustRun("apply", "-auto-approve")
	r.env.DeleteSession(simulator.SessionKYC)

	output := group.MustExit(1, "plan")

	acctest.RequireText(t, output, "Error: Session not found", `data.didit_session_decision.of["case-7.yaml"]`, "remove its block or file")
	if errors := strings.Count(output, "Error: "); errors != 1 {
		t.Errorf("one cause makes %d errors:\n%s", errors, output)
	}

	// As the README says: the file stays as a record.
	group.Write("decisions/case-7.yaml", "expired: true\n"+group.Read("decisions/case-7.yaml"))
	group.MustRun("apply", "-auto-approve")
	requireEmptyPlan(group)
}

func TestComplianceRepo_ExpiredFileLeavesDecisionsInPlace(t *testing.T) {
	t.Parallel()
	r := newRepository(t)
	group := r.group(firstGroup)
	group.MustRun("apply", "-auto-approve")
	r.env.ResetRequests()

	group.Write("decisions/case-7.yaml", "expired: true\n"+group.Read("decisions/case-7.yaml"))
	output := group.MustRun("apply", "-auto-approve")

	acctest.RequireText(t, output, "5 to destroy", "The decision stays in place")
	if sent := r.env.Count("PATCH"); sent != 0 {
		t.Errorf("%d PATCHes were sent, want none", sent)
	}
	if status := r.env.FeatureStatus(simulator.SessionKYC, "feature_aml_1", ""); status != "Declined" {
		t.Errorf("the step is %q", status)
	}
	requireEmptyPlan(group)
}

func TestComplianceRepo_DiditSaysWhatIsAML(t *testing.T) {
	t.Parallel()
	group := newRepository(t).group(firstGroup)
	decide(group, "case-1.yaml", `session_id: `+simulator.SessionKYB+`
steps:
  harmless: { node_id: feature_aml_1, status: Approved, comment: Nothing to see. }
`)

	acctest.RequireText(t, group.MustExit(1, "plan"), "case-1.yaml: steps.harmless.ticket: an AML step needs a ticket")
}

func TestComplianceRepo_GitIgnoresPlansAndSummaries(t *testing.T) {
	t.Parallel()
	p := newPipeline(t)

	for _, file := range []string{"plan.json", "reviewed.json", "reviewed.tfplan", "groups/2026/2026-default.tfplan", "groups/2026/terraform.tfstate", "bin/didit-plan-summary"} {
		p.git("check-ignore", "-q", file)
	}
}

func TestComplianceRepo_OlderCLISaysWhatItNeeds(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, acctest.Unlimited)
	r := &repository{env.InstalledWorkspace(), env}
	r.copyExample("compliance-repo")

	result := r.group(firstGroup).Run("init")

	if result.ExitCode == 0 {
		t.Skipf("%s has what the example needs", r.CLI.Version)
	}
	acctest.RequireText(t, result.Output, "required_version", ">= 1.7")
}
