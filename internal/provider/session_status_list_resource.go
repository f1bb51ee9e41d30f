// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/list/schema"

	"github.com/didit-community/terraform-provider-didit/internal/decisions"
	"github.com/didit-community/terraform-provider-didit/internal/didit"
)

// sessionListFilter is the config of a list block.
type sessionListFilter struct {
	sessionFilterModel
	Statuses []string `tfsdk:"statuses"`
}

// newSessionStatusListResource returns the list of sessions.
func newSessionStatusListResource() list.ListResource {
	return &decisionListResource[sessionListFilter]{
		resourceBase: resourceBase{name: sessionStatusKind.name},
		query:        func(filter sessionListFilter) didit.SessionQuery { return filter.query(filter.Statuses) },
		find:         findSession,
		schema: schema.Schema{
			MarkdownDescription: "Finds the Didit verification sessions that match all filters, for `terraform query` (Terraform 1.14 and later), which can write their `import` blocks and configuration. " +
				"It costs one read per hundred matching sessions. Terraform ends the list at the block's `limit`, which defaults to 100.",
			Attributes: withSessionFilters(map[string]schema.Attribute{
				"statuses": listFilter("Find only sessions with these statuses, such as `In Review`. Defaults to all.", sessionStatusesValidator),
			}),
		},
	}
}

// findSession returns the session itself, or a warning if it has no status. It reads nothing,
// because the list of sessions has the status.
func findSession(_ context.Context, _ *decisions.Service, _ sessionListFilter, session didit.SessionSummary) ([]listed, error) {
	if session.Status == "" {
		return []listed{{warning: diag.NewWarningDiagnostic(summaryUnusable, fmt.Sprintf("Session %s is left out. Didit's list of sessions shows no status of it.", session.SessionID))}}, nil
	}
	found := sessionStatusKind.newDecision([]string{session.SessionID}, session.Status)
	return []listed{{decision: found, displayName: fmt.Sprintf("%s: %s", session.SessionID, session.Status)}}, nil
}
