// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"os"
	"runtime"
	"strings"
	"testing"

	"github.com/didit-community/terraform-provider-didit/internal/pages"
	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

// demoEnv is a simulated Didit, a story's output, and the folder for its folder.
type demoEnv struct {
	didit  *simulator.Server
	output bytes.Buffer
	below  string
}

func newDemoEnv(t *testing.T) *demoEnv {
	t.Helper()
	switch {
	case os.Getenv("TF_ACC") == "":
		t.Skip("needs a Terraform or OpenTofu: run it with make test, or with TF_ACC=1")
	case runtime.GOOS == "windows":
		t.Skip("the commands of the stories are for a POSIX shell")
	}
	didit, err := startDidit()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(didit.Close)
	return &demoEnv{didit: didit, below: t.TempDir()}
}

// follow follows a story, and checks that its folder is removed.
func (e *demoEnv) follow(ctx context.Context, t *testing.T, name string) error {
	t.Helper()
	story, err := readStory(name)
	if err != nil {
		t.Fatal(err)
	}
	err = follow(ctx, story, e.didit, pages.Printer{Writer: &e.output}, e.below)
	if left, _ := os.ReadDir(e.below); len(left) > 0 {
		t.Errorf("the story has not removed %s", left)
	}
	if _, isUnmet := errors.AsType[*pages.UnmetError](err); isUnmet {
		t.Skip(err)
	}
	return err
}

func TestStories_MatchTheirPages(t *testing.T) {
	t.Parallel()
	for name, patches := range map[string]int{"decisions": 5, "review": 5} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := newDemoEnv(t)

			if err := env.follow(t.Context(), t, name); err != nil {
				t.Fatalf("%v\n\nThe story so far:\n%s", err, &env.output)
			}

			if sent := env.didit.Count(http.MethodPatch); sent != patches {
				t.Errorf("%d PATCHes were sent, want %d", sent, patches)
			}
			if strings.Contains(env.output.String(), "\x1b") {
				t.Error("there are colours, though the output is not a terminal")
			}
		})
	}
}

func TestStories_FailIfDiditDiffers(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		story   string
		prepare func(didit *simulator.Server)
		// failure has the parts of the error, in their order.
		failure []string
	}{
		"decision already made": {
			"decisions",
			func(didit *simulator.Server) {
				_ = didit.SetFeatureStatus(simulator.SessionKYC, "feature_ocr_1", "", simulator.StatusApproved)
			},
			[]string{"2. ", "terraform apply reviewed.tfplan", "4 PATCH", "3 PATCH"},
		},
		// The CLI's output is as usual: only the requests differ.
		"lost response to a change": {
			"decisions",
			func(didit *simulator.Server) {
				didit.Inject(simulator.Fault{Method: http.MethodPatch, After: true, Status: http.StatusBadGateway})
			},
			[]string{"2. ", "terraform apply reviewed.tfplan", "Found:"},
		},
		"decision of the second group already made": {
			"review",
			func(didit *simulator.Server) {
				_ = didit.SetFeatureStatus(simulator.SessionKYB, "feature_kyb_documents_1", "", simulator.StatusApproved)
			},
			[]string{"3. ", "cat out/comment.md", "case-8.yaml: steps.papers"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := newDemoEnv(t)
			test.prepare(env.didit)

			err := env.follow(t.Context(), t, test.story)

			mismatch, ok := errors.AsType[*pages.MismatchError](err)
			if !ok {
				t.Fatalf("the story ended with %v\n%s", err, &env.output)
			}
			rest := mismatch.Error()
			for _, part := range test.failure {
				_, after, found := strings.Cut(rest, part)
				if !found {
					t.Fatalf("there is no %q, or not in this order, in:\n%v", part, mismatch)
				}
				rest = after
			}
		})
	}
}

func TestStories_RemoveFolderIfInterrupted(t *testing.T) {
	t.Parallel()
	env := newDemoEnv(t)
	ctx, interrupt := context.WithCancel(t.Context())
	defer interrupt()
	env.didit.BeforeResponse(func(simulator.Request) { interrupt() })

	err := env.follow(ctx, t, "decisions")

	if !errors.Is(err, context.Canceled) {
		t.Fatalf("the story ended with %v\n%s", err, &env.output)
	}
	if sent := env.didit.Count(http.MethodPatch); sent != 0 {
		t.Errorf("%d changes were sent after the interruption", sent)
	}
}

func TestReadStory_RejectsUnknownName(t *testing.T) {
	t.Parallel()
	if story, err := readStory("revue"); err == nil {
		t.Errorf("got %s", story)
	}
}
