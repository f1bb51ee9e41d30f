// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

// Package examples_test runs what is in examples/ on the simulator, with a real
// Terraform or OpenTofu and the provider of this checkout.
package examples_test

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/didit-community/terraform-provider-didit/internal/acctest"
)

// examples is the folder of the examples.
const examples = "../../examples"

// firstGroup is the group that the compliance repository begins with.
const firstGroup = "2026"

// repository is a copy of the compliance repository, as a team begins with it. The
// sessions in its files are those of the simulator.
type repository struct {
	*acctest.Workspace
	env *acctest.Env
}

func newRepository(t testing.TB) *repository {
	t.Helper()
	env := acctest.New(t, acctest.Unlimited)
	env.RequireCLI(8, "provider functions")
	r := &repository{env.InstalledWorkspace(), env}
	r.copyExample("compliance-repo")
	r.group().MustRun("init")
	return r
}

// copyExample copies an example into the workspace.
func (r *repository) copyExample(name string) {
	r.T.Helper()
	noError(r.T, os.CopyFS(r.Folder, os.DirFS(filepath.Join(examples, name))))
}

// group returns the workspace of the group.
func (r *repository) group() *acctest.Workspace {
	return r.In(r.T, filepath.Join(r.Folder, "groups", firstGroup))
}

// decide replaces all decision files of a group by these texts, by the names of their
// files.
func decide(group *acctest.Workspace, files map[string]string) {
	group.T.Helper()
	noError(group.T, os.RemoveAll(filepath.Join(group.Folder, "decisions")))
	for name, text := range files {
		group.Write("decisions/"+name, text)
	}
}

// requireEmptyPlan checks that a plan has no changes.
func requireEmptyPlan(w *acctest.Workspace) {
	w.T.Helper()
	w.MustExit(0, "plan", "-detailed-exitcode")
}

func noError(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func skipOnWindows(t testing.TB) {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("the examples' scripts are for POSIX shells, as on the Linux runners of pipelines")
	}
}

func TestMain(m *testing.M) { os.Exit(acctest.Main(m)) }
