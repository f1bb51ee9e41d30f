// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package bench

import (
	_ "embed"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

// workload is sessions whose steps are all In Review, and all to be Approved.
type workload struct {
	// decided is how many of the sessions earlier commands have decided.
	sessions, decided int
	// stepsPerSession is at most as many as there are nodes.
	stepsPerSession int
}

// nodes are the steps of every session, in the order of steps.tf.
var nodes = []simulator.Feature{
	{Array: "id_verifications", NodeID: "feature_ocr_1", Status: simulator.StatusInReview},
	{Array: "liveness_checks", NodeID: "feature_liveness_1", Status: simulator.StatusInReview},
	{Array: "face_matches", NodeID: "feature_face_match_1", Status: simulator.StatusInReview},
	{Array: "aml_screenings", NodeID: "feature_aml_1", Status: simulator.StatusInReview},
	{Array: "poa_verifications", NodeID: "feature_poa_1", Status: simulator.StatusInReview},
}

// sessionID is the ID of the nth session, as in steps.tf. Like Didit's, the IDs begin with
// every digit equally often.
func sessionID(n int) string {
	return fmt.Sprintf("%08x-2222-4333-8444-%012d", uint32(n)*2654435761, n) //nolint:gosec // It wraps around.
}

// startDidit starts a simulated Didit without limits.
func startDidit(tb testing.TB) *simulator.Server {
	tb.Helper()
	didit, err := simulator.Start(simulator.Options{ReadsPerMinute: -1, WritesPerMinute: -1})
	require(tb, err)
	return didit
}

// add adds sessions to Didit.
func (w *workload) add(didit *simulator.Server, more int) {
	for range more {
		didit.AddSession(simulator.Session{ID: sessionID(w.sessions), Features: slices.Clone(nodes[:w.stepsPerSession])})
		w.sessions++
	}
}

//go:embed steps.tf
var steps []byte

func prepareCount(folder string) (root string, err error) {
	return folder, os.WriteFile(filepath.Join(folder, "steps.tf"), steps, 0o600)
}

// writeCount configures the steps in one count.
func writeCount(root string, w workload) error {
	variables := fmt.Sprintf("steps = %d\nsteps_per_session = %d\n", w.sessions*w.stepsPerSession, w.stepsPerSession)
	return os.WriteFile(filepath.Join(root, "terraform.tfvars"), []byte(variables), 0o600)
}
