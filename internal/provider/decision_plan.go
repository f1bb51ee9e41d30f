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
)

// ModifyPlan adds warnings for the reviewer, and fails if the apply would fail. Of the
// values that it reads, it plans only the type of a step at a node of the graph: if a
// planned value changes before the apply, Terraform reports a provider bug.
func (r *decisionResource[Model, M]) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	var plan, config, state Model
	hasState := !req.State.Raw.IsNull()
	if hasState {
		resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	}
	if req.Plan.Raw.IsNull() {
		resp.Diagnostics.Append(decisionStays(M(&state).storedSubject(), M(&state).wanted().ValueString()))
		return
	}
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() {
		return
	}
	isReplacement := false
	if hasState {
		var diagnostics diag.Diagnostics
		isReplacement, diagnostics = r.isReplacement(ctx, req, M(&state).storedSubject())
		resp.Diagnostics.Append(diagnostics...)
	}
	switch {
	case resp.Diagnostics.HasError():
		return
	case hasState && !isReplacement:
		resp.Diagnostics.Append(r.planUpdate(M(&plan), M(&state))...)
	default:
		resp.Diagnostics.Append(r.planAdoption(ctx, M(&plan), M(&config))...)
	}
	resp.Diagnostics.Append(resp.Plan.Set(ctx, plan)...)
}

// isReplacement reports whether the plan is for another subject than the state. An
// unknown address is an error: it may turn out to be the same subject, which the apply
// would remove from the state and then possibly refuse to adopt again.
func (r *decisionResource[Model, M]) isReplacement(ctx context.Context, req resource.ModifyPlanRequest, stored decisions.Subject) (isReplacement bool, diagnostics diag.Diagnostics) {
	for _, attribute := range r.kind.address {
		var planned, configured, prior types.String
		at := path.Root(attribute.name)
		diagnostics.Append(req.Plan.GetAttribute(ctx, at, &planned)...)
		diagnostics.Append(req.Config.GetAttribute(ctx, at, &configured)...)
		diagnostics.Append(req.State.GetAttribute(ctx, at, &prior)...)
		isComputed := configured.IsNull() && planned.IsUnknown()
		switch {
		case planned.Equal(prior) || isComputed:
		case planned.IsUnknown():
			diagnostics.Append(addressUnknown(stored, attribute.name))
		default:
			isReplacement = true
		}
	}
	return isReplacement, diagnostics
}

// planUpdate plans a subject that is in the state. It reads nothing, because the refresh
// has read the session.
func (r *decisionResource[Model, M]) planUpdate(plan, state M) diag.Diagnostics {
	plan.complete(state.subject())
	if diagnostics := r.checkDuplicate(plan); diagnostics.HasError() {
		return diagnostics
	}
	change := decisions.Change{Subject: plan.storedSubject(), From: state.wanted().ValueString(), To: plan.wanted().ValueString()}
	hasNewComment := isKnown(plan.comment()) && !plan.comment().Equal(state.comment())
	return r.checkChange(change, hasNewComment)
}

// planAdoption plans a subject that is not in the state. If possible, it reads the
// session, so that a mistake fails the plan and not the apply.
func (r *decisionResource[Model, M]) planAdoption(ctx context.Context, plan, config M) (diagnostics diag.Diagnostics) {
	plan.complete(nil)
	if !isKnown(plan.session()) || !r.isUsable() {
		return r.checkDuplicate(plan)
	}
	change := decisions.Change{Subject: plan.subject(), To: plan.wanted().ValueString()}
	decision, err := r.data.service.Decision(ctx, plan.session().ValueString())
	if err == nil && !config.isAddressKnown() {
		return nil // the session exists; only the apply can find the subject
	}
	var found decisions.Found
	if err == nil {
		found, err = change.Subject.Find(decision)
	}
	if err == nil {
		plan.completePlan(found.Subject)
		completed := *plan
		M(&completed).complete(found.Subject)
		if diagnostics := r.checkDuplicate(&completed); diagnostics.HasError() {
			return diagnostics
		}
	}
	if err == nil && change.To != "" {
		err = change.Check(found.Value)
	}
	if err != nil {
		diagnostics.Append(r.diagnosticFor(change.Subject, err))
		return diagnostics
	}
	change.From = found.Value
	return r.checkChange(change, isKnown(plan.comment()))
}

// checkChange checks a planned change, and returns warnings for its reviewer. If the
// wanted value is unknown, only the apply can check the change.
func (r *decisionResource[Model, M]) checkChange(change decisions.Change, hasNewComment bool) (diagnostics diag.Diagnostics) {
	err := change.Check(change.From)
	switch {
	case change.To == "":
	case err != nil:
		diagnostics.Append(r.diagnosticFor(change.Subject, err))
	case change.From != change.To && r.isUsable():
		diagnostics.Append(r.kind.planWarnings(change, r.data.service.CachedDecision(change.Subject.Session()))...)
	case change.From == change.To && hasNewComment:
		diagnostics.Append(commentNotRecorded(change))
	}
	return diagnostics
}

// checkDuplicate returns an error if another block plans something else for the subject.
func (r *decisionResource[Model, M]) checkDuplicate(plan M) (diagnostics diag.Diagnostics) {
	if r.data == nil || !isKnown(plan.id()) || !isKnown(plan.wanted()) {
		return nil
	}
	planned := plannedDecision{plan.wanted().ValueString(), plan.comment()}
	if other, disagrees := r.data.planned.checkDuplicate(plan.storedSubject(), planned); disagrees {
		diagnostics.Append(blocksDisagree(plan.storedSubject(), r.kind.valueAttribute, planned, other))
	}
	return diagnostics
}
