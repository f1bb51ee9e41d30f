// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/didit-community/terraform-provider-didit/internal/decisions"
	"github.com/didit-community/terraform-provider-didit/internal/didit"
)

var _ datasource.DataSourceWithConfigure = (*sessionReviewsDataSource)(nil)

// sessionReviewsDataSource is didit_session_reviews: what happened to a session.
type sessionReviewsDataSource struct {
	data *providerData
}

func newSessionReviewsDataSource() datasource.DataSource { return &sessionReviewsDataSource{} }

// sessionReviewsModel is the data source in configuration and state.
type sessionReviewsModel struct {
	SessionID       types.String  `tfsdk:"session_id"`
	Activities      []string      `tfsdk:"activities"`
	IncludeComments types.Bool    `tfsdk:"include_comments"`
	MaxResults      types.Int64   `tfsdk:"max_results"`
	Reviews         []reviewModel `tfsdk:"reviews"`
}

// reviewModel is one entry of the trail.
type reviewModel struct {
	CreatedAt      types.String `tfsdk:"created_at"`
	Activity       types.String `tfsdk:"activity"`
	ActorType      types.String `tfsdk:"actor_type"`
	PreviousStatus types.String `tfsdk:"previous_status"`
	NewStatus      types.String `tfsdk:"new_status"`
	ChangedFields  []string     `tfsdk:"changed_fields"`
	Comment        types.String `tfsdk:"comment"`
}

// Read reads all pages of the trail.
func (d *sessionReviewsDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var model sessionReviewsModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &model)...)
	if resp.Diagnostics.HasError() {
		return
	}
	if !d.data.isUsable() {
		resp.Diagnostics.Append(d.data.unknownConfiguration(decisions.Step{SessionID: model.SessionID.ValueString()}))
		return
	}
	resp.Diagnostics.Append(d.collect(ctx, &model)...)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, model)...)
}

// collect adds the entries that pass the filter.
func (d *sessionReviewsDataSource) collect(ctx context.Context, model *sessionReviewsModel) (diagnostics diag.Diagnostics) {
	model.Reviews = []reviewModel{}
	sessionID := model.SessionID.ValueString()
	for review, err := range d.data.client.ListSessionReviews(ctx, sessionID) {
		if didit.IsKind(err, didit.KindSessionNotFound) {
			diagnostics.AddAttributeError(path.Root("session_id"), summaryNoSession,
				fmt.Sprintf("Session %s has no review trail that this credential may see. It was deleted, is hidden by the scope of the key, or is a KYB session: Didit keeps a trail of KYC sessions only.", sessionID))
			return diagnostics
		}
		if err != nil {
			diagnostics.Append(problem{step: decisions.Step{SessionID: sessionID}}.diagnostic(err))
			return diagnostics
		}
		if model.Activities != nil && !slices.Contains(model.Activities, review.Activity) {
			continue
		}
		if limit := valueOr(model.MaxResults, defaultMaxResults); int64(len(model.Reviews)) == limit {
			diagnostics.AddAttributeError(path.Root("max_results"), summaryTooMany,
				fmt.Sprintf("The trail of session %s has more than %d entries that fit, and none of them is left out silently. Name the activities that matter, or raise max_results.", sessionID, limit))
			return diagnostics
		}
		model.Reviews = append(model.Reviews, newReviewModel(review, model.IncludeComments.ValueBool()))
	}
	return diagnostics
}

func newReviewModel(review didit.Review, withComment bool) reviewModel {
	model := reviewModel{
		CreatedAt:      textOrNull(review.CreatedAt),
		Activity:       textOrNull(review.Activity),
		ActorType:      textOrNull(review.ActorType),
		PreviousStatus: textOrNull(review.PreviousStatus),
		NewStatus:      textOrNull(review.NewStatus),
		ChangedFields:  slices.Concat([]string{}, review.ChangedFields),
		Comment:        types.StringNull(),
	}
	if withComment {
		model.Comment = textOrNull(review.Comment)
	}
	return model
}

// Metadata names the data source.
func (d *sessionReviewsDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_session_reviews"
}

// Configure takes over what the provider shares.
func (d *sessionReviewsDataSource) Configure(_ context.Context, req datasource.ConfigureRequest, _ *datasource.ConfigureResponse) {
	d.data, _ = req.ProviderData.(*providerData)
}

// Schema describes the data source.
func (d *sessionReviewsDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "The review trail of one KYC session: what happened, when, and which status became which. " +
			"Neither names nor addresses of those who acted are kept. Didit has no trail of KYB sessions: theirs is an error. " +
			"It is read while planning, anew in every run; where `session_id` is not known yet, in the apply.",
		Attributes: map[string]schema.Attribute{
			"session_id": schema.StringAttribute{
				MarkdownDescription: "UUID of the session, in lower case, as Didit writes it. Changing it reads another trail.",
				Required:            true,
				Validators:          []validator.String{sessionIDValidator},
			},
			"activities": schema.SetAttribute{
				MarkdownDescription: "Only entries of these activities, such as `STATUS_UPDATED`, as Didit spells them. Default: all.",
				Optional:            true,
				ElementType:         types.StringType,
				Validators:          []validator.Set{setvalidator.SizeAtLeast(1), setvalidator.NoNullValues(), setvalidator.ValueStringsAre(stringvalidator.LengthAtLeast(1))},
			},
			"include_comments": schema.BoolAttribute{
				MarkdownDescription: "Also keep the comments. They are free text about people; they are marked sensitive, and stand in the state all the same. Default: `false`.",
				Optional:            true,
			},
			"max_results": schema.Int64Attribute{
				MarkdownDescription: "How many entries may fit at most, from `1` to `100000`; more are an error, never a silent cut. All pages are read, 100 entries a request. Default: `1000`.",
				Optional:            true,
				Validators:          []validator.Int64{int64validator.Between(1, 100_000)},
			},
			"reviews": schema.ListNestedAttribute{
				MarkdownDescription: "The entries, newest first.",
				Computed:            true,
				NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
					"created_at":      schema.StringAttribute{MarkdownDescription: "When it happened (RFC 3339).", Computed: true},
					"activity":        schema.StringAttribute{MarkdownDescription: "What happened, such as `STATUS_UPDATED`.", Computed: true},
					"actor_type":      schema.StringAttribute{MarkdownDescription: "Who did it, such as `API_KEY` or `CONSOLE_USER`.", Computed: true},
					"previous_status": schema.StringAttribute{MarkdownDescription: "The status before; null where no status changed.", Computed: true},
					"new_status":      schema.StringAttribute{MarkdownDescription: "The status after; null where no status changed.", Computed: true},
					"changed_fields":  schema.ListAttribute{MarkdownDescription: "Names of the fields that changed; empty where none did.", Computed: true, ElementType: types.StringType},
					"comment": schema.StringAttribute{
						MarkdownDescription: "The comment, where `include_comments` asks for it; else null.",
						Computed:            true,
						Sensitive:           true,
					},
				}},
			},
		},
	}
}
