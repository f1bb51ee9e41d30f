// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/didit-community/terraform-provider-didit/internal/simulator"
	"github.com/didit-community/terraform-provider-didit/internal/terraformcli"
)

// build is a CLI with the provider, or with the floor under the provider's name.
type build struct {
	cli *terraformcli.CLI
	// executable is the provider's.
	executable string
	// isFloor: it sends no requests.
	isFloor bool
	backend *backend
}

// newBuild builds a package of this module into a new folder below another one.
func newBuild(ctx context.Context, b *backend, below, name, source string) (build, error) {
	folder := filepath.Join(below, name)
	if err := os.Mkdir(folder, 0o700); err != nil {
		return build{}, err
	}
	cli, executable, err := terraformcli.NewInstalled(ctx, folder, source)
	return build{cli, executable, name == "floor", b}, err
}

// variant is a way to configure a workload.
type variant struct {
	build
	// write writes the configuration into a folder, without the provider's limits, and
	// returns its root.
	write func(folder string, w workload) (root string, err error)
	// mostReads is the most that an apply may read.
	mostReads func(w workload) int
}

// command is one of those that make up a run: new decisions are planned and applied,
// then planned again.
type command struct {
	name      string
	arguments []string
	exitCode  int
	// writes: it makes all changes, else none.
	writes bool
}

var commands = []command{
	{"plan", []string{"plan", "-detailed-exitcode", "-out=reviewed.tfplan"}, 2, false},
	{"apply", []string{"apply", "reviewed.tfplan"}, 0, true},
	{"plan again", []string{"plan", "-detailed-exitcode"}, 0, false},
}

// figures are what a command costs.
type figures struct {
	// wall and cpu are the CLI's and the provider's, without the simulator's.
	wall, cpu time.Duration
	// peak is the most resident memory of the provider in bytes; 0 if it is not known.
	peak int64
	counts
}

// run runs the commands on a new Didit, in a new folder that is removed afterwards.
func (v variant) run(ctx context.Context, below string, w workload, parallelism int) (all []figures, err error) {
	folder, err := os.MkdirTemp(below, "run-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	root, err := v.prepare(ctx, folder, w)
	if err != nil {
		return nil, err
	}
	didit, err := w.startDidit()
	if err != nil {
		return nil, err
	}
	defer didit.Close()
	for _, c := range commands {
		found, err := v.measure(ctx, didit, root, w, c, parallelism)
		if err == nil {
			err = found.checkAlone()
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", c.name, err)
		}
		all = append(all, found)
	}
	return all, nil
}

// prepare writes and initializes a configuration that tells the provider what Didit's
// limits are, and Terraform where its state is. It returns the root.
func (v variant) prepare(ctx context.Context, folder string, w workload) (root string, err error) {
	if root, err = v.write(folder, w); err != nil {
		return "", err
	}
	override := fmt.Sprintf(`
provider "didit" {
  rate_limit = {
    reads_per_minute  = %d
    writes_per_minute = %d
  }
}

terraform {
  backend "http" {
    address = %q
  }
}
`, w.readsPerMinute, w.writesPerMinute, v.backend.url+"/"+filepath.Base(folder))
	if err := os.WriteFile(filepath.Join(root, "bench_override.tf"), []byte(override), 0o600); err != nil {
		return "", err
	}
	result, err := v.cli.Run(ctx, root, nil, "init")
	if err == nil && result.ExitCode != 0 {
		err = fmt.Errorf("init: exit code %d:\n%s", result.ExitCode, tail(result.Output))
	}
	return root, err
}

// measure runs one command, and checks what it cost at Didit.
func (v variant) measure(ctx context.Context, didit *simulator.Server, root string, w workload, c command, parallelism int) (figures, error) {
	changes := len(didit.Trail(""))
	arguments := slices.Insert(slices.Clone(c.arguments), 1, "-no-color", fmt.Sprintf("-parallelism=%d", parallelism))
	variables := []string{"DIDIT_BASE_URL=" + didit.URL, "DIDIT_API_KEY=" + simulator.DefaultAPIKey}
	command := v.cli.Command(ctx, root, variables, arguments...)
	var output strings.Builder
	command.Stdout, command.Stderr = &output, &output
	peak := watchPeak(v.executable)
	began := time.Now()
	err := command.Run()
	found := figures{wall: time.Since(began), peak: peak(), counts: countRequests(didit)}
	didit.ResetRequests()
	found.changes -= changes
	if _, exited := errors.AsType[*exec.ExitError](err); ctx.Err() != nil || err != nil && !exited {
		return figures{}, errors.Join(ctx.Err(), err)
	}
	if code := command.ProcessState.ExitCode(); code != c.exitCode {
		return figures{}, fmt.Errorf("exit code %d, want %d:\n%s", code, c.exitCode, tail(output.String()))
	}
	found.cpu = command.ProcessState.UserTime() + command.ProcessState.SystemTime()
	if v.isFloor {
		return found, nil
	}
	return found, v.check(w, c, found.counts)
}

// tail returns the end of an output, where the errors are.
func tail(output string) string {
	return strings.ToValidUTF8(output[max(0, len(output)-4000):], "")
}

// counts are the requests and changes of one command.
type counts struct {
	// reads and writes were not refused for a limit, limited were.
	reads, writes, limited int
	changes                int
	// others are another program's on the same key, those for which it was refused excepted.
	others int
}

func countRequests(didit *simulator.Server) counts {
	found := counts{changes: len(didit.Trail(""))}
	for _, request := range didit.Requests() {
		isOther, isLimited := request.UserAgent == otherProgram, request.Status == http.StatusTooManyRequests
		switch {
		case isOther && isLimited:
		case isOther:
			found.others++
		case isLimited:
			found.limited++
		case request.Method == http.MethodGet:
			found.reads++
		default:
			found.writes++
		}
	}
	return found
}

func (c counts) checkAlone() error {
	if c.limited > 0 {
		return fmt.Errorf("%d requests were refused for the limit, though the provider is alone on its key", c.limited)
	}
	return nil
}

// check compares the requests of a command with what it has to cost: a plan reads each
// session once, however many of its steps are managed; an apply makes one change with
// one write for each step, and reads before it writes.
func (v variant) check(w workload, c command, found counts) error {
	changes, mostReads := 0, w.sessions
	if c.writes {
		changes, mostReads = w.steps(), v.mostReads(w)
	}
	if found.writes != changes || found.changes != changes || found.reads < w.sessions || found.reads > mostReads {
		return fmt.Errorf("%d reads, %d writes and %d changes, want %d to %d reads, and %d writes with one change each",
			found.reads, found.writes, found.changes, w.sessions, mostReads, changes)
	}
	return nil
}
