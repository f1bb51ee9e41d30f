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

// check says what is wrong with a text, as the rest of a sentence that begins
// with the text's name ("must be …"), and "" where nothing is.
type check func(text string) (problem string)

// checkedText is a string attribute's validator; imports use the same checks.
type checkedText struct {
	summary, description string
	check                check
}

func (v checkedText) Description(context.Context) string         { return v.description }
func (v checkedText) MarkdownDescription(context.Context) string { return v.description }

func (v checkedText) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	if problem := v.check(req.ConfigValue.ValueString()); problem != "" {
		resp.Diagnostics.AddAttributeError(req.Path, v.summary, fmt.Sprintf("%s %s.", req.Path, problem))
	}
}

var (
	sessionIDValidator   = checkedText{"Not a session ID", "a UUID in lower case", checkSessionID}
	nodeIDValidator      = checkedText{"Not a node ID", "one path segment, not empty", checkNodeID}
	featureTypeValidator = checkedText{"Not a feature type", "a label such as LIVENESS", checkFeatureType}
	statusValidator      = checkedText{"Not a status that can be set", "Approved, Declined or In Review", checkStatus}
	workflowIDValidator  = checkedText{"Not a workflow ID", "a UUID in lower case", checkWorkflowID}
	commentValidator     = checkedText{"Empty comment", "not empty", checkComment}
	durationValidator    = checkedText{"Not a duration", "a duration such as 30s", func(text string) string {
		_, problem := parseTimeout(text)
		return problem
	}}
)

var (
	uuid         = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$`)
	uuidDigits   = regexp.MustCompile(`^([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})$`)
	uuidNoise    = strings.NewReplacer("urn:uuid:", "", "-", "", "{", "", "}", "")
	statusNoise  = strings.NewReplacer(" ", "", "_", "", "-", "", "\t", "", "\n", "")
	featureLabel = regexp.MustCompile(`^[A-Z][A-Z0-9_]*$`)
)

// checkSessionID accepts one spelling only: with two, an import would turn into
// a replacement.
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

// checkNodeID keeps the ID one segment of the API's path.
func checkNodeID(text string) string {
	switch {
	case text == "":
		return fmt.Sprintf("must not be empty; write %q for a workflow without a graph", didit.DefaultNodeID)
	case text == "." || text == ".." || strings.Contains(text, "/"):
		return fmt.Sprintf("must be a node ID of the workflow graph, such as feature_ocr_1, not a path like %q", text)
	case strings.TrimSpace(text) != text || strings.ContainsFunc(text, isInvisible):
		return fmt.Sprintf("must not begin or end with a space or hold invisible characters, as %q does", text)
	}
	return ""
}

// isInvisible holds for control characters, and for those that come along when
// an ID is copied from a page, such as a zero-width space.
func isInvisible(r rune) bool { return !unicode.IsPrint(r) }

func checkFeatureType(text string) string {
	if featureLabel.MatchString(text) {
		return ""
	}
	return fmt.Sprintf("must be a label in upper case, such as LIVENESS, FACE_MATCH or AML, not %q", text)
}

// checkStatus explains what generated configuration runs into: a status that
// Didit reports need not be one that can be set.
func checkStatus(text string) string {
	settable := []string{didit.StatusApproved, didit.StatusDeclined, didit.StatusInReview}
	for _, status := range settable {
		switch {
		case text == status:
			return ""
		case strings.EqualFold(statusNoise.Replace(text), statusNoise.Replace(status)):
			return fmt.Sprintf("must be written %q, not %q", status, text)
		}
	}
	return fmt.Sprintf("must be %q, %q or %q, not %q: Didit reports other statuses too, but a decision cannot set them",
		settable[0], settable[1], settable[2], text)
}

func checkComment(text string) string {
	if strings.TrimSpace(text) == "" {
		return "must not be empty; leave it out to record no comment"
	}
	return ""
}

const (
	shortestTimeout = time.Second
	longestTimeout  = 10 * time.Minute
)

// parseTimeout reads request_timeout.
func parseTimeout(text string) (timeout time.Duration, problem string) {
	timeout, err := time.ParseDuration(strings.TrimSpace(text))
	if err != nil || timeout < shortestTimeout || timeout > longestTimeout {
		return 0, fmt.Sprintf("must be a duration from 1s to 10m, written like 30s or 2m, not %q", text)
	}
	return timeout, ""
}
