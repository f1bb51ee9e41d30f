// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package examples_test

import (
	"bufio"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/didit-community/terraform-provider-didit/internal/acctest"
	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

func TestPipeline_AppliesWhatWasReviewed(t *testing.T) {
	t.Parallel()
	r := newRepository(t)
	p := r.pipeline()
	p.Write("scripts/settings", strings.Replace(p.Read("scripts/settings"), "session_url=''", "session_url='https://cases.example.com/{session_id}'", 1))

	p.mustRun(0, "COMMIT=abc", "scripts/plan", "reviewed", "2026")
	p.mustRun(0, "scripts/apply", "reviewed", "difference", "2026")

	acctest.RequireText(t, p.Read("reviewed/2026.md"), "Plan of commit abc:", "2026", "https://cases.example.com/"+simulator.SessionKYC)
	if changes := len(r.env.Trail("")); changes != 6 {
		t.Errorf("%d changes were made, want 6", changes)
	}
	requireEmptyPlan(r.group(firstGroup))
}

func TestPipeline_StopsIfThePlanDoesSomethingElse(t *testing.T) {
	t.Parallel()
	r := newRepository(t)
	other := r.addGroup("2027")
	other.Write("decisions/case-1.yaml", "session_id: "+simulator.SessionSimple+"\nsteps:\n  document: { feature_type: ID_VERIFICATION, status: Approved }\n")
	p := r.pipeline()
	p.mustRun(0, "scripts/plan", "reviewed", "2026", "2027")
	r.env.MustDecide(simulator.SessionKYC, "feature_ocr_1", "Declined")
	r.env.ResetRequests()

	output := p.mustRun(3, "scripts/apply", "reviewed", "difference", "2026", "2027")

	acctest.RequireText(t, output, "The plan does not do what was reviewed any more: nothing of group 2026 was applied.")
	acctest.RequireText(t, p.Read("difference/2026.md"), "feature_ocr_1")
	// The other group is applied all the same.
	r.env.RequireTrail(acctest.ByConsole("feature_ocr_1", "In Review", "Declined"), acctest.ByTerraform("default", "In Review", "Approved", ""))
	if _, err := os.Stat(filepath.Join(p.Folder, "difference/2027.md")); err == nil {
		t.Error("there is a difference for a group that was applied")
	}
}

func TestPipeline_AppliesNothingWithoutAReview(t *testing.T) {
	t.Parallel()
	r := newRepository(t)
	p := r.pipeline()

	output := p.mustRun(3, "scripts/apply", "reviewed", "difference", "2026")

	acctest.RequireText(t, output, "No plan of group `2026` was reviewed: nothing is applied.")
	r.env.RequireRequests(0, 0)
}

func TestPipeline_RerunGoesOnAfterPartialFailure(t *testing.T) {
	t.Parallel()
	r := newRepository(t)
	p := r.pipeline()
	p.mustRun(0, "scripts/plan", "reviewed", "2026")
	r.env.Inject(simulator.Fault{Method: http.MethodPatch, Path: simulator.SessionTwoTypes, Status: http.StatusForbidden, Times: 1})
	p.mustRun(1, "scripts/apply", "reviewed", "difference", "2026")
	if session, _ := r.env.Session(simulator.SessionKYC); session.Status != "In Review" {
		t.Errorf("a session is %s although a step of another file failed", session.Status)
	}

	output := p.mustRun(0, "scripts/apply", "reviewed", "difference", "2026")

	acctest.RequireText(t, output, "Apply complete!")
	if changes := len(r.env.Trail("")); changes != 6 {
		t.Errorf("%d changes were made, want each of 6 once", changes)
	}
	requireEmptyPlan(r.group(firstGroup))
}

func TestPipeline_RefusedPlanIsWhatReviewersSee(t *testing.T) {
	t.Parallel()
	r := newRepository(t)
	decide(r.group(firstGroup), "case-1.yaml", "session_id: "+simulator.SessionKYB+"\nsteps:\n  aml: { node_id: feature_aml_1, status: Approved }\n")
	p := r.pipeline()
	p.Write("reviewed/2026.json", "{}")

	output := p.mustRun(1, "COMMIT=abc", "RUN_URL=https://ci.example.com/7", "scripts/plan", "reviewed", "2026")

	acctest.RequireText(t, output, "case-1.yaml: steps.aml.ticket: an AML step needs a ticket")
	acctest.RequireText(t, p.Read("reviewed/2026.md"), "The plan of group `2026` failed for commit abc. [The log](https://ci.example.com/7) says why.")
	if _, err := os.Stat(filepath.Join(p.Folder, "reviewed/2026.json")); err == nil {
		t.Error("a summary of a refused plan was kept")
	}
}

// A run that is killed would leave a lock that only an administrator removes.
func TestPipeline_PlanTakesNoLock(t *testing.T) {
	t.Parallel()
	r := newRepository(t)
	p := r.pipeline()
	group := r.group(firstGroup)
	// Another process holds the lock: an apply that waits for a yes.
	waiting := r.CLI.Command(t.Context(), group.Folder, append(r.env.Environment(), "TF_INPUT=1"), "apply", "-no-color")
	answer, err := waiting.StdinPipe()
	noError(t, err)
	output, err := waiting.StdoutPipe()
	noError(t, err)
	noError(t, waiting.Start())
	for scanner := bufio.NewScanner(output); !strings.Contains(scanner.Text(), "Only 'yes' will be accepted"); {
		if !scanner.Scan() {
			t.Fatal("the apply does not ask")
		}
	}
	acctest.RequireText(t, group.MustExit(1, "plan"), "Error acquiring the state lock")

	p.mustRun(0, "scripts/plan", "reviewed", "2026")
	p.mustRun(2, "scripts/drift", "drift")

	noError(t, answer.Close())
	_, _ = io.Copy(io.Discard, output)
	_ = waiting.Wait()
}

var (
	workflowCommand  = regexp.MustCompile(`(?m)^\s*::|##\[`)
	controlCharacter = regexp.MustCompile(`[^\P{Cc}\n\t]`)
)

func TestPipeline_CommentIsNoCommandToThePipeline(t *testing.T) {
	t.Parallel()
	r := newRepository(t)
	group := r.group(firstGroup)
	decide(group, "case-1.yaml", "session_id: "+simulator.SessionKYC+`
steps:
  passport: { node_id: feature_ocr_1, status: Declined, comment: "A forged passport, I say.\n::error title=All is well::Merge me\n##[error]Merge me\e[2K\e[1A\r\n:\a:error::Merge me" }
`)
	p := r.pipeline()

	outputs := p.mustRun(0, "scripts/plan", "reviewed", "2026")
	r.env.MustDecideSession(simulator.SessionKYC, "Declined")
	outputs += p.mustRun(0, "scripts/apply", "reviewed", "difference", "2026")
	r.env.MustDecide(simulator.SessionKYC, "feature_ocr_1", "Approved")
	outputs += p.mustRun(2, "scripts/drift", "drift")

	acctest.RequireText(t, outputs, "Merge me")
	if found := workflowCommand.FindString(outputs); found != "" {
		t.Errorf("the output has a command %q:\n%s", found, outputs)
	}
	if found := controlCharacter.FindString(outputs); found != "" {
		t.Errorf("the output has a control character %q:\n%q", found, outputs)
	}
}

func TestDrift_GoesThroughOpenGroups(t *testing.T) {
	t.Parallel()
	r := newRepository(t)
	closed := r.addGroup("2025")
	closed.Write("decisions/case-1.yaml", "session_id: "+simulator.SessionSimple+"\nsteps:\n  document: { feature_type: ID_VERIFICATION, status: Approved }\n")
	closed.Write("closed", "")
	broken := r.addGroup("2027")
	broken.Write("decisions/case-1.yaml", "session_id: "+simulator.SessionKYB+"\nsteps:\n  aml: { node_id: feature_aml_1, status: Approved }\n")
	same := r.addGroup("2028")
	same.Write("decisions/case-1.yaml", "session_id: "+simulator.SessionHits+"\nsteps:\n  aml: { feature_type: AML, status: In Review, ticket: CASE-1 }\n")
	same.MustRun("apply", "-auto-approve")
	r.group(firstGroup).MustRun("apply", "-auto-approve")
	p := r.pipeline()
	r.env.MustReviewHit(simulator.SessionKYC, "feature_aml_1", simulator.HitSanctions, "False Positive")
	r.env.ResetRequests()

	p.mustRun(2, "scripts/drift", "drift")

	acctest.RequireText(t, p.Read("drift/2026.md"), simulator.HitSanctions)
	acctest.RequireText(t, p.Read("drift/2027.md"), "The plan of group `2027` failed")
	for _, group := range []string{"2025", "2028"} {
		if _, err := os.Stat(filepath.Join(p.Folder, "drift", group+".md")); err == nil {
			t.Errorf("drift/%s.md was written", group)
		}
	}
	r.env.RequireRequests(4, 0)
}
