// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"maps"

	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// withCommonAttributes adds the attributes that all kinds of decisions have.
func withCommonAttributes(attributes map[string]schema.Attribute) map[string]schema.Attribute {
	maps.Copy(attributes, map[string]schema.Attribute{
		"session_id": schema.StringAttribute{
			MarkdownDescription: "UUID of the session, in lower case. Changing this is an error: give the other session a block of its own. If it is unknown in the plan, the apply reads the session.",
			Required:            true,
			Validators:          []validator.String{sessionIDValidator},
		},
		"from": schema.StringAttribute{
			MarkdownDescription: "The value that the reviewer saw, one that Didit reports; it must be known in the plan. The change is made from this value only, and once; a new `from`, value or comment is a new decision. Without `from`, an apply corrects drift.",
			Optional:            true,
			Validators:          []validator.String{fromValidator},
		},
		"outcome": schema.StringAttribute{
			MarkdownDescription: "What became of the decision: `stands`; `superseded` if Didit has another value by now; `gone` if it no longer has the session, step or hit; for a step also `waiting`, while a deferred change waits. Null without `from`.",
			Computed:            true,
		},
	})
	return attributes
}

// commentAttribute returns comment for a kind whose comments the API records.
func commentAttribute() schema.StringAttribute {
	return schema.StringAttribute{
		MarkdownDescription: "The reason: free text that Didit records on the audit trail together with the change. It cannot be read back, and is stored in plans and in the state as written here: name a ticket, not a person. Without `from`, changing only the comment sends nothing.",
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
