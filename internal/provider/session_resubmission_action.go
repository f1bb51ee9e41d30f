// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/listvalidator"
	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/action/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/didit-community/terraform-provider-didit/internal/check"
	"github.com/didit-community/terraform-provider-didit/internal/decisions"
	"github.com/didit-community/terraform-provider-didit/internal/didit"
)

var (
	_ action.ActionWithConfigure  = (*sessionResubmissionAction)(nil)
	_ action.ActionWithModifyPlan = (*sessionResubmissionAction)(nil)
)

// sessionResubmissionAction is didit_session_resubmission: it re-opens a session.
type sessionResubmissionAction struct{ actionBase }

func newSessionResubmissionAction() action.Action {
	return &sessionResubmissionAction{actionBase{name: "session_resubmission"}}
}

// sessionResubmissionModel is the action's configuration.
type sessionResubmissionModel struct {
	SessionID types.String `tfsdk:"session_id"`
	Nodes     types.List   `tfsdk:"nodes"`
	Comment   types.String `tfsdk:"comment"`
}

type resubmittedNodeModel struct {
	NodeID      types.String `tfsdk:"node_id"`
	FeatureType types.String `tfsdk:"feature_type"`
}

// ModifyPlan checks the nodes against the session if all of the configuration is known,
// and warns which data the action deletes.
func (a *sessionResubmissionAction) ModifyPlan(ctx context.Context, req action.ModifyPlanRequest, resp *action.ModifyPlanResponse) {
	resubmission, isKnown, diagnostics := resubmissionFrom(ctx, req.Config)
	resp.Diagnostics.Append(diagnostics...)
	if resp.Diagnostics.HasError() || !isKnown {
		return
	}
	if a.isUsable() {
		resp.Diagnostics.Append(a.check(ctx, resubmission)...)
	}
	if !resp.Diagnostics.HasError() {
		resp.Diagnostics.AddAttributeWarning(path.Root("nodes"), summaryDeletesData, deletesData(resubmission))
	}
}

// Invoke re-opens the session. It does not retry if the response is lost.
func (a *sessionResubmissionAction) Invoke(ctx context.Context, req action.InvokeRequest, resp *action.InvokeResponse) {
	resubmission, _, diagnostics := resubmissionFrom(ctx, req.Config)
	resp.Diagnostics.Append(diagnostics...)
	resp.Diagnostics.Append(a.requireUsable(nameOf(resubmission))...)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(a.check(ctx, resubmission)...)
	if resp.Diagnostics.HasError() {
		return
	}
	var comment types.String
	resp.Diagnostics.Append(req.Config.GetAttribute(ctx, path.Root("comment"), &comment)...)
	resp.SendProgress(action.InvokeProgressEvent{Message: deletesData(resubmission)})
	result, err := a.data.service.Apply(ctx, decisions.Change{Subject: resubmission, To: decisions.Reopened, Comment: comment.ValueString(), Once: true})
	unknown, isUnknown := errors.AsType[*didit.OutcomeUnknownError](err)
	switch {
	case isUnknown:
		resp.Diagnostics.AddError(summaryOutcomeUnknown, fmt.Sprintf("The request to re-open session %s was sent. %s A read does not show whether it was carried out. Check the session in the Didit console before you invoke the action again.",
			resubmission.SessionID, capitalize(requestAndResponse(unknown.WriteErr))))
	case err != nil:
		resp.Diagnostics.Append(diagnosticFor(resubmission, "session_id", err))
	case !result.Changed:
		resp.SendProgress(action.InvokeProgressEvent{Message: fmt.Sprintf("Session %s is already re-opened for these steps. Nothing was sent.", resubmission.SessionID)})
	default:
		resp.SendProgress(action.InvokeProgressEvent{Message: fmt.Sprintf("Session %s is re-opened. The person can repeat the steps through the same link.", resubmission.SessionID)})
	}
}

// check returns an error for a session or steps that the API would refuse.
func (a *sessionResubmissionAction) check(ctx context.Context, resubmission decisions.Resubmission) (diagnostics diag.Diagnostics) {
	decision, err := a.data.service.Decision(ctx, resubmission.SessionID)
	var found decisions.Found
	if err == nil {
		found, err = resubmission.Find(decision)
	}
	switch {
	case err != nil:
	case found.Value == decisions.Reopened: // also if the session never had the steps
		err = &decisions.NotFoundError{Reason: decisions.Missing, Subject: resubmission, Decision: decision}
	default:
		err = decisions.Change{Subject: resubmission, To: decisions.Reopened}.Check(found.Value)
	}
	if err != nil {
		diagnostics.Append(diagnosticFor(resubmission, "session_id", err))
		return diagnostics
	}
	for _, node := range resubmission.Nodes {
		isNode := func(feature didit.Feature) bool { return feature.NodeID == node.NodeID }
		isOfType := func(feature didit.Feature) bool {
			return isNode(feature) && feature.Type == didit.ResubmittableFeatures[node.Feature]
		}
		if didit.ResubmittableFeatures[node.Feature] != "" && slices.ContainsFunc(decision.Features, isNode) && !slices.ContainsFunc(decision.Features, isOfType) {
			diagnostics.AddAttributeError(path.Root("nodes"), summaryOtherType, fmt.Sprintf("Step %s of session %s is not of type %s. Correct feature_type. %s", quote(node.NodeID), resubmission.SessionID, didit.ResubmittableFeatures[node.Feature], listSteps(decision)))
		}
	}
	return diagnostics
}

// resubmissionFrom reads the configuration. isKnown is false if a part of it is unknown.
func resubmissionFrom(ctx context.Context, config tfsdk.Config) (resubmission decisions.Resubmission, isKnown bool, diagnostics diag.Diagnostics) {
	var model sessionResubmissionModel
	diagnostics.Append(config.Get(ctx, &model)...)
	if diagnostics.HasError() || !config.Raw.IsFullyKnown() {
		return resubmission, false, diagnostics
	}
	var nodes []resubmittedNodeModel
	diagnostics.Append(model.Nodes.ElementsAs(ctx, &nodes, false)...)
	resubmission.SessionID = model.SessionID.ValueString()
	for _, node := range nodes {
		resubmission.Nodes = append(resubmission.Nodes, didit.NodeToResubmit{NodeID: node.NodeID.ValueString(), Feature: node.FeatureType.ValueString()})
	}
	return resubmission, true, diagnostics
}

// deletesData describes the data that Didit deletes.
func deletesData(resubmission decisions.Resubmission) string {
	nodes := make([]string, len(resubmission.Nodes))
	for i, node := range resubmission.Nodes {
		nodes[i] = fmt.Sprintf("%s (%s)", quote(node.NodeID), node.Feature)
	}
	return fmt.Sprintf("Re-opening session %s deletes the data that Didit has captured for %s, and the decisions on them. The person has to repeat these steps. This cannot be undone.", resubmission.SessionID, strings.Join(nodes, ", "))
}

// checkFeature returns a check for one of the features that can be repeated.
func checkFeature(features []string) func(text string) string {
	return func(text string) string {
		if text == "KYB_REGISTRY" || text == "KYB_KEY_PEOPLE" {
			return fmt.Sprintf("cannot be %q: Didit does not repeat such a step; re-open the sessions of the people instead", text)
		}
		return check.OneOf("", features...)(text)
	}
}

func (a *sessionResubmissionAction) Schema(_ context.Context, _ action.SchemaRequest, resp *action.SchemaResponse) {
	var featureTypes, otherNames []string
	for feature, featureType := range didit.ResubmittableFeatures {
		if feature == featureType {
			featureTypes = append(featureTypes, feature)
		} else {
			otherNames = append(otherNames, feature)
		}
	}
	slices.Sort(featureTypes)
	slices.Sort(otherNames)
	resp.Schema = schema.Schema{
		MarkdownDescription: "Re-opens a Didit verification session, so that the person repeats some of its steps through the same link. " +
			"Didit deletes the data that it has captured for these steps, and the decisions on them; this cannot be undone. " +
			"The action runs only when it is invoked, by `terraform apply -invoke` or an `action_trigger`.",
		Attributes: map[string]schema.Attribute{
			"session_id": schema.StringAttribute{
				MarkdownDescription: "UUID of the session, in lower case.",
				Required:            true,
				Validators:          []validator.String{sessionIDValidator},
			},
			"nodes": schema.ListNestedAttribute{
				MarkdownDescription: "The steps to repeat.",
				Required:            true,
				Validators:          []validator.List{listvalidator.SizeAtLeast(1), listvalidator.UniqueValues()},
				NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
					"node_id": schema.StringAttribute{
						MarkdownDescription: "Node ID of the step in the workflow graph.",
						Required:            true,
						Validators:          []validator.String{nodeIDValidator},
					},
					"feature_type": schema.StringAttribute{
						MarkdownDescription: "Type of the step: `" + strings.Join(featureTypes, "`, `") + "`. Didit's other names are accepted, too: `" + strings.Join(otherNames, "`, `") + "`. Steps of the types `KYB_REGISTRY` and `KYB_KEY_PEOPLE` cannot be repeated: re-open the sessions of the people.",
						Required:            true,
						Validators:          []validator.String{stringValidator{summaryFeature, "a step that can be repeated", checkFeature(slices.Concat(featureTypes, otherNames))}},
					},
				}},
			},
			"comment": schema.StringAttribute{
				MarkdownDescription: "The reason: free text that Didit records on the audit trail. Name a ticket, not a person.",
				Optional:            true,
				Validators:          []validator.String{commentValidator},
			},
		},
	}
}
