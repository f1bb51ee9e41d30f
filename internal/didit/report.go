// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package didit

import (
	"cmp"
	"errors"
	"io"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/didit-community/terraform-provider-didit/internal/check"
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
	other    []Feature       // from arrays that are not in [check.FeatureTypes]
	unusable []UnusableItem  // from these arrays
	seen     map[string]bool // names of the members decoded so far
}

// readReport decodes a report, to the end of the input. If it fails, it returns what it
// has decoded so far.
func readReport(from io.Reader) (Decision, error) {
	r := reportReader{json: newReportDecoder(from), seen: map[string]bool{}}
	err := r.read()
	r.addOthers()
	r.decision.Status = strings.TrimSpace(CanonicalStatus(r.decision.Status))
	return r.decision, err
}

func (r *reportReader) read() error {
	if kind := r.json.PeekKind(); isValue(kind) && kind != '{' {
		return shapeError("the response is not an object")
	}
	if _, err := r.json.ReadToken(); err != nil {
		return err
	}
	for r.json.PeekKind() != '}' {
		name, err := r.json.ReadToken()
		if err != nil {
			return err
		}
		if err := r.member(name.String()); err != nil {
			return err
		}
	}
	if _, err := r.json.ReadToken(); err != nil {
		return err
	}
	switch _, err := r.json.ReadToken(); {
	case err == nil:
		return shapeError("it is followed by more data")
	case !errors.Is(err, io.EOF):
		return err
	}
	return nil
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

// addOthers adds the items of unknown arrays, except for nodes that a known array has: an
// unknown array that repeats them, such as a summary, would make every step ambiguous.
func (r *reportReader) addOthers() {
	known := map[string]bool{}
	for _, feature := range r.decision.Features {
		known[feature.NodeID] = true
	}
	for _, item := range r.decision.Unusable {
		known[item.NodeID] = true
	}
	for _, other := range r.other {
		if !known[other.NodeID] {
			r.decision.Features = append(r.decision.Features, other)
		}
	}
	for _, other := range r.unusable {
		if !known[other.NodeID] {
			r.decision.Unusable = append(r.decision.Unusable, other)
		}
	}
}

// member decodes or skips one member of the report itself.
func (r *reportReader) member(name string) error {
	if r.seen[name] {
		return errDuplicate
	}
	field, isField := fields[name]
	_, isFeature := check.FeatureTypes[name]
	isNumber := name == "session_number"
	if isField || isFeature || isNumber {
		r.seen[name] = true
	}
	kind := r.json.PeekKind()
	switch {
	case isField:
		return r.field(field(&r.decision))
	case isNumber:
		return r.number()
	case kind == '[':
		return r.array(name, isFeature)
	case isFeature && kind != 'n' && isValue(kind):
		r.decision.Unusable = append(r.decision.Unusable, UnusableItem{Type: check.CanonicalFeatureType(name), Problem: name + " is not an array"})
	}
	return r.json.SkipValue()
}

// field decodes a text. It leaves out any other value.
func (r *reportReader) field(to *string) error {
	var value text
	err := value.UnmarshalJSONFrom(r.json)
	*to = value.text
	return err
}

// number decodes a whole number. It leaves out any other value.
func (r *reportReader) number() error {
	value, err := r.json.ReadValue()
	if err != nil {
		return err
	}
	if number, err := strconv.ParseInt(string(value), 10, 64); err == nil {
		r.decision.Number = &number
	}
	return nil
}

// array decodes an array of features. An item of an unknown array is a feature if it
// has a node ID and a status.
func (r *reportReader) array(name string, isKnown bool) error {
	return eachItem(r.json, func(kind jsontext.Kind) error {
		if kind != '{' {
			if isKnown && isValue(kind) {
				if err := r.addUnusable(&r.decision.Unusable, UnusableItem{Type: check.CanonicalFeatureType(name), Problem: "an item of " + name + " is not an object"}); err != nil {
					return err
				}
			}
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
		return r.keepOther(name, found.item)
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

// keep adds an item of a known array. A hit needs no status of its AML check.
func (r *reportReader) keep(name string, found amlItem) error {
	nodeID, label := cmp.Or(found.NodeID.text, DefaultNodeID), check.CanonicalFeatureType(name)
	if problem := found.NodeID.problem; problem != "" && problem != isNull {
		return r.addUnusable(&r.decision.Unusable, UnusableItem{Type: label, Problem: "node_id" + problem})
	}
	if name == amlArray {
		if err := r.keepHits(nodeID, found.Hits); err != nil {
			return err
		}
	}
	if problem := found.Status.required(); problem != "" {
		return r.addUnusable(&r.decision.Unusable, UnusableItem{NodeID: nodeID, Type: label, Problem: "status" + problem})
	}
	return r.add(&r.decision.Features, Feature{nodeID, label, CanonicalStatus(found.Status.text)})
}

func (r *reportReader) keepHits(nodeID string, found hits) error {
	if found.problem == "" && !found.seen {
		found.problem = isMissing
	}
	if found.problem != "" {
		return r.addUnusable(&r.decision.Unusable, UnusableItem{NodeID: nodeID, Type: TypeAML, IsHit: true, IsAllHits: true, Problem: "hits" + found.problem})
	}
	for _, hit := range found.hits {
		hit.NodeID = nodeID
		r.decision.AMLHits = append(r.decision.AMLHits, hit)
	}
	for _, hit := range found.unusable {
		hit.NodeID = nodeID
		if err := r.addUnusable(&r.decision.Unusable, hit); err != nil {
			return err
		}
	}
	return nil
}

// arrayName is the form of the API's names. The name of an unknown array becomes a
// feature type in messages and in the state.
var arrayName = regexp.MustCompile(`^[a-z][a-z0-9_]{0,63}$`)

func (r *reportReader) keepOther(name string, found item) error {
	if found.NodeID.text == "" || !found.Status.seen || !arrayName.MatchString(name) {
		return nil
	}
	r.seen[name] = true
	if problem := found.Status.required(); problem != "" {
		return r.addUnusable(&r.unusable, UnusableItem{NodeID: found.NodeID.text, Type: check.CanonicalFeatureType(name), Problem: "status" + problem})
	}
	return r.add(&r.other, Feature{found.NodeID.text, check.CanonicalFeatureType(name), CanonicalStatus(found.Status.text)})
}

func (r *reportReader) add(to *[]Feature, feature Feature) error {
	*to = append(*to, feature)
	return r.checkSize()
}

func (r *reportReader) addUnusable(to *[]UnusableItem, item UnusableItem) error {
	*to = append(*to, item)
	return r.checkSize()
}

func (r *reportReader) checkSize() error {
	if len(r.decision.Features)+len(r.other)+len(r.unusable)+len(r.decision.Unusable) > maxFeatures || len(r.decision.AMLHits) > maxHits {
		return errTooMany
	}
	return nil
}

// Problems of a value, as the ends of sentences that begin with its name.
const (
	isMissing = " is missing"
	isNull    = " is null"
)

// text is a decoded string. It is "" for a value with a problem.
type text struct {
	text, problem string
	seen          bool
}

// UnmarshalJSONFrom reads the next value, of any type.
func (t *text) UnmarshalJSONFrom(from *jsontext.Decoder) error {
	if t.seen {
		t.text, t.problem = "", " is there twice"
		return from.SkipValue()
	}
	t.seen = true
	switch from.PeekKind() {
	case '"':
	case 'n':
		t.problem = isNull
		return from.SkipValue()
	default:
		t.problem = " is not a string"
		return from.SkipValue()
	}
	token, err := from.ReadToken()
	if err != nil {
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

// required returns the problem of a text that must not be empty or blank; "" for none.
func (t *text) required() string {
	switch {
	case t.problem != "" || !isBlank(t.text):
		return t.problem
	case t.seen:
		return " is empty"
	}
	return isMissing
}

func isBlank(text string) bool { return strings.TrimSpace(text) == "" }

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
	hits     []AMLHit
	unusable []UnusableItem
	problem  string // if there is one, no hit counts
	seen     bool
}

// UnmarshalJSONFrom reads the next value, of any type.
func (h *hits) UnmarshalJSONFrom(from *jsontext.Decoder) error {
	if h.seen {
		h.problem = " is there twice"
		return from.SkipValue()
	}
	h.seen = true
	switch from.PeekKind() {
	case '[':
	case 'n':
		h.problem = isNull
		return from.SkipValue()
	default:
		h.problem = " is not an array"
		return from.SkipValue()
	}
	return eachItem(from, func(kind jsontext.Kind) error {
		if kind != '{' {
			h.unusable = append(h.unusable, UnusableItem{Type: TypeAML, IsHit: true, Problem: "a hit is not an object"})
			if err := h.checkSize(); err != nil {
				return err
			}
			return from.SkipValue()
		}
		var found hit
		if err := json.UnmarshalDecode(from, &found); err != nil {
			return err
		}
		h.keep(found)
		return h.checkSize()
	})
}

func (h *hits) keep(found hit) {
	id, status := found.ID.required(), found.ReviewStatus.required()
	unusable := UnusableItem{Type: TypeAML, IsHit: true, HitID: found.ID.text}
	switch {
	case id != "":
		unusable.Problem = "id" + id
	case status != "":
		unusable.Problem = "review_status" + status
	default:
		h.hits = append(h.hits, AMLHit{ID: found.ID.text, ReviewStatus: CanonicalStatus(found.ReviewStatus.text), MatchScore: found.MatchScore.value, RiskScore: found.RiskScore.value})
		return
	}
	h.unusable = append(h.unusable, unusable)
}

func (h *hits) checkSize() error {
	if len(h.hits)+len(h.unusable) > maxHits {
		return errTooMany
	}
	return nil
}
