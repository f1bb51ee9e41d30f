// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package summary_test

import (
	"regexp"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/didit-community/terraform-provider-didit/internal/summary"
)

func TestCell_ShowsEveryCharacterOfAText(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ comment, want string }{
		"plain words":           {"Forged, see page 2: 100 % sure (twice).", "`Forged, see page 2: 100 % sure (twice).`"},
		"other scripts":         {"Geprüft – подделка 偽造 🙂", "`Geprüft – подделка 偽造 🙂`"},
		"Markdown":              {"**bold** _x_ ~~y~~ [a](http://b.example) ![i](c.example)", "`**bold** _x_ ~~y~~ [a](http://b.example) ![i](c.example)`"},
		"HTML":                  {"<img src=x onerror=alert(1)>&lt;", "`<img src=x onerror=alert(1)>&lt;`"},
		"mention":               {"Ask @octocat and @org/team", "`Ask @\u200boctocat and @\u200borg/team`"},
		"issue":                 {"Closes #12", "`Closes #\u200b12`"},
		"pipe":                  {"a|b||c", "`a|b||c`"},
		"pipe after backslash":  {`a\|b`, "`a\\\u200b|b`"},
		"pipe after two":        {`a\\|b`, "`a\\\\\u200b|b`"},
		"backslash at the end":  {`a\`, "`a\\`"},
		"backtick":              {"a`b", "``a`b``"},
		"backticks at the ends": {"``a`", "``` ``a` ```"},
		"fence":                 {"```", "```` ``` ````"},
		"lines":                 {"one\ntwo\r\nthree\rfour\u2028five", "`one ⏎ two ⏎ three ⏎ four ⏎ five`"},
		"tab and wide spaces":   {"a\tb\u00a0c\u3000d", "`a b c d`"},
		"control characters":    {"a\x00b\x1b[31mc\x7f", "`a[U+0000]b[U+001B][31mc[U+007F]`"},
		"other direction":       {"a\u202eb\u2066c\u200fd", "`a[U+202E]b[U+2066]c[U+200F]d`"},
		"no width":              {"a\u200bb\u200dc\ufeffd\u2060e\u00adf", "`a[U+200B]b[U+200D]c[U+FEFF]d[U+2060]e[U+00AD]f`"},
		"drawn empty":           {"a\u3164b\u2800c\u115fd\ufe0fe", "`a[U+3164]b[U+2800]c[U+115F]d[U+FE0F]e`"},
		"tags":                  {"a\U000e0041b", "`a[U+E0041]b`"},
		"accents":               {"e\u0301", "`e\u0301`"},
		"heaps of accents":      {"e" + strings.Repeat("\u0301", 5), "`e\u0301\u0301\u0301[U+0301][U+0301]`"},
		"invalid bytes":         {"a\xffb", "`a\ufffdb`"},
		"spaces around":         {" a ", "`  a  `"},
		"nothing":               {"", "_empty_"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := commentCell(t, test.comment); got != test.want {
				t.Errorf("the cell is %s, want %s", got, test.want)
			}
		})
	}
}

func TestCell_CutsLongTextsAndCountsTheRest(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ comment, want string }{
		"as long as it may be":     {strings.Repeat("ä", 300), "`" + strings.Repeat("ä", 300) + "`"},
		"one more":                 {strings.Repeat("ä", 301), "`" + strings.Repeat("ä", 300) + "` … _cut: 1 more characters_"},
		"what is made visible":     {strings.Repeat("\u202e", 300), "`" + strings.Repeat("[U+202E]", 37) + "` … _cut: 263 more characters_"},
		"a mark that is not there": {"a` … _cut: 1 more characters_", "``a` … _cut: 1 more characters_``"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := commentCell(t, test.comment); got != test.want {
				t.Errorf("the cell is %s, want %s", got, test.want)
			}
		})
	}
}

// rowOf returns the only row of a page whose hostile texts are all this one.
func rowOf(t *testing.T, text string) string {
	t.Helper()
	decided := fields{"session_id": text, "node_id": text, "hit_id": text, "from": text, "review_status": text, "comment": text, "outcome": "stands"}
	plan := parsePlan(t, planOf(change("create", nil, decided)))
	markdown := summary.Markdown(page, summarize(t, summary.Input{Group: text, Plan: plan}))
	rows := tableRows(markdown)
	if len(rows) != 1 {
		t.Fatalf("the text %q makes %d rows: %q", text, len(rows), rows)
	}
	for heading := range strings.Lines(markdown) {
		if strings.HasPrefix(heading, "#") && strings.ContainsAny(withoutCode(heading), "@<>|`[*") {
			t.Errorf("the heading %q is more than code", heading)
		}
	}
	return rows[0]
}

func commentCell(t *testing.T, comment string) string {
	t.Helper()
	return strings.TrimSpace(cellsOf(t, rowOf(t, comment))[3])
}

var cutMark = regexp.MustCompile(` … _cut: \d+ more characters_`)

func FuzzText_CannotBreakThePage(f *testing.F) {
	for _, seed := range []string{
		"Forged.", "", " ", "a|b", `\|`, `\\|`, `\\\|`, "`", "``|``", "`\\`|", "a\nb", "| a | b |\n| --- | --- |", "@octocat", "@@a", "@\u200ba",
		"closes #12, GH-12, org/repo#12", "<!-- ", "<script>alert(1)</script>", "</td></tr>", "&#64;octocat", "[a](javascript:b)", "![x](http://e.example/p.png)",
		"https://e.example www.e.example a@e.example", "\x00\x1b\u202e\u200d\u2066", "\xff\xfe", strings.Repeat("`", 400), strings.Repeat("|", 400), strings.Repeat("\\|", 200),
		strings.Repeat("@", 350), "\u2028\u2029\u0085\v\f", "e\u0301\u0301\u0301\u0301\u0301", "\n::error::x", "##[error]x", "###", "default", "` of `feature_aml_1",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		row := rowOf(t, text)
		if !utf8.ValidString(row) {
			t.Errorf("the row is not UTF-8: %q", row)
		}
		for _, r := range strings.NewReplacer("@\u200b", "", "#\u200b", "", `\`+"\u200b|", "", `\`+"\u200b\\|", "", "⚠️", "").Replace(row) {
			if r != '\n' && (!unicode.IsPrint(r) || unicode.Is(unicode.Other_Default_Ignorable_Code_Point, r)) {
				t.Errorf("the row has %U in it: %q", r, row)
			}
		}
		if regexp.MustCompile(`@[\pL\pN_]|#\d|##`).MatchString(row) {
			t.Errorf("the row mentions a person, refers to an issue, or is a command of a CI service: %q", row)
		}
		cells := cellsOf(t, row)
		if len(cells) != 5 {
			t.Fatalf("the row has %d cells, want 5: %q", len(cells), row)
		}
		for i, cell := range cells {
			cell = strings.ReplaceAll(cutMark.ReplaceAllString(cell, ""), "_empty_", "`x`")
			want := []string{" AML hit  of  ", "  ", "  ", "  ", " as before "}[i]
			if text == "default" {
				want = strings.Replace(want, " of ", "", 1)
			}
			if got := withoutCode(cell); got != want {
				t.Errorf("without code, the cell %q is %q, want %q", cell, got, want)
			}
		}
		if comment := strings.TrimSpace(cells[3]); isPlain(text) && comment != "`"+text+"`" {
			t.Errorf("the cell is %q, want the text %q", comment, text)
		}
	})
}

// isPlain reports whether a text can be shown as it is.
func isPlain(text string) bool {
	return regexp.MustCompile(`^[A-Za-z.,:;()<>*_~]{1,300}$`).MatchString(text)
}

// tableRows returns the rows of all tables, without their heads.
func tableRows(markdown string) []string {
	var rows []string
	lines := strings.SplitAfter(markdown, "\n")
	for i, line := range lines {
		isHead := i+1 < len(lines) && strings.HasPrefix(lines[i+1], "| --- |")
		if strings.HasPrefix(line, "| ") && !strings.HasPrefix(line, "| --- |") && !isHead {
			rows = append(rows, line)
		}
	}
	return rows
}

// cellsOf splits a row at its pipes. For some renderers a pipe is escaped if a
// backslash stands before it, for others if an odd number of them does: a row has to
// be the same for both.
func cellsOf(t *testing.T, row string) []string {
	t.Helper()
	if strings.Count(row, "\n") != 1 || !strings.HasPrefix(row, "| ") || !strings.HasSuffix(row, " |\n") {
		t.Fatalf("it is not one row: %q", row)
	}
	var cells []string
	cell, backslashes := "", 0
	for _, r := range strings.TrimSuffix(strings.TrimPrefix(row, "|"), "\n") {
		switch {
		case r == '|' && backslashes == 0:
			cells, cell = append(cells, cell), ""
		case r == '|' && backslashes%2 == 0:
			t.Fatalf("renderers differ on whether a pipe ends a cell: %q", row)
		case r == '|':
			cell = strings.TrimSuffix(cell, `\`) + "|"
		default:
			cell += string(r)
		}
		backslashes++
		if r != '\\' {
			backslashes = 0
		}
	}
	return cells
}

// withoutCode returns a text without its code spans: from a run of
// backticks to the next one of the same length.
func withoutCode(text string) string {
	left := ""
	for text != "" {
		before, rest, found := strings.Cut(text, "`")
		left += before
		if !found {
			break
		}
		inside := strings.TrimLeft(rest, "`")
		fence := 1 + len(rest) - len(inside)
		end := endOfCode(inside, fence)
		if end < 0 {
			return left + text[len(before):]
		}
		text = inside[end:]
	}
	return left
}

// endOfCode returns where the code ends, after its fence; -1 if it does not.
func endOfCode(text string, fence int) int {
	for at := 0; at < len(text); {
		run := len(text[at:]) - len(strings.TrimLeft(text[at:], "`"))
		if run == fence {
			return at + run
		}
		at += max(run, 1)
	}
	return -1
}
