// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package decisionfile

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"

	"github.com/didit-community/terraform-provider-didit/internal/check"
)

// Short tags of YAML.
const (
	tagText    = "!!str"
	tagBoolean = "!!bool"
	tagNull    = "!!null"
)

// entry is a key with its value.
type entry struct{ key, value *yaml.Node }

// mapping returns the entries of a mapping by name; nil if it is none. known are the keys
// that may occur; nil allows any name.
func (r *reader) mapping(node *yaml.Node, path string, known []string) map[string]entry {
	if !r.isPlain(node, path) {
		return nil
	}
	if node.Kind != yaml.MappingNode {
		what := "must have names, and a decision for each"
		if known != nil {
			what = "must have keys, such as " + strings.Join(known, ", ")
		}
		if path == "" {
			what = "the file " + what
		}
		r.problemAt(node, path, what)
		return nil
	}
	found, first := map[string]entry{}, map[string]int{}
	for pair := range slices.Chunk(node.Content, 2) {
		key := pair[0]
		if !r.isKey(key, path) {
			continue
		}
		name, at := key.Value, join(path, key.Value)
		if line, twice := first[name]; twice {
			r.problemAt(key, at, fmt.Sprintf("is written in line %d already", line))
			continue
		}
		first[name] = key.Line
		if known != nil && !slices.Contains(known, name) {
			name = nearest(name, known)
			r.problemAt(key, at, "unknown key; "+hintAbout(key.Value, name, known))
		}
		if _, twice := found[name]; name != "" && !twice {
			found[name] = entry{key, pair[1]} // So that one mistake is one problem.
		}
	}
	return found
}

func hintAbout(written, meant string, known []string) string {
	switch ascii := check.QuoteASCII(written); {
	case meant == "":
		return "known are " + strings.Join(known, ", ")
	case ascii != check.Quote(written):
		return fmt.Sprintf("did you mean %s, not %s?", meant, ascii)
	default:
		return fmt.Sprintf("did you mean %s?", meant)
	}
}

// isPlain reports an alias, an anchor and a tag: what a reader of the file sees must
// be all that there is.
func (r *reader) isPlain(node *yaml.Node, path string) bool {
	switch {
	case node.Kind == yaml.AliasNode, node.Anchor != "":
		r.problemAt(node, path, "anchors and aliases are not allowed: write the text itself")
	case node.Style&yaml.TaggedStyle != 0, node.Tag == "!":
		r.problemAt(node, path, "tags such as !!str are not allowed")
	default:
		return true
	}
	return false
}

// isKey reports a key that is not written as the plain text that it is, and returns
// whether its value can be read.
func (r *reader) isKey(key *yaml.Node, path string) bool {
	var problem string
	isKey := false
	switch {
	case !r.isPlain(key, path):
		return false
	case key.Tag == "!!merge":
		problem = "merge keys are not allowed: write the keys themselves"
	case key.Kind != yaml.ScalarNode:
		problem = "a key must be text"
	case utf8.RuneCountInString(key.Value) > maxName:
		problem = fmt.Sprintf("a key can have at most %d characters", maxName)
	case key.Style != 0:
		problem, isKey = fmt.Sprintf("write the key %s without quotes", check.Quote(key.Value)), !strings.ContainsFunc(key.Value, check.Hidden)
	case key.Tag != tagText:
		problem = check.Quote(key.Value) + " is not text in YAML: begin the key with a letter"
	case !r.isWritten(key):
		problem = "write the key on one line"
	default:
		return true
	}
	r.problemAt(key, path, problem)
	return isKey
}

// isWritten reports whether the file has the node's text at its place as it is, without
// line breaks and escapes.
func (r *reader) isWritten(node *yaml.Node) bool {
	from, text := node.Column-1, []rune(node.Value)
	if node.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle) != 0 {
		from++
	}
	if node.Line < 1 || node.Line > len(r.lines) || from < 0 {
		return false
	}
	line := r.lines[node.Line-1]
	return from+len(text) <= len(line) && slices.Equal(line[from:from+len(text)], text)
}

// value stores a value in a *string or *bool, or reports what is wrong with it.
func (r *reader) value(node *yaml.Node, path string, f field, in any) {
	if !r.isPlain(node, path) {
		return
	}
	switch in := in.(type) {
	case *bool:
		if *in = strings.EqualFold(node.Value, "true"); node.Tag != tagBoolean {
			r.problemAt(node, path, "must be true or false, without quotes")
		}
	case *string:
		if problem := r.textProblem(node, f); problem != "" {
			r.problemAt(node, path, problem)
		} else {
			*in = node.Value
		}
	}
}

// textProblem returns what is wrong with a text. Escapes can bring in characters that
// readText has not seen.
func (r *reader) textProblem(node *yaml.Node, f field) string {
	isEmpty := node.Tag == tagNull
	switch {
	case node.Kind != yaml.ScalarNode:
		return "must be text, not a list or keys"
	case f.name == "to" && (isEmpty || node.Value == ""):
		return "is empty: decide, and write " + check.List(f.values)
	case isEmpty:
		return "is empty: write a text, or leave the key out"
	case node.Tag != tagText:
		return fmt.Sprintf("%.100s is not text in YAML: put it in quotes", node.Value)
	case !f.prose && !r.isWritten(node):
		return "must be written on one line, without escapes"
	}
	for _, char := range node.Value {
		if check.Hidden(char) && (char != '\n' || !f.prose) {
			return hiddenProblem(char)
		}
	}
	if _, problem := composed(node.Value); problem != "" && !r.hasProblem(node.Line) {
		return problem
	}
	return f.check(node.Value)
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}
