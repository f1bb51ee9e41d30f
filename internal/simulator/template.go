// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package simulator

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"strings"
	"sync"
)

// templateFiles holds one item of each report array with all the fields that the API documents for it, and the
// personal parts of a report, as readable JSON with {{placeholders}}.
//
//go:embed reports/*.json
var templateFiles embed.FS

// The placeholders that are filled in live, with their quotes; everything else is static for a person.
const (
	nodePlaceholder   = `"{{node_id}}"`
	statusPlaceholder = `"{{status}}"`
)

// template is JSON text for one person, cut where the node ID and the status of a step go.
type template []part

type part struct {
	text string
	hole string // the placeholder behind the text; "" at the end
}

// append writes the template with a node ID and a status, both already JSON.
func (t template) append(report []byte, node, status string) []byte {
	for _, p := range t {
		report = append(report, p.text...)
		switch p.hole {
		case nodePlaceholder:
			report = append(report, node...)
		case statusPlaceholder:
			report = append(report, status...)
		}
	}
	return report
}

// size is the length of the template without what is filled in, in bytes.
func (t template) size() int {
	n := 0
	for _, p := range t {
		n += len(p.text)
	}
	return n
}

// templates are the templates of one person by file name. They are made once, since a benchmark asks for thousands of
// reports and the filler is most of each.
var templates = func() (once [people]func() map[string]template) {
	for n := range people {
		once[n] = sync.OnceValue(func() map[string]template { return loadTemplates(newPerson(n)) })
	}
	return once
}()

// unknownTemplate is the item of an array that nobody knows.
const unknownTemplate = "unknown"

func templateOf(session, array string) template {
	all := templates[personOf(session)]()
	if t, ok := all[array]; ok {
		return t
	}
	return all[unknownTemplate]
}

func loadTemplates(p person) map[string]template {
	loaded := map[string]template{}
	files, err := fs.Glob(templateFiles, "reports/*.json")
	if err != nil {
		panic(err)
	}
	for _, file := range files {
		text, err := templateFiles.ReadFile(file)
		if err != nil {
			panic(err)
		}
		var compact bytes.Buffer
		if err := json.Compact(&compact, text); err != nil {
			panic(fmt.Sprintf("simulator: %s: %v", file, err))
		}
		name := strings.TrimSuffix(strings.TrimPrefix(file, "reports/"), ".json")
		loaded[name] = cut(p.fill(compact.String()))
	}
	return loaded
}

// cut splits a text at the placeholders that are filled in live.
func cut(text string) template {
	var t template
	for {
		at, hole := len(text), ""
		for _, placeholder := range []string{nodePlaceholder, statusPlaceholder} {
			if i := strings.Index(text, placeholder); i >= 0 && i < at {
				at, hole = i, placeholder
			}
		}
		t = append(t, part{text[:at], hole})
		if hole == "" {
			return t
		}
		text = text[at+len(hole):]
	}
}
