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
	refused
	markedCase
	unmarkedCase
	restOfList
)

// alwaysListed is the number of lines of each list that come before everything else, so
// that no list displaces another one.
const alwaysListed = 10

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
	shown := make([][]bool, len(blocks))
	for i, b := range blocks {
		shown[i] = make([]bool, len(b.items))
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

func (b block) text(shown []bool) string {
	var text strings.Builder
	if b.intro != "" {
		text.WriteString("\n" + b.intro + "\n")
	}
	if !slices.Contains(shown, true) {
		return text.String()
	}
	text.WriteString("\n" + b.head)
	missing := 0
	for i, item := range b.items {
		if shown[i] {
			text.WriteString(item.text)
		} else {
			missing++
		}
	}
	if missing > 0 {
		fmt.Fprintf(&text, "\n_Cut: %s more._\n", count(missing, b.noun))
	}
	if b.foot != "" {
		text.WriteString("\n" + b.foot + "\n")
	}
	return text.String()
}

// cutNotice returns the first paragraph of a page that lacks something.
func cutNotice(blocks []block, missing []place) string {
	if len(missing) == 0 {
		return ""
	}
	all, decisions, marked := 0, 0, 0
	for _, b := range blocks {
		if b.noun == nounDecision {
			all += len(b.items)
		}
	}
	for _, at := range missing {
		if b := blocks[at.block]; b.noun == nounDecision {
			decisions++
			if b.items[at.item].isMarked {
				marked++
			}
		}
	}
	lists := ""
	if n := len(missing) - decisions; n > 0 {
		lists = ", and " + count(n, "line") + " of its lists"
	}
	return fmt.Sprintf("\n⚠️ **Cut: %d of %d decisions are missing on this page, %d of them marked ⚠️%s.** The page made with `--full` has all of them.\n",
		decisions, all, marked, lists)
}

// tableRow returns a line of a table.
func tableRow(cells []string) string { return "| " + strings.Join(cells, " | ") + " |\n" }

// tableHead returns the first two lines of a table.
func tableHead(columns []string) string {
	return tableRow(columns) + "|" + strings.Repeat(" --- |", len(columns)) + "\n"
}
