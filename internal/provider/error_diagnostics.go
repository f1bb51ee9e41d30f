// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/didit-community/terraform-provider-didit/internal/decisions"
	"github.com/didit-community/terraform-provider-didit/internal/didit"
)

// removeAdvice ends the message about a session, step or hit that does not exist.
func removeAdvice(what string) string {
	return "If " + what + " is gone for good, remove its block or file from the configuration."
}

// diagnosticFor returns the diagnostic for an error of an operation on a subject. It is
// on the attribute at fault, if there is one. valueAttribute is status or review_status.
func diagnosticFor(subject decisions.Subject, valueAttribute string, err error) diag.Diagnostic {
	attribute, summary, detail := describe(subject, err)
	switch attribute {
	case "":
		return diag.NewErrorDiagnostic(summary, detail)
	case valueOf:
		attribute = valueAttribute
	}
	return diag.NewAttributeErrorDiagnostic(path.Root(attribute), summary, detail)
}

// valueOf is a placeholder for the name of the attribute with the wanted value.
const valueOf = "value"

// describe returns the summary and detail for an error, and the attribute at fault or "".
func describe(subject decisions.Subject, err error) (attribute, summary, detail string) {
	name := capitalize(nameOf(subject))
	if unknown, ok := errors.AsType[*didit.OutcomeUnknownError](err); ok {
		return "", summaryOutcomeUnknown, outcomeUnknownDetail(name, unknown)
	}
	if conflict, ok := errors.AsType[*decisions.ConflictError](err); ok {
		return valueOf, summaryConflict, conflictDetail(name, conflict)
	}
	if standing, ok := errors.AsType[*decisions.StandingError](err); ok {
		return valueOf, summaryStanding, fmt.Sprintf("%s is %s, and this block sets %q without the value that its reviewer saw. Such a block never overturns a decision. Nothing was sent. If the change is right, add the line from = %s to the block and have that reviewed.",
			name, quote(standing.Found), standing.Wanted, quote(standing.Found))
	}
	if undecidable, ok := errors.AsType[*decisions.NotDecidableError](err); ok {
		return valueOf, summaryNotDecidable, fmt.Sprintf("%s is %s. Didit lets a session be decided or re-opened only while it is Approved, Declined, In Review, Kyc Expired, Abandoned or Resubmitted. %s", name, quote(undecidable.Found), undecidableAdvice(undecidable.Found))
	}
	if waiting, ok := errors.AsType[*decisions.WaitingError](err); ok {
		return "", summaryWaits, waitsDetail(waiting.Step, waiting.Override, waiting.Sent)
	}
	if missing, ok := errors.AsType[*decisions.NotFoundError](err); ok {
		return describeNotFound(missing)
	}
	if notProven, ok := errors.AsType[*decisions.NotProvenError](err); ok {
		return describeNotProven(nameOf(subject), notProven)
	}
	return describeClientError(nameOf(subject), err)
}

// describeNotProven is for a 404 that may come from another service than Didit.
func describeNotProven(name string, err *decisions.NotProvenError) (attribute, summary, detail string) {
	_, summary, listDetail := describeClientError(listOfSessions, err.Err)
	return "", summary, fmt.Sprintf("For %s: %s Another service can return the same, so nothing is removed from the state until the list of sessions has been read. %s",
		name, requestAndResponse(err.NotFound), listDetail)
}

func undecidableAdvice(value string) string {
	if value == didit.StatusExpired {
		return "An expired session can never be decided. Remove its block or file from the configuration."
	}
	return "Wait until the verification is finished, then plan again."
}

func conflictDetail(name string, conflict *decisions.ConflictError) string {
	detail := fmt.Sprintf("%s was %s in the plan, is %s now, and %q is wanted. A reviewer or the verification flow changed it in the meantime.",
		name, quote(conflict.Expected), quote(conflict.Found), conflict.Wanted)
	if conflict.Sent {
		return detail + " Before that, a change was sent, and no response confirmed it. Check the audit trail in the Didit console, then plan again."
	}
	return detail + " Nothing was sent. Plan again, and have the new plan reviewed."
}

func outcomeUnknownDetail(name string, unknown *didit.OutcomeUnknownError) string {
	detail := fmt.Sprintf("%s: %s", name, requestAndResponse(unknown.WriteErr))
	_, isMissing := errors.AsType[*decisions.NotFoundError](unknown.ReadErr)
	switch {
	case unknown.ReadErr == nil && isSuccess(unknown.WriteErr):
		return fmt.Sprintf("%s Didit still has %s. After a response of success the change is not sent again, because Didit may make it later. Check the audit trail in the Didit console, then plan again.", detail, quote(unknown.Shown))
	case unknown.ReadErr == nil:
		detail += fmt.Sprintf(" Didit still has %s.", quote(unknown.Shown))
	case isMissing:
		detail += " After that, the session's report did not contain it, or contained several that match."
	default:
		detail += " Reading the session to find out failed: " + requestAndResponse(unknown.ReadErr)
	}
	return detail + " Plan again to see whether the change was made."
}

// isSuccess reports whether the response to a change was a 2xx that did not confirm it.
func isSuccess(writeErr error) bool {
	failure := didit.AsError(writeErr)
	return failure != nil && failure.IsSuccess()
}

func describeNotFound(missing *decisions.NotFoundError) (attribute, summary, detail string) {
	if missing.Reason == decisions.Unusable {
		return "", summaryUnusable, unusableDetail(missing.Subject, missing.Item) + " The state is unchanged."
	}
	switch subject := missing.Subject.(type) {
	case decisions.FeatureRef:
		return describeMissingStep(subject, missing)
	case decisions.HitRef:
		return describeMissingHit(subject, missing)
	case decisions.Resubmission:
		return "nodes", summaryNoStep, fmt.Sprintf("Session %s has no %s. Name steps that have run, by their node IDs. A step that is open for resubmission is no longer in the report. %s",
			subject.SessionID, missingNodes(subject, missing.Decision), listSteps(missing.Decision))
	}
	return "session_id", summaryNoSession, removeAdvice("the session")
}

// unusableDetail describes an item of a report that is, or may be, a subject that cannot be
// found.
func unusableDetail(subject decisions.Subject, item didit.UnusableItem) string {
	name := capitalize(nameOf(subject))
	unfinished := "Didit's report on the session is incomplete: " + item.Problem + "."
	switch {
	case item.IsAllHits:
		return fmt.Sprintf("%s: %s", name, hiddenHits(item))
	case isItem(subject, item):
		return fmt.Sprintf("%s cannot be shown or decided. %s Decide it in the Didit console, and tell Didit's support.", name, unfinished)
	}
	return fmt.Sprintf("%s may be in the report, in an item that cannot be read. %s Decide it in the Didit console, and tell Didit's support.", name, unfinished)
}

func hiddenHits(item didit.UnusableItem) string {
	return fmt.Sprintf("the report does not show the hits of the AML check at node %s (%s), which is not the same as no hits. "+
		"The workflow restricts the attributes in its responses, or the key may not see them. Allow hits in the workflow, or use another key.", quote(item.NodeID), item.Problem)
}

// leftOut warns that a list or data source does not contain an item of a report.
func leftOut(sessionID string, item didit.UnusableItem) diag.Diagnostic {
	if item.IsAllHits {
		return diag.NewWarningDiagnostic(summaryUnusable, fmt.Sprintf("Session %s: %s", sessionID, hiddenHits(item)))
	}
	name := "a step"
	switch {
	case item.IsHit:
		name = "an AML hit"
		if item.HitID != "" {
			name = "AML hit " + quote(item.HitID)
		}
	case item.NodeID != "":
		name = "step " + quote(item.NodeID)
	}
	return diag.NewWarningDiagnostic(summaryUnusable, fmt.Sprintf("%s (%s) of session %s is left out. Didit's report on the session is incomplete: %s.",
		capitalize(name), item.Type, sessionID, item.Problem))
}

// isItem reports whether the item is certainly the subject.
func isItem(subject decisions.Subject, item didit.UnusableItem) bool {
	switch subject := subject.(type) {
	case decisions.FeatureRef:
		return item.NodeID == subject.NodeID
	case decisions.HitRef:
		return item.HitID == subject.HitID
	case decisions.SessionRef:
		return true
	}
	return false
}

// missingNodes names the steps that the report does not have.
func missingNodes(resubmission decisions.Resubmission, decision *didit.Decision) string {
	var names []string
	for _, node := range resubmission.Nodes {
		if !slices.ContainsFunc(decision.Features, func(feature didit.Feature) bool { return feature.NodeID == node.NodeID }) {
			names = append(names, "step "+quote(node.NodeID))
		}
	}
	if more := len(names) - maxListed; more > 0 {
		names = append(names[:maxListed], fmt.Sprintf("%d more", more))
	}
	return strings.Join(names, ", no ")
}

func describeMissingStep(step decisions.FeatureRef, missing *decisions.NotFoundError) (attribute, summary, detail string) {
	steps := listSteps(missing.Decision)
	isDefault := step.NodeID == didit.DefaultNodeID
	switch missing.Reason {
	case decisions.Ambiguous:
		return "feature_type", summaryAmbiguous, fmt.Sprintf("Session %s has several steps without a node ID. Set feature_type to one of their types (in an import ID, as its third part). %s", step.SessionID, steps)
	case decisions.NotAddressable:
		attribute, several := "node_id", "several steps at node "+quote(step.NodeID)
		if isDefault {
			several = "several steps of one type without a node ID"
			if step.FeatureType != "" {
				attribute = "feature_type"
			}
		}
		return attribute, summaryNotAddressable, fmt.Sprintf("Session %s has %s. Didit's API cannot tell them apart. Decide them in the Didit console. %s", step.SessionID, several, steps)
	case decisions.OtherType:
		return "feature_type", summaryOtherType, fmt.Sprintf("Step %s of session %s is not of type %s. Correct feature_type, or leave it out. %s", quote(step.NodeID), step.SessionID, step.FeatureType, steps)
	case decisions.Missing, decisions.NoAMLCheck, decisions.Unusable:
	}
	attribute, correction := "node_id", "Correct node_id."
	switch {
	case isDefault && step.FeatureType == "":
		correction = "Set node_id: the session's steps have node IDs, and \"default\" is for a step without one."
		if len(missing.Decision.Features) == 0 {
			correction = "Set node_id if the workflow has a graph."
		}
	case isDefault:
		attribute, correction = "feature_type", "Correct feature_type, or set node_id."
	}
	return attribute, summaryNoStep, fmt.Sprintf("Session %s has no %s. %s %s %s", step.SessionID, labelOf(step), correction, removeAdvice("the step"), steps)
}

func describeMissingHit(hit decisions.HitRef, missing *decisions.NotFoundError) (attribute, summary, detail string) {
	hits := listHits(missing.Decision)
	switch {
	case missing.Reason == decisions.NotAddressable:
		return "hit_id", summaryNotAddressable, fmt.Sprintf("Didit's API cannot address AML hit %s at node %s of session %s: the report has several AML checks at this node or without a node ID, or several hits with this ID. Review it in the Didit console. %s", quote(hit.HitID), quote(hit.NodeID), hit.SessionID, hits)
	case missing.Reason == decisions.NoAMLCheck && hit.NodeID == didit.DefaultNodeID:
		return "node_id", summaryNoHit, fmt.Sprintf("Session %s has no AML check without a node ID. Set node_id to the node of its AML check. %s %s", hit.SessionID, removeAdvice("the hit"), hits)
	case missing.Reason == decisions.NoAMLCheck:
		return "node_id", summaryNoHit, fmt.Sprintf("Node %s of session %s is not an AML check. Correct node_id. %s %s", quote(hit.NodeID), hit.SessionID, removeAdvice("the hit"), hits)
	}
	return "hit_id", summaryNoHit, fmt.Sprintf("Session %s has no %s. Correct hit_id or node_id. %s %s", hit.SessionID, labelOf(hit), removeAdvice("the hit"), hits)
}

// listOfSessions is the name of the list in messages.
const listOfSessions = "the list of sessions"

// listDiagnostic returns the diagnostic for an error of listing sessions.
func listDiagnostic(err error) diag.Diagnostic {
	_, summary, detail := describeClientError(listOfSessions, err)
	return diag.NewErrorDiagnostic(summary, detail)
}

// describeClientError is describe for an error of the client. name is the name of the
// object that could not be read or changed.
func describeClientError(name string, err error) (attribute, summary, detail string) {
	if errors.Is(err, context.Canceled) {
		return "", summaryInterrupted, fmt.Sprintf("Terraform was interrupted before %s was read or changed. No partial change was made. Plan again to continue.", name)
	}
	failure := didit.AsError(err)
	if failure == nil {
		return "", summaryConnection, fmt.Sprintf("%s could not be read or changed: %s", capitalize(name), err)
	}
	if failure.Refusal != nil {
		if !failure.Refusal.Report() {
			_, summary, _ := advise(failure)
			return "", summary, fmt.Sprintf("%s could not be read or changed, for the reason in the first error with this summary.", capitalize(name))
		}
		cause := *failure.Refusal.Cause
		cause.Refusal = failure.Refusal
		_, summary, advice := advise(&cause)
		// The request can be another subject's: nothing may have been sent for this one.
		return "", summary, fmt.Sprintf("%s could not be read or changed: %s %s", capitalize(name), requestAndResponse(&cause), advice)
	}
	attribute, summary, advice := advise(failure)
	return attribute, summary, fmt.Sprintf("For %s: %s %s", name, requestAndResponse(failure), advice)
}

// advise returns the summary of a client error, advice for the user, and the attribute at
// fault or "".
func advise(failure *didit.Error) (attribute, summary, advice string) {
	switch failure.Kind {
	case didit.KindAuthentication:
		return "", summaryAuthentication, "Check api_key or access_token (environment: " + envAPIKey + ", " + envAccessToken + "): the credential is wrong, revoked or expired, or belongs to another base_url."
	case didit.KindPermission:
		return "", summaryPermission, "Either the credential is wrong, expired or another application's: check api_key or access_token (environment: " + envAPIKey + ", " + envAccessToken + "). " +
			"Or it lacks " + privilegeFor(failure) + ": grant it in the Didit console."
	case didit.KindSessionNotFound:
		return "session_id", summaryNoSession, "Didit has no such session, or the scope of the key (some workflows or statuses) hides it. Check session_id and the scope. If the session was deleted, remove its block or file from the configuration."
	case didit.KindSubjectNotFound:
		return "", summaryRefused, "It was there when the session was read. Plan again."
	case didit.KindDestinationNotFound:
		return "id", summaryNoDestination, "The destination was deleted, never existed, or belongs to another application. Correct the ID, or remove its block."
	case didit.KindNoDeferral:
		advice = "Nothing was sent. This Didit does not have deferred changes, or base_url or a proxy leads elsewhere. Check that, or remove the argument and wait until the person has finished."
		if failure.StatusCode < 300 { // the response to the change
			advice = "Check the step in the Didit console before you plan again."
		}
		return attributeDeferred, summaryNoDeferral, advice
	case didit.KindAPISession:
		return "session_id", summaryAPISession, "Didit never lets a decision on a standalone API session be changed. Remove its block or file from the configuration."
	case didit.KindValidation, didit.KindRejected:
		return attributeOf(failure.Fields), summaryRefused, "Correct the configuration, then plan again."
	case didit.KindRateLimit:
		return "", summaryRateLimit, "All users of a key share its limits. Lower rate_limit in the provider block if other programs use the key, or run again later."
	case didit.KindServer:
		return "", summaryServer, "Run again later."
	case didit.KindConnection:
		return "", summaryConnection, "Check base_url, the network and the proxy, or raise request_timeout. Then run again."
	case didit.KindMalformed:
		return "", summaryMalformed, "Run again. If that does not help, check the proxies between this machine and Didit."
	case didit.KindUnexpected:
		return "", summaryUnexpected, "The response is Didit's, but this version of the provider cannot read it. Update the provider; if that does not help, report it. The state is unchanged."
	case didit.KindNotAPI:
		return "", summaryNotAPI, "Check base_url (environment: " + envBaseURL + ") and the proxies between this machine and Didit. The state is unchanged."
	}
	return "", summaryRefused, ""
}

// privilegeFor returns the name of the privilege that a refused request needs.
func privilegeFor(failure *didit.Error) string {
	switch {
	case failure.Refusal != nil && strings.HasSuffix(failure.Refusal.Privilege, ":webhooks"):
		return "the permission webhooks, which a scoped key needs for webhook destinations"
	case failure.Refusal != nil:
		return "the privilege " + failure.Refusal.Privilege
	}
	return "a privilege"
}

// attributeOf returns the attribute for the field of a validation error; "" if there are
// several fields or none.
func attributeOf(fields map[string][]string) string {
	if len(fields) != 1 {
		return ""
	}
	for field := range fields {
		switch field {
		case "new_status", "review_status":
			return valueOf
		case "comment", "feature_type", "hit_id":
			return field
		}
	}
	return ""
}

// requestAndResponse describes a failed request and its response in one or two sentences.
func requestAndResponse(err error) string {
	failure := didit.AsError(err)
	switch {
	case failure == nil && errors.Is(err, context.Canceled):
		return "it was interrupted."
	case failure == nil:
		return sentence(err.Error())
	case failure.Method == "": // nothing was sent
		return sentence(failure.Detail)
	}
	request := fmt.Sprintf("%s %s", failure.Method, failure.Path)
	if failure.Attempts > 1 {
		request += ", sent " + times(failure.Attempts) + ","
	}
	if failure.StatusCode == 0 {
		return request + " failed. " + sentence(failure.Detail)
	}
	return fmt.Sprintf("%s returned %d. %s", request, failure.StatusCode, sentence(failure.Detail))
}
