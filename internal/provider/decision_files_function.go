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

// The types of the result.
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
	decisionsOf      = map[decisionfile.Kind]types.ObjectType{decisionfile.Hit: hitDecisionType, decisionfile.Step: stepDecisionType, decisionfile.Session: sessionDecisionType}
	decisionFileType = types.ObjectType{AttrTypes: map[string]attr.Type{
		"session_id": types.StringType,
		"hits":       types.MapType{ElemType: hitDecisionType},
		"steps":      types.MapType{ElemType: stepDecisionType},
		"session":    sessionDecisionType,
	}}
	decisionFilesType = types.ObjectType{AttrTypes: map[string]attr.Type{
		"files":    types.MapType{ElemType: decisionFileType},
		"problems": types.ListType{ElemType: types.StringType},
	}}
)

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
		Return: function.ObjectReturn{AttributeTypes: decisionFilesType.AttrTypes},
	}
}

// Run reads the files in the order of their names. It builds the values itself, because
// the framework takes three times as long to convert the structs of thousands of decisions.
func (decisionFilesFunction) Run(ctx context.Context, req function.RunRequest, resp *function.RunResponse) {
	var texts map[string]string
	if resp.Error = req.Arguments.Get(ctx, &texts); resp.Error != nil {
		return
	}
	var files []decisionfile.File
	var problems []decisionfile.Problem
	for _, name := range slices.Sorted(maps.Keys(texts)) {
		file, found := decisionfile.Read(name, []byte(texts[name]))
		files, problems = append(files, file), append(problems, found...)
	}
	files, problems = decisionfile.Valid(files, problems)
	valid, lines := map[string]attr.Value{}, []attr.Value{}
	for _, file := range files {
		if !file.Archived {
			valid[file.Name] = decisionFileValue(file)
		}
	}
	for _, problem := range problems {
		lines = append(lines, types.StringValue(problem.String()))
	}
	resp.Error = resp.Result.Set(ctx, types.ObjectValueMust(decisionFilesType.AttrTypes, map[string]attr.Value{
		"files": types.MapValueMust(decisionFileType, valid), "problems": types.ListValueMust(types.StringType, lines),
	}))
}

func decisionFileValue(file decisionfile.File) attr.Value {
	hits, steps, session := map[string]attr.Value{}, map[string]attr.Value{}, attr.Value(types.ObjectNull(sessionDecisionType.AttrTypes))
	for _, d := range file.Decisions {
		switch d.Kind {
		case decisionfile.Hit:
			hits[d.Key] = decisionValue(d)
		case decisionfile.Step:
			steps[d.Key] = decisionValue(d)
		case decisionfile.Session:
			session = decisionValue(d)
		}
	}
	return types.ObjectValueMust(decisionFileType.AttrTypes, map[string]attr.Value{
		"session_id": types.StringValue(file.SessionID),
		"hits":       types.MapValueMust(hitDecisionType, hits),
		"steps":      types.MapValueMust(stepDecisionType, steps),
		"session":    session,
	})
}

func decisionValue(d decisionfile.Decision) attr.Value {
	all := map[string]attr.Value{
		"node_id": types.StringValue(d.NodeID), "hit_id": types.StringValue(d.HitID), "feature_type": stringOrNull(d.FeatureType),
		"from": types.StringValue(d.From), "to": types.StringValue(d.To),
		"comment": stringOrNull(d.Comment), "reason": stringOrNull(d.Comment), "ticket": stringOrNull(d.Ticket), "exception": stringOrNull(d.Exception),
		"defer_until_flow_finishes": types.BoolValue(d.Defer), "recorded": stringOrNull(d.Recorded()),
	}
	attributes := decisionsOf[d.Kind].AttrTypes
	maps.DeleteFunc(all, func(name string, _ attr.Value) bool { return attributes[name] == nil })
	return types.ObjectValueMust(attributes, all)
}
