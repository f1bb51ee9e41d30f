// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
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

// sessionReviewsDataSource is didit_session_reviews: the audit trail of a session.
type sessionReviewsDataSource struct{ dataSourceBase }

func newSessionReviewsDataSource() datasource.DataSource {
	return &sessionReviewsDataSource{dataSourceBase{name: "session_reviews"}}
}

// sessionReviewsModel is the data source in configuration and state.
type sessionReviewsModel struct {
	SessionID       types.String  `tfsdk:"session_id"`
	Activities      []string      `tfsdk:"activities"`
	IncludeComments types.Bool    `tfsdk:"include_comments"`
	MaxResults      types.Number  `tfsdk:"max_results"`
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
	resp.Diagnostics.Append(d.requireUsable(nameOf(decisions.SessionRef{SessionID: model.SessionID.ValueString()}))...)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(d.collect(ctx, &model)...)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, model)...)
}

// collect adds the matching entries.
func (d *sessionReviewsDataSource) collect(ctx context.Context, model *sessionReviewsModel) (diagnostics diag.Diagnostics) {
	model.Reviews = []reviewModel{}
	sessionID := model.SessionID.ValueString()
	for review, err := range d.data.client.ListSessionReviews(ctx, sessionID) {
		if didit.IsKind(err, didit.KindSessionNotFound) {
			diagnostics.AddAttributeError(path.Root("session_id"), summaryNoSession,
				fmt.Sprintf("Session %s has no audit trail that this credential can see. It was deleted, is outside the scope of the key, or is a KYB session: Didit keeps a trail of KYC sessions only.", sessionID))
			return diagnostics
		}
		if err != nil {
			diagnostics.Append(diagnosticFor(decisions.SessionRef{SessionID: sessionID}, "", err))
			return diagnostics
		}
		if model.Activities != nil && !slices.Contains(model.Activities, review.Activity) {
			continue
		}
		if limit := maxResults(model.MaxResults); int64(len(model.Reviews)) == limit {
			diagnostics.AddAttributeError(path.Root("max_results"), summaryTooMany,
				fmt.Sprintf("The trail of session %s has more than %d matching entries. The data source never truncates its result. Narrow activities, or raise max_results.", sessionID, limit))
			return diagnostics
		}
		model.Reviews = append(model.Reviews, newReviewModel(review, model.IncludeComments.ValueBool()))
	}
	return diagnostics
}

func newReviewModel(review didit.Review, withComment bool) reviewModel {
	model := reviewModel{
		CreatedAt:      stringOrNull(review.CreatedAt),
		Activity:       stringOrNull(review.Activity),
		ActorType:      stringOrNull(review.ActorType),
		PreviousStatus: stringOrNull(review.PreviousStatus),
		NewStatus:      stringOrNull(review.NewStatus),
		ChangedFields:  slices.Concat([]string{}, review.ChangedFields),
		Comment:        types.StringNull(),
	}
	if withComment {
		model.Comment = stringOrNull(review.Comment)
	}
	return model
}

func (d *sessionReviewsDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Reads the audit trail of one KYC session: what happened, when, and which status changed, without names or addresses of the actors. " +
			"Didit has a trail of KYC sessions only: for a KYB session, reading it is an error. " +
			"The trail is read at plan time, in every run; if `session_id` is unknown, during apply.",
		Attributes: map[string]schema.Attribute{
			"session_id": schema.StringAttribute{
				MarkdownDescription: "UUID of the session, in lower case.",
				Required:            true,
				Validators:          []validator.String{sessionIDValidator},
			},
			"activities": schema.SetAttribute{
				MarkdownDescription: "Return only entries of these activities, such as `STATUS_UPDATED`, in Didit's spelling. Defaults to all.",
				Optional:            true,
				ElementType:         types.StringType,
				Validators:          []validator.Set{setvalidator.SizeAtLeast(1), setvalidator.NoNullValues(), setvalidator.ValueStringsAre(activityValidator{})},
			},
			"include_comments": schema.BoolAttribute{
				MarkdownDescription: "Whether to return the comments, which are free text about people. They are marked as sensitive, and are stored in the state. Defaults to `false`.",
				Optional:            true,
			},
			"max_results": schema.NumberAttribute{
				MarkdownDescription: "Maximum number of matching entries, from `1` to `100000`. More are an error: the result is never truncated. Defaults to `1000`.",
				Optional:            true,
				Validators:          []validator.Number{wholeNumber{1, 100_000}},
			},
			"reviews": schema.ListNestedAttribute{
				MarkdownDescription: "The entries, newest first.",
				Computed:            true,
				NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
					"created_at":      schema.StringAttribute{MarkdownDescription: "Time of the entry (RFC 3339).", Computed: true},
					"activity":        schema.StringAttribute{MarkdownDescription: "Kind of entry, such as `STATUS_UPDATED`.", Computed: true},
					"actor_type":      schema.StringAttribute{MarkdownDescription: "Kind of actor, such as `API_KEY` or `CONSOLE_USER`.", Computed: true},
					"previous_status": schema.StringAttribute{MarkdownDescription: "Previous status; null if no status changed.", Computed: true},
					"new_status":      schema.StringAttribute{MarkdownDescription: "New status; null if no status changed.", Computed: true},
					"changed_fields":  schema.ListAttribute{MarkdownDescription: "Names of the changed fields.", Computed: true, ElementType: types.StringType},
					"comment": schema.StringAttribute{
						MarkdownDescription: "The comment; null unless `include_comments` is true.",
						Computed:            true,
						Sensitive:           true,
					},
				}},
			},
		},
	}
}
