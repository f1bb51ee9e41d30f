// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/didit-community/terraform-provider-didit/internal/didit"
)

var _ datasource.DataSourceWithConfigure = (*sessionsDataSource)(nil)

// sessionsDataSource is didit_sessions, a list of sessions.
type sessionsDataSource struct{ dataSourceBase }

func newSessionsDataSource() datasource.DataSource {
	return &sessionsDataSource{dataSourceBase{name: "sessions"}}
}

// sessionsModel is the data source in configuration and state.
type sessionsModel struct {
	SessionKind types.String          `tfsdk:"session_kind"`
	Statuses    []string              `tfsdk:"statuses"`
	WorkflowIDs []string              `tfsdk:"workflow_ids"`
	VendorData  types.String          `tfsdk:"vendor_data"`
	CreatedFrom types.String          `tfsdk:"created_from"`
	CreatedTo   types.String          `tfsdk:"created_to"`
	Search      types.String          `tfsdk:"search"`
	MaxResults  types.Number          `tfsdk:"max_results"`
	Sessions    []sessionSummaryModel `tfsdk:"sessions"`
}

// sessionSummaryModel is one session of the list.
type sessionSummaryModel struct {
	SessionID     types.String          `tfsdk:"session_id"`
	SessionKind   types.String          `tfsdk:"session_kind"`
	SessionNumber types.Int64           `tfsdk:"session_number"`
	Status        types.String          `tfsdk:"status"`
	CreatedAt     types.String          `tfsdk:"created_at"`
	Features      []featureSummaryModel `tfsdk:"features"`
}

// featureSummaryModel is one step in the list, which has no node IDs.
type featureSummaryModel struct {
	FeatureType types.String `tfsdk:"feature_type"`
	Status      types.String `tfsdk:"status"`
}

// Read reads all pages.
func (d *sessionsDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var model sessionsModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &model)...)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(d.requireUsable(listOfSessions)...)
	if resp.Diagnostics.HasError() {
		return
	}
	model.Sessions = []sessionSummaryModel{}
	limit := maxResults(model.MaxResults)
	for row, err := range d.data.client.ListSessions(ctx, model.query()) {
		if err != nil {
			resp.Diagnostics.Append(listDiagnostic(err))
			return
		}
		if int64(len(model.Sessions)) == limit {
			resp.Diagnostics.AddAttributeError(path.Root("max_results"), summaryTooMany,
				fmt.Sprintf("More sessions match than max_results, %d. The data source never truncates its result. Narrow the filters, or raise max_results.", limit))
			return
		}
		model.Sessions = append(model.Sessions, newSessionSummaryModel(row))
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, model)...)
}

func (m sessionsModel) query() didit.SessionQuery {
	return didit.SessionQuery{
		Kind:        m.SessionKind.ValueString(),
		Statuses:    m.Statuses,
		WorkflowIDs: m.WorkflowIDs,
		VendorData:  m.VendorData.ValueString(),
		CreatedFrom: m.CreatedFrom.ValueString(),
		CreatedTo:   m.CreatedTo.ValueString(),
		Search:      m.Search.ValueString(),
	}
}

func newSessionSummaryModel(row didit.SessionSummary) sessionSummaryModel {
	model := sessionSummaryModel{
		SessionID:     types.StringValue(row.SessionID),
		SessionKind:   stringOrNull(row.Kind),
		SessionNumber: types.Int64PointerValue(row.Number),
		Status:        stringOrNull(row.Status),
		CreatedAt:     stringOrNull(row.CreatedAt),
		Features:      make([]featureSummaryModel, len(row.Features)),
	}
	for i, feature := range row.Features {
		model.Features[i] = featureSummaryModel{FeatureType: stringOrNull(feature.Type), Status: stringOrNull(feature.Status)}
	}
	return model
}

func (d *sessionsDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Lists Didit verification sessions, without personal data and without node IDs, which `didit_session_decision` returns. " +
			"All filters that are set apply; without filters, it returns every session that the key can see. " +
			"The list is read at plan time, in every run; if a filter is unknown, during apply.",
		Attributes: map[string]schema.Attribute{
			"session_kind": schema.StringAttribute{
				MarkdownDescription: "Return only `user` (KYC) or only `business` (KYB) sessions. Defaults to both.",
				Optional:            true,
				Validators:          []validator.String{kindValidator},
			},
			"statuses": schema.SetAttribute{
				MarkdownDescription: "Return only sessions with these statuses, such as `In Review`, in Didit's spelling. Defaults to all.",
				Optional:            true,
				ElementType:         types.StringType,
				Validators:          []validator.Set{setvalidator.SizeAtLeast(1), setvalidator.NoNullValues(), setvalidator.ValueStringsAre(sessionStatusesValidator)},
			},
			"workflow_ids": schema.SetAttribute{
				MarkdownDescription: "Return only sessions of these workflows (UUIDs in lower case). Defaults to all.",
				Optional:            true,
				ElementType:         types.StringType,
				Validators:          []validator.Set{setvalidator.SizeAtLeast(1), setvalidator.NoNullValues(), setvalidator.ValueStringsAre(workflowIDValidator)},
			},
			"vendor_data": schema.StringAttribute{
				MarkdownDescription: "Return only sessions with exactly this vendor data, which is your own name for the person or company. It is marked as sensitive, because it often is an e-mail address, and is stored in the state. Defaults to any.",
				Optional:            true,
				Sensitive:           true,
				Validators:          []validator.String{stringvalidator.LengthAtLeast(1)},
			},
			"created_from": schema.StringAttribute{
				MarkdownDescription: "Return only sessions created on this day (UTC, such as `2026-06-30`) or later.",
				Optional:            true,
				Validators:          []validator.String{dayValidator},
			},
			"created_to": schema.StringAttribute{
				MarkdownDescription: "Return only sessions created on this day (UTC, such as `2026-06-30`) or earlier.",
				Optional:            true,
				Validators:          []validator.String{dayValidator, notBefore{"created_from"}},
			},
			"search": schema.StringAttribute{
				MarkdownDescription: "Return only the session with this UUID, or sessions whose number begins with these digits. Names are an error, because they would be stored in the state.",
				Optional:            true,
				Validators:          []validator.String{searchValidator},
			},
			"max_results": schema.NumberAttribute{
				MarkdownDescription: "Maximum number of matching sessions, from `1` to `100000`. More are an error: the result is never truncated. Defaults to `1000`; each 100 sessions cost one request.",
				Optional:            true,
				Validators:          []validator.Number{wholeNumber{1, 100_000}},
			},
			"sessions": schema.ListNestedAttribute{
				MarkdownDescription: "The sessions, KYC before KYB, each newest first.",
				Computed:            true,
				NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
					"session_id":     schema.StringAttribute{MarkdownDescription: "UUID of the session, in lower case.", Computed: true},
					"session_kind":   schema.StringAttribute{MarkdownDescription: "`user` (KYC) or `business` (KYB).", Computed: true},
					"session_number": schema.Int64Attribute{MarkdownDescription: "Number of the session in the application; null if Didit reports none.", Computed: true},
					"status":         schema.StringAttribute{MarkdownDescription: "The session's own status, such as `In Review`; null if Didit shows none.", Computed: true},
					"created_at":     schema.StringAttribute{MarkdownDescription: "Creation time (RFC 3339).", Computed: true},
					"features": schema.ListNestedAttribute{
						MarkdownDescription: "The steps of the session's workflow, in its order, without node IDs.",
						Computed:            true,
						NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
							"feature_type": schema.StringAttribute{MarkdownDescription: "Type of the step, such as `LIVENESS`.", Computed: true},
							"status":       schema.StringAttribute{MarkdownDescription: "Status of the step, such as `Approved` or `Not Finished`.", Computed: true},
						}},
					},
				}},
			},
		},
	}
}
