// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

// Command bench measures the provider through a real Terraform or OpenTofu, on a
// simulated Didit: beside a provider that does nothing (floor), and the compliance
// repository of the examples beside the same steps in a count. It fails if Didit gets
// other requests than the work has to cost, or refuses one for its limits while the
// provider is alone on its key.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
)

func main() {
	o, err := parseOptions(os.Args[1:], os.Stderr)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return
	case err != nil:
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	err = bench(ctx, o, os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintf(os.Stderr, "\n%v\n", err)
		os.Exit(1)
	}
}

type options struct {
	steps, files      []int
	runs, parallelism int
	limits            bool
}

func parseOptions(arguments []string, errorsTo io.Writer) (options, error) {
	o := options{steps: []int{1000}, files: []int{100, 400}}
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.SetOutput(errorsTo)
	flags.Func("steps", "numbers of `steps`, five per session, beside the floor (default 1000; 5000 takes ten minutes; empty: none)", numbers(&o.steps))
	flags.Func("files", "numbers of `files`, three steps each, in the compliance repository (default 100,400; empty: none)", numbers(&o.files))
	flags.IntVar(&o.runs, "runs", 1, "how often everything is measured; ratios are medians")
	flags.IntVar(&o.parallelism, "parallelism", 10, "Terraform's own")
	flags.BoolVar(&o.limits, "limits", false, "also show the pace at Didit's limits, which takes four minutes")
	err := flags.Parse(arguments)
	if err == nil && (flags.NArg() > 0 || o.runs < 1 || o.parallelism < 1) {
		err = errors.New("-runs and -parallelism need at least 1, and there are no further arguments")
		_, _ = fmt.Fprintln(errorsTo, err)
	}
	return o, err
}

// numbers returns a parser of positive numbers, separated by commas.
func numbers(to *[]int) func(string) error {
	return func(text string) error {
		*to = nil
		for part := range strings.SplitSeq(text, ",") {
			number, err := strconv.Atoi(part)
			switch {
			case text == "":
				return nil
			case err != nil || number < 1:
				return fmt.Errorf("%q is not a number from 1", part)
			}
			*to = append(*to, number)
		}
		return nil
	}
}

// bench prints the tables, row by row.
func bench(ctx context.Context, o options, to io.Writer) (err error) {
	folder, err := os.MkdirTemp("", "didit-bench-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	// As the kernel names the executables in it.
	if folder, err = filepath.EvalSymlinks(folder); err != nil {
		return err
	}
	backend, err := startBackend()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, backend.server.Close()) }()
	provider, err := newBuild(ctx, backend, folder, "provider", ".")
	if err != nil {
		return err
	}
	_, _ = fmt.Fprintf(to, "%s, %s, %s/%s, %d cores, -parallelism=%d, %d runs.\n",
		provider.cli.Version, runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), o.parallelism, o.runs)
	// Plain blocks: each session is read once, and each change needs two reads at most.
	count := variant{provider, writeCount, func(w workload) int { return w.sessions + 2*w.steps() }}
	if len(o.steps) > 0 {
		floor, err := newBuild(ctx, backend, folder, "floor", "./internal/bench/floor")
		if err != nil {
			return err
		}
		printHead(to, "beside a provider that does nothing", "steps")
		for _, steps := range o.steps {
			w := workload{sessions: (steps + len(nodes) - 1) / len(nodes), stepsPerSession: len(nodes), readsPerMinute: unlimited, writesPerMinute: unlimited}
			if err := compare(ctx, folder, to, o, w, w.steps(), count, variant{build: floor, write: writeCount}); err != nil {
				return err
			}
		}
	}
	if len(o.files) > 0 {
		// Adopted blocks are read only when they change.
		repository := variant{provider, writeCompliance, workload.steps}
		printHead(to, "the compliance repository beside a count", "files")
		for _, files := range o.files {
			w := workload{sessions: files, stepsPerSession: 3, readsPerMinute: unlimited, writesPerMinute: unlimited}
			if err := compare(ctx, folder, to, o, w, files, repository, count); err != nil {
				return err
			}
		}
	}
	if o.limits {
		return showLimits(ctx, folder, to, count)
	}
	return nil
}
