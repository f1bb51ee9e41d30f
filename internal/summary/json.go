// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package summary

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
)

// format is raised when the JSON of a summary, or what it means, changes.
const format = 1

// document is a summary in JSON; the package comment describes it.
type document struct {
	Format     int        `json:"format"`
	Errored    bool       `json:"errored"`
	Incomplete bool       `json:"incomplete"`
	Decisions  []Decision `json:"decisions"`
	Others     []Other    `json:"others"`
}

// JSON writes what two plans of the same decisions have in common.
func (s Summary) JSON() ([]byte, error) {
	others := s.Others
	if others == nil {
		others = []Other{}
	}
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetIndent("", "  ")
	err := encoder.Encode(document{format, s.Errored, s.Incomplete, s.planned(), others})
	return text.Bytes(), err
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
		return Summary{}, fmt.Errorf("it has format %d, and this version of the command reads format %d; use one version for both", *version.Format, format)
	}
	var read document
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&read); err != nil {
		return Summary{}, fmt.Errorf("it is not the JSON of a summary: %w", err)
	}
	if read.Decisions == nil {
		return Summary{}, errors.New("it has no decisions, not even an empty list of them")
	}
	for _, decision := range read.Decisions {
		if _, known := titles[decision.Group]; !known {
			return Summary{}, fmt.Errorf("it has a group %q, which does not exist", decision.Group)
		}
	}
	summary := Summary{Errored: read.Errored, Incomplete: read.Incomplete, Decisions: read.Decisions, Others: read.Others}
	summary.sort()
	return summary, nil
}
