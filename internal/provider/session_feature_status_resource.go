// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringdefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
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
		{"session_id", "UUID of the session, in lower case.", check.SessionID, false},
		{"node_id", "Node ID of the step in the workflow graph; `default` for a workflow without a graph.", check.NodeID, false},
		{"feature_type", "Type of the step, such as `LIVENESS`, for node `default` only; can be omitted if the session has one step.", check.FeatureType, true},
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
	identifying: identifyingFeatureParts,
	planWarnings: func(change decisions.Change, cached *didit.Decision) (diagnostics diag.Diagnostics) {
		if cached == nil {
			return nil
		}
		switch cached.Status {
		case didit.StatusNotStarted, didit.StatusInProgress, didit.StatusAwaitingUser, didit.StatusResubmitted:
			diagnostics.Append(changeMovesSession(change, cached.Status))
		}
		return diagnostics
	},
	schema: schema.Schema{
		MarkdownDescription: "The decision on one step (feature) of a Didit verification session. " +
			"The step already exists: adopt it with an `import` block, whose plan shows the status change. " +
			"The session's own status is decided by `didit_session_status`.\n\n" +
			"Nothing is sent if the step already has the wanted status. Destroying the resource leaves the decision in place, because Didit has no undo.",
		Attributes: map[string]schema.Attribute{
			"id": schema.StringAttribute{
				MarkdownDescription: "The import ID: `session_id/node_id`; for node `default` always `session_id/default/feature_type`. Known at plan time once all parts are known.",
				Computed:            true,
			},
			"session_id": sessionIDAttribute(),
			"node_id": schema.StringAttribute{
				MarkdownDescription: "Node ID of the step in the workflow graph, such as `feature_ocr_1`. If there is no such node, the plan fails and lists the session's steps. Defaults to `default`, which addresses a step of a workflow without a graph. Changing this replaces the resource, which sends nothing for the previous step.",
				Optional:            true,
				Computed:            true,
				Default:             stringdefault.StaticString(didit.DefaultNodeID),
				Validators:          []validator.String{nodeIDValidator},
				PlanModifiers:       []planmodifier.String{stringplanmodifier.RequiresReplace()},
			},
			"feature_type": schema.StringAttribute{
				MarkdownDescription: "Type of the step, in upper case, such as `LIVENESS`, `FACE_MATCH` or `AML`. Required if node `default` has several steps; with any other node ID it must match the step. " +
					"If omitted, it is read from Didit: with a node ID in the plan, at node `default` in the apply. Changing this to another type replaces the resource.",
				Optional:      true,
				Computed:      true,
				Validators:    []validator.String{featureTypeValidator},
				PlanModifiers: []planmodifier.String{featureTypeModifier{}},
			},
			"status": schema.StringAttribute{
				MarkdownDescription: "The wanted status: `Approved`, `Declined` or `In Review`. Changing this makes one change in Didit, which records it with the comment on the audit trail. After a refresh, the state contains the status that Didit reports, which can be any, such as `Not Finished`.",
				Required:            true,
				Validators:          []validator.String{statusValidator},
			},
			"comment": commentAttribute(),
		},
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

// featureTypeModifier replaces the resource if the configured type differs from the type
// in the state. An alias of the same type changes nothing.
type featureTypeModifier struct{}

func (featureTypeModifier) Description(context.Context) string {
	return "Changing this to another type replaces the resource."
}

func (m featureTypeModifier) MarkdownDescription(ctx context.Context) string {
	return m.Description(ctx)
}

// PlanModifyString keeps the spelling in the state if the type is the same.
func (featureTypeModifier) PlanModifyString(_ context.Context, req planmodifier.StringRequest, resp *planmodifier.StringResponse) {
	switch {
	case req.State.Raw.IsNull() || req.Plan.Raw.IsNull() || req.ConfigValue.IsNull():
	case isKnown(req.ConfigValue) && didit.SameFeatureType(req.ConfigValue.ValueString(), req.StateValue.ValueString()):
		resp.PlanValue = req.StateValue
	default:
		resp.RequiresReplace = true
	}
}
