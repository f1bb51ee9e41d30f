// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package guides_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// borrowed are summaries that the page explains though others have written them.
var borrowed = []string{
	"Invalid Attribute Value", // terraform-plugin-framework-validators
}

var thirdHeading = regexp.MustCompile(`(?m)^### (.*)$`)

func TestEverySummaryOfAMessageHasItsSection(t *testing.T) {
	t.Parallel()
	var sections []string
	for _, heading := range thirdHeading.FindAllStringSubmatch(contentOf(t, guides+"/messages.md"), -1) {
		sections = append(sections, heading[1])
	}

	summaries := summariesOf(t, filepath.Join(checkout, "internal", "provider"))

	if len(summaries) < 30 {
		t.Errorf("only %d summaries were found: %q", len(summaries), summaries)
	}
	for _, summary := range summaries {
		if !slices.Contains(sections, summary) {
			t.Errorf("docs/guides/messages.md does not explain %q: write a section into templates/guides/messages.md", summary)
		}
	}
	for _, section := range sections {
		if !slices.Contains(summaries, section) && !slices.Contains(borrowed, section) {
			t.Errorf("docs/guides/messages.md explains %q, which the provider does not say any more", section)
		}
	}
}

// saying are the functions that make a message, with the place of its summary
// among their arguments.
var saying = map[string]int{
	"AddError":                      0,
	"AddWarning":                    0,
	"AddAttributeError":             1,
	"AddAttributeWarning":           1,
	"NewErrorDiagnostic":            0,
	"NewWarningDiagnostic":          0,
	"NewAttributeErrorDiagnostic":   1,
	"NewAttributeWarningDiagnostic": 1,
	"addSecretError":                0,
}

// summariesOf reads the summaries of all messages from the provider's source:
// constants whose names begin with summary, and texts that stand where a summary
// does.
func summariesOf(t *testing.T, folder string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]bool{}
	add := func(expression ast.Expr) {
		if literal, isLiteral := expression.(*ast.BasicLit); isLiteral && literal.Kind == token.STRING {
			text, _ := strconv.Unquote(literal.Value)
			found[text] = true
		}
	}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(parsed, func(node ast.Node) bool {
			switch node := node.(type) {
			case *ast.ValueSpec:
				for i, name := range node.Names {
					if strings.HasPrefix(name.Name, "summary") && i < len(node.Values) {
						add(node.Values[i])
					}
				}
			case *ast.CallExpr:
				if place, says := saying[nameOf(node.Fun)]; says && place < len(node.Args) {
					add(node.Args[place])
				}
			case *ast.CompositeLit:
				if nameOf(node.Type) == "checkedText" && len(node.Elts) > 0 {
					add(node.Elts[0])
				}
			}
			return true
		})
	}
	return slices.Sorted(maps.Keys(found))
}

// nameOf is the last name of a function or type, such as AddError.
func nameOf(expression ast.Expr) string {
	switch expression := expression.(type) {
	case *ast.Ident:
		return expression.Name
	case *ast.SelectorExpr:
		return expression.Sel.Name
	}
	return ""
}
