// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package simulator_test

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

func day(month time.Month, day int) time.Time {
	return time.Date(2026, month, day, 9, 30, 0, 0, time.UTC)
}

// decide makes decisions that have to succeed.
func decide(t *testing.T, server *simulator.Server, decisions ...simulator.Decision) {
	t.Helper()
	for _, d := range decisions {
		if err := server.Decide(d); err != nil {
			t.Fatalf("%+v: %v", d, err)
		}
	}
}

// lived returns the entries of a feed from a time on, oldest first, each with its time and author.
func lived(t *testing.T, server *simulator.Server, id string, since time.Time) string {
	t.Helper()
	got := get(t, server, feedPath(id, "?ordering=created_at&limit=100"))
	var texts []string
	for i, line := range strings.Split(entries(t, got), "\n") {
		entry := got.object(t)["results"].([]any)[i].(map[string]any)
		at, err := time.Parse(time.RFC3339, entry["created_at"].(string))
		if err != nil {
			t.Fatal(err)
		}
		if !at.Before(since) {
			texts = append(texts, at.Format(time.DateOnly)+" "+entry["actor_display"].(string)+": "+line)
		}
	}
	return strings.Join(texts, "\n")
}

func TestDecide_PlantsAYearOfActivity(t *testing.T) {
	t.Parallel()
	server := start(t, simulator.Options{})
	const id, aml = "44444444-2222-4333-8444-000000000021", "feature_aml_1"
	ada, pipeline := simulator.ConsoleUser("Ada"), simulator.APIKey("pipeline")
	score := 95.0
	server.AddSession(simulator.Session{ID: id, CreatedAt: day(time.January, 1), ExpiresAt: day(time.January, 8), Features: []simulator.Feature{
		{Array: "poa_verifications", NodeID: "feature_poa_1"},
		{Array: "aml_screenings", NodeID: aml, Hits: []simulator.Hit{{ID: simulator.HitPEP}}},
	}})

	decide(t, server,
		simulator.Decision{By: pipeline, At: day(time.February, 1), SessionID: id, NodeID: aml, HitID: simulator.HitPEP, Status: "False Positive"},
		simulator.Decision{By: pipeline, At: day(time.February, 1), SessionID: id, NodeID: aml, Status: "Approved", Comment: "Another person. (CASE-7)"},
		simulator.Decision{By: pipeline, At: day(time.February, 2), SessionID: id, Status: "Approved"},
		// Changed and changed back.
		simulator.Decision{By: ada, At: day(time.March, 1), SessionID: id, Status: "Declined", Comment: "Wait."},
		simulator.Decision{By: ada, At: day(time.March, 2), SessionID: id, Status: "Approved", Comment: "Settled."},
	)
	if err := server.Comment(id, ada, day(time.March, 3), "Another person. (CASE-7)"); err != nil {
		t.Fatal(err)
	}
	if err := server.MonitoringMatch(id, aml, simulator.Hit{ID: "hit_new", MatchScore: &score}, day(time.May, 1)); err != nil {
		t.Fatal(err)
	}
	decide(t, server, simulator.Decision{
		At: day(time.June, 1), SessionID: id, Status: "Resubmitted", Comment: "Unreadable.", Nodes: []simulator.Node{{NodeID: "feature_poa_1", Feature: "POA"}},
	})

	want := `2026-02-01 pipeline: AML_HIT_STATUS_UPDATED API_KEY <nil>><nil> (Unreviewed>False Positive) <nil>
2026-02-01 pipeline: AML_STATUS_UPDATED API_KEY <nil>><nil> (In Review>Approved) Another person. (CASE-7)
2026-02-02 pipeline: STATUS_UPDATED API_KEY In Review>Approved (In Review>Approved) <nil>
2026-03-01 Ada Quillmarrow: STATUS_UPDATED CONSOLE_USER Approved>Declined (Approved>Declined) Wait.
2026-03-02 Ada Quillmarrow: STATUS_UPDATED CONSOLE_USER Declined>Approved (Declined>Approved) Settled.
2026-03-03 Ada Quillmarrow: COMMENT CONSOLE_USER <nil>><nil> Another person. (CASE-7)
2026-05-01 System: AML_ONGOING_MATCH SYSTEM <nil>><nil> <nil>
2026-05-01 System: AML_STATUS_UPDATED SYSTEM <nil>><nil> (Approved>In Review) <nil>
2026-05-01 System: STATUS_UPDATED SYSTEM Approved>In Review (Approved>In Review) <nil>
2026-06-01 console Quillmarrow: STATUS_UPDATED CONSOLE_USER In Review>Resubmitted (In Review>Resubmitted) Unreadable.`
	if got := lived(t, server, id, day(time.January, 2)); got != want {
		t.Errorf("feed\n%s", got)
	}
	if trail := server.Trail(id); len(trail) != 6 || trail[0].Time != day(time.February, 1) || trail[0].Actor != "pipeline" || trail[5].ActorType != "CONSOLE_USER" {
		t.Errorf("trail %+v", trail)
	}
	if got := server.HitStatus(id, aml, "hit_new"); got != "Unreviewed" {
		t.Errorf("the new hit is %q", got)
	}
	if got := listed(t, get(t, server, "/v3/sessions/?date_from=2025-12-31&date_to=2026-01-01").object(t)); got != strconv.Itoa(numberOf(server, id)) {
		t.Errorf("created until 1 January: %s", got)
	}
}

func numberOf(server *simulator.Server, id string) int {
	session, _ := server.Session(id)
	return session.Number
}

func TestDecide_KeepsToTheAPIsRules(t *testing.T) {
	t.Parallel()
	server := start(t, simulator.Options{})
	for name, c := range map[string]struct {
		decision simulator.Decision
		err      error
	}{
		"same status":            {simulator.Decision{SessionID: simulator.SessionKYC, NodeID: "feature_ocr_1", Status: "In Review"}, simulator.ErrConflict},
		"unknown session":        {simulator.Decision{SessionID: unknownSession, Status: "Approved"}, simulator.ErrNotFound},
		"session to In Review":   {simulator.Decision{SessionID: simulator.SessionKYC, Status: "In Review"}, simulator.ErrStatus},
		"hit to another status":  {simulator.Decision{SessionID: simulator.SessionKYC, NodeID: "feature_aml_1", HitID: simulator.HitPEP, Status: "Approved"}, simulator.ErrStatus},
		"resubmission of no one": {simulator.Decision{SessionID: simulator.SessionKYC, Status: "Resubmitted", Nodes: []simulator.Node{{NodeID: "x", Feature: "POA"}}}, simulator.ErrConflict},
		"resubmission too early": {simulator.Decision{SessionID: simulator.SessionInProgress, Status: "Resubmitted"}, simulator.ErrConflict},
	} {
		if err := server.Decide(c.decision); !errors.Is(err, c.err) {
			t.Errorf("%s: %v, want %v", name, err, c.err)
		}
	}
	if trail := server.Trail(""); len(trail) != 0 {
		t.Errorf("trail %+v", trail)
	}
}

func TestSetTime_StopsTheClockOfWhatIsStored(t *testing.T) {
	t.Parallel()
	server := start(t, simulator.Options{})
	server.SetTime(day(time.April, 5))
	patch(t, server, simulator.SessionKYC, "feature_ocr_1", `{"new_status":"Declined"}`)
	stopped := time.Now()
	server.SetTime(time.Time{})
	patch(t, server, simulator.SessionKYC, "feature_ocr_1", `{"new_status":"Approved"}`)

	trail := server.Trail("")
	if len(trail) != 2 || trail[0].Time != day(time.April, 5) || trail[1].Time.Before(stopped) {
		t.Errorf("trail %+v", trail)
	}
	if log := server.Requests(); log[0].Time.Year() != stopped.Year() || log[0].Time.Equal(day(time.April, 5)) {
		t.Errorf("log %+v", log[0])
	}
}

func TestControl_DecidesAsANamedPersonAtATime(t *testing.T) {
	t.Parallel()
	server := start(t, simulator.Options{})
	for path, body := range map[string]string{
		"decide":     `{"by":{"type":"API_KEY","name":"pipeline"},"at":"2026-04-01T09:30:00Z","session_id":"` + simulator.SessionKYC + `","node_id":"feature_poa_1","status":"Declined"}`,
		"monitoring": `{"at":"2026-05-01T09:30:00Z","session_id":"` + simulator.SessionKYC + `","node_id":"feature_aml_1","hit":{"id":"hit_new","match_score":94}}`,
		"time":       `{"time":"2026-06-01T09:30:00Z"}`,
	} {
		checkResponse(t, do(t, server, http.MethodPost, "/simulator/"+path, body, nil), 200, done)
	}
	patch(t, server, simulator.SessionKYC, "feature_ocr_1", `{"new_status":"Declined"}`)

	want := `2026-04-01 pipeline: STATUS_UPDATED API_KEY <nil>><nil> (In Review>Declined) <nil>
2026-05-01 System: AML_ONGOING_MATCH SYSTEM <nil>><nil> <nil>
2026-06-01 API Client: STATUS_UPDATED API_KEY <nil>><nil> (In Review>Declined) <nil>`
	if got := lived(t, server, simulator.SessionKYC, day(time.April, 1)); got != want {
		t.Errorf("feed\n%s", got)
	}
}
