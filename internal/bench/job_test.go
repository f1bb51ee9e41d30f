// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

func TestStepsFillSessionsOneAfterTheOther(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ steps, stepsPerSession, sessions int }{{1000, 5, 200}, {7, 5, 2}, {1, 5, 1}, {20, 1, 20}} {
		j := job{steps: test.steps, stepsPerSession: test.stepsPerSession}
		if got := j.sessions(); got != test.sessions {
			t.Errorf("%d steps, %d a session, are in %d sessions, want %d", test.steps, test.stepsPerSession, got, test.sessions)
		}
	}
}

func TestWrittenStateIsHowDiditStands(t *testing.T) {
	t.Parallel()
	j := job{steps: 7, stepsPerSession: 5}
	didit, err := j.startDidit(simulator.StatusApproved)
	if err != nil {
		t.Fatal(err)
	}
	defer didit.Close()
	folder := t.TempDir()

	if err := j.writeState(folder); err != nil {
		t.Fatal(err)
	}

	content, err := os.ReadFile(filepath.Join(folder, "terraform.tfstate"))
	if err != nil {
		t.Fatal(err)
	}
	var written state
	if err := json.Unmarshal(content, &written); err != nil {
		t.Fatal(err)
	}
	ids := map[string]bool{}
	for _, instance := range written.Resources[0].Instances {
		step := instance.Attributes
		ids[step["id"]] = true
		if status := didit.FeatureStatus(step["session_id"], step["node_id"], ""); status != step["status"] {
			t.Errorf("%s stands %q in Didit and %q in the state", step["id"], status, step["status"])
		}
	}
	if len(ids) != j.steps {
		t.Errorf("there are %d steps in the state, want %d: %v", len(ids), j.steps, ids)
	}
}

func TestConfigurationNamesWhatDiditHas(t *testing.T) {
	t.Parallel()
	names := []string{`"` + comment + `"`, `"` + simulator.StatusApproved + `"`}
	for _, step := range sessionSteps {
		names = append(names, `"`+step.NodeID+`"`)
	}
	for _, name := range names {
		if !strings.Contains(string(configuration), name) {
			t.Errorf("steps.tf does not have %s", name)
		}
	}
	if prefix, _, _ := strings.Cut(sessionID(0), "000000000000"); !strings.Contains(string(configuration), `"`+prefix+`%012d"`) {
		t.Errorf("steps.tf has other sessions than %s", sessionID(0))
	}
}

func TestReportsAreAsLongAsAskedFor(t *testing.T) {
	t.Parallel()
	const size = 1 << 20
	j := job{steps: 1, stepsPerSession: 1, reportBytes: size}
	didit, err := j.startDidit(simulator.StatusInReview)
	if err != nil {
		t.Fatal(err)
	}
	defer didit.Close()

	if session, _ := didit.Session(sessionID(0)); session.ReportBytes != size {
		t.Errorf("the report has about %d bytes, want %d", session.ReportBytes, size)
	}
}
