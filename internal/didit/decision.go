// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package didit

import (
	"errors"
	"io"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// maxReportBytes bounds a report. They are 20 to 40 KB; one with thousands of
// AML hits may have megabytes.
const maxReportBytes = 32 << 20

// Decision is what is kept of a decision report; everything else of it, which
// is full of personal data, is skipped unread.
//
// Endpoint: GET /v3/session/{session_id}/decision/.
type Decision struct {
	SessionID string
	// Status is the session's own, such as In Review.
	Status string
	// Kind is user (KYC) or business (KYB).
	Kind string
	// Number counts the application's sessions; nil where the API gives none.
	Number *int64
	// WorkflowID is the UUID of the workflow.
	WorkflowID string
	// Environment is live or sandbox.
	Environment string
	// CreatedAt and ExpiresAt are times as the API writes them (RFC 3339); "" for none.
	CreatedAt, ExpiresAt string
	// Features are the steps that have run, in the report's order.
	Features []Feature
}

// decodeDecision reads a report as a stream, to its end.
func decodeDecision(body io.Reader, sessionID string) (*Decision, *Error) {
	report := newReportReader(newBoundedReader(body), sessionID)
	if err := report.read(); err != nil {
		return nil, reportError(err)
	}
	decision := &report.kept.decision
	switch {
	case !strings.EqualFold(decision.SessionID, sessionID):
		return nil, reportError(shapeError("its session_id is not that of the session that was asked for"))
	case decision.Status == "":
		return nil, reportError(shapeError("it has no status"))
	}
	decision.Features = report.features()
	return decision, nil
}

// reportError makes the client's error of what went wrong in a report. A cut or
// garbled one may be whole the next time; another shape stays what it is. The
// decoder's own text stays out of it, because it can quote the report.
func reportError(err error) *Error {
	var shape shapeError
	switch {
	case errors.As(err, &shape):
		return &Error{Kind: KindNotAPI, Detail: "The answer is JSON, but no decision report: " + string(shape) + "."}
	case errors.Is(err, errTooLarge):
		return &Error{Kind: KindNotAPI, Detail: "The answer is longer than a decision report can be (32 MiB)."}
	case errors.Is(err, errTwice), errors.Is(err, jsontext.ErrDuplicateName):
		return &Error{Kind: KindNotAPI, Detail: "The answer is ambiguous: a field stands in it twice."}
	default:
		return &Error{Kind: KindBroken, Detail: "The decision report is cut or garbled.", Unclear: true}
	}
}

// shapeError is JSON that is no decision report. Its text names fields of the
// API, never a value.
type shapeError string

func (e shapeError) Error() string { return string(e) }

var errTooLarge = errors.New("too large")

// boundedReader fails where io.LimitReader would end, which would look like a
// cut answer and be asked for again.
type boundedReader struct {
	from io.Reader
	left int // one more than allowed: only that one is too many
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
