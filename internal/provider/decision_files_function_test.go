// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/didit-community/terraform-provider-didit/internal/acctest"
)

const caseFile = `session_id: 11111111-2222-4333-8444-000000000001
hits:
  politician: {hit_id: hit_1, from: Unreviewed, to: False Positive, reason: Another year of birth., ticket: CASE-7}
steps:
  passport:
    node_id: feature_ocr_1
    from: In Review
    to: Approved
    comment: |
      Two
      lines.
    exception: The rule asks for two documents.
    ticket: CASE-7
    defer_until_flow_finishes: true
  face: {feature_type: FACE_MATCH, from: Declined, to: Declined}
session: {from: In Review, to: Declined, ticket: CASE-7}
`

// functionResult returns the result of decision_files for the texts, as JSON, from the
// output of an apply without a provider block or key.
func functionResult(t *testing.T, texts map[string]string) (result string) {
	t.Helper()
	env := acctest.New(t, acctest.Unlimited)
	env.RequireCLI(8, "provider functions")
	w := acctest.NewWorkspace(t)
	text, err := json.Marshal(texts)
	if err != nil {
		t.Fatal(err)
	}
	w.Write("texts.json", string(text))
	w.Write("main.tf", functionConfig)
	w.MustRun("validate")
	w.MustRun("apply", "-auto-approve")
	env.RequireRequests(0, 0)
	var output string
	if err := json.Unmarshal([]byte(w.MustRun("output", "-json", "result")), &output); err != nil {
		t.Fatal(err)
	}
	return output
}

const functionConfig = `
terraform {
  required_providers {
    didit = { source = "registry.terraform.io/didit-community/didit" }
  }
}
output "result" {
  value = jsonencode(provider::didit::decision_files(jsondecode(file("${path.module}/texts.json"))))
}
`

// object returns JSON in the form of jsonencode.
func object(t *testing.T, text string) string {
	t.Helper()
	var value any
	if err := json.Unmarshal([]byte(text), &value); err != nil {
		t.Fatal(err)
	}
	compact, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(compact)
}

func TestDecisionFiles_ReturnsCompleteDecisions(t *testing.T) {
	t.Parallel()
	got := functionResult(t, map[string]string{
		"a.yaml":        caseFile,
		"archived.yaml": "session_id: 11111111-2222-4333-8444-000000000002\narchived: true\nsession: {from: In Review, to: Approved}\n",
		"b.yaml":        "session_id: 11111111-2222-4333-8444-000000000003\r\nsession: {from: Abandoned, to: Approved, comment: Came back.}\r\n",
	})

	want := object(t, `{
		"files": {
			"a.yaml": {
				"session_id": "11111111-2222-4333-8444-000000000001",
				"hits": {"politician": {
					"node_id": "default", "hit_id": "hit_1", "from": "Unreviewed", "to": "False Positive",
					"reason": "Another year of birth.", "ticket": "CASE-7", "recorded": "Another year of birth. (CASE-7)"
				}},
				"steps": {
					"passport": {
						"node_id": "feature_ocr_1", "feature_type": null, "from": "In Review", "to": "Approved", "comment": "Two\nlines.\n", "ticket": "CASE-7",
						"exception": "The rule asks for two documents.", "defer_until_flow_finishes": true, "recorded": "Two\nlines. (CASE-7)"
					},
					"face": {
						"node_id": "default", "feature_type": "FACE_MATCH", "from": "Declined", "to": "Declined", "comment": null, "ticket": null,
						"exception": null, "defer_until_flow_finishes": false, "recorded": null
					}
				},
				"session": {"from": "In Review", "to": "Declined", "comment": null, "ticket": "CASE-7", "exception": null, "recorded": "CASE-7"}
			},
			"b.yaml": {
				"session_id": "11111111-2222-4333-8444-000000000003", "hits": {}, "steps": {},
				"session": {"from": "Abandoned", "to": "Approved", "comment": "Came back.", "ticket": null, "exception": null, "recorded": "Came back."}
			}
		},
		"problems": []
	}`)
	if got != want {
		t.Errorf("result\n%s\nwant\n%s", got, want)
	}
}

func TestDecisionFiles_ListsEveryProblemAndLeavesOutTheFile(t *testing.T) {
	t.Parallel()
	session := func(number int, decision string) string {
		return fmt.Sprintf("session_id: 11111111-2222-4333-8444-00000000000%d\nsession: %s\n", number, decision)
	}
	got := functionResult(t, map[string]string{
		"good.yaml":    session(1, "{from: In Review, to: Approved}"),
		"bad.yaml":     session(2, "{from: in review, to: }"),
		"old.yaml":     session(3, "{from: In Review, to: Reviewed}") + "archived: true\n",
		"twin-1.yaml":  session(4, "{from: In Review, to: Approved}"),
		"twin-2.yaml":  session(4, "{from: In Review, to: Declined}"),
		"x/broken.yml": "session_id: 1: 2\n",
	})

	want := object(t, `{
		"files": {"good.yaml": {
			"session_id": "11111111-2222-4333-8444-000000000001", "hits": {}, "steps": {},
			"session": {"from": "In Review", "to": "Approved", "comment": null, "ticket": null, "exception": null, "recorded": null}
		}},
		"problems": [
			"bad.yaml:2:17: session.from: must be written \"In Review\", not \"in review\"",
			"bad.yaml:2:32: session.to: is empty: decide, and write \"Approved\" or \"Declined\"",
			"old.yaml:2:32: session.to: must be \"Approved\" or \"Declined\", not \"Reviewed\"",
			"x/broken.yml:1:14: not YAML: a colon and a space are not allowed here: put the text in quotes",
			"twin-1.yaml:1:1: session 11111111-2222-4333-8444-000000000004 is in twin-2.yaml, too: keep its decisions in one file",
			"twin-2.yaml:1:1: session 11111111-2222-4333-8444-000000000004 is in twin-1.yaml, too: keep its decisions in one file"
		]
	}`)
	if got != want {
		t.Errorf("result\n%s\nwant\n%s", got, want)
	}
}

func TestDecisionFiles_OfNoFiles(t *testing.T) {
	t.Parallel()
	if got := functionResult(t, map[string]string{}); got != `{"files":{},"problems":[]}` {
		t.Errorf("result %s", got)
	}
}

func TestDecisionFiles_TextThatIsMissingIsError(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, acctest.Unlimited)
	env.RequireCLI(8, "provider functions")
	w := acctest.NewWorkspace(t)
	w.Write("texts.json", `{"a.yaml": null}`)
	w.Write("main.tf", functionConfig)

	acctest.RequireText(t, w.MustFail("plan"), "decision_files", "a.yaml", "null")
}

func TestDecisionFiles_WorksInConsole(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, acctest.Unlimited)
	env.RequireTerraform(8, "provider functions in the console")
	w := acctest.NewWorkspace(t)
	w.Write("texts.json", "{}")
	w.Write("main.tf", functionConfig)
	w.Write("case.yaml", caseFile)

	console := w.CLI.Command(t.Context(), w.Folder, w.Variables, "console")
	console.Stdin = strings.NewReader(`provider::didit::decision_files({"case.yaml" = file("case.yaml")}).files["case.yaml"].hits["politician"].to` + "\n")

	output, err := console.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, output)
	}
	acctest.RequireText(t, string(output), `"False Positive"`)
}

// A rule of a module is tested without Didit: the function is the real one under a
// mocked provider.
func TestDecisionFiles_WorksUnderMockedProvider(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, acctest.Unlimited)
	env.RequireCLI(8, "provider functions")
	w := env.InstalledWorkspace()
	texts, err := json.Marshal(map[string]string{"case.yaml": caseFile, "bad.yaml": strings.Replace(caseFile, "to: Declined", "to: declined", 1)})
	if err != nil {
		t.Fatal(err)
	}
	w.Write("texts.json", string(texts))
	w.Write("main.tf", strings.Replace(functionConfig, "registry.terraform.io/", "", 1)) // The mirror has the host of the CLI.
	w.Write("tests/files.tftest.hcl", `
mock_provider "didit" {}

run "files" {
  command = plan

  assert {
    condition     = length(jsondecode(output.result).problems) == 3
    error_message = output.result
  }
}
`)
	w.MustRun("init")

	acctest.RequireText(t, w.MustRun("test"), "1 passed, 0 failed.")
	env.RequireRequests(0, 0)
}
