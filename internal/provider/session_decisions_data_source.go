// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"errors"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework-validators/listvalidator"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/didit-community/terraform-provider-didit/internal/decisions"
	"github.com/didit-community/terraform-provider-didit/internal/didit"
)

var _ datasource.DataSourceWithConfigure = (*sessionDecisionsDataSource)(nil)

// sessionDecisionsDataSource is didit_session_decisions: what didit_session_decision
// returns of one session, for many. A module that has one data source for each of its
// sessions plans much slower, and one deleted session fails its whole plan.
type sessionDecisionsDataSource struct{ dataSourceBase }

func newSessionDecisionsDataSource() datasource.DataSource {
	return &sessionDecisionsDataSource{dataSourceBase{name: "session_decisions"}}
}

// sessionDecisionsModel is the data source in configuration and state.
type sessionDecisionsModel struct {
	SessionIDs         []string                       `tfsdk:"session_ids"`
	DeferredSessionIDs []string                       `tfsdk:"deferred_session_ids"`
	Sessions           map[string]decidedSessionModel `tfsdk:"sessions"`
	Missing            []string                       `tfsdk:"missing"`
	Waiting            map[string]string              `tfsdk:"waiting"`
}

// The types of a session. They are no nested attributes, because the mocks of
// "terraform test" cannot fill those.
var (
	featureType = types.ObjectType{AttrTypes: map[string]attr.Type{
		"node_id": types.StringType, "feature_type": types.StringType, "status": types.StringType,
	}}
	amlHitType = types.ObjectType{AttrTypes: map[string]attr.Type{
		"node_id": types.StringType, "hit_id": types.StringType, "review_status": types.StringType,
		"match_score": types.Float64Type, "risk_score": types.Float64Type,
	}}
	decidedSessionType = types.ObjectType{AttrTypes: map[string]attr.Type{
		"status": types.StringType, "session_kind": types.StringType,
		"features": types.ListType{ElemType: featureType}, "aml_hits": types.ListType{ElemType: amlHitType},
	}}
)

// Read reads the sessions at the same time, from the cache if possible.
func (d *sessionDecisionsDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var model sessionDecisionsModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &model)...)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(d.requireUsable(severalSessions)...)
	if resp.Diagnostics.HasError() {
		return
	}
	ids := slices.Compact(slices.Sorted(slices.Values(model.SessionIDs)))
	found, err := d.data.service.Decisions(ctx, ids)
	if err != nil {
		resp.Diagnostics.Append(sessionsDiagnostic(err))
		return
	}
	model.Sessions, model.Missing = map[string]decidedSessionModel{}, []string{}
	for _, id := range ids {
		if decision := found[id]; decision != nil {
			model.Sessions[id] = newDecidedSessionModel(decision, &resp.Diagnostics)
		} else {
			model.Missing = append(model.Missing, id)
		}
	}
	deferred := map[string]*didit.Decision{}
	for _, id := range model.DeferredSessionIDs {
		if decision := found[id]; decision != nil {
			deferred[id] = decision
		}
	}
	waiting, err := d.data.service.Waiting(ctx, deferred)
	if err != nil {
		resp.Diagnostics.Append(sessionsDiagnostic(err))
		return
	}
	model.Waiting = map[string]string{}
	for step, status := range waiting {
		kind := sessionFeatureStatusKind
		model.Waiting[kind.newDecision(kind.addressOf(step), status).id.ValueString()] = status
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, model)...)
}

// severalSessions is the name of the sessions in messages.
const severalSessions = "session_ids"

func sessionsDiagnostic(err error) diag.Diagnostic {
	var summary, detail string
	if failure, ok := errors.AsType[*decisions.SessionError](err); ok {
		_, summary, detail = describe(decisions.SessionRef{SessionID: failure.SessionID}, failure.Err)
	} else {
		_, summary, detail = describeClientError(severalSessions, err)
	}
	return diag.NewAttributeErrorDiagnostic(path.Root("session_ids"), summary, detail)
}

func (d *sessionDecisionsDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Reads the statuses of many Didit verification sessions, of their steps (features) and of their AML hits. It returns no personal data, " +
			"reads several sessions at the same time, and shares the one read per session with the decision resources of the same run. " +
			"A session that is unknown, deleted, or outside the scope of the key is listed in `missing` and is no error.",
		Attributes: map[string]schema.Attribute{
			// Lists, because the framework compares each element of a set with each other one.
			"session_ids": schema.ListAttribute{
				MarkdownDescription: "UUIDs of the sessions, in lower case. Their order and repetitions do not matter. If one of them is unknown in the plan, the apply reads the sessions.",
				ElementType:         types.StringType,
				Required:            true,
				Validators:          []validator.List{listvalidator.NoNullValues(), listvalidator.ValueStringsAre(sessionIDValidator)},
			},
			"deferred_session_ids": schema.ListAttribute{
				MarkdownDescription: "Those of `session_ids` for which `waiting` is read: one more request each, shared with the steps of the same run whose change waits.",
				ElementType:         types.StringType,
				Optional:            true,
				Validators:          []validator.List{listvalidator.NoNullValues(), listvalidator.ValueStringsAre(sessionIDValidator)},
			},
			"sessions": schema.MapAttribute{
				MarkdownDescription: "The sessions that exist, by their IDs, without those in `missing`. Each is an object: [the attributes of a session](#the-attributes-of-a-session).",
				ElementType:         decidedSessionType,
				Computed:            true,
			},
			"missing": schema.ListAttribute{
				MarkdownDescription: "The IDs for which Didit has no session, sorted. Before the provider lists the first one, it reads the list of sessions once, so that a wrong `base_url` is an error.",
				ElementType:         types.StringType,
				Computed:            true,
			},
			"waiting": schema.MapAttribute{
				MarkdownDescription: "The steps of `deferred_session_ids` whose [deferred change](../guides/persons-in-the-flow.md) waits: by the import ID of the step, the status that Didit will set.",
				ElementType:         types.StringType,
				Computed:            true,
			},
		},
	}
}
