// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/didit-community/terraform-provider-didit/internal/decisions"
	"github.com/didit-community/terraform-provider-didit/internal/didit"
)

// removedFromState warns that a refresh removes a subject from the state.
func removedFromState(subject decisions.Subject, err error) diag.Diagnostic {
	reason := "Didit has no such session any more: it was deleted, or the scope of the key hides it."
	if !didit.IsKind(err, didit.KindSessionNotFound) {
		reason = "The session still exists, but its report no longer contains it, as after a resubmission."
	}
	return diag.NewWarningDiagnostic(summaryRemoved, fmt.Sprintf("%s is removed from Terraform's state. %s %s "+
		"To destroy while its block is still there, use -refresh=false: before a destroy, Terraform plans the configuration too.",
		capitalize(nameOf(subject)), reason, removeAdvice("it")))
}

// decisionStays warns, in the plan of a destroy, that nothing is sent.
func decisionStays(subject decisions.Subject, value string) diag.Diagnostic {
	return diag.NewWarningDiagnostic(summaryDestroy, fmt.Sprintf("%s stays %s. Terraform only stops managing it, and sends nothing, because Didit has no undo. "+
		"To stop managing it without a destroy in the plan, use a removed block (Terraform and OpenTofu 1.7 and later).",
		capitalize(nameOf(subject)), quote(value)))
}

// commentNotRecorded warns about a comment that is not sent, because nothing changes.
func commentNotRecorded(change decisions.Change) diag.Diagnostic {
	return diag.NewAttributeWarningDiagnostic(path.Root("comment"), summaryComment, fmt.Sprintf("%s is already %q, so nothing is sent: Didit records a comment only together with a change. Terraform stores the comment in its state.",
		capitalize(nameOf(change.Subject)), change.To))
}

// changeMovesSession warns that a change can move its session on.
func changeMovesSession(change decisions.Change, sessionStatus string) diag.Diagnostic {
	return diag.NewAttributeWarningDiagnostic(path.Root("status"), summaryOpen, fmt.Sprintf("The person is not finished: session %s is %s. Changing %s from %s to %q may complete it. Then Didit continues with the next steps, and may decide the session.",
		change.Subject.Session(), quote(sessionStatus), labelOf(change.Subject), quote(change.From), change.To))
}

// monitoringChanges warns that deciding a session switches ongoing monitoring.
func monitoringChanges(change decisions.Change, effect string) diag.Diagnostic {
	return diag.NewAttributeWarningDiagnostic(path.Root("status"), summaryMonitoring, fmt.Sprintf("%s: that is a side effect of changing %s from %s to %q.",
		effect, nameOf(change.Subject), quote(change.From), change.To))
}

// blocksDisagree returns the error for two blocks that plan different decisions.
func blocksDisagree(subject decisions.Subject, valueAttribute string, one, other plannedDecision) diag.Diagnostic {
	if one.value != other.value {
		return diag.NewAttributeErrorDiagnostic(path.Root(valueAttribute), summaryDisagree, fmt.Sprintf("One block sets %q for %s, another one sets %q. Keep one of them.", other.value, nameOf(subject), one.value))
	}
	return diag.NewAttributeErrorDiagnostic(path.Root("comment"), summaryDisagree, fmt.Sprintf("Two blocks set %q for %s, with different comments, and Didit would record only one of them. Keep one block.", one.value, nameOf(subject)))
}

// addressUnknown returns the error for an adopted subject whose new address is unknown.
func addressUnknown(stored decisions.Subject, attribute string) diag.Diagnostic {
	return diag.NewAttributeErrorDiagnostic(path.Root(attribute), summaryUnknownAddress, fmt.Sprintf("The state contains %s, and %s is now known only after an apply. Terraform would first forget the decision, and the apply could then refuse to adopt it again. "+
		"Set %s to a known value, or apply what it depends on first, with -target.", nameOf(stored), attribute, attribute))
}
