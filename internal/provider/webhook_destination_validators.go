// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/didit-community/terraform-provider-didit/internal/check"
	"github.com/didit-community/terraform-provider-didit/internal/didit"
)

const (
	maxLabelRunes = 255
	maxURLBytes   = 2000
)

var (
	destinationIDValidator    = stringValidator{summaryDestinationID, "a UUID in lower case", checkDestinationID}
	destinationLabelValidator = stringValidator{summaryWebhookLabel, "1 to 255 visible characters", checkDestinationLabel}
	webhookVersionValidator   = stringValidator{summaryWebhookVersion, "v1, v2 or v3", check.OneOf("", didit.WebhookVersions...)}

	eventName = regexp.MustCompile(`^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+$`)
)

func checkDestinationID(text string) string { return check.UUID("a webhook destination", text) }

// checkDestinationLabel rejects a label that Didit does not accept.
func checkDestinationLabel(text string) string {
	switch {
	case strings.TrimSpace(text) == "":
		return "must not be blank; write the name that the destination has in the Didit console"
	case utf8.RuneCountInString(text) > maxLabelRunes:
		return fmt.Sprintf("must have at most %d characters, not %d", maxLabelRunes, utf8.RuneCountInString(text))
	}
	return ""
}

// checkNewLabel rejects a label that Didit may store in another form, which would be
// planned as a change for ever, or that cannot be read in the console. A label that a
// destination has already is not checked: it can be adopted as it is.
func checkNewLabel(text string) string {
	switch {
	case strings.TrimSpace(text) != text:
		return fmt.Sprintf("must not begin or end with a space, as %s does", quote(text))
	case strings.ContainsFunc(text, check.Hidden):
		return fmt.Sprintf("must not contain line breaks or invisible characters, as %s does", quote(text))
	}
	return ""
}

// webhookEventsValidator accepts every well-formed name, because Didit may publish new
// events. Validators of elements would name them by a path such as
// subscribed_events[Value("*")].
type webhookEventsValidator struct{}

func (webhookEventsValidator) Description(context.Context) string {
	return "at least one event, such as status.updated"
}

func (v webhookEventsValidator) MarkdownDescription(ctx context.Context) string {
	return v.Description(ctx)
}

// ValidateSet adds an error for each invalid element.
func (webhookEventsValidator) ValidateSet(ctx context.Context, req validator.SetRequest, resp *validator.SetResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	var events []types.String
	resp.Diagnostics.Append(req.ConfigValue.ElementsAs(ctx, &events, false)...)
	var problems []string
	if len(events) == 0 {
		problems = append(problems, "is empty, and a destination without events receives nothing")
	}
	for _, event := range events {
		switch {
		case event.IsNull():
			problems = append(problems, "contains null, which is not an event")
		case !event.IsUnknown() && !eventName.MatchString(event.ValueString()):
			problems = append(problems, fmt.Sprintf("contains %s, which is not an event; Didit has no wildcards", quote(event.ValueString())))
		}
	}
	for _, problem := range problems {
		resp.Diagnostics.AddAttributeError(req.Path, summaryWebhookEvent, fmt.Sprintf("subscribed_events %s: choose from %s.", problem, strings.Join(didit.WebhookEvents, ", ")))
	}
}
