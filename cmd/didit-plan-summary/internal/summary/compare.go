// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package summary

import (
	"fmt"
	"slices"
	"strings"
)

// Difference is how a plan differs from the one that was reviewed.
type Difference struct {
	// Planned are planned now, and were not reviewed exactly like that.
	Planned []Decision
	// Reviewed are no longer planned exactly like that.
	Reviewed []Decision
	// Hidden were reviewed and are planned now, but may send a value that is sensitive
	// or unknown. It can be another one now.
	Hidden []Decision
	// Done were reviewed and are no longer planned, because they are as reviewed.
	Done []Decision
	// Warnings are new: the reviewers did not see them.
	Warnings []Warning
	// The same for changes that are not decisions.
	OthersPlanned, OthersReviewed, OthersDone []Other

	reviewed, now Summary
}

// Result is what a comparison comes to.
type Result int

// The results.
const (
	// Same: what is planned is what was reviewed, as far as it is sent to Didit.
	Same Result = iota
	// PartlyDone: everything that is planned was reviewed, and the rest is done.
	PartlyDone
	// Different: the plan has to be reviewed again.
	Different
)

// Compare compares what is planned, not what the refresh only observed. It fails for
// summaries of two groups.
func Compare(reviewed, now Summary) (Difference, error) {
	if reviewed.Group != now.Group {
		return Difference{}, fmt.Errorf("it is of group %q, but this plan is of group %q; pass the summary of the same group, and the same -group", reviewed.Group, now.Group)
	}
	d := Difference{reviewed: reviewed, now: now}
	var both []Decision
	both, d.Reviewed, d.Planned = match(reviewed.planned(), now.planned())
	d.Hidden, _ = split(both, func(decision Decision) bool { return decision.Effect.maySend() && decision.isHidden() })
	_, d.OthersReviewed, d.OthersPlanned = match(reviewed.Others, now.Others)
	_, _, d.Warnings = match(reviewed.Warnings, now.Warnings)
	unchanged := map[Subject]Decision{}
	for _, decision := range slices.Concat(now.Unchanged, now.Decisions) {
		if decision.Effect == Unchanged || decision.Effect == Followed {
			unchanged[decision.Subject] = decision
		}
	}
	d.Done, d.Reviewed = split(d.Reviewed, func(decision Decision) bool { return now.isDone(decision, unchanged[decision.Subject]) })
	d.OthersDone, d.OthersReviewed = split(d.OthersReviewed, now.isOtherDone)
	return d, nil
}

// isDone reports whether a reviewed decision is in effect. unchanged is its subject in
// the plan if nothing is planned for it; then it does not matter who made the decision.
func (s Summary) isDone(reviewed, unchanged Decision) bool {
	before := reviewed.InsteadOf
	switch {
	case !reviewed.isKnown():
		return false
	case reviewed.Effect == Released:
		return !s.managed[reviewed.identity()]
	case before != nil && s.managed[before.identity()]:
		return false
	default:
		// Never true for an action, as the plan cannot tell whether it has run.
		return unchanged.To.Kind == Known && unchanged.To == reviewed.To && unchanged.Comment == reviewed.Comment
	}
}

// isOtherDone is isDone for a change that is not a decision.
func (s Summary) isOtherDone(reviewed Other) bool {
	isUnchanged, isPresent := s.addresses[reviewed.Address]
	switch {
	case reviewed.Action == "read":
		return true // Now it was read before the plan was made.
	case strings.HasPrefix(reviewed.Action, actionProvisioner):
		return false // Its address is that of a resource.
	case reviewed.Action == "delete" || reviewed.Action == "forget":
		return !isPresent
	default:
		return isUnchanged
	}
}

// Result reports whether the plan may be applied in place of the reviewed one. A plan
// with errors never may.
func (d Difference) Result() Result {
	unreviewed := len(d.Planned) + len(d.Hidden) + len(d.Reviewed) + len(d.Warnings) + len(d.OthersPlanned) + len(d.OthersReviewed)
	isPartlyDone := len(d.Done)+len(d.OthersDone) > 0
	switch {
	case unreviewed > 0, d.reviewed.Errored, d.now.Errored, d.reviewed.Incomplete != d.now.Incomplete:
		return Different
	case isPartlyDone && d.now.Incomplete:
		return Different // What an incomplete plan leaves out would look done.
	case isPartlyDone:
		return PartlyDone
	default:
		return Same
	}
}

// Markdown writes the difference for a person.
func (d Difference) Markdown(options Options) string {
	p := newPage(options)
	group, decisions := inGroup(d.now.Group), count(len(d.now.planned()), "decision")
	switch d.Result() {
	case Same:
		p.paragraph("## The plan is the reviewed one%s", group)
		p.paragraph("It has the same %s.", decisions)
	case PartlyDone:
		p.paragraph("## The plan is the rest of the reviewed one%s", group)
		p.paragraph("**%s** and **%s** are done already, as reviewed. What is planned now was reviewed exactly like that: **%s**.",
			count(len(d.Done), "decision"), count(len(d.OthersDone), "other change"), decisions)
	default:
		p.paragraph("## The plan differs from the reviewed one%s", group)
		d.now.writeState(p, "The plan")
		d.reviewed.writeState(p, "The reviewed plan")
		p.paragraph("Decisions: **%d** planned now but not reviewed like that, **%d** reviewed but no longer planned like that, **%d** done already.",
			len(d.Planned), len(d.Reviewed), len(d.Done))
	}
	if hidden, _ := split(d.now.planned(), Decision.isHidden); len(hidden) > 0 {
		p.paragraph("⚠️ In **%s**, a value is sensitive or known only after the apply. It could not be compared.", count(len(hidden), "decision"))
	}
	if len(d.Hidden) > 0 {
		p.paragraph("⚠️ **%s** may send such a value. What that does cannot be compared, so the plan counts as different. Use values that are known while planning, and not sensitive.", count(len(d.Hidden), "decision"))
	}
	p.sections(d.sections(options.SessionURL))
	return p.text.String()
}

func (d Difference) sections(sessionURL SessionURL) []section {
	var newWarnings []row
	for _, warning := range d.Warnings {
		newWarnings = append(newWarnings, row{[]string{sessionURL.link(warning.SessionID), "⚠️ " + warning.Text, warning.cell()}, true})
	}
	// What was reviewed for a subject stands above what is planned now.
	decisions := slices.Concat(inPlan("reviewed", d.Reviewed), inPlan("now", d.Planned))
	slices.SortStableFunc(decisions, func(a, b decisionInPlan) int { return compareSubjects(a.Subject, b.Subject) })
	others := slices.Concat(otherRows(d.OthersReviewed, "reviewed"), otherRows(d.OthersPlanned, "now"), otherRows(d.OthersDone, "done"))

	columns := slices.Concat([]string{"Plan", "Session"}, columns)
	sections := []section{
		{heading: "New warnings", columns: []string{"Session", "Warning", "About"}, rows: newWarnings},
		{heading: "Decisions that differ", columns: columns, rows: differenceRows(decisions, sessionURL)},
		{heading: "Decisions that cannot be compared", columns: columns, rows: differenceRows(inPlan("both", d.Hidden), sessionURL)},
		{heading: "Other changes", columns: []string{"Plan", "Address", "Action", "Note"}, rows: others},
		{heading: "Done already", columns: columns, rows: differenceRows(inPlan("done", d.Done), sessionURL)},
	}
	return slices.DeleteFunc(sections, func(s section) bool { return len(s.rows) == 0 })
}

// decisionInPlan is a decision of the reviewed plan or the one of now.
type decisionInPlan struct {
	Decision

	plan string
}

func inPlan(plan string, decisions []Decision) []decisionInPlan {
	found := make([]decisionInPlan, len(decisions))
	for i, decision := range decisions {
		decision.Imported = false // Not in the reviewed JSON, so it would look like a difference.
		found[i] = decisionInPlan{decision, plan}
	}
	return found
}

func differenceRows(decisions []decisionInPlan, sessionURL SessionURL) []row {
	var rows []row
	for i, decision := range decisions {
		cells := slices.Concat([]string{decision.plan, sessionURL.link(decision.SessionID)}, decision.cells())
		if i > 0 && cells[0] != rows[i-1].cells[0] && slices.Equal(cells[1:], rows[i-1].cells[1:]) {
			cells[len(cells)-1] += " _differs where it is cut_"
		}
		rows = append(rows, row{cells, len(decision.marks()) > 0})
	}
	return rows
}

// split returns the items for which the test holds, and the others.
func split[T any](items []T, test func(T) bool) (is, isNot []T) {
	for _, item := range items {
		if test(item) {
			is = append(is, item)
		} else {
			isNot = append(isNot, item)
		}
	}
	return is, isNot
}

// match returns the items that both lists have, one for one, and the others.
func match[T any](a, b []T) (both, onlyA, onlyB []T) {
	common, inB := map[string]int{}, map[string]int{}
	for _, item := range b {
		inB[key(item)]++
	}
	for _, item := range a {
		if k := key(item); common[k] < inB[k] {
			common[k]++
		} else {
			onlyA = append(onlyA, item)
		}
	}
	for _, item := range b {
		if k := key(item); common[k] > 0 {
			common[k]--
			both = append(both, item)
		} else {
			onlyB = append(onlyB, item)
		}
	}
	return both, onlyA, onlyB
}
