// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package decisionfile_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"
	"golang.org/x/text/unicode/norm"

	"github.com/didit-community/terraform-provider-didit/internal/check"
	"github.com/didit-community/terraform-provider-didit/internal/decisionfile"
)

// FuzzRead checks what must hold of any text: an accepted file means to a reader, to
// the schema and to any YAML decoder what it means to [decisionfile.Read].
func FuzzRead(f *testing.F) {
	names, err := filepath.Glob("testdata/*/*.yaml")
	if err != nil || len(names) == 0 {
		f.Fatalf("%d files: %v", len(names), err)
	}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		if len(text) < 4<<10 { // Long ones are tests of their own, and slow the search down.
			f.Add(text)
		}
	}
	schema := compileSchema(f)
	f.Fuzz(func(t *testing.T, text []byte) {
		file, problems := decisionfile.Read("x.yaml", text)
		for _, p := range problems {
			if p.Line < 1 || p.Column < 1 || p.Text == "" || strings.ContainsFunc(p.Text, check.Hidden) || utf8.RuneCountInString(p.Text) > 1000 {
				t.Errorf("problem %q", p)
			}
		}
		if len(problems) > 0 {
			return
		}
		checkText(t, string(text))
		var document yaml.Node
		if err := yaml.Load(text, &document); err != nil {
			t.Fatal(err)
		}
		checkNodes(t, strings.Split(string(text), "\n"), document.Content[0])
		var decoded any
		if err := yaml.Load(text, &decoded); err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(decoded); err != nil {
			t.Error(err)
		}
		checkValues(t, file, decoded.(map[string]any))
	})
}

func checkText(t *testing.T, text string) {
	t.Helper()
	visible := strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\n", " ")
	if len(text) > 64<<10 || !utf8.ValidString(text) || !norm.NFC.IsNormalString(text) || strings.ContainsFunc(visible, check.Hidden) {
		t.Error("the text has what a reader does not see")
	}
}

// checkNodes checks that nothing is aliased or tagged, and that each key is written at
// its place.
func checkNodes(t *testing.T, lines []string, node *yaml.Node) {
	t.Helper()
	if node.Kind == yaml.AliasNode || node.Anchor != "" || node.Style&yaml.TaggedStyle != 0 || node.Tag == "!" {
		t.Errorf("line %d: an alias, anchor or tag", node.Line)
	}
	for i, child := range node.Content {
		checkNodes(t, lines, child)
		if node.Kind != yaml.MappingNode || i%2 == 1 {
			continue
		}
		rest := string([]rune(lines[child.Line-1])[child.Column-1:])
		if child.Style != 0 || !strings.HasPrefix(rest, child.Value) {
			t.Errorf("line %d: key %q is written as %q", child.Line, child.Value, rest)
		}
	}
}

func checkValues(t *testing.T, file decisionfile.File, decoded map[string]any) {
	t.Helper()
	archived, _ := decoded["archived"].(bool)
	if file.SessionID != decoded["session_id"] || file.Archived != archived {
		t.Errorf("session %s, archived %t, want %v", file.SessionID, file.Archived, decoded)
	}
	count := 0
	for group, kind := range map[string]decisionfile.Kind{"hits": decisionfile.Hit, "steps": decisionfile.Step} {
		decisions, _ := decoded[group].(map[string]any)
		count += len(decisions)
		for key, value := range decisions {
			checkDecision(t, file, kind, key, value.(map[string]any))
		}
	}
	if value, found := decoded["session"]; found {
		count++
		checkDecision(t, file, decisionfile.Session, "", value.(map[string]any))
	}
	if len(file.Decisions) != count || count == 0 {
		t.Errorf("%d decisions, want %d", len(file.Decisions), count)
	}
}

// checkDecision checks that the file has the decision, with the decoded values.
func checkDecision(t *testing.T, file decisionfile.File, kind decisionfile.Kind, key string, decoded map[string]any) {
	t.Helper()
	text := func(key string) string {
		value, _ := decoded[key].(string)
		return value
	}
	want := decisionfile.Decision{
		Kind: kind, Key: key, NodeID: text("node_id"), FeatureType: check.CanonicalFeatureType(text("feature_type")), HitID: text("hit_id"), From: text("from"), To: text("to"),
		Comment: text("comment") + text("reason"), Ticket: text("ticket"), Exception: text("exception"),
	}
	want.Defer, _ = decoded["defer_until_flow_finishes"].(bool)
	if kind != decisionfile.Session && want.NodeID == "" {
		want.NodeID = "default"
	}
	for _, got := range file.Decisions {
		if got.Kind == kind && got.Key == key {
			want.Line, want.Column = got.Line, got.Column
			if got != want {
				t.Errorf("read %+v, want %+v", got, want)
			}
			return
		}
	}
	t.Errorf("no decision %v %q", kind, key)
}
