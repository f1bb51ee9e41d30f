// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"

	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

// configuration is the one that both providers get, with a job's numbers as
// variables.
//
//go:embed steps.tf
var configuration []byte

// sessionSteps are those of every session, as steps.tf names them.
var sessionSteps = []simulator.Feature{
	{Array: "id_verifications", NodeID: "feature_ocr_1"},
	{Array: "liveness_checks", NodeID: "feature_liveness_1"},
	{Array: "face_matches", NodeID: "feature_face_match_1"},
	{Array: "aml_screenings", NodeID: "feature_aml_1"},
	{Array: "poa_verifications", NodeID: "feature_poa_1"},
}

// comment is the one in steps.tf.
const comment = "Seen on a video call, CASE-7"

// job is how much there is to do, and how fast Didit lets it be done.
type job struct {
	steps, stepsPerSession int
	// reportBytes is how long a session's report is; 0: as long as usual.
	reportBytes int
	// readsPerMinute and writesPerMinute are Didit's limits, and what the
	// provider is told of them.
	readsPerMinute, writesPerMinute int
}

// unlimited is more than any job here needs, and the most that the provider takes.
const unlimited = 100_000

// sessions is how many sessions the steps are spread over.
func (j job) sessions() int { return (j.steps + j.stepsPerSession - 1) / j.stepsPerSession }

func sessionID(n int) string { return fmt.Sprintf("99999999-2222-4333-8444-%012d", n) }

// startDidit starts a simulated Didit with the job's sessions, all steps of
// which stand at the status.
func (j job) startDidit(status string) (*simulator.Server, error) {
	didit, err := simulator.Start(simulator.Options{ReadsPerMinute: j.readsPerMinute, WritesPerMinute: j.writesPerMinute})
	if err != nil {
		return nil, err
	}
	for n := range j.sessions() {
		session := simulator.Session{ID: sessionID(n), ReportBytes: j.reportBytes}
		for _, step := range sessionSteps[:j.stepsPerSession] {
			step.Status = status
			session.Features = append(session.Features, step)
		}
		didit.AddSession(session)
	}
	return didit, nil
}

// variables are what the configuration and the provider need to know.
func (j job) variables(didit *simulator.Server) []string {
	return []string{
		"TF_VAR_steps=" + strconv.Itoa(j.steps),
		"TF_VAR_steps_per_session=" + strconv.Itoa(j.stepsPerSession),
		"TF_VAR_reads_per_minute=" + strconv.Itoa(j.readsPerMinute),
		"TF_VAR_writes_per_minute=" + strconv.Itoa(j.writesPerMinute),
		"DIDIT_BASE_URL=" + didit.URL,
		"DIDIT_API_KEY=" + simulator.DefaultAPIKey,
	}
}

// newFolder makes a folder with the configuration in it.
func newFolder(below string) (string, error) {
	folder, err := os.MkdirTemp(below, "run-")
	if err != nil {
		return "", err
	}
	return folder, os.WriteFile(filepath.Join(folder, "steps.tf"), configuration, 0o600)
}

// writeState writes the state that an apply of the configuration leaves: made
// by Terraform itself, one of thousands takes minutes.
func (j job) writeState(folder string) error {
	content, err := json.Marshal(j.state())
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(folder, "terraform.tfstate"), content, 0o600)
}

// state, stateResource and stateInstance are what is needed of a state file's
// version 4.
type state struct {
	Version          int             `json:"version"`
	TerraformVersion string          `json:"terraform_version"`
	Serial           int             `json:"serial"`
	Lineage          string          `json:"lineage"`
	Outputs          struct{}        `json:"outputs"`
	Resources        []stateResource `json:"resources"`
}

type stateResource struct {
	Mode      string          `json:"mode"`
	Type      string          `json:"type"`
	Name      string          `json:"name"`
	Provider  string          `json:"provider"`
	Instances []stateInstance `json:"instances"`
}

type stateInstance struct {
	IndexKey      int               `json:"index_key"`
	SchemaVersion int               `json:"schema_version"`
	Attributes    map[string]string `json:"attributes"`
}

func (j job) state() state {
	instances := make([]stateInstance, j.steps)
	for n := range instances {
		session, step := sessionID(n/j.stepsPerSession), sessionSteps[n%j.stepsPerSession]
		instances[n] = stateInstance{IndexKey: n, Attributes: map[string]string{
			"id":           session + "/" + step.NodeID,
			"session_id":   session,
			"node_id":      step.NodeID,
			"feature_type": step.FeatureType(),
			"status":       simulator.StatusApproved,
			"comment":      comment,
		}}
	}
	return state{
		Version: 4,
		// Any CLI may take it over.
		TerraformVersion: "1.0.0",
		Serial:           1,
		Lineage:          "99999999-2222-4333-8444-ffffffffffff",
		Resources: []stateResource{{
			Mode: "managed", Type: "didit_session_feature_status", Name: "step",
			Provider:  `provider["registry.terraform.io/didit-community/didit"]`,
			Instances: instances,
		}},
	}
}
