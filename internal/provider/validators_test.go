// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

const rightSessionID = "aaaaaaaa-2222-4333-8444-00000000000b"

func TestChecksAcceptWhatDiditWrites(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		check check
		texts []string
	}{
		"session ID":   {checkSessionID, []string{rightSessionID, "00000000-0000-0000-0000-000000000000"}},
		"node ID":      {checkNodeID, []string{"default", "feature_ocr_1", "Feature-OCR.1", "two words", "50%", "a?b#c", "…", "ü", "%2F", `\`, "...", "~"}},
		"feature type": {checkFeatureType, []string{"LIVENESS", "ID_VERIFICATION", "AML", "X2", "DOCUMENT_AI"}},
		"status":       {statusValidator.check, []string{"Approved", "Declined", "In Review"}},
		"comment":      {checkComment, []string{"x", " x ", "Two\nlines.", "ü"}},
		"timeout":      {checkTimeout, []string{"1s", "30s", "1m30s", "10m", "600s", " 5s\n"}},
	} {
		for _, text := range test.texts {
			if problem := test.check(text); problem != "" {
				t.Errorf("%s %q is refused: %s", name, text, problem)
			}
		}
	}
}

func TestChecksRefuseWhatDiditDoesNotKnow(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		check check
		texts []string
	}{
		"session ID": {checkSessionID, []string{
			"", "x", rightSessionID[1:], rightSessionID + "0", rightSessionID + "/", strings.ToUpper(rightSessionID), "g" + rightSessionID[1:],
			rightSessionID + "\n", "{" + rightSessionID + "}", strings.ReplaceAll(rightSessionID, "-", ""), rightSessionID + "\n" + rightSessionID,
		}},
		"node ID": {checkNodeID, []string{
			"", ".", "..", "/", "a/b", "/a", "a/", "../a", " ", " a", "a ", "\t", "a\tb", "a\n", "a\rb", "a\x00", "a\x7f", "a\u0085b", "\u00a0a", "a\u200b", "\ufeffa", "a\u2028b", "a\u202eb",
		}},
		"feature type": {checkFeatureType, []string{"", "liveness", "Liveness", "FaceMatch", "FACE-MATCH", "FACE MATCH", " AML", "AML\n", "1AML", "_AML", "ÄML", "A/B"}},
		"status":       {statusValidator.check, []string{"", "approved", "APPROVED", "Approved ", "In review", "InReview", "Resubmitted", "Not Finished", "Resub Requested", "Expired"}},
		"comment":      {checkComment, []string{"", " ", "\n\t", "\u00a0"}},
		"timeout":      {checkTimeout, []string{"", "30", "s", "0s", "-1s", "999ms", "10m0.001s", "1h", "1d", "9999999999999h"}},
	} {
		for _, text := range test.texts {
			if test.check(text) == "" {
				t.Errorf("%s %q is accepted", name, text)
			}
		}
	}
}

func checkTimeout(text string) string {
	_, problem := parseTimeout(text)
	return problem
}

func TestOtherSpellingsOfASessionIDAreToldTheRightOne(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		strings.ToUpper(rightSessionID), "{" + rightSessionID + "}", "urn:uuid:" + rightSessionID, "URN:UUID:" + strings.ToUpper(rightSessionID),
		strings.ReplaceAll(rightSessionID, "-", ""), " " + rightSessionID + "\n",
	} {
		problem := checkSessionID(text)
		if !strings.Contains(problem, `"`+rightSessionID+`" instead of`) {
			t.Errorf("%q is refused without the right spelling: %s", text, problem)
		}
	}
}

func TestOtherSpellingsOfAStatusAreToldTheRightOne(t *testing.T) {
	t.Parallel()
	for text, right := range map[string]string{
		"approved": "Approved", "APPROVED": "Approved", " Approved": "Approved", "declined\n": "Declined",
		"in review": "In Review", "InReview": "In Review", "IN_REVIEW": "In Review", "in-review": "In Review", "In  Review": "In Review",
	} {
		if problem := statusValidator.check(text); !strings.HasPrefix(problem, `must be written "`+right+`"`) {
			t.Errorf("%q is refused without %q: %s", text, right, problem)
		}
	}
}

func TestValidatorsLeaveNullAndUnknownAlone(t *testing.T) {
	t.Parallel()
	for _, tested := range []stringValidator{sessionIDValidator, nodeIDValidator, featureTypeValidator, statusValidator, commentValidator, durationValidator} {
		for _, value := range []types.String{types.StringNull(), types.StringUnknown()} {
			var response validator.StringResponse
			tested.ValidateString(t.Context(), validator.StringRequest{Path: path.Root("x"), ConfigValue: value}, &response)
			if response.Diagnostics.HasError() {
				t.Errorf("%s: %s is refused: %v", tested.summary, value, response.Diagnostics)
			}
		}
	}
}

func TestValidatorsSpeakOfTheirAttribute(t *testing.T) {
	t.Parallel()
	for _, tested := range []stringValidator{sessionIDValidator, nodeIDValidator, featureTypeValidator, statusValidator, commentValidator, durationValidator} {
		var response validator.StringResponse
		tested.ValidateString(t.Context(), validator.StringRequest{Path: path.Root("the_attribute"), ConfigValue: types.StringValue("")}, &response)

		if len(response.Diagnostics) != 1 {
			t.Errorf("%s: want one error: %v", tested.summary, response.Diagnostics)
			continue
		}
		detail := response.Diagnostics[0].Detail()
		if response.Diagnostics[0].Summary() != tested.summary || !strings.HasPrefix(detail, "the_attribute must ") || !strings.HasSuffix(detail, ".") {
			t.Errorf("%s: %s", response.Diagnostics[0].Summary(), detail)
		}
		if tested.Description(t.Context()) == "" || tested.MarkdownDescription(t.Context()) == "" {
			t.Errorf("%s has no description", tested.summary)
		}
	}
}
