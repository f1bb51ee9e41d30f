// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package examples_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/didit-community/terraform-provider-didit/internal/acctest"
	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

const case8 = "decisions/case-8.yaml"

//nolint:tparallel // The cases take turns in one clone.
func TestGroups_PrintsThoseThatAChangeTouches(t *testing.T) {
	t.Parallel()
	p := newPipeline(t)
	for _, group := range []string{"2027", "kyb"} {
		p.Write("groups/"+group+"/main.tf", p.Read("groups/2026/main.tf"))
	}
	p.Write("groups/2025/main.tf", p.Read("groups/2026/main.tf"))
	p.Write("groups/2025/closed", "")
	base := p.commit("Four groups, one of them closed")
	for name, test := range map[string]struct {
		files []string
		want  string
	}{
		"a decision":               {[]string{"groups/2027/decisions/case-1.yaml"}, "2027"},
		"decisions of two groups":  {[]string{"groups/kyb/decisions/a.yaml", "groups/2026/decisions/2026-11/b.yaml"}, "2026 kyb"},
		"a root":                   {[]string{"groups/2026/main.tf"}, "2026"},
		"a closed group":           {[]string{"groups/2025/decisions/case-1.yaml"}, "2025"},
		"the module":               {[]string{"modules/decisions/policy.tf"}, "2026 2027 kyb"},
		"a script":                 {[]string{"scripts/plan", "groups/2025/decisions/a.yaml"}, "2025 2026 2027 kyb"},
		"a workflow":               {[]string{".github/workflows/plan.yml"}, "2026 2027 kyb"},
		"a new file at the top":    {[]string{"Makefile"}, "2026 2027 kyb"},
		"a page":                   {[]string{"README.md", "docs/how.md"}, ""},
		"a page of a group":        {[]string{"groups/2026/README.md"}, "2026"},
		"a name that git quotes":   {[]string{"groups/2027/decisions/fälle \"1\".yaml"}, "2027"},
		"a name with a line break": {[]string{"groups/2027/decisions/a\nscripts/b.yaml"}, "2027"},
	} {
		t.Run(name, func(t *testing.T) {
			p.git("checkout", "-q", "-B", "change", base)
			for _, file := range test.files {
				p.Write(file, "changed\n")
			}
			p.commit(name)

			output := p.mustRun(0, "scripts/groups", base)

			if got := strings.Join(strings.Fields(output), " "); got != test.want {
				t.Errorf("the groups are %q, want %q", got, test.want)
			}
		})
	}
	if all := p.mustRun(0, "scripts/groups"); all != "2026\n2027\nkyb\n" {
		t.Errorf("the open groups are %q", all)
	}
}

func TestGroups_IgnoresWhatMainHasChangedMeanwhile(t *testing.T) {
	t.Parallel()
	p := newPipeline(t)
	p.Write("groups/2027/main.tf", p.Read("groups/2026/main.tf"))
	p.commit("Two groups")
	p.git("checkout", "-q", "-b", "change")
	p.Write("groups/2027/decisions/case-1.yaml", "changed\n")
	p.commit("A decision")
	p.git("checkout", "-q", "main")
	p.Write("groups/2026/decisions/case-9.yaml", "changed\n")
	p.commit("Another decision")
	p.git("checkout", "-q", "change")

	if output := p.mustRun(0, "scripts/groups", "main"); output != "2027\n" {
		t.Errorf("the groups are %q, want 2027", output)
	}
}

func TestGroups_AreClosedBeforeTheyAreDeleted(t *testing.T) {
	t.Parallel()
	p := newPipeline(t)
	p.Write("groups/2025/main.tf", p.Read("groups/2026/main.tf"))
	base := p.commit("Two groups")
	noError(t, os.RemoveAll(filepath.Join(p.Folder, "groups/2025")))
	p.commit("One group")

	acctest.RequireText(t, p.mustRun(1, "scripts/groups", base), "groups/2025: Terraform manages its decisions. Close the group before you delete it")

	p.git("reset", "-q", "--hard", base)
	p.Write("groups/2025/closed", "")
	closed := p.commit("The group is closed")
	noError(t, os.RemoveAll(filepath.Join(p.Folder, "groups/2025")))
	p.commit("The group is deleted")
	if output := p.mustRun(0, "scripts/groups", closed); output != "" {
		t.Errorf("the groups are %q, want none", output)
	}
}

func TestGroups_NameIsRefusedIfAShellCouldReadMoreThanAName(t *testing.T) {
	t.Parallel()
	p := newPipeline(t)
	p.Write("groups/$(touch x)/main.tf", "")

	acctest.RequireText(t, p.mustRun(1, "scripts/groups"), "the name of a group holds a to z, 0 to 9, _ and - only")
}

func TestGroups_NameIsNoCommandToThePipeline(t *testing.T) {
	t.Parallel()
	p := newPipeline(t)
	p.Write("groups/x\n::error title=forged::\x1b[2K/main.tf", "")

	output := p.mustRun(1, "scripts/groups")

	acctest.RequireText(t, output, "the name of a group holds")
	if workflowCommand.MatchString(output) || controlCharacter.MatchString(output) {
		t.Errorf("the output has a command: %q", output)
	}
}

func TestGroups_MovedFileSendsNothing(t *testing.T) {
	t.Parallel()
	r := newRepository(t)
	from := r.group(firstGroup)
	from.MustRun("apply", "-auto-approve")
	into := r.addGroup("2027")
	p := r.pipeline()
	r.env.ResetRequests()

	noError(t, os.Rename(filepath.Join(from.Folder, case8), filepath.Join(into.Folder, case8)))
	p.commit("Case 8 goes to 2027")
	groups := strings.Fields(p.mustRun(0, "scripts/groups", "HEAD^"))
	p.mustRun(0, append([]string{"scripts/plan", "reviewed"}, groups...)...)
	p.mustRun(0, append([]string{"scripts/apply", "reviewed", "difference"}, groups...)...)

	if sent := r.env.Count("PATCH"); sent != 0 {
		t.Errorf("%d PATCHes were sent, want none: %v", sent, r.env.RequestLines())
	}
	acctest.RequireText(t, p.Read("reviewed/2026.md"), "000000000004")
	acctest.RequireText(t, p.Read("reviewed/2027.md"), "000000000004")
	for group, want := range map[*acctest.Workspace]bool{from: false, into: true} {
		_, found := group.State()[`module.decisions.module.steps["case-8.yaml"].didit_session_feature_status.step["document"]`]
		if found != want {
			t.Errorf("the step is in the state of %s: %t, want %t", filepath.Base(group.Folder), found, want)
		}
		requireEmptyPlan(group)
	}
}

func TestGroups_PullRequestReadsOnlyTheSessionsThatItTouches(t *testing.T) {
	t.Parallel()
	r := newRepository(t)
	group := r.addGroup("2027")
	p := r.pipeline()
	r.env.ResetRequests()
	group.Write("decisions/case-1.yaml", "session_id: "+simulator.SessionSimple+"\nsteps:\n  document: { feature_type: ID_VERIFICATION, status: Approved }\n")
	p.commit("A decision")

	groups := strings.Fields(p.mustRun(0, "scripts/groups", "HEAD^"))
	p.mustRun(0, append([]string{"scripts/plan", "reviewed"}, groups...)...)

	r.env.RequireRequests(1, 0)
	if _, err := os.Stat(filepath.Join(p.Folder, "reviewed/2026.json")); err == nil {
		t.Error("a group that the change does not touch was planned")
	}
}

func TestCheck_FindsSessionInTwoGroups(t *testing.T) {
	t.Parallel()
	r := newRepository(t)
	group := r.addGroup("2027")
	p := r.pipeline()
	p.mustRun(0, "scripts/check", "2026", "2027")

	group.Write("decisions/again.yaml", `"session_id": "`+simulator.SessionKYC+`"`+"\n"+`"session": { "status": "Approved" }`+"\n")
	group.Write("decisions/flow.yaml", "{ session_id: "+simulator.SessionKYB+", session: { status: Approved } }\n")

	acctest.RequireText(t, p.mustRun(1, "scripts/check"),
		"groups/2026/decisions/case-7.yaml and groups/2027/decisions/again.yaml name the same session", "groups/2027/decisions/flow.yaml: must have one line session_id: UUID")
	r.env.RequireRequests(0, 0)
}

func TestCheckGroups_FindsSessionInEveryFormThatTheModuleTakes(t *testing.T) {
	t.Parallel()
	const one, same = "groups/2027/decisions/a.yaml: must have one line session_id: UUID", "groups/2026/decisions/case-7.yaml and groups/2027/decisions/a.yaml name the same session"
	for name, test := range map[string]struct{ text, want string }{
		"in quotes":       {"'session_id': \"" + simulator.SessionKYC + "\" # the same", same},
		"with a BOM":      {"\ufeffsession_id: " + simulator.SessionKYC + "\r\nexpired: true\r", same},
		"last":            {"expired: true\nsession_id:  " + simulator.SessionKYC, same},
		"with a tag":      {"session_id: !!str " + simulator.SessionKYC, one},
		"on another line": {"session_id: >-\n  " + simulator.SessionKYC, one},
		"twice":           {"session_id: " + simulator.SessionKYB + "\nsession_id: " + simulator.SessionSimple, one},
		"another one":     {"session_id: " + simulator.SessionKYB, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPipeline(t)
			p.Write("groups/2027/main.tf", p.Read("groups/2026/main.tf"))
			p.Write("groups/2027/decisions/a.yaml", test.text+"\n")

			output, code := p.run("scripts/check-groups")

			if !strings.Contains(output, test.want) || (code == 0) != (test.want == "") {
				t.Errorf("it ended with %d: %s\nwant %s", code, output, test.want)
			}
		})
	}
}

func TestCheckGroups_TakesNoOtherFormForASession(t *testing.T) {
	t.Parallel()
	p := newPipeline(t)
	p.Write("groups/2026/decisions/a.yaml", "session_id: >-\n  "+simulator.SessionKYB+"\n")
	p.Write("groups/2026/decisions/b.yaml", "session_id: >-\n  "+simulator.SessionSimple+"\n")

	output := p.mustRun(1, "scripts/check-groups")

	if strings.Contains(output, "the same session") {
		t.Errorf("two sessions are taken for one: %s", output)
	}
}

// Terraform follows links, also to a folder of decisions.
func TestCheckGroups_RefusesLinks(t *testing.T) {
	t.Parallel()
	p := newPipeline(t)
	p.Write("groups/2026/.terraform/file", "")
	noError(t, os.Symlink("file", filepath.Join(p.Folder, "groups/2026/.terraform/link")))
	p.mustRun(0, "scripts/check-groups")
	p.Write("elsewhere/a.yaml", "session_id: "+simulator.SessionKYC+"\n")
	noError(t, os.Symlink("../../../elsewhere", filepath.Join(p.Folder, "groups/2026/decisions/more")))

	acctest.RequireText(t, p.mustRun(1, "scripts/check-groups"), "groups/2026/decisions/more: a symbolic link")
}

func TestCheck_FindsTwoGroupsWithOneState(t *testing.T) {
	t.Parallel()
	r := newRepository(t)
	group := r.addGroup("2027")
	p := r.pipeline()
	for _, w := range []*acctest.Workspace{r.group(firstGroup), group} {
		w.Write("main.tf", strings.NewReplacer("# backend", "backend", "  #   key", "    key", "  # }", "  }").Replace(w.Read("main.tf")))
	}

	acctest.RequireText(t, p.mustRun(1, "scripts/check"), "groups/2026/main.tf and groups/2027/main.tf name the same state")
}
