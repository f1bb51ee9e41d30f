// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package bench

import (
	_ "embed"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

// workload is sessions whose steps are all In Review, and all to be Approved.
type workload struct {
	// stepsPerSession is at most as many as there are nodes.
	sessions, stepsPerSession int
}

func (w workload) steps() int { return w.sessions * w.stepsPerSession }

// nodes are the steps of every session, in the order of steps.tf.
var nodes = []simulator.Feature{
	{Array: "id_verifications", NodeID: "feature_ocr_1", Status: simulator.StatusInReview},
	{Array: "liveness_checks", NodeID: "feature_liveness_1", Status: simulator.StatusInReview},
	{Array: "face_matches", NodeID: "feature_face_match_1", Status: simulator.StatusInReview},
	{Array: "aml_screenings", NodeID: "feature_aml_1", Status: simulator.StatusInReview},
	{Array: "poa_verifications", NodeID: "feature_poa_1", Status: simulator.StatusInReview},
}

func sessionID(n int) string { return fmt.Sprintf("99999999-2222-4333-8444-%012d", n) }

// startDidit starts a simulated Didit with the sessions.
func (w workload) startDidit(tb testing.TB) *simulator.Server {
	tb.Helper()
	didit, err := simulator.Start(simulator.Options{ReadsPerMinute: -1, WritesPerMinute: -1})
	require(tb, err)
	for n := range w.sessions {
		didit.AddSession(simulator.Session{ID: sessionID(n), Features: slices.Clone(nodes[:w.stepsPerSession])})
	}
	return didit
}

//go:embed steps.tf
var steps []byte

// writeCount configures the steps in one count.
func writeCount(folder string, w workload) (root string, err error) {
	variables := fmt.Sprintf("steps = %d\nsteps_per_session = %d\n", w.steps(), w.stepsPerSession)
	return folder, errors.Join(
		os.WriteFile(filepath.Join(folder, "terraform.tfvars"), []byte(variables), 0o600),
		os.WriteFile(filepath.Join(folder, "steps.tf"), steps, 0o600))
}

// writeCompliance configures the steps in a copy of the compliance repository.
func writeCompliance(folder string, w workload) (root string, err error) {
	return filepath.Join(folder, group), writeRepository(folder, w.sessions, w.stepsPerSession)
}
