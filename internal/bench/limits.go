// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

// window is Didit's own; the provider knows no other.
const window = simulator.PublishedWindow

// limitedWork is a piece of work that does not fit into one window of a limit. The
// limits are small ones, so that there are few requests to send between waits.
type limitedWork struct {
	name string
	job  job
	// works follow one another at once, each a process of its own.
	works []work
	// others is how often somebody else reads with the same key, who has used
	// half of the first window already; 0: nobody does.
	others time.Duration
	// alone: there may be no 429. The second of two processes is not alone.
	alone bool
	taken figures
}

func allLimitedWork() []limitedWork {
	return []limitedWork{
		{
			name: "plan, alone", alone: true, works: []work{planNew},
			job: job{steps: 250, stepsPerSession: 5, readsPerMinute: 20, writesPerMinute: 10},
		},
		{
			name: "apply, alone", alone: true, works: []work{applyNew},
			job: job{steps: 25, stepsPerSession: 5, readsPerMinute: simulator.PublishedReadsPerMinute, writesPerMinute: 10},
		},
		{
			name: "apply right after its plan", works: []work{planToSave, applySaved},
			job: job{steps: 20, stepsPerSession: 1, readsPerMinute: 20, writesPerMinute: 20},
		},
		{
			name: "plan, with somebody else", works: []work{planNew}, others: window / 10,
			job: job{steps: 200, stepsPerSession: 5, readsPerMinute: 20, writesPerMinute: 10},
		},
	}
}

// planToSave and applySaved are the two halves of a reviewed change, on one Didit.
var (
	planToSave = work{
		name:    "plan that is saved",
		before:  simulator.StatusInReview,
		prepare: func(context.Context, run) error { return nil },
		command: []string{"plan", "-detailed-exitcode", "-out=" + plannedFile}, exitCode: 2,
		check: checkReadsOnly,
	}
	applySaved = work{
		name:    "apply of a saved plan",
		before:  simulator.StatusInReview,
		command: []string{"apply"}, last: []string{plannedFile},
		check: checkApply,
	}
)

// takeAll does all of them at the same time: they spend theirs waiting.
func takeAll(ctx context.Context, below string, by side, all []limitedWork) error {
	errs := make([]error, len(all))
	var taking sync.WaitGroup
	for n := range all {
		taking.Go(func() { errs[n] = all[n].take(ctx, below, by) })
	}
	taking.Wait()
	for n, err := range errs {
		if err != nil {
			return fmt.Errorf("%s: %w", all[n].name, err)
		}
	}
	return nil
}

func (l *limitedWork) take(ctx context.Context, below string, by side) error {
	folder, err := newFolder(below)
	if err != nil {
		return err
	}
	r := run{side: by, job: l.job, folder: folder}
	if err := l.works[0].prepare(ctx, r); err != nil {
		return err
	}
	didit, err := l.job.startDidit(l.works[0].before)
	if err != nil {
		return err
	}
	defer didit.Close()
	defer l.readElsewhere(ctx, didit)()
	for _, w := range l.works {
		taken, err := r.measure(ctx, didit, w, 10)
		if err != nil {
			return err
		}
		didit.ResetRequests()
		l.taken.wall += taken.wall
		l.taken.reads += taken.reads
		l.taken.writes += taken.writes
		l.taken.limited += taken.limited
		l.taken.others += taken.others
	}
	if l.alone {
		return checkAlone(l.taken.counts)
	}
	return nil
}

// somebodyElse is the User-Agent of a foreign user of the same key.
const somebodyElse = "somebody-else"

// readElsewhere lets somebody else read with the same key until the result is
// called.
func (l *limitedWork) readElsewhere(ctx context.Context, didit *simulator.Server) (stop func()) {
	if l.others == 0 {
		return func() {}
	}
	for range l.job.readsPerMinute / 2 {
		readOnce(ctx, didit)
	}
	ctx, cancel := context.WithCancel(ctx)
	var gone sync.WaitGroup
	gone.Go(func() {
		ticker := time.NewTicker(l.others)
		defer ticker.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-ticker.C:
				readOnce(ctx, didit)
			}
		}
	})
	return func() {
		cancel()
		gone.Wait()
	}
}

// readOnce reads one session; what comes of it is not of interest, but that it
// counts against the limit.
func readOnce(ctx context.Context, didit *simulator.Server) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, didit.URL+"/v3/session/"+sessionID(0)+"/decision/", nil)
	if err != nil {
		return
	}
	request.Header.Set("X-Api-Key", simulator.DefaultAPIKey)
	request.Header.Set("User-Agent", somebodyElse)
	if answer, err := http.DefaultClient.Do(request); err == nil {
		_ = answer.Body.Close()
	}
}

var limitedColumns = columns{
	{"work", 26},
	{"steps", 5},
	{"sessions", 8},
	{"reads a minute", 14},
	{"writes a minute", 15},
	{"reads", 5},
	{"writes", 6},
	{"others", 6},
	{"429s", 4},
	{"windows", 7},
	{"wall time", 9},
	{"of windows − 1", 14},
}

func (l *limitedWork) cells() []string {
	windows := l.windows()
	least := time.Duration(windows-1) * window
	return []string{
		l.name, strconv.Itoa(l.job.steps), strconv.Itoa(l.job.sessions()),
		strconv.Itoa(l.job.readsPerMinute), strconv.Itoa(l.job.writesPerMinute),
		strconv.Itoa(l.taken.reads), strconv.Itoa(l.taken.writes), strconv.Itoa(l.taken.others), strconv.Itoa(l.taken.limited),
		strconv.Itoa(windows), seconds(l.taken.wall.Seconds()),
		fmt.Sprintf("%.2f × %.0f s", ratio(l.taken.wall, least), least.Seconds()),
	}
}

// windows is how many windows the requests of all who use the key have filled:
// whoever keeps inside the limit needs one less, for the last is left as soon as
// its requests are sent.
func (l *limitedWork) windows() int {
	return max(filled(l.taken.reads+l.taken.others, l.job.readsPerMinute), filled(l.taken.writes, l.job.writesPerMinute))
}

func filled(requests, limit int) int { return (requests + limit - 1) / limit }
