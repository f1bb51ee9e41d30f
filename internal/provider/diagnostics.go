// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/didit-community/terraform-provider-didit/internal/decisions"
	"github.com/didit-community/terraform-provider-didit/internal/didit"
)

// Summaries are fixed: one for one cause. The particulars are in the detail,
// because Terraform drops identical warnings without counting them.
const (
	summaryAuthentication = "Didit did not accept the credential"
	summaryPermission     = "The credential lacks a privilege"
	summaryNoSession      = "Session not found"
	summaryNoStep         = "Step not found"
	summaryAmbiguous      = "More than one step fits"
	summaryOtherType      = "The step is of another type"
	summaryAPISession     = "Standalone API sessions cannot be changed"
	summaryRefused        = "Didit refused the request"
	summaryLimit          = "Didit's request limit is used up"
	summaryServer         = "Didit failed to answer"
	summaryConnection     = "Didit could not be reached"
	summaryBroken         = "Didit's answer was cut or garbled"
	summaryNotAPI         = "The answer is not from Didit's API"
	summaryInterrupted    = "Interrupted"
	summaryConflict       = "The step has changed since the plan"
	summaryStanding       = "A standing decision would be overturned"
	summaryUnsettled      = "It is not known whether the change was made"
	summaryTwoBlocks      = "Two blocks want different statuses for one step"
	summaryUnknownConfig  = "The provider's configuration is not known yet"
	summaryImportID       = "Not an import ID of a step"
	summaryTooMany        = "More results than max_results"

	summaryGone    = "The step is no longer there"
	summaryComment = "The comment will not be recorded"
	summaryOpen    = "The session is not decided yet"
	summaryDestroy = "The decision stays in place"
)

// goneAdvice closes what is said of a session or step that is not there.
const goneAdvice = "If it is gone for good, remove its block or file from the configuration."

// problem makes the diagnostic of a failed operation on a step.
type problem struct {
	step decisions.Step
	// importing: no block stands behind it.
	importing bool
}

// diagnostic is the sentence for a person that an error of the rooms below
// becomes, on the attribute at fault where there is one.
func (p problem) diagnostic(err error) diag.Diagnostic {
	attribute, summary, detail := p.describe(err)
	if attribute == "" || p.importing {
		return diag.NewErrorDiagnostic(summary, detail)
	}
	return diag.NewAttributeErrorDiagnostic(path.Root(attribute), summary, detail)
}

func (p problem) describe(err error) (attribute, summary, detail string) {
	var (
		step      *decisions.StepError
		conflict  *decisions.ConflictError
		standing  *decisions.StandingError
		unsettled *decisions.UnsettledError
	)
	switch {
	case errors.As(err, &unsettled):
		return p.describeUnsettled(unsettled)
	case errors.As(err, &conflict):
		return "status", summaryConflict, p.conflictDetail(conflict)
	case errors.As(err, &standing):
		return "status", summaryStanding, fmt.Sprintf("%s stands %q, and this new block wants %q. A new block cannot know which status its reviewer saw, so it never overturns a decision; nothing was sent. "+
			"Adopt the step first, with an import block (or terraform import) for %q: its plan then shows %q -> %q.",
			capital(stepName(p.step)), standing.Found, standing.Wanted, importID(p.step), standing.Found, standing.Wanted)
	case errors.As(err, &step):
		return p.describeStep(step)
	case errors.Is(err, context.Canceled):
		return "", summaryInterrupted, fmt.Sprintf("Terraform was interrupted while %s was being looked after. Nothing is half recorded: plan again to go on.", stepName(p.step))
	}
	return p.describeClient(err)
}

func (p problem) conflictDetail(conflict *decisions.ConflictError) string {
	detail := fmt.Sprintf("%s was %q when the change was planned, is %q now, and %q is wanted. A person or the flow has changed it meanwhile.",
		capital(stepName(p.step)), conflict.Expected, conflict.Found, conflict.Wanted)
	if conflict.Sent {
		return detail + " A change had been sent before, and its answer was lost: look at the review trail in the Didit console, then plan again."
	}
	return detail + " Nothing was sent. Plan again, and have the new plan reviewed."
}

func (p problem) describeUnsettled(unsettled *decisions.UnsettledError) (attribute, summary, detail string) {
	detail = fmt.Sprintf("%s was to become %q. The change was sent %s; %s", capital(stepName(p.step)), unsettled.Change.To, times(unsettled.Attempts), said(unsettled.Sent))
	if unsettled.Read != nil {
		detail += " Reading the session again did not settle it: " + said(unsettled.Read)
	} else {
		detail += " Each time the step still had its former status."
	}
	return "", summaryUnsettled, detail + " Plan again: the next plan reads what has become of it, and nothing is sent twice."
}

func (p problem) describeStep(missing *decisions.StepError) (attribute, summary, detail string) {
	list := stepList(missing.Features)
	switch missing.Problem {
	case decisions.StepAmbiguous:
		if p.step.NodeID == didit.DefaultNodeID {
			if label := onlyType(missing.Features); label != "" {
				return "node_id", summaryAmbiguous, notAddressableDetail(p.step.SessionID, label, list)
			}
			return "feature_type", summaryAmbiguous, fmt.Sprintf("Node ID \"default\" fits several steps of session %s. Set feature_type to one of them (in an import ID, as its third part). %s", p.step.SessionID, list)
		}
		return "node_id", summaryAmbiguous, fmt.Sprintf("Session %s reports several steps at node %q, and Didit's API cannot tell them apart: decide them in the Didit console. %s", p.step.SessionID, p.step.NodeID, list)
	case decisions.StepNotAddressable:
		return "feature_type", summaryAmbiguous, notAddressableDetail(p.step.SessionID, p.step.FeatureType, list)
	case decisions.StepOfOtherType:
		return "feature_type", summaryOtherType, fmt.Sprintf("%s is not of type %s. Correct feature_type, or leave it out. %s", capital(stepName(decisions.Step{SessionID: p.step.SessionID, NodeID: p.step.NodeID})), p.step.FeatureType, list)
	case decisions.StepMissing:
	}
	attribute, correction := "node_id", "Correct node_id."
	switch {
	case p.step.NodeID != didit.DefaultNodeID:
	case p.step.FeatureType == "":
		correction = "Set node_id: \"default\" addresses a step without a node ID only."
	default:
		attribute, correction = "feature_type", "Correct feature_type, or set node_id."
	}
	return attribute, summaryNoStep, fmt.Sprintf("There is no %s. %s %s %s", stepName(p.step), correction, goneAdvice, list)
}

// notAddressableDetail is said of steps that nothing in the API's paths and
// bodies tells apart.
func notAddressableDetail(sessionID, label, list string) string {
	return fmt.Sprintf("Session %s has several steps of type %s without a node ID, and Didit's API cannot tell them apart: decide them in the Didit console. %s", sessionID, label, list)
}

// onlyType is the label that all steps without a node ID share; "" where they
// differ, so that one of them can be chosen.
func onlyType(features []didit.Feature) (label string) {
	for _, feature := range features {
		switch {
		case feature.NodeID != didit.DefaultNodeID || feature.Type == label:
		case label != "":
			return ""
		default:
			label = feature.Type
		}
	}
	return label
}

// describeClient makes sentences of the client's own errors.
func (p problem) describeClient(err error) (attribute, summary, detail string) {
	failure := didit.AsError(err)
	if failure == nil {
		return "", summaryConnection, fmt.Sprintf("%s could not be looked after: %s", capital(stepName(p.step)), err)
	}
	attribute, summary, advice := p.advice(failure)
	return attribute, summary, fmt.Sprintf("For %s: %s %s", stepName(p.step), said(failure), advice)
}

// advice says what to do about a failure of the client, on which attribute, under
// which summary.
func (p problem) advice(failure *didit.Error) (attribute, summary, advice string) {
	switch failure.Kind {
	case didit.KindAuthentication:
		return "", summaryAuthentication, "Check api_key or access_token (environment: " + envAPIKey + ", " + envAccessToken + "): the credential is wrong, revoked or expired, or belongs to another base_url."
	case didit.KindPermission:
		return "", summaryPermission, "Reading decisions needs the privilege read:sessions, changing them write:sessions. Give the credential the one it lacks, in the Didit console."
	case didit.KindSessionNotFound:
		return "session_id", summaryNoSession, "The session was deleted, was never there, or is hidden by the scope of the key (some workflows or statuses). Correct session_id or widen the scope. " + goneAdvice
	case didit.KindFeatureNotFound:
		return "node_id", summaryNoStep, "The step was there when the session was read. Plan again."
	case didit.KindAPISession:
		return "session_id", summaryAPISession, "Didit never lets a decision on a standalone API session be changed. Remove its block or file from the configuration."
	case didit.KindValidation, didit.KindRejected:
		return attributeOf(failure.Fields), summaryRefused, "Correct the configuration, then plan again."
	case didit.KindLimit:
		return "", summaryLimit, "All users of a key share its limits: lower rate_limit in the provider block where others use the key too, or run it again later."
	case didit.KindServer:
		return "", summaryServer, "Run it again later; nothing is sent twice."
	case didit.KindConnection:
		return "", summaryConnection, "Check base_url, the network and the proxy, or raise request_timeout. Then run it again; nothing is sent twice."
	case didit.KindBroken:
		return "", summaryBroken, "Run it again; where that does not help, look at the proxies between here and Didit."
	case didit.KindNotAPI:
		return "", summaryNotAPI, "Check base_url (environment: " + envBaseURL + ") and what stands between here and Didit. The state is kept."
	}
	return "", summaryRefused, ""
}

// attributeOf is the attribute that goes into the one field that the API
// complains about; "" where there is no such one.
func attributeOf(fields map[string][]string) string {
	if len(fields) != 1 {
		return ""
	}
	for field := range fields {
		switch field {
		case "new_status":
			return "status"
		case "comment", "feature_type":
			return field
		}
	}
	return ""
}

// said tells what was sent and what came back, in one sentence or two.
func said(err error) string {
	failure := didit.AsError(err)
	switch {
	case failure == nil && errors.Is(err, context.Canceled):
		return "it was interrupted."
	case failure == nil:
		return ended(err.Error())
	}
	detail := ended(failure.Detail)
	if failure.Method == "" {
		return detail
	}
	sentence := fmt.Sprintf("%s %s", failure.Method, failure.Path)
	if failure.Attempts > 1 {
		sentence += ", sent " + times(failure.Attempts) + ","
	}
	if failure.StatusCode == 0 {
		return sentence + " failed. " + detail
	}
	return fmt.Sprintf("%s was answered %d. %s", sentence, failure.StatusCode, detail)
}

// ended ends a text as a sentence, because others follow it: what the API says
// need not be one.
func ended(text string) string {
	if strings.TrimRight(text, ".!?…") == text {
		return text + "."
	}
	return text
}

func times(n int) string {
	if n == 1 {
		return "once"
	}
	return fmt.Sprintf("%d times", n)
}

// stepName names session and step in every sentence: Terraform does not always
// name the instance.
func stepName(step decisions.Step) string {
	switch {
	case step.SessionID == "":
		return "the list of sessions"
	case step.NodeID == "":
		return "session " + step.SessionID
	}
	name := fmt.Sprintf("step %q", step.NodeID)
	if step.FeatureType != "" {
		name += " (" + step.FeatureType + ")"
	}
	return name + " of session " + step.SessionID
}

func stepList(features []didit.Feature) string {
	if len(features) == 0 {
		return "The session has no steps yet."
	}
	lines := make([]string, len(features))
	for i, feature := range features {
		lines[i] = fmt.Sprintf("\n  - %s (%s): %s", feature.NodeID, feature.Type, feature.Status)
	}
	return "The session's steps:" + strings.Join(lines, "") + "\n"
}

func importID(step decisions.Step) string {
	id := step.SessionID + "/" + step.NodeID
	if step.NodeID == didit.DefaultNodeID && step.FeatureType != "" {
		id += "/" + step.FeatureType
	}
	return id
}

func capital(text string) string { return strings.ToUpper(text[:1]) + text[1:] }
