// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

func TestCheck_FailsOnOtherRequests(t *testing.T) {
	t.Parallel()
	w := workload{sessions: 2, stepsPerSession: 5}
	v := variant{mostReads: workload.steps}
	plan, apply := commands[0], commands[1]
	for name, test := range map[string]struct {
		command command
		found   counts
		fails   bool
	}{
		"plan, one read per session":      {plan, counts{reads: 2}, false},
		"plan, one read per step":         {plan, counts{reads: 10}, true},
		"plan, one session not read":      {plan, counts{reads: 1}, true},
		"plan that writes":                {plan, counts{reads: 2, writes: 1}, true},
		"apply, a read before each write": {apply, counts{reads: 10, writes: 10, changes: 10}, false},
		"apply, shared reads":             {apply, counts{reads: 2, writes: 10, changes: 10}, false},
		"apply, more reads":               {apply, counts{reads: 11, writes: 10, changes: 10}, true},
		"apply, one session not read":     {apply, counts{reads: 1, writes: 10, changes: 10}, true},
		"apply that repeats a change":     {apply, counts{reads: 10, writes: 11, changes: 10}, true},
		"apply that loses a change":       {apply, counts{reads: 10, writes: 10, changes: 9}, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if err := v.check(w, test.command, test.found); (err != nil) != test.fails {
				t.Errorf("got %v", err)
			}
		})
	}
	if counts := (counts{reads: 2, limited: 1}); counts.checkAlone() == nil {
		t.Error("a refused request passes for one of a provider that is alone on its key")
	}
}

func TestCountRequests_TellsProgramsApart(t *testing.T) {
	t.Parallel()
	didit, err := workload{1, 1, 2, 1}.startDidit()
	if err != nil {
		t.Fatal(err)
	}
	defer didit.Close()
	readAsProvider := func() {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, didit.URL+"/v3/session/"+sessionID(0)+"/decision/", nil)
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("X-Api-Key", simulator.DefaultAPIKey)
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		_ = response.Body.Close()
	}

	readAsOther(t.Context(), didit)
	readAsProvider()
	readAsProvider()
	readAsOther(t.Context(), didit)

	if got, want := countRequests(didit), (counts{reads: 1, limited: 1, others: 1}); got != want {
		t.Errorf("got %+v, want %+v: only the provider's refused requests count", got, want)
	}
}

func TestPacing_LeavesWaitsToSee(t *testing.T) {
	t.Parallel()
	for _, p := range allPacing() {
		p.taken.reads = p.sessions
		if len(p.commands) == 2 {
			p.taken.reads, p.taken.writes = p.sessions+p.steps(), p.steps()
		}
		if least := p.leastTime(); least < window || least > 3*window {
			t.Errorf("%s takes %s: too little to show anything, or too long to wait for", p.name, least)
		}
	}
}

func TestCurrentPeak_IsThatOfTheExecutable(t *testing.T) {
	t.Parallel()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if self, err = filepath.EvalSymlinks(self); err != nil {
		t.Fatal(err)
	}

	own, other := currentPeak(self), currentPeak(self+"-does-not-run")

	if hasProc := runtime.GOOS == "linux"; (own > 1<<20) != hasProc {
		t.Errorf("this process peaks at %d bytes on %s", own, runtime.GOOS)
	}
	if other != 0 {
		t.Errorf("an executable that does not run peaks at %d bytes", other)
	}
}
