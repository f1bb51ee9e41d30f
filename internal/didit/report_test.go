// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package didit

import (
	"bytes"
	"fmt"
	"io"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"
	"weak"

	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

// report returns a report of the test session with additional members.
func report(members string) string {
	if members != "" {
		members = ", " + members
	}
	return `{"session_id": "` + testSession + `", "status": "In Review"` + members + `}`
}

func decode(text string) (*Decision, *Error) {
	return decodeDecision(stream{strings.NewReader(text)}, testSession)
}

func TestDecodeDecision_KeepsSessionFields(t *testing.T) {
	t.Parallel()
	decision, failure := decode(`{
		"session_number": 4711, "session_kind": "business", "status": "Kyc Expired", "session_id": "` + testSession + `",
		"workflow_id": "77777777-2222-4333-8444-000000000001", "environment": "sandbox",
		"created_at": "2026-06-30T10:00:00.000000Z", "expires_at": "2026-07-07T10:00:00Z", "vendor_data": "invented"
	} ` + "\n\t")
	if failure != nil {
		t.Fatal(failure)
	}
	number := int64(4711)
	want := &Decision{
		SessionID: testSession, Status: "Kyc Expired", Kind: "business", Number: &number, WorkflowID: "77777777-2222-4333-8444-000000000001", Environment: "sandbox",
		CreatedAt: "2026-06-30T10:00:00.000000Z", ExpiresAt: "2026-07-07T10:00:00Z",
	}
	if !reflect.DeepEqual(decision, want) {
		t.Errorf("%+v, want %+v", decision, want)
	}
}

func TestDecodeDecision_LeavesMissingFieldsEmpty(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		report(""),
		report(`"session_number": null, "session_kind": null, "workflow_id": null, "environment": null, "created_at": null, "expires_at": null`),
	} {
		decision, failure := decode(text)
		if failure != nil {
			t.Fatal(failure)
		}
		if want := (&Decision{SessionID: testSession, Status: StatusInReview}); !reflect.DeepEqual(decision, want) {
			t.Errorf("%s: %+v, want %+v", text, decision, want)
		}
	}
}

func TestDecodeDecision_LabelsFeaturesByArray(t *testing.T) {
	t.Parallel()
	for array, label := range map[string]string{
		"id_verifications": "ID_VERIFICATION", "nfc_verifications": "NFC", "liveness_checks": "LIVENESS", "face_matches": "FACE_MATCH", "poa_verifications": "POA",
		"phone_verifications": "PHONE", "email_verifications": "EMAIL_VERIFICATION", "aml_screenings": "AML", "ip_analyses": "IP_ANALYSIS",
		"database_validations": "DATABASE_VALIDATION", "questionnaire_responses": "QUESTIONNAIRE", "document_ai_documents": "DOCUMENT_AI",
		"registry_checks": "KYB_REGISTRY", "document_verifications": "KYB_DOCUMENTS", "key_people_checks": "KYB_KEY_PEOPLE",
	} {
		assertFeatures(t, array, `"`+array+`": [{"first_name": "Invented", "status": "Declined", "node_id": "feature_1", "warnings": [{"status": "x"}]}]`, Feature{"feature_1", label, StatusDeclined})
		assertFeatures(t, array+" without a graph", `"`+array+`": [{"status": "Not Finished"}]`, Feature{DefaultNodeID, label, "Not Finished"})
		assertFeatures(t, array+" not run", `"`+array+`": null`)
		assertFeatures(t, array+" empty", `"`+array+`": []`)
	}
}

func assertFeatures(t *testing.T, name, members string, want ...Feature) {
	t.Helper()
	decision, failure := decode(report(members))
	if failure != nil {
		t.Errorf("%s: %v", name, failure)
		return
	}
	if len(want) != len(decision.Features) || len(want) > 0 && !reflect.DeepEqual(decision.Features, want) {
		t.Errorf("%s: features %+v, want %+v", name, decision.Features, want)
	}
}

func TestDecodeDecision_KeepsFeaturesInOrder(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		members string
		want    []Feature
	}{
		"several nodes": {
			`"aml_screenings": [{"node_id": "b", "status": "Approved"}, {"node_id": "a", "status": "Declined"}], "id_verifications": [{"node_id": "c", "status": "Expired"}]`,
			[]Feature{{"b", "AML", "Approved"}, {"a", "AML", "Declined"}, {"c", "ID_VERIFICATION", "Expired"}},
		},
		"no graph": {
			`"aml_screenings": [{"node_id": null, "status": "Approved"}, {"status": "Declined"}], "poa_verifications": [{"node_id": "", "status": "Some Day"}]`,
			[]Feature{{"default", "AML", "Approved"}, {"default", "AML", "Declined"}, {"default", "POA", "Some Day"}},
		},
		"twenty features": {
			`"aml_screenings": [` + strings.Repeat(`{"status": "Approved"}, `, 19) + `{"status": "Declined"}]`,
			append(slices.Repeat([]Feature{{"default", "AML", "Approved"}}, 19), Feature{"default", "AML", "Declined"}),
		},
		"unknown array": {
			`"voice_checks": [{"node_id": "v", "status": "Approved"}, {"node_id": "w", "status": "Declined", "more": {"status": "x"}}]`,
			[]Feature{{"v", "VOICE_CHECKS", "Approved"}, {"w", "VOICE_CHECKS", "Declined"}},
		},
		"unknown array after the known": {
			`"voice_checks": [{"node_id": "v", "status": "Approved"}], "aml_screenings": [{"node_id": "a", "status": "Declined"}]`,
			[]Feature{{"a", "AML", "Declined"}, {"v", "VOICE_CHECKS", "Approved"}},
		},
		"summary before the features": {
			`"steps": [{"node_id": "a", "status": "x"}, {"node_id": "b", "status": "y"}], "aml_screenings": [{"node_id": "a", "status": "Declined"}]`,
			[]Feature{{"a", "AML", "Declined"}, {"b", "STEPS", "y"}},
		},
		"summary after the features": {
			`"aml_screenings": [{"node_id": "a", "status": "Declined"}], "steps": [{"node_id": "a", "status": "x"}]`,
			[]Feature{{"a", "AML", "Declined"}},
		},
		"unknown array without features": {
			`"reviews": [{"user": "x", "new_status": "Approved"}], "a": [1, "node_id", null, true, [], [{"node_id": "n", "status": "s"}], {}], ` +
				`"b": [{"node_id": null, "status": "s"}], "c": [{"node_id": "", "status": "s"}], "d": [{"node_id": "n"}], "e": [{"node_id": "n", "status": null}], ` +
				`"f": [{"node_id": "n", "status": ""}], "g": [{"node_id": 7, "status": "s"}], "h": [{"node_id": "n", "status": {"status": "s"}}], ` +
				`"i": [{"node_id": ["n"], "status": "s"}], "j": [{"status": "s"}], "k": {"node_id": "n", "status": "s"}, "l": "n", "NODE": [{"Node_ID": "n", "Status": "s"}]`,
			nil,
		},
		"unknown array, one feature among other items": {
			`"x": [17, {"node_id": 1, "status": "s"}, {"node_id": "n", "status": "s"}, {"status": "s"}]`,
			[]Feature{{"n", "X", "s"}},
		},
		"unknown arrays whose names are not the API's": {
			`"x\n\u001b[31mError": [{"node_id": "n", "status": "s"}], "Voice": [{"node_id": "n", "status": "s"}], "` + strings.Repeat("x", 65) + `": [{"node_id": "n", "status": "s"}]`,
			nil,
		},
		"invalid text in an unknown array": {
			`"x": [{"node_id": "\ud83d", "status": "s"}, {"node_id": "n", "status": "` + "\xff" + `"}, {"node_id": "` + strings.Repeat("n", 2000) + `", "status": "s"}]`,
			nil,
		},
		"escapes": {
			`"aml\u005fscreenings": [{"nod\u0065_id": "a\u002fb\n\"", "\u0073tatus": "\u0041pproved"}]`,
			[]Feature{{"a/b\n\"", "AML", "Approved"}},
		},
		"longest node ID, escaped": {
			`"aml_screenings": [{"node_id": "` + strings.Repeat(`\u0041`, maxTextBytes) + `", "status": "Approved"}]`,
			[]Feature{{strings.Repeat("A", maxTextBytes), "AML", "Approved"}},
		},
		"quotation marks": {
			`"aml_screenings": [{"node_id": "\"", "status": "Approved\""}]`,
			[]Feature{{`"`, "AML", `Approved"`}},
		},
		"names that differ slightly": {
			`"AML_screenings": {}, "aml_screenings ": 7, "aml_screening": "x", "aml_screenings\u0000": true`,
			nil,
		},
	} {
		assertFeatures(t, name, test.members, test.want...)
	}
}

// The simulator's reports contain invented personal data in every section.
func TestDecodeDecision_KeepsNoPersonalData(t *testing.T) {
	t.Parallel()
	text := simulatedReport(t, 100<<10)
	decision, failure := decodeDecision(stream{bytes.NewReader(text)}, simulator.SessionKYC)
	if failure != nil {
		t.Fatal(failure)
	}

	shown := fmt.Sprintf("%+v %d", *decision, *decision.Number)
	for _, canary := range simulator.Canaries() {
		if !bytes.Contains(text, []byte(canary)) {
			t.Errorf("the report does not contain %q, so the test shows nothing", canary)
		}
		if strings.Contains(shown, canary) {
			t.Errorf("the decision contains %q: %s", canary, shown)
		}
	}
	if reflect.TypeFor[Decision]().NumField() != 11 || reflect.TypeFor[Feature]().NumField() != 3 || reflect.TypeFor[AMLHit]().NumField() != 5 || reflect.TypeFor[UnusableItem]().NumField() != 6 {
		t.Error("a decision, feature or hit has new fields: check that they hold no personal data")
	}
}

// The decoder's buffer contains the last bytes of the report. A decision that
// referred to the decoder would keep them in memory.
func TestDecodeDecision_ReleasesReport(t *testing.T) {
	t.Parallel()
	body := &struct{ io.Reader }{strings.NewReader(report(`"aml_screenings": [{"node_id": "a", "status": "Declined"}]`))}
	alive := weak.Make(body)

	decision, failure := decodeDecision(body, testSession)
	if failure != nil {
		t.Fatal(failure)
	}
	body = nil
	for range 10 {
		runtime.GC()
	}

	if alive.Value() != nil {
		t.Error("the decision keeps the body of the response, and so the decoder, in memory")
	}
	runtime.KeepAlive(decision)
	_ = body
}
