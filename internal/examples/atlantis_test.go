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

// atlantis runs the steps of a stage of the workflow in atlantis.yaml, as Atlantis
// does: each in a shell, in the folder of the project.
func (p *pipeline) atlantis(stage, commit string) (output string, exitCode int) {
	p.T.Helper()
	_, steps, found := strings.Cut(p.Read("atlantis.yaml"), "\n    "+stage+":\n")
	if !found {
		p.T.Fatalf("atlantis.yaml has no stage %s", stage)
	}
	if next := regexp.MustCompile(`\n    \w`).FindStringIndex(steps); next != nil {
		steps = steps[:next[0]]
	}
	commands := regexp.MustCompile(`- run: (.+)`).FindAllStringSubmatch(steps, -1)
	if len(commands) == 0 {
		p.T.Fatalf("stage %s runs nothing", stage)
	}
	planFile := filepath.Join(p.Folder, "groups/2026/2026-default.tfplan")
	for _, command := range commands {
		output, exitCode = p.run("PROJECT_NAME=2026", "BASE_REPO_OWNER=team/sub", "BASE_REPO_NAME=decisions", "PULL_NUM=7", "HEAD_COMMIT="+commit, "PLANFILE="+planFile,
			"sh", "-c", "cd groups/2026 && "+command[1])
		if exitCode != 0 {
			break
		}
	}
	return output, exitCode
}

// atlantis returns a pipeline with what Atlantis' server sets.
func (r *repository) atlantis() *pipeline {
	p := r.pipeline()
	p.Variables = append(p.Variables, "DIDIT_REVIEWED_FOLDER="+r.T.TempDir())
	return p
}

func TestAtlantis_AppliesThePlanThatItShowed(t *testing.T) {
	t.Parallel()
	r := newRepository(t)
	p := r.atlantis()

	shown, code := p.atlantis("plan", "abc")
	if code != 0 {
		t.Fatalf("the plan ended with %d: %s", code, shown)
	}
	acctest.RequireText(t, shown, simulator.SessionKYC, "Approved")
	if strings.Contains(shown, "Refreshing state") {
		t.Errorf("the comment is the log and not the summary:\n%s", shown)
	}
	applied, code := p.atlantis("apply", "abc")

	if code != 0 {
		t.Fatalf("the apply ended with %d: %s", code, applied)
	}
	acctest.RequireText(t, applied, "Apply complete! Resources: 7 imported, 0 added, 6 changed, 0 destroyed.")
	requireEmptyPlan(r.group(firstGroup))
}

func TestAtlantis_RefusesAPlanThatWasNotReviewed(t *testing.T) {
	t.Parallel()
	r := newRepository(t)
	p := r.atlantis()
	_, _ = p.atlantis("plan", "abc")
	// After the approval, a reviewer decides in the console, and another comments: atlantis plan
	r.env.MustDecide(simulator.SessionKYC, "feature_ocr_1", "Declined")
	shown, _ := p.atlantis("plan", "abc")
	r.env.ResetRequests()

	output, code := p.atlantis("apply", "abc")

	acctest.RequireText(t, shown, "will not be applied. Push another commit")
	acctest.RequireText(t, output, "The plan does not do what was reviewed: nothing is applied.")
	if code == 0 || r.env.Count("PATCH") != 0 {
		t.Errorf("it ended with %d: %v", code, r.env.RequestLines())
	}
	// The next commit asks for another approval.
	_, _ = p.atlantis("plan", "def")
	if output, code := p.atlantis("apply", "def"); code != 0 {
		t.Errorf("the next commit is not applied: %s", output)
	}
}

// Atlantis deletes its clone, for example by the comment atlantis unlock.
func TestAtlantis_RemembersWhatWasReviewedInAFreshClone(t *testing.T) {
	t.Parallel()
	r := newRepository(t)
	p := r.atlantis()
	_, _ = p.atlantis("plan", "abc")
	r.env.MustDecide(simulator.SessionKYC, "feature_ocr_1", "Declined")
	p.git("clean", "-q", "-d", "-x", "--force", "--exclude=.terraform", "--exclude=*.tfstate")
	r.env.ResetRequests()

	shown, _ := p.atlantis("plan", "abc")
	output, code := p.atlantis("apply", "abc")

	acctest.RequireText(t, shown, "will not be applied. Push another commit")
	acctest.RequireText(t, output, "The plan does not do what was reviewed: nothing is applied.")
	if code == 0 || r.env.Count("PATCH") != 0 {
		t.Errorf("it ended with %d: %v", code, r.env.RequestLines())
	}
}

func TestAtlantis_StopsWithoutAFolderForWhatWasReviewed(t *testing.T) {
	t.Parallel()
	for name, variables := range map[string][]string{"not set": nil, "not there": {"DIDIT_REVIEWED_FOLDER=/no/such/folder"}, "in the clone": {"DIDIT_REVIEWED_FOLDER=."}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPipeline(t)
			p.Variables = append(p.Variables, variables...)
			for _, stage := range []string{"plan", "apply"} {
				output, code := p.atlantis(stage, "abc")

				acctest.RequireText(t, output, "Set DIDIT_REVIEWED_FOLDER to a folder outside the clones of Atlantis")
				if code == 0 {
					t.Errorf("%s succeeded", stage)
				}
			}
		})
	}
}

func TestAtlantis_PlansNothingIfASessionIsInTwoGroups(t *testing.T) {
	t.Parallel()
	r := newRepository(t)
	p := r.atlantis()
	other := r.addGroup("2027")
	decide(other, "again.yaml", "session_id: "+simulator.SessionKYC+"\nsession: { status: Approved }\n")
	r.env.ResetRequests()

	output, code := p.atlantis("plan", "abc")

	acctest.RequireText(t, output, "groups/2026/decisions/case-7.yaml and groups/2027/decisions/again.yaml name the same session")
	if code == 0 {
		t.Error("it succeeded")
	}
	r.env.RequireRequests(0, 0)
}

func TestAtlantis_RefusesWithoutAPlan(t *testing.T) {
	t.Parallel()
	p := newRepository(t).atlantis()

	output, code := p.atlantis("apply", "abc")

	if code == 0 {
		t.Error("it succeeded")
	}
	acctest.RequireText(t, output, "There is no plan of commit abc: nothing is applied.")
}

func TestAtlantis_KnowsEveryGroup(t *testing.T) {
	t.Parallel()
	config, err := os.ReadFile(filepath.Join(examples, "compliance-repo/atlantis.yaml"))
	noError(t, err)
	groups, err := filepath.Glob(filepath.Join(examples, "compliance-repo/groups/*/main.tf"))
	noError(t, err)
	for _, group := range groups {
		if name := filepath.Base(filepath.Dir(group)); !strings.Contains(string(config), "dir: groups/"+name+"\n") {
			t.Errorf("atlantis.yaml has no project for groups/%s", name)
		}
	}
}
