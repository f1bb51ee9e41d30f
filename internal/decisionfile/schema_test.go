// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package decisionfile_test

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v4"

	"github.com/didit-community/terraform-provider-didit/internal/decisionfile"
)

// compileSchema compiles the schema of decision files.
func compileSchema(tb testing.TB) *jsonschema.Schema {
	tb.Helper()
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(decisionfile.Schema()))
	if err != nil {
		tb.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("decision-file.json", document); err != nil {
		tb.Fatal(err)
	}
	schema, err := compiler.Compile("decision-file.json")
	if err != nil {
		tb.Fatal(err)
	}
	return schema
}

// readerOnly are the bad files whose values are good: what is wrong is how they are
// written, or is between two decisions, or needs more than a pattern.
var readerOnly = []string{
	"anchors", "carriage-return-end", "carriage-return", "default-node", "directive-tag", "escapes", "nfd", "same-subject", "tags", "too-large", "utf-16",
}

func TestSchema_AgreesWithReader(t *testing.T) {
	t.Parallel()
	schema := compileSchema(t)
	names, err := filepath.Glob("testdata/*/*.yaml")
	if err != nil || len(names) == 0 {
		t.Fatalf("%d files: %v", len(names), err)
	}
	accepted := []string{}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var value any
		if err := yaml.Load(text, &value); err != nil {
			if filepath.Base(filepath.Dir(name)) == "good" {
				t.Errorf("%s: %v", name, err)
			}
			continue // An editor shows that without a schema.
		}
		err = schema.Validate(value)
		_, problems := decisionfile.Read(name, text)
		switch {
		case len(problems) == 0 && err != nil:
			t.Errorf("%s: the reader accepts it, the schema does not: %v", name, err)
		case len(problems) > 0 && err == nil:
			accepted = append(accepted, strings.TrimSuffix(filepath.Base(name), ".yaml"))
		}
	}
	if !slices.Equal(accepted, readerOnly) {
		t.Errorf("bad files that the schema accepts: %q\nwant %q", accepted, readerOnly)
	}
}
