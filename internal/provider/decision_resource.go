// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/didit-community/terraform-provider-didit/internal/decisions"
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

// Create adopts a subject. It cannot know which value the reviewer of its plan saw.
func (r *decisionResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	plan := r.kind.decode(req.Plan.Raw)
	resp.Diagnostics.Append(r.apply(ctx, &plan, plan.subject(), "")...)
	if !resp.Diagnostics.HasError() {
		plan.store(ctx, &resp.State, resp.Identity)
	}
}

// Update changes the value. A new comment alone changes only the state, because
// Didit records comments together with a change.
func (r *decisionResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	plan, state := r.kind.decode(req.Plan.Raw), r.kind.decode(req.State.Raw)
	if !plan.value.Equal(state.value) {
		resp.Diagnostics.Append(r.apply(ctx, &plan, plan.storedSubject(), state.value.ValueString())...)
	}
	if !resp.Diagnostics.HasError() {
		plan.store(ctx, &resp.State, resp.Identity)
	}
}

// apply creates and updates. reviewed is the value that the reviewer of the plan saw; ""
// if it is not known.
func (r *decisionResource) apply(ctx context.Context, plan *decision, subject decisions.Subject, reviewed string) diag.Diagnostics {
	diagnostics := r.requireUsable(nameOf(subject))
	if diagnostics.HasError() {
		return diagnostics
	}
	change := decisions.Change{Subject: subject, From: reviewed, To: plan.value.ValueString(), Comment: plan.comment.ValueString()}
	result, err := r.data.service.Apply(ctx, change)
	if err != nil {
		diagnostics.Append(r.diagnosticFor(subject, err))
		return diagnostics
	}
	// Terraform plans a new block again during the apply. That plan has already warned if
	// the cache shows the wanted value.
	hasWarned := reviewed == "" && result.Cached
	if !result.Changed && change.Comment != "" && !hasWarned {
		diagnostics.Append(commentNotRecorded(change))
	}
	plan.complete(result.Subject)
	plan.value = types.StringValue(result.Value)
	return diagnostics
}

// Read stores the value as Didit spells it. The comment cannot be read back.
func (r *decisionResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	state := r.kind.decode(req.State.Raw)
	subject := state.storedSubject()
	resp.Diagnostics.Append(r.requireUsable(nameOf(subject))...)
	if resp.Diagnostics.HasError() {
		return
	}
	found, readErr := r.data.service.Find(ctx, subject)
	gone, err := r.data.service.Gone(ctx, readErr)
	switch {
	case gone:
		resp.Diagnostics.Append(removedFromState(subject, readErr))
		// Terraform requires the identity even if the resource is removed.
		state.identify(ctx, resp.Identity)
		resp.State.RemoveResource(ctx)
	case err != nil:
		resp.Diagnostics.Append(r.diagnosticFor(subject, err))
	default:
		state.value = types.StringValue(found.Value)
		state.store(ctx, &resp.State, resp.Identity)
	}
}

// Delete sends nothing, because Didit has no undo. The plan has warned about that.
func (r *decisionResource) Delete(context.Context, resource.DeleteRequest, *resource.DeleteResponse) {
}

func (r *decisionResource) diagnosticFor(subject decisions.Subject, err error) diag.Diagnostic {
	return diagnosticFor(subject, r.kind.valueAttribute, err)
}

// Schema returns the schema of the kind.
func (r *decisionResource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = r.kind.schema
}

// IdentitySchema returns the identity schema of the kind.
func (r *decisionResource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = r.kind.identitySchema()
}
