// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringdefault"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/didit-community/terraform-provider-didit/internal/check"
	"github.com/didit-community/terraform-provider-didit/internal/decisions"
	"github.com/didit-community/terraform-provider-didit/internal/didit"
)

// newSessionFeatureStatusResource returns didit_session_feature_status: the decision
// on one step of a session.
func newSessionFeatureStatusResource() resource.Resource {
	return newDecisionResource(sessionFeatureStatusKind)
}

var sessionFeatureStatusKind = &decisionKind{
	name:           "session_feature_status",
	valueAttribute: "status",
	address: []addressAttribute{
		{"session_id", "UUID of the session, in lower case.", check.SessionID, false, nil},
		{"node_id", "Node ID of the step in the workflow graph; `default` for a workflow without a graph.", check.NodeID, false, nil},
		{"feature_type", "Type of the step, such as `LIVENESS`, for node `default` only; can be omitted if the session has one step.", check.FeatureType, true, didit.SameFeatureType},
	},
	importForm: "session_id/node_id, or for a workflow without a graph session_id/default/feature_type (the type can be left out if the session has one step), " +
		"as in \"11111111-2222-4333-8444-555555555555/feature_ocr_1\"",
	subject: func(address []string) decisions.Subject {
		return decisions.FeatureRef{SessionID: address[0], NodeID: address[1], FeatureType: address[2]}
	},
	addressOf: func(subject decisions.Subject) []string {
		step, _ := subject.(decisions.FeatureRef)
		return []string{step.SessionID, step.NodeID, step.FeatureType}
	},
	sendsComment: true,
	canDefer:     true,
	identifying:  identifyingFeatureParts,
	planWarnings: func(change decisions.Change, cached *didit.Decision) (diagnostics diag.Diagnostics) {
		if cached == nil {
			return nil
		}
		switch cached.Status {
		case didit.StatusNotStarted, didit.StatusInProgress, didit.StatusResubmitted:
			if !change.Deferred {
				diagnostics.Append(changeMovesSession(change, cached.Status, " To let it wait until the person has finished, set from and "+attributeDeferred+" = true."))
			}
		case didit.StatusAwaitingUser: // Didit does not defer a change then
			diagnostics.Append(changeMovesSession(change, cached.Status, ""))
		}
		return diagnostics
	},
	schema: schema.Schema{
		MarkdownDescription: "The decision on one step (feature) of a Didit verification session: a change `from` the status that its reviewer saw, which is made once. " +
			"Destroying the resource leaves the decision in place, because Didit has no undo.",
		Attributes: withDeferral(withCommonAttributes(map[string]schema.Attribute{
			"id": schema.StringAttribute{
				MarkdownDescription: "The import ID: `session_id/node_id`; for node `default` always `session_id/default/feature_type`. Known at plan time once all parts are known.",
				Computed:            true,
			},
			"node_id": schema.StringAttribute{
				MarkdownDescription: "Node ID of the step in the workflow graph, such as `feature_ocr_1`; if there is no such node, the plan fails and lists the session's steps. Defaults to `default`, which addresses a step of a workflow without a graph. Changing this is an error.",
				Optional:            true,
				Computed:            true,
				Default:             stringdefault.StaticString(didit.DefaultNodeID),
				Validators:          []validator.String{nodeIDValidator},
			},
			"feature_type": schema.StringAttribute{
				MarkdownDescription: "Type of the step, in upper case, such as `LIVENESS`, `FACE_MATCH` or `AML`; if omitted, the apply reads it from Didit. " +
					"Required if node `default` has several steps; with any other node ID it must match the step. Changing this to another type is an error.",
				Optional:   true,
				Computed:   true,
				Validators: []validator.String{featureTypeValidator},
			},
			"status": schema.StringAttribute{
				MarkdownDescription: "The wanted status: `Approved`, `Declined` or `In Review`. Changing this makes one change in Didit, which records it with the comment on the audit trail. After a refresh, the state contains the status that Didit reports, which can be any, such as `Not Finished`.",
				Required:            true,
				Validators:          []validator.String{statusValidator},
			},
			"comment": commentAttribute(),
		})),
	},
}

// identifyingFeatureParts includes the type at node default only. Any other node ID
// identifies the step, even if the report has another type by now.
func identifyingFeatureParts(address []types.String) int {
	if address[1].ValueString() == didit.DefaultNodeID {
		return 3
	}
	return 2
}
