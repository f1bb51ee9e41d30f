// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
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
	return &decisionResource[sessionFeatureStatusModel, *sessionFeatureStatusModel]{
		kind:     sessionFeatureStatusKind,
		newModel: newSessionFeatureStatusModel,
	}
}

// sessionFeatureStatusModel is the resource in configuration, plan and state.
type sessionFeatureStatusModel struct {
	ID          types.String `tfsdk:"id"`
	SessionID   types.String `tfsdk:"session_id"`
	NodeID      types.String `tfsdk:"node_id"`
	FeatureType types.String `tfsdk:"feature_type"`
	Status      types.String `tfsdk:"status"`
	Comment     types.String `tfsdk:"comment"`
}

func newSessionFeatureStatusModel(address []string) sessionFeatureStatusModel {
	return sessionFeatureStatusModel{
		SessionID:   types.StringValue(address[0]),
		NodeID:      types.StringValue(address[1]),
		FeatureType: stringOrUnknown(address[2]),
	}
}

func (m *sessionFeatureStatusModel) id() types.String      { return m.ID }
func (m *sessionFeatureStatusModel) session() types.String { return m.SessionID }
func (m *sessionFeatureStatusModel) wanted() types.String  { return m.Status }
func (m *sessionFeatureStatusModel) comment() types.String { return m.Comment }

func (m *sessionFeatureStatusModel) setWanted(status string) { m.Status = types.StringValue(status) }

func (m *sessionFeatureStatusModel) isAddressKnown() bool {
	return !m.NodeID.IsUnknown() && !m.FeatureType.IsUnknown()
}

// isDefaultNode reports whether the node ID is known and default.
func (m *sessionFeatureStatusModel) isDefaultNode() bool {
	return m.NodeID.ValueString() == didit.DefaultNodeID
}

func (m *sessionFeatureStatusModel) subject() decisions.Subject {
	return decisions.FeatureRef{SessionID: m.SessionID.ValueString(), NodeID: m.NodeID.ValueString(), FeatureType: m.FeatureType.ValueString()}
}

// storedSubject has a type at node default only. Any other node ID identifies the step,
// even if the report has another type by now.
func (m *sessionFeatureStatusModel) storedSubject() decisions.Subject {
	step := decisions.FeatureRef{SessionID: m.SessionID.ValueString(), NodeID: m.NodeID.ValueString()}
	if m.isDefaultNode() {
		step.FeatureType = m.FeatureType.ValueString()
	}
	return step
}

func (m *sessionFeatureStatusModel) complete(subject decisions.Subject) {
	if step, ok := subject.(decisions.FeatureRef); ok && m.FeatureType.IsUnknown() {
		m.FeatureType = types.StringValue(step.FeatureType)
	}
	parts := []types.String{m.SessionID, m.NodeID}
	if m.isDefaultNode() {
		parts = append(parts, m.FeatureType)
	}
	m.ID = joinID(parts...)
}

// completePlan does not plan the type at node default, because another step can be the
// only one there by the time of the apply.
func (m *sessionFeatureStatusModel) completePlan(subject decisions.Subject) {
	if m.isDefaultNode() {
		subject = nil
	}
	m.complete(subject)
}

func (m *sessionFeatureStatusModel) identity() any {
	identity := struct {
		SessionID   types.String `tfsdk:"session_id"`
		NodeID      types.String `tfsdk:"node_id"`
		FeatureType types.String `tfsdk:"feature_type"`
	}{m.SessionID, m.NodeID, types.StringNull()}
	if m.isDefaultNode() {
		identity.FeatureType = m.FeatureType
	}
	return identity
}

var sessionFeatureStatusKind = decisionKind{
	name:           "session_feature_status",
	valueAttribute: "status",
	address:        []addressAttribute{{"session_id", check.SessionID, false}, {"node_id", check.NodeID, false}, {"feature_type", check.FeatureType, true}},
	importForm: "session_id/node_id, or for a workflow without a graph session_id/default/feature_type (the type can be left out if the session has one step), " +
		"as in \"11111111-2222-4333-8444-555555555555/feature_ocr_1\"",
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
	identitySchema: identityschema.Schema{
		Attributes: map[string]identityschema.Attribute{
			"session_id": identityschema.StringAttribute{
				Description:       "UUID of the session, in lower case.",
				RequiredForImport: true,
			},
			"node_id": identityschema.StringAttribute{
				Description:       "Node ID of the step in the workflow graph; `default` for a workflow without a graph.",
				RequiredForImport: true,
			},
			"feature_type": identityschema.StringAttribute{
				Description:       "Type of the step, such as `LIVENESS`, for node `default` only; can be omitted if the session has one step.",
				OptionalForImport: true,
			},
		},
	},
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
