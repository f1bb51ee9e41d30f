// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package summary

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
)

// format is raised when the JSON of a summary, or its meaning, changes.
const format = 3

// document is a summary in JSON; the package comment describes it.
type document struct {
	Format     int        `json:"format"`
	Group      string     `json:"group"`
	Errored    bool       `json:"errored"`
	Incomplete bool       `json:"incomplete"`
	Decisions  []Decision `json:"decisions"`
	Warnings   []Warning  `json:"warnings"`
	Others     []Other    `json:"others"`
}

// JSON writes what two plans of the same decisions have in common.
func (s Summary) JSON() ([]byte, error) {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetIndent("", "  ")
	err := encoder.Encode(document{
		format, s.Group, s.Errored, s.Incomplete, s.planned(),
		append([]Warning{}, s.Warnings...), append([]Other{}, s.Others...),
	})
	// In a log, ##[…] and ##vso[…] would be commands to the CI service.
	return bytes.ReplaceAll(text.Bytes(), []byte("##"), []byte(`#\u0023`)), err
}

// ParseJSON reads what JSON has written.
func ParseJSON(data []byte) (Summary, error) {
	var version struct {
		Format *int `json:"format"`
	}
	if err := json.Unmarshal(data, &version); err != nil {
		return Summary{}, fmt.Errorf("it is not the JSON of a summary: %w", err)
	}
	switch {
	case version.Format == nil:
		return Summary{}, errors.New("it is JSON, but not of a summary; write one with -format json")
	case *version.Format != format:
		return Summary{}, fmt.Errorf("it has format %d, but this version of didit-plan-summary reads format %d; use the same version for both, and have the plan reviewed again", *version.Format, format)
	}
	var read document
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&read); err != nil {
		return Summary{}, fmt.Errorf("it is not the JSON of a summary: %w", err)
	}
	if read.Decisions == nil || read.Warnings == nil || read.Others == nil {
		return Summary{}, errors.New("it lacks decisions, warnings or others, of which there is always a list; write it again with -format json")
	}
	summary := Summary{Group: read.Group, Errored: read.Errored, Incomplete: read.Incomplete, Decisions: read.Decisions, Warnings: read.Warnings, Others: read.Others}
	summary.sort()
	return summary, nil
}
