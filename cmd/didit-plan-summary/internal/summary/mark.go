// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package summary

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Marks say why a row deserves a close look.
const (
	markReopened   = "deletes captured data"
	markOverturned = "overturned in the console"
	markReversed   = "Declined → Approved"
	markOverturns  = "overturns a decision"
	markMoved      = "changed outside Terraform since"
	markRunsCode   = "runs a program"
	markMayRunCode = "may run a program"
	markAccess     = "sets Didit's address or credential"
	markAML        = "AML step"
	markUnknown    = "not known before the apply"
	markSensitive  = "not shown (sensitive)"
)

// marks are all marks and warnings, most serious first.
var marks = slices.Concat([]string{markReopened}, warnings,
	[]string{markOverturned, markReversed, markOverturns, markMoved, markRunsCode, markMayRunCode, markAccess, markAML, markUnknown, markSensitive})

// marks returns those of one decision.
func (d Decision) marks() []string {
	var found []string
	add := func(mark string, holds bool) {
		if holds {
			found = append(found, mark)
		}
	}
	isReversed := d.From.is(declined) && d.To.is(approved)
	add(markReopened, d.Effect == Reopened)
	add(markOverturned, d.Effect == Restored)
	add(markReversed, isReversed)
	add(markOverturns, d.overturns() && !isReversed)
	add(markMoved, d.Effect != Restored && d.Was.Kind != None)
	add(markMayRunCode, d.Unconfigured)
	add(markAML, d.Kind == Feature && isAML(d.FeatureType))
	add(markUnknown, d.has(Unknown))
	add(markSensitive, d.has(Sensitive))
	return found
}

// overturns reports whether the apply replaces a standing decision: a hit that is not
// Unreviewed, a step or session that is Approved or Declined. Didit does not report
// which hits are False Positive only because they are below the threshold.
func (d Decision) overturns() bool {
	switch {
	case d.Effect == Restored || !d.Effect.maySend() || d.From == d.To:
		return false
	case d.Kind == Hit:
		return d.From.Kind == Known && !d.From.is(unreviewed)
	default:
		return d.From.is(approved) || d.From.is(declined)
	}
}

// isAML also holds for a label of tomorrow, such as AML_MONITORING.
func isAML(featureType Value) bool {
	return featureType.is("AML") || featureType.Kind == Known && strings.HasPrefix(featureType.Text, "AML_")
}

// has reports whether the reviewer misses a value because it is of this kind.
func (d Decision) has(kind ValueKind) bool {
	return slices.ContainsFunc([]Value{d.SessionID, d.NodeID, d.FeatureType, d.HitID, d.From, d.To, d.Comment},
		func(value Value) bool { return value.Kind == kind })
}

// isHidden reports whether the reviewer misses a value.
func (d Decision) isHidden() bool { return d.has(Unknown) || d.has(Sensitive) }

// accessArguments decide where the key goes, and which one it is. In a team's
// configuration they come from the environment. Other arguments need no close look.
var accessArguments = regexp.MustCompile(`^` + actionConfigure + `.*\b(base_url|api_key|access_token)\b`)

// marks returns those of another change.
func (o Other) marks() []string {
	switch {
	case strings.HasPrefix(o.Action, actionProvisioner), o.Action == actionInvoke:
		return []string{markRunsCode}
	case o.Action == actionReadInPlan, o.Unconfigured:
		return []string{markMayRunCode}
	case strings.Contains(o.Address, `/didit-community/didit"]`) && accessArguments.MatchString(o.Action):
		return []string{markAccess}
	default:
		return nil
	}
}

// note returns marks as a row shows them, with what is good to know besides.
func note(marks []string, others ...string) string {
	if len(marks) > 0 {
		others = slices.Insert(others, 0, "⚠️ "+strings.Join(marks, ", "))
	}
	return strings.Join(others, "; ")
}

// countMarks returns how many there are of each mark, most serious first.
func countMarks(found []string) string {
	var counts []string
	for _, mark := range marks {
		n := 0
		for _, other := range found {
			if other == mark {
				n++
			}
		}
		if n > 0 {
			counts = append(counts, fmt.Sprintf("%d × %s", n, mark))
		}
	}
	return strings.Join(counts, ", ")
}

// count returns a number with its noun.
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
