// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"errors"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/didit-community/terraform-provider-didit/internal/decisions"
	"github.com/didit-community/terraform-provider-didit/internal/didit"
)

// isGone tells whether a read says that the step is not there (any more): by the
// API's own 404, or by a report without it. Another 404 says nothing of the kind.
func isGone(err error) bool {
	var missing *decisions.StepError
	return didit.IsKind(err, didit.KindSessionNotFound) ||
		errors.As(err, &missing) && missing.Problem == decisions.StepMissing
}

// goneWarning is given where a refresh lets go of a step.
func goneWarning(step decisions.Step, err error) diag.Diagnostic {
	what := "Didit does not know the session (any more)."
	if !didit.IsKind(err, didit.KindSessionNotFound) {
		what = "The session is there, but its report does not hold the step (any more), as after a resubmission."
	}
	return diag.NewWarningDiagnostic(summaryGone, fmt.Sprintf("%s leaves Terraform's state. %s Either it was deleted, or the scope of the key hides it. %s "+
		"To destroy while the block is still there, use -refresh=false: Terraform plans the configuration before a destroy, too.",
		capital(stepName(step)), what, goneAdvice))
}

// destroyWarning says in the plan what a destroy does not do.
func destroyWarning(state sessionFeatureStatusModel) diag.Diagnostic {
	return diag.NewWarningDiagnostic(summaryDestroy, fmt.Sprintf("%s stays %q: Terraform forgets the step, and nothing is sent, because Didit has no undo. "+
		"To stop managing a step without a destroy in the plan, use a removed block (Terraform and OpenTofu 1.7 and later).",
		capital(stepName(state.storedStep())), state.Status.ValueString()))
}

// commentWarning is given where a comment is new and the status is not.
func commentWarning(change decisions.Change) diag.Diagnostic {
	return diag.NewAttributeWarningDiagnostic(path.Root("comment"), summaryComment, fmt.Sprintf("%s is %q and is wanted %q, so nothing is sent: Didit records a comment only together with a change of status. Terraform keeps the comment in its state.",
		capital(stepName(change.Step)), change.From, change.To))
}

// openWarning is given where a change can move a session on.
func openWarning(change decisions.Change, sessionStatus string) diag.Diagnostic {
	return diag.NewAttributeWarningDiagnostic(path.Root("status"), summaryOpen, fmt.Sprintf("Session %s is %s. If its workflow waits on %s, changing that from %q to %q completes it: later steps run, and the session can get its decision.",
		change.Step.SessionID, sessionStatus, stepName(change.Step), change.From, change.To))
}

func twoBlocksDetail(plan sessionFeatureStatusModel, other string) string {
	return fmt.Sprintf("One block wants %q for %s, another one %q. Keep one of them.", other, stepName(plan.storedStep()), plan.Status.ValueString())
}

// isUsable tells whether everything that a client needs is known.
func (d *providerData) isUsable() bool { return d != nil && d.decisions != nil }

// unknownConfiguration is the error of an operation that cannot do without the API.
func (d *providerData) unknownConfiguration(step decisions.Step) diag.Diagnostic {
	var names []string
	if d != nil {
		names = d.unknown
	}
	return diag.NewErrorDiagnostic(summaryUnknownConfig, fmt.Sprintf("%s cannot be read: the provider block's %s depends on something that Terraform knows only after an apply. "+
		"Apply that first, with -target, or give the value from elsewhere.", capital(stepName(step)), strings.Join(names, ", ")))
}
