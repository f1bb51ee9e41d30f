// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

// telling is one telling of the story, to a reader without colours.
type telling struct {
	didit  *simulator.Server
	output bytes.Buffer
	// below is the folder that the story makes its own in.
	below string
}

func newTelling(t *testing.T) *telling {
	t.Helper()
	if os.Getenv("TF_ACC") == "" {
		t.Skip("needs a Terraform or OpenTofu: run it with make test, or with TF_ACC=1")
	}
	didit, err := startDidit()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(didit.Close)
	return &telling{didit: didit, below: t.TempDir()}
}

// tell tells a story, and looks for what it may have left behind.
func (s *telling) tell(ctx context.Context, t *testing.T, told story) error {
	t.Helper()
	err := tell(ctx, told, s.didit, page{writer: &s.output}, s.below)
	if left, _ := os.ReadDir(s.below); len(left) > 0 {
		t.Errorf("the story has left %s behind", left)
	}
	if _, tooOld := errors.AsType[*tooOldError](err); tooOld {
		t.Skip(err)
	}
	return err
}

func TestStoryComesTrue(t *testing.T) {
	t.Parallel()
	story := newTelling(t)

	err := story.tell(t.Context(), t, ofDecisions)
	if err != nil {
		t.Fatalf("%v\n\nThe story so far:\n%s", err, &story.output)
	}
	if reads, writes := story.didit.Count(http.MethodGet), story.didit.Count(http.MethodPatch); writes != 3 || reads < 10 || reads > 11 {
		t.Errorf("Didit got %d GET and %d PATCH; the story has 10 or 11, and 3", reads, writes)
	}
	output := story.output.String()
	// The decision that stays in place after a destroy is worth a warning, and nothing else is.
	if warnings := strings.Count(output, "Warning:"); warnings != 1 {
		t.Errorf("%d warnings in the whole story, want the one of the destroy:\n%s", warnings, output)
	}
	if strings.Contains(output, "\x1b") {
		t.Error("there are colours in what is no terminal")
	}
}

func TestStoryFailsWhereItsWorldDiffers(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		tamper func(didit *simulator.Server) error
		// failure is what the reader is told, in this order.
		failure []string
	}{
		"a decision is made already": {
			func(didit *simulator.Server) error {
				return didit.SetFeatureStatus(person, "feature_aml_1", "", "Declined")
			},
			[]string{"Act 1 of 7", " plan -out=reviewed.tfplan", "Expected:", `~ status = "In Review" -> "Declined"`, "Found:"},
		},
		// Terraform says the same as ever: only the requests tell.
		"the answer to a change is lost": {
			func(didit *simulator.Server) error {
				didit.Inject(simulator.Fault{Method: http.MethodPatch, After: true, Status: http.StatusBadGateway})
				return nil
			},
			[]string{"Act 1 of 7", " apply reviewed.tfplan", "Expected:", "Found:"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			story := newTelling(t)
			if err := test.tamper(story.didit); err != nil {
				t.Fatal(err)
			}

			err := story.tell(t.Context(), t, ofDecisions)

			failure, isWrongTurn := errors.AsType[*wrongTurnError](err)
			if !isWrongTurn {
				t.Fatalf("the story ended with %v\n%s", err, &story.output)
			}
			rest := failure.Error()
			for _, passage := range test.failure {
				_, after, found := strings.Cut(rest, passage)
				if !found {
					t.Fatalf("there is no %q, or not in its place, in:\n%v", passage, failure)
				}
				rest = after
			}
			if strings.Contains(story.output.String(), "Act 2") {
				t.Errorf("the story went on after a wrong turn:\n%s", &story.output)
			}
		})
	}
}

func TestInterruptedStoryLeavesNothingBehind(t *testing.T) {
	t.Parallel()
	story := newTelling(t)
	ctx, interrupt := context.WithCancel(t.Context())
	defer interrupt()
	story.didit.BeforeResponse(func(simulator.Request) { interrupt() })

	err := story.tell(ctx, t, ofDecisions)

	if !errors.Is(err, context.Canceled) {
		t.Fatalf("the story ended with %v\n%s", err, &story.output)
	}
	if writes := story.didit.Count(http.MethodPatch); writes != 0 {
		t.Errorf("%d changes were sent after the interruption", writes)
	}
}
