// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

// Command floor is the baseline of the benchmark: an ordinary provider with a resource of
// the same attributes, which does nothing. It has the
// provider's name, so that one configuration fits both.
package main

import (
	"context"
	"log"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	providerschema "github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringdefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

func main() {
	options := providerserver.ServeOpts{Address: "registry.terraform.io/didit-community/didit"}
	if err := providerserver.Serve(context.Background(), newFloorProvider, options); err != nil {
		log.Fatal(err)
	}
}

type floorProvider struct{}

func newFloorProvider() provider.Provider { return floorProvider{} }

func (floorProvider) Metadata(_ context.Context, _ provider.MetadataRequest, resp *provider.MetadataResponse) {
	resp.TypeName = "didit"
}

// Schema has the one argument that the benchmark's configuration sets.
func (floorProvider) Schema(_ context.Context, _ provider.SchemaRequest, resp *provider.SchemaResponse) {
	resp.Schema.Attributes = map[string]providerschema.Attribute{"rate_limit": providerschema.SingleNestedAttribute{
		Optional: true,
		Attributes: map[string]providerschema.Attribute{
			"reads_per_minute":  providerschema.Int64Attribute{Optional: true},
			"writes_per_minute": providerschema.Int64Attribute{Optional: true},
		},
	}}
}

func (floorProvider) Configure(context.Context, provider.ConfigureRequest, *provider.ConfigureResponse) {
}

func (floorProvider) Resources(context.Context) []func() resource.Resource {
	return []func() resource.Resource{func() resource.Resource { return floorResource{} }}
}

func (floorProvider) DataSources(context.Context) []func() datasource.DataSource { return nil }

// floorResource has no validators, no identity and no plan of its own.
type floorResource struct{}

type floorModel struct {
	ID            types.String `tfsdk:"id"`
	SessionID     types.String `tfsdk:"session_id"`
	NodeID        types.String `tfsdk:"node_id"`
	FeatureType   types.String `tfsdk:"feature_type"`
	Status        types.String `tfsdk:"status"`
	From          types.String `tfsdk:"from"`
	Comment       types.String `tfsdk:"comment"`
	Defer         types.Bool   `tfsdk:"defer_until_flow_finishes"`
	Outcome       types.String `tfsdk:"outcome"`
	OverrideID    types.String `tfsdk:"override_id"`
	OverrideState types.String `tfsdk:"override_state"`
}

func (floorResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_session_feature_status"
}

func (floorResource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	keep := []planmodifier.String{stringplanmodifier.UseStateForUnknown()}
	resp.Schema.Attributes = map[string]schema.Attribute{
		"id":           schema.StringAttribute{Computed: true, PlanModifiers: keep},
		"session_id":   schema.StringAttribute{Required: true},
		"node_id":      schema.StringAttribute{Optional: true, Computed: true, Default: stringdefault.StaticString("default")},
		"feature_type": schema.StringAttribute{Optional: true, Computed: true, PlanModifiers: keep},
		"status":       schema.StringAttribute{Required: true},
		"from":         schema.StringAttribute{Optional: true},
		"comment":      schema.StringAttribute{Optional: true},
		"outcome":      schema.StringAttribute{Computed: true, PlanModifiers: keep},

		"defer_until_flow_finishes": schema.BoolAttribute{Optional: true},
		"override_id":               schema.StringAttribute{Computed: true, PlanModifiers: keep},
		"override_state":            schema.StringAttribute{Computed: true, PlanModifiers: keep},
	}
}

func (floorResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	resp.Diagnostics.Append(store(ctx, req.Plan.Get, &resp.State)...)
}

func (floorResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	resp.Diagnostics.Append(store(ctx, req.State.Get, &resp.State)...)
}

func (floorResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	resp.Diagnostics.Append(store(ctx, req.Plan.Get, &resp.State)...)
}

func (floorResource) Delete(context.Context, resource.DeleteRequest, *resource.DeleteResponse) {}

// store decodes a plan or state, completes it, and stores it, as any provider has to.
func store(ctx context.Context, get func(context.Context, any) diag.Diagnostics, to *tfsdk.State) diag.Diagnostics {
	var model floorModel
	if diagnostics := get(ctx, &model); diagnostics.HasError() {
		return diagnostics
	}
	model.ID = types.StringValue(model.SessionID.ValueString() + "/" + model.NodeID.ValueString())
	if model.FeatureType.IsUnknown() {
		model.FeatureType = types.StringValue("ID_VERIFICATION")
	}
	for _, computed := range []*types.String{&model.Outcome, &model.OverrideID, &model.OverrideState} {
		if computed.IsUnknown() {
			*computed = types.StringNull()
		}
	}
	return to.Set(ctx, model)
}
