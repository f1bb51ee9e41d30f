// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"errors"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/didit-community/terraform-provider-didit/internal/decisions"
	"github.com/didit-community/terraform-provider-didit/internal/didit"
)

var (
	_ resource.ResourceWithConfigure   = (*decisionResource)(nil)
	_ resource.ResourceWithIdentity    = (*decisionResource)(nil)
	_ resource.ResourceWithImportState = (*decisionResource)(nil)
	_ resource.ResourceWithModifyPlan  = (*decisionResource)(nil)
)

// decisionResource is the resource of one kind of decision. Its subject exists
// before Terraform manages it. So create adopts it, and delete only removes it from the
// state.
type decisionResource struct {
	resourceBase
	kind *decisionKind
}

func newDecisionResource(kind *decisionKind) *decisionResource {
	return &decisionResource{resourceBase{name: kind.name}, kind}
}

// Create makes a decision, or adopts a subject that has the wanted value. A create does
// not know which value the reviewer of its plan saw, unless the block has from.
func (r *decisionResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	plan := r.kind.decode(req.Plan.Raw)
	config := r.kind.decode(req.Config.Raw).asPlanned(plan)
	resp.Diagnostics.Append(r.apply(ctx, &plan, config, config.from.ValueString())...)
	if resp.Diagnostics.HasError() {
		return
	}
	var memory decisionMemory
	if key := config.key(); key != "" {
		memory = memory.with(key)
	}
	resp.Diagnostics.Append(memory.store(ctx, resp.Private)...)
	plan.store(ctx, &resp.State, resp.Identity)
}

// Update makes a decision that the block has not made. Without from, it changes the value,
// and a new comment alone changes only the state.
func (r *decisionResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	plan, state := r.kind.decode(req.Plan.Raw), r.kind.decode(req.State.Raw)
	config := r.kind.decode(req.Config.Raw).asPlanned(plan)
	memory, _, diagnostics := readMemory(ctx, req.Private, state)
	resp.Diagnostics.Append(diagnostics...)
	if resp.Diagnostics.HasError() {
		return
	}
	reviewed := state.value.ValueString()
	if state.outcome.ValueString() == outcomeGone { // then the state has no value of today
		reviewed = config.from.ValueString()
	}
	key := config.key()
	switch {
	case plan.isKept(), memory.isLast(key), key == "" && plan.value.Equal(state.value):
	case memory.has(key):
		resp.Diagnostics.Append(madeBefore(plan.storedSubject(), config))
	default:
		resp.Diagnostics.Append(r.apply(ctx, &plan, config, reviewed)...)
		if key != "" {
			memory = memory.with(key)
		}
	}
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(memory.store(ctx, resp.Private)...)
	plan.store(ctx, &resp.State, resp.Identity)
}

// apply makes a decision. reviewed is the value that it may be made from; "" if it is not
// known.
func (r *decisionResource) apply(ctx context.Context, plan *decision, config decision, reviewed string) diag.Diagnostics {
	subject := plan.target(config)
	diagnostics := r.requireUsable(nameOf(subject))
	if diagnostics.HasError() {
		return diagnostics
	}
	change := decisions.Change{Subject: subject, From: reviewed, To: config.value.ValueString(), Deferred: config.deferred.ValueBool()}
	if r.kind.sendsComment {
		change.Comment = config.comment.ValueString()
	}
	result, err := r.data.service.Apply(ctx, change)
	if err != nil {
		diagnostics.Append(r.refusal(subject, config, err))
		return diagnostics
	}
	if !result.Recorded && change.Comment != "" && !config.isNote() && !r.data.planned.isUnsent(plan.storedSubject()) {
		diagnostics.Append(commentNotRecorded(change))
	}
	plan.complete(result.Subject)
	plan.made(result, config)
	return diagnostics
}

// Read stores the value as Didit spells it, and what became of a decision that the block
// has made. The comment cannot be read back.
func (r *decisionResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	state := r.kind.decode(req.State.Raw)
	subject := state.storedSubject()
	memory, isStored, diagnostics := readMemory(ctx, req.Private, state)
	resp.Diagnostics.Append(diagnostics...)
	resp.Diagnostics.Append(r.requireUsable(nameOf(subject))...)
	if resp.Diagnostics.HasError() {
		return
	}
	isMade := !state.from.IsNull() && !memory.isEmpty()
	found, readErr := r.data.service.Find(ctx, subject)
	gone, err := r.data.service.Gone(ctx, readErr)
	switch {
	case gone && isMade:
		state.outcome = types.StringValue(outcomeGone)
	case gone:
		resp.Diagnostics.Append(removedFromState(subject, readErr))
		// Terraform requires the identity even if the resource is removed.
		state.identify(ctx, resp.Identity)
		resp.State.RemoveResource(ctx)
		return
	case err != nil:
		resp.Diagnostics.Append(r.diagnosticFor(subject, err))
		return
	default:
		found, err := r.refreshOverride(ctx, &state, subject, found)
		if err != nil {
			resp.Diagnostics.Append(r.diagnosticFor(subject, err))
			return
		}
		state.refresh(found)
		switch {
		case state.override().State == didit.OverridePending:
			state.outcome = types.StringValue(outcomeWaiting)
		case isMade:
			state.outcome = outcomeOf(memory.isLast(state.key()))
		}
	}
	if !isStored { // as after an import
		resp.Diagnostics.Append(memory.store(ctx, resp.Private)...)
	}
	state.store(ctx, &resp.State, resp.Identity)
}

// Delete sends nothing, because Didit has no undo. The plan has warned about that.
func (r *decisionResource) Delete(context.Context, resource.DeleteRequest, *resource.DeleteResponse) {
}

func (r *decisionResource) diagnosticFor(subject decisions.Subject, err error) diag.Diagnostic {
	return diagnosticFor(subject, r.kind.valueAttribute, err)
}

// refusal returns the diagnostic for a change that is not made.
func (r *decisionResource) refusal(subject decisions.Subject, config decision, err error) diag.Diagnostic {
	conflict, isConflict := errors.AsType[*decisions.ConflictError](err)
	if !isConflict || conflict.Sent || !isKnown(config.from) || conflict.Expected != config.from.ValueString() {
		return r.diagnosticFor(subject, err)
	}
	// Another from does not help if Didit accepts no change from this value.
	undecidable := decisions.Change{Subject: subject, To: conflict.Wanted}.Check(conflict.Found)
	if _, ok := errors.AsType[*decisions.NotDecidableError](undecidable); ok {
		return r.diagnosticFor(subject, undecidable)
	}
	return otherThanFrom(subject, config, conflict.Found)
}

// Schema returns the schema of the kind.
func (r *decisionResource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = r.kind.schema
}

// IdentitySchema returns the identity schema of the kind.
func (r *decisionResource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = r.kind.identitySchema()
}
