// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/didit-community/terraform-provider-didit/internal/check"
)

const testSessionID = "aaaaaaaa-2222-4333-8444-00000000000b"

func TestChecks_AcceptDiditsSpelling(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		check func(text string) string
		texts []string
	}{
		"session ID":   {check.SessionID, []string{testSessionID, "00000000-0000-0000-0000-000000000000"}},
		"node ID":      {check.NodeID, []string{"default", "feature_ocr_1", "Feature-OCR.1", "two words", "50%", "a?b#c", "…", "ü", "%2F", `\`, "...", "~"}},
		"feature type": {check.FeatureType, []string{"LIVENESS", "ID_VERIFICATION", "AML", "X2", "DOCUMENT_AI"}},
		"status":       {statusValidator.check, []string{"Approved", "Declined", "In Review"}},
		"comment":      {checkComment, []string{"x", " x ", "Two\nlines.", "ü"}},
		"timeout":      {checkTimeout, []string{"1s", "30s", "1m30s", "10m", "600s", " 5s\n"}},
	} {
		for _, text := range test.texts {
			if problem := test.check(text); problem != "" {
				t.Errorf("%s %q: %s, want it accepted", name, text, problem)
			}
		}
	}
}

func TestChecks_RejectOtherSpellings(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		check func(text string) string
		texts []string
	}{
		"session ID": {check.SessionID, []string{
			"", "x", testSessionID[1:], testSessionID + "0", testSessionID + "/", strings.ToUpper(testSessionID), "g" + testSessionID[1:],
			testSessionID + "\n", "{" + testSessionID + "}", strings.ReplaceAll(testSessionID, "-", ""), testSessionID + "\n" + testSessionID,
		}},
		"node ID": {check.NodeID, []string{
			"", ".", "..", "/", "a/b", "/a", "a/", "../a", " ", " a", "a ", "\t", "a\tb", "a\n", "a\rb", "a\x00", "a\x7f", "a\u0085b", "\u00a0a", "a\u200b", "\ufeffa", "a\u2028b", "a\u202eb",
		}},
		"feature type": {check.FeatureType, []string{"", "liveness", "Liveness", "FaceMatch", "FACE-MATCH", "FACE MATCH", " AML", "AML\n", "1AML", "_AML", "ÄML", "A/B"}},
		"status":       {statusValidator.check, []string{"", "approved", "APPROVED", "Approved ", "In review", "InReview", "Resubmitted", "Not Finished", "Resub Requested", "Expired"}},
		"comment":      {checkComment, []string{"", " ", "\n\t", "\u00a0"}},
		"timeout":      {checkTimeout, []string{"", "30", "s", "0s", "-1s", "999ms", "10m0.001s", "1h", "1d", "9999999999999h"}},
	} {
		for _, text := range test.texts {
			if test.check(text) == "" {
				t.Errorf("%s %q is accepted, want a problem", name, text)
			}
		}
	}
}

func checkTimeout(text string) string {
	_, problem := parseTimeout(text)
	return problem
}

func TestCheckSessionID_SuggestsDiditsSpelling(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		strings.ToUpper(testSessionID), "{" + testSessionID + "}", "urn:uuid:" + testSessionID, "URN:UUID:" + strings.ToUpper(testSessionID),
		strings.ReplaceAll(testSessionID, "-", ""), " " + testSessionID + "\n",
	} {
		problem := check.SessionID(text)
		if !strings.Contains(problem, `"`+testSessionID+`" instead of`) {
			t.Errorf("%q: %s, want Didit's spelling in it", text, problem)
		}
	}
}

func TestStatusValidator_SuggestsDiditsSpelling(t *testing.T) {
	t.Parallel()
	for text, right := range map[string]string{
		"approved": "Approved", "APPROVED": "Approved", " Approved": "Approved", "declined\n": "Declined",
		"in review": "In Review", "InReview": "In Review", "IN_REVIEW": "In Review", "in-review": "In Review", "In  Review": "In Review",
	} {
		if problem := statusValidator.check(text); !strings.HasPrefix(problem, `must be written "`+right+`"`) {
			t.Errorf("%q: %s, want %q in it", text, problem, right)
		}
	}
}

func TestValidators_AcceptNullAndUnknown(t *testing.T) {
	t.Parallel()
	for _, validated := range []stringValidator{sessionIDValidator, nodeIDValidator, featureTypeValidator, statusValidator, commentValidator, durationValidator} {
		for _, value := range []types.String{types.StringNull(), types.StringUnknown()} {
			var response validator.StringResponse
			validated.ValidateString(t.Context(), validator.StringRequest{Path: path.Root("x"), ConfigValue: value}, &response)
			if response.Diagnostics.HasError() {
				t.Errorf("%s: %s: %v, want no error", validated.summary, value, response.Diagnostics)
			}
		}
	}
}

func TestValidators_NameAttributeInError(t *testing.T) {
	t.Parallel()
	for _, validated := range []stringValidator{sessionIDValidator, nodeIDValidator, featureTypeValidator, statusValidator, commentValidator, durationValidator} {
		var response validator.StringResponse
		validated.ValidateString(t.Context(), validator.StringRequest{Path: path.Root("the_attribute"), ConfigValue: types.StringValue("")}, &response)

		if len(response.Diagnostics) != 1 {
			t.Errorf("%s: errors %v, want one", validated.summary, response.Diagnostics)
			continue
		}
		detail := response.Diagnostics[0].Detail()
		if response.Diagnostics[0].Summary() != validated.summary || !strings.HasPrefix(detail, "the_attribute must ") || !strings.HasSuffix(detail, ".") {
			t.Errorf("%s: %s", response.Diagnostics[0].Summary(), detail)
		}
		if validated.Description(t.Context()) == "" || validated.MarkdownDescription(t.Context()) == "" {
			t.Errorf("%s has no description", validated.summary)
		}
	}
}
