// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package summary

import "strings"

// Marks are what deserves a reviewer's eye, in the order of their weight.
const (
	markOverturned = "overturned in the console"
	markReversed   = "Declined → Approved"
	markOverturns  = "overturns a decision"
	markMoved      = "changed outside Terraform since"
	markAML        = "AML"
	markUnknown    = "not known before the apply"
	markSensitive  = "not shown, because it is sensitive"
)

var allMarks = []string{markOverturned, markReversed, markOverturns, markMoved, markAML, markUnknown, markSensitive}

const (
	approved = "Approved"
	declined = "Declined"
)

// marks are those of one decision.
func (d Decision) marks() []string {
	var marks []string
	add := func(mark string, holds bool) {
		if holds {
			marks = append(marks, mark)
		}
	}
	isReversed := d.From.is(declined) && d.To.is(approved)
	isDecided := d.From.is(approved) || d.From.is(declined)
	add(markOverturned, d.Group == Overturned)
	add(markReversed, isReversed)
	add(markOverturns, d.Group == Changed && isDecided && !isReversed)
	add(markMoved, d.Group != Overturned && d.Was.Kind != None)
	add(markAML, isAML(d.FeatureType))
	add(markUnknown, d.has(Unknown))
	add(markSensitive, d.has(Sensitive))
	return marks
}

// isAML also holds for a label of tomorrow, such as AML_MONITORING.
func isAML(featureType Value) bool {
	return featureType.Kind == Known && (featureType.Text == "AML" || strings.HasPrefix(featureType.Text, "AML_"))
}

// has tells whether a reviewer misses one of the values because it is of a kind.
func (d Decision) has(kind Kind) bool {
	for _, value := range []Value{d.SessionID, d.NodeID, d.FeatureType, d.From, d.To, d.Comment} {
		if value.Kind == kind {
			return true
		}
	}
	return false
}
