// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

// Command bench measures the provider through a real Terraform or OpenTofu, on a
// simulated Didit, side by side with a provider that does nothing (floor). It
// fails when Didit gets other requests than the work has to cost, or refuses one
// for its limit where the provider is alone; how long anything takes it only says.
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

// bench prints the tables, row by row. Its folder is gone when it ends.
func bench(ctx context.Context, o options, to io.Writer) (err error) {
	below, err := os.MkdirTemp("", "didit-bench-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(below)) }()
	// As the kernel names the executables in it.
	if below, err = filepath.EvalSymlinks(below); err != nil {
		return err
	}
	provider, floor, err := newSides(ctx, below)
	if err != nil {
		return err
	}
	_, _ = fmt.Fprintf(to, "%s, %s, %s/%s, %d cores; medians of %d runs each, ratios run by run, memory: the highest.\n\n",
		provider.cli.Version, runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), o.runs)
	if err := o.compareAll(ctx, below, provider, floor, to); err != nil {
		return err
	}
	if !o.limits {
		return nil
	}
	limited := allLimitedWork()
	if err := takeAll(ctx, below, provider, limited); err != nil {
		return err
	}
	limitedColumns.head(to)
	for _, l := range limited {
		limitedColumns.row(to, l.cells())
	}
	return nil
}

// compareAll prints the first table.
func (o options) compareAll(ctx context.Context, below string, provider, floor side, to io.Writer) error {
	all := o.comparisons()
	if len(all) == 0 {
		return nil
	}
	comparisonColumns.head(to)
	for _, c := range all {
		c, err := compare(ctx, below, provider, floor, c, o.runs)
		if err != nil {
			return err
		}
		comparisonColumns.row(to, c.cells())
	}
	_, _ = fmt.Fprintln(to)
	return nil
}
