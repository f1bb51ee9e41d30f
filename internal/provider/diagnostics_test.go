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
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/didit-community/terraform-provider-didit/internal/decisions"
	"github.com/didit-community/terraform-provider-didit/internal/didit"
)

var (
	testStep    = decisions.Step{SessionID: rightSessionID, NodeID: "feature_aml_1"}
	defaultStep = decisions.Step{SessionID: rightSessionID, NodeID: didit.DefaultNodeID}
	otherStep   = decisions.Step{SessionID: rightSessionID, NodeID: "feature_aml_1", FeatureType: "NFC"}
	typedStep   = decisions.Step{SessionID: rightSessionID, NodeID: didit.DefaultNodeID, FeatureType: "NFC"}
)

// failure is an error of the client, as it comes up from there.
func failure(kind didit.Kind, status int, detail string) *didit.Error {
	return &didit.Error{
		Kind: kind, Method: "GET", Path: "/v3/session/" + rightSessionID + "/decision/", StatusCode: status,
		Detail: detail, Attempts: 1,
	}
}

// expectedDiagnostic is what a person is told.
type expectedDiagnostic struct {
	attribute, summary string
	words              []string
}

func (want expectedDiagnostic) check(t *testing.T, step decisions.Step, got diag.Diagnostic) {
	t.Helper()
	var on string
	if located, ok := got.(diag.DiagnosticWithPath); ok {
		on = located.Path().String()
	}
	if got.Severity() != diag.SeverityError || got.Summary() != want.summary || on != want.attribute {
		t.Errorf("%s %q stands on %q, want %q on %q", got.Severity(), got.Summary(), on, want.summary, want.attribute)
	}
	for _, word := range append(want.words, step.SessionID, step.NodeID) {
		if !strings.Contains(got.Detail(), word) {
			t.Errorf("the detail lacks %q: %s", word, got.Detail())
		}
	}
	for _, wrong := range []string{"  ", "..", " .", "%!", "\n ", "<nil>", "provider produced"} {
		if strings.Contains(strings.ReplaceAll(got.Detail(), "\n  - ", "\n- "), wrong) {
			t.Errorf("the detail holds %q: %s", wrong, got.Detail())
		}
	}
}

func TestEveryFailureOfTheClientIsExplained(t *testing.T) {
	t.Parallel()
	for kind, test := range map[didit.Kind]struct {
		err  *didit.Error
		want expectedDiagnostic
	}{
		didit.KindAuthentication: {
			failure(didit.KindAuthentication, 401, "Invalid key"),
			expectedDiagnostic{"", "Didit did not accept the credential", []string{"was answered 401. Invalid key. Check api_key or access_token", "DIDIT_API_KEY", "DIDIT_ACCESS_TOKEN", "revoked or expired"}},
		},
		didit.KindPermission: {
			failure(didit.KindPermission, 403, "You do not have permission to perform this action."),
			expectedDiagnostic{"", "The credential lacks a privilege", []string{"You do not have permission to perform this action. ", "read:sessions", "write:sessions", "Didit console"}},
		},
		didit.KindSessionNotFound: {
			failure(didit.KindSessionNotFound, 404, "Not found."),
			expectedDiagnostic{"session_id", "Session not found", []string{"deleted", "scope of the key", "Correct session_id", "remove its block or file"}},
		},
		didit.KindFeatureNotFound: {
			failure(didit.KindFeatureNotFound, 404, "No feature found with node_id 'feature_aml_1' in this session."),
			expectedDiagnostic{"node_id", "Step not found", []string{"was there when the session was read", "Plan again"}},
		},
		didit.KindAPISession: {
			failure(didit.KindAPISession, 400, "Cannot change feature status for API sessions."),
			expectedDiagnostic{"session_id", "Standalone API sessions cannot be changed", []string{"Cannot change feature status for API sessions.", "Remove its block or file"}},
		},
		didit.KindValidation: {
			failure(didit.KindValidation, 400, "session: wrong"),
			expectedDiagnostic{"", "Didit refused the request", []string{"was answered 400. session: wrong. Correct the configuration"}},
		},
		didit.KindRejected: {
			failure(didit.KindRejected, 418, "Teapot!"),
			expectedDiagnostic{"", "Didit refused the request", []string{"was answered 418. Teapot! Correct the configuration"}},
		},
		didit.KindLimit: {
			failure(didit.KindLimit, 429, "Request was throttled."),
			expectedDiagnostic{"", "Didit's request limit is used up", []string{"share its limits", "rate_limit", "run it again later"}},
		},
		didit.KindServer: {
			failure(didit.KindServer, 503, "The API gave no reason."),
			expectedDiagnostic{"", "Didit failed to answer", []string{"was answered 503", "Run it again later", "nothing is sent twice"}},
		},
		didit.KindConnection: {
			failure(didit.KindConnection, 0, "No answer came from example.com: the connection was refused."),
			expectedDiagnostic{"", "Didit could not be reached", []string{"failed. No answer came from example.com: the connection was refused. Check base_url", "network", "proxy", "request_timeout", "nothing is sent twice"}},
		},
		didit.KindBroken: {
			failure(didit.KindBroken, 200, "The decision report is cut or garbled."),
			expectedDiagnostic{"", "Didit's answer was cut or garbled", []string{"was answered 200", "Run it again", "proxies"}},
		},
		didit.KindNotAPI: {
			failure(didit.KindNotAPI, 404, "The answer is not Didit's JSON: something else sent it."),
			expectedDiagnostic{"", "The answer is not from Didit's API", []string{"Check base_url", "DIDIT_BASE_URL", "The state is kept"}},
		},
	} {
		t.Run(test.want.summary, func(t *testing.T) {
			t.Parallel()
			if test.err.Kind != kind {
				t.Fatalf("the failure is of kind %d, want %d", test.err.Kind, kind)
			}
			test.want.check(t, testStep, problem{step: testStep}.diagnostic(test.err))
			test.want.check(t, testStep, problem{step: testStep}.diagnostic(fmt.Errorf("reading: %w", fmt.Errorf("asking: %w", test.err))))
		})
	}
}

// kindsOfTheClient reads them from the source: Go cannot list its constants.
func kindsOfTheClient(t *testing.T) []string {
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

func TestEveryKindOfFailureHasAnAdvice(t *testing.T) {
	t.Parallel()
	kinds := kindsOfTheClient(t)
	if !slices.Contains(kinds, "KindAuthentication") || !slices.Contains(kinds, "KindNotAPI") {
		t.Fatalf("these are not the client's kinds: %v", kinds)
	}
	for i, name := range kinds {
		kind := didit.KindAuthentication + didit.Kind(i)
		_, summary, advice := problem{step: testStep}.advice(&didit.Error{Kind: kind})
		if summary == "" || !strings.HasSuffix(advice, ".") {
			t.Errorf("%s has the summary %q and the advice %q", name, summary, advice)
		}
	}
}

func TestEveryErrorOfADecisionIsExplained(t *testing.T) {
	t.Parallel()
	steps := []didit.Feature{{NodeID: "feature_ocr_1", Type: "ID_VERIFICATION", Status: "In Review"}, {NodeID: "feature_aml_1", Type: "AML", Status: "Approved"}}
	plain := []didit.Feature{{NodeID: "default", Type: "ID_VERIFICATION", Status: "In Review"}, {NodeID: "default", Type: "LIVENESS", Status: "Approved"}}
	twins := []didit.Feature{{NodeID: "default", Type: "AML", Status: "In Review"}, {NodeID: "default", Type: "AML", Status: "Approved"}}
	list := []string{"The session's steps:\n  - feature_ocr_1 (ID_VERIFICATION): In Review\n  - feature_aml_1 (AML): Approved\n"}
	// Steps that nothing tells apart are not named by node ID default.
	const nodeless = "without a node ID, and"
	change := decisions.Change{Step: testStep, From: "In Review", To: "Declined"}
	lost := failure(didit.KindServer, 502, "The API gave no reason.")
	lost.Method, lost.Attempts = "PATCH", 1
	for name, test := range map[string]struct {
		step decisions.Step
		err  error
		want expectedDiagnostic
	}{
		"changed since the plan": {
			testStep, &decisions.ConflictError{Step: testStep, Expected: "In Review", Found: "Approved", Wanted: "Declined"},
			expectedDiagnostic{"status", "The step has changed since the plan", []string{`was "In Review" when`, `is "Approved" now`, `"Declined" is wanted`, "Nothing was sent", "Plan again"}},
		},
		"changed while an answer was lost": {
			testStep, &decisions.ConflictError{Step: testStep, Expected: "In Review", Found: "Approved", Wanted: "Declined", Sent: true},
			expectedDiagnostic{"status", "The step has changed since the plan", []string{`was "In Review" when`, "A change had been sent before", "review trail", "plan again"}},
		},
		"standing decision": {
			testStep, &decisions.StandingError{Step: testStep, Found: "Approved", Wanted: "Declined"},
			expectedDiagnostic{"status", "A standing decision would be overturned", []string{`stands "Approved"`, `wants "Declined"`, "nothing was sent", "import block", `"` + rightSessionID + `/feature_aml_1"`}},
		},
		"standing decision at node default": {
			typedStep, &decisions.StandingError{Step: typedStep, Found: "Approved", Wanted: "Declined"},
			expectedDiagnostic{"status", "A standing decision would be overturned", []string{`"` + rightSessionID + `/default/NFC"`}},
		},
		"unsettled, and as before": {
			testStep, &decisions.UnsettledError{Change: change, Attempts: 3, Sent: lost},
			expectedDiagnostic{"", "It is not known whether the change was made", []string{`to become "Declined"`, "sent 3 times; PATCH", "was answered 502", "still had its former status", "Plan again"}},
		},
		"unsettled, and not to be read": {
			testStep, &decisions.UnsettledError{Change: change, Attempts: 1, Sent: lost, Read: failure(didit.KindConnection, 0, "No answer came from example.com: the connection was refused.")},
			expectedDiagnostic{"", "It is not known whether the change was made", []string{"sent once; PATCH", "did not settle it: GET", "connection was refused. Plan again"}},
		},
		"unsettled, and interrupted": {
			testStep, &decisions.UnsettledError{Change: change, Attempts: 1, Sent: lost, Read: context.Canceled},
			expectedDiagnostic{"", "It is not known whether the change was made", []string{"did not settle it: it was interrupted. Plan again"}},
		},
		"unsettled, and gone": {
			testStep, &decisions.UnsettledError{Change: change, Attempts: 1, Sent: lost, Read: &decisions.StepError{Problem: decisions.StepMissing, Step: testStep}},
			expectedDiagnostic{"", "It is not known whether the change was made", []string{"has no step feature_aml_1. Plan again"}},
		},
		"missing": {
			testStep, &decisions.StepError{Problem: decisions.StepMissing, Step: testStep, Features: steps},
			expectedDiagnostic{"node_id", "Step not found", append(list, "Correct node_id.", "remove its block or file")},
		},
		"missing from a session without steps": {
			testStep, &decisions.StepError{Problem: decisions.StepMissing, Step: testStep},
			expectedDiagnostic{"node_id", "Step not found", []string{"The session has no steps yet."}},
		},
		"missing at node default": {
			defaultStep, &decisions.StepError{Problem: decisions.StepMissing, Step: defaultStep, Features: steps},
			expectedDiagnostic{"node_id", "Step not found", append(list, "Set node_id", "without a node ID only")},
		},
		"missing type at node default": {
			typedStep, &decisions.StepError{Problem: decisions.StepMissing, Step: typedStep, Features: plain},
			expectedDiagnostic{"feature_type", "Step not found", []string{"(NFC)", "Correct feature_type, or set node_id.", "- default (LIVENESS): Approved"}},
		},
		"ambiguous": {
			defaultStep, &decisions.StepError{Problem: decisions.StepAmbiguous, Step: defaultStep, Features: append(steps, plain...)},
			expectedDiagnostic{"feature_type", "More than one step fits", []string{"Set feature_type to one of them", "third part", "- default (LIVENESS): Approved"}},
		},
		"ambiguous, and all of one type": {
			defaultStep, &decisions.StepError{Problem: decisions.StepAmbiguous, Step: defaultStep, Features: append(steps, twins...)},
			expectedDiagnostic{"node_id", "More than one step fits", []string{nodeless, "several steps of type AML", "cannot tell them apart", "Didit console"}},
		},
		"ambiguous node": {
			testStep, &decisions.StepError{Problem: decisions.StepAmbiguous, Step: testStep, Features: append(steps, steps...)},
			expectedDiagnostic{"node_id", "More than one step fits", []string{"cannot tell them apart", "Didit console"}},
		},
		"not addressable": {
			typedStep, &decisions.StepError{Problem: decisions.StepNotAddressable, Step: typedStep, Features: twins},
			expectedDiagnostic{"feature_type", "More than one step fits", []string{nodeless, "several steps of type NFC", "cannot tell them apart", "Didit console"}},
		},
		"of another type": {
			otherStep, &decisions.StepError{Problem: decisions.StepOfOtherType, Step: otherStep, Features: steps},
			expectedDiagnostic{"feature_type", "The step is of another type", append(list, "is not of type NFC.", "Correct feature_type, or leave it out.")},
		},
		"interrupted": {
			testStep, context.Canceled,
			expectedDiagnostic{"", "Interrupted", []string{"Nothing is half recorded", "plan again"}},
		},
		"interrupted request": {
			testStep, &didit.Error{Kind: didit.KindConnection, Err: context.Canceled},
			expectedDiagnostic{"", "Interrupted", []string{"Nothing is half recorded"}},
		},
		"anything else": {
			testStep, errors.New("something new"),
			expectedDiagnostic{"", "Didit could not be reached", []string{"something new"}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			named := test.step
			if slices.Contains(test.want.words, nodeless) {
				named.NodeID = ""
			}
			test.want.check(t, named, problem{step: test.step}.diagnostic(test.err))
			test.want.check(t, named, problem{step: test.step}.diagnostic(fmt.Errorf("applying: %w", test.err)))
		})
	}
}

func TestValidationErrorStandsOnTheAttributeThatWasRefused(t *testing.T) {
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

		expectedDiagnostic{test.attribute, "Didit refused the request", nil}.check(t, testStep, problem{step: testStep}.diagnostic(err))
	}
}

func TestImportHasNoAttributeToStandOn(t *testing.T) {
	t.Parallel()
	err := &decisions.StepError{Problem: decisions.StepMissing, Step: testStep}

	got := problem{step: testStep, importing: true}.diagnostic(err)

	if located, ok := got.(diag.DiagnosticWithPath); ok && !located.Path().Equal(path.Empty()) {
		t.Errorf("the error stands on %s, in a block that need not be there", located.Path())
	}
}

func TestAttemptsAreCountedOnlyWhereThereWereSeveral(t *testing.T) {
	t.Parallel()
	for attempts, want := range map[int]string{1: "/decision/ was answered 503.", 2: "/decision/, sent 2 times, was answered 503.", 6: ", sent 6 times, was"} {
		err := failure(didit.KindServer, 503, "The API gave no reason.")
		err.Attempts = attempts
		if detail := (problem{step: testStep}).diagnostic(err).Detail(); !strings.Contains(detail, want) {
			t.Errorf("after %d attempts it says: %s", attempts, detail)
		}
	}
}

func TestOnlyTheAPIsOwnWordsMakeAStepGone(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		err  error
		gone bool
	}{
		"session not found": {failure(didit.KindSessionNotFound, 404, "Not found."), true},
		"step missing":      {&decisions.StepError{Problem: decisions.StepMissing, Step: testStep}, true},
		"other type":        {&decisions.StepError{Problem: decisions.StepOfOtherType, Step: testStep}, false},
		"ambiguous":         {&decisions.StepError{Problem: decisions.StepAmbiguous, Step: testStep}, false},
		"not addressable":   {&decisions.StepError{Problem: decisions.StepNotAddressable, Step: testStep}, false},
		"foreign 404":       {failure(didit.KindNotAPI, 404, "Not Found"), false},
		"authentication":    {failure(didit.KindAuthentication, 401, ""), false},
		"permission":        {failure(didit.KindPermission, 403, ""), false},
		"server":            {failure(didit.KindServer, 500, ""), false},
		"interrupted":       {context.Canceled, false},
		"nothing":           {nil, false},
	} {
		if isGone(test.err) != test.gone {
			t.Errorf("%s: gone is %t", name, !test.gone)
		}
		if test.err != nil && isGone(fmt.Errorf("reading: %w", test.err)) != test.gone {
			t.Errorf("%s, wrapped: gone is %t", name, !test.gone)
		}
	}
}
