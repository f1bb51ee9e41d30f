// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package decisionrepo_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/didit-community/terraform-provider-didit/internal/decisionrepo"
)

// read returns the groups as "2026: one two", with - before a closed one, and the problems.
func read(t *testing.T, directory string) (groups, problems []string) {
	t.Helper()
	all, found, err := decisionrepo.Read(directory)
	if err != nil {
		t.Fatal(err)
	}
	for _, group := range all {
		text := map[bool]string{true: "-"}[group.Closed] + group.Name + ":"
		for _, file := range group.Files {
			text += " " + strings.TrimSuffix(filepath.Base(file.Name), ".yaml")
		}
		groups = append(groups, text)
	}
	for _, problem := range found {
		problems = append(problems, problem.String())
	}
	return groups, problems
}

func TestRead_ReadsEveryFileOfEveryOpenGroup(t *testing.T) {
	t.Parallel()
	directory := t.TempDir()
	write(t, directory, onMain.with(files{
		"groups/2026/.terraform.lock.hcl": regular(""), "groups/2026/README.md": regular(""), "groups/2026/backend.tf": regular(""),
		"groups/none/main.tf": regular(""), // A group before its first decision.
		// What is not in a folder named decisions, or names no session, is no lost decision.
		"modules/decisions/tests/fixtures/good/nine.yaml": regular(decision(9)), "modules/decisions/limits.yaml": regular("score: 90\n"),
		// Neither read nor checked.
		"groups/2025/closed": regular(""), "groups/2025/anything": regular(""), "groups/2025/decisions/one.yaml": regular("status: Approved\n"),
	}))

	groups, problems := read(t, directory)
	requireLines(t, groups, "-2025:", "2026: one two", "kyb: six", "none:")
	requireLines(t, problems)
}

// What Terraform, a pipeline or a file manager leaves behind is no reason to fail.
func TestRead_LeavesScratchAlone(t *testing.T) {
	t.Parallel()
	directory := t.TempDir()
	scratch := onMain
	for _, folder := range []string{"groups/", "groups/2026/", "groups/2026/decisions/"} {
		scratch = scratch.with(files{folder + ".DS_Store": regular("")})
	}
	write(t, directory, scratch.with(files{
		"groups/2026/.terraform/providers/x": link("/nowhere"), "groups/2026/terraform.tfstate": regular(""), "groups/2026/terraform.tfstate.backup": regular(""),
		"groups/2026/.terraform.tfstate.lock.info": regular(""), "groups/2026/2026.tfplan": regular(""), "groups/2026/crash.log": regular(""),
		"groups/2027/.terraform/modules/modules.json": regular(""), // Git leaves this behind of a group that another branch has.
	}))

	groups, problems := read(t, directory)
	requireLines(t, groups, "2026: one two", "kyb: six")
	requireLines(t, problems)
}

// Terraform reads all of these, whatever they are called: a name like that of scratch hides no decision.
func TestRead_ScratchIsNeverAFileThatTerraformReads(t *testing.T) {
	t.Parallel()
	directory := t.TempDir()
	write(t, directory, onMain.with(files{
		"groups/2026/decisions/plan.json.yaml":        regular(decision(3)),
		"groups/2026/decisions/case.tfstate.yaml":     regular("status: Approved\n"),
		"groups/2026/decisions/plan.json.yml":         regular(decision(4)),
		"groups/2026/decisions/old.tfstate.1.yaml":    link("one.yaml"),
		"groups/2026/import.tfstate.tf":               link("main.tf"),
		"groups/2027.tfplan/main.tf":                  regular("# group\n"),
		"groups/2027.tfplan/decisions/nine.yaml":      regular(decision(9)),
		"groups/kyb/terraform.tfstate.d/2026.tfstate": regular(""),
	}))

	groups, problems := read(t, directory)
	requireLines(t, groups, "2026: case.tfstate one plan.json two", "2027.tfplan: nine", "kyb: six")
	var places []string
	for _, problem := range problems {
		places = append(places, strings.SplitN(problem, ":", 2)[0])
	}
	requireLines(t, slices.Compact(places),
		"groups/2026/decisions/case.tfstate.yaml", "groups/2026/decisions/old.tfstate.1.yaml", "groups/2026/decisions/plan.json.yml", "groups/2026/import.tfstate.tf")
}

func TestRead_ReportsWhatHasNoPlace(t *testing.T) {
	t.Parallel()
	const (
		rule      = "; a name has a to z, A to Z, 0 to 9, '.', '_' and '-' only, and begins with a letter or a digit"
		noPlace   = "has no place in the folder of a group, which has decisions/NAME.yaml, *.tf, .terraform.lock.hcl, README.md and closed"
		noFile    = "is not a decision file, NAME.yaml" + rule
		noGroup   = "is not the folder of a group: below groups/ are folders only, one for each group"
		subfolder = "is a folder: decision files are in groups/GROUP/decisions/ itself"
		linked    = "is a link: put the file itself there"
		elsewhere = "is not in a group, so nothing plans it: decision files are groups/GROUP/decisions/NAME.yaml"
		decisions = "groups/2026/decisions/"
	)
	for path, test := range map[string]struct{ name, want string }{
		"groups/2026/decision/nine.yaml":      {"groups/2026/decision", noPlace},
		"groups/kyb2/Decisions/nine.yaml":     {"groups/kyb2/Decisions", noPlace},
		"groups/2026/nine.yaml":               {"groups/2026/nine.yaml", noPlace},
		"groups/2026/terraform.tfvars":        {"groups/2026/terraform.tfvars", noPlace},
		"groups/2026/main.tf.json":            {"groups/2026/main.tf.json", noPlace},
		"groups/2026/.hidden.tf":              {"groups/2026/.hidden.tf", noPlace},
		"groups/nine.yaml":                    {"groups/nine.yaml", noGroup},
		"groups/.2026/main.tf":                {"groups/.2026", "cannot be the folder of a group" + strings.Replace(rule, ";", ":", 1)},
		"groups/a b/main.tf":                  {"groups/a b", "cannot be the folder of a group" + strings.Replace(rule, ";", ":", 1)},
		decisions + "nine.yml":                {decisions + "nine.yml", noFile},
		decisions + "nine.yaml.txt":           {decisions + "nine.yaml.txt", noFile},
		decisions + ".nine.yaml":              {decisions + ".nine.yaml", noFile},
		decisions + ".yaml":                   {decisions + ".yaml", noFile},
		decisions + "-nine.yaml":              {decisions + "-nine.yaml", noFile},
		decisions + "nine .yaml":              {decisions + "nine .yaml", noFile},
		decisions + "caf\u00e9.yaml":          {decisions + "caf\u00e9.yaml", noFile},
		decisions + "cafe\u0301.yaml":         {decisions + "cafe\u0301.yaml", noFile},
		decisions + "README.md":               {decisions + "README.md", noFile},
		decisions + ".gitattributes":          {decisions + ".gitattributes", noFile},
		decisions + "2026/nine.yaml":          {decisions + "2026", subfolder},
		decisions + "nine.yaml/nine.yaml":     {decisions + "nine.yaml", subfolder},
		decisions + "ONE.yaml":                {decisions + "one.yaml", "its name differs from ONE.yaml only in case"},
		"groups/KYB/main.tf":                  {"groups/kyb", "its name differs from KYB only in case"},
		"groups/2028/decisions/nine.yaml":     {"groups/2028/main.tf", "is missing: without it, nothing plans the decisions of the group 2028; copy it from another group"},
		"link:" + decisions + "nine.yaml":     {decisions + "nine.yaml", linked},
		"link:groups/2026/README.md":          {"groups/2026/README.md", "is a link: put the file or the folder itself there"},
		"link:groups/2027":                    {"groups/2027", noGroup},
		"link:groups/kyb2/decisions":          {"groups/kyb2/decisions", "is a link: put the file or the folder itself there"},
		decisions + "x\n::error::y.yaml":      {decisions + "x\n::error::y.yaml", noFile},
		"groups/2026/decisions.d/nothing.yml": {"groups/2026/decisions.d", noPlace},
		"group/2026/decisions/nine.yaml":      {"group/2026/decisions/nine.yaml", elsewhere},
		"Groups/2026/Decisions/nine.yml":      {"Groups/2026/Decisions/nine.yml", elsewhere},
		"decisions/nine.YAML":                 {"decisions/nine.YAML", elsewhere},
	} {
		t.Run(path, func(t *testing.T) {
			t.Parallel()
			directory := t.TempDir()
			path, linked := strings.CutPrefix(path, "link:")
			entry := regular(decision(9))
			if linked {
				entry = link(filepath.Join(directory, "groups/2026/decisions"))
			}
			write(t, directory, onMain)
			if strings.HasPrefix(path, "groups/kyb2") {
				write(t, directory, files{"groups/kyb2/main.tf": regular("")})
			}
			write(t, directory, files{path: entry})

			_, problems := read(t, directory)
			requireLines(t, problems, fmt.Sprintf("%s:1:1: %s", test.name, test.want))
		})
	}
}

func TestRead_ReportsProblemsOfAllFilesInOrder(t *testing.T) {
	t.Parallel()
	directory := t.TempDir()
	write(t, directory, onMain.with(files{
		"groups/kyb/decisions/six.yaml":  regular(strings.Replace(decision(6), "to: Declined", "to: declined", 1)),
		"groups/kyb/decisions/five.yaml": regular(decision(2)),
		"groups/2026/decisions/two.yaml": regular(decision(2) + "sesion: {}\n"),
		"groups/2026/decisions/big.yaml": regular(strings.Repeat("# comment\n", 1<<17)),
	}))

	_, problems := read(t, directory)
	var places []string
	for _, problem := range problems {
		place, text, _ := strings.Cut(problem, ": ")
		places = append(places, place)
		if strings.HasSuffix(place, ":1:1") && !strings.Contains(place, "big") && !strings.Contains(text, "session 11111111-2222-4333-8444-000000000002 is in groups/") {
			t.Errorf("got %s", problem)
		}
	}
	requireLines(t, places, "groups/2026/decisions/big.yaml:1:1", "groups/2026/decisions/two.yaml:1:1", "groups/2026/decisions/two.yaml:3:1", "groups/kyb/decisions/five.yaml:1:1", "groups/kyb/decisions/six.yaml:2:32")
}

func TestRead_NeedsTheFolderGroups(t *testing.T) {
	t.Parallel()
	linked := t.TempDir()
	write(t, linked, files{"groups": link(t.TempDir())})
	for _, directory := range []string{t.TempDir(), linked} {
		if _, _, err := decisionrepo.Read(directory); err == nil || !strings.Contains(err.Error(), "there is no folder groups in "+directory) {
			t.Errorf("got %v", err)
		}
	}
}
