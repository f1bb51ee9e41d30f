// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package decisionfile

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/didit-community/terraform-provider-didit/internal/check"
)

// reader reads one file.
type reader struct {
	file     File
	lines    [][]rune
	problems []Problem
}

func (r *reader) problem(line, column int, format string, args ...any) {
	r.problems = append(r.problems, Problem{File: r.file.Name, Line: line, Column: column, Text: fmt.Sprintf(format, args...)})
}

func (r *reader) problemAt(node *yaml.Node, path, text string) {
	if path != "" {
		text = path + ": " + text
	}
	r.problem(node.Line, node.Column, "%s", text)
}

func (r *reader) read(text []byte) {
	if len(text) > maxBytes {
		r.problem(1, 1, "the file has %d bytes; at most %d are allowed", len(text), maxBytes)
		return
	}
	if root := r.parse(r.readText(string(text))); root != nil {
		r.readFile(root)
	}
}

// parse returns the nodes of the only document, or nil.
func (r *reader) parse(text string) *yaml.Node {
	loader, err := yaml.NewLoader(strings.NewReader(text))
	if err != nil {
		r.problem(1, 1, "not YAML: %s", err)
		return nil
	}
	var document, second yaml.Node
	err = loader.Load(&document)
	if errors.Is(err, io.EOF) {
		r.problem(1, 1, "the file is empty: it needs session_id and at least one decision")
		return nil
	}
	if err == nil {
		err = loader.Load(&second)
	}
	switch syntax := (*yaml.LoadError)(nil); {
	case errors.Is(err, io.EOF):
		return document.Content[0]
	case err == nil:
		r.problem(second.Line, second.Column, "a second YAML document begins here: write one file for each session")
	case errors.As(err, &syntax):
		r.syntaxProblem(syntax)
	default:
		r.problem(1, 1, "not YAML: %s", err)
	}
	return nil
}

// syntaxHints say what people do wrong where the parser says what it expects.
var syntaxHints = map[string]string{
	"mapping values are not allowed in this context": "a colon and a space are not allowed here: put the text in quotes",
	"found unexpected end of stream":                 "a quote is not closed",
	"did not find expected key":                      "the indentation does not fit the lines above, or a quote is missing",
	"could not find expected ':'":                    "a colon is missing after the key",
	"did not find expected ',' or '}'":               "a comma or a closing brace is missing",
}

func (r *reader) syntaxProblem(syntax *yaml.LoadError) {
	at := syntax.Mark
	if at.Line >= len(r.lines) && syntax.ContextMark.Line > 0 {
		at = syntax.ContextMark // Where the quote or brace is opened, not where the file ends.
	}
	hint, found := syntaxHints[syntax.Message]
	if !found {
		hint = syntax.Message
	}
	if line := max(at.Line, 1); !r.hasProblem(line) { // Otherwise that one is the cause.
		r.problem(line, max(at.Column, 1), "not YAML: %.200s", hint)
	}
}

func (r *reader) hasProblem(line int) bool {
	return slices.ContainsFunc(r.problems, func(p Problem) bool { return p.Line == line })
}

func (r *reader) readFile(root *yaml.Node) {
	keys := r.mapping(root, "", []string{sessionID, archived, hits, steps, session})
	if keys == nil {
		return
	}
	r.values(keys, fileFields, root, "", func(f field) any {
		return map[string]any{sessionID: &r.file.SessionID, archived: &r.file.Archived}[f.name]
	})
	r.decisions(Hit, hits, keys)
	r.decisions(Step, steps, keys)
	if entry, found := keys[session]; found {
		r.decision(Session, "", entry)
	}
	if !hasAny(keys, hits, steps, session) {
		r.problemAt(root, "", "the file decides nothing: it needs hits, steps or session")
	}
	slices.SortFunc(r.file.Decisions, func(a, b Decision) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	r.checkSubjects()
}

// values stores the values of the fields. of has them, and its keys.
func (r *reader) values(keys map[string]entry, fields []field, of *yaml.Node, path string, in func(field) any) {
	for _, f := range fields {
		if entry, found := keys[f.name]; found {
			r.value(entry.value, join(path, f.name), f, in(f))
		} else if f.required {
			r.problemAt(of, path, f.name+" is missing")
		}
	}
}

func hasAny(keys map[string]entry, names ...string) bool {
	return slices.ContainsFunc(names, func(name string) bool { _, found := keys[name]; return found })
}

// decisions reads those of a kind.
func (r *reader) decisions(kind Kind, name string, keys map[string]entry) {
	group, found := keys[name]
	if !found {
		return
	}
	named := r.mapping(group.value, name, nil)
	if named != nil && len(group.value.Content) == 0 {
		r.problemAt(group.value, name, "must have at least one decision")
	}
	for key, entry := range named {
		r.decision(kind, key, entry)
	}
}

// decision reads one decision.
func (r *reader) decision(kind Kind, key string, from entry) {
	d := Decision{Kind: kind, Key: key, Line: from.key.Line, Column: from.key.Column}
	path := d.Subject()
	keys := r.mapping(from.value, path, names(fields[kind]))
	if keys == nil {
		return
	}
	r.values(keys, fields[kind], from.key, path, func(f field) any { return f.in(&d) })
	switch {
	case kind != Step || hasAny(keys, featureType):
	case !hasAny(keys, nodeID):
		r.problemAt(from.key, path, "node_id is missing; for a workflow without a graph, write feature_type")
	case d.NodeID == DefaultNodeID: // Every step of a workflow without a graph has it.
		r.problemAt(from.key, path, "feature_type is missing, which node_id default needs")
	}
	if kind != Session && !hasAny(keys, nodeID) {
		d.NodeID = DefaultNodeID
	}
	// An alias would be another step to rules, keys and comparisons.
	d.FeatureType = check.CanonicalFeatureType(d.FeatureType)
	r.file.Decisions = append(r.file.Decisions, d)
}

// checkSubjects reports a second decision about one step or hit.
func (r *reader) checkSubjects() {
	first := map[Decision]Decision{}
	for _, d := range r.file.Decisions {
		subject := d.address()
		if d.Kind == Hit && d.HitID == "" || d.Kind == Step && d.NodeID == "" {
			continue // Reported already.
		}
		if other, found := first[subject]; found {
			r.problem(d.Line, d.Column, "%s: %s in line %d decides about the same subject", d.Subject(), other.Subject(), other.Line)
			continue
		}
		first[subject] = d
	}
}
