// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package summary

import (
	"cmp"
	"fmt"
	"slices"
	"sort"
	"strings"
)

// DefaultSize leaves room in a comment on GitHub, which can have 65,536 characters.
const DefaultSize = 64_000

// block is a part of the page.
type block struct {
	// intro is always on the page, with the number of items in it.
	intro string
	// head and foot are around the items if at least one of them is on the page.
	head, foot string
	items      []item
	// noun of what is missing, such as "decision".
	noun string
}

// item is a line of a list, or a row of a table.
type item struct {
	text     string
	priority int
	isMarked bool
}

// The priorities: where not all fits, lower ones come first.
const (
	firstOfList = iota
	markedCase
	restOfList
	unmarkedCase
)

// alwaysListed is the number of items of each list that come before all decisions.
const alwaysListed = 20

// place is an item's place in the blocks.
type place struct{ block, item int }

// fit returns the page in at most size bytes, as far as its intros allow; 0 for all of
// it. What is missing is counted where it was, and at the top of the page.
func fit(blocks []block, size int) string {
	places := byPriority(blocks)
	if whole := render(blocks, places, len(places)); size == 0 || len(whole) <= size {
		return whole
	}
	n := sort.Search(len(places), func(n int) bool { return len(render(blocks, places, n)) > size })
	// A page with one item more can be shorter, if nothing is missing in its block then.
	for n > 0 && len(render(blocks, places, n)) > size {
		n--
	}
	return render(blocks, places, n)
}

// byPriority returns all items, those to be shown first at first.
func byPriority(blocks []block) []place {
	var places []place
	for i := range blocks {
		for j := range blocks[i].items {
			places = append(places, place{i, j})
		}
	}
	slices.SortStableFunc(places, func(a, b place) int {
		return cmp.Compare(blocks[a.block].items[a.item].priority, blocks[b.block].items[b.item].priority)
	})
	return places
}

// render returns the page with the first n of the places.
func render(blocks []block, places []place, n int) string {
	shown := make([]map[int]bool, len(blocks))
	for i := range shown {
		shown[i] = map[int]bool{}
	}
	for _, at := range places[:n] {
		shown[at.block][at.item] = true
	}
	var page strings.Builder
	page.WriteString(cutNotice(blocks, places[n:]))
	for i, b := range blocks {
		page.WriteString(b.text(shown[i]))
	}
	return strings.TrimPrefix(page.String(), "\n")
}

func (b block) text(shown map[int]bool) string {
	var text strings.Builder
	if b.intro != "" {
		text.WriteString("\n" + b.intro + "\n")
	}
	if len(shown) == 0 {
		return text.String()
	}
	text.WriteString("\n" + b.head)
	for i, item := range b.items {
		if shown[i] {
			text.WriteString(item.text)
		}
	}
	if missing := len(b.items) - len(shown); missing > 0 {
		fmt.Fprintf(&text, "\n_Cut: %s more._\n", count(missing, b.noun))
	}
	if b.foot != "" {
		text.WriteString("\n" + b.foot + "\n")
	}
	return text.String()
}

// cutNotice returns what is said at the top of a page that lacks something.
func cutNotice(blocks []block, missing []place) string {
	if len(missing) == 0 {
		return ""
	}
	decisions, marked, others := 0, 0, 0
	for _, at := range missing {
		item := blocks[at.block].items[at.item]
		switch {
		case blocks[at.block].noun != nounDecision:
			others++
		case item.isMarked:
			marked++
			decisions++
		default:
			decisions++
		}
	}
	all := 0
	for _, b := range blocks {
		if b.noun == nounDecision {
			all += len(b.items)
		}
	}
	notice := fmt.Sprintf("\n⚠️ **Cut: %d of %s are missing on this page, %d of them marked ⚠️.**", decisions, count(all, nounDecision), marked)
	if others > 0 {
		notice += fmt.Sprintf(" So are %s of its lists.", count(others, "line"))
	}
	return notice + " The page made with `--full` has all of them.\n"
}

// tableRow returns a line of a table.
func tableRow(cells []string) string { return "| " + strings.Join(cells, " | ") + " |\n" }

// tableHead returns the first two lines of a table.
func tableHead(columns []string) string {
	return tableRow(columns) + "|" + strings.Repeat(" --- |", len(columns)) + "\n"
}
