// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// sessionIDAttribute returns session_id, which all kinds of decisions have.
func sessionIDAttribute() schema.StringAttribute {
	return schema.StringAttribute{
		MarkdownDescription: "UUID of the session, in lower case. Changing this replaces the resource: Terraform stops managing the previous decision, which stays in place, and adopts the other one. If it is unknown at plan time, the apply reads the session.",
		Required:            true,
		Validators:          []validator.String{sessionIDValidator},
		PlanModifiers:       []planmodifier.String{stringplanmodifier.RequiresReplace()},
	}
}

// commentAttribute returns comment, which all kinds of decisions but one have.
func commentAttribute() schema.StringAttribute {
	return schema.StringAttribute{
		MarkdownDescription: "The reason: free text that Didit records on the audit trail together with the change. It cannot be read back, and is stored in plans and in the state as written here: name a ticket, not a person. Changing only the comment updates the state and sends nothing.",
		Optional:            true,
		Validators:          []validator.String{commentValidator},
	}
}

// isKnown reports whether a value is neither null nor unknown.
func isKnown(value types.String) bool { return !value.IsNull() && !value.IsUnknown() }

func stringOrUnknown(text string) types.String {
	if text == "" {
		return types.StringUnknown()
	}
	return types.StringValue(text)
}

// stringOrNull returns null for "", which stands for a value that the API does not have.
func stringOrNull(text string) types.String {
	if text == "" {
		return types.StringNull()
	}
	return types.StringValue(text)
}
