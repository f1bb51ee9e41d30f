// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package summary

import "slices"

// attributes are the values of an instance in a plan, with Terraform's marks: the
// same structure with true for what is unknown or sensitive.
type attributes struct {
	values, unknown map[string]any
	sensitive       []any
}

// value returns what may be shown of an attribute.
func (a attributes) value(name string) Value {
	text, isText := a.values[name].(string)
	isSensitive := func(marks any) bool {
		all, _ := marks.(bool)
		return all || hasTrue(object(marks)[name])
	}
	switch {
	case slices.ContainsFunc(a.sensitive, isSensitive):
		return Value{Kind: Sensitive}
	case hasTrue(a.unknown[name]):
		return Value{Kind: Unknown}
	case isText:
		return Text(text)
	default:
		return Value{}
	}
}

func (a attributes) subject(kind Kind) Subject {
	subject := Subject{Kind: kind, SessionID: a.value("session_id")}
	if kind != Session {
		subject.NodeID = a.value("node_id")
	}
	if kind == Feature {
		subject.FeatureType = a.value("feature_type")
	}
	if kind == Hit {
		subject.HitID = a.value("hit_id")
	}
	return subject
}

// object returns nil for anything that is not a JSON object.
func object(value any) map[string]any {
	fields, _ := value.(map[string]any)
	return fields
}

// objects returns the JSON objects in a list.
func objects(value any) []map[string]any {
	items, _ := value.([]any)
	var found []map[string]any
	for _, item := range items {
		if fields := object(item); fields != nil {
			found = append(found, fields)
		}
	}
	return found
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
