// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"

	"github.com/didit-community/terraform-provider-didit/internal/decisions"
	"github.com/didit-community/terraform-provider-didit/internal/didit"
)

// nameOf returns the name of a subject in messages. It contains the session, because
// Terraform does not always print the instance.
func nameOf(subject decisions.Subject) string {
	if label := labelOf(subject); label != "" {
		return label + " of session " + subject.Session()
	}
	return "session " + subject.Session()
}

// labelOf returns the name of a step or hit within its session; "" for a session.
func labelOf(subject decisions.Subject) string {
	switch subject := subject.(type) {
	case decisions.FeatureRef:
		if subject.FeatureType != "" {
			return fmt.Sprintf("step %s (%s)", quote(subject.NodeID), subject.FeatureType)
		}
		return "step " + quote(subject.NodeID)
	case decisions.HitRef:
		if subject.NodeID != didit.DefaultNodeID {
			return fmt.Sprintf("AML hit %s at node %s", quote(subject.HitID), quote(subject.NodeID))
		}
		return "AML hit " + quote(subject.HitID)
	}
	return ""
}

// listSteps lists the steps of a session, for an error.
func listSteps(decision *didit.Decision) string {
	lines := make([]string, len(decision.Features))
	for i, feature := range decision.Features {
		lines[i] = fmt.Sprintf("%s (%s): %s", quote(feature.NodeID), feature.Type, quote(feature.Status))
	}
	return bulleted("The session's steps:", "The session has no steps yet.", lines)
}

// listHits lists the AML hits of a session, for an error.
func listHits(decision *didit.Decision) string {
	lines := make([]string, len(decision.AMLHits))
	for i, hit := range decision.AMLHits {
		lines[i] = fmt.Sprintf("%s at node %s: %s", quote(hit.ID), quote(hit.NodeID), quote(hit.ReviewStatus))
	}
	return bulleted("The session's AML hits:", "The session has no AML hits.", lines)
}
