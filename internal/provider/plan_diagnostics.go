// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

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
func decisionStays(state decision) diag.Diagnostic {
	const advice = "To stop managing it without a destroy in the plan, use a removed block (Terraform and OpenTofu 1.7 and later)."
	name := capitalize(nameOf(state.storedSubject()))
	if state.outcome.ValueString() == outcomeGone {
		return diag.NewWarningDiagnostic(summaryGone, fmt.Sprintf("%s is no longer in Didit for this key. Terraform only stops managing it, and sends nothing. If it comes back, another block can make the decision again. %s", name, advice))
	}
	return diag.NewWarningDiagnostic(summaryDestroy, fmt.Sprintf("%s stays %s, as it was last read. Terraform only stops managing it, and sends nothing, because Didit has no undo. %s",
		name, quote(state.value.ValueString()), advice))
}

// stillWaits warns, in the plan of a destroy, that a deferred change is not withdrawn.
func stillWaits(state decision) diag.Diagnostic {
	subject := state.storedSubject()
	return diag.NewWarningDiagnostic(summaryStillWaits, fmt.Sprintf("%s: the change to %s (override %s) waits until the person has finished, and Didit then makes it. Terraform only stops managing it, and sends nothing. To withdraw it, %s.",
		capitalize(nameOf(subject)), quote(state.value.ValueString()), quote(state.overrideID.ValueString()), withdrawal(subject, state.override())))
}

// withdrawal says how a person withdraws a deferred change.
func withdrawal(subject decisions.Subject, override didit.FeatureOverride) string {
	return fmt.Sprintf("use the Didit console, or send POST /v3/session/%s/features/overrides/%s/cancel/", subject.Session(), bounded(override.ID, maxQuoted))
}

// alreadyWaits returns the error for a step of which a change waits.
func alreadyWaits(subject decisions.Subject, override didit.FeatureOverride) diag.Diagnostic {
	return diag.NewErrorDiagnostic(summaryWaits, waitsDetail(subject, override, false))
}

// waitsDetail: wasSent is set if a change that no response confirmed was sent before the one that
// waits was found.
func waitsDetail(subject decisions.Subject, override didit.FeatureOverride, wasSent bool) string {
	state := "waits until the person has finished"
	if override.State != didit.OverridePending && override.State != "" {
		state = "has the state " + quote(override.State) + ", which this version of the provider does not know, so it may wait"
	}
	sent := "nothing is sent."
	if wasSent {
		sent = "no other is sent. Before that, a change was sent, and no response confirmed it: check the audit trail in the Didit console."
	}
	return fmt.Sprintf("%s: a change to %s (override %s) %s. What Didit does with another change meanwhile is not documented, so %s Wait until the person has finished, or withdraw it: %s. Then plan again.",
		capitalize(nameOf(subject)), quote(override.NewStatus), quote(override.ID), state, sent, withdrawal(subject, override))
}

// superseded warns that Didit has another value than a decision that was made.
func superseded(d decision, wanted string) diag.Diagnostic {
	if d.override().State == didit.OverrideCancelled {
		return diag.NewWarningDiagnostic(summarySuperseded, fmt.Sprintf("This block's change of %s from %s to %q (override %s) was withdrawn before the person had finished. Didit has %s. That stays: a decision is made once. To decide again, write a new comment.",
			nameOf(d.storedSubject()), quote(d.from.ValueString()), wanted, quote(d.overrideID.ValueString()), quote(d.value.ValueString())))
	}
	return diag.NewWarningDiagnostic(summarySuperseded, fmt.Sprintf("The decision on %s, from %s to %q, was made. Since then Didit has %s. That stays, because a decision is made once. To decide again, write from = %s and a new comment.",
		nameOf(d.storedSubject()), quote(d.from.ValueString()), wanted, quote(d.value.ValueString()), quote(d.value.ValueString())))
}

// decisionGone warns that the subject of a decision that was made does not exist any more.
func decisionGone(d decision, wanted string) diag.Diagnostic {
	return diag.NewWarningDiagnostic(summaryGone, fmt.Sprintf("The decision on %s, from %s to %q, was made. Since then it is no longer in Didit for this key: the session was deleted, its step is being repeated, or the scope of the key hides it. "+
		"The block stays in the state, so that the decision is not made again if it comes back.", nameOf(d.storedSubject()), quote(d.from.ValueString()), wanted))
}

// alreadyThere warns that a decision with from changes nothing.
func alreadyThere(subject decisions.Subject, value string) diag.Diagnostic {
	return diag.NewWarningDiagnostic(summaryAlready, fmt.Sprintf("%s is already %q, so nothing is sent.", capitalize(nameOf(subject)), value))
}

// decidesAgain warns that a new comment alone makes a decision again.
func decidesAgain(subject decisions.Subject, config decision) diag.Diagnostic {
	return diag.NewAttributeWarningDiagnostic(path.Root("comment"), summaryAgain, fmt.Sprintf("The decision on %s, from %s to %q, was made before. Didit has %s again, and only the comment of the block is new. A new comment is a new decision, so the change is sent again.",
		nameOf(subject), quote(config.from.ValueString()), config.value.ValueString(), quote(config.from.ValueString())))
}

// otherThanFrom returns the error for a value that is neither from nor the wanted one.
func otherThanFrom(subject decisions.Subject, config decision, found string) diag.Diagnostic {
	says := fmt.Sprintf("This block changes it from %s to %q only.", quote(config.from.ValueString()), config.value.ValueString())
	if config.isNote() {
		says = fmt.Sprintf("This block says that it is %q already.", config.value.ValueString())
	}
	return diag.NewAttributeErrorDiagnostic(path.Root("from"), summaryOtherThanFrom, fmt.Sprintf("%s is %s in Didit. %s Nothing was sent. If it should become %q from this value too, write from = %s and have that reviewed.",
		capitalize(nameOf(subject)), quote(found), says, config.value.ValueString(), quote(found)))
}

// madeBefore returns the error for a decision that is not the last one of its block.
func madeBefore(subject decisions.Subject, config decision) diag.Diagnostic {
	return diag.NewAttributeErrorDiagnostic(path.Root("comment"), summaryMadeBefore, fmt.Sprintf("The block has made the decision on %s, from %s to %q, with this comment before, and another one since. An old commit must not repeat it, so nothing is sent. To decide again, write a new comment.",
		nameOf(subject), quote(config.from.ValueString()), config.value.ValueString()))
}

// madeReplaced returns the error for the replacement of a block that has made a decision.
func madeReplaced(subject decisions.Subject) diag.Diagnostic {
	return diag.NewErrorDiagnostic(summaryReplaced, fmt.Sprintf("This block has made a decision on %s. A replacement would forget that, and could make it again. Remove the option -replace or the argument replace_triggered_by. To decide again, write a new comment.", nameOf(subject)))
}

// changeReplaced returns the error for a replacement that would also change the value.
func changeReplaced(subject decisions.Subject, found string, wanted types.String) diag.Diagnostic {
	becomes := "a value that is known only after an apply"
	if isKnown(wanted) {
		becomes = quote(wanted.ValueString())
	}
	return diag.NewErrorDiagnostic(summaryReplaced, fmt.Sprintf("%s is %s, and should become %s. A replacement sends nothing, so it cannot change a decision. Remove the option -replace or the argument replace_triggered_by, then plan again: the plan shows the change.",
		capitalize(nameOf(subject)), quote(found), becomes))
}

// madeByOther returns the error for two blocks of which one has made a decision, and the
// other one would make it again.
func madeByOther(subject decisions.Subject) diag.Diagnostic {
	return diag.NewErrorDiagnostic(summaryMadeByOther, fmt.Sprintf("One block has made a decision on %s, and another one would make it again. If you renamed the block, or its key in for_each, add a moved block (or use terraform state mv). If you copied it, keep one of the two. To decide again, write a new comment.", nameOf(subject)))
}

// fromUnknown returns the error for a from that is unknown.
func fromUnknown() diag.Diagnostic {
	return diag.NewAttributeErrorDiagnostic(path.Root("from"), summaryFromUnknown, "from is the value that the reviewer of the block saw, so it has to be known in the plan. Write the value itself.")
}

// commentUnknown returns the error for a change whose comment is unknown.
func commentUnknown(subject decisions.Subject, config decision, value string) diag.Diagnostic {
	return diag.NewAttributeErrorDiagnostic(path.Root("comment"), summaryCommentUnknown, fmt.Sprintf("%s is %s, the block sets %q, and its comment is known only after an apply. Until then it is not clear whether this decision was made before. Write a comment that is known in the plan.",
		capitalize(nameOf(subject)), quote(value), config.value.ValueString()))
}

// memoryUnreadable returns the error for a private state that cannot be read.
func memoryUnreadable(reason string) diag.Diagnostic {
	return diag.NewErrorDiagnostic(summaryMemory, fmt.Sprintf("The state of this block should have a record of the decisions that it has made, but %s. Without the record, the block could make a decision again. Use the release of the provider that wrote the state, or restore the state from a backup.", reason))
}

// commentNotRecorded warns about a comment that is not sent, because nothing changes.
func commentNotRecorded(change decisions.Change) diag.Diagnostic {
	return diag.NewAttributeWarningDiagnostic(path.Root("comment"), summaryComment, fmt.Sprintf("%s is already %q, so nothing is sent: Didit records a comment only together with a change. Terraform stores the comment in its state.",
		capitalize(nameOf(change.Subject)), change.To))
}

// changeMovesSession warns that a change can move its session on.
// advice follows; "" for none.
func changeMovesSession(change decisions.Change, sessionStatus, advice string) diag.Diagnostic {
	return diag.NewAttributeWarningDiagnostic(path.Root("status"), summaryOpen, fmt.Sprintf("The person is not finished: session %s is %s. Changing %s from %s to %q may complete it. Then Didit continues with the next steps, and may decide the session.%s",
		change.Subject.Session(), quote(sessionStatus), labelOf(change.Subject), quote(change.From), change.To, advice))
}

// monitoringChanges warns that deciding a session switches ongoing monitoring.
func monitoringChanges(change decisions.Change, effect string) diag.Diagnostic {
	return diag.NewAttributeWarningDiagnostic(path.Root("status"), summaryMonitoring, fmt.Sprintf("%s: that is a side effect of changing %s from %s to %q.",
		effect, nameOf(change.Subject), quote(change.From), change.To))
}

// blocksDisagree returns the error for two blocks that plan different decisions.
func blocksDisagree(subject decisions.Subject, valueAttribute string, one, other plannedDecision) diag.Diagnostic {
	attribute, detail := "comment", fmt.Sprintf("Two blocks set %q for %s, with different comments, and only one of them would be recorded.", one.value.ValueString(), nameOf(subject))
	switch {
	case one.value.IsUnknown() || other.value.IsUnknown():
		attribute, detail = valueAttribute, fmt.Sprintf("Two blocks decide %s, and what one of them sets is known only after an apply.", nameOf(subject))
	case !one.value.Equal(other.value):
		attribute, detail = valueAttribute, fmt.Sprintf("One block sets %q for %s, another one sets %q.", other.value.ValueString(), nameOf(subject), one.value.ValueString())
	case !one.from.Equal(other.from):
		attribute, detail = "from", fmt.Sprintf("Two blocks set %q for %s, with different from.", one.value.ValueString(), nameOf(subject))
	case one.deferred.ValueBool() != other.deferred.ValueBool():
		attribute, detail = attributeDeferred, fmt.Sprintf("Two blocks set %q for %s, and only one of them defers the change.", one.value.ValueString(), nameOf(subject))
	}
	return diag.NewAttributeErrorDiagnostic(path.Root(attribute), summaryDisagree, detail+" Keep one block.")
}

// addressChanged returns the error for a block that names another subject than its state.
func addressChanged(state decision, attribute, stored, planned string) diag.Diagnostic {
	return diag.NewAttributeErrorDiagnostic(path.Root(attribute), summaryAddress, fmt.Sprintf("In the state, this block is the decision on %s (%s is %s). Now %s is %s. A block always decides the same step, hit or session, so that a plan shows its real change. "+
		"Write a block of its own for the other one. To stop managing %s, delete its block, or use a removed block (Terraform and OpenTofu 1.7 and later). After an import, check the import ID.",
		nameOf(state.subject()), attribute, quote(stored), attribute, quote(planned), nameOf(state.storedSubject())))
}

// addressUnknown returns the error for an adopted subject whose new address is unknown.
func addressUnknown(stored decisions.Subject, attribute string) diag.Diagnostic {
	return diag.NewAttributeErrorDiagnostic(path.Root(attribute), summaryUnknownAddress, fmt.Sprintf("The state contains %s, and %s is now known only after an apply. It could then name another step, hit or session, and a block always decides the same one. "+
		"Set %s to a known value, or apply what it depends on first, with -target.", nameOf(stored), attribute, attribute))
}
