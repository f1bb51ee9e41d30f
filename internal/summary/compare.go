// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package summary

import (
	"encoding/json"
	"slices"
	"strings"
)

// Difference is how a plan differs from the one that was reviewed.
type Difference struct {
	// Appeared are decisions of the plan that were not reviewed; Disappeared were
	// reviewed, and are not planned any more.
	Appeared, Disappeared []Decision
	// Changed are steps for which something else is planned.
	Changed []Pair
	// OthersAppeared and OthersDisappeared are changes of anything else.
	OthersAppeared, OthersDisappeared []Other

	reviewed, now Summary
}

// Pair is what was reviewed for a step, and what is planned now.
type Pair struct{ Reviewed, Now Decision }

// Compare finds what differs in what is planned. What Terraform only observes
// makes no difference.
func Compare(reviewed, now Summary) Difference {
	difference := Difference{reviewed: reviewed, now: now}
	gone, fresh := withoutCommon(reviewed.planned(), now.planned())
	byStep := map[Step][]Decision{}
	for _, after := range fresh {
		byStep[after.Step] = append(byStep[after.Step], after)
	}
	for _, before := range gone {
		if rest := byStep[before.Step]; len(rest) > 0 {
			difference.Changed = append(difference.Changed, Pair{before, rest[0]})
			byStep[before.Step] = rest[1:]
		} else {
			difference.Disappeared = append(difference.Disappeared, before)
		}
	}
	for _, after := range fresh {
		if rest := byStep[after.Step]; len(rest) > 0 {
			difference.Appeared = append(difference.Appeared, rest...)
			delete(byStep, after.Step)
		}
	}
	difference.OthersDisappeared, difference.OthersAppeared = withoutCommon(reviewed.Others, now.Others)
	return difference
}

// withoutCommon takes what stands in both lists out of both, one for one. Items
// are the same where their JSON is.
func withoutCommon[T any](a, b []T) (onlyA, onlyB []T) {
	inB := map[string]int{}
	for _, item := range b {
		inB[key(item)]++
	}
	common := map[string]int{}
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
		} else {
			onlyB = append(onlyB, item)
		}
	}
	return onlyA, onlyB
}

func key(item any) string {
	text, err := json.Marshal(item)
	if err != nil {
		panic(err) // Texts and flags can always be written.
	}
	return string(text)
}

// IsEmpty tells whether what is planned is what was reviewed: their JSON is
// equal. A plan with errors is never that: Terraform cannot apply it.
func (d Difference) IsEmpty() bool {
	return len(d.Appeared)+len(d.Disappeared)+len(d.Changed)+len(d.OthersAppeared)+len(d.OthersDisappeared) == 0 &&
		d.reviewed.Incomplete == d.now.Incomplete && !d.reviewed.Errored && !d.now.Errored
}

var differenceColumns = []string{"Plan", "Session", "Step", "Type", "Group", "From", "To", "Comment", "Note"}

// Markdown writes the difference for a person, in at most size bytes (at least
// SmallestSize).
func (d Difference) Markdown(size int) string {
	p := &page{size: max(size, SmallestSize)}
	if d.IsEmpty() {
		p.paragraph("## The plan is the reviewed one")
		p.paragraph("It holds the same %s.", count(len(d.now.planned()), "decision"))
		d.writeNotCompared(p)
		return p.String()
	}
	p.paragraph("## The plan differs from the reviewed one")
	d.writeState(p)
	p.paragraph("**%d** appeared, **%d** disappeared, **%d** changed.", len(d.Appeared), len(d.Disappeared), len(d.Changed))
	d.writeNotCompared(p)
	p.section("Appeared", "Planned now, and not reviewed.", differenceColumns, differenceRows("now", d.Appeared))
	p.section("Disappeared", "Reviewed, and not planned any more.", differenceColumns, differenceRows("reviewed", d.Disappeared))
	p.section("Changed", "Something else is planned now.", differenceColumns, d.pairRows())
	p.section("Other types", "Changes that are no decisions.", []string{"Plan", "Address", "Action"},
		append(otherRows("now", d.OthersAppeared), otherRows("reviewed", d.OthersDisappeared)...))
	return p.String()
}

func (d Difference) writeState(p *page) {
	if d.now.Errored {
		p.paragraph("⛔ **The plan has errors.** Terraform stopped, and cannot apply it.")
	}
	if d.reviewed.Errored {
		p.paragraph("⛔ **The reviewed plan had errors.** It was never whole.")
	}
	if d.now.Incomplete != d.reviewed.Incomplete {
		p.paragraph("⚠️ **%s was incomplete**, as with -target, and the other one was not.", map[bool]string{true: "The plan", false: "The reviewed plan"}[d.now.Incomplete])
	}
}

// writeNotCompared says what equality does not mean.
func (d Difference) writeNotCompared(p *page) {
	n := 0
	for _, decision := range d.now.planned() {
		if decision.has(Unknown) || decision.has(Sensitive) {
			n++
		}
	}
	if n > 0 {
		p.paragraph("⚠️ In **%s** something is sensitive, or known only after the apply: that could not be compared.", count(n, "decision"))
	}
}

func differenceRows(plan string, decisions []Decision) []row {
	var rows []row
	for _, decision := range decisions {
		cells := decision.cells()
		title := titles[decision.Group].title
		rows = append(rows, row{slices.Concat([]string{plan}, cells[:3], []string{title}, cells[3:]), len(decision.marks()) > 0})
	}
	return rows
}

// pairRows puts what was reviewed above what is planned now.
func (d Difference) pairRows() []row {
	var rows []row
	for _, pair := range d.Changed {
		before := differenceRows("reviewed", []Decision{pair.Reviewed})[0]
		after := differenceRows("now", []Decision{pair.Now})[0]
		if strings.Join(before.cells[1:], "|") == strings.Join(after.cells[1:], "|") {
			after.cells[len(after.cells)-1] += " _differs where it is cut_"
		}
		rows = append(rows, before, after)
	}
	return rows
}

func otherRows(plan string, others []Other) []row {
	var rows []row
	for _, other := range others {
		rows = append(rows, row{cells: []string{plan, code(other.Address, longestComment), code(other.Action, longestName)}})
	}
	return rows
}
