// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"cmp"
	"context"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/didit-community/terraform-provider-didit/internal/decisions"
	"github.com/didit-community/terraform-provider-didit/internal/didit"
)

var _ datasource.DataSourceWithConfigure = (*sessionDecisionDataSource)(nil)

// sessionDecisionDataSource is didit_session_decision: where a session and its
// steps stand. It shares the one read per session with the resource.
type sessionDecisionDataSource struct {
	data *providerData
}

func newSessionDecisionDataSource() datasource.DataSource { return &sessionDecisionDataSource{} }

// sessionDecisionModel is the data source in configuration and state.
type sessionDecisionModel struct {
	SessionID     types.String   `tfsdk:"session_id"`
	Status        types.String   `tfsdk:"status"`
	SessionKind   types.String   `tfsdk:"session_kind"`
	SessionNumber types.Int64    `tfsdk:"session_number"`
	WorkflowID    types.String   `tfsdk:"workflow_id"`
	Environment   types.String   `tfsdk:"environment"`
	CreatedAt     types.String   `tfsdk:"created_at"`
	ExpiresAt     types.String   `tfsdk:"expires_at"`
	Features      []featureModel `tfsdk:"features"`
}

// featureModel is one step of a session.
type featureModel struct {
	NodeID      types.String `tfsdk:"node_id"`
	FeatureType types.String `tfsdk:"feature_type"`
	Status      types.String `tfsdk:"status"`
}

// Read reads the session's decision, or takes the one that this run has read.
func (d *sessionDecisionDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var model sessionDecisionModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &model)...)
	if resp.Diagnostics.HasError() {
		return
	}
	session := decisions.Step{SessionID: model.SessionID.ValueString()}
	if !d.data.isUsable() {
		resp.Diagnostics.Append(d.data.unknownConfiguration(session))
		return
	}
	decision, err := d.data.decisions.Read(ctx, session.SessionID)
	if err != nil {
		resp.Diagnostics.Append(problem{step: session}.diagnostic(err))
		return
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, sessionDecisionModel{
		SessionID:     model.SessionID,
		Status:        types.StringValue(decision.Status),
		SessionKind:   textOrNull(decision.Kind),
		SessionNumber: types.Int64PointerValue(decision.Number),
		WorkflowID:    textOrNull(decision.WorkflowID),
		Environment:   textOrNull(decision.Environment),
		CreatedAt:     textOrNull(decision.CreatedAt),
		ExpiresAt:     textOrNull(decision.ExpiresAt),
		Features:      featureModels(decision.Features),
	})...)
}

// featureModels sorts by node, then type: the order of a report is nobody's promise.
func featureModels(features []didit.Feature) []featureModel {
	sorted := slices.SortedStableFunc(slices.Values(features), func(a, b didit.Feature) int {
		return cmp.Or(cmp.Compare(a.NodeID, b.NodeID), cmp.Compare(a.Type, b.Type))
	})
	models := make([]featureModel, len(sorted))
	for i, feature := range sorted {
		models[i] = featureModel{
			NodeID:      types.StringValue(feature.NodeID),
			FeatureType: types.StringValue(feature.Type),
			Status:      types.StringValue(feature.Status),
		}
	}
	return models
}

// textOrNull is null for what the API leaves out.
func textOrNull(text string) types.String {
	if text == "" {
		return types.StringNull()
	}
	return types.StringValue(text)
}

// Metadata names the data source.
func (d *sessionDecisionDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_session_decision"
}

// Configure takes over what the provider shares.
func (d *sessionDecisionDataSource) Configure(_ context.Context, req datasource.ConfigureRequest, _ *datasource.ConfigureResponse) {
	d.data, _ = req.ProviderData.(*providerData)
}

// Schema describes the data source.
func (d *sessionDecisionDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Where one Didit verification session and its steps (features) stand. It holds no personal data, " +
			"and shares the one read per session with the `didit_session_feature_status` resources of the same run. " +
			"A session that is unknown, or hidden by the scope of the key, is an error. It is read while planning; where `session_id` is not known yet, in the apply.",
		Attributes: map[string]schema.Attribute{
			"session_id": schema.StringAttribute{
				MarkdownDescription: "UUID of the session, in lower case, as Didit writes it. Changing it reads another session.",
				Required:            true,
				Validators:          []validator.String{sessionIDValidator},
			},
			"status": schema.StringAttribute{
				MarkdownDescription: "The session's own status, such as `In Review`. It is not that of a step, and the resource never changes it itself.",
				Computed:            true,
			},
			"session_kind": schema.StringAttribute{
				MarkdownDescription: "`user` (a person, KYC) or `business` (a company, KYB).",
				Computed:            true,
			},
			"session_number": schema.Int64Attribute{
				MarkdownDescription: "The session's number within the application; null where Didit reports none.",
				Computed:            true,
			},
			"workflow_id": schema.StringAttribute{
				MarkdownDescription: "UUID of the session's workflow; null where Didit reports none.",
				Computed:            true,
			},
			"environment": schema.StringAttribute{
				MarkdownDescription: "`live` or `sandbox`; null where Didit reports none.",
				Computed:            true,
			},
			"created_at": schema.StringAttribute{
				MarkdownDescription: "When the session was created (RFC 3339).",
				Computed:            true,
			},
			"expires_at": schema.StringAttribute{
				MarkdownDescription: "When the session expires (RFC 3339); null where it does not.",
				Computed:            true,
			},
			"features": schema.ListNestedAttribute{
				MarkdownDescription: "The steps that have run, in the order of node ID and type. Empty where none has.",
				Computed:            true,
				NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
					"node_id": schema.StringAttribute{
						MarkdownDescription: "The step's node ID in the workflow graph; `default` where the workflow has no graph.",
						Computed:            true,
					},
					"feature_type": schema.StringAttribute{
						MarkdownDescription: "The step's label, such as `LIVENESS`, as `feature_type` of the resource takes it.",
						Computed:            true,
					},
					"status": schema.StringAttribute{
						MarkdownDescription: "The step's status as Didit reports it, such as `Approved`, `Declined`, `In Review` or `Not Finished`.",
						Computed:            true,
					},
				}},
			},
		},
	}
}
