// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package decisions_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/didit-community/terraform-provider-didit/internal/decisions"
	"github.com/didit-community/terraform-provider-didit/internal/didit"
	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

const apiAddress = "https://didit.invalid"

// newSharing returns the service of another process, which shares locks in these folders.
func (e *env) newSharing(t *testing.T, folders []string, adjust ...func(*didit.Config)) *decisions.Service {
	t.Helper()
	service := e.newService(t, adjust...)
	service.ShareLocks(apiAddress, folders...)
	return service
}

// inSession returns a change of the session's OCR step.
func inSession(sessionID, from, to string) decisions.Change {
	return decisions.Change{Subject: decisions.FeatureRef{SessionID: sessionID, NodeID: nodeOCR}, From: from, To: to, Comment: "reviewed"}
}

// addSessions adds sessions like the sample session.
func (e *env) addSessions(n int) (ids []string) {
	for i := range n {
		session := sampleSession()
		session.ID = fmt.Sprintf("22222222-2222-4333-8444-%012d", 100+i)
		e.AddSession(session)
		ids = append(ids, session.ID)
	}
	return ids
}

// applyFromBoth makes opposite changes of all sessions from two processes at once. It
// returns the errors of those that were refused.
func applyFromBoth(t *testing.T, from string, ids []string, processes [2]*decisions.Service) (refused []error) {
	t.Helper()
	var results []<-chan error
	for i, to := range []string{didit.StatusApproved, didit.StatusDeclined} {
		for _, id := range ids {
			results = append(results, startApply(t, processes[i], inSession(id, from, to)))
		}
	}
	for _, result := range results {
		if err := <-result; err != nil {
			refused = append(refused, err)
		}
	}
	return refused
}

func TestShareLocks_TwoProcessesDecideEachSessionOnce(t *testing.T) {
	t.Parallel()
	const sessions = 12
	for name, test := range map[string]struct {
		from   string
		adjust func(*didit.Config)
	}{
		"without from": {"", func(*didit.Config) {}},
		"with from":    {didit.StatusInReview, func(*didit.Config) {}},
		// Both processes wait for minutes, each with the lock of a session.
		"at the limits": {didit.StatusInReview, func(c *didit.Config) { c.ReadsPerMinute, c.WritesPerMinute = 20, 5 }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			folder := t.TempDir()
			inEnv(t, func(t *testing.T, env *env) {
				ids := env.addSessions(sessions)
				env.Inject(simulator.Fault{Times: -1, DelayAfter: time.Second})
				processes := [2]*decisions.Service{env.newSharing(t, []string{folder}, test.adjust), env.newSharing(t, []string{folder}, test.adjust)}

				refused := applyFromBoth(t, test.from, ids, processes)

				for _, err := range refused {
					var standing *decisions.StandingError
					var conflict *decisions.ConflictError
					if test.from == "" && !errors.As(err, &standing) || test.from != "" && !errors.As(err, &conflict) {
						t.Errorf("error %v", err)
					}
				}
				if len(refused) != sessions || env.Count(http.MethodPatch) != sessions {
					t.Errorf("%d changes were sent and %d refused, want %d of each", env.Count(http.MethodPatch), len(refused), sessions)
				}
				for _, id := range ids {
					if trail := env.Trail(id); len(trail) != 1 {
						t.Errorf("session %s was decided %d times: %v", id, len(trail), trail)
					}
				}
			})
		})
	}
}

// A resubmission deletes the data of a decision that another process is making.
func TestShareLocks_ResubmissionWaitsForDecision(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	inEnv(t, func(t *testing.T, env *env) {
		env.Inject(onChange(simulator.Fault{Delay: time.Minute / 4}))
		decided := startApply(t, env.newSharing(t, []string{folder}), change(nodeOCR, "", didit.StatusApproved))
		reopening := decisions.Resubmission{SessionID: sampleID, Nodes: []didit.NodeToResubmit{{NodeID: nodeAML, Feature: "AML"}}}
		reopened := startApply(t, env.newSharing(t, []string{folder}), decisions.Change{Subject: reopening, To: decisions.Reopened, Once: true})
		env.assertSent(t, 1, 1)

		if err := errors.Join(<-decided, <-reopened); err != nil {
			t.Error(err)
		}
		env.assertSent(t, 2, 2)
	})
}

func TestShareLocks_WaitEndsWithContextAndSendsNothing(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	inEnv(t, func(t *testing.T, env *env) {
		env.Inject(onChange(simulator.Fault{Delay: time.Minute / 4}))
		first := startApply(t, env.newSharing(t, []string{folder}), change(nodeOCR, "", didit.StatusApproved))
		second := env.newSharing(t, []string{folder})
		ctx, cancel := context.WithCancel(t.Context())
		waiting := make(chan error)
		go func() {
			_, err := second.Apply(ctx, change(nodeOCR, "", didit.StatusDeclined))
			waiting <- err
		}()
		synctest.Wait()
		env.assertSent(t, 1, 1)

		cancel()

		if err := <-waiting; !errors.Is(err, context.Canceled) {
			t.Errorf("the change that waits for the lock ended with %v, want context.Canceled", err)
		}
		if err := <-first; err != nil {
			t.Error(err)
		}
		env.assertSent(t, 1, 1)
		// The change that was cancelled has left no lock behind.
		mustApply(t, second, change(nodeAML, "", didit.StatusDeclined))
	})
}

// Another session, and the same session of another API, wait for nothing.
func TestShareLocks_OthersDoNotWait(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	inEnv(t, func(t *testing.T, env *env) {
		ids := env.addSessions(1)
		env.Inject(onChange(simulator.Fault{Delay: time.Minute / 4}))
		first := startApply(t, env.newSharing(t, []string{folder}), change(nodeOCR, "", didit.StatusApproved))
		otherAPI := env.newService(t)
		otherAPI.ShareLocks("https://other.invalid", folder)

		mustApply(t, env.newSharing(t, []string{folder}), inSession(ids[0], "", didit.StatusApproved))
		mustApply(t, otherAPI, change(nodeAML, "", didit.StatusDeclined))

		select {
		case err := <-first:
			t.Errorf("the first change has ended, with %v: the others may have waited for it", err)
		default:
			if err := <-first; err != nil {
				t.Error(err)
			}
		}
	})
}

func TestShareLocks_WorkGoesOnWithoutUsableFolder(t *testing.T) {
	t.Parallel()
	notFolder := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(notFolder, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	usable := t.TempDir()
	for name, test := range map[string]struct {
		folders []string
		isUsed  bool
	}{
		"none":                           {nil, false},
		"not a folder":                   {[]string{filepath.Join(notFolder, "locks")}, false},
		"not a folder, and a usable one": {[]string{filepath.Join(notFolder, "locks"), usable}, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inEnv(t, func(t *testing.T, env *env) {
				mustApply(t, env.newSharing(t, test.folders), change(nodeOCR, "", didit.StatusApproved))
				env.assertTrail(t, trailOCRApproved)
			})
			if files := filesIn(t, usable); test.isUsed && len(files) != 1 {
				t.Errorf("the usable folder has %v, want one file", files)
			}
		})
	}
}

// The number of files is bounded, and they have no content and no session's ID.
func TestShareLocks_FilesAreEmptyAndFew(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(t.TempDir(), "locks")
	inEnv(t, func(t *testing.T, env *env) {
		service := env.newSharing(t, []string{folder})
		for _, id := range env.addSessions(5) {
			mustApply(t, service, inSession(id, "", didit.StatusApproved))
		}
	})
	files := filesIn(t, folder)
	if len(files) == 0 || slices.ContainsFunc(files, func(name string) bool { return len(name) != 3 || strings.Trim(name, "0123456789abcdef") != "" }) {
		t.Errorf("the files are %v, want names of three hexadecimal digits", files)
	}
	for _, name := range files {
		if content, err := os.ReadFile(filepath.Join(folder, name)); err != nil || len(content) > 0 {
			t.Errorf("%s has the content %q, %v", name, content, err)
		}
	}
}

func filesIn(t *testing.T, folder string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	return names
}
