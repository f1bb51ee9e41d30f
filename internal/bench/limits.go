// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"sync"
	"time"

	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

// window is that of Didit's limits.
const window = simulator.PublishedWindow

// pacing is work that does not fit into one window of a limit. The limits are small
// ones, so that there are few requests between two waits.
type pacing struct {
	name string
	workload
	// commands follow one another at once, each a process of its own, which knows nothing
	// of the requests of the one before.
	commands []command
	// isAlone: no request may be refused. isShared: another program reads with the same
	// key. Two commands that fill the same limit are neither.
	isAlone, isShared bool
	taken             figures
}

func allPacing() []*pacing {
	return []*pacing{
		{name: "plan", workload: workload{50, 5, 20, 10}, commands: commands[:1], isAlone: true},
		{name: "apply after its plan", workload: workload{5, 5, simulator.PublishedReadsPerMinute, 10}, commands: commands[:2], isAlone: true},
		{name: "the same, reads limited", workload: workload{20, 1, 20, 20}, commands: commands[:2]},
		{name: "plan, key shared", workload: workload{40, 5, 20, 10}, commands: commands[:1], isShared: true},
	}
}

// showLimits prints how close to the least possible time work at the limits is. All of
// it is done at once: it spends its time waiting.
func showLimits(ctx context.Context, folder string, to io.Writer, count variant) error {
	all := allPacing()
	errs := make([]error, len(all))
	var group sync.WaitGroup
	for n, p := range all {
		group.Go(func() { errs[n] = p.take(ctx, folder, count) })
	}
	group.Wait()
	const format = "| %-23s | %5v | %9v | %10v | %5v | %6v | %6v | %4v | %7v | %14v |\n"
	_, _ = fmt.Fprintf(to, "\nThe pace at Didit's limits:\n\n"+format+format,
		"work", "steps", "reads/min", "writes/min", "reads", "writes", "others", "429s", "time", "of windows - 1",
		"---", "---:", "---:", "---:", "---:", "---:", "---:", "---:", "---:", "---:")
	for _, p := range all {
		least := p.leastTime()
		_, _ = fmt.Fprintf(to, format, p.name, p.steps(), p.readsPerMinute, p.writesPerMinute, p.taken.reads, p.taken.writes, p.taken.others, p.taken.limited,
			fmt.Sprintf("%.0f s", p.taken.wall.Seconds()), fmt.Sprintf("%.2f × %.0f s", p.taken.wall.Seconds()/least.Seconds(), least.Seconds()))
	}
	return errors.Join(errs...)
}

func (p *pacing) take(ctx context.Context, below string, count variant) error {
	folder, err := os.MkdirTemp(below, "limits-")
	if err != nil {
		return err
	}
	root, err := count.prepare(ctx, folder, p.workload)
	if err != nil {
		return err
	}
	didit, err := p.startDidit()
	if err != nil {
		return err
	}
	defer didit.Close()
	if p.isShared {
		defer p.shareKey(ctx, didit)()
	}
	for _, c := range p.commands {
		found, err := count.measure(ctx, didit, root, p.workload, c, 10)
		if err == nil && p.isAlone {
			err = found.checkAlone()
		}
		if err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
		p.taken.wall += found.wall
		p.taken.reads += found.reads
		p.taken.writes += found.writes
		p.taken.limited += found.limited
		p.taken.others += found.others
	}
	return nil
}

// leastTime is how long the requests of all who use the key take at the full speed of
// the limits: those of the last window need not wait for its end.
func (p *pacing) leastTime() time.Duration {
	windows := func(requests, limit int) int { return (requests + limit - 1) / limit }
	return time.Duration(max(windows(p.taken.reads+p.taken.others, p.readsPerMinute), windows(p.taken.writes, p.writesPerMinute))-1) * window
}

// otherProgram is the User-Agent of another program on the same key.
const otherProgram = "another-program"

// shareKey uses half of the first window, and goes on reading until stop is called.
func (p *pacing) shareKey(ctx context.Context, didit *simulator.Server) (stop func()) {
	for range p.readsPerMinute / 2 {
		readAsOther(ctx, didit)
	}
	ctx, cancel := context.WithCancel(ctx)
	var group sync.WaitGroup
	group.Go(func() {
		for ctx.Err() == nil {
			select {
			case <-ctx.Done():
			case <-time.After(window / 10):
				readAsOther(ctx, didit)
			}
		}
	})
	return func() {
		cancel()
		group.Wait()
	}
}

// readAsOther counts against the limit, whatever the response.
func readAsOther(ctx context.Context, didit *simulator.Server) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, didit.URL+"/v3/session/"+sessionID(0)+"/decision/", nil)
	if err != nil {
		return
	}
	request.Header.Set("X-Api-Key", simulator.DefaultAPIKey)
	request.Header.Set("User-Agent", otherProgram)
	if response, err := http.DefaultClient.Do(request); err == nil {
		_ = response.Body.Close()
	}
}
