// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/didit-community/terraform-provider-didit/internal/decisions"
)

// ModifyPlan adds warnings for the reviewer, and fails if the apply would fail. Of the
// values that it reads, it plans only the type of a step at a node of the graph: if a
// planned value changes before the apply, Terraform reports a provider bug.
func (r *decisionResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if req.Plan.Raw.IsNull() {
		state := r.kind.decode(req.State.Raw)
		resp.Diagnostics.Append(decisionStays(state.storedSubject(), state.value.ValueString()))
		return
	}
	plan, config := r.kind.decode(req.Plan.Raw), r.kind.decode(req.Config.Raw)
	isAdoption := req.State.Raw.IsNull()
	var state decision
	if !isAdoption {
		state = r.kind.decode(req.State.Raw)
		isReplacement, diagnostics := isReplacement(plan, config, state)
		resp.Diagnostics.Append(diagnostics...)
		isAdoption = isReplacement
	}
	switch {
	case resp.Diagnostics.HasError():
		return
	case isAdoption:
		resp.Diagnostics.Append(r.planAdoption(ctx, &plan, config)...)
	default:
		resp.Diagnostics.Append(r.planUpdate(&plan, state)...)
	}
	resp.Plan.Raw = plan.encode(req.Plan.Raw.Type())
}

// isReplacement reports whether the plan is for another subject than the state. An
// unknown address is an error: it may turn out to be the same subject, which the apply
// would remove from the state and then possibly refuse to adopt again.
func isReplacement(plan, config, state decision) (isReplacement bool, diagnostics diag.Diagnostics) {
	for i, attribute := range plan.kind.address {
		planned := plan.address[i]
		isComputed := config.address[i].IsNull() && planned.IsUnknown()
		switch {
		case planned.Equal(state.address[i]) || isComputed:
		case planned.IsUnknown():
			diagnostics.Append(addressUnknown(state.storedSubject(), attribute.name))
		default:
			isReplacement = true
		}
	}
	return isReplacement, diagnostics
}

// planUpdate plans a subject that is in the state. It reads nothing, because the refresh
// has read the session.
func (r *decisionResource) planUpdate(plan *decision, state decision) diag.Diagnostics {
	plan.complete(state.subject())
	if diagnostics := r.checkDuplicate(*plan); diagnostics.HasError() {
		return diagnostics
	}
	change := decisions.Change{Subject: plan.storedSubject(), From: state.value.ValueString(), To: plan.value.ValueString()}
	hasNewComment := isKnown(plan.comment) && !plan.comment.Equal(state.comment)
	return r.checkChange(change, hasNewComment)
}

// planAdoption plans a subject that is not in the state. If possible, it reads the
// session, so that a mistake fails the plan and not the apply.
func (r *decisionResource) planAdoption(ctx context.Context, plan *decision, config decision) (diagnostics diag.Diagnostics) {
	plan.complete(nil)
	if !isKnown(plan.session()) || !r.isUsable() {
		return r.checkDuplicate(*plan)
	}
	change := decisions.Change{Subject: plan.subject(), To: plan.value.ValueString()}
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
		completed.address = slices.Clone(plan.address)
		completed.complete(found.Subject)
		if diagnostics := r.checkDuplicate(completed); diagnostics.HasError() {
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
	return r.checkChange(change, isKnown(plan.comment))
}

// checkChange checks a planned change, and returns warnings for its reviewer. If the
// wanted value is unknown, only the apply can check the change.
func (r *decisionResource) checkChange(change decisions.Change, hasNewComment bool) (diagnostics diag.Diagnostics) {
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
func (r *decisionResource) checkDuplicate(plan decision) (diagnostics diag.Diagnostics) {
	if r.data == nil || !isKnown(plan.id) || !isKnown(plan.value) {
		return nil
	}
	planned := plannedDecision{plan.value.ValueString(), plan.comment}
	if other, disagrees := r.data.planned.checkDuplicate(plan.storedSubject(), planned); disagrees {
		diagnostics.Append(blocksDisagree(plan.storedSubject(), r.kind.valueAttribute, planned, other))
	}
	return diagnostics
}
