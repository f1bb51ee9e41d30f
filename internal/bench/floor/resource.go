// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringdefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// floorResource has the attributes of didit_session_feature_status, and nothing
// behind them: no validators, no identity, no plan of its own.
type floorResource struct{}

func newFloorResource() resource.Resource { return floorResource{} }

type floorModel struct {
	ID          types.String `tfsdk:"id"`
	SessionID   types.String `tfsdk:"session_id"`
	NodeID      types.String `tfsdk:"node_id"`
	FeatureType types.String `tfsdk:"feature_type"`
	Status      types.String `tfsdk:"status"`
	Comment     types.String `tfsdk:"comment"`
}

func (floorResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_session_feature_status"
}

func (floorResource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	kept := []planmodifier.String{stringplanmodifier.UseStateForUnknown()}
	replaces := []planmodifier.String{stringplanmodifier.RequiresReplace()}
	resp.Schema = schema.Schema{
		Attributes: map[string]schema.Attribute{
			"id":         schema.StringAttribute{Computed: true, PlanModifiers: kept},
			"session_id": schema.StringAttribute{Required: true, PlanModifiers: replaces},
			"node_id": schema.StringAttribute{
				Optional: true, Computed: true, Default: stringdefault.StaticString("default"), PlanModifiers: replaces,
			},
			"feature_type": schema.StringAttribute{Optional: true, Computed: true, PlanModifiers: kept},
			"status":       schema.StringAttribute{Required: true},
			"comment":      schema.StringAttribute{Optional: true},
		},
	}
}

func (floorResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan floorModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	if resp.Diagnostics.HasError() {
		return
	}
	plan.ID = types.StringValue(plan.SessionID.ValueString() + "/" + plan.NodeID.ValueString())
	if plan.FeatureType.IsUnknown() {
		plan.FeatureType = types.StringValue("ID_VERIFICATION")
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, plan)...)
}

func (floorResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state floorModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, state)...)
}

func (floorResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var plan floorModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, plan)...)
}

func (floorResource) Delete(context.Context, resource.DeleteRequest, *resource.DeleteResponse) {}
