// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package didit

import (
	"context"
	"iter"
	"net/url"
	"strings"
)

// Kinds of sessions.
const (
	KindUser     = "user"
	KindBusiness = "business"
)

// SessionQuery filters a list of sessions. All filters that are set apply.
type SessionQuery struct {
	// Kind is [KindUser] or [KindBusiness]. The API pages through one kind at a time.
	// Without a kind, rows of the second can be out of reach.
	Kind string
	// Statuses and WorkflowIDs each match any of their members; empty matches all.
	Statuses, WorkflowIDs []string
	// VendorData matches exactly; "" matches all.
	VendorData string
	// CreatedFrom and CreatedTo are days in UTC (2026-06-30), "" for open. For
	// business sessions CreatedTo ends when that day begins.
	CreatedFrom, CreatedTo string
	// Search is a session's UUID or the beginning of a session number.
	Search string
}

// SessionSummary is a row of the list, without anything about the person or company.
type SessionSummary struct {
	SessionID string           `json:"session_id"`
	Kind      string           `json:"session_kind"`
	Number    *int64           `json:"session_number"`
	Status    string           `json:"status"`
	CreatedAt string           `json:"created_at"`
	Features  []FeatureSummary `json:"features"`
}

func (s SessionSummary) key() string { return s.SessionID }

// FeatureSummary is one feature in a row, which has no node IDs.
type FeatureSummary struct {
	Type   string `json:"feature"`
	Status string `json:"status"`
}

// ListSessions lists sessions, newest first, and reads pages as they are needed. It
// ends after an error, which is an [*Error] or the context's.
//
// Endpoint: GET /v3/sessions/.
func (c *Client) ListSessions(ctx context.Context, query SessionQuery) iter.Seq2[SessionSummary, error] {
	values := url.Values{}
	for name, value := range map[string]string{
		"session_kind": query.Kind,
		"status":       strings.Join(query.Statuses, ","),
		"workflow_id":  strings.Join(query.WorkflowIDs, ","),
		"vendor_data":  query.VendorData,
		"date_from":    query.CreatedFrom,
		"date_to":      query.CreatedTo,
		"search":       query.Search,
	} {
		if value != "" {
			values.Set(name, value)
		}
	}
	return list[SessionSummary](ctx, c, "/v3/sessions/", values)
}
