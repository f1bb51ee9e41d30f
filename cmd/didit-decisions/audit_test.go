// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"encoding/csv"
	"strings"
	"testing"
	"time"

	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

// auditRepository is a repository whose only decision the pipeline has made.
func auditRepository(t *testing.T) (directory string, server *simulator.Server) {
	t.Helper()
	directory, server = draftRepository(t)
	write(t, directory, "groups/2026/decisions/case-1.yaml", "session_id: "+simulator.SessionKYC+"\nsteps: {passport: {node_id: feature_ocr_1, from: In Review, to: Declined, comment: Forged., ticket: CASE-1}}\n")
	git(t, directory, "init", "--quiet", "--initial-branch=main")
	git(t, directory, "add", ".")
	git(t, directory, "commit", "--quiet", "--message=Case 1 (#7)")
	sent := simulator.Decision{By: simulator.APIKey("pipeline"), At: time.Now().Add(time.Minute), SessionID: simulator.SessionKYC, NodeID: "feature_ocr_1", Status: "Declined", Comment: "Forged. (CASE-1)"}
	if err := server.Decide(sent); err != nil {
		t.Fatal(err)
	}
	return directory, server
}

func TestAudit_PrintsTheRegister(t *testing.T) {
	directory, _ := auditRepository(t)
	got := runWith(t, "-C", directory, "audit")
	records, err := csv.NewReader(strings.NewReader(got.stdout)).ReadAll()
	if err != nil || got.code != 0 || len(records) < 2 || records[0][0] != "group" || !strings.HasPrefix(got.stderr, "requests to send: 1 reports, at most ") || strings.Count(got.stderr, "\n") != 1 {
		t.Fatalf("got %+v, %v", got, err)
	}
	row := strings.Join(records[1][:10], "|") + "|" + strings.Join(records[1][12:14], "|") + "|" + strings.Join(records[1][15:], "|")
	want := "2026|groups/2026/decisions/case-1.yaml|" + simulator.SessionKYC + "|steps.passport|In Review|Declined|Forged.|CASE-1|Officer <officer@example.com>|Officer <officer@example.com>||7|api_key|Declined|"
	if row != want {
		t.Errorf("got  %s\nwant %s", row, want)
	}
}

func TestAudit_FindingsEndWithTwo(t *testing.T) {
	directory, server := auditRepository(t)
	if err := server.DecideSession(simulator.SessionSimple, "Declined", "Typed by Ada."); err != nil {
		t.Fatal(err)
	}
	for format, want := range map[string]string{"csv": ",outside-git\n", "json": `"finding": "outside-git"`, "markdown": "## outside-git (1)\n"} {
		got := runWith(t, "-C", directory, "audit", "--since=2026-01-01", "--format="+format, "--session-url=https://example.com/{session_id}")
		if got.code != 2 || !strings.Contains(got.stdout, want) {
			t.Errorf("%s: got %+v", format, got)
		}
		for _, secret := range append(simulator.Canaries(), "Typed by", "Ada", simulator.DefaultAPIKey) {
			if strings.Contains(got.stdout+got.stderr, secret) {
				t.Errorf("%s: the output has %q", format, secret)
			}
		}
	}
}

func TestAudit_UnreadableFileEndsWithOne(t *testing.T) {
	directory, _ := auditRepository(t)
	write(t, directory, "groups/2026/decisions/case-2.yaml", undecided)
	git(t, directory, "add", ".")
	git(t, directory, "commit", "--quiet", "--message=Case 2")
	got := runWith(t, "-C", directory, "audit")
	if got.code != 1 || !strings.Contains(got.stderr, "groups/2026/decisions/case-2.yaml:2:32: session.to: ") || !strings.Contains(got.stdout, "case-1.yaml") {
		t.Errorf("got %+v", got)
	}
}

func TestAudit_WrongUsageSendsNothing(t *testing.T) {
	directory, server := auditRepository(t)
	clone := t.TempDir()
	git(t, directory, "commit", "--quiet", "--allow-empty", "--message=Second")
	git(t, directory, "clone", "--quiet", "--depth=1", "file://"+directory, clone)
	for args, want := range map[string]string{
		"--since=yesterday":                         "--since must be a past day written like 2026-06-30, or a time such as 90d, not",
		"--since=-3d":                               "--since must be a past day",
		"--format=xml":                              `--format must be "csv", "markdown" or "json"`,
		"--waiting-longer-than=-1":                  "--waiting-longer-than must not be negative",
		"--session-url=http://e.example":            "--session-url: write it like",
		"-C " + clone:                               "the clone is shallow, and an audit needs the history: git fetch --unshallow",
		"-C " + t.TempDir() + " --since=2026-01-01": "git rev-parse: ",
	} {
		got := runWith(t, append([]string{"-C", directory, "audit"}, strings.Fields(args)...)...)
		if got.code != 3 || got.stdout != "" || !strings.Contains(got.stderr, want) {
			t.Errorf("audit %s: got %+v, want %s", args, got, want)
		}
	}
	if requests := server.Requests(); len(requests) > 0 {
		t.Errorf("sent %+v", requests)
	}
}

func TestParseSince_ReadsDaysAndTimes(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, time.July, 31, 12, 0, 0, 0, time.UTC)
	for text, want := range map[string]time.Time{
		"2026-06-30": time.Date(2026, time.June, 30, 0, 0, 0, 0, time.UTC), "30d": now.AddDate(0, 0, -30), "300000d": now.AddDate(0, 0, -300000), "36h": now.Add(-36 * time.Hour),
	} {
		if got, err := parseSince(text, now); err != nil || !got.Equal(want) {
			t.Errorf("%s: got %s, %v", text, got, err)
		}
	}
}

// An audit since a day to come finds nothing, and a time before the first year is a mistake, too.
func TestParseSince_RefusesTimesThatAuditNothing(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, time.July, 31, 12, 0, 0, 0, time.UTC)
	for _, text := range []string{"2062-06-30", "2026-08-01", "0d", "-3d", "-36h", "800000d", "99999999999999999999d", "2026-02-30", "soon", ""} {
		if got, err := parseSince(text, now); err == nil {
			t.Errorf("%q: got %s", text, got)
		}
	}
}
