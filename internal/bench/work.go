// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"context"
	"fmt"
	"net/http"
	"strconv"

	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

// work is what a CLI is asked to do.
type work struct {
	name string
	// before is how the steps stand in Didit.
	before string
	// prepare makes a folder ready, without being measured.
	prepare func(ctx context.Context, r run) error
	// command is what is measured, without -parallelism, which stands before last.
	command, last []string
	exitCode      int
	// check holds what Didit got against what the job has to cost.
	check func(job, counts) error
}

// plannedFile is the name of saved plans.
const plannedFile = "reviewed.tfplan"

var (
	planNew = work{
		name:    "plan of new blocks",
		before:  simulator.StatusInReview,
		prepare: func(context.Context, run) error { return nil },
		command: []string{"plan", "-detailed-exitcode"}, exitCode: 2,
		check: checkReadsOnly,
	}
	applyNew = work{
		name:    "apply of new blocks",
		before:  simulator.StatusInReview,
		prepare: savePlan,
		command: []string{"apply"}, last: []string{plannedFile},
		check: checkApply,
	}
	planManaged = work{
		name:    "plan of managed blocks",
		before:  simulator.StatusApproved,
		prepare: func(_ context.Context, r run) error { return r.job.writeState(r.folder) },
		command: []string{"plan", "-detailed-exitcode"}, exitCode: 0,
		check: checkReadsOnly,
	}
)

// savePlan plans against a Didit of its own, so that nothing of it counts.
func savePlan(ctx context.Context, r run) error {
	unhurried := r.job
	unhurried.readsPerMinute = unlimited
	didit, err := unhurried.startDidit(simulator.StatusInReview)
	if err != nil {
		return err
	}
	defer didit.Close()
	planned, err := r.side.cli.Run(ctx, r.folder, r.job.variables(didit), "plan", "-out="+plannedFile)
	if err == nil && planned.ExitCode != 0 {
		err = fmt.Errorf("the plan to be applied ended with %d:\n%s", planned.ExitCode, shortened(planned.Output))
	}
	return err
}

// arguments are the whole command line.
func (w work) arguments(parallel int) []string {
	arguments := append([]string{}, w.command...)
	arguments = append(arguments, "-no-color", "-parallelism="+strconv.Itoa(parallel))
	return append(arguments, w.last...)
}

// counts are the requests that Didit got.
type counts struct {
	// reads and writes are the ones that were not refused for a limit, limited
	// the ones that were.
	reads, writes, limited int
	// changes are the entries on the audit trail.
	changes int
	// others are the requests of somebody else on the same key, as far as they
	// were not refused either.
	others int
}

// countRequests tells a provider's requests from somebody else's.
func countRequests(didit *simulator.Server) counts {
	found := counts{changes: len(didit.Trail(""))}
	for _, request := range didit.Requests() {
		switch {
		case request.UserAgent == somebodyElse && request.Status == http.StatusTooManyRequests:
		case request.UserAgent == somebodyElse:
			found.others++
		case request.Status == http.StatusTooManyRequests:
			found.limited++
		case request.Method == http.MethodGet:
			found.reads++
		default:
			found.writes++
		}
	}
	return found
}

// checkReadsOnly wants one read a session, however many of its steps are managed.
func checkReadsOnly(j job, found counts) error {
	if found.reads != j.sessions() || found.writes != 0 || found.changes != 0 {
		return fmt.Errorf("%d reads and %d writes came, and made %d changes; the work costs %d reads and nothing else",
			found.reads, found.writes, found.changes, j.sessions())
	}
	return nil
}

// checkApply wants one write a step, and at most one read for each session and
// one for each write.
func checkApply(j job, found counts) error {
	most := j.sessions() + j.steps
	if found.writes != j.steps || found.changes != j.steps || found.reads < j.sessions() || found.reads > most {
		return fmt.Errorf("%d reads and %d writes came, and made %d changes; the work costs %d to %d reads and %d writes, one a change",
			found.reads, found.writes, found.changes, j.sessions(), most, j.steps)
	}
	return nil
}

// checkAlone wants no refusal for a limit.
func checkAlone(found counts) error {
	if found.limited != 0 {
		return fmt.Errorf("%d requests were refused for the limit, though nobody else uses the key", found.limited)
	}
	return nil
}
