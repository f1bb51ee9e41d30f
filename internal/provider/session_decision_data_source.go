// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"cmp"
	"context"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/didit-community/terraform-provider-didit/internal/decisions"
	"github.com/didit-community/terraform-provider-didit/internal/didit"
)

var _ datasource.DataSourceWithConfigure = (*sessionDecisionDataSource)(nil)

// sessionDecisionDataSource is didit_session_decision: the statuses of a session, its
// steps and its AML hits. It shares the one read per session with the resources.
type sessionDecisionDataSource struct{ dataSourceBase }

func newSessionDecisionDataSource() datasource.DataSource {
	return &sessionDecisionDataSource{dataSourceBase{name: "session_decision"}}
}

// sessionDecisionModel is the data source in configuration and state.
type sessionDecisionModel struct {
	decidedSessionModel

	SessionID     types.String `tfsdk:"session_id"`
	SessionNumber types.Int64  `tfsdk:"session_number"`
	WorkflowID    types.String `tfsdk:"workflow_id"`
	Environment   types.String `tfsdk:"environment"`
	CreatedAt     types.String `tfsdk:"created_at"`
	ExpiresAt     types.String `tfsdk:"expires_at"`
}

// decidedSessionModel is what both data sources return of a session. It has only what
// rules about decisions need, because a mock of didit_session_decisions has to write
// every attribute.
type decidedSessionModel struct {
	Status      types.String   `tfsdk:"status"`
	SessionKind types.String   `tfsdk:"session_kind"`
	Features    []featureModel `tfsdk:"features"`
	AMLHits     []amlHitModel  `tfsdk:"aml_hits"`
}

// featureModel is one step of a session.
type featureModel struct {
	NodeID      types.String `tfsdk:"node_id"`
	FeatureType types.String `tfsdk:"feature_type"`
	Status      types.String `tfsdk:"status"`
}

// amlHitModel is one AML hit of a session.
type amlHitModel struct {
	NodeID       types.String  `tfsdk:"node_id"`
	HitID        types.String  `tfsdk:"hit_id"`
	ReviewStatus types.String  `tfsdk:"review_status"`
	MatchScore   types.Float64 `tfsdk:"match_score"`
	RiskScore    types.Float64 `tfsdk:"risk_score"`
}

// Read reads the session's decision, from the cache if possible.
func (d *sessionDecisionDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var model sessionDecisionModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &model)...)
	if resp.Diagnostics.HasError() {
		return
	}
	session := decisions.SessionRef{SessionID: model.SessionID.ValueString()}
	resp.Diagnostics.Append(d.requireUsable(nameOf(session))...)
	if resp.Diagnostics.HasError() {
		return
	}
	decision, err := d.data.service.Decision(ctx, session.SessionID)
	if err != nil {
		resp.Diagnostics.Append(diagnosticFor(session, "status", err))
		return
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, sessionDecisionModel{
		decidedSessionModel: newDecidedSessionModel(decision, &resp.Diagnostics),

		SessionID:     model.SessionID,
		SessionNumber: types.Int64PointerValue(decision.Number),
		WorkflowID:    stringOrNull(decision.WorkflowID),
		Environment:   stringOrNull(decision.Environment),
		CreatedAt:     stringOrNull(decision.CreatedAt),
		ExpiresAt:     stringOrNull(decision.ExpiresAt),
	})...)
}

// newDecidedSessionModel warns of each item of the report that it leaves out.
func newDecidedSessionModel(decision *didit.Decision, diagnostics *diag.Diagnostics) decidedSessionModel {
	for _, item := range decision.Unusable {
		diagnostics.Append(leftOut(decision.SessionID, item))
	}
	return decidedSessionModel{
		Status:      stringOrNull(decision.Status),
		SessionKind: stringOrNull(decision.Kind),
		Features:    featureModels(decision.Features),
		AMLHits:     amlHitModels(decision),
	}
}

// featureModels sorts by node and type, because the API does not document the order in a
// report.
func featureModels(features []didit.Feature) []featureModel {
	models := make([]featureModel, 0, len(features))
	for _, feature := range slices.SortedStableFunc(slices.Values(features), func(a, b didit.Feature) int {
		return cmp.Or(cmp.Compare(a.NodeID, b.NodeID), cmp.Compare(a.Type, b.Type))
	}) {
		models = append(models, featureModel{types.StringValue(feature.NodeID), types.StringValue(feature.Type), types.StringValue(feature.Status)})
	}
	return models
}

// amlHitModels sorts by node and hit ID. It returns nil if the report hides hits, because
// a rule must not mistake that for no hits.
func amlHitModels(decision *didit.Decision) []amlHitModel {
	if decision.HidesHits() {
		return nil
	}
	models := make([]amlHitModel, 0, len(decision.AMLHits))
	for _, hit := range slices.SortedStableFunc(slices.Values(decision.AMLHits), func(a, b didit.AMLHit) int {
		return cmp.Or(cmp.Compare(a.NodeID, b.NodeID), cmp.Compare(a.ID, b.ID))
	}) {
		models = append(models, amlHitModel{
			NodeID:       types.StringValue(hit.NodeID),
			HitID:        types.StringValue(hit.ID),
			ReviewStatus: types.StringValue(hit.ReviewStatus),
			MatchScore:   types.Float64PointerValue(hit.MatchScore),
			RiskScore:    types.Float64PointerValue(hit.RiskScore),
		})
	}
	return models
}

func (d *sessionDecisionDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Reads the status of one Didit verification session, of its steps (features) and of its AML hits. It returns no personal data, " +
			"and shares the one read per session with the decision resources of the same run. " +
			"A session that is unknown, or outside the scope of the key, is an error.",
		Attributes: map[string]schema.Attribute{
			"session_id": schema.StringAttribute{
				MarkdownDescription: "UUID of the session, in lower case. If it is unknown in the plan, the apply reads the session.",
				Required:            true,
				Validators:          []validator.String{sessionIDValidator},
			},
			"status": schema.StringAttribute{
				MarkdownDescription: "The session's own status, such as `In Review`; null if Didit shows none.",
				Computed:            true,
			},
			"session_kind": schema.StringAttribute{
				MarkdownDescription: "`user` (a person, KYC) or `business` (a company, KYB).",
				Computed:            true,
			},
			"session_number": schema.Int64Attribute{
				MarkdownDescription: "Number of the session in the application; null if Didit reports none.",
				Computed:            true,
			},
			"workflow_id": schema.StringAttribute{
				MarkdownDescription: "UUID of the session's workflow; null if Didit reports none.",
				Computed:            true,
			},
			"environment": schema.StringAttribute{
				MarkdownDescription: "`live` or `sandbox`; null if Didit reports none.",
				Computed:            true,
			},
			"created_at": schema.StringAttribute{
				MarkdownDescription: "Creation time (RFC 3339).",
				Computed:            true,
			},
			"expires_at": schema.StringAttribute{
				MarkdownDescription: "Expiry time (RFC 3339); null if the session does not expire.",
				Computed:            true,
			},
			"features": schema.ListNestedAttribute{
				MarkdownDescription: "The steps that have run, ordered by node ID and type.",
				Computed:            true,
				NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
					"node_id": schema.StringAttribute{
						MarkdownDescription: "Node ID of the step in the workflow graph; `default` if the workflow has no graph.",
						Computed:            true,
					},
					"feature_type": schema.StringAttribute{
						MarkdownDescription: "Type of the step, such as `LIVENESS`.",
						Computed:            true,
					},
					"status": schema.StringAttribute{
						MarkdownDescription: "Status of the step, such as `Approved`, `Declined`, `In Review` or `Not Finished`.",
						Computed:            true,
					},
				}},
			},
			"aml_hits": schema.ListNestedAttribute{
				MarkdownDescription: "The hits of all AML checks, ordered by node ID and hit ID, without anything about the person or company that a hit names. Null if Didit hides hits, because the workflow restricts the attributes in its responses: that is not the same as no hits, and a warning says so.",
				Computed:            true,
				NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
					"node_id": schema.StringAttribute{
						MarkdownDescription: "Node ID of the AML check in the workflow graph; `default` if the workflow has no graph.",
						Computed:            true,
					},
					"hit_id": schema.StringAttribute{
						MarkdownDescription: "ID of the hit.",
						Computed:            true,
					},
					"review_status": schema.StringAttribute{
						MarkdownDescription: "`Unreviewed`, `Confirmed Match`, `False Positive` or `Inconclusive`. A hit below the match threshold starts as `False Positive`.",
						Computed:            true,
					},
					"match_score": schema.Float64Attribute{
						MarkdownDescription: "How well the hit matches, from 0 to 100; null if Didit reports none.",
						Computed:            true,
					},
					"risk_score": schema.Float64Attribute{
						MarkdownDescription: "Risk of the hit, from 0 to 100; null if Didit reports none.",
						Computed:            true,
					},
				}},
			},
		},
	}
}
