// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"time"
	"unicode"

	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/didit-community/terraform-provider-didit/internal/didit"
)

// check returns "" for a valid text. Otherwise it returns the problem as the rest of a
// sentence that begins with the attribute's name ("must be …").
type check func(text string) (problem string)

// stringValidator validates a string attribute. Imports use the same checks.
type stringValidator struct {
	summary, description string
	check                check
}

func (v stringValidator) Description(context.Context) string         { return v.description }
func (v stringValidator) MarkdownDescription(context.Context) string { return v.description }

func (v stringValidator) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	if problem := v.check(req.ConfigValue.ValueString()); problem != "" {
		resp.Diagnostics.AddAttributeError(req.Path, v.summary, fmt.Sprintf("%s %s.", req.Path, problem))
	}
}

var (
	sessionIDValidator   = stringValidator{summarySessionID, "a UUID in lower case", checkSessionID}
	nodeIDValidator      = stringValidator{summaryNodeID, "one path segment, not empty", checkNodeID}
	featureTypeValidator = stringValidator{summaryFeatureType, "a label such as LIVENESS", checkFeatureType}
	statusValidator      = stringValidator{
		summaryStatus, "Approved, Declined or In Review",
		checkOneOf(": Didit reports other statuses, which cannot be set", didit.StatusApproved, didit.StatusDeclined, didit.StatusInReview),
	}
	sessionStatusValidator = stringValidator{
		summaryStatus, "Approved or Declined",
		checkOneOf(": Didit reports other statuses, which cannot be set; the action didit_session_resubmission re-opens a session", didit.StatusApproved, didit.StatusDeclined),
	}
	hitIDValidator        = stringValidator{summaryHitID, "the ID of an AML hit", checkHitID}
	reviewStatusValidator = stringValidator{
		summaryReviewStatus, "Unreviewed, Confirmed Match, False Positive or Inconclusive",
		checkOneOf("", didit.ReviewUnreviewed, didit.ReviewConfirmedMatch, didit.ReviewFalsePositive, didit.ReviewInconclusive),
	}
	workflowIDValidator = stringValidator{summaryWorkflowID, "a UUID in lower case", checkWorkflowID}
	commentValidator    = stringValidator{summaryEmptyComment, "not empty", checkComment}
	durationValidator   = stringValidator{summaryDuration, "a duration such as 30s", func(text string) string {
		_, problem := parseTimeout(text)
		return problem
	}}
)

var (
	uuid         = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$`)
	uuidDigits   = regexp.MustCompile(`^([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})$`)
	uuidNoise    = strings.NewReplacer("urn:uuid:", "", "-", "", "{", "", "}", "")
	valueNoise   = strings.NewReplacer(" ", "", "_", "", "-", "", "\t", "", "\n", "")
	featureLabel = regexp.MustCompile(`^[A-Z][A-Z0-9_]*$`)
)

// checkSessionID accepts Didit's spelling only. With another spelling, Terraform would
// plan a replacement after an import.
func checkSessionID(text string) string { return checkUUID("a session", text) }

func checkWorkflowID(text string) string { return checkUUID("a workflow", text) }

func checkUUID(of, text string) string {
	if uuid.MatchString(text) {
		return ""
	}
	digits := uuidNoise.Replace(strings.ToLower(strings.TrimSpace(text)))
	if groups := uuidDigits.FindStringSubmatch(digits); groups != nil {
		return fmt.Sprintf("must be written as Didit writes it, in lower case: %q instead of %q", strings.Join(groups[1:], "-"), text)
	}
	return fmt.Sprintf("must be the UUID of %s, such as 11111111-2222-4333-8444-555555555555, not %q", of, text)
}

// checkNodeID rejects a text that cannot be one segment of the API's path.
func checkNodeID(text string) string {
	switch {
	case text == "":
		return fmt.Sprintf("must not be empty; write %q for a workflow without a graph", didit.DefaultNodeID)
	case text == "." || text == ".." || strings.Contains(text, "/"):
		return fmt.Sprintf("must be a node ID of the workflow graph, such as feature_ocr_1, not a path like %q", text)
	case strings.TrimSpace(text) != text || strings.ContainsFunc(text, isInvisible):
		return fmt.Sprintf("must not begin or end with a space or contain invisible characters, as %q does", text)
	}
	return ""
}

// isInvisible reports whether a character is not printable: a control character, or one
// that is copied with an ID from a page, such as a zero-width space.
func isInvisible(r rune) bool { return !unicode.IsPrint(r) }

// checkHitID rejects a text that cannot be a part of an import ID.
func checkHitID(text string) string {
	switch {
	case text == "":
		return "must not be empty"
	case strings.Contains(text, "/") || strings.ContainsFunc(text, func(r rune) bool { return unicode.IsSpace(r) || isInvisible(r) }):
		return fmt.Sprintf("must be the ID of an AML hit, such as hit_7c1e9a40b2d35f86e0a4c912, not %q", text)
	}
	return ""
}

func checkFeatureType(text string) string {
	if featureLabel.MatchString(text) {
		return ""
	}
	return fmt.Sprintf("must be a label in upper case, such as LIVENESS, FACE_MATCH or AML, not %q", text)
}

// checkOneOf returns a check for one of the settable values, in Didit's spelling. others
// explains values that Didit reports but that cannot be set, which generated
// configuration can contain.
func checkOneOf(others string, settable ...string) check {
	return func(text string) string {
		for _, value := range settable {
			switch {
			case text == value:
				return ""
			case strings.EqualFold(valueNoise.Replace(text), valueNoise.Replace(value)):
				return fmt.Sprintf("must be written %q, not %q", value, text)
			}
		}
		last := len(settable) - 1
		return fmt.Sprintf("must be \"%s\" or %q, not %q%s", strings.Join(settable[:last], `", "`), settable[last], text, others)
	}
}

func checkComment(text string) string {
	if strings.TrimSpace(text) == "" {
		return "must not be empty; leave it out to record no comment"
	}
	return ""
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
