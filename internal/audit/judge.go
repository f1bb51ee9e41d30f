// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package audit

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/didit-community/terraform-provider-didit/internal/decisionfile"
	"github.com/didit-community/terraform-provider-didit/internal/didit"
)

// judge sets the finding of each decision that no later one has replaced. Where a value differs
// comes first: it explains entries that would fit another decision, too.
func (s *session) judge() {
	var asDecided []*decided
	for _, row := range s.rows {
		switch {
		case !row.isLast():
		case s.report == nil:
			if row.path != "" && !row.isRecord {
				row.finding = sessionMissing
			}
		case row.entry == nil && !row.stood():
			s.judgeUnmatched(row)
		case row.value != row.To && !row.isHidden:
			s.judgeOtherValue(row)
		default:
			asDecided = append(asDecided, row)
		}
	}
	// What fits several decisions is a finding of each, and said to be one of them.
	var explained []*entry
	for _, row := range asDecided {
		explained = append(explained, s.judgeSameValue(row)...)
	}
	for _, e := range explained {
		e.isExplained = true
	}
	for _, row := range asDecided {
		s.judgeRepeated(row)
	}
}

// judgeUnmatched is for a decision without an entry.
func (s *session) judgeUnmatched(row *decided) {
	if row.isMissing {
		row.note = noteMissing
	}
	switch {
	case row.value == row.To || row.isHidden:
		if s.hasFeed {
			row.finding = notOnTrail
			if e := row.almost; e != nil {
				e.isExplained = true
				how := "with another comment"
				if e.at.Before(row.version.Commit.At) {
					how = "before the commit"
				}
				row.note = fmt.Sprintf("The feed has these values %s: at %s, by %s.", how, stamp(e.at), cmp.Or(e.actor, "an unknown actor"))
				s.findOtherSubjects(row, e)
			}
		}
	case row.path == "": // Withdrawn before it was sent.
	case row.Defer && slices.Contains(unfinished, s.report.Status):
		row.note = "It waits until the person has finished the flow."
	case s.hasFeed || row.isMissing || row.value == row.From:
		row.finding = notApplied
		for _, e := range s.entries {
			e.isExplained = e.isExplained || s.isAbout(e, row) && e.from == row.From && e.to == row.value
		}
	default:
		row.finding = superseded
	}
}

// judgeOtherValue is for a decision that was made, and of which Didit has another value now. What
// only Didit itself changed, such as ongoing monitoring or an expiry, is no finding.
func (s *session) judgeOtherValue(row *decided) {
	if row.isMissing {
		row.note = noteMissing
	}
	changes := s.changesTo(row, row.value)
	by := slices.IndexFunc(changes, (*entry).byPerson)
	switch isExpired := row.Kind == decisionfile.Session && slices.Contains(setByDidit, row.value); {
	case by >= 0:
		row.finding, row.note = superseded, changeNote(changes[by])
		for _, e := range changes {
			e.isExplained = true
		}
	case len(changes) > 0 || isExpired:
		row.note = "Didit itself changed it: its workflow, ongoing monitoring or an expiry."
	default:
		row.finding = superseded
	}
}

// judgeSameValue finds a change by a person or a program that a later one undid, and returns the
// entries that this explains. A re-opening is none: it decides nothing.
func (s *session) judgeSameValue(row *decided) []*entry {
	changes := s.changesTo(row, row.To)
	by := slices.IndexFunc(changes, func(e *entry) bool { return isDecision(e) && e.to != row.To })
	if by < 0 {
		return nil
	}
	row.finding, row.note = reverted, changeNote(changes[by])
	s.findOtherSubjects(row, changes[by])
	return changes
}

// changesTo returns the changes by which a subject came from the decided value to another, or back
// to the same one.
func (s *session) changesTo(row *decided, value string) []*entry {
	var changes []*entry
	found, now := 0, row.To
	for _, e := range s.after(row) {
		if e.from == now && !e.isExplained {
			changes, now = append(changes, e), e.to
			if now == value {
				found = len(changes)
			}
		}
	}
	return changes[:found]
}

// judgeRepeated finds the same decision a second time. A subject that never had another value
// cannot get the same one twice: then the entry is of another subject that the report has.
func (s *session) judgeRepeated(row *decided) {
	wasReopened := false
	for _, e := range s.entries {
		if row.entry == nil || e.order <= row.entry.order {
			continue
		}
		wasReopened = wasReopened || e.kind == decisionfile.Session && e.to == didit.StatusResubmitted
		canRepeat := wasReopened || row.Kind == decisionfile.Session || row.Kind == decisionfile.Step && e.comment != "" || len(s.unfiled(row.Kind, "")) == 0
		if e.row == nil && !e.isExplained && e.byPerson() && canRepeat && s.fits(e, row) {
			e.isExplained = true
			if row.finding == "" {
				row.finding, row.note = duplicate, changeNote(e)
				s.findOtherSubjects(row, e)
			}
		}
	}
}

// after returns the entries that can be about the subject of a decision, after it was made, and are
// of no other decision.
func (s *session) after(row *decided) (entries []*entry) {
	for _, e := range s.entries {
		isLater := e.at.After(row.version.Commit.At)
		if row.entry != nil {
			isLater = e.order > row.entry.order
		}
		if isLater && e.row == nil && s.isAbout(e, row) {
			entries = append(entries, e)
		}
	}
	return entries
}

func changeNote(e *entry) string {
	return fmt.Sprintf("Changed from %s to %s at %s, by %s.", e.from, e.to, stamp(e.at), cmp.Or(e.actor, "an unknown actor"))
}

// findOtherSubjects finds what else the entry of a finding can be about.
func (s *session) findOtherSubjects(row *decided, e *entry) {
	if e.kind == decisionfile.Session || e.step != nil {
		return
	}
	for _, other := range s.rows {
		if other.isLast() && !other.SameSubject(row.Decision) && s.isAbout(e, other) && other.To == row.To && !slices.Contains(row.oneOf, other.Subject()) {
			row.oneOf = append(row.oneOf, other.Subject())
		}
	}
	row.oneOf = append(row.oneOf, s.unfiled(row.Kind, row.To)...) // It has the value that the changes led to.
}

// unfiled returns the steps or hits of the report that no decision is about, with a value or, for
// "", with any.
func (s *session) unfiled(kind decisionfile.Kind, value string) (subjects []string) {
	isFiled := func(d decisionfile.Decision, has string) bool {
		return value != "" && !didit.SameStatus(has, value) || slices.ContainsFunc(s.rows, func(row *decided) bool { return row.SameSubject(d) })
	}
	for _, feature := range s.report.Features {
		if kind == decisionfile.Step && !isFiled(stepOf(feature), feature.Status) {
			subjects = append(subjects, "step "+feature.Type+" at "+feature.NodeID)
		}
	}
	for _, hit := range s.report.AMLHits {
		if kind == decisionfile.Hit && !isFiled(decisionfile.Decision{Kind: kind, NodeID: hit.NodeID, HitID: hit.ID}, hit.ReviewStatus) {
			subjects = append(subjects, "hit "+hit.ID)
		}
	}
	return subjects
}

// outsideGit returns the newest change of each kind that no decision explains: after the file came,
// by a person or a program, and not a re-opening, which no file can decide.
func (s *session) outsideGit() (newest []*entry, counts []int) {
	for _, kind := range []decisionfile.Kind{decisionfile.Hit, decisionfile.Step, decisionfile.Session} {
		count := 0
		var last *entry
		for _, e := range s.entries {
			if e.kind == kind && isDecision(e) && e.row == nil && !e.isExplained && e.at.After(s.rows[0].version.Commit.At) && !s.leadsTo(e) {
				last, count = e, count+1
			}
		}
		if last != nil {
			newest, counts = append(newest, last), append(counts, count)
		}
	}
	return newest, counts
}

// leadsTo reports whether an entry is a part of how a subject came to the value that a later
// decision has reviewed as its from, or decided itself. Of steps and hits, which the feed does not
// name, the values have to fit as well.
func (s *session) leadsTo(e *entry) bool {
	for i, row := range s.rows {
		if !s.isAbout(e, row) || !e.at.Before(row.version.Commit.At) {
			continue
		}
		leaves := slices.ContainsFunc(s.rows[:i], func(other *decided) bool { return other.SameSubject(row.Decision) && other.To == e.from })
		if e.kind == decisionfile.Session || e.to == row.From || e.to == row.To || leaves {
			return true
		}
	}
	return false
}

// isDecision reports whether a person or a program decided something that a file can decide.
func isDecision(e *entry) bool { return e.byPerson() && e.to != didit.StatusResubmitted }

// inReviewSince returns since when a session waits, or its creation.
func inReviewSince(entries []*entry, createdAt string) time.Time {
	for _, e := range slices.Backward(entries) {
		if e.kind == decisionfile.Session && e.to == didit.StatusInReview {
			return e.at
		}
	}
	created, err := time.Parse(time.RFC3339, createdAt)
	if err != nil {
		return time.Time{}
	}
	return created
}

// Statuses of a session: of a person who has not finished, and those that only Didit sets.
var (
	unfinished = []string{didit.StatusNotStarted, didit.StatusInProgress, didit.StatusAwaitingUser, didit.StatusResubmitted}
	setByDidit = []string{didit.StatusKycExpired, didit.StatusExpired, didit.StatusAbandoned}
)

const noteMissing = "The report does not have it any more."
