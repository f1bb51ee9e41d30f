// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package summary

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/didit-community/terraform-provider-didit/internal/markdown"
)

// Marks are the reasons why a row needs attention.
const (
	markReopens           = "deletes captured data"
	markRunsCode          = "runs a program"
	markAccess            = "sets Didit's address or credential"
	markEvents            = "sends events to a URL"
	markClearsHit         = "clears a hit"
	markReversesHit       = "reverses a hit"
	markApprovesDeclined  = "Declined → Approved"
	markOverturnsDecision = "overturns a decision"
	markRestores          = "undoes a change made in Didit"
	markSuperseded        = "superseded"
	markGone              = "gone"
	markNotWithdrawn      = "not withdrawn: Didit still makes it"
	markDecidesAgain      = "decides again, as its text is new"
	markFileDiffers       = "differs from its file"
	markNoFile            = "in no valid file"
	markNotInPullRequest  = "not of this pull request"
	markException         = "exception"
	markApprovesAML       = "approves an AML step"
	markMoved             = "changed in Didit since"
	markMayRunCode        = "may run a program"
	markUnknown           = "not known before the apply"
	markSensitive         = "not shown (sensitive)"
	markDeferred          = "waits if the person has not finished"
	markWaiting           = "waits for the person"
	markAlready           = "already so"
)

// marks are all marks, most serious first.
var marks = []string{
	markReopens, markRunsCode, markAccess, markEvents, markClearsHit, markReversesHit, markApprovesDeclined,
	markOverturnsDecision, markRestores, markSuperseded, markGone, markNotWithdrawn, markDecidesAgain, markFileDiffers, markNoFile, markNotInPullRequest,
	markException, markApprovesAML, markMoved, markMayRunCode, markUnknown, markSensitive, markDeferred, markWaiting, markAlready,
}

// warningMarks are the marks that are equivalent to a warning of the provider, by the
// warning's summary.
var warningMarks = map[string]string{
	"Didit has the wanted value already":       markAlready,
	"The comment will not be recorded":         markAlready,
	"Only the comment is new":                  markDecidesAgain,
	"The deferred change is not withdrawn":     markNotWithdrawn,
	"Didit has another value than was decided": markSuperseded,
	"What was decided is no longer in Didit":   markGone,
	"No longer in Didit":                       markGone,
}

// warningForgotten is equivalent to an effect.
const warningForgotten = "The decision stays in place"

// The values that Didit uses.
const (
	approved      = "Approved"
	declined      = "Declined"
	falsePositive = "False Positive"
	unreviewed    = "Unreviewed"
)

// planMarks returns those of one decision that the plan shows.
func (d decision) planMarks() []string {
	var found []string
	add := func(mark string, holds bool) {
		if holds {
			found = append(found, mark)
		}
	}
	sends := d.effect.maySend() && d.from != d.to
	isReversed := sends && d.Kind != hit && d.from.is(declined) && d.to.is(approved)
	add(markReopens, d.effect == reopened)
	add(markClearsHit, sends && d.Kind == hit && d.to.is(falsePositive))
	add(markReversesHit, sends && d.Kind == hit && d.from.Kind == known && !d.from.is(unreviewed))
	add(markApprovesDeclined, isReversed)
	add(markOverturnsDecision, sends && !isReversed && d.Kind != hit && (d.from.is(approved) || d.from.is(declined)))
	add(markRestores, d.effect == restored)
	add(markSuperseded, d.effect == superseded)
	add(markGone, d.effect == gone)
	add(markApprovesAML, sends && d.Kind == feature && d.to.is(approved) && d.isAML())
	add(markMoved, d.current.Kind != none && d.effect != superseded || d.effect == changedInDidit)
	add(markUnknown, d.has(unknown))
	add(markSensitive, d.has(sensitive))
	add(markDeferred, sends && d.isDeferred)
	add(markAlready, d.effect == alreadySo)
	return found
}

// isAML also matches future AML labels. Where the plan does not hold the type, it goes by
// Didit's name for the node, such as feature_aml_1.
func (s subject) isAML() bool {
	if s.FeatureType.Kind == known {
		return s.FeatureType.is("AML") || strings.HasPrefix(s.FeatureType.Text, "AML_")
	}
	return strings.Contains(strings.ToLower(s.NodeID.Text), "aml")
}

// has reports whether the reviewer misses a value because it is of this kind.
func (d decision) has(kind valueKind) bool {
	return slices.ContainsFunc([]value{d.SessionID, d.NodeID, d.FeatureType, d.HitID, d.from, d.to, d.comment},
		func(value value) bool { return value.Kind == kind })
}

// unmarked is the rank of what has no mark.
var unmarked = len(marks)

// rankOf is lower for a more serious mark. A provider's warning, which is no mark of this
// package, comes before markException.
func rankOf(mark string) int {
	if mark == "" {
		return unmarked
	}
	if i := slices.Index(marks, mark); i >= 0 {
		return i
	}
	return slices.Index(marks, markException)
}

func byRank(a, b string) int { return cmp.Or(cmp.Compare(rankOf(a), rankOf(b)), cmp.Compare(a, b)) }

// countMarks returns how many there are of each mark, most serious first.
func countMarks(found []string) (texts []string) {
	counts := map[string]int{}
	for _, mark := range found {
		counts[mark]++
	}
	for _, mark := range slices.SortedFunc(maps.Keys(counts), byRank) {
		texts = append(texts, fmt.Sprintf("%d × %s", counts[mark], markText(mark, maxName)))
	}
	return texts
}

// markText returns a mark for the page; a warning is a provider's text.
func markText(mark string, longest int) string {
	if slices.Contains(marks, mark) {
		return mark
	}
	return markdown.CodeSpan(mark, longest)
}

// count returns a number with its noun.
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
