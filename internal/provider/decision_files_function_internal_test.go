// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/didit-community/terraform-provider-didit/internal/decisionfile"
	"github.com/didit-community/terraform-provider-didit/internal/didit"
)

// A value that the reader of decision files accepts, the resource accepts, too; and
// the reader accepts every value that Didit reports.
func TestDecisionFiles_AcceptTheValuesOfTheResources(t *testing.T) {
	t.Parallel()
	reviews := []string{didit.ReviewUnreviewed, didit.ReviewConfirmedMatch, didit.ReviewFalsePositive, didit.ReviewInconclusive}
	for _, kind := range []struct {
		decision string // With from and to.
		to       stringValidator
		reported []string
	}{
		{"hits: {a: {hit_id: h, from: %s, to: %s}}", reviewStatusValidator, reviews},
		{"steps: {a: {node_id: n, from: %s, to: %s}}", statusValidator, append([]string{"Not Finished", "Resub Requested", "Some Other"}, didit.SessionStatuses...)},
		{"session: {from: %s, to: %s}", sessionStatusValidator, didit.SessionStatuses},
	} {
		accepted := func(from, to string) bool {
			_, problems := decisionfile.Read("x", fmt.Appendf(nil, "session_id: "+testSessionID+"\n"+kind.decision, from, to))
			return len(problems) == 0
		}
		for _, value := range append(reviews, didit.SessionStatuses...) {
			var response validator.StringResponse
			kind.to.ValidateString(t.Context(), validator.StringRequest{ConfigValue: types.StringValue(value)}, &response)
			if to := !response.Diagnostics.HasError(); accepted(kind.reported[0], value) != to {
				t.Errorf("%s: to %s: the resource accepts it: %t, want the same of the reader", kind.decision, value, to)
			}
		}
		for _, value := range kind.reported {
			if !accepted(value, kind.reported[0]) && !accepted(value, didit.StatusApproved) {
				t.Errorf("%s: from %s is not accepted", kind.decision, value)
			}
		}
	}
}
