// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package decisions

import (
	"fmt"

	"github.com/didit-community/terraform-provider-didit/internal/didit"
)

// Step addresses one step of a session.
type Step struct {
	// SessionID is the session's UUID, in lower case.
	SessionID string
	// NodeID is the workflow graph's name for the step, or [didit.DefaultNodeID].
	NodeID string
	// FeatureType is the label of the step's type. It picks the step where node
	// ID default fits several; a step that is found has to be of it; "" is any.
	FeatureType string
}

// Find finds the step in its session's decision; the error is a [*StepError].
func (s Step) Find(decision *didit.Decision) (didit.Feature, error) {
	candidates := stepsAt(decision, s.NodeID)
	matches := candidates
	if s.FeatureType != "" {
		matches = nil
		for _, candidate := range candidates {
			if didit.SameFeatureType(candidate.Type, s.FeatureType) {
				matches = append(matches, candidate)
			}
		}
	}
	problem := StepMissing
	switch {
	// The API cannot tell steps of one node apart, whatever their types.
	case s.NodeID != didit.DefaultNodeID && len(candidates) > 1:
		problem = StepAmbiguous
	case len(matches) == 1:
		return matches[0], nil
	case len(matches) > 1 && s.FeatureType != "":
		problem = StepNotAddressable
	case len(matches) > 1:
		problem = StepAmbiguous
	case s.NodeID != didit.DefaultNodeID && len(candidates) == 1:
		problem = StepOfOtherType
	}
	return didit.Feature{}, &StepError{Problem: problem, Step: s, Features: decision.Features}
}

func stepsAt(decision *didit.Decision, nodeID string) []didit.Feature {
	var steps []didit.Feature
	for _, feature := range decision.Features {
		if feature.NodeID == nodeID {
			steps = append(steps, feature)
		}
	}
	return steps
}

// StepProblem is why a step was not found.
type StepProblem int

// The reasons why a step is not found.
const (
	// StepMissing: the session has no such step.
	StepMissing StepProblem = iota + 1
	// StepAmbiguous: the node ID fits several steps.
	StepAmbiguous
	// StepNotAddressable: node ID default and the type fit several steps, which
	// the API cannot tell apart.
	StepNotAddressable
	// StepOfOtherType: the node's step is of another type.
	StepOfOtherType
)

// StepError is a session that was read, and a step that was not found in it.
type StepError struct {
	Problem StepProblem
	Step    Step
	// Features are all the steps of the session.
	Features []didit.Feature
}

func (e *StepError) Error() string {
	step := "step " + e.Step.NodeID
	if e.Step.FeatureType != "" {
		step += " of type " + e.Step.FeatureType
	}
	switch e.Problem {
	case StepAmbiguous:
		return fmt.Sprintf("session %s has several steps that fit %s", e.Step.SessionID, step)
	case StepNotAddressable:
		return fmt.Sprintf("session %s has several steps that fit %s, and nothing tells them apart", e.Step.SessionID, step)
	case StepOfOtherType:
		return fmt.Sprintf("session %s: step %s is not of type %s", e.Step.SessionID, e.Step.NodeID, e.Step.FeatureType)
	case StepMissing:
	}
	return fmt.Sprintf("session %s has no %s", e.Step.SessionID, step)
}
