// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

// run is one piece of work done once, by one side, in a folder of its own.
type run struct {
	side   side
	job    job
	folder string
}

// figures are what one run took.
type figures struct {
	wall time.Duration
	// cpu is that of the CLI and of the provider, which it starts and waits for;
	// the simulator's is not in it.
	cpu time.Duration
	// peak is the provider's most resident memory in bytes; 0 where that cannot
	// be told.
	peak int64
	counts
}

// measure does a piece of work on a fresh Didit, checks what it cost there, and
// leaves nothing behind.
func measure(ctx context.Context, below string, by side, j job, w work, parallel int) (found figures, err error) {
	folder, err := newFolder(below)
	if err != nil {
		return figures{}, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	r := run{side: by, job: j, folder: folder}
	if err := w.prepare(ctx, r); err != nil {
		return figures{}, err
	}
	didit, err := j.startDidit(w.before)
	if err != nil {
		return figures{}, err
	}
	defer didit.Close()
	return r.measure(ctx, didit, w, parallel)
}

func (r run) measure(ctx context.Context, didit *simulator.Server, w work, parallel int) (figures, error) {
	command := r.side.cli.Command(ctx, r.folder, r.job.variables(didit), w.arguments(parallel)...)
	var output strings.Builder
	command.Stdout, command.Stderr = &output, &output
	peak := watchPeak(r.side.executable)
	began := time.Now()
	err := command.Run()
	found := figures{wall: time.Since(began), peak: peak(), counts: countRequests(didit)}
	if _, exited := errors.AsType[*exec.ExitError](err); err != nil && !exited {
		return figures{}, err
	}
	if ctx.Err() != nil {
		return figures{}, ctx.Err()
	}
	if code := command.ProcessState.ExitCode(); code != w.exitCode {
		return figures{}, fmt.Errorf("%s: the exit code is %d and not %d:\n%s", w.name, code, w.exitCode, shortened(output.String()))
	}
	found.cpu = command.ProcessState.UserTime() + command.ProcessState.SystemTime()
	if !r.side.asks {
		return found, nil
	}
	if err := w.check(r.job, found.counts); err != nil {
		return figures{}, fmt.Errorf("%s: %w", w.name, err)
	}
	return found, nil
}

// shortened is the end of an output, which is where errors stand.
func shortened(output string) string {
	const most = 4000
	if len(output) <= most {
		return output
	}
	return "…" + strings.ToValidUTF8(output[len(output)-most:], "")
}
