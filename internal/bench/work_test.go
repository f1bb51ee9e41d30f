// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"net/http"
	"slices"
	"testing"

	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

func TestWorkThatCostsOtherRequestsFails(t *testing.T) {
	t.Parallel()
	j := job{steps: 10, stepsPerSession: 5}
	for name, test := range map[string]struct {
		check func(job, counts) error
		found counts
		fails bool
	}{
		"a plan, one read a session":              {checkReadsOnly, counts{reads: 2}, false},
		"a plan, one read a step":                 {checkReadsOnly, counts{reads: 10}, true},
		"a plan that leaves a session out":        {checkReadsOnly, counts{reads: 1}, true},
		"a plan that writes":                      {checkReadsOnly, counts{reads: 2, writes: 1}, true},
		"an apply, a read before each write":      {checkApply, counts{reads: 12, writes: 10, changes: 10}, false},
		"an apply, reads that are shared":         {checkApply, counts{reads: 2, writes: 10, changes: 10}, false},
		"an apply, more reads":                    {checkApply, counts{reads: 13, writes: 10, changes: 10}, true},
		"an apply that does not look":             {checkApply, counts{reads: 1, writes: 10, changes: 10}, true},
		"an apply that sends a change again":      {checkApply, counts{reads: 12, writes: 11, changes: 10}, true},
		"an apply that loses a change":            {checkApply, counts{reads: 12, writes: 10, changes: 9}, true},
		"work that keeps inside the limit":        {alone, counts{reads: 2}, false},
		"work that is alone, and goes beyond it":  {alone, counts{reads: 2, limited: 1}, true},
		"an apply that was refused for the limit": {checkApply, counts{reads: 12, writes: 10, changes: 10, limited: 3}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if err := test.check(j, test.found); (err != nil) != test.fails {
				t.Errorf("got %v", err)
			}
		})
	}
}

func alone(_ job, found counts) error { return checkAlone(found) }

func TestSomebodyElsesRequestsAreNotTheProviders(t *testing.T) {
	t.Parallel()
	j := job{steps: 1, stepsPerSession: 1, readsPerMinute: 2, writesPerMinute: 1}
	didit, err := j.startDidit(simulator.StatusInReview)
	if err != nil {
		t.Fatal(err)
	}
	defer didit.Close()
	read := func(userAgent string) {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, didit.URL+"/v3/session/"+sessionID(0)+"/decision/", nil)
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("X-Api-Key", simulator.DefaultAPIKey)
		request.Header.Set("User-Agent", userAgent)
		answer, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		_ = answer.Body.Close()
	}

	readOnce(t.Context(), didit)
	read("the provider")
	read("the provider")
	readOnce(t.Context(), didit)

	if got, want := countRequests(didit), (counts{reads: 1, limited: 1, others: 1}); got != want {
		t.Errorf("got %+v, want %+v: what was refused counts for the provider only", got, want)
	}
}

func TestPlanFileStandsLast(t *testing.T) {
	t.Parallel()
	want := []string{"apply", "-no-color", "-parallelism=50", "reviewed.tfplan"}
	if got := applyNew.arguments(50); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := applyNew.command; !slices.Equal(got, []string{"apply"}) {
		t.Errorf("the command itself is %q now", got)
	}
}
