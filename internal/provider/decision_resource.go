// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/didit-community/terraform-provider-didit/internal/decisions"
	"github.com/didit-community/terraform-provider-didit/internal/didit"
)

// decisionModel is one kind of decision in configuration, plan and state.
type decisionModel interface {
	id() types.String
	session() types.String
	// wanted returns the status or review status.
	wanted() types.String
	// comment returns the comment; null for a kind without one.
	comment() types.String
	// isAddressKnown reports whether all parts of the subject's address are known.
	isAddressKnown() bool
	// subject returns the address with all parts that the model has.
	subject() decisions.Subject
	// storedSubject returns the address that identifies the subject in the state.
	storedSubject() decisions.Subject
	// complete fills the missing parts of the address from the subject, unless that is
	// nil, and computes the ID.
	complete(subject decisions.Subject)
	// completePlan is complete for those parts that cannot change before the apply.
	completePlan(subject decisions.Subject)
	setWanted(value string)
	// identity returns the identity data.
	identity() any
}

// decisionKind describes one kind of decision to the generic resource.
type decisionKind struct {
	// name is the type name of the resource without the prefix didit_.
	name           string
	schema         schema.Schema
	identitySchema identityschema.Schema
	// valueAttribute is status or review_status.
	valueAttribute string
	// address are the attributes that name the subject, in the order of the import ID.
	address []addressAttribute
	// importForm describes the import ID.
	importForm string
	// planWarnings returns warnings for the reviewer of a planned change. cached is the
	// session's decision if this process has read it, or nil.
	planWarnings func(change decisions.Change, cached *didit.Decision) diag.Diagnostics
}

// decisionResource is the resource of one kind of decision. Its subject exists
// before Terraform manages it. So create adopts it, and delete only removes it from the
// state.
type decisionResource[Model any, M interface {
	*Model
	decisionModel
}] struct {
	configured
	kind decisionKind
	// newModel returns a model with this address, whose parts are in the order of
	// decisionKind.address; a part may be "".
	newModel func(address []string) Model
}

// Create adopts a subject. It cannot know which value the reviewer of its plan saw.
func (r *decisionResource[Model, M]) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan Model
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(r.apply(ctx, &plan, M(&plan).subject(), "")...)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(store(ctx, M(&plan), &resp.State, resp.Identity)...)
}

// Update changes the value. A new comment alone changes only the state, because
// Didit records comments together with a change.
func (r *decisionResource[Model, M]) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var plan, state Model
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	if planned, reviewed := M(&plan).wanted(), M(&state).wanted(); !planned.Equal(reviewed) {
		resp.Diagnostics.Append(r.apply(ctx, &plan, M(&plan).storedSubject(), reviewed.ValueString())...)
	}
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(store(ctx, M(&plan), &resp.State, resp.Identity)...)
}

// apply creates and updates. reviewed is the value that the reviewer of the plan saw; ""
// if it is not known.
func (r *decisionResource[Model, M]) apply(ctx context.Context, plan *Model, subject decisions.Subject, reviewed string) diag.Diagnostics {
	diagnostics := r.requireUsable(nameOf(subject))
	if diagnostics.HasError() {
		return diagnostics
	}
	change := decisions.Change{Subject: subject, From: reviewed, To: M(plan).wanted().ValueString(), Comment: M(plan).comment().ValueString()}
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
	M(plan).complete(result.Subject)
	M(plan).setWanted(result.Value)
	return diagnostics
}

// Read stores the value as Didit spells it. The comment cannot be read back.
func (r *decisionResource[Model, M]) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state Model
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	subject := M(&state).storedSubject()
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
		resp.Diagnostics.Append(resp.Identity.Set(ctx, M(&state).identity())...)
		resp.State.RemoveResource(ctx)
	case err != nil:
		resp.Diagnostics.Append(r.diagnosticFor(subject, err))
	default:
		M(&state).setWanted(found.Value)
		resp.Diagnostics.Append(store(ctx, M(&state), &resp.State, resp.Identity)...)
	}
}

// Delete sends nothing, because Didit has no undo. The plan has warned about that.
func (r *decisionResource[Model, M]) Delete(context.Context, resource.DeleteRequest, *resource.DeleteResponse) {
}

func (r *decisionResource[Model, M]) diagnosticFor(subject decisions.Subject, err error) diag.Diagnostic {
	return diagnosticFor(subject, r.kind.valueAttribute, err)
}

// store sets the state and the identity.
func store(ctx context.Context, model decisionModel, state *tfsdk.State, identity *tfsdk.ResourceIdentity) diag.Diagnostics {
	diagnostics := state.Set(ctx, model)
	diagnostics.Append(identity.Set(ctx, model.identity())...)
	return diagnostics
}

func (r *decisionResource[Model, M]) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_" + r.kind.name
}

func (r *decisionResource[Model, M]) Configure(_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
	resp.Diagnostics.Append(r.configure(req.ProviderData)...)
}

func (r *decisionResource[Model, M]) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = r.kind.schema
}

func (r *decisionResource[Model, M]) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = r.kind.identitySchema
}
