// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package pages

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// pageWidth is Terraform's own 78 columns and the indentation.
const pageWidth = 80

// Printer shows a page while it is followed: prose flush left, files and the output of
// commands indented. It ignores the writer's errors.
type Printer struct {
	Writer  io.Writer
	Colours bool
}

func (p Printer) line(code, text string) {
	if p.Colours && code != "" {
		text = code + text + "\x1b[0m"
	}
	_, _ = fmt.Fprintln(p.Writer, text)
}

const (
	bold  = "\x1b[1m"
	green = "\x1b[32m"
	cyan  = "\x1b[36m"
)

func (p Printer) heading(title string) {
	rule := strings.Repeat("━", max(3, pageWidth-utf8.RuneCountInString(title)-4))
	p.line(bold, "━━ "+title+" "+rule+"\n")
}

// paragraph wraps the text.
func (p Printer) paragraph(text string) {
	line := ""
	for word := range strings.FieldsSeq(text) {
		if line != "" && utf8.RuneCountInString(line+" "+word) > pageWidth {
			p.line("", line)
			line = ""
		}
		line = strings.TrimPrefix(line+" "+word, " ")
	}
	p.line("", line+"\n")
}

// command shows a line of a command.
func (p Printer) command(line string) { p.line(bold, "$ "+line) }

// event shows an event outside Terraform.
func (p Printer) event(text string) { p.line(cyan, "→ "+text) }

// verdict shows the result of a check.
func (p Printer) verdict(text string) { p.line(green, "✓ "+text) }

// quote shows the content of a file.
func (p Printer) quote(text string) {
	_, _ = io.WriteString(p.quoting(), text+"\n")
}

// quoting returns a writer that indents every line that is not empty.
func (p Printer) quoting() io.Writer { return &indenter{writer: p.Writer} }

type indenter struct {
	writer io.Writer
	inLine bool
}

func (i *indenter) Write(text []byte) (int, error) {
	var indented bytes.Buffer
	for line := range bytes.Lines(text) {
		if !i.inLine && line[0] != '\n' {
			indented.WriteString("  ")
		}
		indented.Write(line)
		i.inLine = !bytes.HasSuffix(line, []byte("\n"))
	}
	if _, err := i.writer.Write(indented.Bytes()); err != nil {
		return 0, err
	}
	return len(text), nil
}
