// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/didit-community/terraform-provider-didit/internal/destinations"
	"github.com/didit-community/terraform-provider-didit/internal/didit"
)

// This file contains the checks and messages of webhook destinations.

var (
	destinationIDValidator = stringValidator{"Invalid destination ID", "a UUID in lower case", checkDestinationID}
	webhookEventValidator  = stringValidator{"Invalid webhook event", "the name of an event, such as status.updated", checkWebhookEvent}

	eventName = regexp.MustCompile(`^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+$`)
)

func checkDestinationID(text string) string { return checkUUID("a webhook destination", text) }

// checkWebhookEvent accepts every well-formed name, because Didit may publish new events.
func checkWebhookEvent(text string) string {
	if eventName.MatchString(text) {
		return ""
	}
	return fmt.Sprintf("must be the name of an event, without wildcards, not %q. Published events are %s", text, strings.Join(didit.WebhookEvents, ", "))
}

// checkDestinationURL is a check of a URL. isSecret is true if the URL may contain a
// password.
func checkDestinationURL(text string) (problem string, isSecret bool) {
	parsed, err := url.Parse(text)
	switch {
	case err != nil:
		return "cannot be read as a URL; write it like https://hooks.example.com/didit", strings.Contains(text, "@")
	case parsed.User != nil:
		return "must not contain a user name or password; check the signature of each event instead", true
	case parsed.Scheme != "https":
		return "must begin with https://, because events contain personal data", false
	case parsed.Hostname() == "":
		return "has no host; write it like https://hooks.example.com/didit", false
	}
	return "", false
}

// listOfDestinations is the name of the list in messages.
const listOfDestinations = "the list of webhook destinations"

func destinationName(id string) string { return "webhook destination " + id }

// destinationRemoved warns that a refresh removes a destination from the state.
func destinationRemoved(id string) diag.Diagnostic {
	return diag.NewWarningDiagnostic(summaryRemoved, capitalize(destinationName(id))+" is removed from Terraform's state, because Didit does not know it any more. It was deleted, or the key belongs to another application. "+
		"The plan creates it again, with another signing secret. If it is gone for good, remove its block.")
}

// destinationDiagnostic returns the diagnostic for an error of an operation on a
// destination.
func destinationDiagnostic(name string, err error) diag.Diagnostic {
	if duplicate, ok := errors.AsType[*destinations.DuplicateError](err); ok {
		return diag.NewAttributeErrorDiagnostic(path.Root("url"), summaryDuplicateURL, fmt.Sprintf("Destination %s (%s) has this URL, and Didit takes each URL once. Nothing was changed. "+
			"To manage it here, adopt it with an import block (or terraform import) for %q. Otherwise choose another URL, or delete it.", duplicate.Existing.ID, quote(duplicate.Existing.Label), duplicate.Existing.ID))
	}
	if unknown, ok := errors.AsType[*destinations.OutcomeUnknownError](err); ok {
		detail := fmt.Sprintf("For %s: the change was sent %s. %s", name, times(unknown.Attempts), capitalize(requestAndResponse(unknown.WriteErr)))
		if !errors.Is(unknown.Err, unknown.WriteErr) {
			detail += " Reading to find out failed: " + requestAndResponse(unknown.Err)
		}
		return diag.NewErrorDiagnostic(summaryOutcomeUnknown, detail+" Plan again: the next plan shows whether the change was made. If a new destination was created, the next apply names its ID for import.")
	}
	if failure := didit.AsError(err); failure != nil && failure.Kind == didit.KindPermission {
		return diag.NewErrorDiagnostic(summaryPermission, fmt.Sprintf("For %s: %s A scoped key needs the permission webhooks for webhook destinations. Grant it in the Didit console.", name, requestAndResponse(err)))
	}
	attribute, summary, detail := describeClientError(name, err)
	if failure := didit.AsError(err); failure != nil && failure.Kind == didit.KindValidation {
		attribute = destinationAttribute(failure)
	}
	if attribute != "" {
		return diag.NewAttributeErrorDiagnostic(path.Root(attribute), summary, detail)
	}
	return diag.NewErrorDiagnostic(summary, detail)
}

// destinationAttribute returns the attribute that the API refused, or "".
func destinationAttribute(failure *didit.Error) string {
	for _, attribute := range []string{"label", "url", "subscribed_events", "webhook_version", "enabled"} {
		if len(failure.Fields[attribute]) > 0 {
			return attribute
		}
	}
	if strings.Contains(failure.Detail, "webhook events") {
		return "subscribed_events"
	}
	return ""
}

// codeList formats names for a description.
func codeList(names []string) string { return "`" + strings.Join(names, "`, `") + "`" }
