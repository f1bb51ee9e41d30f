// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"
	"net/netip"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
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

	eventName = regexp.MustCompile(`^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+$`)
	hostName  = regexp.MustCompile(`^(\w([\w-]*\w)?\.)*\w([\w-]*\w)?\.?$`)
)

func checkDestinationID(text string) string { return check.UUID("a webhook destination", text) }

// checkDestinationLabel rejects a label that Didit may store in another form, which would
// be planned as a change for ever, or that cannot be read in the console.
func checkDestinationLabel(text string) string {
	switch {
	case strings.TrimSpace(text) == "":
		return "must not be blank; write the name that the destination has in the Didit console"
	case utf8.RuneCountInString(text) > maxLabelRunes:
		return fmt.Sprintf("must have at most %d characters, not %d", maxLabelRunes, utf8.RuneCountInString(text))
	case strings.TrimSpace(text) != text:
		return fmt.Sprintf("must not begin or end with a space, as %s does", quote(text))
	case strings.ContainsFunc(text, check.Hidden):
		return fmt.Sprintf("must not contain line breaks or invisible characters, as %s does", quote(text))
	}
	return ""
}

// checkDestinationURL is a check of a URL. Its problems do not quote the URL.
func checkDestinationURL(text string) string {
	parsed, err := url.Parse(text)
	switch {
	case strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r > '~' }):
		return "must consist of visible ASCII characters, without spaces; percent-encode others, and write an international host name in its xn-- form"
	case len(text) > maxURLBytes:
		return fmt.Sprintf("must have at most %d characters, not %d", maxURLBytes, len(text))
	case err != nil:
		return "cannot be read as a URL; write it like https://hooks.example.com/didit"
	case parsed.User != nil:
		return "must not contain a user name or password; check the signature of each event instead"
	case !strings.HasPrefix(text, "https://"):
		return "must begin with https://, because events contain personal data"
	case parsed.Hostname() == "":
		return "has no host; write it like https://hooks.example.com/didit"
	case !isHost(parsed.Hostname()):
		return "has an invalid host name; write it like https://hooks.example.com/didit"
	case !isPort(parsed):
		return "has an invalid port; write one from 1 to 65535, or leave out the colon too"
	case strings.Contains(text, "#"):
		return "must not contain a fragment (# and what follows), because it is never sent; leave it out"
	}
	return ""
}

func isHost(name string) bool {
	address, err := netip.ParseAddr(name)
	return err == nil && address.Zone() == "" || hostName.MatchString(name)
}

func isPort(parsed *url.URL) bool {
	port, err := strconv.ParseUint(parsed.Port(), 10, 16)
	return err == nil && port > 0 || parsed.Port() == "" && !strings.HasSuffix(parsed.Host, ":")
}

// destinationURLError returns the error for a URL. If the URL may contain a password, it
// is not on the attribute, because Terraform would print its line.
func destinationURLError(text, problem string) diag.Diagnostic {
	if strings.Contains(text, "@") {
		return diag.NewErrorDiagnostic(summaryWebhookURL, "url "+problem+".")
	}
	return diag.NewAttributeErrorDiagnostic(path.Root("url"), summaryWebhookURL, "url "+problem+".")
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
