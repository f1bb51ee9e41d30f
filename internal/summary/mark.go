// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package summary

import (
	"fmt"
	"slices"
	"strings"
)

// Marks say why a row deserves a close look.
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
	markDecidesAgain      = "decides again"
	markFileDiffers       = "not what the file says"
	markNoFile            = "in no valid file"
	markNotInPullRequest  = "not of this pull request"
	markException         = "exception"
	markApprovesAML       = "approves an AML step"
	markMoved             = "changed in Didit since"
	markMayRunCode        = "may run a program"
	markUnknown           = "not known before the apply"
	markSensitive         = "not shown (sensitive)"
	markWaiting           = "waits for the person"
	markAlready           = "already so"
)

// marks are all marks, most serious first. The warnings of the log, which a provider
// words, come before those from afterWarnings on.
var marks = []string{
	markReopens, markRunsCode, markAccess, markEvents, markClearsHit, markReversesHit, markApprovesDeclined,
	markOverturnsDecision, markRestores, markSuperseded, markGone, markDecidesAgain, markFileDiffers, markNoFile, markNotInPullRequest,
	markException, markApprovesAML, markMoved, markMayRunCode, markUnknown, markSensitive, markWaiting, markAlready,
}

var afterWarnings = slices.Index(marks, markException)

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
	isReversed := sends && d.Kind != Hit && d.from.is(declined) && d.to.is(approved)
	add(markReopens, d.effect == reopened)
	add(markClearsHit, sends && d.Kind == Hit && d.to.is(falsePositive))
	add(markReversesHit, sends && d.Kind == Hit && d.from.Kind == Known && !d.from.is(unreviewed))
	add(markApprovesDeclined, isReversed)
	add(markOverturnsDecision, sends && !isReversed && d.Kind != Hit && (d.from.is(approved) || d.from.is(declined)))
	add(markRestores, d.effect == restored)
	add(markSuperseded, d.effect == superseded)
	add(markGone, d.effect == gone)
	add(markDecidesAgain, d.again)
	add(markApprovesAML, sends && d.Kind == Feature && d.to.is(approved) && isAML(d.FeatureType))
	add(markMoved, d.current.Kind != None && d.effect != superseded || d.effect == changedInDidit)
	add(markMayRunCode, d.unconfigured)
	add(markUnknown, d.has(Unknown))
	add(markSensitive, d.has(Sensitive))
	add(markWaiting, d.isWaiting)
	add(markAlready, d.effect == alreadySo)
	return found
}

// isAML also matches future AML labels.
func isAML(featureType Value) bool {
	return featureType.is("AML") || featureType.Kind == Known && strings.HasPrefix(featureType.Text, "AML_")
}

// has reports whether the reviewer misses a value because it is of this kind.
func (d decision) has(kind ValueKind) bool {
	return slices.ContainsFunc([]Value{d.SessionID, d.NodeID, d.FeatureType, d.HitID, d.from, d.to, d.comment},
		func(value Value) bool { return value.Kind == kind })
}

// rank is lower for a more serious decision; len(marks) without any mark.
func (d decision) rank() int {
	rank := len(marks)
	for _, mark := range d.marks {
		rank = min(rank, slices.Index(marks, mark))
	}
	if len(d.warnings) > 0 {
		rank = min(rank, afterWarnings)
	}
	return rank
}

// isMarked reports whether the row deserves a close look.
func (d decision) isMarked() bool { return d.rank() < len(marks) }

// countMarks returns how many there are of each mark, most serious first, with the
// warnings of the log after them.
func countMarks(found, warnings []string) string {
	var counts []string
	for _, mark := range marks {
		if n := countOf(found, mark); n > 0 {
			counts = append(counts, fmt.Sprintf("%d × %s", n, mark))
		}
	}
	slices.Sort(warnings)
	for _, warning := range slices.Compact(slices.Clone(warnings)) {
		counts = append(counts, fmt.Sprintf("%d × %s", countOf(warnings, warning), codeSpan(warning, maxName)))
	}
	return strings.Join(counts, ", ")
}

func countOf(items []string, item string) int {
	n := 0
	for _, other := range items {
		if other == item {
			n++
		}
	}
	return n
}

// count returns a number with its noun.
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
