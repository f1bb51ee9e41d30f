// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package didit

import (
	"errors"
	"io"
	"slices"

	"github.com/go-json-experiment/json/jsontext"
)

// maxSteps bounds what is kept of a report, however long it is. Sessions have a
// dozen steps.
const maxSteps = 10_000

// reportReader walks through a decision report once and keeps what [Decision]
// has room for.
type reportReader struct {
	json     *jsontext.Decoder
	decision Decision
	known    []Feature // of the arrays in featureTypes
	others   []Feature // of arrays that look like them
	seen     map[string]struct{}
	name     []byte // the field being read; the decoder reuses its own buffer
	unquoted []byte // the text being read
}

func newReportReader(from io.Reader) *reportReader {
	return &reportReader{
		json: jsontext.NewDecoder(from,
			// What is skipped need not be valid text; what is kept is checked.
			jsontext.AllowInvalidUTF8(true),
			// Likewise: the decoder would keep every name of an object to compare it.
			jsontext.AllowDuplicateNames(true),
		),
		seen: make(map[string]struct{}, 32),
	}
}

func (r *reportReader) read() error {
	if err := r.object("the answer", r.field); err != nil {
		return err
	}
	if _, err := r.json.ReadToken(); !errors.Is(err, io.EOF) {
		return firstError(err, shapeError("something follows it"))
	}
	return nil
}

func firstError(err, otherwise error) error {
	if err != nil {
		return err
	}
	return otherwise
}

// features are the steps of the report. One of an array that is not known
// counts only where no known array has its node: a summary that repeats the
// nodes would make every one of them ambiguous.
func (r *reportReader) features() []Feature {
	features := r.known
	for _, other := range r.others {
		if !slices.ContainsFunc(r.known, func(known Feature) bool { return known.NodeID == other.NodeID }) {
			features = append(features, other)
		}
	}
	return features
}

// field reads one member of the report itself.
func (r *reportReader) field() error {
	keep := &r.decision
	switch string(r.name) {
	case "session_id":
		return r.text("session_id", &keep.SessionID)
	case "status":
		return r.text("status", &keep.Status)
	case "session_kind":
		return r.text("session_kind", &keep.Kind)
	case "session_number":
		return r.integer("session_number", &keep.Number)
	case "workflow_id":
		return r.text("workflow_id", &keep.WorkflowID)
	case "environment":
		return r.text("environment", &keep.Environment)
	case "created_at":
		return r.text("created_at", &keep.CreatedAt)
	case "expires_at":
		return r.text("expires_at", &keep.ExpiresAt)
	default:
		return r.array()
	}
}

// array reads a member that may hold steps: one of the table is null until the
// feature has run.
func (r *reportReader) array() error {
	_, known := featureTypes[string(r.name)]
	_, again := r.seen[string(r.name)]
	switch kind := r.json.PeekKind(); {
	case again:
		return errTwice
	case kind == '[' && known:
		return r.knownArray(intern(r.name))
	case kind == '[':
		return r.otherArray(string(r.name))
	case known && kind != 'n' && isValue(kind):
		return shapeError(string(r.name) + " is not an array")
	default:
		return r.json.SkipValue()
	}
}

// knownArray reads an array of the table: each item is a step, with a status and,
// in a graph, a node ID.
func (r *reportReader) knownArray(name string) error {
	label, what := featureTypes[name], "an item of "+name
	r.seen[name] = struct{}{}
	return r.items(func() error {
		step, problem, err := r.step(what)
		switch {
		case err != nil:
			return err
		case problem != "":
			return shapeError(problem + " in " + name)
		case step.Status == "":
			return shapeError(what + " has no status")
		case step.NodeID == "":
			step.NodeID = DefaultNodeID
		}
		step.Type = label
		return r.keep(&r.known, step)
	})
}

// otherArray reads an array that no table names. What does not look like a step
// there, down to a text that is none, is somebody else's business.
func (r *reportReader) otherArray(name string) error {
	label := featureTypeOf(name)
	return r.items(func() error {
		if r.json.PeekKind() != '{' {
			return r.json.SkipValue()
		}
		step, problem, err := r.step("")
		if err != nil || problem != "" || step.NodeID == "" || step.Status == "" {
			return err
		}
		r.seen[name] = struct{}{}
		step.Type = label
		return r.keep(&r.others, step)
	})
}

func (r *reportReader) keep(steps *[]Feature, step Feature) error {
	if len(r.known)+len(r.others) >= maxSteps {
		return shapeError("it has more steps than a session can have")
	}
	*steps = append(*steps, step)
	return nil
}

// step reads the node ID and the status of an item; problem is why one of them is
// no text that can be kept.
func (r *reportReader) step(what string) (step Feature, problem string, err error) {
	var hasNodeID, hasStatus bool
	keep := func(field string, to *string, has *bool) error {
		if *has {
			return errTwice
		}
		*has = true
		value, wrong, err := r.anyText()
		if *to = value; wrong != "" {
			problem = field + wrong
		}
		return err
	}
	err = r.object(what, func() error {
		switch string(r.name) {
		case "node_id":
			return keep("node_id", &step.NodeID, &hasNodeID)
		case "status":
			return keep("status", &step.Status, &hasStatus)
		default:
			return r.json.SkipValue()
		}
	})
	return step, problem, err
}
