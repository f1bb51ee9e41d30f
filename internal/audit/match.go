// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package audit

import (
	"slices"
	"time"

	"github.com/didit-community/terraform-provider-didit/internal/decisionfile"
	"github.com/didit-community/terraform-provider-didit/internal/didit"
)

// clockTolerance is how far the clocks of git and Didit may differ.
const clockTolerance = 5 * time.Minute

// session is what git and Didit have of one session with a file.
type session struct {
	id      string
	rows    []*decided // in the order of the history
	report  *didit.Decision
	hasFeed bool
	entries []*entry // oldest first
}

// readValues takes from the report what the decisions are about.
func (s *session) readValues() {
	for _, row := range s.rows {
		if s.report == nil {
			continue
		}
		row.value, row.isMissing, row.isHidden = valueOf(s.report, row.Decision)
	}
}

func valueOf(report *didit.Decision, d decisionfile.Decision) (value string, isMissing, isHidden bool) {
	switch d.Kind {
	case decisionfile.Session:
		return report.Status, false, report.Status == ""
	case decisionfile.Hit:
		for _, hit := range report.AMLHits {
			if hit.NodeID == d.NodeID && hit.ID == d.HitID {
				return didit.CanonicalStatus(hit.ReviewStatus), false, false
			}
		}
	default:
		for _, feature := range report.Features {
			if d.SameSubject(stepOf(feature)) {
				return didit.CanonicalStatus(feature.Status), false, false
			}
		}
	}
	isHidden = slices.ContainsFunc(report.Unusable, func(item didit.UnusableItem) bool {
		isSame := item.NodeID == d.NodeID || item.NodeID == ""
		if d.Kind == decisionfile.Hit {
			return item.HidesHits() && isSame || item.IsHit && isSame && (item.HitID == d.HitID || item.HitID == "")
		}
		return isSame && !item.IsHit
	})
	return "", !isHidden, isHidden
}

func stepOf(feature didit.Feature) decisionfile.Decision {
	return decisionfile.Decision{Kind: decisionfile.Step, NodeID: feature.NodeID, FeatureType: feature.Type}
}

// isAbout reports whether an entry can be about the subject of a decision. The feed names neither
// steps nor hits.
func (s *session) isAbout(e *entry, row *decided) bool {
	switch {
	case e.kind != row.Kind:
		return false
	case e.kind != decisionfile.Step:
		return true
	case e.step != nil && (e.step.NodeID != row.NodeID || !sameType(e.step.FeatureType, row.FeatureType)):
		return false
	}
	return !e.isAML || sameType(didit.TypeAML, s.typeOf(row))
}

// sameType is true if one of the types is not known.
func sameType(a, b string) bool { return a == "" || b == "" || didit.SameFeatureType(a, b) }

// typeOf returns the type of a step: the report knows it where the file does not.
func (s *session) typeOf(row *decided) string {
	if row.FeatureType == "" && s.report != nil {
		for _, feature := range s.report.Features {
			if row.SameSubject(stepOf(feature)) {
				return feature.Type
			}
		}
	}
	return row.FeatureType
}

// hasValues reports whether an entry has the values of a decision. One of a hit can lack them.
func hasValues(e *entry, row *decided) bool {
	return e.from == "" && e.to == "" || didit.SameStatus(e.from, row.From) && didit.SameStatus(e.to, row.To)
}

// fits reports whether an entry can be what a decision sent: its values, its comment (a hit has
// none), and its time, from the commit until a later decision took its place.
func (s *session) fits(e *entry, row *decided) bool {
	return s.isAbout(e, row) && hasValues(e, row) && (row.Kind == decisionfile.Hit || e.comment == text(row.Recorded())) &&
		!e.at.Before(row.version.Commit.At.Add(-clockTolerance)) && (row.isLast() || !e.at.After(row.endedAt.Add(clockTolerance)))
}

// match finds the entry of each decision. An API key comes first, because that is how a pipeline
// decides; a console user may have typed the same comment, and where no key did, made the decision.
func (s *session) match() {
	for _, e := range s.entries {
		e.row = nil
	}
	// If one entry fits two decisions, it is that of the one whose value Didit has.
	rows := slices.Clone(s.rows)
	slices.SortStableFunc(rows, func(a, b *decided) int { return isLost(a) - isLost(b) })
	for _, row := range rows {
		row.entry, row.oneOf, row.almost = nil, nil, nil
	}
	for _, actor := range []string{apiKey, consoleUser, "", system} {
		for _, row := range rows {
			if row.entry != nil || row.stood() {
				continue
			}
			for _, e := range s.entries {
				if e.row == nil && e.actor == actor && s.fits(e, row) {
					e.row, row.entry = row, e
					break
				}
			}
		}
	}
	for _, row := range s.rows {
		s.inherit(row)
		s.findOthers(row)
	}
}

func isLost(row *decided) int {
	if row.isLast() && !row.isHidden && row.value != row.To {
		return 1
	}
	return 0
}

// inherit takes over the entry of an earlier decision about a hit of which only the reason was
// another: the feed has no reason, and nothing was sent again.
func (s *session) inherit(row *decided) {
	if row.entry != nil || row.Kind != decisionfile.Hit || row.stood() {
		return
	}
	for _, other := range s.rows {
		if other == row {
			return
		}
		if other.SameSubject(row.Decision) {
			row.entry = nil
			if other.entry != nil && other.From == row.From && other.To == row.To {
				row.entry = other.entry
			}
		}
	}
}

// findOthers finds the other decisions that the entry fits, and for a decision without one, the
// newest change that differs in its comment or its time only.
func (s *session) findOthers(row *decided) {
	for _, other := range s.rows {
		if row.entry != nil && !other.SameSubject(row.Decision) && !other.stood() && s.fits(row.entry, other) {
			row.oneOf = append(row.oneOf, other.Subject())
		}
	}
	for _, e := range s.entries {
		if row.entry == nil && !row.stood() && e.row == nil && s.isAbout(e, row) && hasValues(e, row) {
			row.almost = e
		}
	}
}

// needsOverrides reports whether the names of steps can decide something: an entry that fits
// several, or none.
func (s *session) needsOverrides() bool {
	if s.report == nil || len(s.report.Features) < 2 {
		return false
	}
	return slices.ContainsFunc(s.rows, func(row *decided) bool { return row.Kind == decisionfile.Step && len(row.oneOf) > 0 }) ||
		slices.ContainsFunc(s.entries, func(e *entry) bool {
			return e.kind == decisionfile.Step && e.row == nil && e.byPerson() && e.at.After(s.rows[0].version.Commit.At)
		})
}
