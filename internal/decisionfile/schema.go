// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package decisionfile

import (
	"encoding/json"
	"maps"
)

type object = map[string]any

// Schema returns the JSON Schema (draft 7, which editors know) of decision files. It
// accepts every file that [Read] accepts. It cannot see how a value is written, such as
// a key that is written twice, nor two decisions about one subject.
func Schema() []byte {
	step, whole := schemaOf(fields[Step], nil), schemaOf(fields[Session], nil)
	step["anyOf"] = anyRequired(nodeID, featureType)
	whole["description"] = "The decision about the session itself."
	file := schemaOf(fileFields, object{
		hits:    named("The decisions about AML hits, by names of your choice.", schemaOf(fields[Hit], nil)),
		steps:   named("The decisions about steps (features) of the session, by names of your choice.", step),
		session: whole,
	})
	file["$schema"] = "http://json-schema.org/draft-07/schema#"
	file["title"] = "Decision file"
	file["description"] = "The decisions of a team about one session of Didit, for the Terraform provider didit. " +
		"The plan and didit-decisions validate check more than this schema."
	file["anyOf"] = anyRequired(hits, steps, session)
	text, err := json.MarshalIndent(file, "", "  ")
	if err != nil {
		panic(err) // Only texts, lists and maps.
	}
	return append(text, '\n')
}

// named is the schema of names with a decision for each.
func named(description string, decision object) object {
	return object{
		"type": "object", "description": description, "minProperties": 1,
		"propertyNames": object{"maxLength": maxName}, "additionalProperties": decision,
	}
}

// schemaOf is the schema of an object with these fields, which may be required, and
// others, which are not.
func schemaOf(fields []field, others object) object {
	properties, required := object{}, []string{}
	maps.Copy(properties, others)
	for _, f := range fields {
		properties[f.name] = f.schema()
		if f.required {
			required = append(required, f.name)
		}
	}
	return object{"type": "object", "additionalProperties": false, "properties": properties, "required": required}
}

func (f field) schema() object {
	schema := object{"type": "string", "description": f.description}
	switch {
	case f.check == nil:
		schema["type"] = "boolean"
	case f.values != nil && f.pattern != "":
		schema["anyOf"] = []object{{"enum": f.values}, {"pattern": f.pattern}}
	case f.values != nil:
		schema["enum"] = f.values
	default:
		schema["pattern"] = f.pattern
	}
	return schema
}

func anyRequired(keys ...string) []object {
	either := make([]object, len(keys))
	for i, key := range keys {
		either[i] = object{"required": []string{key}}
	}
	return either
}
