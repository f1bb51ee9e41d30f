// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package summary

import (
	"cmp"
	"fmt"
	"slices"

	tfjson "github.com/hashicorp/terraform-json"

	"github.com/didit-community/terraform-provider-didit/internal/decisionfile"
)

// value is the value of an attribute, as far as a reviewer can and may see it. The
// zero value is null.
type value struct {
	Kind valueKind
	// Text is set for a known value only.
	Text string
}

// valueKind distinguishes a known value from what replaces it: none is null, unknown is known
// only after the apply, sensitive must not be shown.
type valueKind int

const (
	none valueKind = iota
	known
	unknown
	sensitive
)

// knownText returns a known value.
func knownText(text string) value { return value{Kind: known, Text: text} }

// textOrNone returns null for an empty text.
func textOrNone(text string) value {
	if text == "" {
		return value{}
	}
	return knownText(text)
}

// is reports whether the value is known, and this text.
func (v value) is(text string) bool { return v == knownText(text) }

func compareValues(a, b value) int {
	return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Text, b.Text))
}

// subject is what is decided: an AML hit, a step, a session, or which steps of a
// session are repeated.
type subject struct {
	Kind                                  subjectKind
	SessionID, NodeID, FeatureType, HitID value
}

// subjectKind sorts in the order in which a case is read.
type subjectKind string

const (
	hit          subjectKind = "aml_hit"
	feature      subjectKind = "feature"
	resubmission subjectKind = "resubmission"
	session      subjectKind = "session"
)

// identity returns what identifies the subject in Didit: the type of a step only if
// the workflow has no graph.
func (s subject) identity() subject {
	if !s.NodeID.is(decisionfile.DefaultNodeID) {
		s.FeatureType = value{}
	}
	return s
}

// compareSubjects puts hits before steps, and those before their session.
func compareSubjects(a, b subject) int {
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
func (a attributes) value(name string) value {
	is := a.values[name]
	isSensitive := func(marks any) bool {
		all, _ := marks.(bool)
		return all || hasTrue(object(marks)[name])
	}
	switch {
	case slices.ContainsFunc(a.sensitive, isSensitive):
		return value{Kind: sensitive}
	case hasTrue(a.unknown[name]):
		return value{Kind: unknown}
	case is == nil:
		return value{}
	default:
		return knownText(fmt.Sprint(is))
	}
}

// subject returns the subject; what its kind does not have is none. A reviewer misses an
// unknown type only where it is part of the address.
func (a attributes) subject(kind subjectKind) subject {
	subject := subject{kind, a.value("session_id"), a.value("node_id"), a.value("feature_type"), a.value("hit_id")}
	if subject.FeatureType.Kind == unknown {
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
