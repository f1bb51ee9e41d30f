// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package decisions_test

import (
	"testing"

	"github.com/didit-community/terraform-provider-didit/internal/decisions"
	"github.com/didit-community/terraform-provider-didit/internal/didit"
)

func TestResubmission_IsMadeIfOpenSessionHasNoneOfTheSteps(t *testing.T) {
	t.Parallel()
	ocr, liveness := didit.NodeToResubmit{NodeID: "ocr", Feature: "OCR"}, didit.NodeToResubmit{NodeID: "liveness", Feature: "LIVENESS"}
	for name, test := range map[string]struct {
		status string
		nodes  []didit.NodeToResubmit
		want   string // "": missing
	}{
		"decided, has the step":       {didit.StatusApproved, []didit.NodeToResubmit{ocr}, didit.StatusApproved},
		"decided, lacks the step":     {didit.StatusApproved, []didit.NodeToResubmit{liveness}, ""},
		"in review, lacks the step":   {didit.StatusInReview, []didit.NodeToResubmit{liveness}, ""},
		"in progress, lacks the step": {didit.StatusInProgress, []didit.NodeToResubmit{liveness}, decisions.Reopened},
		"resubmitted, lacks the step": {didit.StatusResubmitted, []didit.NodeToResubmit{liveness}, decisions.Reopened},
		"resubmitted, has the step":   {didit.StatusResubmitted, []didit.NodeToResubmit{ocr}, didit.StatusResubmitted},
		"resubmitted, lacks one":      {didit.StatusResubmitted, []didit.NodeToResubmit{ocr, liveness}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			found, err := decisions.Resubmission{SessionID: sampleID, Nodes: test.nodes}.Find(&didit.Decision{Status: test.status, Features: []didit.Feature{{NodeID: "ocr", Type: "ID_VERIFICATION"}}})

			if test.want == "" {
				assertNotFound(t, err, decisions.Missing)
			} else if err != nil || found.Value != test.want {
				t.Errorf("found %q, %v, want %q", found.Value, err, test.want)
			}
		})
	}
}

func TestResubmission_InvalidatesSession(t *testing.T) {
	t.Parallel()
	inEnv(t, func(t *testing.T, env *env) {
		service := env.newService(t)
		mustRead(t, service)

		_, err := service.Apply(t.Context(), decisions.Change{
			Subject: decisions.Resubmission{SessionID: sampleID, Nodes: []didit.NodeToResubmit{{NodeID: nodeOCR, Feature: "OCR"}}},
			To:      decisions.Reopened, Once: true,
		})

		if err != nil || service.CachedDecision(sampleID) != nil {
			t.Errorf("%v; cached is %v, want nothing", err, service.CachedDecision(sampleID))
		}
	})
}
