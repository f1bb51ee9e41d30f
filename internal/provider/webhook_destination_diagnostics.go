// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/didit-community/terraform-provider-didit/internal/destinations"
	"github.com/didit-community/terraform-provider-didit/internal/didit"
)

// listOfDestinations is the name of the list in messages.
const listOfDestinations = "the list of webhook destinations"

func destinationName(id string) string { return "webhook destination " + id }

// destinationRemoved warns that a refresh removes a destination from the state.
func destinationRemoved(id string) diag.Diagnostic {
	return diag.NewWarningDiagnostic(summaryRemoved, capitalize(destinationName(id))+" is removed from Terraform's state, because Didit no longer has it. It was deleted, or the key belongs to another application. "+
		"The plan creates it again, with another signing secret. If it is gone for good, remove its block.")
}

// destinationDiagnostic returns the diagnostic for an error of an operation on a
// destination.
func destinationDiagnostic(name string, err error) diag.Diagnostic {
	if duplicate, ok := errors.AsType[*destinations.DuplicateError](err); ok {
		return diag.NewAttributeErrorDiagnostic(path.Root("url"), summaryDuplicateURL, fmt.Sprintf("Destination %s (%s) has this URL, and Didit takes each URL once. "+
			"If another block manages it, remove one of the two. If this block replaces it, remove create_before_destroy. Otherwise adopt it with an import block (or terraform import) for %q, choose another URL, or delete it.", duplicate.Existing.ID, quote(textOf(duplicate.Existing.Label)), duplicate.Existing.ID))
	}
	if unknown, ok := errors.AsType[*didit.OutcomeUnknownError](err); ok {
		return diag.NewErrorDiagnostic(summaryOutcomeUnknown, destinationOutcomeUnknown(name, unknown))
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

func destinationOutcomeUnknown(name string, unknown *didit.OutcomeUnknownError) string {
	detail := fmt.Sprintf("For %s: the change was sent %s. %s", name, times(unknown.Attempts), capitalize(requestAndResponse(unknown.WriteErr)))
	switch {
	case unknown.ReadErr != nil:
		detail += " Reading to find out failed: " + requestAndResponse(unknown.ReadErr)
	case isSuccess(unknown.WriteErr):
		detail += " Reads do not show the change. After a response of success it is not sent again, because Didit may make it later."
	default:
		detail += " Each time, a read showed that it was not made."
	}
	if failure := didit.AsError(unknown.WriteErr); failure != nil && failure.NotFromAPI {
		detail += " Check base_url and the proxies between this machine and Didit."
	}
	if failure := didit.AsError(unknown.WriteErr); failure != nil && failure.IsCreate() {
		return detail + " Apply again: the plan shows a destination to add in any case, but if this one was created after all, the apply creates none and names its ID for import."
	}
	return detail + " Plan again: the next plan shows whether the change was made."
}

// destinationDeleted returns the error for an update of a destination that was deleted.
func destinationDeleted(id string) diag.Diagnostic {
	return diag.NewErrorDiagnostic(summaryNoDestination, capitalize(destinationName(id))+" was deleted after the plan was made, so there is nothing to update. Plan again: the next plan creates it, with another signing secret.")
}

// destinationPlannedTwice returns the error for the second of two blocks for one
// destination. property is what they have in common.
func destinationPlannedTwice(property, value string) diag.Diagnostic {
	return diag.NewAttributeErrorDiagnostic(path.Root("url"), summaryTwoBlocks, fmt.Sprintf("Another block has the same %s, %s. "+
		"Each would undo the other's changes, and Didit takes each URL once. Keep one of the two.", property, quote(value)))
}

// destinationRecreated returns the error for a plan that deletes a destination and creates
// one with its URL.
func destinationRecreated(id, url string) diag.Diagnostic {
	return diag.NewErrorDiagnostic(summaryRecreated, fmt.Sprintf("The plan deletes %s and creates another one with its URL %s. Terraform does both at once, so the create fails while the former still has the URL. "+
		"If the block or its key was renamed, add a moved block: the destination then stays as it is, with its signing secret. Otherwise delete it in one apply, and create the other in the next.", destinationName(id), quote(url)))
}

// eventUnknown warns about an event that is not published.
func eventUnknown(event string) diag.Diagnostic {
	return diag.NewAttributeWarningDiagnostic(path.Root("subscribed_events"), summaryUnknownEvent, fmt.Sprintf("This version of the provider does not know the event %s. If Didit does not know it either, the apply fails. Published events: %s.", quote(event), strings.Join(didit.WebhookEvents, ", ")))
}

// destinationDiffers warns about settings that Didit returned with other values than were
// sent. done says what was done, such as "created".
func destinationDiffers(id, done string, differences []didit.SettingDifference) diag.Diagnostic {
	var lines []string
	for _, difference := range differences {
		lines = append(lines, fmt.Sprintf("%s: sent %s, returned %s", difference.Name, quote(difference.Sent), quote(difference.Found)))
	}
	return diag.NewWarningDiagnostic(summaryOtherSettings, fmt.Sprintf("%s was %s, but Didit returned other settings than were sent. %s"+
		"Terraform's state has what was sent, and the next plan shows the difference as a change. To keep Didit's values, write them in the block.",
		capitalize(destinationName(id)), done, bulleted("The differences:", "", lines)))
}

// textOf returns a text of a response, "" for none.
func textOf(text *string) string {
	if text == nil {
		return ""
	}
	return *text
}

// destinationAttribute returns the attribute that the API refused, or "".
func destinationAttribute(failure *didit.Error) string {
	attributes := webhookDestinationSchema().Attributes
	for _, field := range slices.Sorted(maps.Keys(failure.Fields)) {
		if _, isAttribute := attributes[field]; isAttribute {
			return field
		}
	}
	if strings.Contains(failure.Detail, "webhook events") {
		return "subscribed_events"
	}
	return ""
}
