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
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/didit-community/terraform-provider-didit/internal/decisions"
	"github.com/didit-community/terraform-provider-didit/internal/didit"
)

var (
	_ resource.ResourceWithConfigure   = (*sessionFeatureStatusResource)(nil)
	_ resource.ResourceWithModifyPlan  = (*sessionFeatureStatusResource)(nil)
	_ resource.ResourceWithImportState = (*sessionFeatureStatusResource)(nil)
	_ resource.ResourceWithIdentity    = (*sessionFeatureStatusResource)(nil)
)

// sessionFeatureStatusResource is didit_session_feature_status: the decision on
// one step of a session. It is made anew for every call; what calls share is in
// its data.
type sessionFeatureStatusResource struct {
	data *providerData
}

func newSessionFeatureStatusResource() resource.Resource { return &sessionFeatureStatusResource{} }

// Create adopts a step: it exists before Terraform hears of it.
func (r *sessionFeatureStatusResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan sessionFeatureStatusModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	if resp.Diagnostics.HasError() {
		return
	}
	// A create does not know which status the reviewer of its plan saw.
	result, diagnostics := r.apply(ctx, plan, plan.namedStep(), "")
	resp.Diagnostics.Append(diagnostics...)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(store(ctx, result, &resp.State, resp.Identity)...)
}

// Update changes the status, or the comment alone, which is Terraform's own
// affair: Didit records comments only with a change.
func (r *sessionFeatureStatusResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var plan, state sessionFeatureStatusModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	result := plan
	if !plan.Status.Equal(state.Status) {
		var diagnostics diag.Diagnostics
		result, diagnostics = r.apply(ctx, plan, plan.storedStep(), state.Status.ValueString())
		resp.Diagnostics.Append(diagnostics...)
	}
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(store(ctx, result, &resp.State, resp.Identity)...)
}

// apply is the one path of create and update: it brings the step to the planned
// status. seen is the status that the plan was made from; "" where none was.
func (r *sessionFeatureStatusResource) apply(ctx context.Context, plan sessionFeatureStatusModel, step decisions.Step, seen string) (sessionFeatureStatusModel, diag.Diagnostics) {
	decided, diagnostics := r.decisions(step)
	if diagnostics.HasError() {
		return plan, diagnostics
	}
	feature, err := decided.Apply(ctx, decisions.Change{
		Step:    step,
		From:    seen,
		To:      plan.Status.ValueString(),
		Comment: plan.Comment.ValueString(),
	})
	if err != nil {
		diagnostics.Append(problem{step: step}.diagnostic(err))
		return plan, diagnostics
	}
	plan.Status = types.StringValue(feature.Status)
	if plan.FeatureType.IsUnknown() {
		plan.FeatureType = types.StringValue(feature.Type)
	}
	plan.computeID()
	return plan, diagnostics
}

// Read takes over the status as Didit spells it; the comment cannot be read
// back, and the label stays what it was.
func (r *sessionFeatureStatusResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state sessionFeatureStatusModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	step := state.storedStep()
	decided, diagnostics := r.decisions(step)
	resp.Diagnostics.Append(diagnostics...)
	if resp.Diagnostics.HasError() {
		return
	}

	feature, err := lookUp(ctx, decided, step)
	switch {
	case isGone(err):
		resp.Diagnostics.Append(goneWarning(step, err))
		// Terraform wants the identity also of what it is told to forget.
		resp.Diagnostics.Append(resp.Identity.Set(ctx, state.identity())...)
		resp.State.RemoveResource(ctx)
		return
	case err != nil:
		resp.Diagnostics.Append(problem{step: step}.diagnostic(err))
		return
	}
	state.Status = types.StringValue(feature.Status)
	resp.Diagnostics.Append(store(ctx, state, &resp.State, resp.Identity)...)
}

// Delete sends nothing: a decision cannot be undone, and the step stays. The
// plan has said so.
func (r *sessionFeatureStatusResource) Delete(context.Context, resource.DeleteRequest, *resource.DeleteResponse) {
}

// lookUp finds a step in its session's decision.
func lookUp(ctx context.Context, decided *decisions.Decisions, step decisions.Step) (didit.Feature, error) {
	decision, err := decided.Read(ctx, step.SessionID)
	if err != nil {
		return didit.Feature{}, err
	}
	return step.Find(decision)
}

// store writes state and identity, which go together always.
func store(ctx context.Context, model sessionFeatureStatusModel, state *tfsdk.State, identity *tfsdk.ResourceIdentity) diag.Diagnostics {
	diagnostics := state.Set(ctx, model)
	diagnostics.Append(identity.Set(ctx, model.identity())...)
	return diagnostics
}

// decisions gives the room below, or the reason why it cannot be used yet.
func (r *sessionFeatureStatusResource) decisions(step decisions.Step) (*decisions.Decisions, diag.Diagnostics) {
	var diagnostics diag.Diagnostics
	if !r.data.isUsable() {
		diagnostics.Append(r.data.unknownConfiguration(step))
		return nil, diagnostics
	}
	return r.data.decisions, diagnostics
}

// Metadata names the resource.
func (r *sessionFeatureStatusResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_session_feature_status"
}

// Configure takes over what the provider shares.
func (r *sessionFeatureStatusResource) Configure(_ context.Context, req resource.ConfigureRequest, _ *resource.ConfigureResponse) {
	r.data, _ = req.ProviderData.(*providerData)
}

// Schema describes the resource.
func (r *sessionFeatureStatusResource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "The decision on one step (feature) of a Didit verification session. " +
			"The step exists already: adopt it with an `import` block, whose plan shows which status becomes which. " +
			"The session's own decision is not touched, and nothing is sent where the step has the wanted status already.\n\n" +
			"Destroying the resource leaves the decision in place: Didit has no undo.",
		Attributes: map[string]schema.Attribute{
			"id": schema.StringAttribute{
				MarkdownDescription: "The step's import ID: `session_id/node_id`; for node `default` always `session_id/default/feature_type`. Unknown while planning only as long as one of its parts is.",
				Computed:            true,
			},
			"session_id": schema.StringAttribute{
				MarkdownDescription: "UUID of the session, in lower case, as Didit writes it; another spelling is refused. Changing it replaces the resource: Terraform forgets the one step, whose decision stays, and adopts the other. Where it is unknown while planning, the session is read in the apply only.",
				Required:            true,
				Validators:          []validator.String{sessionIDValidator},
				PlanModifiers:       []planmodifier.String{stringplanmodifier.RequiresReplace()},
			},
			"node_id": schema.StringAttribute{
				MarkdownDescription: "The step's node ID in the workflow graph, such as `feature_ocr_1`. A wrong one fails the plan, and the error lists the session's own. Default: `default`, which addresses a step of a workflow without a graph. Changing it replaces the resource, like `session_id`.",
				Optional:            true,
				Computed:            true,
				Default:             stringdefault.StaticString(didit.DefaultNodeID),
				Validators:          []validator.String{nodeIDValidator},
				PlanModifiers:       []planmodifier.String{stringplanmodifier.RequiresReplace()},
			},
			"feature_type": schema.StringAttribute{
				MarkdownDescription: "The step's label, in upper case, such as `LIVENESS`, `FACE_MATCH` or `AML`. Needed where node `default` fits several steps, to pick one; with another node ID it has to match the step. " +
					"Left out, it is read from Didit when the step is adopted, and stays as it was then. Setting it to another label replaces the resource, like `session_id`. Unknown while planning only where it is left out and the session cannot be read yet.",
				Optional:      true,
				Computed:      true,
				Validators:    []validator.String{featureTypeValidator},
				PlanModifiers: []planmodifier.String{stringplanmodifier.RequiresReplaceIfConfigured()},
			},
			"status": schema.StringAttribute{
				MarkdownDescription: "The wanted status: `Approved`, `Declined` or `In Review`. Changing it updates the step in place: one change, with the comment, on Didit's review trail. After a refresh the state holds whatever Didit reports, such as `Not Finished`.",
				Required:            true,
				Validators:          []validator.String{statusValidator},
			},
			"comment": schema.StringAttribute{
				MarkdownDescription: "Why: free text, recorded on Didit's review trail together with a change of status. Default: none. It cannot be read back, and it stands in the state and in plans as it is written here: name a ticket, not a person. Changing it alone changes Terraform's state and sends nothing.",
				Optional:            true,
				Validators:          []validator.String{commentValidator},
			},
		},
	}
}

// IdentitySchema describes what tells one step from all others.
func (r *sessionFeatureStatusResource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = identityschema.Schema{
		Attributes: map[string]identityschema.Attribute{
			"session_id": identityschema.StringAttribute{
				Description:       "UUID of the session, in lower case.",
				RequiredForImport: true,
			},
			"node_id": identityschema.StringAttribute{
				Description:       "The step's node ID in the workflow graph; `default` for a workflow without a graph.",
				RequiredForImport: true,
			},
			"feature_type": identityschema.StringAttribute{
				Description:       "The step's label, such as `LIVENESS`, for node `default` only; may be left out where one step fits.",
				OptionalForImport: true,
			},
		},
	}
}
