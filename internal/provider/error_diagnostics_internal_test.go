// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/didit-community/terraform-provider-didit/internal/decisions"
	"github.com/didit-community/terraform-provider-didit/internal/didit"
)

var (
	testStep         = decisions.FeatureRef{SessionID: testSessionID, NodeID: "feature_aml_1"}
	defaultStep      = decisions.FeatureRef{SessionID: testSessionID, NodeID: didit.DefaultNodeID}
	otherStep        = decisions.FeatureRef{SessionID: testSessionID, NodeID: "feature_aml_1", FeatureType: "NFC"}
	typedDefaultStep = decisions.FeatureRef{SessionID: testSessionID, NodeID: didit.DefaultNodeID, FeatureType: "NFC"}
)

var testOverride = didit.FeatureOverride{ID: "7", NewStatus: "Declined", State: didit.OverridePending}

// failure returns an error of the client.
func failure(kind didit.Kind, status int, detail string) *didit.Error {
	return &didit.Error{
		Kind: kind, Method: "GET", Path: "/v3/session/" + testSessionID + "/decision/", StatusCode: status,
		Detail: detail, Attempts: 1,
	}
}

// expectedDiagnostic is an error: its attribute, its summary, and parts of its detail.
type expectedDiagnostic struct {
	attribute, summary string
	parts              []string
}

func (want expectedDiagnostic) check(t *testing.T, step decisions.FeatureRef, got diag.Diagnostic) {
	t.Helper()
	var attribute string
	if located, ok := got.(diag.DiagnosticWithPath); ok {
		attribute = located.Path().String()
	}
	if got.Severity() != diag.SeverityError || got.Summary() != want.summary || attribute != want.attribute {
		t.Errorf("%s %q is on %q, want %q on %q", got.Severity(), got.Summary(), attribute, want.summary, want.attribute)
	}
	for _, part := range append(want.parts, step.SessionID, step.NodeID) {
		if !strings.Contains(got.Detail(), part) {
			t.Errorf("the detail lacks %q: %s", part, got.Detail())
		}
	}
	for _, typo := range []string{"  ", "..", " .", "%!", "\n ", "<nil>", "provider produced"} {
		if strings.Contains(strings.ReplaceAll(got.Detail(), "\n  - ", "\n- "), typo) {
			t.Errorf("the detail contains %q: %s", typo, got.Detail())
		}
	}
}

func TestListDiagnostic_DescribesInterrupt(t *testing.T) {
	t.Parallel()
	got := listDiagnostic(&didit.Error{Kind: didit.KindConnection, Err: context.Canceled})

	if got.Summary() != summaryInterrupted || !strings.Contains(got.Detail(), "before the list of sessions was read") {
		t.Errorf("got %q: %s", got.Summary(), got.Detail())
	}
}

func TestDiagnosticFor_DescribesClientErrors(t *testing.T) {
	t.Parallel()
	for kind, test := range map[didit.Kind]struct {
		err  *didit.Error
		want expectedDiagnostic
	}{
		didit.KindAuthentication: {
			failure(didit.KindAuthentication, 401, "Invalid key"),
			expectedDiagnostic{"", "Didit did not accept the credential", []string{"returned 401. Invalid key. Check api_key or access_token", "DIDIT_API_KEY", "DIDIT_ACCESS_TOKEN", "revoked or expired"}},
		},
		didit.KindPermission: {
			failure(didit.KindPermission, 403, "You do not have permission to perform this action."),
			expectedDiagnostic{"", "The credential may not do this", []string{"You do not have permission to perform this action. Either the credential is wrong, expired or another application's", "DIDIT_API_KEY", "Or it lacks a privilege", "Didit console"}},
		},
		didit.KindSessionNotFound: {
			failure(didit.KindSessionNotFound, 404, "Not found."),
			expectedDiagnostic{"session_id", "Session not found", []string{"Didit has no such session", "scope of the key", "Check session_id", "remove its block or file"}},
		},
		didit.KindSubjectNotFound: {
			failure(didit.KindSubjectNotFound, 404, "No feature found with node_id 'feature_aml_1' in this session."),
			expectedDiagnostic{"", "Didit refused the request", []string{"was there when the session was read", "Plan again"}},
		},
		didit.KindAPISession: {
			failure(didit.KindAPISession, 400, "Cannot change feature status for API sessions."),
			expectedDiagnostic{"session_id", "Standalone API sessions cannot be changed", []string{"Cannot change feature status for API sessions.", "Remove its block or file"}},
		},
		didit.KindValidation: {
			failure(didit.KindValidation, 400, "session: wrong"),
			expectedDiagnostic{"", "Didit refused the request", []string{"returned 400. session: wrong. Correct the configuration"}},
		},
		didit.KindRejected: {
			failure(didit.KindRejected, 418, "Teapot!"),
			expectedDiagnostic{"", "Didit refused the request", []string{"returned 418. Teapot! Correct the configuration"}},
		},
		didit.KindRateLimit: {
			failure(didit.KindRateLimit, 429, "Request was throttled."),
			expectedDiagnostic{"", "Didit's rate limit is used up", []string{"share its limits", "rate_limit", "run again later"}},
		},
		didit.KindServer: {
			failure(didit.KindServer, 503, "The API gave no reason."),
			expectedDiagnostic{"", "Didit returned a server error", []string{"returned 503", "Run again later."}},
		},
		didit.KindConnection: {
			failure(didit.KindConnection, 0, "No response came from example.com: the connection was refused."),
			expectedDiagnostic{"", "Didit could not be reached", []string{"failed. No response came from example.com: the connection was refused. Check base_url", "network", "proxy", "request_timeout"}},
		},
		didit.KindMalformed: {
			failure(didit.KindMalformed, 200, "The response is cut off or not valid JSON."),
			expectedDiagnostic{"", "Didit's response is cut off or malformed", []string{"returned 200", "Run again", "proxies"}},
		},
		didit.KindUnexpected: {
			failure(didit.KindUnexpected, 200, "A row has no session_id."),
			expectedDiagnostic{"", "Didit's response has an unexpected form", []string{"returned 200. A row has no session_id.", "The response is Didit's", "Update the provider"}},
		},
		didit.KindNotAPI: {
			failure(didit.KindNotAPI, 404, "The response is not Didit's JSON: another service sent it."),
			expectedDiagnostic{"", "The response is not from Didit's API", []string{"Check base_url", "DIDIT_BASE_URL", "The state is unchanged"}},
		},
	} {
		t.Run(fmt.Sprint(kind), func(t *testing.T) {
			t.Parallel()
			if test.err.Kind != kind {
				t.Fatalf("the failure is of kind %d, want %d", test.err.Kind, kind)
			}
			test.want.check(t, testStep, diagnosticFor(testStep, "status", test.err))
			test.want.check(t, testStep, diagnosticFor(testStep, "status", fmt.Errorf("reading: %w", fmt.Errorf("retrying: %w", test.err))))
		})
	}
}

// clientKinds returns the names of the kinds of didit.Error. It parses the source,
// because Go cannot list constants.
func clientKinds(t *testing.T) []string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "../didit/error.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for node := range ast.Preorder(file) {
		if value, ok := node.(*ast.ValueSpec); ok && strings.HasPrefix(value.Names[0].Name, "Kind") {
			names = append(names, value.Names[0].Name)
		}
	}
	return names
}

func TestAdvise_CoversEveryKind(t *testing.T) {
	t.Parallel()
	kinds := clientKinds(t)
	if !slices.Contains(kinds, "KindAuthentication") || !slices.Contains(kinds, "KindNotAPI") {
		t.Fatalf("the kinds are %v", kinds)
	}
	for i, name := range kinds {
		kind := didit.KindAuthentication + didit.Kind(i)
		_, summary, advice := advise(&didit.Error{Kind: kind})
		if summary == "" || !strings.HasSuffix(advice, ".") {
			t.Errorf("%s has the summary %q and the advice %q", name, summary, advice)
		}
	}
}

func TestDiagnosticFor_DescribesDecisionErrors(t *testing.T) {
	t.Parallel()
	steps := []didit.Feature{{NodeID: "feature_ocr_1", Type: "ID_VERIFICATION", Status: "In Review"}, {NodeID: "feature_aml_1", Type: "AML", Status: "Approved"}}
	plain := []didit.Feature{{NodeID: "default", Type: "ID_VERIFICATION", Status: "In Review"}, {NodeID: "default", Type: "LIVENESS", Status: "Approved"}}
	twins := []didit.Feature{{NodeID: "default", Type: "AML", Status: "In Review"}, {NodeID: "default", Type: "AML", Status: "Approved"}}
	list := []string{"The session's steps:\n  - \"feature_ocr_1\" (ID_VERIFICATION): \"In Review\"\n  - \"feature_aml_1\" (AML): \"Approved\"\n"}
	// For such steps the message does not contain the node ID default.
	const nodeless = "of one type without a node ID"
	lost := failure(didit.KindServer, 502, "The API gave no reason.")
	lost.Method, lost.Attempts = "PATCH", 1
	for name, test := range map[string]struct {
		step decisions.FeatureRef
		err  error
		want expectedDiagnostic
	}{
		"changed since the plan": {
			testStep, &decisions.ConflictError{Subject: testStep, Expected: "In Review", Found: "Approved", Wanted: "Declined"},
			expectedDiagnostic{"status", "The decision has changed since the plan", []string{`was "In Review" in the plan`, `is "Approved" now`, `"Declined" is wanted`, "Nothing was sent", "Plan again"}},
		},
		"changed after a lost response": {
			testStep, &decisions.ConflictError{Subject: testStep, Expected: "In Review", Found: "Approved", Wanted: "Declined", Sent: true},
			expectedDiagnostic{"status", "The decision has changed since the plan", []string{`was "In Review" in the plan`, "a change was sent, and no response confirmed it", "audit trail", "plan again"}},
		},
		"another change waits": {
			testStep, &decisions.WaitingError{Step: testStep, Override: testOverride},
			expectedDiagnostic{"", summaryWaits, []string{`a change to "Declined"`, "nothing is sent", "/overrides/7/cancel/", "Then plan again"}},
		},
		"another change waits, sent": {
			testStep, &decisions.WaitingError{Step: testStep, Override: testOverride, Sent: true},
			expectedDiagnostic{"", summaryWaits, []string{`a change to "Declined"`, "no other is sent", "no response confirmed it", "audit trail", "/overrides/7/cancel/"}},
		},
		"would overturn a decision": {
			testStep, &decisions.StandingError{Subject: testStep, Found: "Approved", Wanted: "Declined"},
			expectedDiagnostic{"status", "A decision would be overturned", []string{`is "Approved"`, `sets "Declined"`, "Nothing was sent", `from = "Approved"`}},
		},
		"outcome unknown, unchanged": {
			testStep, &didit.OutcomeUnknownError{Attempts: 3, WriteErr: lost, Shown: "In Review"},
			expectedDiagnostic{"", "The outcome of the change is unknown", []string{"feature_aml_1", "PATCH /v3", "returned 502", `Didit still has "In Review"`, "Plan again to see whether"}},
		},
		"outcome unknown, read failed": {
			testStep, &didit.OutcomeUnknownError{Attempts: 1, WriteErr: lost, ReadErr: failure(didit.KindConnection, 0, "No response came from example.com: the connection was refused.")},
			expectedDiagnostic{"", "The outcome of the change is unknown", []string{"PATCH /v3", "to find out failed: GET", "connection was refused. Plan again"}},
		},
		"outcome unknown, interrupted": {
			testStep, &didit.OutcomeUnknownError{Attempts: 1, WriteErr: lost, ReadErr: context.Canceled},
			expectedDiagnostic{"", "The outcome of the change is unknown", []string{"to find out failed: it was interrupted. Plan again"}},
		},
		"outcome unknown, step missing": {
			testStep, &didit.OutcomeUnknownError{Attempts: 1, WriteErr: lost, ReadErr: &decisions.NotFoundError{Reason: decisions.Missing, Subject: testStep, Decision: decisionOf()}},
			expectedDiagnostic{"", "The outcome of the change is unknown", []string{"feature_aml_1", "session's report did not contain it", "Plan again"}},
		},
		"missing": {
			testStep, &decisions.NotFoundError{Reason: decisions.Missing, Subject: testStep, Decision: decisionOf(steps...)},
			expectedDiagnostic{"node_id", "Step not found", append(list, "Correct node_id.", "remove its block or file")},
		},
		"missing from a session without steps": {
			testStep, &decisions.NotFoundError{Reason: decisions.Missing, Subject: testStep, Decision: decisionOf()},
			expectedDiagnostic{"node_id", "Step not found", []string{"The session has no steps yet."}},
		},
		"missing at node default": {
			defaultStep, &decisions.NotFoundError{Reason: decisions.Missing, Subject: defaultStep, Decision: decisionOf(steps...)},
			expectedDiagnostic{"node_id", "Step not found", append(list, "Set node_id: the session's steps have node IDs")},
		},
		"missing type at node default": {
			typedDefaultStep, &decisions.NotFoundError{Reason: decisions.Missing, Subject: typedDefaultStep, Decision: decisionOf(plain...)},
			expectedDiagnostic{"feature_type", "Step not found", []string{"(NFC)", "Correct feature_type, or set node_id.", "- \"default\" (LIVENESS): \"Approved\""}},
		},
		"ambiguous": {
			defaultStep, &decisions.NotFoundError{Reason: decisions.Ambiguous, Subject: defaultStep, Decision: decisionOf(append(steps, plain...)...)},
			expectedDiagnostic{"feature_type", "Several steps match", []string{"Set feature_type to one of their types", "third part", "- \"default\" (LIVENESS): \"Approved\""}},
		},
		"ambiguous, one type": {
			defaultStep, &decisions.NotFoundError{Reason: decisions.NotAddressable, Subject: defaultStep, Decision: decisionOf(append(steps, twins...)...)},
			expectedDiagnostic{"node_id", "Didit cannot tell these apart", []string{nodeless, "cannot tell them apart", "Didit console"}},
		},
		"ambiguous node": {
			testStep, &decisions.NotFoundError{Reason: decisions.NotAddressable, Subject: testStep, Decision: decisionOf(append(steps, steps...)...)},
			expectedDiagnostic{"node_id", "Didit cannot tell these apart", []string{"cannot tell them apart", "Didit console"}},
		},
		"not addressable": {
			typedDefaultStep, &decisions.NotFoundError{Reason: decisions.NotAddressable, Subject: typedDefaultStep, Decision: decisionOf(twins...)},
			expectedDiagnostic{"feature_type", "Didit cannot tell these apart", []string{nodeless, "cannot tell them apart", "Didit console"}},
		},
		"other type": {
			otherStep, &decisions.NotFoundError{Reason: decisions.OtherType, Subject: otherStep, Decision: decisionOf(steps...)},
			expectedDiagnostic{"feature_type", "The step has another type", append(list, "is not of type NFC.", "Correct feature_type, or leave it out.")},
		},
		"interrupted": {
			testStep, context.Canceled,
			expectedDiagnostic{"", "Interrupted", []string{"No partial change was made", "Plan again"}},
		},
		"interrupted request": {
			testStep, &didit.Error{Kind: didit.KindConnection, Err: context.Canceled},
			expectedDiagnostic{"", "Interrupted", []string{"No partial change was made"}},
		},
		"unknown error": {
			testStep, errors.New("something new"),
			expectedDiagnostic{"", "Didit could not be reached", []string{"something new"}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			step := test.step
			if slices.Contains(test.want.parts, nodeless) {
				step.NodeID = ""
			}
			test.want.check(t, step, diagnosticFor(test.step, "status", test.err))
			test.want.check(t, step, diagnosticFor(test.step, "status", fmt.Errorf("applying: %w", test.err)))
		})
	}
}

func TestDiagnosticFor_ValidationErrorIsOnRefusedAttribute(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		fields    map[string][]string
		attribute string
	}{
		{map[string][]string{"new_status": {"Wrong."}}, "status"},
		{map[string][]string{"comment": {"Too long."}}, "comment"},
		{map[string][]string{"feature_type": {"Required."}}, "feature_type"},
		{map[string][]string{"detail": {"Wrong."}}, ""},
		{map[string][]string{"": {"Wrong."}}, ""},
		{map[string][]string{"comment": {"Too long."}, "new_status": {"Wrong."}}, ""},
		{nil, ""},
	} {
		err := failure(didit.KindValidation, 400, "Wrong.")
		err.Fields = test.fields

		expectedDiagnostic{test.attribute, "Didit refused the request", nil}.check(t, testStep, diagnosticFor(testStep, "status", err))
	}
}

// decisionOf returns a decision with these steps.
func decisionOf(steps ...didit.Feature) *didit.Decision {
	return &didit.Decision{SessionID: testSessionID, Status: "In Review", Features: steps}
}

func TestDiagnosticFor_NamesNumberOfAttempts(t *testing.T) {
	t.Parallel()
	for attempts, want := range map[int]string{1: "/decision/ returned 503.", 2: "/decision/, sent 2 times, returned 503.", 6: ", sent 6 times, returned"} {
		err := failure(didit.KindServer, 503, "The API gave no reason.")
		err.Attempts = attempts
		if detail := diagnosticFor(testStep, "status", err).Detail(); !strings.Contains(detail, want) {
			t.Errorf("%d attempts: the detail lacks %q: %s", attempts, want, detail)
		}
	}
}

// With hundreds of decisions, one long error for each would hide the cause.
func TestDiagnosticFor_DescribesRefusalOnce(t *testing.T) {
	t.Parallel()
	for privilege, want := range map[string]string{"read:sessions": "lacks the privilege read:sessions", "write:webhooks": "lacks the permission webhooks"} {
		refusal := &didit.Refusal{Cause: failure(didit.KindPermission, 403, "You do not have permission to perform this action."), Privilege: privilege}
		notSent := &didit.Error{Kind: didit.KindPermission, Detail: "Nothing was sent.", Refusal: refusal}

		first := diagnosticFor(testStep, "status", notSent)
		if detail := first.Detail(); first.Summary() != summaryPermission || !strings.Contains(detail, "returned 403. You do not have permission") || !strings.Contains(detail, want) {
			t.Errorf("%q: %s", first.Summary(), detail)
		}
		for range 2 {
			later := diagnosticFor(testStep, "status", fmt.Errorf("reading: %w", notSent))
			if detail := later.Detail(); later.Summary() != summaryPermission || detail != capitalize(nameOf(testStep))+" could not be read or changed, for the reason in the first error with this summary." {
				t.Errorf("%q: %s", later.Summary(), detail)
			}
		}
	}
}

func TestDiagnosticFor_DescribesUnusableItems(t *testing.T) {
	t.Parallel()
	hit := decisions.HitRef{SessionID: testSessionID, NodeID: "feature_aml_1", HitID: "hit_1"}
	session := decisions.SessionRef{SessionID: testSessionID}
	for name, test := range map[string]struct {
		subject decisions.Subject
		item    didit.UnusableItem
		want    string
	}{
		"hidden hits": {
			hit,
			didit.UnusableItem{NodeID: "feature_aml_1", Type: didit.TypeAML, IsHit: true, IsAllHits: true, Problem: "hits is null"},
			`does not show the hits of the AML check at node "feature_aml_1" (hits is null), which is not the same as no hits. The workflow restricts the attributes in its responses, or the key may not see them.`,
		},
		"hit without a status": {
			hit,
			didit.UnusableItem{NodeID: "feature_aml_1", Type: didit.TypeAML, IsHit: true, HitID: "hit_1", Problem: "review_status is null"},
			"cannot be shown or decided. Didit's report on the session is incomplete: review_status is null.",
		},
		"hit without an ID": {
			hit,
			didit.UnusableItem{NodeID: "feature_aml_1", Type: didit.TypeAML, IsHit: true, Problem: "id is null"},
			"may be in the report, in an item that cannot be read. Didit's report on the session is incomplete: id is null.",
		},
		"step without a status": {
			testStep,
			didit.UnusableItem{NodeID: "feature_aml_1", Type: didit.TypeAML, Problem: "status is null"},
			"cannot be shown or decided. Didit's report on the session is incomplete: status is null.",
		},
		"step of unknown node": {
			testStep,
			didit.UnusableItem{Type: didit.TypeAML, Problem: "an item of aml_screenings is not an object"},
			"may be in the report, in an item that cannot be read.",
		},
		"session without a status": {
			session,
			didit.UnusableItem{Problem: "the session has no status"},
			"cannot be shown or decided. Didit's report on the session is incomplete: the session has no status.",
		},
	} {
		got := diagnosticFor(test.subject, "status", &decisions.NotFoundError{Reason: decisions.Unusable, Subject: test.subject, Decision: decisionOf(), Item: test.item})
		if got.Summary() != summaryUnusable || !strings.HasPrefix(got.Detail(), capitalize(nameOf(test.subject))) || !strings.Contains(got.Detail(), test.want) || !strings.HasSuffix(got.Detail(), "The state is unchanged.") {
			t.Errorf("%s: %q: %s", name, got.Summary(), got.Detail())
		}
		for _, wrong := range []string{"base_url", "prox", "gone for good"} {
			if strings.Contains(got.Detail(), wrong) {
				t.Errorf("%s: the detail contains %q: %s", name, wrong, got.Detail())
			}
		}
	}
}

// A node ID from a report must not control the terminal, forge a message, or make an
// error too long.
func TestDiagnosticFor_QuotesAndBoundsLists(t *testing.T) {
	t.Parallel()
	hostile := "evil\x1b[31m\n\u202e\nError: everything is lost" + strings.Repeat("x", 1<<20)
	decision := &didit.Decision{SessionID: testSessionID}
	for range 200 {
		decision.Features = append(decision.Features, didit.Feature{NodeID: hostile, Type: "AML", Status: hostile})
		decision.AMLHits = append(decision.AMLHits, didit.AMLHit{NodeID: hostile, ID: hostile, ReviewStatus: hostile})
	}
	hit := decisions.HitRef{SessionID: testSessionID, NodeID: "feature_aml_1", HitID: "hit_1"}
	for _, missing := range []*decisions.NotFoundError{
		{Reason: decisions.Missing, Subject: testStep, Decision: decision},
		{Reason: decisions.Ambiguous, Subject: defaultStep, Decision: decision},
		{Reason: decisions.NotAddressable, Subject: testStep, Decision: decision},
		{Reason: decisions.Missing, Subject: hit, Decision: decision},
		{Reason: decisions.NoAMLCheck, Subject: hit, Decision: decision},
	} {
		detail := diagnosticFor(missing.Subject, "status", missing).Detail()
		if lines := strings.Count(detail, "\n"); lines > maxListed+2 || len(detail) > 20_000 {
			t.Errorf("%v: %d lines, %d bytes", missing, lines, len(detail))
		}
		if strings.ContainsAny(detail, "\x1b\u202e") || strings.Contains(detail, "\nError") || !strings.Contains(detail, "and 180 more") {
			t.Errorf("%v: %.500q", missing, detail)
		}
	}
}
