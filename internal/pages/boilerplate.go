// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package pages

import (
	"bytes"
	"io"
	"strings"

	"github.com/didit-community/terraform-provider-didit/internal/terraformcli"
)

// boilerplate drops from a command's output what Terraform prints in every run: a reader
// of a demo saw 658 lines, and half of them said nothing about decisions. It passes on
// whole lines, so close passes on a last one without a newline.
type boilerplate struct {
	writer io.Writer
	line   bytes.Buffer
	skip   skipping
	// hasText drops blank lines at the beginning, and all but one around what is dropped.
	hasText bool
}

type skipping int

const (
	nothing skipping = iota
	paragraph
	toSuccess
	toEnd
)

// sections begin with these texts. OpenTofu's name is another one.
var sections = []struct {
	begin string
	skip  skipping
}{
	{"Initializing the backend...", toSuccess},
	{"You may now begin working with ", toEnd},
	{"─────", toEnd},
	{"Terraform used the selected providers", paragraph},
	{"OpenTofu used the selected providers", paragraph},
	{"Terraform will perform the following actions:", paragraph},
	{"OpenTofu will perform the following actions:", paragraph},
	{"Terraform has compared your real infrastructure", paragraph},
	{"OpenTofu has compared your real infrastructure", paragraph},
}

func (b *boilerplate) Write(text []byte) (int, error) {
	for line := range bytes.Lines(text) {
		b.line.Write(line)
		if bytes.HasSuffix(line, []byte("\n")) {
			if err := b.close(); err != nil {
				return 0, err
			}
		}
	}
	return len(text), nil
}

// close passes the line on, unless it is boilerplate.
func (b *boilerplate) close() error {
	line := b.line.String()
	b.line.Reset()
	plain := terraformcli.Plain(line)
	if line == "" || b.isDropped(plain) || plain == "" && !b.hasText {
		return nil
	}
	b.hasText = plain != ""
	_, err := io.WriteString(b.writer, line)
	return err
}

func (b *boilerplate) isDropped(line string) bool {
	for _, section := range sections {
		if strings.HasPrefix(line, section.begin) {
			b.skip = section.skip
		}
	}
	switch {
	case b.skip == toSuccess && strings.Contains(line, "successfully initialized"), b.skip == paragraph && line == "":
		b.skip = nothing
	case b.skip != nothing:
		return true
	}
	return isProgress(line)
}

// isProgress reports whether a line is like "didit_session_status.case: Creating...".
func isProgress(line string) bool {
	address, rest, isThere := strings.Cut(line, ": ")
	return isThere && !strings.Contains(address, " ") && (strings.HasSuffix(rest, "...") || strings.Contains(rest, "... [id="))
}
