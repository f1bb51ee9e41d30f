// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package summary

import "cmp"

// Value is the value of an attribute, as far as a reviewer can and may see it. The
// zero Value is null.
type Value struct {
	Kind ValueKind
	// Text is set for a known value only.
	Text string
}

// ValueKind tells a known value from what replaces it.
type ValueKind int

// The kinds of values.
const (
	// None is null.
	None ValueKind = iota
	// Known is a string.
	Known
	// Unknown is known only after the apply.
	Unknown
	// Sensitive must not be shown.
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
