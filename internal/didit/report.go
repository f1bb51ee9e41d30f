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
	json      *jsontext.Decoder
	sessionID string // of the session that was asked for
	kept      *keptDecision
	known     []Feature           // of the arrays in featureTypes
	others    []Feature           // of arrays that look like them
	seen      uint64              // the fields that came already, as in fieldBits
	given     map[string]struct{} // the other arrays that gave a step

	// Copies of what is being read, since the decoder reuses its own buffer: a
	// name, the name of an array that no table names, a text.
	name, other, unquoted []byte
}

// keptDecision is a decision and, in the same piece of memory, what it points to.
// It is not part of the reader, because it would keep that, and with it the last
// bytes of the report, for as long as the decision is kept.
type keptDecision struct {
	decision Decision
	number   int64
	features [8]Feature // most sessions have no more
}

func newReportReader(from io.Reader, sessionID string) *reportReader {
	space, kept := make([]byte, 3*64), new(keptDecision)
	return &reportReader{
		json:      newReportDecoder(from),
		sessionID: sessionID,
		kept:      kept,
		known:     kept.features[:0],
		name:      space[0:0:64],
		other:     space[64:64:128],
		unquoted:  space[128:128:192],
	}
}

func newReportDecoder(from io.Reader) *jsontext.Decoder {
	return jsontext.NewDecoder(from,
		// What is skipped need not be valid text; what is kept is checked.
		jsontext.AllowInvalidUTF8(true),
		// Likewise: the decoder would keep every name of an object to compare it.
		jsontext.AllowDuplicateNames(true),
	)
}

func (r *reportReader) read() error {
	if err := r.enterObject("the answer", ""); err != nil {
		return err
	}
	for {
		more, err := r.nextField()
		if err != nil {
			return err
		}
		if !more {
			break
		}
		if err := r.field(); err != nil {
			return err
		}
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
	bit := fieldBits[string(r.name)]
	if _, given := r.given[string(r.name)]; given || r.seen&bit != 0 {
		return errTwice
	}
	r.seen |= bit

	keep := &r.kept.decision
	switch string(r.name) {
	case "session_id":
		return r.text("session_id", &keep.SessionID)
	case "status":
		return r.text("status", &keep.Status)
	case "session_kind":
		return r.text("session_kind", &keep.Kind)
	case "session_number":
		return r.integer("session_number", &r.kept.number, &keep.Number)
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
	switch kind := r.json.PeekKind(); {
	case kind == '[' && known:
		return r.knownArray(intern(r.name))
	case kind == '[':
		return r.otherArray()
	case known && kind != 'n' && isValue(kind):
		return shapeError(string(r.name) + " is not an array")
	default:
		return r.json.SkipValue()
	}
}

// knownArray reads an array of the table: each item is a step, with a status and,
// in a graph, a node ID.
func (r *reportReader) knownArray(name string) error {
	if err := r.enterArray(); err != nil {
		return err
	}
	for {
		more, err := r.nextItem()
		if err != nil || !more {
			return err
		}
		step, problem, err := r.step(name)
		switch {
		case err != nil:
			return err
		case problem == "" && step.Status == "":
			problem = "status is missing"
		}
		if problem != "" {
			return shapeError(problem + " in an item of " + name)
		}
		if step.NodeID == "" {
			step.NodeID = DefaultNodeID
		}
		step.Type = featureTypes[name]
		if err := r.keep(&r.known, step); err != nil {
			return err
		}
	}
}

// otherArray reads an array that no table names. What does not look like a step
// there, down to a text that is none, is somebody else's business.
func (r *reportReader) otherArray() error {
	r.other = append(r.other[:0], r.name...)
	if err := r.enterArray(); err != nil {
		return err
	}
	for {
		more, err := r.nextItem()
		if err != nil || !more {
			return err
		}
		if r.json.PeekKind() != '{' {
			if err := r.json.SkipValue(); err != nil {
				return err
			}
			continue
		}
		step, problem, err := r.step("")
		if err != nil {
			return err
		}
		if problem != "" || step.NodeID == "" || step.Status == "" {
			continue
		}
		step.Type = r.give()
		if err := r.keep(&r.others, step); err != nil {
			return err
		}
	}
}

// give notes that an array which no table names gives a step, and labels it.
func (r *reportReader) give() (label string) {
	if _, again := r.given[string(r.other)]; again {
		return r.others[len(r.others)-1].Type // the step before is of the same array
	}
	if r.given == nil {
		r.given = map[string]struct{}{}
	}
	array := string(r.other)
	r.given[array] = struct{}{}
	return featureTypeOf(array)
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
func (r *reportReader) step(array string) (step Feature, problem string, err error) {
	if err := r.enterObject("an item of ", array); err != nil {
		return step, "", err
	}
	var hasNodeID, hasStatus bool
	for {
		more, err := r.nextField()
		if err != nil || !more {
			return step, problem, err
		}
		wrong := ""
		switch string(r.name) {
		case "node_id":
			step.NodeID, wrong, err = r.stepText(&hasNodeID)
		case "status":
			step.Status, wrong, err = r.stepText(&hasStatus)
		default:
			err = r.json.SkipValue()
		}
		if err != nil {
			return step, "", err
		}
		if wrong != "" {
			problem = string(r.name) + wrong
		}
	}
}

func (r *reportReader) stepText(again *bool) (text, problem string, err error) {
	if *again {
		return "", "", errTwice
	}
	*again = true
	return r.anyText()
}

// fieldBits has a bit for each field of a report that is kept.
var fieldBits = func() map[string]uint64 {
	bits := map[string]uint64{}
	for _, field := range []string{"session_id", "status", "session_kind", "session_number", "workflow_id", "environment", "created_at", "expires_at"} {
		bits[field] = 1 << len(bits)
	}
	for array := range featureTypes {
		bits[array] = 1 << len(bits)
	}
	return bits
}()
