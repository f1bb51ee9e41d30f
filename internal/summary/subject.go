// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package summary

import "cmp"

// Subject is what is decided: an AML hit, a step, a session, or which steps of a
// session are repeated.
type Subject struct {
	Kind                                  Kind
	SessionID, NodeID, FeatureType, HitID Value
}

// Kind is the kind of a subject. Kinds sort in the order in which a case is read.
type Kind string

// The kinds of subjects.
const (
	Hit          Kind = "aml_hit"
	Feature      Kind = "feature"
	Resubmission Kind = "resubmission"
	Session      Kind = "session"
)

// defaultNode is the node ID in a workflow without a graph.
const defaultNode = "default"

// identity returns what identifies the subject in Didit: the type of a step only if
// the workflow has no graph.
func (s Subject) identity() Subject {
	if !s.NodeID.is(defaultNode) {
		s.FeatureType = Value{}
	}
	return s
}

// compareSubjects puts hits before steps, and those before their session.
func compareSubjects(a, b Subject) int {
	return cmp.Or(
		compareValues(a.SessionID, b.SessionID),
		cmp.Compare(a.Kind, b.Kind),
		compareValues(a.NodeID, b.NodeID),
		compareValues(a.FeatureType, b.FeatureType),
		compareValues(a.HitID, b.HitID),
	)
}
