// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"
	"regexp"

	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/didit-community/terraform-provider-didit/internal/check"
	"github.com/didit-community/terraform-provider-didit/internal/didit"
)

var (
	sessionNumber   = regexp.MustCompile(`^[0-9]+$`)
	searchValidator = stringValidator{summarySearch, "a session's UUID or number", checkSearch}
	dayValidator    = stringValidator{summaryDay, "a day such as 2026-06-30", check.Day}
)

// notBefore validates that a day is not before that of another attribute. Such a filter
// matches nothing, which looks like a clean result.
type notBefore struct{ other string }

func (v notBefore) Description(context.Context) string {
	return "not before " + v.other
}

func (v notBefore) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

func (v notBefore) ValidateString(ctx context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	var other types.String
	resp.Diagnostics.Append(req.Config.GetAttribute(ctx, req.Path.ParentPath().AtName(v.other), &other)...)
	if !isKnown(req.ConfigValue) || !isKnown(other) || check.Day(other.ValueString()) != "" {
		return
	}
	if day := req.ConfigValue.ValueString(); check.Day(day) == "" && day < other.ValueString() {
		resp.Diagnostics.AddAttributeError(req.Path, summaryDay, fmt.Sprintf("%s (%s) is before %s (%s), so no session can match. Swap the two days.", req.Path, day, v.other, other.ValueString()))
	}
}

// activityValidator rejects another spelling of a documented activity, and warns about an
// activity that is not documented: a misspelled one silently matches nothing.
type activityValidator struct{}

func (activityValidator) Description(context.Context) string {
	return "an activity such as STATUS_UPDATED"
}

func (v activityValidator) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

var activityName = regexp.MustCompile(`^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$`)

func (activityValidator) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if !isKnown(req.ConfigValue) {
		return
	}
	text := req.ConfigValue.ValueString()
	problem := check.OneOf("", didit.Activities...)(text)
	switch {
	case problem == "":
	case activityName.MatchString(text):
		resp.Diagnostics.AddAttributeWarning(req.Path, summaryNewActivity, fmt.Sprintf("This version of the provider does not know the activity %q. If it is misspelled, no entry matches. Known are %s.", text, check.List(didit.Activities)))
	default:
		resp.Diagnostics.AddAttributeError(req.Path, summaryActivity, fmt.Sprintf("%s %s.", attributeName(req.Path), problem))
	}
}

// checkSearch rejects names and document numbers, which Didit would search for too, to
// keep them out of configuration and state.
func checkSearch(text string) string {
	if sessionNumber.MatchString(text) || check.SessionID(text) == "" {
		return ""
	}
	return fmt.Sprintf("must be the UUID of a session, in lower case, or the beginning of a session number, not %q", text)
}
