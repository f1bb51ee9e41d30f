// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"
	"maps"
	"math"

	"github.com/hashicorp/terraform-plugin-framework-validators/listvalidator"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/list/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/didit-community/terraform-provider-didit/internal/decisions"
	"github.com/didit-community/terraform-provider-didit/internal/didit"
)

// decisionListResource lists the subjects of one kind for terraform query, which can
// generate their import blocks and configuration.
type decisionListResource[Filter any] struct {
	resourceBase
	schema schema.Schema
	// query returns the query of the list of sessions.
	query func(filter Filter) didit.SessionQuery
	// find returns the matching subjects of one session.
	find func(ctx context.Context, service *decisions.Service, filter Filter, session didit.SessionSummary) ([]listed, error)
}

// listed is a subject, or a warning in its place.
type listed struct {
	decision    decision
	displayName string
	warning     diag.Diagnostic
}

// List reads the list of sessions, and finds their subjects until Terraform needs no
// more. It reads one session after the other, which is as fast as the API's limit.
func (r *decisionListResource[Filter]) List(ctx context.Context, req list.ListRequest, stream *list.ListResultsStream) {
	var filter Filter
	diagnostics := req.Config.Get(ctx, &filter)
	diagnostics.Append(r.requireUsable(listOfSessions)...)
	if diagnostics.HasError() {
		stream.Results = list.ListResultsStreamDiagnostics(diagnostics)
		return
	}
	stream.Results = func(push func(list.ListResult) bool) {
		remaining := req.Limit
		if remaining <= 0 {
			remaining = math.MaxInt64
		}
		for session, err := range r.data.client.ListSessions(ctx, r.query(filter)) {
			if err != nil {
				push(diagnosticResult(listDiagnostic(err)))
				return
			}
			found, err := r.find(ctx, r.data.service, filter, session)
			if didit.IsKind(err, didit.KindSessionNotFound) {
				continue // deleted after it was listed
			}
			if didit.IsKind(err, didit.KindUnexpected) {
				if !push(diagnosticResult(sessionLeftOut(session.SessionID, err))) {
					return
				}
				continue
			}
			if err != nil {
				push(diagnosticResult(diagnosticFor(decisions.SessionRef{SessionID: session.SessionID}, "", err)))
				return
			}
			for _, subject := range found {
				if !push(newListResult(ctx, req, subject)) {
					return
				}
				if subject.warning == nil {
					remaining--
				}
				if remaining == 0 {
					return // here, because the next session may have nothing that matches
				}
			}
		}
	}
}

// notAddressable returns a warning in place of a subject that the API cannot address.
func notAddressable(subject decisions.Subject) listed {
	return listed{warning: diag.NewWarningDiagnostic(summaryNotAddressable,
		fmt.Sprintf("%s is left out: the session has several of them, and Didit's API cannot tell them apart.", capitalize(nameOf(subject))))}
}

// sessionLeftOut is a warning in place of a session whose report cannot be read.
func sessionLeftOut(sessionID string, err error) diag.Diagnostic {
	failure := diagnosticFor(decisions.SessionRef{SessionID: sessionID}, "", err)
	return diag.NewWarningDiagnostic(failure.Summary(), "The session is left out. "+failure.Detail())
}

func newListResult(ctx context.Context, req list.ListRequest, found listed) list.ListResult {
	if found.warning != nil {
		return diagnosticResult(found.warning)
	}
	result := req.NewListResult(ctx)
	result.DisplayName = displayName(found.displayName)
	found.decision.identify(ctx, result.Identity)
	if req.IncludeResource {
		result.Resource.Raw = found.decision.encode(result.Resource.Raw.Type())
	}
	return result
}

func diagnosticResult(diagnostic diag.Diagnostic) list.ListResult {
	return list.ListResult{Diagnostics: diag.Diagnostics{diagnostic}}
}

// ListResourceConfigSchema returns the schema of the list block.
func (r *decisionListResource[Filter]) ListResourceConfigSchema(_ context.Context, _ list.ListResourceSchemaRequest, resp *list.ListResourceSchemaResponse) {
	resp.Schema = r.schema
}

// sessionFilterModel has the filters that the lists of all kinds have.
type sessionFilterModel struct {
	SessionKind types.String `tfsdk:"session_kind"`
	WorkflowIDs []string     `tfsdk:"workflow_ids"`
	CreatedFrom types.String `tfsdk:"created_from"`
	CreatedTo   types.String `tfsdk:"created_to"`
}

func (f sessionFilterModel) query(statuses []string) didit.SessionQuery {
	return didit.SessionQuery{
		Kind:        f.SessionKind.ValueString(),
		Statuses:    statuses,
		WorkflowIDs: f.WorkflowIDs,
		CreatedFrom: f.CreatedFrom.ValueString(),
		CreatedTo:   f.CreatedTo.ValueString(),
	}
}

// withSessionFilters adds the attributes of sessionFilterModel to those of one kind.
func withSessionFilters(attributes map[string]schema.Attribute) map[string]schema.Attribute {
	maps.Copy(attributes, map[string]schema.Attribute{
		"session_kind": schema.StringAttribute{
			MarkdownDescription: "Search only `user` (KYC) or only `business` (KYB) sessions. Defaults to both.",
			Optional:            true,
			Validators:          []validator.String{kindValidator},
		},
		"workflow_ids": listFilter("Search only sessions of these workflows (UUIDs in lower case). Defaults to all.", workflowIDValidator),
		"created_from": schema.StringAttribute{
			MarkdownDescription: "Search only sessions created on this day (UTC, such as `2026-06-30`) or later.",
			Optional:            true,
			Validators:          []validator.String{dayValidator},
		},
		"created_to": schema.StringAttribute{
			MarkdownDescription: "Search only sessions created on this day (UTC, such as `2026-06-30`) or earlier.",
			Optional:            true,
			Validators:          []validator.String{dayValidator, notBefore{"created_from"}},
		},
	})
	return attributes
}

// listFilter returns an attribute for a filter that matches any of its values.
func listFilter(description string, values validator.String) schema.ListAttribute {
	return schema.ListAttribute{
		MarkdownDescription: description,
		Optional:            true,
		ElementType:         types.StringType,
		Validators:          []validator.List{listvalidator.SizeAtLeast(1), listvalidator.NoNullValues(), listvalidator.ValueStringsAre(values)},
	}
}

// sessionStatusFilter returns an attribute for a filter by the status of the session that
// the subjects belong to.
func sessionStatusFilter(subjects string) schema.ListAttribute {
	return listFilter("Find only "+subjects+" of sessions with these statuses, such as `In Review`. Defaults to all.", sessionStatusesValidator)
}
