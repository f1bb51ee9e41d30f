// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// ImportState adopts a subject by ID or identity. It reads the session, because for a
// missing subject Terraform would only report that an object does not exist.
func (r *decisionResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	address, diagnostics := r.importAddress(ctx, req)
	resp.Diagnostics.Append(diagnostics...)
	if resp.Diagnostics.HasError() {
		return
	}
	subject := r.kind.subject(address)
	resp.Diagnostics.Append(r.requireUsable(nameOf(subject))...)
	if resp.Diagnostics.HasError() {
		return
	}
	found, err := r.data.service.Find(ctx, subject)
	if err != nil {
		failure := r.diagnosticFor(subject, err)
		// Not on an attribute, because a block need not exist.
		resp.Diagnostics.AddError(failure.Summary(), failure.Detail())
		return
	}
	imported := r.kind.newDecision(address, found.Value)
	imported.complete(found.Subject)
	imported.store(ctx, &resp.State, resp.Identity)
}

// importAddress returns the parts of the import ID or identity, in the order of
// decisionKind.address. A missing optional part is "".
func (r *decisionResource) importAddress(ctx context.Context, req resource.ImportStateRequest) (address []string, diagnostics diag.Diagnostics) {
	source := fmt.Sprintf("The import ID %q", req.ID)
	parts := r.kind.address
	if req.ID != "" {
		address = strings.Split(req.ID, "/")
	} else if req.Identity != nil && !req.Identity.Raw.IsNull() {
		source = "The import identity"
		for _, part := range parts {
			var value types.String
			diagnostics.Append(req.Identity.GetAttribute(ctx, path.Root(part.name), &value)...)
			address = append(address, value.ValueString())
		}
	}
	if len(address) == len(parts)-1 && parts[len(parts)-1].isOptional {
		address = append(address, "")
	} else if len(address) != len(parts) || req.ID != "" && address[len(address)-1] == "" {
		diagnostics.AddError(summaryImportID, fmt.Sprintf("%s does not have the form %s.", source, r.kind.importForm))
		return nil, diagnostics
	}
	var problems []string
	for i, part := range parts {
		if address[i] == "" && part.isOptional {
			continue
		}
		if problem := part.check(address[i]); problem != "" {
			problems = append(problems, part.name+" "+problem)
		}
	}
	if len(problems) > 0 {
		diagnostics.AddError(summaryImportID, fmt.Sprintf("%s cannot be used: %s.\nIts form is %s.", source, strings.Join(problems, "; "), r.kind.importForm))
	}
	return address, diagnostics
}
