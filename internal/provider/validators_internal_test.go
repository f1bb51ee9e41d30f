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

const testSessionID = "aaaaaaaa-2222-4333-8444-00000000000b"

func TestChecks_AcceptDiditsSpelling(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		check func(text string) string
		texts []string
	}{
		"status":  {statusValidator.check, []string{"Approved", "Declined", "In Review"}},
		"comment": {checkComment, []string{"x", " x ", "Two\nlines.", "ü"}},
		"timeout": {checkTimeout, []string{"1s", "30s", "1m30s", "10m", "600s", " 5s\n"}},
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
		"status":  {statusValidator.check, []string{"", "approved", "APPROVED", "Approved ", "In review", "InReview", "Resubmitted", "Not Finished", "Resub Requested", "Expired"}},
		"comment": {checkComment, []string{"", " ", "\n\t", "\u00a0"}},
		"timeout": {checkTimeout, []string{"", "30", "s", "0s", "-1s", "999ms", "10m0.001s", "1h", "1d", "9999999999999h"}},
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
