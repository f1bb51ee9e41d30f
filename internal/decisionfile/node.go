// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package decisionfile

import (
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
	"golang.org/x/text/unicode/norm"

	"github.com/didit-community/terraform-provider-didit/internal/check"
)

// Short tags of YAML.
const (
	tagText    = "!!str"
	tagBoolean = "!!bool"
	tagNull    = "!!null"
)

// entry is a key with its value.
type entry struct {
	name       string
	key, value *yaml.Node
}

// entries are those of a mapping, in the file's order.
type entries []entry

func (e entries) find(name string) (entry, bool) {
	for _, entry := range e {
		if entry.name == name {
			return entry, true
		}
	}
	return entry{}, false
}

func (e entries) has(name string) bool {
	_, found := e.find(name)
	return found
}

// mapping returns the entries of a mapping; nil if it is none. known are the keys that
// may occur; nil allows any name.
func (r *reader) mapping(node *yaml.Node, path string, known []string) entries {
	if !r.isPlain(node, path) {
		return nil
	}
	if node.Kind != yaml.MappingNode {
		what := "must be a mapping, as in \"key: value\""
		if known != nil {
			what = "must have the keys " + strings.Join(known, ", ")
		}
		r.problemAt(node, path, "%s", what)
		return nil
	}
	found, first := entries{}, map[string]int{}
	for i := 0; i+1 < len(node.Content); i += 2 {
		key, value := node.Content[i], node.Content[i+1]
		if !r.isKey(key, path) {
			continue
		}
		at := join(path, key.Value)
		if line, twice := first[key.Value]; twice {
			r.problemAt(key, at, "is written in line %d already", line)
			continue
		}
		first[key.Value] = key.Line
		if known != nil && !slices.Contains(known, key.Value) {
			hint := "known are " + strings.Join(known, ", ")
			if meant := nearest(key.Value, known); meant != "" {
				hint = fmt.Sprintf("did you mean %s?", meant)
			}
			r.problemAt(key, at, "unknown key; %s", hint)
			continue
		}
		found = append(found, entry{key.Value, key, value})
	}
	return found
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

// isKey reports a key that is not written as the plain text that it is.
func (r *reader) isKey(key *yaml.Node, path string) bool {
	switch {
	case !r.isPlain(key, path):
	case key.Tag == "!!merge":
		r.problemAt(key, path, "merge keys are not allowed: write the keys themselves")
	case key.Kind != yaml.ScalarNode:
		r.problemAt(key, path, "a key must be text")
	case key.Style != 0:
		r.problemAt(key, path, "write the key %q without quotes", key.Value)
	case key.Tag != tagText:
		r.problemAt(key, path, "%q is no text in YAML: begin the name with a letter", key.Value)
	case !strings.HasPrefix(r.rest(key), key.Value):
		r.problemAt(key, path, "write the key on one line")
	default:
		return true
	}
	return false
}

// rest returns the line from the node on.
func (r *reader) rest(node *yaml.Node) string {
	if node.Line < 1 || node.Line > len(r.lines) {
		return ""
	}
	line := []rune(r.lines[node.Line-1])
	return string(line[min(max(node.Column-1, 0), len(line)):])
}

// text returns the text of a value, and whether it is valid.
func (r *reader) text(node *yaml.Node, path string, f field) (string, bool) {
	problem := ""
	switch {
	case !r.isPlain(node, path):
		return "", false
	case node.Kind != yaml.ScalarNode:
		problem = "must be text"
	case node.Tag == tagNull && node.Value == "" && f.name == "to":
		problem = "is empty: decide, and write " + check.List(f.values)
	case node.Tag == tagNull && node.Value == "":
		problem = "is empty: write a text, or leave the key out"
	case node.Tag != tagText:
		problem = fmt.Sprintf("%s is not text in YAML: put it in quotes", node.Value)
	case f.prose || strings.HasPrefix(strings.TrimLeft(r.rest(node), `"'`), node.Value):
		problem = textProblem(node.Value, f)
	default:
		problem = "must be written on one line, without escapes"
	}
	if problem != "" {
		r.problemAt(node, path, "%s", problem)
		return "", false
	}
	return node.Value, true
}

// textProblem returns what is wrong with a text, which may have been written with
// escapes.
func textProblem(text string, f field) string {
	for _, char := range text {
		if check.Hidden(char) && !(char == '\n' && f.prose) {
			return hiddenProblem(char)
		}
	}
	if !norm.NFC.IsNormalString(text) {
		return "must be in Unicode's composed form (NFC)"
	}
	return f.check(text)
}

func (r *reader) boolean(node *yaml.Node, path string) bool {
	switch {
	case !r.isPlain(node, path):
	case node.Kind != yaml.ScalarNode || node.Tag != tagBoolean:
		r.problemAt(node, path, "must be true or false, without quotes")
	default:
		return strings.EqualFold(node.Value, "true")
	}
	return false
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}
