// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package summary

import (
	"cmp"
	"fmt"
	"slices"

	tfjson "github.com/hashicorp/terraform-json"
)

// Value is the value of an attribute, as far as a reviewer can and may see it. The
// zero Value is null.
type Value struct {
	Kind ValueKind
	// Text is set for a known value only.
	Text string
}

// ValueKind distinguishes a known value from what replaces it: None is null, Unknown is known
// only after the apply, Sensitive must not be shown.
type ValueKind int

// The kinds of values.
const (
	None ValueKind = iota
	Known
	Unknown
	Sensitive
)

// Text returns a known value.
func Text(text string) Value { return Value{Kind: Known, Text: text} }

// textOrNone returns null for an empty text.
func textOrNone(text string) Value {
	if text == "" {
		return Value{}
	}
	return Text(text)
}

// is reports whether the value is known, and this text.
func (v Value) is(text string) bool { return v == Text(text) }

func compareValues(a, b Value) int {
	return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Text, b.Text))
}

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

// attributes are the values of an instance in a plan, with Terraform's marks: the
// same structure with true for what is unknown or sensitive.
type attributes struct {
	values, unknown map[string]any
	sensitive       []any
}

// sides returns the attributes before and after a change. What is sensitive in one of
// them is not shown of either.
func sides(c *tfjson.Change) (before, after attributes) {
	sensitive := []any{c.BeforeSensitive, c.AfterSensitive}
	return attributes{object(c.Before), nil, sensitive}, attributes{object(c.After), object(c.AfterUnknown), sensitive}
}

// value returns what may be shown of an attribute.
func (a attributes) value(name string) Value {
	is := a.values[name]
	isSensitive := func(marks any) bool {
		all, _ := marks.(bool)
		return all || hasTrue(object(marks)[name])
	}
	switch {
	case slices.ContainsFunc(a.sensitive, isSensitive):
		return Value{Kind: Sensitive}
	case hasTrue(a.unknown[name]):
		return Value{Kind: Unknown}
	case is == nil:
		return Value{}
	default:
		return Text(fmt.Sprint(is))
	}
}

// subject returns the subject; what its kind does not have is none. A reviewer misses an
// unknown type only where it is part of the address.
func (a attributes) subject(kind Kind) Subject {
	subject := Subject{kind, a.value("session_id"), a.value("node_id"), a.value("feature_type"), a.value("hit_id")}
	if subject.FeatureType.Kind == Unknown {
		subject.FeatureType = subject.identity().FeatureType
	}
	return subject
}

// object returns nil for anything that is not a JSON object.
func object(value any) map[string]any {
	fields, _ := value.(map[string]any)
	return fields
}

// hasTrue reports whether marks are set for a value or any part of it.
func hasTrue(marks any) bool {
	switch marks := marks.(type) {
	case bool:
		return marks
	case []any:
		return slices.ContainsFunc(marks, hasTrue)
	case map[string]any:
		for _, mark := range marks {
			if hasTrue(mark) {
				return true
			}
		}
	}
	return false
}
