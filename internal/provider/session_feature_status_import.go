// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/didit-community/terraform-provider-didit/internal/decisions"
)

// importForm is shown wherever an import ID is refused.
const importForm = "session_id/node_id, or for a workflow without a graph session_id/default/feature_type (the type may be left out where the session has one step), " +
	"as in \"11111111-2222-4333-8444-555555555555/feature_ocr_1\""

// ImportState adopts a step by ID or by identity. It reads the session itself:
// of a step that is missing Terraform would only say that an object does not
// exist, and not which.
func (r *sessionFeatureStatusResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	step, diagnostics := stepOfImport(ctx, req)
	resp.Diagnostics.Append(diagnostics...)
	if resp.Diagnostics.HasError() {
		return
	}
	decided, diagnostics := r.decisions(step)
	resp.Diagnostics.Append(diagnostics...)
	if resp.Diagnostics.HasError() {
		return
	}
	feature, err := lookUp(ctx, decided, step)
	if err != nil {
		resp.Diagnostics.Append(problem{step: step, importing: true}.diagnostic(err))
		return
	}
	imported := sessionFeatureStatusModel{
		SessionID:   types.StringValue(step.SessionID),
		NodeID:      types.StringValue(step.NodeID),
		FeatureType: types.StringValue(feature.Type),
		Status:      types.StringValue(feature.Status),
	}
	if step.FeatureType != "" {
		// The spelling that was asked for, as in a configuration.
		imported.FeatureType = types.StringValue(step.FeatureType)
	}
	imported.computeID()
	resp.Diagnostics.Append(store(ctx, imported, &resp.State, resp.Identity)...)
}

// stepOfImport reads the ID or the identity, whichever was given.
func stepOfImport(ctx context.Context, req resource.ImportStateRequest) (step decisions.Step, diagnostics diag.Diagnostics) {
	parts := strings.Split(req.ID, "/")
	source := fmt.Sprintf("The import ID %q", req.ID)
	switch {
	case req.ID == "" && (req.Identity == nil || req.Identity.Raw.IsNull()):
		diagnostics.AddError(summaryImportID, fmt.Sprintf("%s is empty. Its form is %s.", source, importForm))
		return step, diagnostics
	case req.ID == "":
		var identity sessionFeatureStatusIdentity
		diagnostics.Append(req.Identity.Get(ctx, &identity)...)
		step = decisions.Step{SessionID: identity.SessionID.ValueString(), NodeID: identity.NodeID.ValueString(), FeatureType: identity.FeatureType.ValueString()}
		source = "The import identity"
	case len(parts) == 2:
		step = decisions.Step{SessionID: parts[0], NodeID: parts[1]}
	case len(parts) == 3 && parts[2] != "":
		step = decisions.Step{SessionID: parts[0], NodeID: parts[1], FeatureType: parts[2]}
	default:
		diagnostics.AddError(summaryImportID, fmt.Sprintf("%s does not have the form %s.", source, importForm))
		return step, diagnostics
	}
	for _, part := range []struct {
		name, text string
		check      check
	}{
		{"session_id", step.SessionID, checkSessionID},
		{"node_id", step.NodeID, checkNodeID},
		{"feature_type", step.FeatureType, checkFeatureTypeIfAny},
	} {
		if wrong := part.check(part.text); wrong != "" {
			diagnostics.AddError(summaryImportID, fmt.Sprintf("%s is not usable: %s %s. Its form is %s.", source, part.name, wrong, importForm))
		}
	}
	return step, diagnostics
}

func checkFeatureTypeIfAny(text string) string {
	if text == "" {
		return ""
	}
	return checkFeatureType(text)
}
