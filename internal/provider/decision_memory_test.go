// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"encoding/base64"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/didit-community/terraform-provider-didit/internal/acctest"
	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

const (
	summaryReplaced    = "A decision cannot be replaced"
	summaryMadeByOther = "Another block has made this decision"
)

func TestMadeOnce_ReplacementFailsPlan(t *testing.T) {
	forEachKind(t, func(t *testing.T, kind decisionKind) {
		for _, value := range []string{kind.wanted, kind.open, kind.other} {
			t.Run(value, func(t *testing.T) {
				t.Parallel()
				env := acctest.New(t, simulator.Options{})
				ws := kind.made(env, "Forged.")
				if value != kind.wanted {
					kind.set(env, value)
				}

				ws.RunJSON("apply", "-auto-approve", "-replace="+kind.at("one")).RequireError(summaryReplaced, kind.label[1:], "-replace", "new comment")
				ws.RunJSON("apply", "-auto-approve", "-refresh=false", "-replace="+kind.at("one")).RequireError(summaryReplaced)

				requirePatches(env, 0)
				ws.MustRun("apply", "-auto-approve")
				requirePatches(env, 0)
			})
		}
	})
}

func TestMadeOnce_ReplaceTriggeredByFailsPlan(t *testing.T) {
	forEachKind(t, func(t *testing.T, kind decisionKind) {
		env := acctest.New(t, simulator.Options{})
		requireUnknowns(env)
		const lifecycle = "  lifecycle {\n    replace_triggered_by = [terraform_data.trigger]\n  }"
		config := func(trigger string) string {
			return env.Config(terraformData("trigger", trigger), kind.decided("one", kind.open, kind.wanted, "Forged.", lifecycle))
		}
		ws := env.Workspace(config("a"))
		ws.MustRun("apply", "-auto-approve")
		kind.set(env, kind.open)
		env.ResetRequests()

		ws.Write("main.tf", config("b"))
		ws.RunJSON("apply", "-auto-approve").RequireError(summaryReplaced, "replace_triggered_by")

		requirePatches(env, 0)
	})
}

// Without from, a replacement sends nothing either.
func TestReplacement_CannotChangeDecision(t *testing.T) {
	forEachKind(t, func(t *testing.T, kind decisionKind) {
		env := acctest.New(t, simulator.Options{})
		ws := kind.applied(env, "Forged.")

		ws.Write("main.tf", env.Config(kind.block("one", kind.other, "A specimen.")))
		ws.RunJSON("apply", "-auto-approve", "-replace="+kind.at("one")).RequireError(summaryReplaced, `is "`+kind.wanted+`"`, `become "`+kind.other+`"`)
		requirePatches(env, 0)

		ws.Write("main.tf", env.Config(kind.block("one", kind.wanted, "Forged.")))
		ws.MustRun("apply", "-auto-approve", "-replace="+kind.at("one"))
		requirePatches(env, 0)
	})
}

// A new key in for_each is a new block for Terraform, which has made nothing.
func TestMadeOnce_RenamedBlockFailsPlanIfItWouldSend(t *testing.T) {
	forEachKind(t, func(t *testing.T, kind decisionKind) {
		forEach := func(key string) string { return fmt.Sprintf("  for_each = toset([%q])", key) }
		for name, test := range map[string]struct {
			before, after func(comment string) string
			from, to      string
		}{
			"block": {
				func(comment string) string { return kind.decided("one", kind.open, kind.wanted, comment) },
				func(comment string) string { return kind.decided("two", kind.open, kind.wanted, comment) },
				kind.at("one"), kind.at("two"),
			},
			"key": {
				func(comment string) string {
					return kind.decided("one", kind.open, kind.wanted, comment, forEach("before"))
				},
				func(comment string) string {
					return kind.decided("one", kind.open, kind.wanted, comment, forEach("after"))
				},
				kind.at("one") + `["before"]`, kind.at("one") + `["after"]`,
			},
			"block without from": {
				func(comment string) string { return kind.decided("one", kind.open, kind.wanted, comment) },
				func(comment string) string { return kind.block("two", kind.wanted, comment) },
				kind.at("one"), kind.at("two"),
			},
		} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				env := acctest.New(t, simulator.Options{})
				env.RequireCLI(3, "destroy plans reach the provider")
				ws := env.Workspace(env.Config(test.before("Forged.")))
				ws.MustRun("apply", "-auto-approve")
				kind.set(env, kind.open)
				env.ResetRequests()

				ws.Write("main.tf", env.Config(test.after("Forged.")))
				ws.RunJSON("apply", "-auto-approve").RequireError(summaryMadeByOther, kind.label[1:], "moved block", "new comment")
				requirePatches(env, 0)

				// Both ways out.
				ws.Write("main.tf", env.Config(test.after("Forged."), fmt.Sprintf("moved {\n  from = %s\n  to   = %s\n}\n", test.from, test.to)))
				if name != "block without from" {
					ws.RunJSON("apply", "-auto-approve").RequireSuccess().RequireWarning(summarySuperseded)
					requirePatches(env, 0)
					return
				}
				ws.Write("main.tf", env.Config(test.after("Another reason.")))
				ws.MustRun("apply", "-auto-approve")
				requirePatches(env, 1)
			})
		}
	})
}

// If the value is unknown, the decision may be the one that was made.
func TestMadeOnce_RenamedBlockWithUnknownValueFailsPlan(t *testing.T) {
	forEachKind(t, func(t *testing.T, kind decisionKind) {
		env := acctest.New(t, simulator.Options{})
		requireUnknowns(env)
		ws := kind.made(env, "Forged.")
		kind.set(env, kind.open)
		env.ResetRequests()

		ws.Write("main.tf", env.Config(terraformData("value", kind.wanted), kind.decided("two", kind.open, "=terraform_data.value.output", "Forged.")))
		ws.RunJSON("apply", "-auto-approve").RequireError(summaryMadeByOther, kind.label[1:], "moved block")

		requirePatches(env, 0)
	})
}

// The node identifies the step, so its type need not be known.
func TestMadeOnce_RenamedBlockWithUnknownTypeFailsPlan(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	requireUnknowns(env)
	kind := kinds[0]
	ws := kind.made(env, "Forged.")
	kind.set(env, kind.open)
	env.ResetRequests()

	ws.Write("main.tf", env.Config(terraformData("type", "ID_VERIFICATION"), kind.decided("two", kind.open, kind.wanted, "Forged.", "  feature_type = terraform_data.type.output")))
	ws.RunJSON("apply", "-auto-approve").RequireError(summaryMadeByOther, kind.label[1:])

	requirePatches(env, 0)
}

// A second block for the subject has no memory of what the first one made.
func TestMadeOnce_CopiedBlockFailsPlanIfItWouldSend(t *testing.T) {
	forEachKind(t, func(t *testing.T, kind decisionKind) {
		env := acctest.New(t, simulator.Options{})
		ws := kind.made(env, "Forged.")
		kind.set(env, kind.open)
		env.ResetRequests()
		first := kind.decided("one", kind.open, kind.wanted, "Forged.")

		ws.Write("main.tf", env.Config(first, kind.decided("two", kind.open, kind.wanted, "Forged.")))
		ws.RunJSON("apply", "-auto-approve").RequireError(summaryMadeByOther, kind.label[1:], "keep one of the two", "new comment")
		requirePatches(env, 0)

		ws.Write("main.tf", env.Config(first))
		ws.RunJSON("apply", "-auto-approve").RequireSuccess().RequireWarning(summarySuperseded)
		requirePatches(env, 0)
	})
}

func TestMadeOnce_RenamedBlockOfDecisionInPlaceSendsNothing(t *testing.T) {
	forEachKind(t, func(t *testing.T, kind decisionKind) {
		env := acctest.New(t, simulator.Options{})
		ws := kind.made(env, "Forged.")

		ws.Write("main.tf", env.Config(kind.decided("two", kind.open, kind.wanted, "Forged.")))
		ws.MustRun("apply", "-auto-approve")
		requirePatches(env, 0)
		kind.set(env, kind.open)
		ws.MustRun("apply", "-auto-approve")

		requirePatches(env, 0)
		ws.RequireState(kind.at("two"), kind.stateOf(kind.open, kind.open, "Forged.", "superseded"))
	})
}

func TestMadeOnce_SurvivesMoves(t *testing.T) {
	forEachKind(t, func(t *testing.T, kind decisionKind) {
		for name, move := range map[string]func(env *acctest.Env, ws *acctest.Workspace){
			"moved block": func(_ *acctest.Env, ws *acctest.Workspace) {
				ws.Write("moved.tf", fmt.Sprintf("moved {\n  from = %s\n  to   = %s\n}\n", kind.at("one"), kind.at("two")))
			},
			"state mv": func(env *acctest.Env, ws *acctest.Workspace) {
				if result, err := ws.CLI.Run(env.T.Context(), ws.Folder, ws.Variables, "state", "mv", kind.at("one"), kind.at("two")); err != nil || result.ExitCode != 0 {
					env.T.Fatal(result, err)
				}
			},
		} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				env := acctest.New(t, simulator.Options{})
				env.RequireCLI(1, "moved block")
				ws := kind.made(env, "Forged.")
				kind.set(env, kind.open)

				ws.Write("main.tf", env.Config(kind.decided("two", kind.open, kind.wanted, "Forged.")))
				move(env, ws)
				ws.RunJSON("apply", "-auto-approve").RequireSuccess().RequireWarning(summarySuperseded)

				requirePatches(env, 0)
				ws.RequireState(kind.at("two"), kind.stateOf(kind.open, kind.open, "Forged.", "superseded"))
			})
		}
	})
}

func TestMadeOnce_OfImportedBlock(t *testing.T) {
	forEachKind(t, func(t *testing.T, kind decisionKind) {
		env := acctest.New(t, simulator.Options{})
		env.RequireCLI(5, "import block")
		ws := env.Workspace(env.Config(importBlock(kind.at("one"), kind.id), kind.decided("one", kind.open, kind.wanted, "Forged.")))

		acctest.RequireText(t, ws.MustRun("apply", "-auto-approve"), kind.transition(kind.open, kind.wanted), "1 imported, 0 added, 1 changed")
		kind.set(env, kind.open)
		ws.RunJSON("apply", "-auto-approve").RequireSuccess().RequireWarning(summarySuperseded)

		requirePatches(env, 1)
	})
}

// An apply that is killed after the change has not written the state.
func TestMadeOnce_KilledApplySendsNothingTwice(t *testing.T) {
	forEachKind(t, func(t *testing.T, kind decisionKind) {
		env := acctest.New(t, simulator.Options{})
		ws := kind.made(env, "First.")
		before := ws.Read("terraform.tfstate")
		ws.Write("main.tf", env.Config(kind.decided("one", kind.wanted, kind.other, "Second.")))
		ws.MustRun("apply", "-auto-approve")
		requirePatches(env, 1)

		ws.Write("terraform.tfstate", before)
		ws.RunJSON("apply", "-auto-approve").RequireSuccess()
		requirePatches(env, 0)

		kind.set(env, kind.wanted)
		ws.RunJSON("apply", "-auto-approve").RequireSuccess().RequireWarning(summarySuperseded)
		requirePatches(env, 0)
	})
}

func TestMemory_UnreadableFailsEveryOperation(t *testing.T) {
	forEachKind(t, func(t *testing.T, kind decisionKind) {
		for name, memory := range map[string]string{"newer version": `{"version":2,"made":["x"]}`, "damaged": `{"version":1,"made":7}`} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				env := acctest.New(t, simulator.Options{})
				ws := kind.made(env, "Forged.")
				kind.set(env, kind.open)
				replacePrivate(ws, memory)

				for _, command := range [][]string{{"plan"}, {"plan", "-refresh=false"}, {"apply", "-auto-approve"}, {"plan", "-replace=" + kind.at("one")}} {
					result := ws.RunJSON(command...)
					if len(result.Errors) == 0 || result.Errors[0].Summary != "The record of made decisions cannot be read" {
						t.Errorf("%v: the errors are %v", command, result.Errors)
					}
				}
				requirePatches(env, 0)
			})
		}
	})
}

// A tool that rewrites states can drop what it does not know.
func TestMemory_MissingFailsEveryOperation(t *testing.T) {
	forEachKind(t, func(t *testing.T, kind decisionKind) {
		env := acctest.New(t, simulator.Options{})
		ws := kind.made(env, "Forged.")
		kind.set(env, kind.open)
		ws.Write("terraform.tfstate", regexp.MustCompile(`,\s*"private": "[^"]*"`).ReplaceAllString(ws.Read("terraform.tfstate"), ""))

		for _, command := range [][]string{{"plan"}, {"plan", "-refresh=false"}, {"apply", "-auto-approve"}} {
			ws.RunJSON(command...).RequireError("The record of made decisions cannot be read", "it is missing")
		}
		requirePatches(env, 0)
	})
}

// replacePrivate replaces the memory in the private state of all blocks.
func replacePrivate(ws *acctest.Workspace, memory string) {
	ws.T.Helper()
	state := ws.Read("terraform.tfstate")
	_, rest, found := strings.Cut(state, `"private": "`)
	private, _, _ := strings.Cut(rest, `"`)
	if !found || private == "" {
		ws.T.Fatalf("the state has no private state: %s", state)
	}
	replaced := base64.StdEncoding.EncodeToString([]byte(fmt.Sprintf(`{"decisions":%q}`, base64.StdEncoding.EncodeToString([]byte(memory)))))
	ws.Write("terraform.tfstate", strings.ReplaceAll(state, private, replaced))
}

func TestAddress_CannotChange(t *testing.T) {
	forEachKind(t, func(t *testing.T, kind decisionKind) {
		for _, from := range []string{"", kind.open} {
			for _, part := range kind.address {
				t.Run(from+part.name, func(t *testing.T) {
					t.Parallel()
					env := acctest.New(t, simulator.Options{})
					ws := env.Workspace(env.Config(kind.decided("one", from, kind.wanted, "")))
					ws.MustRun("apply", "-auto-approve")
					env.ResetRequests()
					other := map[string]string{"session_id": simulator.SessionSimple, "node_id": "feature_poa_1", "hit_id": simulator.HitNamesake}[part.name]

					ws.Write("main.tf", env.Config(kind.with(part.name, other).decided("one", from, kind.wanted, "")))
					result := ws.RunJSON("apply", "-auto-approve")

					result.RequireError("A block cannot decide something else", part.value, other, "block of its own", "removed block")
					result.Errors[0].RequireAttribute(t, kind.at("one"), part.name)
					requirePatches(env, 0)
				})
			}
		}
	})
}

func TestAddress_ImportOfAnotherSubjectFailsPlan(t *testing.T) {
	forEachKind(t, func(t *testing.T, kind decisionKind) {
		env := acctest.New(t, simulator.Options{})
		env.RequireCLI(5, "import block")
		ws := env.Workspace(env.Config(importBlock(kind.at("one"), kind.id), kind.with("session_id", simulator.SessionSimple).block("one", kind.wanted, "")))

		ws.RunJSON("plan").RequireError("A block cannot decide something else", simulator.SessionKYC, simulator.SessionSimple, "import ID")

		requirePatches(env, 0)
	})
}
