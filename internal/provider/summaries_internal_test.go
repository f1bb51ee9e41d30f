// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// A test of the guide reads summaries.go.
func TestSummaries_AreConstantsOfOneFile(t *testing.T) {
	t.Parallel()
	names, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}

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
				if strings.HasPrefix(node.Names[0].Name, "summary") && len(node.Values) > 0 && name != "summaries.go" {
					t.Errorf("%s: move %s to summaries.go", name, node.Names[0].Name)
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
