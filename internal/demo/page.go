// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// pageWidth leaves Terraform's own 78 columns room for the indentation.
const pageWidth = 80

// indentation sets what Terraform says apart from what the story says.
const indentation = "  "

// page is what the reader sees. What cannot be written is lost.
type page struct {
	writer  io.Writer
	colours bool
}

func (p page) line(text string) { _, _ = fmt.Fprintln(p.writer, text) }

// heading opens an act.
func (p page) heading(title string) {
	rule := strings.Repeat("━", max(3, pageWidth-utf8.RuneCountInString(title)-4))
	p.line(p.styled(bold, "━━ "+title+" "+rule))
	p.line("")
}

// paragraph writes a text of any line breaks within the width of the page.
func (p page) paragraph(text string) {
	line := ""
	for word := range strings.FieldsSeq(text) {
		if line != "" && utf8.RuneCountInString(line+" "+word) > pageWidth {
			p.line(line)
			line = ""
		}
		line = strings.TrimPrefix(line+" "+word, " ")
	}
	p.line(line)
	p.line("")
}

// command shows what a user would type.
func (p page) command(line string) { p.line(p.styled(bold, "$ "+line)) }

// event tells what happens outside of Terraform.
func (p page) event(text string) { p.line(p.styled(cyan, "→ "+text)) }

// verdict says that something came as it was to come.
func (p page) verdict(text string) { p.line(p.styled(green, "✓ "+text)) }

// quote shows what a file holds.
func (p page) quote(text string) {
	_, _ = io.WriteString(p.quoting(), text)
	p.line("")
}

// quoting is a writer for what somebody else says.
func (p page) quoting() io.Writer { return &indenter{writer: p.writer} }

// style is the code that begins it.
type style string

const (
	bold  style = "\x1b[1m"
	green style = "\x1b[32m"
	cyan  style = "\x1b[36m"
)

func (p page) styled(s style, text string) string {
	if !p.colours {
		return text
	}
	return string(s) + text + "\x1b[0m"
}

// indenter indents every line that is not empty.
type indenter struct {
	writer io.Writer
	inLine bool
}

func (i *indenter) Write(text []byte) (int, error) {
	var indented bytes.Buffer
	for line := range bytes.Lines(text) {
		if !i.inLine && len(line) > 0 && line[0] != '\n' {
			indented.WriteString(indentation)
		}
		indented.Write(line)
		i.inLine = !bytes.HasSuffix(line, []byte("\n"))
	}
	if _, err := i.writer.Write(indented.Bytes()); err != nil {
		return 0, err
	}
	return len(text), nil
}
