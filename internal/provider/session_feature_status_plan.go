// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/didit-community/terraform-provider-didit/internal/decisions"
	"github.com/didit-community/terraform-provider-didit/internal/didit"
)

// ModifyPlan makes the plan say what a reviewer has to know, and fail where the
// apply would. Nothing that was read live is planned but the step's label: a
// value that moves before the apply would make Terraform blame the provider.
func (r *sessionFeatureStatusResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	var plan, config, state sessionFeatureStatusModel
	if req.Plan.Raw.IsNull() {
		resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
		resp.Diagnostics.Append(destroyWarning(state))
		return
	}
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if !req.State.Raw.IsNull() {
		resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	}
	if resp.Diagnostics.HasError() {
		return
	}

	if req.State.Raw.IsNull() || adoptsAnotherStep(plan, config, state) {
		resp.Diagnostics.Append(r.planAdoption(ctx, &plan, config.FeatureType)...)
	} else {
		resp.Diagnostics.Append(r.planUpdate(&plan, state)...)
	}
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(r.noteWanted(plan)...)
	resp.Diagnostics.Append(resp.Plan.Set(ctx, plan)...)
}

// adoptsAnotherStep tells whether a plan replaces the resource.
func adoptsAnotherStep(plan, config, state sessionFeatureStatusModel) bool {
	return !plan.SessionID.Equal(state.SessionID) ||
		!plan.NodeID.Equal(state.NodeID) ||
		!config.FeatureType.IsNull() && !config.FeatureType.Equal(state.FeatureType)
}

// planUpdate plans a step that the state knows; it reads nothing, because the
// refresh has.
func (r *sessionFeatureStatusResource) planUpdate(plan *sessionFeatureStatusModel, state sessionFeatureStatusModel) (diagnostics diag.Diagnostics) {
	plan.ID, plan.FeatureType = state.ID, state.FeatureType
	if !isKnown(plan.Status) {
		return nil
	}
	change := decisions.Change{Step: plan.storedStep(), From: state.Status.ValueString(), To: plan.Status.ValueString()}
	hasNewComment := isKnown(plan.Comment) && !plan.Comment.Equal(state.Comment)
	switch {
	case change.From != change.To:
		diagnostics.Append(r.openSessionWarning(change)...)
	case hasNewComment:
		diagnostics.Append(commentWarning(change))
	}
	return diagnostics
}

// planAdoption plans a step that is new to Terraform. It is read here and now
// where it can be, so that what is wrong with it fails the plan, not the apply.
func (r *sessionFeatureStatusResource) planAdoption(ctx context.Context, plan *sessionFeatureStatusModel, configuredType types.String) (diagnostics diag.Diagnostics) {
	plan.FeatureType = configuredType
	if configuredType.IsNull() {
		plan.FeatureType = types.StringUnknown()
	}
	defer plan.computeID()
	if !isKnown(plan.SessionID) || !r.data.isUsable() {
		return nil
	}

	step := plan.namedStep()
	decision, err := r.data.decisions.Read(ctx, step.SessionID)
	if err != nil {
		diagnostics.Append(problem{step: step}.diagnostic(err))
		return diagnostics
	}
	if !isKnown(plan.NodeID) || plan.isDefaultNode() && configuredType.IsUnknown() {
		// The session is there; which step of it is meant, the apply will know.
		return nil
	}
	feature, err := step.Find(decision)
	if err != nil {
		diagnostics.Append(problem{step: step}.diagnostic(err))
		return diagnostics
	}
	if configuredType.IsNull() {
		plan.FeatureType = types.StringValue(feature.Type)
	}
	if !isKnown(plan.Status) {
		return nil
	}
	change := decisions.Change{Step: step, To: plan.Status.ValueString()}
	if err := change.Check(feature.Status); err != nil {
		diagnostics.Append(problem{step: step}.diagnostic(err))
		return diagnostics
	}
	change.From = feature.Status
	switch {
	case change.From != change.To:
		diagnostics.Append(r.openSessionWarning(change)...)
	case isKnown(plan.Comment):
		diagnostics.Append(commentWarning(change))
	}
	return diagnostics
}

// openSessionWarning warns where the session has not been decided yet, as far
// as this process has read it.
func (r *sessionFeatureStatusResource) openSessionWarning(change decisions.Change) (diagnostics diag.Diagnostics) {
	if !r.data.isUsable() {
		return nil
	}
	decision := r.data.decisions.Kept(change.Step.SessionID)
	if decision == nil {
		return nil
	}
	switch decision.Status {
	case "Not Started", "In Progress", "Awaiting User", "Resubmitted":
		diagnostics.Append(openWarning(change, decision.Status))
	}
	return diagnostics
}

// noteWanted fails the plan of the second of two blocks that want different
// statuses for one step.
func (r *sessionFeatureStatusResource) noteWanted(plan sessionFeatureStatusModel) (diagnostics diag.Diagnostics) {
	if r.data == nil || !isKnown(plan.ID) || !isKnown(plan.Status) {
		return nil
	}
	step := plan.storedStep()
	// One type can have two labels, and two IDs then.
	step.FeatureType = didit.CanonicalFeatureType(step.FeatureType)
	if other, conflict := r.data.wanted.add(step, plan.Status.ValueString()); conflict {
		diagnostics.Append(diag.NewAttributeErrorDiagnostic(path.Root("status"), summaryTwoBlocks, twoBlocksDetail(plan, other)))
	}
	return diagnostics
}
