// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"cmp"
	"context"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/didit-community/terraform-provider-didit/internal/decisions"
)

// ModifyPlan shows the reviewer what the apply will do, and fails if the apply would fail.
// It plans no value that was read here: if a planned value changes before the apply,
// Terraform reports a bug in the provider.
//
// Terraform plans a replacement twice: as an update, then without a state. The second
// plan still has the private state, which a new block does not have.
func (r *decisionResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	var state decision
	if !req.State.Raw.IsNull() {
		state = r.kind.decode(req.State.Raw)
	}
	memory, isStored, diagnostics := readMemory(ctx, req.Private, state)
	resp.Diagnostics.Append(diagnostics...)
	if resp.Diagnostics.HasError() {
		return
	}
	if req.Plan.Raw.IsNull() {
		resp.Diagnostics.Append(r.planDestroy(state, memory)...)
		return
	}
	plan, config := r.kind.decode(req.Plan.Raw), r.kind.decode(req.Config.Raw)
	switch {
	case config.from.IsUnknown():
		resp.Diagnostics.Append(fromUnknown())
	case !req.State.Raw.IsNull():
		resp.Diagnostics.Append(r.planUpdate(ctx, &plan, config, state, memory)...)
	case isStored:
		resp.Diagnostics.Append(r.planReplacement(ctx, &plan, config, memory)...)
	default:
		resp.Diagnostics.Append(r.planCreate(ctx, &plan, config)...)
	}
	resp.Plan.Raw = plan.encode(req.Plan.Raw.Type())
}

// planDestroy warns that nothing is sent.
func (r *decisionResource) planDestroy(state decision, memory decisionMemory) (diagnostics diag.Diagnostics) {
	if state.waits() {
		diagnostics.Append(stillWaits(state))
	} else {
		diagnostics.Append(decisionStays(state))
	}
	return append(diagnostics, r.record(state.storedSubject(), memory)...)
}

// planUpdate plans a block that is in the state. It reads nothing, because the refresh has
// read the session.
func (r *decisionResource) planUpdate(ctx context.Context, plan *decision, config, state decision, memory decisionMemory) diag.Diagnostics {
	if diagnostics := checkAddress(plan, config, state); diagnostics.HasError() {
		return diagnostics
	}
	plan.complete(state.subject())
	plan.planOutcome(config)
	if diagnostics := r.claim(*plan, config); diagnostics.HasError() {
		return diagnostics
	}
	subject, key := plan.target(config), config.key()
	switch {
	case memory.isLast(key):
		return append(plan.keep(state), r.record(plan.storedSubject(), memory)...)
	case memory.has(key):
		return diag.Diagnostics{madeBefore(subject, config)}
	case state.waits():
		return diag.Diagnostics{alreadyWaits(state.subject(), state.override())}
	}
	if key == "" && !config.from.IsNull() && !state.overrideID.IsNull() { // the decision may be the one that was deferred
		plan.overrideID, plan.overrideState = types.StringUnknown(), types.StringUnknown()
	}
	value := state.value.ValueString()
	if state.outcome.ValueString() == outcomeGone { // then the state has no value of today
		found, diagnostics := r.find(ctx, subject)
		if diagnostics.HasError() {
			return diagnostics
		}
		value = found.Value
	}
	if plan.comment.IsUnknown() && isKnown(plan.value) && plan.value.ValueString() != value {
		return diag.Diagnostics{commentUnknown(subject, config, value)}
	}
	change := decisions.Change{Subject: subject, From: value, To: plan.value.ValueString(), Deferred: config.deferred.ValueBool()}
	switch {
	case !config.from.IsNull():
		change.From = config.from.ValueString()
	case !state.from.IsNull(): // one removed line overturns no decision
		change.From = ""
	}
	diagnostics := r.checkChange(change, config, memory, value, isKnown(plan.comment) && !plan.comment.Equal(state.comment))
	withOldComment := config
	withOldComment.comment = state.comment
	if !diagnostics.HasError() && value != change.To && memory.isLast(withOldComment.key()) {
		diagnostics.Append(decidesAgain(subject, config))
	}
	if change.To == "" && !config.from.IsNull() { // the decision may be one that was made
		plan.outcome = types.StringUnknown()
	}
	return diagnostics
}

// keep plans no change: the decision was made, and Didit's value stays.
func (d *decision) keep(state decision) (diagnostics diag.Diagnostics) {
	wanted := d.value
	d.value = state.value
	d.outcome, d.overrideID, d.overrideState = outcomeOf(wanted.Equal(state.value)), state.overrideID, state.overrideState
	if state.outcome.ValueString() == outcomeGone || state.waits() {
		d.outcome = state.outcome
	}
	switch d.outcome.ValueString() {
	case outcomeSuperseded:
		diagnostics.Append(superseded(*d, wanted.ValueString()))
	case outcomeGone:
		diagnostics.Append(decisionGone(*d, wanted.ValueString()))
	}
	return diagnostics
}

// isKept reports whether a plan keeps Didit's value, and not the configured one.
func (d decision) isKept() bool {
	outcome := d.outcome.ValueString()
	return outcome == outcomeSuperseded || outcome == outcomeGone
}

// asPlanned returns the configuration of an apply with the arguments of its plan. It does not
// heed ignore_changes: a status that the plan ignored was sent.
func (d decision) asPlanned(plan decision) decision {
	d.from, d.value, d.comment, d.deferred = plan.from, plan.value, plan.comment, plan.deferred
	return d
}

// outcomeOf returns the outcome of a decision that was made.
func outcomeOf(stands bool) types.String {
	if stands {
		return types.StringValue(outcomeStands)
	}
	return types.StringValue(outcomeSuperseded)
}

// planReplacement plans a block that the plan destroys and creates again. It allows that
// only if nothing is sent and nothing forgotten. Terraform shows its errors, but no warnings.
func (r *decisionResource) planReplacement(ctx context.Context, plan *decision, config decision, memory decisionMemory) diag.Diagnostics {
	plan.complete(nil)
	plan.planOutcome(config)
	subject := plan.target(config)
	if !memory.isEmpty() {
		return diag.Diagnostics{madeReplaced(subject)}
	}
	found, diagnostics := r.find(ctx, subject)
	if diagnostics.HasError() {
		return diagnostics
	}
	if !isKnown(config.value) || config.value.ValueString() != found.Value {
		diagnostics.Append(changeReplaced(subject, found.Value, config.value))
	}
	return diagnostics
}

// planCreate plans a block that is not in the state. If possible, it reads the session, so
// that a mistake fails the plan and not the apply.
func (r *decisionResource) planCreate(ctx context.Context, plan *decision, config decision) diag.Diagnostics {
	plan.complete(nil)
	plan.planOutcome(config)
	if !isKnown(plan.session()) || !r.isUsable() {
		return r.claim(*plan, config)
	}
	subject := plan.target(config)
	identifying := config.address[:r.kind.identifying(plan.address)]
	if slices.ContainsFunc(identifying, types.String.IsUnknown) { // only the apply can find the subject; the session has to exist
		if _, err := r.data.service.Decision(ctx, subject.Session()); err != nil {
			return diag.Diagnostics{r.diagnosticFor(subject, err)}
		}
		return nil
	}
	found, diagnostics := r.find(ctx, subject)
	if diagnostics.HasError() {
		return diagnostics
	}
	completed := *plan
	completed.address = slices.Clone(plan.address)
	completed.complete(found.Subject)
	if diagnostics := r.claim(completed, config); diagnostics.HasError() {
		return diagnostics
	}
	change := decisions.Change{Subject: subject, From: config.from.ValueString(), To: config.value.ValueString(), Deferred: config.deferred.ValueBool()}
	return r.checkChange(change, config, decisionMemory{}, found.Value, isKnown(config.comment))
}

// find finds a subject in its session's decision.
func (r *decisionResource) find(ctx context.Context, subject decisions.Subject) (decisions.Found, diag.Diagnostics) {
	diagnostics := r.requireUsable(nameOf(subject))
	if diagnostics.HasError() {
		return decisions.Found{}, diagnostics
	}
	found, err := r.data.service.Find(ctx, subject)
	if err != nil {
		diagnostics.Append(r.diagnosticFor(subject, err))
	}
	return found, diagnostics
}

// checkChange checks a planned change of a subject that has this value, and returns
// warnings for its reviewer. If the wanted value is unknown, only the apply can check it.
func (r *decisionResource) checkChange(change decisions.Change, config decision, memory decisionMemory, value string, hasNewComment bool) diag.Diagnostics {
	isSent := value != change.To // also if the wanted value is unknown
	var sent []string
	if isSent {
		key := config // without from, the decision is made from Didit's value
		key.from = types.StringValue(cmp.Or(config.from.ValueString(), value))
		sent = append(sent, key.key())
	}
	diagnostics := r.record(r.kind.identifyingSubject(change.Subject), memory, sent...)
	if change.To == "" || diagnostics.HasError() {
		return diagnostics
	}
	if err := change.Check(value); err != nil {
		return diag.Diagnostics{r.refusal(change.Subject, config, err)}
	}
	if !isSent {
		return r.nothingToSend(change, config, hasNewComment)
	}
	if r.isUsable() {
		change.From = value
		diagnostics.Append(r.kind.planWarnings(change, r.data.service.CachedDecision(change.Subject.Session()))...)
	}
	return diagnostics
}

// record returns an error if one block of this plan would send a decision that another one
// has made.
func (r *decisionResource) record(subject decisions.Subject, memory decisionMemory, sent ...string) (diagnostics diag.Diagnostics) {
	if r.data != nil && r.data.planned.record(subject, memory, sent...) {
		diagnostics.Append(madeByOther(subject))
	}
	return diagnostics
}

// nothingToSend returns the warning for a decision whose value is there already. A plan to
// create such a block, or its from, would otherwise read like a change.
func (r *decisionResource) nothingToSend(change decisions.Change, config decision, hasNewComment bool) (diagnostics diag.Diagnostics) {
	if r.data != nil {
		r.data.planned.sendsNothing(r.kind.identifyingSubject(change.Subject))
	}
	switch {
	case config.isNote():
	case hasNewComment && r.kind.sendsComment:
		diagnostics.Append(commentNotRecorded(change))
	case !config.from.IsNull():
		diagnostics.Append(alreadyThere(change.Subject, change.To))
	}
	return diagnostics
}

// isNote reports whether from equals the wanted value: the decision was there before the
// block, and nothing is ever sent.
func (d decision) isNote() bool { return isKnown(d.from) && d.from.Equal(d.value) }

// checkAddress returns errors if the block names another subject than the state, and
// keeps the spelling of the state. An unknown part of an address may turn out to be
// another one.
func checkAddress(plan *decision, config, state decision) (diagnostics diag.Diagnostics) {
	for i, attribute := range plan.kind.address {
		planned, isComputed := plan.address[i], config.address[i].IsNull() && plan.address[i].IsUnknown()
		switch {
		case isComputed:
		case attribute.isSame(planned, state.address[i]):
			plan.address[i] = state.address[i]
		case planned.IsUnknown():
			diagnostics.Append(addressUnknown(state.storedSubject(), attribute.name))
		default:
			diagnostics.Append(addressChanged(state, attribute.name, state.address[i].ValueString(), planned.ValueString()))
		}
	}
	return diagnostics
}

// claim returns an error if another block plans something else for the subject.
func (r *decisionResource) claim(plan, config decision) (diagnostics diag.Diagnostics) {
	if r.data == nil || !isKnown(plan.id) {
		return nil
	}
	planned := plannedDecision{config.value, config.comment, config.from, config.deferred}
	if other, disagrees := r.data.planned.claim(plan.storedSubject(), planned); disagrees {
		diagnostics.Append(blocksDisagree(plan.storedSubject(), r.kind.valueAttribute, planned, other))
	}
	return diagnostics
}
