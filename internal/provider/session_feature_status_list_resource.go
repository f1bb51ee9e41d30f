// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework-validators/listvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/list/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/didit-community/terraform-provider-didit/internal/decisions"
	"github.com/didit-community/terraform-provider-didit/internal/didit"
)

var _ list.ListResourceWithConfigure = (*sessionFeatureStatusListResource)(nil)

// sessionFeatureStatusListResource finds steps for terraform query, which can
// write their import blocks and configuration.
type sessionFeatureStatusListResource struct {
	data *providerData
}

func newSessionFeatureStatusListResource() list.ListResource {
	return &sessionFeatureStatusListResource{}
}

// stepFilterModel is the config of a list block.
type stepFilterModel struct {
	Statuses        []string     `tfsdk:"statuses"`
	FeatureTypes    []string     `tfsdk:"feature_types"`
	SessionKind     types.String `tfsdk:"session_kind"`
	SessionStatuses []string     `tfsdk:"session_statuses"`
	WorkflowIDs     []string     `tfsdk:"workflow_ids"`
	CreatedFrom     types.String `tfsdk:"created_from"`
	CreatedTo       types.String `tfsdk:"created_to"`
}

// List reads the list of sessions, and of each session the decision, as long as
// Terraform wants more. One read after the other is as fast as the API's limit.
func (r *sessionFeatureStatusListResource) List(ctx context.Context, req list.ListRequest, stream *list.ListResultsStream) {
	var filter stepFilterModel
	if diagnostics := req.Config.Get(ctx, &filter); diagnostics.HasError() {
		stream.Results = list.ListResultsStreamDiagnostics(diagnostics)
		return
	}
	if !r.data.isUsable() {
		stream.Results = list.ListResultsStreamDiagnostics(diag.Diagnostics{r.data.unknownConfiguration(decisions.Step{})})
		return
	}
	stream.Results = func(push func(list.ListResult) bool) {
		left := req.Limit
		if left <= 0 {
			left = math.MaxInt64
		}
		for session, err := range filter.sessions().sessions(ctx, r.data.client) {
			if err != nil {
				push(failedResult(problem{}.diagnostic(err)))
				return
			}
			for result := range r.steps(ctx, req, filter, session.SessionID) {
				if left == 0 || !push(result) || result.Diagnostics.HasError() {
					return
				}
				left--
			}
		}
	}
}

// steps gives the results of one session.
func (r *sessionFeatureStatusListResource) steps(ctx context.Context, req list.ListRequest, filter stepFilterModel, sessionID string) func(func(list.ListResult) bool) {
	return func(push func(list.ListResult) bool) {
		decision, err := r.data.decisions.Read(ctx, sessionID)
		if didit.IsKind(err, didit.KindSessionNotFound) {
			return // deleted since it was listed
		}
		if err != nil {
			push(failedResult(problem{step: decisions.Step{SessionID: sessionID}}.diagnostic(err)))
			return
		}
		for _, feature := range decision.Features {
			if filter.fits(feature) && !push(stepResult(ctx, req, decision, feature)) {
				return
			}
		}
	}
}

// stepResult is one step that was found; a warning takes the place of one that
// the API cannot address.
func stepResult(ctx context.Context, req list.ListRequest, decision *didit.Decision, feature didit.Feature) list.ListResult {
	model := sessionFeatureStatusModel{
		SessionID:   types.StringValue(decision.SessionID),
		NodeID:      types.StringValue(feature.NodeID),
		FeatureType: types.StringValue(feature.Type),
		Status:      types.StringValue(feature.Status),
	}
	model.computeID()
	if _, err := model.storedStep().Find(decision); err != nil {
		return failedResult(diag.NewWarningDiagnostic(summaryAmbiguous,
			fmt.Sprintf("%s is left out: the session has several like it, and Didit's API cannot tell them apart.", capital(stepName(model.namedStep())))))
	}
	result := req.NewListResult(ctx)
	result.DisplayName = fmt.Sprintf("%s (%s): %s", model.ID.ValueString(), feature.Type, feature.Status)
	result.Diagnostics.Append(result.Identity.Set(ctx, model.identity())...)
	if req.IncludeResource {
		result.Diagnostics.Append(result.Resource.Set(ctx, model)...)
	}
	return result
}

func failedResult(diagnostic diag.Diagnostic) list.ListResult {
	return list.ListResult{Diagnostics: diag.Diagnostics{diagnostic}}
}

func (m stepFilterModel) sessions() sessionFilter {
	return sessionFilter{
		kind:        m.SessionKind.ValueString(),
		statuses:    m.SessionStatuses,
		workflowIDs: m.WorkflowIDs,
		createdFrom: m.CreatedFrom.ValueString(),
		createdTo:   m.CreatedTo.ValueString(),
	}
}

func (m stepFilterModel) fits(feature didit.Feature) bool {
	isOfType := func(label string) bool { return didit.SameFeatureType(label, feature.Type) }
	return (m.Statuses == nil || slices.Contains(m.Statuses, feature.Status)) &&
		(m.FeatureTypes == nil || slices.ContainsFunc(m.FeatureTypes, isOfType))
}

// Metadata names the resource whose instances are listed.
func (r *sessionFeatureStatusListResource) Metadata(ctx context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	newSessionFeatureStatusResource().Metadata(ctx, req, resp)
}

// Configure takes over what the provider shares.
func (r *sessionFeatureStatusListResource) Configure(_ context.Context, req resource.ConfigureRequest, _ *resource.ConfigureResponse) {
	r.data, _ = req.ProviderData.(*providerData)
}

// ListResourceConfigSchema describes the config of a list block.
func (r *sessionFeatureStatusListResource) ListResourceConfigSchema(_ context.Context, _ list.ListResourceSchemaRequest, resp *list.ListResourceSchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Finds steps of Didit verification sessions for `terraform query` (Terraform 1.14 and later), which can write their `import` blocks and configuration. " +
			"It costs one read for every hundred sessions that fit, and one for each of them. Terraform ends a list after the block's `limit` (100 unless set). All filters together narrow the list.",
		Attributes: map[string]schema.Attribute{
			"statuses": schema.ListAttribute{
				MarkdownDescription: "Only steps in one of these statuses, such as `In Review`, as Didit spells them. Default: all.",
				Optional:            true,
				ElementType:         types.StringType,
				Validators:          []validator.List{listvalidator.SizeAtLeast(1), listvalidator.NoNullValues(), listvalidator.ValueStringsAre(stringvalidator.LengthAtLeast(1))},
			},
			"feature_types": schema.ListAttribute{
				MarkdownDescription: "Only steps with one of these labels, in upper case, such as `AML`. Default: all.",
				Optional:            true,
				ElementType:         types.StringType,
				Validators:          []validator.List{listvalidator.SizeAtLeast(1), listvalidator.NoNullValues(), listvalidator.ValueStringsAre(featureTypeValidator)},
			},
			"session_kind": schema.StringAttribute{
				MarkdownDescription: "Only steps of `user` (KYC) or only of `business` (KYB) sessions. Default: both.",
				Optional:            true,
				Validators:          []validator.String{stringvalidator.OneOf(didit.KindUser, didit.KindBusiness)},
			},
			"session_statuses": schema.ListAttribute{
				MarkdownDescription: "Only steps of sessions that are themselves in one of these statuses, such as `In Review`, as Didit spells them. Default: all.",
				Optional:            true,
				ElementType:         types.StringType,
				Validators:          []validator.List{listvalidator.SizeAtLeast(1), listvalidator.NoNullValues(), listvalidator.ValueStringsAre(stringvalidator.OneOf(sessionStatuses...))},
			},
			"workflow_ids": schema.ListAttribute{
				MarkdownDescription: "Only steps of sessions of one of these workflows (UUIDs in lower case, as Didit writes them). Default: all.",
				Optional:            true,
				ElementType:         types.StringType,
				Validators:          []validator.List{listvalidator.SizeAtLeast(1), listvalidator.NoNullValues(), listvalidator.ValueStringsAre(workflowIDValidator)},
			},
			"created_from": schema.StringAttribute{
				MarkdownDescription: "Only steps of sessions created on this day (UTC, `2026-06-30`) or later. Default: open.",
				Optional:            true,
				Validators:          []validator.String{dayValidator},
			},
			"created_to": schema.StringAttribute{
				MarkdownDescription: "Only steps of sessions created on this day (UTC, `2026-06-30`) or earlier. Default: open.",
				Optional:            true,
				Validators:          []validator.String{dayValidator},
			},
		},
	}
}
