// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package bench

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

// variant is a way to do the work.
type variant struct {
	name string
	// source is the package of the provider.
	source string
	// prepare writes what does not depend on the work into a folder, and returns its root.
	prepare func(folder string) (root string, err error)
	// write writes the decisions of all sessions.
	write func(root string, w workload) error
	// reads: the provider makes requests.
	reads bool
}

var (
	floorCount    = variant{"floor", "./internal/bench/floor", prepareCount, writeCount, false}
	providerCount = variant{"count", ".", prepareCount, writeCount, true}
	repository    = variant{"repository", ".", prepareRepository, writeRepository, true}
)

// command is a part of a run: new decisions are planned and applied, then planned again.
type command struct {
	name      string
	arguments []string
	exitCode  int
	// writes: it makes all changes that are left; otherwise it makes none.
	writes bool
	// adds is how many sessions are added right before it, with their decisions. The first
	// command adds those of the workload.
	adds int
}

var (
	reviewedPlan = []string{"plan", "-detailed-exitcode", "-out=reviewed.tfplan"}
	reviewed     = []string{"apply", "reviewed.tfplan"}
)

// allCommands are the first decisions, and then what people wait for: a pull request that
// adds a few sessions to many.
var allCommands = []command{
	{"plan", reviewedPlan, 2, false, 0},
	{"apply", reviewed, 0, true, 0},
	{"plan again", []string{"plan", "-detailed-exitcode"}, 0, false, 0},
	{"plan five more", reviewedPlan, 2, false, 5},
	{"apply five more", reviewed, 0, true, 0},
}

// onlyPlan is for work whose apply takes too long.
var onlyPlan = allCommands[:1]

// figures are the cost of a command.
type figures struct {
	// cpu is the CPU time of the CLI and the provider, without the simulator's.
	cpu time.Duration
	// peak is the highest resident memory of the provider in bytes; 0 if it is not known.
	peak int64
	// reads and writes are requests, changes are entries on the audit trail.
	reads, writes, changes int
}

// run runs the commands on a new Didit, in a new folder.
func (v variant) run(tb testing.TB, w workload, commands []command) (all []figures) {
	tb.Helper()
	folder, err := os.MkdirTemp("", "didit-bench-") //nolint:usetesting // A benchmark's thousands of files are removed at once.
	require(tb, err)
	defer func() { require(tb, os.RemoveAll(folder)) }()
	root, err := v.prepare(folder)
	require(tb, err)
	didit := startDidit(tb)
	defer didit.Close()
	backend := startBackend()
	defer backend.Close()
	require(tb, os.WriteFile(filepath.Join(root, "bench_override.tf"), fmt.Appendf(nil, override, backend.URL), 0o600))
	provider := install(tb, v.source)
	result, err := provider.cli.Run(tb.Context(), root, nil, "init")
	if err != nil || result.ExitCode != 0 {
		tb.Fatalf("init: %v, exit code %d:\n%s", err, result.ExitCode, result.Output)
	}
	done := workload{stepsPerSession: w.stepsPerSession}
	for n, c := range commands {
		if n == 0 {
			c.adds = w.sessions
		}
		if c.adds > 0 {
			done.add(didit, c.adds)
			require(tb, v.write(root, done))
		}
		found := provider.measure(tb, didit, root, c)
		if err := v.check(done, c, found); err != nil {
			tb.Fatalf("%s, %s: %v", v.name, c.name, err)
		}
		all = append(all, found)
		if c.writes {
			done.decided = done.sessions
		}
	}
	return all
}

// override is no limit for the provider, as for the simulator, and a remote state.
const override = `
provider "didit" {
  rate_limit = {
    reads_per_minute  = 100000
    writes_per_minute = 100000
  }
}
terraform {
  backend "http" {
    address = %q
  }
}
`

// measure runs one command.
func (i installed) measure(tb testing.TB, didit *simulator.Server, root string, c command) figures {
	tb.Helper()
	didit.ResetRequests()
	changes := len(didit.Trail(""))
	variables := []string{"DIDIT_BASE_URL=" + didit.URL, "DIDIT_API_KEY=" + simulator.DefaultAPIKey}
	command := i.cli.Command(tb.Context(), root, variables, slices.Insert(slices.Clone(c.arguments), 1, "-no-color")...)
	var output strings.Builder
	command.Stdout, command.Stderr = &output, &output
	peak := watchPeak(i.executable)
	err := command.Run()
	found := figures{peak: peak(), reads: didit.Count(http.MethodGet), writes: didit.Count(http.MethodPatch), changes: len(didit.Trail("")) - changes}
	if _, exited := errors.AsType[*exec.ExitError](err); err != nil && !exited {
		tb.Fatal(err)
	}
	if code := command.ProcessState.ExitCode(); code != c.exitCode {
		tb.Fatalf("%s: exit code %d, want %d:\n%s", c.name, code, c.exitCode, output.String())
	}
	found.cpu = command.ProcessState.UserTime() + command.ProcessState.SystemTime()
	return found
}

// check compares the requests of a command with the work: a plan reads each session once,
// however many of its steps are managed; an apply makes one change with one write for
// each step, and reads each session that it decides once, and twice for each change.
func (v variant) check(w workload, c command, found figures) error {
	if !v.reads {
		return nil
	}
	changes, leastReads, mostReads := 0, w.sessions, w.sessions
	if c.writes {
		leastReads = w.sessions - w.decided
		changes = leastReads * w.stepsPerSession
		mostReads = leastReads + 2*changes
	}
	if found.writes != changes || found.changes != changes || found.reads < leastReads || found.reads > mostReads {
		return fmt.Errorf("%d reads, %d writes and %d changes, want %d to %d reads, and %d writes with one change each",
			found.reads, found.writes, found.changes, leastReads, mostReads, changes)
	}
	return nil
}

func TestCheck_FailsOnOtherRequests(t *testing.T) {
	t.Parallel()
	w := workload{sessions: 5, decided: 3, stepsPerSession: 5}
	v := variant{reads: true}
	plan, apply := allCommands[3], allCommands[4]
	for name, test := range map[string]struct {
		command command
		found   figures
		fails   bool
	}{
		"plan, one read per session":      {plan, figures{reads: 5}, false},
		"plan, one read per step":         {plan, figures{reads: 25}, true},
		"plan, one session not read":      {plan, figures{reads: 4}, true},
		"plan that writes":                {plan, figures{reads: 5, writes: 1}, true},
		"apply, a read before each write": {apply, figures{reads: 10, writes: 10, changes: 10}, false},
		"apply, shared reads":             {apply, figures{reads: 2, writes: 10, changes: 10}, false},
		"apply, more reads":               {apply, figures{reads: 23, writes: 10, changes: 10}, true},
		"apply, one session not read":     {apply, figures{reads: 1, writes: 10, changes: 10}, true},
		"apply that repeats a change":     {apply, figures{reads: 10, writes: 11, changes: 10}, true},
		"apply that loses a change":       {apply, figures{reads: 10, writes: 10, changes: 9}, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if err := v.check(w, test.command, test.found); (err != nil) != test.fails {
				t.Errorf("got %v", err)
			}
		})
	}
}
