// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package didit

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// maxReportBytes bounds a report. Reports have 20 to 40 KB; with thousands of AML
// hits, a report may have megabytes.
const maxReportBytes = 32 << 20

// Decision is the part of a decision report that the client decodes. It skips the
// rest, which is full of personal data.
type Decision struct {
	SessionID string
	// Status is the session's own, such as In Review; "" if the report has no usable one.
	Status string
	// Kind is user (KYC) or business (KYB).
	Kind string
	// Number counts the application's sessions; nil if the report has none.
	Number *int64
	// WorkflowID is the UUID of the workflow.
	WorkflowID string
	// Environment is live or sandbox.
	Environment string
	// CreatedAt and ExpiresAt are times as the API writes them (RFC 3339); "" for none.
	CreatedAt, ExpiresAt string
	// Features are the steps that have run, in the report's order.
	Features []Feature
	// AMLHits are the hits of all AML screenings, in the report's order.
	AMLHits []AMLHit
	// Unusable are the features and hits that can be neither shown nor decided.
	Unusable []UnusableItem
}

// UnusableItem is a feature or hit that a report has, but without a status, or without
// an ID that the API accepts. It does not affect other features and hits.
//
// If a workflow restricts response attributes, the fields of a feature are null, hits
// among them: that is not the same as no hits.
type UnusableItem struct {
	// NodeID is the feature's node, or that of the hit's AML check; "" if the report does
	// not show it.
	NodeID string
	// Type is the label of the feature's type; [TypeAML] for a hit.
	Type string
	// IsHit: the item is one hit; with IsAllHits, all hits of an AML check.
	IsHit, IsAllHits bool
	// HitID is the hit's ID; "" if the report does not show it.
	HitID string
	// Problem is a sentence without a period, such as "status is null". It contains names
	// of the API's fields, never a value.
	Problem string
}

// HidesHits reports whether AMLHits lacks all hits of an AML check, because the report
// does not show them, or not the check.
func (d *Decision) HidesHits() bool {
	return slices.ContainsFunc(d.Unusable, UnusableItem.HidesHits)
}

// HidesHits reports whether the item is all hits of an AML check, or an AML check that
// the report does not show.
func (i UnusableItem) HidesHits() bool {
	return i.Type == TypeAML && (i.IsAllHits || !i.IsHit && i.NodeID == "")
}

// RetrieveDecision reads a session's decision report.
//
// It retries, at most MaxRetries times, after a 429, a 5xx, a broken connection, or a
// response that is cut off or malformed. Errors are of type [*Error], or the context's.
//
// Endpoint: GET /v3/session/{session_id}/decision/.
func (c *Client) RetrieveDecision(ctx context.Context, sessionID string) (*Decision, error) {
	path, err := joinPath("v3", "session", sessionID, "decision")
	if err != nil {
		return nil, err
	}
	var decision *Decision
	err = c.read(ctx, call{path: path, decode: func(body io.Reader) (failure *Error) {
		decision, failure = decodeDecision(body, sessionID)
		return failure
	}})
	if err != nil {
		return nil, err
	}
	return decision, nil
}

// decodeDecision decodes a report, and checks that it is the requested session's.
func decodeDecision(body io.Reader, sessionID string) (*Decision, *Error) {
	decision, err := readReport(newBoundedReader(body))
	isRequested := strings.EqualFold(decision.SessionID, sessionID)
	switch {
	case err != nil:
		failure := reportError(err)
		if failure.Kind == KindNotAPI && isRequested {
			failure.Kind = KindUnexpected
		}
		return nil, failure
	case !isRequested:
		return nil, reportError(shapeError("its session_id is not that of the requested session"))
	}
	return &decision, nil
}

// reportError converts an error of the decoder. A response that is cut off may be
// complete after a retry; JSON of another shape is not retried. The error does not
// contain the decoder's own text, which can quote the report.
func reportError(err error) *Error {
	var shape shapeError
	switch {
	case errors.As(err, &shape):
		return &Error{Kind: KindNotAPI, Detail: "The response is JSON, but not a decision report: " + string(shape) + "."}
	case errors.Is(err, errTooLarge):
		return &Error{Kind: KindNotAPI, Detail: "The response is longer than 32 MiB."}
	case errors.Is(err, errDuplicate), errors.Is(err, jsontext.ErrDuplicateName):
		return &Error{Kind: KindNotAPI, Detail: "The response is ambiguous: it contains a field twice."}
	default:
		return &Error{Kind: KindMalformed, Detail: "The response is cut off or not valid JSON.", OutcomeUnknown: true}
	}
}

// shapeError describes JSON that is not a decision report. It contains names of the
// API's fields, never a value.
type shapeError string

func (e shapeError) Error() string { return string(e) }

var (
	errTooLarge = errors.New("too large")
	errTooMany  = shapeError("it has more steps or hits than a session can have")
	// errDuplicate is a decoded field that an object has twice. Decoders differ about
	// which one counts.
	errDuplicate = errors.New("duplicate field")
)

// boundedReader fails after maxReportBytes. io.LimitReader would end there, which is
// the same as a response that is cut off, and would be retried.
type boundedReader struct {
	from io.Reader
	left int // bytes until it fails
}

func newBoundedReader(from io.Reader) *boundedReader {
	return &boundedReader{from: from, left: maxReportBytes + 1}
}

func (b *boundedReader) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errTooLarge
	}
	n, err := b.from.Read(p[:min(len(p), b.left)])
	b.left -= n
	return n, err
}
