// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package summary

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"unicode/utf8"

	tfjson "github.com/hashicorp/terraform-json"
)

// Plan is a plan of Terraform or OpenTofu.
type Plan struct {
	tfjson.Plan

	errored bool
}

const onlyPlan = "pass the output of terraform show -json PLAN, and nothing else"

// ParsePlan reads what terraform show -json, or tofu show -json, writes for a saved
// plan. Its errors are one sentence, which follows the name of the file.
func ParsePlan(data []byte) (*Plan, error) {
	data, err := readText(data, onlyPlan)
	if err != nil {
		return nil, err
	}
	// Some keys distinguish a plan from other JSON, and the library lacks one of them.
	var keys map[string]json.RawMessage
	decoder := json.NewDecoder(bytes.NewReader(data))
	err = decoder.Decode(&keys)
	rest := bytes.TrimSpace(data[min(decoder.InputOffset(), int64(len(data))):])
	switch {
	case err != nil:
		return nil, fmt.Errorf("it is cut off or not JSON (%w); %s", err, onlyPlan)
	case keys["@level"] != nil:
		return nil, errors.New("it is the log of plan -json; pass it with --log, and the output of terraform show -json PLAN as the plan")
	case keys["encrypted_data"] != nil:
		return nil, errors.New("it is an encrypted plan file; pass the output of tofu show -json PLAN")
	case len(rest) > 0 && rest[0] == '{':
		return nil, errors.New("it holds more than one JSON document; pass each plan in a file of its own")
	case len(rest) > 0:
		return nil, errors.New("there is text after the JSON, as from a wrapper of the command; " + onlyPlan)
	case keys["format_version"] != nil && keys["values"] != nil:
		return nil, errors.New("it is the JSON of a state, not of a plan; name the plan file: terraform show -json PLAN")
	case keys["format_version"] == nil || keys["planned_values"] == nil && keys["configuration"] == nil:
		return nil, errors.New("it is JSON, but not of a plan; " + onlyPlan)
	}
	plan := &Plan{errored: string(keys["errored"]) == "true"}
	if err := json.Unmarshal(data, &plan.Plan); err != nil {
		return nil, fmt.Errorf("it cannot be read as the JSON of a plan: %w", err)
	}
	return plan, nil
}

// readText recognizes what users pass by mistake instead of JSON, and returns the text
// without a byte order mark. instead is what to pass, for the error.
func readText(data []byte, instead string) ([]byte, error) {
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	text := bytes.TrimSpace(data)
	switch {
	case len(text) == 0:
		return nil, errors.New("it is empty; see whether the command before it failed")
	case bytes.HasPrefix(data, []byte("PK\x03\x04")):
		return nil, errors.New("it is a plan file; " + instead)
	case isUTF16(data):
		return nil, errors.New("it is UTF-16, as the > of Windows PowerShell writes; write UTF-8, such as with | Out-File -Encoding utf8")
	case bytes.ContainsRune(data, 0) || !utf8.Valid(data):
		return nil, errors.New("it is not text, perhaps a plan file that is encrypted or compressed; " + instead)
	case text[0] != '{':
		return nil, errors.New("it does not begin with JSON, perhaps because a wrapper of the command wrote something before it; " + instead)
	}
	return text, nil
}

// isUTF16 also recognizes it without a byte order mark, by the zero byte of its first
// character, which is ASCII in JSON.
func isUTF16(data []byte) bool {
	if len(data) < 2 {
		return false
	}
	first, second := data[0], data[1]
	return first == 0xfe && second == 0xff || first == 0xff && second == 0xfe || (first == 0) != (second == 0)
}

// notNull returns the items of a list in JSON that are not null.
func notNull[T any](items []*T) []*T {
	return slices.DeleteFunc(items, func(item *T) bool { return item == nil })
}
