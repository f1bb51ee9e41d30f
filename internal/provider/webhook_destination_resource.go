// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/booldefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringdefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/didit-community/terraform-provider-didit/internal/didit"
)

var (
	_ resource.ResourceWithConfigure      = (*webhookDestinationResource)(nil)
	_ resource.ResourceWithImportState    = (*webhookDestinationResource)(nil)
	_ resource.ResourceWithIdentity       = (*webhookDestinationResource)(nil)
	_ resource.ResourceWithModifyPlan     = (*webhookDestinationResource)(nil)
	_ resource.ResourceWithValidateConfig = (*webhookDestinationResource)(nil)
)

// webhookDestinationResource is didit_webhook_destination, a URL to which Didit sends
// events.
type webhookDestinationResource struct{ resourceBase }

func newWebhookDestinationResource() resource.Resource {
	return &webhookDestinationResource{resourceBase{name: "webhook_destination"}}
}

// webhookDestinationModel is the resource in configuration, plan and state. It has no
// field for the signing secret.
type webhookDestinationModel struct {
	ID               types.String `tfsdk:"id"`
	Label            types.String `tfsdk:"label"`
	URL              types.String `tfsdk:"url"`
	SubscribedEvents types.Set    `tfsdk:"subscribed_events"`
	Enabled          types.Bool   `tfsdk:"enabled"`
	WebhookVersion   types.String `tfsdk:"webhook_version"`
}

// noSettings is a model without values.
var noSettings = webhookDestinationModel{SubscribedEvents: types.SetNull(types.StringType)}

// newWebhookDestinationModel returns the model of a destination. A setting that the
// response lacks has its value in fallback: that is no evidence of a change.
func newWebhookDestinationModel(ctx context.Context, destination didit.WebhookDestination, fallback webhookDestinationModel) (webhookDestinationModel, diag.Diagnostics) {
	model := fallback
	model.ID = types.StringValue(destination.ID)
	if destination.Label != nil {
		model.Label = types.StringPointerValue(destination.Label)
	}
	if destination.URL != nil {
		model.URL = types.StringPointerValue(destination.URL)
	}
	if destination.Enabled != nil {
		model.Enabled = types.BoolPointerValue(destination.Enabled)
	}
	if destination.WebhookVersion != nil {
		model.WebhookVersion = types.StringPointerValue(destination.WebhookVersion)
	}
	var diagnostics diag.Diagnostics
	if destination.SubscribedEvents != nil {
		model.SubscribedEvents, diagnostics = types.SetValueFrom(ctx, types.StringType, destination.SubscribedEvents)
	}
	return model, diagnostics
}

// settings returns the values that differ from those of another model.
func (m webhookDestinationModel) settings(ctx context.Context, other webhookDestinationModel) (settings didit.WebhookDestinationSettings, diagnostics diag.Diagnostics) {
	if !m.Label.Equal(other.Label) {
		settings.Label = m.Label.ValueStringPointer()
	}
	if !m.URL.Equal(other.URL) {
		settings.URL = m.URL.ValueStringPointer()
	}
	if !m.Enabled.Equal(other.Enabled) {
		settings.Enabled = m.Enabled.ValueBoolPointer()
	}
	if !m.WebhookVersion.Equal(other.WebhookVersion) {
		settings.WebhookVersion = m.WebhookVersion.ValueStringPointer()
	}
	if !m.SubscribedEvents.Equal(other.SubscribedEvents) {
		diagnostics.Append(m.SubscribedEvents.ElementsAs(ctx, &settings.SubscribedEvents, false)...)
	}
	return settings, diagnostics
}

// webhookDestinationIdentity is the identity of a destination.
type webhookDestinationIdentity struct {
	ID types.String `tfsdk:"id"`
}

// Create creates the destination. It does not store the secret in the response.
func (r *webhookDestinationResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan webhookDestinationModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(r.requireUsable(listOfDestinations)...)
	if resp.Diagnostics.HasError() {
		return
	}
	settings, diagnostics := plan.settings(ctx, webhookDestinationModel{})
	resp.Diagnostics.Append(diagnostics...)
	if resp.Diagnostics.HasError() {
		return
	}
	created, err := r.data.destinations.Create(ctx, settings)
	if err != nil {
		resp.Diagnostics.Append(destinationDiagnostic("a webhook destination for "+quote(plan.URL.ValueString()), err))
		return
	}
	if differences, _ := created.Differences(settings); len(differences) > 0 {
		resp.Diagnostics.Append(destinationDiffers(created.ID, "created", differences))
	}
	plan.ID = types.StringValue(created.ID)
	resp.Diagnostics.Append(resp.State.Set(ctx, plan)...)
	resp.Diagnostics.Append(resp.Identity.Set(ctx, webhookDestinationIdentity{plan.ID})...)
}

// Read stores the destination as Didit reports it.
func (r *webhookDestinationResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state webhookDestinationModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	resp.Diagnostics.Append(resp.Identity.Set(ctx, webhookDestinationIdentity{state.ID})...)
	resp.Diagnostics.Append(r.requireUsable(destinationName(state.ID.ValueString()))...)
	if resp.Diagnostics.HasError() {
		return
	}
	found, err := r.data.client.RetrieveWebhookDestination(ctx, state.ID.ValueString())
	switch {
	case didit.IsKind(err, didit.KindDestinationNotFound):
		resp.Diagnostics.Append(destinationRemoved(state.ID.ValueString()))
		resp.State.RemoveResource(ctx)
	case err != nil:
		resp.Diagnostics.Append(destinationDiagnostic(destinationName(state.ID.ValueString()), err))
	default:
		read, diagnostics := newWebhookDestinationModel(ctx, found, state)
		resp.Diagnostics.Append(diagnostics...)
		resp.Diagnostics.Append(resp.State.Set(ctx, read)...)
	}
}

// Update sends the changed values in one request.
func (r *webhookDestinationResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var plan, state webhookDestinationModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	resp.Diagnostics.Append(r.requireUsable(destinationName(state.ID.ValueString()))...)
	settings, diagnostics := plan.settings(ctx, state)
	resp.Diagnostics.Append(diagnostics...)
	if resp.Diagnostics.HasError() {
		return
	}
	updated, err := r.data.destinations.Update(ctx, state.ID.ValueString(), settings)
	switch {
	case didit.IsKind(err, didit.KindDestinationNotFound):
		resp.Diagnostics.Append(destinationDeleted(state.ID.ValueString()))
		return
	case err != nil:
		resp.Diagnostics.Append(destinationDiagnostic(destinationName(state.ID.ValueString()), err))
		return
	}
	if differences, _ := updated.Differences(settings); len(differences) > 0 {
		resp.Diagnostics.Append(destinationDiffers(state.ID.ValueString(), "updated", differences))
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, plan)...)
	resp.Diagnostics.Append(resp.Identity.Set(ctx, webhookDestinationIdentity{plan.ID})...)
}

// Delete deletes the destination. It succeeds if the destination does not exist.
func (r *webhookDestinationResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var state webhookDestinationModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	resp.Diagnostics.Append(r.requireUsable(destinationName(state.ID.ValueString()))...)
	if resp.Diagnostics.HasError() {
		return
	}
	if err := r.data.destinations.Delete(ctx, state.ID.ValueString()); err != nil {
		resp.Diagnostics.Append(destinationDiagnostic(destinationName(state.ID.ValueString()), err))
	}
}

// ImportState reads the destination, because for a missing one Terraform would only
// report that an object does not exist.
func (r *webhookDestinationResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	id := types.StringValue(req.ID)
	if req.ID == "" {
		resp.Diagnostics.Append(req.Identity.GetAttribute(ctx, path.Root("id"), &id)...)
	}
	if problem := checkDestinationID(id.ValueString()); problem != "" {
		resp.Diagnostics.AddError(summaryImportID, "The import ID of a webhook destination "+problem+".")
	}
	resp.Diagnostics.Append(r.requireUsable(destinationName(id.ValueString()))...)
	if resp.Diagnostics.HasError() {
		return
	}
	found, err := r.data.client.RetrieveWebhookDestination(ctx, id.ValueString())
	if err != nil {
		failure := destinationDiagnostic(destinationName(id.ValueString()), err)
		resp.Diagnostics.AddError(failure.Summary(), failure.Detail())
		return
	}
	model, diagnostics := newWebhookDestinationModel(ctx, found, noSettings)
	resp.Diagnostics.Append(diagnostics...)
	resp.Diagnostics.Append(resp.State.Set(ctx, model)...)
	resp.Diagnostics.Append(resp.Identity.Set(ctx, webhookDestinationIdentity{model.ID})...)
}

// ValidateConfig checks the URL. [webhookDestinationResource.ModifyPlan] checks its form.
func (r *webhookDestinationResource) ValidateConfig(ctx context.Context, req resource.ValidateConfigRequest, resp *resource.ValidateConfigResponse) {
	var url types.String
	resp.Diagnostics.Append(req.Config.GetAttribute(ctx, path.Root("url"), &url)...)
	if !isKnown(url) {
		return
	}
	if problem := checkDestinationURL(url.ValueString()); problem != "" {
		resp.Diagnostics.Append(destinationURLError(url.ValueString(), problem))
	}
}

func (r *webhookDestinationResource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = identityschema.Schema{Attributes: map[string]identityschema.Attribute{
		"id": identityschema.StringAttribute{
			Description:       "UUID of the destination, in lower case.",
			RequiredForImport: true,
		},
	}}
}

func (r *webhookDestinationResource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = webhookDestinationSchema()
}

func webhookDestinationSchema() schema.Schema {
	return schema.Schema{
		MarkdownDescription: "A webhook destination: a URL to which Didit sends events, such as `status.updated` when a session is decided. " +
			"It is created, updated in place and deleted. Its signing secret is not stored in the state: " +
			"read it with the ephemeral resource `didit_webhook_destination`, or with the data source of that name.",
		Attributes: map[string]schema.Attribute{
			"id": schema.StringAttribute{
				MarkdownDescription: "UUID of the destination; also the import ID.",
				Computed:            true,
				PlanModifiers:       []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
			},
			"label": schema.StringAttribute{
				MarkdownDescription: "Name of the destination in the Didit console, of 1 to 255 characters. A new one must not begin or end with a space.",
				Required:            true,
				Validators:          []validator.String{destinationLabelValidator},
			},
			"url": schema.StringAttribute{
				MarkdownDescription: "The `https` URL that receives the events, unique in the application, of at most 2,000 ASCII characters. A new one must not contain a user name, a password or a fragment, and must be in normal form: host in lower case, no default port, no dot segments, a path of at least `/`.",
				Required:            true,
			},
			"subscribed_events": schema.SetAttribute{
				MarkdownDescription: "The events to send, at least one, such as `status.updated` and `data.updated`. Didit has no wildcards. " +
					fmt.Sprintf("Published events: %s.", codeList(didit.WebhookEvents)),
				Required:    true,
				ElementType: types.StringType,
				Validators:  []validator.Set{webhookEventsValidator{}},
			},
			"enabled": schema.BoolAttribute{
				MarkdownDescription: "Whether Didit sends events to it. Defaults to `true`.",
				Optional:            true,
				Computed:            true,
				Default:             booldefault.StaticBool(true),
			},
			"webhook_version": schema.StringAttribute{
				MarkdownDescription: "Version of the payload: " + codeList(didit.WebhookVersions) + ". Defaults to `v3`, the current one.",
				Optional:            true,
				Computed:            true,
				Default:             stringdefault.StaticString("v3"),
				Validators:          []validator.String{webhookVersionValidator},
			},
		},
	}
}
