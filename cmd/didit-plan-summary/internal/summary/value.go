// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package summary

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
)

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

// is reports whether the value is known, and this text.
func (v Value) is(text string) bool { return v == Text(text) }

func compareValues(a, b Value) int {
	return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Text, b.Text))
}

const (
	unknownJSON   = `{"unknown":true}`
	sensitiveJSON = `{"sensitive":true}`
)

// MarshalJSON writes the value as the package comment describes.
func (v Value) MarshalJSON() ([]byte, error) {
	switch v.Kind {
	case Known:
		return json.Marshal(v.Text)
	case Unknown:
		return []byte(unknownJSON), nil
	case Sensitive:
		return []byte(sensitiveJSON), nil
	default:
		return []byte("null"), nil
	}
}

// UnmarshalJSON reads what MarshalJSON writes, and nothing else.
func (v *Value) UnmarshalJSON(data []byte) error {
	var compact bytes.Buffer
	if err := json.Compact(&compact, data); err != nil {
		return err
	}
	*v = Value{}
	switch text := compact.String(); {
	case text == "null":
		return nil
	case text == unknownJSON:
		v.Kind = Unknown
		return nil
	case text == sensitiveJSON:
		v.Kind = Sensitive
		return nil
	case text[0] == '"':
		v.Kind = Known
		return json.Unmarshal(data, &v.Text)
	default:
		return errors.New("a value is neither a string nor null, unknown or sensitive")
	}
}
