// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package summary

import (
	"cmp"
	"fmt"
	"slices"
	"sort"
	"strings"

	"github.com/didit-community/terraform-provider-didit/internal/markdown"
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
	isShown  bool
}

// The priorities: where not all fits, lower ones come first.
const (
	firstOfList = iota
	refused
	markedCase
	unmarkedCase
	idleCase
	restOfList
)

// alwaysListed is the number of lines of each list that come before everything else, so
// that no list displaces another one.
const alwaysListed = 10

// fit returns the page in at most size bytes, as far as its intros allow; 0 for all of
// it. What is missing is counted where it was, and at the top of the page.
func fit(blocks []block, size int) string {
	var items []*item
	for _, b := range blocks {
		for i := range b.items {
			items = append(items, &b.items[i])
		}
	}
	slices.SortStableFunc(items, func(a, b *item) int { return cmp.Compare(a.priority, b.priority) })
	pageOf := func(n int) string {
		for i, item := range items {
			item.isShown = i < n
		}
		return render(blocks)
	}
	if whole := pageOf(len(items)); size == 0 || len(whole) <= size {
		return whole
	}
	n := sort.Search(len(items), func(n int) bool { return len(pageOf(n)) > size })
	// A page with one item more can be shorter, if nothing is missing in its block then.
	for n > 0 && len(pageOf(n)) > size {
		n--
	}
	return pageOf(n)
}

// render returns the page with the items that are shown.
func render(blocks []block) string {
	var page strings.Builder
	page.WriteString(cutNotice(blocks))
	for _, b := range blocks {
		b.render(&page)
	}
	return strings.TrimPrefix(page.String(), "\n")
}

func (b block) render(page *strings.Builder) {
	if b.intro != "" {
		page.WriteString("\n" + b.intro + "\n")
	}
	missing := b.missing()
	if len(missing) == len(b.items) {
		return
	}
	page.WriteString("\n" + b.head)
	for _, item := range b.items {
		if item.isShown {
			page.WriteString(item.text)
		}
	}
	if len(missing) > 0 {
		fmt.Fprintf(page, "\n_Cut: %s more._\n", count(len(missing), b.noun))
	}
	if b.foot != "" {
		page.WriteString("\n" + b.foot + "\n")
	}
}

// missing returns the items that are not shown.
func (b block) missing() []item {
	return slices.DeleteFunc(slices.Clone(b.items), func(it item) bool { return it.isShown })
}

// cutNotice returns the first paragraph of a page that lacks something.
func cutNotice(blocks []block) string {
	all, decisions, marked, lines := 0, 0, 0, 0
	for _, b := range blocks {
		missing := b.missing()
		if b.noun != nounDecision {
			lines += len(missing)
			continue
		}
		all, decisions = all+len(b.items), decisions+len(missing)
		marked += len(slices.DeleteFunc(missing, func(it item) bool { return !it.isMarked }))
	}
	if decisions+lines == 0 {
		return ""
	}
	lists := ""
	if lines > 0 {
		lists = ", and " + count(lines, "line") + " of its lists"
	}
	return fmt.Sprintf("\n⚠️ **Cut: %d of %d decisions are missing on this page, %d of them marked ⚠️%s.** The page made with `--full` has all of them.\n",
		decisions, all, marked, lists)
}

// tableHead returns the first two lines of a table.
func tableHead(columns []string) string {
	return markdown.TableRow(columns) + "|" + strings.Repeat(" --- |", len(columns)) + "\n"
}
