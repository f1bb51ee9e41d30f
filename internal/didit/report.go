// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package didit

import (
	"cmp"
	"errors"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// This file decodes a decision report as a stream. The variable fields and the types
// item, amlItem and hit declare what is decoded. Everything else is skipped, and never
// held in memory.

const (
	// maxFeatures and maxHits bound the memory that a report takes. Sessions have a
	// dozen features and a few hits.
	maxFeatures = 10_000
	maxHits     = 10_000
	// maxTextBytes bounds each decoded string, because messages and states contain
	// them. The API's own are far shorter.
	maxTextBytes = 1 << 10
)

// fields are the decoded strings of the report itself.
var fields = map[string]func(*Decision) *string{
	"session_id":   func(d *Decision) *string { return &d.SessionID },
	"status":       func(d *Decision) *string { return &d.Status },
	"session_kind": func(d *Decision) *string { return &d.Kind },
	"workflow_id":  func(d *Decision) *string { return &d.WorkflowID },
	"environment":  func(d *Decision) *string { return &d.Environment },
	"created_at":   func(d *Decision) *string { return &d.CreatedAt },
	"expires_at":   func(d *Decision) *string { return &d.ExpiresAt },
}

// item is a feature: an item of one of the report's arrays.
type item struct {
	NodeID text `json:"node_id"`
	Status text `json:"status"`
}

// amlItem is a feature with hits: an item of the AML screenings.
type amlItem struct {
	item
	Hits hits `json:"hits"`
}

// hit is an AML hit.
type hit struct {
	ID           text  `json:"id"`
	ReviewStatus text  `json:"review_status"`
	MatchScore   score `json:"match_score"`
	RiskScore    score `json:"risk_score"`
}

// reportReader reads one report.
type reportReader struct {
	json     *jsontext.Decoder
	decision Decision
	unknown  []Feature       // from arrays that are not in featureTypes
	seen     map[string]bool // names of the members decoded so far
}

// readReport decodes a report, to the end of the input.
func readReport(from io.Reader) (*Decision, error) {
	r := reportReader{json: newReportDecoder(from), seen: map[string]bool{}}
	if kind := r.json.PeekKind(); isValue(kind) && kind != '{' {
		return nil, shapeError("the response is not an object")
	}
	if _, err := r.json.ReadToken(); err != nil {
		return nil, err
	}
	for r.json.PeekKind() != '}' {
		name, err := r.json.ReadToken()
		if err != nil {
			return nil, err
		}
		if err := r.member(name.String()); err != nil {
			return nil, err
		}
	}
	if _, err := r.json.ReadToken(); err != nil {
		return nil, err
	}
	switch _, err := r.json.ReadToken(); {
	case err == nil:
		return nil, shapeError("it is followed by more data")
	case !errors.Is(err, io.EOF):
		return nil, err
	}
	return r.result(), nil
}

func newReportDecoder(from io.Reader) *jsontext.Decoder {
	return jsontext.NewDecoder(from,
		// Skipped values may be invalid text. The type text checks decoded ones.
		jsontext.AllowInvalidUTF8(true),
		// Otherwise the decoder would keep all names of an object in memory.
		jsontext.AllowDuplicateNames(true),
	)
}

// isValue is false at the end of the input and where the input is malformed.
func isValue(kind jsontext.Kind) bool { return kind != 0 && kind != '}' && kind != ']' }

// result adds the features of unknown arrays, except for nodes that a known array
// has: an unknown array that repeats them, such as a summary, would make every step
// ambiguous.
func (r *reportReader) result() *Decision {
	known := r.decision.Features
	for _, other := range r.unknown {
		if !slices.ContainsFunc(known, func(feature Feature) bool { return feature.NodeID == other.NodeID }) {
			r.decision.Features = append(r.decision.Features, other)
		}
	}
	decision := r.decision // a copy, because r refers to the decoder and its buffer
	return &decision
}

// member decodes or skips one member of the report itself.
func (r *reportReader) member(name string) error {
	if r.seen[name] {
		return errDuplicate
	}
	field, isField := fields[name]
	_, isFeature := featureTypes[name]
	isNumber := name == "session_number"
	if isField || isFeature || isNumber {
		r.seen[name] = true
	}
	kind := r.json.PeekKind()
	switch {
	case isField:
		return r.field(name, field(&r.decision))
	case isNumber:
		return r.number(name)
	case kind == '[':
		return r.array(name, isFeature)
	case isFeature && kind != 'n' && isValue(kind):
		return shapeError(name + " is not an array")
	}
	return r.json.SkipValue()
}

func (r *reportReader) field(name string, to *string) error {
	var value text
	if err := value.UnmarshalJSONFrom(r.json); err != nil {
		return err
	}
	*to = value.text
	return value.check(name)
}

// number decodes a whole number. It leaves null out.
func (r *reportReader) number(name string) error {
	kind := r.json.PeekKind()
	value, err := r.json.ReadValue()
	if err != nil || kind == 'n' {
		return err
	}
	number, err := strconv.ParseInt(string(value), 10, 64)
	if err != nil {
		return shapeError(name + " is not a whole number")
	}
	r.decision.Number = &number
	return nil
}

// array decodes an array of features. An item of an unknown array is a feature if it
// has a node ID and a status.
func (r *reportReader) array(name string, isKnown bool) error {
	return eachItem(r.json, func(kind jsontext.Kind) error {
		switch {
		case kind == '{':
		case isKnown && isValue(kind):
			return shapeError("an item of " + name + " is not an object")
		default:
			return r.json.SkipValue()
		}
		var found amlItem
		target := any(&found.item)
		if name == amlArray {
			target = &found
		}
		if err := json.UnmarshalDecode(r.json, target); err != nil {
			return err
		}
		if isKnown {
			return r.keep(name, found)
		}
		return r.keepUnknown(name, found.item)
	})
}

// eachItem calls item for each item of the next array. item has to read one value.
func eachItem(from *jsontext.Decoder, item func(kind jsontext.Kind) error) error {
	if _, err := from.ReadToken(); err != nil {
		return err
	}
	for from.PeekKind() != ']' {
		if err := item(from.PeekKind()); err != nil {
			return err
		}
	}
	_, err := from.ReadToken()
	return err
}

func (r *reportReader) keep(name string, found amlItem) error {
	where := " in an item of " + name
	for _, err := range []error{found.NodeID.check("node_id"), found.Status.check("status"), found.Hits.err} {
		if err != nil {
			return shapeError(err.Error() + where)
		}
	}
	if found.Status.text == "" {
		return shapeError("status is missing" + where)
	}
	nodeID := cmp.Or(found.NodeID.text, DefaultNodeID)
	for _, hit := range found.Hits.hits {
		hit.NodeID = nodeID
		r.decision.AMLHits = append(r.decision.AMLHits, hit)
	}
	return r.add(&r.decision.Features, Feature{nodeID, featureTypeOf(name), found.Status.text})
}

// arrayName is the form of the API's names. The name of an unknown array becomes a
// feature type in messages and in the state.
var arrayName = regexp.MustCompile(`^[a-z][a-z0-9_]{0,63}$`)

func (r *reportReader) keepUnknown(name string, found item) error {
	if found.NodeID.text == "" || found.Status.text == "" || !arrayName.MatchString(name) {
		return nil
	}
	r.seen[name] = true
	return r.add(&r.unknown, Feature{found.NodeID.text, featureTypeOf(name), found.Status.text})
}

func (r *reportReader) add(to *[]Feature, feature Feature) error {
	if len(r.decision.Features)+len(r.unknown) == maxFeatures || len(r.decision.AMLHits) > maxHits {
		return shapeError("it has more steps or hits than a session can have")
	}
	*to = append(*to, feature)
	return nil
}

// text is a decoded string. It is "" for null, and for a value with a problem.
type text struct {
	text, problem string
	seen          bool
}

// UnmarshalJSONFrom reads the next value, of any type.
func (t *text) UnmarshalJSONFrom(from *jsontext.Decoder) error {
	if t.seen {
		return errDuplicate
	}
	t.seen = true
	kind := from.PeekKind()
	if kind != '"' && kind != 'n' {
		t.problem = " is not a string"
		return from.SkipValue()
	}
	token, err := from.ReadToken()
	if err != nil || kind == 'n' {
		return err
	}
	switch value := token.String(); {
	case len(value) > maxTextBytes:
		t.problem = " is too long"
	case strings.ContainsRune(value, utf8.RuneError): // the decoder's replacement for invalid UTF-8
		t.problem = " is not valid text"
	default:
		t.text = value
	}
	return nil
}

func (t *text) check(name string) error {
	if t.problem == "" {
		return nil
	}
	return shapeError(name + t.problem)
}

// score is a decoded number. It is nil for any other value.
type score struct{ value *float64 }

// UnmarshalJSONFrom reads the next value, of any type.
func (s *score) UnmarshalJSONFrom(from *jsontext.Decoder) error {
	if from.PeekKind() != '0' {
		return from.SkipValue()
	}
	value, err := from.ReadValue()
	if err != nil {
		return err
	}
	if number, err := strconv.ParseFloat(string(value), 64); err == nil {
		s.value = &number
	}
	return nil
}

// hits are the AML hits of one screening.
type hits struct {
	hits []AMLHit
	err  error
	seen bool
}

// UnmarshalJSONFrom reads the next value, of any type.
func (h *hits) UnmarshalJSONFrom(from *jsontext.Decoder) error {
	if h.seen {
		return errDuplicate
	}
	h.seen = true
	kind := from.PeekKind()
	if kind != '[' {
		if kind != 'n' {
			h.err = shapeError("hits is not an array")
		}
		return from.SkipValue()
	}
	return eachItem(from, func(kind jsontext.Kind) error {
		if kind != '{' {
			h.err = shapeError("a hit is not an object")
			return from.SkipValue()
		}
		var found hit
		if err := json.UnmarshalDecode(from, &found); err != nil {
			return err
		}
		return h.keep(found)
	})
}

func (h *hits) keep(found hit) error {
	switch {
	case found.ID.text == "" || found.ReviewStatus.text == "":
		h.err = shapeError("a hit has no usable id or review_status")
	case len(h.hits) == maxHits:
		return shapeError("it has more steps or hits than a session can have")
	default:
		h.hits = append(h.hits, AMLHit{ID: found.ID.text, ReviewStatus: found.ReviewStatus.text, MatchScore: found.MatchScore.value, RiskScore: found.RiskScore.value})
	}
	return nil
}
