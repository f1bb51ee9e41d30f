// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package decisionfile

import "encoding/json"

type object = map[string]any

// Schema returns the JSON Schema (draft 7, which editors know) of decision files. It
// accepts every file that [Read] accepts. It cannot see how a value is written, such as
// a key that is written twice, nor two decisions about one subject.
func Schema() []byte {
	file := object{
		"$schema": "http://json-schema.org/draft-07/schema#",
		"title":   "Decision file",
		"description": "The decisions of a team about one session of Didit, for the Terraform provider didit. " +
			"The plan and didit-decisions validate check more than this schema.",
		"type": "object", "additionalProperties": false,
		"required": []string{sessionID},
		"anyOf":    anyRequired(hits, steps, session),
		"properties": object{
			sessionID: sessionIDField.schema(),
			archived:  object{"type": "boolean", "description": "Whether the file is kept as a record and manages nothing."},
			hits:      named("The decisions about AML hits, by names of your choice.", decisionSchema(Hit)),
			steps:     named("The decisions about steps (features) of the session, by names of your choice.", decisionSchema(Step)),
			session:   decisionSchema(Session),
		},
	}
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

func decisionSchema(kind Kind) object {
	properties, required := object{}, []string{}
	for _, f := range fields[kind] {
		properties[f.name] = f.schema()
		if f.required {
			required = append(required, f.name)
		}
	}
	decision := object{"type": "object", "additionalProperties": false, "properties": properties, "required": required}
	if kind == Session {
		decision["description"] = "The decision about the session itself."
	}
	if kind == Step {
		decision["anyOf"] = anyRequired(nodeID, featureType)
	}
	return decision
}

func (f field) schema() object {
	switch {
	case f.check == nil:
		return object{"type": "boolean", "description": f.description}
	case f.values != nil && f.pattern != "":
		return object{"type": "string", "description": f.description, "anyOf": []object{{"enum": f.values}, {"pattern": f.pattern}}}
	case f.values != nil:
		return object{"type": "string", "description": f.description, "enum": f.values}
	default:
		return object{"type": "string", "description": f.description, "pattern": f.pattern}
	}
}

func anyRequired(keys ...string) []object {
	either := make([]object, len(keys))
	for i, key := range keys {
		either[i] = object{"required": []string{key}}
	}
	return either
}
