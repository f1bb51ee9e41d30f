// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/didit-community/terraform-provider-didit/internal/decisionfile"
)

// decisionFilesFunction is provider::didit::decision_files. It reads texts, not files:
// Terraform knows its arguments while planning, and it needs no key and no request.
type decisionFilesFunction struct{}

func newDecisionFilesFunction() function.Function { return decisionFilesFunction{} }

// The types of the result; the models below have the same fields.
var (
	hitDecisionType = types.ObjectType{AttrTypes: map[string]attr.Type{
		"node_id": types.StringType, "hit_id": types.StringType, "from": types.StringType, "to": types.StringType,
		"reason": types.StringType, "ticket": types.StringType, "recorded": types.StringType,
	}}
	stepDecisionType = types.ObjectType{AttrTypes: map[string]attr.Type{
		"node_id": types.StringType, "feature_type": types.StringType, "from": types.StringType, "to": types.StringType,
		"comment": types.StringType, "ticket": types.StringType, "exception": types.StringType,
		"defer_until_flow_finishes": types.BoolType, "recorded": types.StringType,
	}}
	sessionDecisionType = types.ObjectType{AttrTypes: map[string]attr.Type{
		"from": types.StringType, "to": types.StringType,
		"comment": types.StringType, "ticket": types.StringType, "exception": types.StringType, "recorded": types.StringType,
	}}
	decisionFileType = types.ObjectType{AttrTypes: map[string]attr.Type{
		"session_id": types.StringType,
		"hits":       types.MapType{ElemType: hitDecisionType},
		"steps":      types.MapType{ElemType: stepDecisionType},
		"session":    sessionDecisionType,
	}}
)

type decisionFilesModel struct {
	Files    map[string]decisionFileModel `tfsdk:"files"`
	Problems []string                     `tfsdk:"problems"`
}

type decisionFileModel struct {
	SessionID string                       `tfsdk:"session_id"`
	Hits      map[string]hitDecisionModel  `tfsdk:"hits"`
	Steps     map[string]stepDecisionModel `tfsdk:"steps"`
	Session   *sessionStatusDecisionModel  `tfsdk:"session"`
}

type hitDecisionModel struct {
	NodeID   string       `tfsdk:"node_id"`
	HitID    string       `tfsdk:"hit_id"`
	From     string       `tfsdk:"from"`
	To       string       `tfsdk:"to"`
	Reason   types.String `tfsdk:"reason"`
	Ticket   types.String `tfsdk:"ticket"`
	Recorded types.String `tfsdk:"recorded"`
}

type stepDecisionModel struct {
	NodeID      string       `tfsdk:"node_id"`
	FeatureType types.String `tfsdk:"feature_type"`
	From        string       `tfsdk:"from"`
	To          string       `tfsdk:"to"`
	Comment     types.String `tfsdk:"comment"`
	Ticket      types.String `tfsdk:"ticket"`
	Exception   types.String `tfsdk:"exception"`
	Defer       bool         `tfsdk:"defer_until_flow_finishes"`
	Recorded    types.String `tfsdk:"recorded"`
}

type sessionStatusDecisionModel struct {
	From      string       `tfsdk:"from"`
	To        string       `tfsdk:"to"`
	Comment   types.String `tfsdk:"comment"`
	Ticket    types.String `tfsdk:"ticket"`
	Exception types.String `tfsdk:"exception"`
	Recorded  types.String `tfsdk:"recorded"`
}

// Metadata returns the name of the function.
func (decisionFilesFunction) Metadata(_ context.Context, _ function.MetadataRequest, resp *function.MetadataResponse) {
	resp.Name = "decision_files"
}

// Definition returns the parameter, the type of the result and the page.
func (decisionFilesFunction) Definition(_ context.Context, _ function.DefinitionRequest, resp *function.DefinitionResponse) {
	resp.Definition = function.Definition{
		Summary: "Reads decision files",
		MarkdownDescription: "Reads decision files: YAML in which a team writes its decisions, one file for each session. " +
			"It checks them strictly, and returns every problem with its line instead of failing at the first. It sends no request and needs no API key.",
		Parameters: []function.Parameter{function.MapParameter{
			Name:                "texts",
			MarkdownDescription: "The content of each file by its name. The name appears in `files` and at the beginning of each problem.",
			ElementType:         types.StringType,
		}},
		Return: function.ObjectReturn{AttributeTypes: map[string]attr.Type{
			"files":    types.MapType{ElemType: decisionFileType},
			"problems": types.ListType{ElemType: types.StringType},
		}},
	}
}

// Run reads the files in the order of their names.
func (decisionFilesFunction) Run(ctx context.Context, req function.RunRequest, resp *function.RunResponse) {
	var texts map[string]string
	if resp.Error = req.Arguments.Get(ctx, &texts); resp.Error != nil {
		return
	}
	result := decisionFilesModel{Files: map[string]decisionFileModel{}, Problems: []string{}}
	var files []decisionfile.File
	var problems []decisionfile.Problem
	for _, name := range slices.Sorted(maps.Keys(texts)) {
		file, found := decisionfile.Read(name, []byte(texts[name]))
		files, problems = append(files, file), append(problems, found...)
	}
	problems = append(problems, decisionfile.SharedSessions(files)...)
	for _, file := range files {
		if !file.Archived {
			result.Files[file.Name] = decisionFileModelOf(file)
		}
	}
	for _, problem := range problems {
		delete(result.Files, problem.File)
		result.Problems = append(result.Problems, problem.String())
	}
	resp.Error = resp.Result.Set(ctx, result)
}

func decisionFileModelOf(file decisionfile.File) decisionFileModel {
	model := decisionFileModel{SessionID: file.SessionID, Hits: map[string]hitDecisionModel{}, Steps: map[string]stepDecisionModel{}}
	for _, d := range file.Decisions {
		comment, ticket, exception, recorded := stringOrNull(d.Comment), stringOrNull(d.Ticket), stringOrNull(d.Exception), stringOrNull(d.Recorded())
		switch d.Kind {
		case decisionfile.Hit:
			model.Hits[d.Key] = hitDecisionModel{d.NodeID, d.HitID, d.From, d.To, comment, ticket, recorded}
		case decisionfile.Step:
			model.Steps[d.Key] = stepDecisionModel{d.NodeID, stringOrNull(d.FeatureType), d.From, d.To, comment, ticket, exception, d.Defer, recorded}
		case decisionfile.Session:
			model.Session = &sessionStatusDecisionModel{d.From, d.To, comment, ticket, exception, recorded}
		}
	}
	return model
}
