// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"regexp"

	"github.com/didit-community/terraform-provider-didit/internal/check"
)

var (
	sessionNumber   = regexp.MustCompile(`^[0-9]+$`)
	searchValidator = stringValidator{summarySearch, "a session's UUID or number", checkSearch}
	dayValidator    = stringValidator{summaryDay, "a day such as 2026-06-30", check.Day}
)

// checkSearch rejects names and document numbers, which Didit would search for too, to
// keep them out of configuration and state.
func checkSearch(text string) string {
	if sessionNumber.MatchString(text) || check.SessionID(text) == "" {
		return ""
	}
	return fmt.Sprintf("must be the UUID of a session, in lower case, or the beginning of a session number, not %q", text)
}
