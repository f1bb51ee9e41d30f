// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

// Package draft writes decision files from what Didit has: for what waits with an empty to, for
// what is decided with from equal to to. It takes IDs, types, statuses and scores from a report,
// and nothing about the person or company.
package draft

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/didit-community/terraform-provider-didit/internal/check"
	"github.com/didit-community/terraform-provider-didit/internal/decisionfile"
	"github.com/didit-community/terraform-provider-didit/internal/didit"
)

// DefaultMatchThreshold is Didit's default: a hit with a lower match score starts as a False
// Positive.
const DefaultMatchThreshold = 93

// Options say what is drafted.
type Options struct {
	// Waiting drafts what is In Review or Unreviewed, Decided what is Approved or Declined and the
	// reviewed hits.
	Waiting, Decided bool
	// MatchThreshold is the application's, from 0 to 100. A False Positive with a lower match score is
	// taken for Didit's own decision, because the report does not show who set it.
	MatchThreshold float64
}

// Decision is a decision to draft. To is empty if the subject waits for a decision.
type Decision struct {
	decisionfile.Decision
	matchScore *float64
}

// Candidate reports whether a session of a list can have anything to draft: its report costs a
// request. A row shows no hits, so every session with an AML check is one.
func (o Options) Candidate(row didit.SessionSummary) bool {
	isDrafted := func(status string) bool { _, drafted := o.to(decisionfile.Session, status); return drafted }
	return isDrafted(row.Status) || slices.ContainsFunc(row.Features, func(feature didit.FeatureSummary) bool {
		return isDrafted(feature.Status) || didit.SameFeatureType(feature.Type, didit.TypeAML)
	})
}

// to returns the value to decide for a value that Didit has, and whether such a value is drafted at
// all.
func (o Options) to(kind decisionfile.Kind, from string) (to string, drafted bool) {
	waits, decided := []string{didit.StatusInReview}, []string{didit.StatusApproved, didit.StatusDeclined}
	if kind == decisionfile.Hit {
		waits, decided = []string{didit.ReviewUnreviewed}, []string{didit.ReviewConfirmedMatch, didit.ReviewFalsePositive, didit.ReviewInconclusive}
	}
	switch {
	case slices.Contains(waits, from):
		return "", o.Waiting
	case slices.Contains(decided, from):
		return from, o.Decided
	}
	return "", false
}

// Decisions returns what is drafted about a session, in the order of a decision file. leftOut has a
// sentence for each subject that cannot be decided; below counts the False Positives that are taken
// for Didit's own.
func (o Options) Decisions(report *didit.Decision) (decisions []Decision, leftOut []string, below int) {
	all := subjects(report)
	for _, d := range all {
		to, drafted := o.to(d.Kind, d.From)
		d.To = to
		twins := 0
		for _, other := range all {
			if d.SameSubject(other.Decision) {
				twins++
			}
		}
		switch {
		case !drafted:
		case twins > 1:
			leftOut = append(leftOut, d.name()+": Didit reports several that have the same address, and none can be decided")
		case !isWritable(d):
			leftOut = append(leftOut, d.name()+": its ID or type cannot be written in a decision file")
		case d.To == didit.ReviewFalsePositive && d.matchScore != nil && *d.matchScore < o.MatchThreshold:
			below++
		default:
			decisions = append(decisions, d)
		}
	}
	for _, item := range report.Unusable {
		leftOut = append(leftOut, fmt.Sprintf("%s at %s: %s", item.Type, cmp.Or(item.NodeID, didit.DefaultNodeID), item.Problem))
	}
	return decisions, slices.Compact(leftOut), below
}

// subjects returns everything of a report that a file can decide, with its value in Didit's spelling.
func subjects(report *didit.Decision) (all []Decision) {
	for _, hit := range report.AMLHits {
		all = append(all, Decision{decisionfile.Decision{Kind: decisionfile.Hit, NodeID: hit.NodeID, HitID: hit.ID, From: didit.CanonicalStatus(hit.ReviewStatus)}, hit.MatchScore})
	}
	for _, feature := range report.Features {
		all = append(all, Decision{Decision: decisionfile.Decision{Kind: decisionfile.Step, NodeID: feature.NodeID, FeatureType: feature.Type, From: didit.CanonicalStatus(feature.Status)}})
	}
	return append(all, Decision{Decision: decisionfile.Decision{Kind: decisionfile.Session, From: didit.CanonicalStatus(report.Status)}})
}

// isWritable reports whether a file can have the decision: its reader is asked, because a text
// cannot be escaped there.
func isWritable(d Decision) bool {
	if d.Kind == decisionfile.Session {
		return true
	}
	d.To = d.From
	file, problems := decisionfile.Read("", []byte(File("11111111-2222-4333-8444-555555555555", []Decision{d})))
	return len(problems) == 0 && d.SameSubject(file.Decisions[0])
}

func (d Decision) name() string {
	switch d.Kind {
	case decisionfile.Hit:
		return "hit " + check.Quote(d.HitID) + " of " + check.Quote(d.NodeID)
	case decisionfile.Step:
		return "step " + d.FeatureType + " at " + check.Quote(d.NodeID)
	default:
		return "session"
	}
}

// Missing returns the decisions whose subjects a file does not have.
func Missing(file decisionfile.File, decisions []Decision) (missing []Decision) {
	for _, d := range decisions {
		if !slices.ContainsFunc(file.Decisions, d.SameSubject) {
			missing = append(missing, d)
		}
	}
	return missing
}

// File returns the text of a decision file.
func File(sessionID string, decisions []Decision) string {
	text := "session_id: " + sessionID + "\n" + Keys(decisions, nil)
	if slices.ContainsFunc(decisions, func(d Decision) bool { return d.To == "" }) {
		text = "# To decide, fill in each \"to\", and say why: a comment, of a hit a reason. Delete what you leave open.\n" + text
	}
	return text
}

// Keys returns the keys hits, steps and session. Names that taken has already get another number.
func Keys(decisions []Decision, taken []decisionfile.Decision) string {
	var text strings.Builder
	kind := decisionfile.Kind(-1)
	used := slices.Clone(taken)
	for _, d := range decisions {
		indent := "    "
		if d.Kind == decisionfile.Session {
			text.WriteString("session:\n")
			indent = "  "
		} else {
			if d.Kind != kind {
				text.WriteString(map[decisionfile.Kind]string{decisionfile.Hit: "hits:\n", decisionfile.Step: "steps:\n"}[d.Kind])
			}
			d.Key = freeKey(d.Decision, used)
			used = append(used, d.Decision)
			text.WriteString("  " + d.Key + ":")
			if d.matchScore != nil {
				text.WriteString(" # match score " + score(*d.matchScore))
			}
			text.WriteString("\n")
		}
		kind = d.Kind
		for _, field := range [][2]string{{"node_id", d.NodeID}, {"feature_type", d.FeatureType}, {"hit_id", d.HitID}, {"from", d.From}, {"to", d.To}} {
			isDefault := d.NodeID == didit.DefaultNodeID
			if field[0] == "node_id" && isDefault || field[0] == "feature_type" && !isDefault || field[1] == "" && field[0] != "to" {
				continue
			}
			text.WriteString(strings.TrimRight(indent+field[0]+": "+scalar(field[1]), " ") + "\n")
		}
	}
	return text.String()
}

// freeKey returns a name such as liveness or hit-2.
func freeKey(d decisionfile.Decision, used []decisionfile.Decision) string {
	base, number := strings.ReplaceAll(strings.ToLower(d.FeatureType), "_", "-"), 1
	if d.Kind == decisionfile.Hit {
		base = "hit"
	}
	for {
		key := base
		if number > 1 || d.Kind == decisionfile.Hit {
			key += "-" + strconv.Itoa(number)
		}
		if !slices.ContainsFunc(used, func(other decisionfile.Decision) bool { return other.Kind == d.Kind && other.Key == key }) {
			return key
		}
		number++
	}
}

// plain matches text that needs no quotes in YAML, unless it is one of words.
var (
	plain = regexp.MustCompile(`^[A-Za-z]([A-Za-z0-9 _-]*[A-Za-z0-9_-])?$`).MatchString
	words = []string{"true", "false", "null", "yes", "no", "on", "off", "y", "n"}
)

func scalar(text string) string {
	if text == "" || plain(text) && !slices.Contains(words, strings.ToLower(text)) {
		return text
	}
	return `"` + text + `"` // See isWritable.
}

func score(value float64) string { return strconv.FormatFloat(value, 'g', -1, 64) }
