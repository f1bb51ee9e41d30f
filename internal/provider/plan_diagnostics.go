// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"errors"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/didit-community/terraform-provider-didit/internal/decisions"
	"github.com/didit-community/terraform-provider-didit/internal/didit"
)

// isGone reports whether a read shows that the subject no longer exists: by the
// API's own 404, or by a report without it. Another 404 proves nothing.
func isGone(err error) bool {
	missing, ok := errors.AsType[*decisions.NotFoundError](err)
	return didit.IsKind(err, didit.KindSessionNotFound) ||
		ok && (missing.Reason == decisions.Missing || missing.Reason == decisions.NoAMLCheck)
}

// removedFromState warns that a refresh removes a subject from the state.
func removedFromState(subject decisions.Subject, err error) diag.Diagnostic {
	reason := "Didit does not know the session (any more)."
	if !didit.IsKind(err, didit.KindSessionNotFound) {
		reason = "The session still exists, but its report no longer holds it, as after a resubmission."
	}
	return diag.NewWarningDiagnostic(summaryRemoved, fmt.Sprintf("%s is removed from Terraform's state. %s Either it was deleted, or the scope of the key hides it. %s "+
		"To destroy while its block is still there, use -refresh=false: before a destroy, Terraform plans the configuration too.",
		capitalize(nameOf(subject)), reason, removeAdvice))
}

// decisionStays warns in the plan of a destroy that nothing is sent.
func decisionStays(subject decisions.Subject, value string) diag.Diagnostic {
	return diag.NewWarningDiagnostic(summaryDestroy, fmt.Sprintf("%s stays %s. Terraform only stops managing it, and sends nothing, because Didit has no undo. "+
		"To stop managing it without a destroy in the plan, use a removed block (Terraform and OpenTofu 1.7 and later).",
		capitalize(nameOf(subject)), quote(value)))
}

// commentNotRecorded warns about a comment without a change.
func commentNotRecorded(change decisions.Change) diag.Diagnostic {
	return diag.NewAttributeWarningDiagnostic(path.Root("comment"), summaryComment, fmt.Sprintf("%s is already %q, so nothing is sent: Didit records a comment only together with a change. Terraform stores the comment in its state.",
		capitalize(nameOf(change.Subject)), change.To))
}

// changeMovesSession warns about a change in a session without a decision.
func changeMovesSession(change decisions.Change, sessionStatus string) diag.Diagnostic {
	return diag.NewAttributeWarningDiagnostic(path.Root("status"), summaryOpen, fmt.Sprintf("Session %s is %q. If its workflow waits for %s, changing that from %s to %q completes it: later steps run, and the session can get its decision.",
		change.Subject.Session(), sessionStatus, nameOf(change.Subject), quote(change.From), change.To))
}

// monitoringChanges warns about a side effect of deciding a session.
func monitoringChanges(change decisions.Change, effect string) diag.Diagnostic {
	return diag.NewAttributeWarningDiagnostic(path.Root("status"), summaryMonitoring, fmt.Sprintf("%s: that is a side effect of changing %s from %s to %q.",
		effect, nameOf(change.Subject), quote(change.From), change.To))
}

// blocksDisagree is the error of two blocks for one subject.
func blocksDisagree(subject decisions.Subject, valueAttribute string, one, other plannedDecision) diag.Diagnostic {
	if one.value != other.value {
		return diag.NewAttributeErrorDiagnostic(path.Root(valueAttribute), summaryDisagree, fmt.Sprintf("One block wants %q for %s, another one %q. Keep one of them.", other.value, nameOf(subject), one.value))
	}
	return diag.NewAttributeErrorDiagnostic(path.Root("comment"), summaryDisagree, fmt.Sprintf("Two blocks want %q for %s, with different comments, and Didit would record only one of them. Keep one block.", one.value, nameOf(subject)))
}

// addressUnknown is the error of an adopted subject whose new address is unknown.
func addressUnknown(stored decisions.Subject, attribute string) diag.Diagnostic {
	return diag.NewAttributeErrorDiagnostic(path.Root(attribute), summaryUnknownAddress, fmt.Sprintf("The state holds %s, and %s is now known only after an apply. Terraform would first forget the decision, and the apply could then refuse to adopt it again. "+
		"Set %s to a known value, or apply what it depends on first, with -target.", nameOf(stored), attribute, attribute))
}
