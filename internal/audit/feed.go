// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package audit

import (
	"slices"
	"strings"
	"time"

	"github.com/didit-community/terraform-provider-didit/internal/decisionfile"
	"github.com/didit-community/terraform-provider-didit/internal/didit"
)

// The types of an actor, as the register has them. The feed names no key: apiKey is any of them.
const (
	apiKey      = "api_key"
	consoleUser = "console_user"
	system      = "system"
)

var actors = map[string]string{"API_KEY": apiKey, "CONSOLE_USER": consoleUser, "SYSTEM": system}

// entry is a change of a status in the activity feed of a session.
type entry struct {
	at       time.Time
	order    int // in the feed, oldest first
	kind     decisionfile.Kind
	actor    string // "" if the feed has none that is published
	from, to string // both "" if the feed does not have the values of a hit
	isAML    bool   // a change of an AML check
	comment  string // compared, and never shown

	// step is the one that the list of overrides names.
	step *didit.FeatureOverride

	row         *decided // the decision that it fits
	isExplained bool     // by the finding of a decision
}

// byPerson reports whether a person or a program made the change. Didit's own changes are no
// decisions.
func (e *entry) byPerson() bool { return e.actor != system }

// readFeed returns the changes of a feed, which is newest first, oldest first. A comment is no
// change, and neither is a note with a status, which POST /v3/sessions/{session_id}/reviews/ adds
// without the status before.
func readFeed(reviews []didit.Review) (entries []*entry) {
	var last time.Time
	for _, review := range slices.Backward(reviews) {
		if at, err := time.Parse(time.RFC3339, review.CreatedAt); err == nil {
			last = at.UTC()
		}
		e := entry{at: last, actor: actors[review.ActorType], comment: text(review.Comment), from: review.PreviousValue, to: review.NewValue}
		switch {
		case review.PreviousStatus != "" && review.NewStatus != "":
			e.kind, e.from, e.to = decisionfile.Session, review.PreviousStatus, review.NewStatus
		case review.Activity == "AML_HIT_STATUS_UPDATED":
			e.kind = decisionfile.Hit
			if e.from == "" || e.to == "" {
				e.from, e.to = "", ""
			}
		case (review.Activity == "STATUS_UPDATED" || review.Activity == "AML_STATUS_UPDATED") && e.from != "" && e.to != "":
			e.kind, e.isAML = decisionfile.Step, review.Activity == "AML_STATUS_UPDATED"
		default:
			continue
		}
		if e.from != e.to || e.from == "" {
			e.order = len(entries)
			entries = append(entries, &e)
		}
	}
	return entries
}

// text returns a comment as it is compared: Didit may change the ends and the line breaks.
func text(comment string) string {
	return strings.TrimSpace(strings.ReplaceAll(comment, "\r\n", "\n"))
}

// nameSteps finds out which step an entry is about. An override has the step and the values, and
// neither time nor actor, so the two lists are compared in order, for each pair of values, if they
// are equally long.
func nameSteps(entries []*entry, overrides []didit.FeatureOverride) {
	named := map[[2]string][]*didit.FeatureOverride{}
	for _, o := range slices.Backward(overrides) { // Newest first.
		if o.State == didit.OverrideApplied {
			values := [2]string{o.PreviousStatus, o.NewStatus}
			named[values] = append(named[values], &o)
		}
	}
	for values, steps := range named {
		for _, isCandidate := range []func(*entry) bool{
			func(e *entry) bool { return e.actor == apiKey },
			(*entry).byPerson,
		} {
			var candidates []*entry
			for _, e := range entries {
				if e.kind == decisionfile.Step && isCandidate(e) && values == [2]string{e.from, e.to} {
					candidates = append(candidates, e)
				}
			}
			if len(candidates) == len(steps) {
				for i, e := range candidates {
					e.step = steps[i]
				}
				break
			}
		}
	}
}
