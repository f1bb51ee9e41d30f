// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/didit-community/terraform-provider-didit/internal/acctest"
	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

func TestSessionReviews_ReturnsNewestFirstAndCommentsOnRequest(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	if err := env.DecideSession(simulator.SessionKYC, "Declined", "A remark."); err != nil {
		t.Fatal(err)
	}
	block := func(arguments string) string {
		return env.Config(fmt.Sprintf("data \"didit_session_reviews\" \"kyc\" {\n  session_id = %q\n  %s\n}\n", simulator.SessionKYC, arguments))
	}
	expectFirst := func(attribute string, check knownvalue.Check) statecheck.StateCheck {
		return statecheck.ExpectKnownValue("data.didit_session_reviews.kyc", firstReview(attribute), check)
	}
	runSteps(env,
		resource.TestStep{
			Config: block(""),
			ConfigStateChecks: []statecheck.StateCheck{
				expectData("session_reviews.kyc", "reviews", knownvalue.ListSizeExact(4)),
				expectFirst("created_at", knownvalue.NotNull()),
				expectFirst("activity", knownvalue.StringExact("STATUS_UPDATED")),
				expectFirst("actor_type", knownvalue.StringExact("CONSOLE_USER")),
				expectFirst("previous_status", knownvalue.StringExact("In Review")),
				expectFirst("new_status", knownvalue.StringExact("Declined")),
				expectFirst("changed_fields", knownvalue.ListExact([]knownvalue.Check{knownvalue.StringExact("status")})),
				expectFirst("comment", knownvalue.Null()),
			},
		},
		resource.TestStep{
			Config: block("include_comments = true\n  activities = [\"STATUS_UPDATED\"]"),
			ConfigStateChecks: []statecheck.StateCheck{
				expectData("session_reviews.kyc", "reviews", knownvalue.ListSizeExact(1)),
				expectFirst("comment", knownvalue.StringExact("A remark.")),
			},
		},
		resource.TestStep{
			Config:      block("max_results = 3"),
			ExpectError: acctest.Wrapped("more than 3 matching entries"),
		},
	)
}

// firstReview returns the path of an attribute of the newest entry.
func firstReview(attribute string) tfjsonpath.Path {
	return tfjsonpath.New("reviews").AtSliceIndex(0).AtMapKey(attribute)
}

func TestSessionReviews_CommentsAreSensitive(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	env.RequireCLI(5, "sensitive values inside a list")
	runSteps(env, resource.TestStep{
		Config: env.Config(fmt.Sprintf("data \"didit_session_reviews\" \"kyc\" {\n  session_id = %q\n  include_comments = true\n}\n", simulator.SessionKYC)),
		ConfigStateChecks: []statecheck.StateCheck{
			statecheck.ExpectSensitiveValue("data.didit_session_reviews.kyc", firstReview("comment")),
		},
	})
}

// Didit has no trail of business sessions, and returns the same 404 for them.
func TestSessionReviews_UnknownOrBusinessSessionIsError(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	for _, session := range []string{unknownSession, simulator.SessionKYB} {
		output := env.Workspace(env.Config(fmt.Sprintf("data \"didit_session_reviews\" \"missing\" {\n  session_id = %q\n}\n", session))).MustFail("plan")
		acctest.RequireText(t, output, "Session not found", session, "scope", "trail of KYC sessions only")
	}
}

// A misspelled activity would match nothing, without a word.
func TestSessionReviews_ChecksActivities(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	block := func(activity string) string {
		return env.Config(fmt.Sprintf("data \"didit_session_reviews\" \"kyc\" {\n  session_id = %q\n  activities = [%q]\n}\n", simulator.SessionKYC, activity))
	}
	for activity, message := range map[string]string{
		"status_updated":  `a value of activities must be written "STATUS_UPDATED", not "status_updated".`,
		"Status Updated ": `must be written "STATUS_UPDATED"`,
		"status changed":  `"FEATURE_OVERRIDE_CANCELLED", not "status changed".`,
		"":                `not "".`,
	} {
		env.Workspace(block(activity)).RunJSON("plan").RequireError("Invalid activity", message).RequireNoWarnings()
	}
	env.RequireRequests(0, 0)
	// Terraform validates twice, and repeats the warning.
	warnings := env.Workspace(block("STATUS_UPDATE")).RunJSON("plan").RequireSuccess().WarningsOf("Unknown activity")
	if len(warnings) == 0 || !strings.Contains(warnings[0].Detail, `"STATUS_UPDATE". If`) || !strings.Contains(warnings[0].Detail, `"STATUS_UPDATED"`) {
		t.Errorf("the warnings are %v", warnings)
	}
	env.Workspace(block("STATUS_UPDATED")).RunJSON("plan").RequireSuccess().RequireNoWarnings()
}
