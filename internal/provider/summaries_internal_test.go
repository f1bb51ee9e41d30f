// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// A summary that is missing in the list has no section in the guide, either.
func TestSummaries_ListsEverySummary(t *testing.T) {
	t.Parallel()
	names, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}

	var found int
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(node ast.Node) bool {
			switch node := node.(type) {
			case *ast.ValueSpec:
				if strings.HasPrefix(node.Names[0].Name, "summary") && len(node.Values) == 1 {
					found++
					if text := literal(node.Values[0]); !slices.Contains(Summaries, text) {
						t.Errorf("%s: Summaries lacks %s, %q", name, node.Names[0].Name, text)
					}
				}
			case *ast.CallExpr:
				if text := summaryLiteral(node); text != "" {
					t.Errorf("%s: write %q as a constant in summaries.go", name, text)
				}
			case *ast.CompositeLit:
				if kind, ok := node.Type.(*ast.Ident); ok && kind.Name == "stringValidator" && literal(node.Elts[0]) != "" {
					t.Errorf("%s: write %q as a constant in summaries.go", name, literal(node.Elts[0]))
				}
			}
			return true
		})
	}

	if found != len(Summaries) {
		t.Errorf("there are %d constants, and Summaries has %d", found, len(Summaries))
	}
}

// summaryLiteral returns the literal summary of a call that makes a diagnostic; "" if it
// has none.
func summaryLiteral(call *ast.CallExpr) string {
	function, ok := call.Fun.(*ast.SelectorExpr)
	if !ok || !strings.Contains(function.Sel.Name, "Error") && !strings.Contains(function.Sel.Name, "Warning") || len(call.Args) < 2 {
		return ""
	}
	// The arguments are an optional path, the summary and the detail.
	return literal(call.Args[len(call.Args)-2])
}

// literal returns the value of a string literal; "" for any other expression.
func literal(expression ast.Expr) string {
	if text, ok := expression.(*ast.BasicLit); ok && text.Kind == token.STRING {
		value, _ := strconv.Unquote(text.Value)
		return value
	}
	return ""
}
