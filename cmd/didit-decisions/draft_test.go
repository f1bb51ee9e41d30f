// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

// draftRepository returns a working tree with one group, and a simulator whose credential is in the environment.
func draftRepository(t *testing.T, groups ...string) (directory string, server *simulator.Server) {
	t.Helper()
	server, err := simulator.Start(simulator.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	for _, session := range simulator.Fixtures() {
		server.AddSession(session)
	}
	t.Setenv("DIDIT_BASE_URL", server.URL)
	t.Setenv("DIDIT_API_KEY", simulator.DefaultAPIKey)
	t.Setenv("DIDIT_ACCESS_TOKEN", "")
	directory = t.TempDir()
	for _, group := range append(groups, "2026") {
		write(t, directory, "groups/"+group+"/main.tf", "")
	}
	return directory, server
}

func decisionPath(session string) string { return "groups/2026/decisions/" + session + ".yaml" }

func TestDraft_WaitingWritesAFileForEachSession(t *testing.T) {
	directory, server := draftRepository(t)
	got := runWith(t, "-C", directory, "draft", "--waiting", "--session-kind=user", "--statuses=In Review,In Progress")

	var want []string
	for _, session := range server.Sessions() {
		if session.Kind != simulator.KindBusiness && slices.Contains([]string{"In Review", "In Progress"}, session.Status) {
			want = append(want, decisionPath(session.ID))
		}
	}
	lines := strings.Fields(got.stdout)
	slices.Sort(lines)
	slices.Sort(want)
	if got.code != 0 || !slices.Equal(lines, want) {
		t.Errorf("got %+v, want %q", got, want)
	}
	// One list, and one report for each session.
	if requests := len(server.Requests()); requests != 1+len(want) {
		t.Errorf("%d requests were sent, want %d", requests, 1+len(want))
	}
	// Validate names every decision that is still open.
	if validate := runWith(t, "-C", directory, "validate"); validate.code != 1 || !strings.Contains(validate.stdout, decisionPath(simulator.SessionSimple)+":8:8: steps.id-verification.to: is empty: decide") {
		t.Errorf("got %+v", validate)
	}
}

func TestDraft_DecidedPassesValidate(t *testing.T) {
	directory, _ := draftRepository(t)
	got := runWith(t, "-C", directory, "draft", "--decided")
	if got.code != 0 || !strings.Contains(got.stdout, decisionPath(simulator.SessionApproved)) || !strings.Contains(got.stderr, "False Positives with a match score below 93, which are left out: 2\n") {
		t.Errorf("got %+v", got)
	}
	text, err := os.ReadFile(filepath.Join(directory, decisionPath(simulator.SessionDeclined)))
	want := "# yaml-language-server: $schema=../../../decisions.schema.json\nsession_id: " + simulator.SessionDeclined + "\nsteps:\n  id-verification:\n    node_id: feature_ocr_1\n    from: Declined\n    to: Declined\nsession:\n  from: Declined\n  to: Declined\n"
	if err != nil || string(text) != want {
		t.Errorf("got %q, %v", text, err)
	}
	if validate := runWith(t, "-C", directory, "validate"); validate.code != 0 {
		t.Errorf("got %+v", validate)
	}
}

func TestDraft_ChangesNoFile(t *testing.T) {
	directory, _ := draftRepository(t)
	mine := "# mine\nsession_id: " + simulator.SessionSimple + "\nsession: {from: In Review, to: Approved, comment: Seen on a video call.}\n"
	write(t, directory, "groups/2026/decisions/case-3.yaml", mine)

	got := runWith(t, "-C", directory, "draft", simulator.SessionSimple, simulator.SessionSimple)
	want := "# groups/2026/decisions/case-3.yaml lacks:\nsteps:\n  id-verification:\n    feature_type: ID_VERIFICATION\n    from: In Review\n    to:\n"
	require(t, got, result{stdout: want, stderr: "sessions to read: 1\n"})

	// A file of the same name that names no session.
	write(t, directory, "groups/2026/decisions/case-3.yaml", "# nothing\n")
	write(t, directory, decisionPath(simulator.SessionSimple), "# nothing\n")
	if got := runWith(t, "-C", directory, "draft", simulator.SessionSimple); got.code != 3 || !strings.Contains(got.stderr, "file exists") {
		t.Errorf("got %+v", got)
	}
	if text, err := os.ReadFile(filepath.Join(directory, decisionPath(simulator.SessionSimple))); err != nil || string(text) != "# nothing\n" {
		t.Errorf("got %q, %v", text, err)
	}
}

func TestDraft_NamesSessionsThatItCannotFind(t *testing.T) {
	directory, _ := draftRepository(t)
	const gone = "11111111-2222-4333-8444-999999999999"
	got := runWith(t, "-C", directory, "draft", gone, simulator.SessionApproved)
	require(t, got, result{1, decisionPath(simulator.SessionApproved) + "\n", "sessions to read: 2\n" + gone + ": there is no such session, or the key cannot see it\n"})
}

// A node ID is Didit's text. GitHub takes ##[name]… for a command wherever it is in a line, and ::name::… at the beginning of one.
func TestDraft_PrintsNoCommandOfGitHub(t *testing.T) {
	directory, server := draftRepository(t)
	for _, item := range []string{`{"node_id": "x##[add-mask]y", "status": "In Review"}`, `{"node_id": "x##[add-mask]y", "status": "In Review"}`, `{"node_id": "a\n::add-mask::b", "status": null}`} {
		server.AddFeature(simulator.SessionKYC, simulator.Feature{Array: "liveness_checks", Raw: item})
	}
	got := runWith(t, "-C", directory, "draft", simulator.SessionKYC)
	const leftOut = "\n" + simulator.SessionKYC + ": left out: "
	if got.code != 0 || !strings.Contains(got.stderr, leftOut+`step LIVENESS at "x## [add-mask]y": `) || !strings.Contains(got.stderr, leftOut+"LIVENESS at a ::add-mask::b: status is null\n") {
		t.Errorf("got %+v", got)
	}
}

func TestDraft_WritesNothingIfAReadFails(t *testing.T) {
	directory, server := draftRepository(t)
	server.Inject(simulator.Fault{Status: 403, Path: "/decision/", Skip: 1})
	got := runWith(t, "-C", directory, "draft", "--decided")
	if got.code != 3 || got.stdout != "" || strings.Contains(got.stderr, simulator.DefaultAPIKey) {
		t.Errorf("got %+v", got)
	}
	if _, err := os.Stat(filepath.Join(directory, "groups/2026/decisions")); err == nil {
		t.Error("files were written")
	}
}

func TestDraft_WrongUsage(t *testing.T) {
	directory, server := draftRepository(t, "kyb")
	for args, want := range map[string]string{
		"":                                  "say what to draft: --waiting, --decided, both of them, or IDs of sessions",
		"--waiting " + simulator.SessionKYC: "say what to draft",
		simulator.SessionKYC + " --statuses=Approved": "the filters are for --waiting and --decided",
		simulator.SessionKYC + " --search=77":         "the filters are for --waiting and --decided",
		"case-7":                                      "SESSION_ID must be the UUID of a session",
		"--decided --statuses=approved":               `--statuses must be written "Approved"`,
		"--decided --workflow-ids=x":                  "--workflow-ids must be the UUID of a workflow",
		"--decided --created-from=tomorrow":           "--created-from must be a day written like 2026-06-30",
		"--decided --session-kind=kyc":                `--session-kind must be "user" or "business"`,
		"--decided":                                   "several groups are open: name one with --group: 2026, kyb",
		"--decided --group=2027":                      `there is no open group "2027"`,
		"--decided --group=kyb --max-results=2":       "more than 2 sessions would be read: narrow the filters, or raise --max-results",
	} {
		got := runWith(t, append([]string{"-C", directory, "draft"}, strings.Fields(args)...)...)
		if got.code != 3 || got.stdout != "" || !strings.Contains(got.stderr, want) {
			t.Errorf("draft %s: got %+v, want %s", args, got, want)
		}
	}
	if requests := server.Requests(); slices.ContainsFunc(requests, func(r simulator.Request) bool { return strings.Contains(r.Path, "/decision/") }) {
		t.Errorf("reports were read: %+v", requests)
	}
}

func TestNewClient_NeedsOneCredential(t *testing.T) {
	t.Parallel()
	for want, environment := range map[string]map[string]string{
		"there is no credential":                    {"DIDIT_API_KEY": " "},
		"sets DIDIT_API_KEY and DIDIT_ACCESS_TOKEN": {"DIDIT_API_KEY": "a", "DIDIT_ACCESS_TOKEN": "b"},
		"copy it again from the Didit console":      {"DIDIT_API_KEY": "in two\nlines"},
		"DIDIT_BASE_URL cannot be used":             {"DIDIT_API_KEY": "a", "DIDIT_BASE_URL": "http://didit.example.com"},
	} {
		_, err := newClient(func(name string) string { return environment[name] })
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "in two") {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}
