// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package examples_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

// decided are sessions in which nearly everything is decided already.
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
	sessions[1].Features = []simulator.Feature{{Array: "aml_screenings", Status: "Approved"}, {Array: "aml_screenings", Status: "Declined"}}
	return sessions
}

// adopt goes the way of the README from nothing in Terraform to an empty plan,
// and gives the root that has found the files, and the repository.
func adopt(t testing.TB, count int) (found, repo *root, applied string) {
	t.Helper()
	skipOnWindows(t)
	repo = newRoot(t)
	repo.requires(7, "import blocks with for_each")
	for _, session := range decided(count) {
		repo.didit.AddSession(session)
	}
	repo.copy("compliance-repo")
	repo.ok(os.RemoveAll(filepath.Join(repo.folder, "decisions")))
	repo.ok(os.Mkdir(filepath.Join(repo.folder, "decisions"), 0o700))
	found = repo.at(t.TempDir())
	found.copy("adopt-existing")
	found.must(0, "init")
	found.must(0, "validate")
	found.must(0, "apply", "-auto-approve")
	found.writeFiles(repo)

	repo.must(0, "init")
	repo.must(0, "plan", "-out=adopt.tfplan")
	applied = repo.must(0, "apply", "adopt.tfplan")
	repo.plansNothing()
	return found, repo, applied
}

// writeFiles is the line of the README.
func (r *root) writeFiles(repo *root) (said string) {
	r.t.Helper()
	files, err := r.cli.Run(r.t.Context(), r.folder, nil, "output", "-raw", "files")
	r.ok(err)
	said, err = r.shell(files.Output, "write-files.sh", filepath.Join(repo.folder, "decisions"))
	if err != nil {
		r.t.Fatalf("write-files.sh: %v\n%s", err, said)
	}
	return said
}

func TestSixtySessionsAreAdoptedWithoutAChange(t *testing.T) {
	t.Parallel()

	found, repo, applied := adopt(t, 60)

	// 30 with two steps and 30 with three, but for the first two: one with two, one with none.
	steps := 29*3 + 29*2 + 2
	says(t, applied, fmt.Sprintf("Resources: %d imported, 0 added, 0 changed, 0 destroyed.", steps))
	repo.trail()
	files, err := os.ReadDir(filepath.Join(repo.folder, "decisions"))
	repo.ok(err)
	if len(files) != 59 {
		t.Errorf("%d files were written, want one for each session with a step that can be taken over", len(files))
	}
	// A page of each kind and one read of each session; then one for each file in each of two plans.
	if reads := repo.didit.Count("GET"); reads != 2+60+2*59 {
		t.Errorf("adopting 60 sessions read %d times", reads)
	}
	leftOut := found.must(0, "output", "left_out")
	says(t, leftOut, "22222222-2222-4333-8444-000000000003 feature_liveness_1: Not Finished", "22222222-2222-4333-8444-000000000001 default-AML: the session has 2 such steps")
	if lines := strings.Count(leftOut, "22222222-"); lines != 29+1 {
		t.Errorf("%d steps are listed as left out:\n%s", lines, leftOut)
	}
}

func TestAdoptingAgainKeepsTheFilesThatAreThere(t *testing.T) {
	t.Parallel()
	found, repo, _ := adopt(t, 4)
	const file = "decisions/22222222-2222-4333-8444-000000000002.yaml"
	edited := strings.ReplaceAll(repo.read(file), `"feature_ocr_1":`, `"passport":`)
	repo.write(file, edited)

	said := found.writeFiles(repo)

	says(t, said, "0 files written, 3 there already")
	if repo.read(file) != edited {
		t.Error("a file that is there was overwritten")
	}
}

func TestOverturnedAdoptedDecisionIsRefusedUntilSomebodySaysWhy(t *testing.T) {
	t.Parallel()
	const session, file = "22222222-2222-4333-8444-000000000002", "decisions/22222222-2222-4333-8444-000000000002.yaml"
	_, repo, _ := adopt(t, 3)
	repo.ok(repo.didit.DecideFeature(session, "feature_aml_1", "", "Approved", "Looks fine to me"))

	says(t, repo.must(1, "plan"), session+".yaml: steps.feature_aml_1.adopted: the step is Approved in Didit; take adopted out, and say why it shall be Declined")

	before, after, _ := strings.Cut(repo.read(file), `"adopted": true`)
	repo.write(file, before+`"comment": "Still on a sanctions list."`+"\n    "+`"ticket": "CASE-2"`+after)
	repo.must(0, "apply", "-auto-approve")
	if status := repo.didit.FeatureStatus(session, "feature_aml_1", ""); status != "Declined" {
		t.Errorf("the step is %q", status)
	}
}

func TestFilesAreWrittenFromWholeLinesOnly(t *testing.T) {
	t.Parallel()
	skipOnWindows(t)
	r := newRoot(t)
	r.copy("adopt-existing")

	said, err := r.shell("../elsewhere.yaml: \"session_id\": \"\"\n", "write-files.sh", t.TempDir())

	if err == nil || !strings.Contains(said, "not a line of a decision file") {
		t.Errorf("a path was written to: %v, %s", err, said)
	}
}

// BenchmarkAdoption takes 500 sessions over. Terraform's own work is most of it.
func BenchmarkAdoption(b *testing.B) {
	for b.Loop() {
		adopt(b, 500)
	}
}
