// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package didit

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
)

// reportReader walks through a decision report once and keeps what [Decision]
// has room for.
type reportReader struct {
	json     *jsontext.Decoder
	decision Decision
	known    []Feature // of the arrays in featureTypes
	others   []Feature // of arrays that look like them
	name     []byte    // the field being read; the decoder reuses its own buffer
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

// object calls field for every member of the object that comes next; field
// finds the member's name in r.name and has to read its value.
func (r *reportReader) object(what string, field func() error) error {
	if kind := r.json.PeekKind(); isValue(kind) && kind != '{' {
		return shapeError(what + " is not an object")
	}
	if _, err := r.json.ReadToken(); err != nil {
		return err
	}
	for r.json.PeekKind() != '}' {
		name, err := r.json.ReadValue()
		if err != nil {
			return err
		}
		r.name = appendText(r.name[:0], name)
		if err := field(); err != nil {
			return err
		}
	}
	_, err := r.json.ReadToken()
	return err
}

// isValue is false at the end of the input and where it is broken.
func isValue(kind jsontext.Kind) bool { return kind != 0 && kind != '}' && kind != ']' }

// field reads one member of the report itself.
func (r *reportReader) field() (err error) {
	keep := &r.decision
	switch string(r.name) {
	case "session_id":
		keep.SessionID, err = r.text("session_id")
	case "status":
		keep.Status, err = r.text("status")
	case "session_kind":
		keep.Kind, err = r.text("session_kind")
	case "session_number":
		keep.Number, err = r.integer("session_number")
	case "workflow_id":
		keep.WorkflowID, err = r.text("workflow_id")
	case "environment":
		keep.Environment, err = r.text("environment")
	case "created_at":
		keep.CreatedAt, err = r.text("created_at")
	case "expires_at":
		keep.ExpiresAt, err = r.text("expires_at")
	default:
		err = r.array()
	}
	return err
}

// array reads a member that may hold steps.
func (r *reportReader) array() error {
	label, known := featureTypes[string(r.name)]
	if known {
		return r.knownArray(string(r.name), label)
	}
	if r.json.PeekKind() != '[' {
		return r.json.SkipValue()
	}
	return r.otherArray(string(r.name))
}

// knownArray reads an array of the table: null until the feature has run; else
// each item is a step, with a status and, in a graph, a node ID.
func (r *reportReader) knownArray(name, label string) error {
	switch kind := r.json.PeekKind(); {
	case kind == 'n':
		return r.json.SkipValue()
	case kind != '[' && isValue(kind):
		return shapeError(name + " is not an array")
	}
	return r.items(func() error {
		step := Feature{NodeID: DefaultNodeID, Type: label}
		err := r.object("an item of "+name, func() error {
			switch string(r.name) {
			case "node_id":
				nodeID, err := r.text("node_id in " + name)
				if nodeID != "" {
					step.NodeID = nodeID
				}
				return err
			case "status":
				status, err := r.text("status in " + name)
				step.Status = status
				return err
			default:
				return r.json.SkipValue()
			}
		})
		if err != nil {
			return err
		}
		if step.Status == "" {
			return shapeError("an item of " + name + " has no status")
		}
		r.known = append(r.known, step)
		return nil
	})
}

// otherArray reads an array that no table names. What does not look like a step
// there is somebody else's business.
func (r *reportReader) otherArray(name string) error {
	return r.items(func() error {
		if r.json.PeekKind() != '{' {
			return r.json.SkipValue()
		}
		step := Feature{Type: featureTypeOf(name)}
		err := r.object(name, func() (err error) {
			isText := r.json.PeekKind() == '"'
			switch {
			case isText && string(r.name) == "node_id":
				step.NodeID, err = r.text("node_id in " + name)
			case isText && string(r.name) == "status":
				step.Status, err = r.text("status in " + name)
			default:
				err = r.json.SkipValue()
			}
			return err
		})
		if err == nil && step.NodeID != "" && step.Status != "" {
			r.others = append(r.others, step)
		}
		return err
	})
}

// items calls item for every item of the array that comes next.
func (r *reportReader) items(item func() error) error {
	if _, err := r.json.ReadToken(); err != nil {
		return err
	}
	for r.json.PeekKind() != ']' {
		if !isValue(r.json.PeekKind()) {
			_, err := r.json.ReadToken()
			return firstError(err, io.ErrUnexpectedEOF)
		}
		if err := item(); err != nil {
			return err
		}
	}
	_, err := r.json.ReadToken()
	return err
}

// text reads a string that is kept; null is "".
func (r *reportReader) text(what string) (string, error) {
	kind := r.json.PeekKind()
	value, err := r.json.ReadValue()
	if err != nil || kind == 'n' {
		return "", err
	}
	if kind != '"' {
		return "", shapeError(what + " is not a string")
	}
	plain := bytes.Trim(value, `"`)
	if common, ok := commonTexts[string(plain)]; ok {
		return common, nil
	}
	text := appendText(nil, value)
	if bytes.ContainsRune(text, utf8.RuneError) {
		return "", shapeError(what + " is not valid text")
	}
	return string(text), nil
}

// integer reads a whole number that is kept; null is nil.
func (r *reportReader) integer(what string) (*int64, error) {
	kind := r.json.PeekKind()
	value, err := r.json.ReadValue()
	if err != nil || kind == 'n' {
		return nil, err
	}
	number, err := strconv.ParseInt(string(value), 10, 64)
	if err != nil {
		return nil, shapeError(what + " is not a whole number")
	}
	return &number, nil
}

// appendText appends what a JSON string says; U+FFFD stands for what is no valid
// UTF-8 in it, which is all that can be wrong with a string that was read.
func appendText(to, quoted []byte) []byte {
	text, _ := jsontext.AppendUnquote(to, quoted)
	return text
}

// commonTexts are kept once, however many reports hold them.
var commonTexts = func() map[string]string {
	texts := map[string]string{}
	for _, text := range strings.Split("Approved,Declined,In Review,Not Finished,Expired,Resub Requested,Not Started,In Progress,Awaiting User,"+
		"Resubmitted,Kyc Expired,Abandoned,user,business,live,sandbox", ",") {
		texts[text] = text
	}
	return texts
}()
