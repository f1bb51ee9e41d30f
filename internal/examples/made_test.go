// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package examples_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/didit-community/terraform-provider-didit/internal/acctest"
	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

// Files of cases, for sessions of the simulator.
const (
	caseHits = "session_id: " + simulator.SessionHits + `
hits:
  politician: { hit_id: ` + simulator.HitPEP + `, from: Unreviewed, to: False Positive, reason: The politician is twenty years older., ticket: CASE-1 }
session: { from: In Review, to: Approved }
`
	casePassport = "session_id: " + simulator.SessionKYC + `
steps:
  passport: { node_id: feature_ocr_1, from: In Review, to: Approved, comment: Passport seen on a video call. }
`
	casePapers = "session_id: " + simulator.SessionKYB + `
steps:
  papers: { node_id: feature_kyb_documents_1, from: In Review, to: Declined, comment: "The articles are not signed, CASE-3." }
`
	caseNew = "session_id: " + simulator.SessionSimple + `
steps:
  document: { feature_type: ID_VERIFICATION, from: In Review, to: Declined, comment: "The name was changed with a pen." }
`
)

// made returns a group in which the decisions of three cases are made.
func made(t *testing.T) (*acctest.Env, *acctest.Workspace) {
	t.Helper()
	r := newRepository(t)
	group := r.group()
	decide(group, map[string]string{"hits.yaml": caseHits, "passport.yaml": casePassport, "papers.yaml": casePapers})
	group.MustRun("apply", "-auto-approve")
	requireEmptyPlan(group)
	r.env.ResetRequests()
	return r.env, group
}

// applyNewCase adds a case, and requires that only its decision is sent. It returns the
// output of the plan.
func applyNewCase(env *acctest.Env, group *acctest.Workspace) (plan string) {
	group.T.Helper()
	group.Write("decisions/new.yaml", caseNew)
	plan = group.MustRun("plan", "-out=tfplan")
	acctest.RequireText(group.T, plan, "Plan: 1 to add, 0 to change, 0 to destroy.")
	group.MustRun("apply", "tfplan")
	if sent := env.Count(http.MethodPatch); sent != 1 {
		group.T.Errorf("%d PATCHes were sent, want the one of the new case: %v", sent, env.RequestLines())
	}
	if status := env.FeatureStatus(simulator.SessionSimple, "default", ""); status != "Declined" {
		group.T.Errorf("the step of the new case is %s", status)
	}
	return plan
}

// A deleted session, an overturned decision and a new hit are what a group of some hundred
// cases meets every day.
func TestMadeDecisions_ThreeTroublesDoNotStopAnotherCase(t *testing.T) {
	t.Parallel()
	env, group := made(t)
	env.MustSetHit(simulator.SessionHits, "", simulator.Hit{ID: simulator.HitSanctions, ReviewStatus: simulator.ReviewUnreviewed, RiskScore: 95})
	env.MustDecide(simulator.SessionKYC, "feature_ocr_1", "Declined")
	env.DeleteSession(simulator.SessionKYB)

	plan := applyNewCase(env, group)

	troubles := []string{
		"hits.yaml: session: hit " + simulator.HitSanctions + " is Unreviewed; decide that first",
		"passport.yaml: steps.passport: decided was Approved; Didit has Declined",
		"papers.yaml: steps.papers: decided was Declined; Didit no longer has it",
	}
	acctest.RequireText(t, plan, troubles...)
	// And every night, until somebody decides.
	acctest.RequireText(t, group.MustExit(0, "plan", "-detailed-exitcode"), troubles...)
}

func TestMadeDecisions_PutBackToFromWhileARuleWouldRefuseThem(t *testing.T) {
	t.Parallel()
	env, group := made(t)
	env.MustSetHit(simulator.SessionHits, "", simulator.Hit{ID: simulator.HitSanctions, ReviewStatus: simulator.ReviewConfirmedMatch, RiskScore: 95})
	env.SetSessionStatus(simulator.SessionHits, "In Review")

	plan := applyNewCase(env, group)

	acctest.RequireText(t, plan, "hits.yaml: session: decided was Approved; Didit has In Review")
	if session, _ := env.Session(simulator.SessionHits); session.Status != "In Review" {
		t.Errorf("the session is %s", session.Status)
	}
}

func TestMadeDecisions_PutBackToFromWhileANewRuleRefusesThem(t *testing.T) {
	t.Parallel()
	env, group := made(t)
	env.MustDecide(simulator.SessionKYC, "feature_ocr_1", "In Review")
	const rules = "../../modules/decisions/rules.tf"
	group.Write(rules, strings.Replace(group.Read(rules), "broken = concat(\n", `broken = concat(
    [for it in local.decisions : merge(it, { problem = "an approved ID needs an exception" }) if it.feature_type == "ID_VERIFICATION" && it.to == "Approved" && it.exception == null],
`, 1))

	plan := applyNewCase(env, group)

	acctest.RequireText(t, plan,
		"passport.yaml: steps.passport: decided was Approved; Didit has In Review",
		"passport.yaml: steps.passport: an approved ID needs an exception")
}

// The person sends another document: nobody has seen it, so the old decision is none on it.
func TestMadeDecisions_ResubmissionTakesAStepOutAndBringsItBack(t *testing.T) {
	t.Parallel()
	env, group := made(t)
	env.RemoveFeature(simulator.SessionKYC, "feature_ocr_1", "")

	plan := applyNewCase(env, group)
	acctest.RequireText(t, plan, "passport.yaml: steps.passport: decided was Approved; Didit no longer has it")

	env.AddFeature(simulator.SessionKYC, simulator.Feature{Array: "id_verifications", NodeID: "feature_ocr_1", Status: "In Review"})
	env.ResetRequests()
	output := group.MustRun("apply", "-auto-approve")

	acctest.RequireText(t, output, "passport.yaml: steps.passport: decided was Approved; Didit has In Review", "0 added, 0 changed, 0 destroyed.")
	if sent := env.Count(http.MethodPatch); sent != 0 {
		t.Errorf("%d PATCHes were sent, want none: %v", sent, env.RequestLines())
	}
}

func TestMadeDecisions_ConflictInOneCaseBesideAnother(t *testing.T) {
	t.Parallel()
	r := newRepository(t)
	group := r.group()
	decide(group, map[string]string{"papers.yaml": casePapers, "passport.yaml": casePassport + "session: { from: In Review, to: Approved, exception: \"The hits are those of a namesake, CASE-2.\" }\n"})
	group.MustRun("plan", "-out=tfplan")
	r.env.MustDecide(simulator.SessionKYB, "feature_kyb_documents_1", "Approved")

	acctest.RequireText(t, group.MustExit(1, "apply", "tfplan"), "feature_kyb_documents_1", "In Review", "Approved", "Declined")

	// The other case's step was made; what comes after steps waits.
	if status := r.env.FeatureStatus(simulator.SessionKYC, "feature_ocr_1", ""); status != "Approved" {
		t.Errorf("the step of the other case is %s", status)
	}
	// A decision that cannot be made any more stops its group until its file changes; the plan names it.
	acctest.RequireText(t, group.MustExit(1, "plan"), `didit_session_feature_status.step["`+simulator.SessionKYB)
	group.Write("decisions/papers.yaml", "session_id: "+simulator.SessionKYB+"\nsteps:\n  papers: { node_id: feature_kyb_documents_1, from: Approved, to: Approved }\n")
	group.MustRun("apply", "-auto-approve")
	if session, _ := r.env.Session(simulator.SessionKYC); session.Status != "Approved" {
		t.Errorf("the session of the other case is %s", session.Status)
	}
	requireEmptyPlan(group)
}

// A deferred change is made when it waits, although Didit has the old value until the person
// has finished.
func TestMadeDecisions_DeferredChangeThatWaitsDoesNotStopAnotherCase(t *testing.T) {
	t.Parallel()
	r := newRepository(t)
	group := r.group()
	r.env.AddFeature(simulator.SessionInProgress, simulator.Feature{Array: "aml_screenings", NodeID: "feature_aml_1", Status: "In Review"})
	found := simulator.Hit{ID: simulator.HitSanctions, ReviewStatus: simulator.ReviewConfirmedMatch, RiskScore: 95}
	r.env.MustSetHit(simulator.SessionInProgress, "feature_aml_1", found)
	deferred := "session_id: " + simulator.SessionInProgress + `
steps:
  sanctions: { node_id: feature_aml_1, from: In Review, to: Approved, comment: Nobody was found in any list., ticket: CASE-5, defer_until_flow_finishes: true }
`
	decide(group, map[string]string{"deferred.yaml": deferred})
	const refused = "deferred.yaml: steps.sanctions: a hit of this check is a Confirmed Match"

	// A plan that makes it has to keep every rule.
	acctest.RequireText(t, group.MustExit(1, "plan"), "Error: ", refused)
	noError(t, r.env.RemoveHit(simulator.SessionInProgress, "feature_aml_1", found.ID))
	group.MustRun("apply", "-auto-approve")
	if overrides := r.env.Overrides(simulator.SessionInProgress); len(overrides) != 1 || overrides[0].State != simulator.OverridePending {
		t.Fatalf("the overrides are %+v", overrides)
	}

	r.env.MustSetHit(simulator.SessionInProgress, "feature_aml_1", found)
	r.env.ResetRequests()
	acctest.RequireText(t, applyNewCase(r.env, group), "Warning: ", refused)

	// Another decision of the session has to keep every rule again.
	group.Write("decisions/deferred.yaml", deferred+"  selfie: { node_id: feature_liveness_1, from: In Review, to: Approved }\n")
	acctest.RequireText(t, group.MustExit(1, "plan"), "Error: ", refused)
}

// A workflow can begin to restrict what reports show: no hits in a report are not no hits.
func TestMadeDecisions_HiddenHitsDoNotStopAnotherCase(t *testing.T) {
	t.Parallel()
	env, group := made(t)
	session, _ := env.Session(simulator.SessionKYC)
	session.RestrictsAttributes = true
	env.AddSession(session)
	approve := func(exception string) {
		group.Write("decisions/passport.yaml", casePassport+"  sanctions: { node_id: feature_aml_1, from: In Review, to: Approved, ticket: CASE-2"+exception+" }\n"+
			"session: { from: In Review, to: Approved"+exception+" }\n")
	}

	approve("")
	refused := []string{"passport.yaml: steps.sanctions: Didit does not show all hits of the session; decline the step", "passport.yaml: session: Didit does not show all of its hits; decide that first"}
	acctest.RequireText(t, group.MustExit(1, "plan"), refused...)
	approve(", exception: The hits are those of a namesake.")
	group.MustRun("apply", "-auto-approve")

	approve("")
	env.ResetRequests()
	acctest.RequireText(t, applyNewCase(env, group), refused...)
}

// The report shows the hits of one check, and not those of another: rules about one decision hold
// for what it shows, and a decision that is made is not reported as gone.
func TestMadeDecisions_HitBesideHiddenHitsIsHeldToEveryRule(t *testing.T) {
	t.Parallel()
	r := newRepository(t)
	session, _ := r.env.Session(simulator.SessionTwoChecks)
	for i, feature := range session.Features {
		if feature.NodeID == "feature_aml_2" {
			session.Features[i].Raw = `{"node_id": "feature_aml_2", "status": "In Review", "hits": null}`
		}
	}
	r.env.AddSession(session)
	group := r.group()
	review := func(reason string) {
		decide(group, map[string]string{"checks.yaml": "session_id: " + simulator.SessionTwoChecks + "\nhits:\n" +
			"  politician: { node_id: feature_aml_1, hit_id: " + simulator.HitPEP + ", from: Unreviewed, to: False Positive" + reason + " }\n"})
	}

	review("")
	acctest.RequireText(t, group.MustExit(1, "plan"),
		"checks.yaml: hits.politician: a reviewed AML hit needs a reason", "checks.yaml: hits.politician: a decision on AML needs a ticket")
	review(", reason: The politician is twenty years older., ticket: CASE-12")
	group.MustRun("apply", "-auto-approve")

	if plan := group.MustExit(0, "plan", "-detailed-exitcode"); strings.Contains(plan, "no longer has it") {
		t.Errorf("the hit is there, and the plan says\n%s", plan)
	}
	r.env.ResetRequests()
	applyNewCase(r.env, group)
}
