// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringdefault"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/didit-community/terraform-provider-didit/internal/check"
	"github.com/didit-community/terraform-provider-didit/internal/decisions"
	"github.com/didit-community/terraform-provider-didit/internal/didit"
)

// newSessionAMLHitStatusResource returns didit_session_aml_hit_status: the decision on
// one hit of an AML check.
func newSessionAMLHitStatusResource() resource.Resource {
	return newDecisionResource(sessionAMLHitStatusKind)
}

var sessionAMLHitStatusKind = &decisionKind{
	name:           "session_aml_hit_status",
	valueAttribute: "review_status",
	address: []addressAttribute{
		{"session_id", "UUID of the session, in lower case.", check.SessionID, false, nil},
		{"node_id", "Node ID of the AML check in the workflow graph; `default` for a workflow without a graph.", check.NodeID, false, nil},
		{"hit_id", "ID of the hit.", check.HitID, false, nil},
	},
	importForm: "session_id/node_id/hit_id (node_id is \"default\" for a workflow without a graph), as in \"11111111-2222-4333-8444-555555555555/feature_aml_1/hit_7c1e9a40b2d35f86e0a4c912\"",
	subject: func(address []string) decisions.Subject {
		return decisions.HitRef{SessionID: address[0], NodeID: address[1], HitID: address[2]}
	},
	addressOf: func(subject decisions.Subject) []string {
		hit, _ := subject.(decisions.HitRef)
		return []string{hit.SessionID, hit.NodeID, hit.HitID}
	},
	identifying:  allParts,
	planWarnings: func(decisions.Change, *didit.Decision) diag.Diagnostics { return nil },
	schema: schema.Schema{
		MarkdownDescription: "The decision on one hit of an AML check: a change `from` the review status that its reviewer saw, which is made once. " +
			"Decide hits before steps, and both before the session, ordered by `depends_on`. " +
			"Destroying the resource leaves the review in place, because Didit has no undo.",
		Attributes: withCommonAttributes(map[string]schema.Attribute{
			"id": schema.StringAttribute{
				MarkdownDescription: "The import ID: `session_id/node_id/hit_id`. Known at plan time once all parts are known.",
				Computed:            true,
			},
			"node_id": schema.StringAttribute{
				MarkdownDescription: "Node ID of the AML check in the workflow graph, such as `feature_aml_1`. Defaults to `default`, for a workflow without a graph. Changing this is an error.",
				Optional:            true,
				Computed:            true,
				Default:             stringdefault.StaticString(didit.DefaultNodeID),
				Validators:          []validator.String{nodeIDValidator},
			},
			"hit_id": schema.StringAttribute{
				MarkdownDescription: "ID of the hit, as `didit_session_decision` returns it in `aml_hits`. If there is no such hit, the plan fails and lists the session's hits. Changing this is an error.",
				Required:            true,
				Validators:          []validator.String{hitIDValidator},
			},
			"review_status": schema.StringAttribute{
				MarkdownDescription: "The wanted review status: `Unreviewed`, `Confirmed Match`, `False Positive` or `Inconclusive`. Changing this makes one change in Didit, which records it on the audit trail.",
				Required:            true,
				Validators:          []validator.String{reviewStatusValidator},
			},
			"comment": schema.StringAttribute{
				MarkdownDescription: "The reason, which is stored in plans and in the state only: Didit takes no comment for a hit. With `from`, a new comment makes a new decision.",
				Optional:            true,
				Validators:          []validator.String{commentValidator},
			},
		}),
	},
}
