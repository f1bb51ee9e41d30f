// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"
	"math/big"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/didit-community/terraform-provider-didit/internal/check"
	"github.com/didit-community/terraform-provider-didit/internal/didit"
)

// stringValidator validates a string attribute. Imports use the same checks.
type stringValidator struct {
	summary, description string
	check                func(text string) (problem string)
}

func (v stringValidator) Description(context.Context) string         { return v.description }
func (v stringValidator) MarkdownDescription(context.Context) string { return v.description }

func (v stringValidator) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	if problem := v.check(req.ConfigValue.ValueString()); problem != "" {
		resp.Diagnostics.AddAttributeError(req.Path, v.summary, fmt.Sprintf("%s %s.", attributeName(req.Path), problem))
	}
}

// attributeName returns the name of an attribute in a message. The framework writes an
// element of a set in Go's syntax: statuses[Value("in review")].
func attributeName(at path.Path) string {
	last, _ := at.Steps().LastStep()
	if _, isElement := last.(path.PathStepElementKeyValue); isElement {
		return "a value of " + at.ParentPath().String()
	}
	return at.String()
}

var (
	sessionIDValidator   = stringValidator{summarySessionID, "a UUID in lower case", check.SessionID}
	nodeIDValidator      = stringValidator{summaryNodeID, "one path segment, not empty", check.NodeID}
	featureTypeValidator = stringValidator{summaryFeatureType, "a label such as LIVENESS", check.FeatureType}
	statusValidator      = stringValidator{
		summaryStatus, "Approved, Declined or In Review",
		check.OneOf(": Didit reports other statuses, which cannot be set", didit.StatusApproved, didit.StatusDeclined, didit.StatusInReview),
	}
	sessionStatusValidator = stringValidator{
		summaryStatus, "Approved or Declined",
		check.OneOf(": Didit reports other statuses, which cannot be set; the action didit_session_resubmission re-opens a session", didit.StatusApproved, didit.StatusDeclined),
	}
	hitIDValidator        = stringValidator{summaryHitID, "the ID of an AML hit", check.HitID}
	reviewStatusValidator = stringValidator{
		summaryReviewStatus, "Unreviewed, Confirmed Match, False Positive or Inconclusive",
		check.OneOf("", didit.ReviewUnreviewed, didit.ReviewConfirmedMatch, didit.ReviewFalsePositive, didit.ReviewInconclusive),
	}
	fromValidator            = stringValidator{summaryFrom, "a status that Didit can report, as Didit spells it", checkFrom}
	sessionStatusesValidator = stringValidator{summaryStatus, "a status of a session", check.OneOf("", didit.SessionStatuses...)}
	kindValidator            = stringValidator{summaryKind, "user or business", check.OneOf("", didit.KindUser, didit.KindBusiness)}
	workflowIDValidator      = stringValidator{summaryWorkflowID, "a UUID in lower case", func(text string) string { return check.UUID("a workflow", text) }}
	commentValidator         = stringValidator{summaryEmptyComment, "not empty", checkComment}
	durationValidator        = stringValidator{summaryDuration, "a duration such as 30s", func(text string) string {
		_, problem := parseTimeout(text)
		return problem
	}}
)

// checkFrom accepts every status, because Didit can report others than those that can be
// set, also ones that this release does not know.
func checkFrom(text string) string {
	switch canonical := didit.CanonicalStatus(text); {
	case strings.TrimSpace(text) == "":
		return "must not be empty; leave it out if the block should not depend on the value that Didit has"
	case canonical != text:
		return fmt.Sprintf("must be written %q, not %s", canonical, check.Quote(text))
	case strings.TrimSpace(text) != text || strings.ContainsFunc(text, check.Hidden):
		return fmt.Sprintf("must not begin or end with a space or contain invisible characters, as %s does", check.Quote(text))
	}
	return ""
}

func checkComment(text string) string {
	if strings.TrimSpace(text) == "" {
		return "must not be empty; leave it out to record no comment"
	}
	return ""
}

// wholeNumber validates a number. The framework reports a fraction in an Int64Attribute as an
// error in the provider.
type wholeNumber struct{ least, most int64 }

func (v wholeNumber) Description(context.Context) string {
	return fmt.Sprintf("a whole number from %d to %d", v.least, v.most)
}

func (v wholeNumber) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

func (v wholeNumber) ValidateNumber(ctx context.Context, req validator.NumberRequest, resp *validator.NumberResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	value := req.ConfigValue.ValueBigFloat()
	if number, accuracy := value.Int64(); accuracy != big.Exact || number < v.least || number > v.most {
		resp.Diagnostics.AddAttributeError(req.Path, summaryNumber, fmt.Sprintf("%s must be %s, not %s.", req.Path, v.Description(ctx), value.Text('g', 10)))
	}
}

const (
	minTimeout = time.Second
	maxTimeout = 10 * time.Minute
)

// parseTimeout parses request_timeout. problem is as for a check.
func parseTimeout(text string) (timeout time.Duration, problem string) {
	timeout, err := time.ParseDuration(strings.TrimSpace(text))
	if err != nil || timeout < minTimeout || timeout > maxTimeout {
		return 0, fmt.Sprintf("must be a duration from 1s to 10m, written like 30s or 2m, not %q", text)
	}
	return timeout, ""
}
