// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package examples_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/didit-community/terraform-provider-didit/internal/acctest"
	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

// decided returns sessions in which nearly everything is decided already.
func decided(count int) []simulator.Session {
	sessions := make([]simulator.Session, count)
	for i := range sessions {
		sessions[i] = simulator.Session{
			ID: fmt.Sprintf("22222222-2222-4333-8444-%012d", i), Status: "Approved",
			Features: []simulator.Feature{
				{Array: "id_verifications", NodeID: "feature_ocr_1", Status: "Approved"},
				{Array: "liveness_checks", NodeID: "feature_liveness_1", Status: []string{"Approved", "Not Finished"}[i%2]},
				{Array: "aml_screenings", NodeID: "feature_aml_1", Status: "Declined"},
			},
		}
	}
	// Without a graph; and with two steps that nothing tells apart.
	sessions[0].Features = []simulator.Feature{{Array: "id_verifications", Status: "Declined"}, {Array: "liveness_checks", Status: "Approved"}}
	sessions[2].Features[2].Hits = []simulator.Hit{
		{ID: simulator.HitSanctions, ReviewStatus: simulator.ReviewConfirmedMatch, RiskScore: 95},
		{ID: simulator.HitNamesake, ReviewStatus: simulator.ReviewFalsePositive, RiskScore: 85},
	}
	sessions[1].Features = []simulator.Feature{{Array: "aml_screenings", Status: "Approved"}, {Array: "aml_screenings", Status: "Declined"}}
	return sessions
}

// adopt follows the README from nothing in Terraform to an empty plan. It returns the
// workspace that found the files, and the repository.
func adopt(t testing.TB, count int) (found *acctest.Workspace, r *repository, applied string) {
	t.Helper()
	skipOnWindows(t)
	env := acctest.New(t, acctest.Unlimited)
	env.RequireCLI(7, "import blocks with for_each")
	for _, session := range simulator.Fixtures() {
		env.DeleteSession(session.ID)
	}
	for _, session := range decided(count) {
		env.AddSession(session)
	}
	r = &repository{env.InstalledWorkspace(), env}
	r.copyExample("compliance-repo")
	group := r.group(firstGroup)
	noError(t, os.RemoveAll(filepath.Join(group.Folder, "decisions")))
	noError(t, os.Mkdir(filepath.Join(group.Folder, "decisions"), 0o700))
	finder := &repository{env.InstalledWorkspace(), env}
	finder.copyExample("adopt-existing")
	finder.MustRun("init")
	finder.MustRun("validate")
	finder.MustRun("apply", "-auto-approve")
	writeFiles(finder.Workspace, group)

	group.MustRun("init")
	group.MustRun("plan", "-out=adopt.tfplan")
	applied = group.MustRun("apply", "adopt.tfplan")
	requireEmptyPlan(group)
	return finder.Workspace, r, applied
}

// writeFiles is the line of the README.
func writeFiles(found, group *acctest.Workspace) (output string) {
	found.T.Helper()
	files, err := found.CLI.Run(found.T.Context(), found.Folder, nil, "output", "-raw", "files")
	noError(found.T, err)
	output, err = runScript(found, files.Output, "write-files.sh", filepath.Join(group.Folder, "decisions"))
	if err != nil {
		found.T.Fatalf("write-files.sh: %v\n%s", err, output)
	}
	return output
}

// runScript runs a script in a workspace, with a text as its standard input.
func runScript(w *acctest.Workspace, input, script string, arguments ...string) (output string, err error) {
	w.T.Helper()
	command := exec.CommandContext(w.T.Context(), "sh", append([]string{script}, arguments...)...)
	command.Dir = w.Folder
	command.Stdin = strings.NewReader(input)
	combined, err := command.CombinedOutput()
	return string(combined), err
}

func TestAdoption_OfSixtySessionsSendsNothing(t *testing.T) {
	t.Parallel()

	found, r, applied := adopt(t, 60)

	// 30 with two steps and 30 with three, but for the first two: one with two, one with none.
	steps := 29*3 + 29*2 + 2
	const hits = 1
	acctest.RequireText(t, applied, fmt.Sprintf("Resources: %d imported, 0 added, 0 changed, 0 destroyed.", steps+hits+60))
	r.env.RequireTrail()
	files, err := os.ReadDir(filepath.Join(r.group(firstGroup).Folder, "decisions"))
	noError(t, err)
	if len(files) != 60 {
		t.Errorf("%d files were written, want one for each session", len(files))
	}
	// A page of each kind and one read of each session; then one for each file in each of two plans.
	r.env.RequireRequests(2+60+2*60, 0)
	leftOut := acctest.Text(found.MustRun("output", "left_out"))
	acctest.RequireText(t, leftOut, "22222222-2222-4333-8444-000000000003 feature_liveness_1: Not Finished", "22222222-2222-4333-8444-000000000001 default-AML: the session has 2 such steps")
	if lines := strings.Count(leftOut, "22222222-"); lines != 29+1 {
		t.Errorf("%d steps are listed as left out:\n%s", lines, leftOut)
	}
}

func TestAdoption_KeepsFilesThatExist(t *testing.T) {
	t.Parallel()
	found, r, _ := adopt(t, 4)
	group := r.group(firstGroup)
	const file = "decisions/22222222-2222-4333-8444-000000000002.yaml"
	edited := strings.ReplaceAll(group.Read(file), `"feature_ocr_1":`, `"passport":`)
	group.Write(file, edited)

	output := writeFiles(found, group)

	acctest.RequireText(t, output, "0 files written, 4 there already")
	if group.Read(file) != edited {
		t.Error("an existing file was overwritten")
	}
}

func TestAdoption_OverturnedDecisionIsRefusedUntilTheFileSaysWhy(t *testing.T) {
	t.Parallel()
	const session, file = "22222222-2222-4333-8444-000000000002", "decisions/22222222-2222-4333-8444-000000000002.yaml"
	_, r, _ := adopt(t, 3)
	group := r.group(firstGroup)
	r.env.MustDecide(session, "feature_aml_1", "Approved")

	acctest.RequireText(t, group.MustExit(1, "plan"), session+".yaml: steps.feature_aml_1.adopted: it is Approved in Didit; delete adopted, and say why it should be Declined")

	const adopted = `"feature_aml_1":` + "\n    " + `"adopted": true`
	before, after, isThere := strings.Cut(group.Read(file), adopted)
	if !isThere {
		t.Fatalf("the file does not have %s:\n%s", adopted, group.Read(file))
	}
	group.Write(file, before+`"feature_aml_1":`+"\n    "+`"comment": "Still on a sanctions list."`+"\n    "+`"ticket": "CASE-2"`+after)

	// The session is no longer as it was adopted, so that its own decision needs a reason, too.
	acctest.RequireText(t, group.MustExit(1, "plan"), "session.status:", "steps.feature_aml_1 is Declined; decide that first")

	group.Write(file, strings.Replace(group.Read(file), `"session":`, `"session":`+"\n  "+`"approved_although": "Risk accepts the match, CASE-2."`, 1))
	group.MustRun("apply", "-auto-approve")
	if status := r.env.FeatureStatus(session, "feature_aml_1", ""); status != "Declined" {
		t.Errorf("the step is %q", status)
	}
}

func TestAdoption_WritesFilesFromWholeLinesOnly(t *testing.T) {
	t.Parallel()
	skipOnWindows(t)
	env := acctest.New(t, acctest.Unlimited)
	r := &repository{env.InstalledWorkspace(), env}
	r.copyExample("adopt-existing")

	output, err := runScript(r.Workspace, "../elsewhere.yaml: \"session_id\": \"\"\n", "write-files.sh", t.TempDir())

	if err == nil || !strings.Contains(output, "not a line of a decision file") {
		t.Errorf("a path was written to: %v, %s", err, output)
	}
}

// BenchmarkAdoption takes 500 sessions over. Terraform's own work is most of it.
func BenchmarkAdoption(b *testing.B) {
	for b.Loop() {
		adopt(b, 500)
	}
}
