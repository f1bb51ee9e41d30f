// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package didit

import (
	"context"
	"iter"
	"net/url"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"
)

// Kinds of sessions.
const (
	KindUser     = "user"
	KindBusiness = "business"
)

// SessionQuery filters a list of sessions. All filters that are set apply.
type SessionQuery struct {
	// Kind is [KindUser] or [KindBusiness]; "" matches both.
	Kind string
	// Statuses and WorkflowIDs each match any of their members; empty matches all.
	Statuses, WorkflowIDs []string
	// VendorData matches exactly; "" matches all.
	VendorData string
	// CreatedFrom and CreatedTo are days in UTC (2026-06-30), both inclusive; "" for open.
	CreatedFrom, CreatedTo string
	// Search is a session's UUID or the beginning of a session number.
	Search string
}

// SessionSummary is a row of the list, without anything about the person or company.
// Fields that the API leaves out, or that have an unexpected type, are "" or nil.
type SessionSummary struct {
	SessionID string
	Kind      string
	Number    *int64
	// Status is in the spelling of [CanonicalStatus].
	Status    string
	CreatedAt string
	Features  []FeatureSummary
}

func (s SessionSummary) key() string { return s.SessionID }

func (s SessionSummary) keyName() string { return "session_id" }

// UnmarshalJSONFrom reads the next value, of any type.
func (s *SessionSummary) UnmarshalJSONFrom(from *jsontext.Decoder) error {
	var row struct {
		SessionID optional[string]           `json:"session_id"`
		Kind      optional[string]           `json:"session_kind"`
		Number    optional[*int64]           `json:"session_number"`
		Status    optional[string]           `json:"status"`
		CreatedAt optional[string]           `json:"created_at"`
		Features  optional[[]FeatureSummary] `json:"features"`
	}
	if err := decodeObject(from, &row); err != nil {
		return err
	}
	*s = SessionSummary{row.SessionID.value, row.Kind.value, row.Number.value, CanonicalStatus(row.Status.value), row.CreatedAt.value, row.Features.value}
	return nil
}

// FeatureSummary is one feature in a row, which has no node IDs. A part that the API
// leaves out is "".
type FeatureSummary struct {
	Type string
	// Status is in the spelling of [CanonicalStatus].
	Status string
}

// UnmarshalJSONFrom reads the next value: an object, or a text, which is the type.
func (f *FeatureSummary) UnmarshalJSONFrom(from *jsontext.Decoder) error {
	if from.PeekKind() == '"' {
		label, err := from.ReadToken()
		f.Type = label.String()
		return err
	}
	var feature struct {
		Type   optional[string] `json:"feature"`
		Status optional[string] `json:"status"`
	}
	err := decodeObject(from, &feature)
	*f = FeatureSummary{feature.Type.value, CanonicalStatus(feature.Status.value)}
	return err
}

// ListSessions lists sessions, KYC before KYB, each newest first, and reads pages as they
// are needed. It lists one kind after the other: without a kind, the API pages through
// both together, and rows of the second can be out of reach. It ends after an error, which
// is an [*Error] or the context's.
//
// Endpoint: GET /v3/sessions/.
func (c *Client) ListSessions(ctx context.Context, query SessionQuery) iter.Seq2[SessionSummary, error] {
	kinds := []string{KindUser, KindBusiness}
	if query.Kind != "" {
		kinds = []string{query.Kind}
	}
	return func(yield func(SessionSummary, error) bool) {
		for _, kind := range kinds {
			for row, err := range list[SessionSummary](ctx, c, "/v3/sessions/", query.values(kind)) {
				if err == nil && !query.includes(row.CreatedAt) {
					continue
				}
				// A 404 is another service's: a list can be empty, but is never missing.
				if !yield(row, rejectGeneral404(err)) || err != nil {
					return
				}
			}
		}
	}
}

func (q SessionQuery) values(kind string) url.Values {
	values := url.Values{}
	for name, value := range map[string]string{
		"session_kind": kind,
		"status":       strings.Join(q.Statuses, ","),
		"workflow_id":  strings.Join(q.WorkflowIDs, ","),
		"vendor_data":  q.VendorData,
		"date_from":    q.CreatedFrom,
		"date_to":      q.dateTo(kind),
		"search":       q.Search,
	} {
		if value != "" {
			values.Set(name, value)
		}
	}
	return values
}

// dateTo returns the day for the API's filter: for business sessions the day after
// CreatedTo, because the API excludes their last day. includes removes the sessions of
// that extra day.
func (q SessionQuery) dateTo(kind string) string {
	day, err := time.Parse(time.DateOnly, q.CreatedTo)
	if err != nil || kind != KindBusiness {
		return q.CreatedTo
	}
	return day.AddDate(0, 0, 1).Format(time.DateOnly)
}

// includes reports whether a time is not after the day CreatedTo.
func (q SessionQuery) includes(createdAt string) bool {
	return q.CreatedTo == "" || len(createdAt) < len(q.CreatedTo) || createdAt[:len(q.CreatedTo)] <= q.CreatedTo
}
