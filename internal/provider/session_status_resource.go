// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/didit-community/terraform-provider-didit/internal/check"
	"github.com/didit-community/terraform-provider-didit/internal/decisions"
	"github.com/didit-community/terraform-provider-didit/internal/didit"
)

// newSessionStatusResource returns didit_session_status: the decision on a session
// itself.
func newSessionStatusResource() resource.Resource { return newDecisionResource(sessionStatusKind) }

var sessionStatusKind = &decisionKind{
	name:           "session_status",
	valueAttribute: "status",
	address: []addressAttribute{
		{"session_id", "UUID of the session, in lower case.", check.SessionID, false, nil},
	},
	importForm:   "session_id, as in \"11111111-2222-4333-8444-555555555555\"",
	subject:      func(address []string) decisions.Subject { return decisions.SessionRef{SessionID: address[0]} },
	addressOf:    func(subject decisions.Subject) []string { return []string{subject.Session()} },
	sendsComment: true,
	identifying:  allParts,
	planWarnings: sessionPlanWarnings,
	schema: schema.Schema{
		MarkdownDescription: "The decision on a Didit verification session itself: a change `from` the status that its reviewer saw, which is made once. " +
			"Decide its AML hits and steps first, ordered by `depends_on`. " +
			"Destroying the resource leaves the decision in place, because Didit has no undo.",
		Attributes: withCommonAttributes(map[string]schema.Attribute{
			"id": schema.StringAttribute{
				MarkdownDescription: "The import ID: the same as `session_id`.",
				Computed:            true,
			},
			"status": schema.StringAttribute{
				MarkdownDescription: "The wanted status: `Approved` or `Declined`; to re-open a session, use the action `didit_session_resubmission`. Changing this makes one change in Didit, which records it with the comment on the audit trail. After a refresh, the state contains the status that Didit reports, which can be any, such as `In Review`.",
				Required:            true,
				Validators:          []validator.String{sessionStatusValidator},
			},
			"comment": commentAttribute(),
		}),
	},
}

// sessionPlanWarnings warns if the change switches ongoing AML monitoring on or off. It
// returns nothing if no cached decision shows that the session has an AML check.
//
// Endpoint: PATCH /v3/session/{session_id}/update-status/.
func sessionPlanWarnings(change decisions.Change, cached *didit.Decision) (diagnostics diag.Diagnostics) {
	isAML := func(feature didit.Feature) bool { return feature.Type == didit.TypeAML }
	if cached == nil || !slices.ContainsFunc(cached.Features, isAML) {
		return nil
	}
	switch {
	case change.To == didit.StatusDeclined:
		diagnostics.Append(monitoringChanges(change, "Declining a session switches its ongoing AML monitoring off"))
	case change.From == didit.StatusDeclined || change.From == didit.StatusResubmitted || change.From == didit.StatusKycExpired:
		diagnostics.Append(monitoringChanges(change, "Approving it again switches its ongoing AML monitoring on, if the workflow has it"))
	}
	return diagnostics
}
