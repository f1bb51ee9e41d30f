// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"sync"
	"testing"

	"github.com/didit-community/terraform-provider-didit/internal/acctest"
	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

func TestUpdate_SendsChangeOnceWithComment(t *testing.T) {
	forEachKind(t, func(t *testing.T, kind decisionKind) {
		env := acctest.New(t, simulator.Options{})
		ws := kind.managed(env)

		ws.Write("main.tf", env.Config(kind.block("one", kind.wanted, "Forged.")))
		output := ws.MustRun("apply", "-auto-approve")

		acctest.RequireText(t, output, kind.transition(kind.open, kind.wanted), "0 added, 1 changed, 0 destroyed")
		// One read to refresh, one before the change.
		env.RequireRequests(2, 1)
		for range 2 {
			acctest.RequireText(t, ws.MustRun("apply", "-auto-approve"), "0 added, 0 changed, 0 destroyed")
			env.RequireRequests(1, 0)
		}
		env.RequireTrail(kind.byTerraform(kind.open, kind.wanted, "Forged."))
		ws.RequireState(kind.at("one"), kind.state(kind.wanted, "Forged."))
	})
}

func TestCreate_UsesPublishedEndpoint(t *testing.T) {
	forEachKind(t, func(t *testing.T, kind decisionKind) {
		env := acctest.New(t, simulator.Options{})
		bodies := recordBodies(env)
		ws := env.Workspace(env.Config(kind.block("one", kind.wanted, "Forged.")))

		ws.MustRun("apply", "-auto-approve")

		want := map[string]map[string]any{
			"step":    {"new_status": kind.wanted, "comment": "Forged."},
			"session": {"new_status": kind.wanted, "comment": "Forged."},
			"AML hit": {"hit_id": simulator.HitSanctions, "review_status": kind.wanted, "node_id": "feature_aml_1"},
		}[kind.name]
		for path, body := range bodies() {
			if !strings.HasSuffix(path, kind.path) || !reflect.DeepEqual(body, want) {
				t.Errorf("%s was sent %v, want %s with %v", path, body, kind.path, want)
			}
		}
		env.RequireRequests(3, 1)
	})
}

func TestComment_ChangeAloneUpdatesOnlyState(t *testing.T) {
	forEachKind(t, func(t *testing.T, kind decisionKind) {
		if !kind.sendsComment {
			return
		}
		env := acctest.New(t, simulator.Options{})
		ws := kind.applied(env, "Forged.")

		ws.Write("main.tf", env.Config(kind.block("one", kind.wanted, "Forged, surely.")))
		result := ws.RunJSON("plan", "-out=tfplan").RequireSuccess().RequireWarning("The comment will not be recorded",
			simulator.SessionKYC, kind.label[1:], `is already "`+kind.wanted+`"`, "nothing is sent")
		result.Warnings[0].RequireAttribute(t, kind.at("one"), "comment")
		env.RequireRequests(1, 0)
		ws.MustRun("apply", "tfplan")
		env.RequireRequests(0, 0)
		ws.RequireState(kind.at("one"), kind.state(kind.wanted, "Forged, surely."))
		ws.RunJSON("plan").RequireSuccess().RequireNoWarnings()

		ws.Write("main.tf", env.Config(kind.block("one", kind.wanted, "")))
		ws.RunJSON("plan", "-out=tfplan").RequireSuccess().RequireNoWarnings()
		ws.MustRun("apply", "tfplan")
		ws.RequireState(kind.at("one"), kind.state(kind.wanted, ""))
		env.RequireTrail(kind.byTerraform(kind.open, kind.wanted, "Forged."))
	})
}

func TestSavedPlan_ConflictFailsApply(t *testing.T) {
	forEachKind(t, func(t *testing.T, kind decisionKind) {
		env := acctest.New(t, simulator.Options{})
		ws := kind.managed(env)
		ws.Write("main.tf", env.Config(kind.block("one", kind.wanted, "Forged.")))
		ws.MustRun("plan", "-out=tfplan")

		kind.decideInConsole(env, kind.other)
		env.ResetRequests()
		result := ws.RunJSON("apply", "tfplan")

		result.RequireError("The decision has changed since the plan", simulator.SessionKYC, kind.label[1:],
			`was "`+kind.open+`" in the plan`, `is "`+kind.other+`" now`, `"`+kind.wanted+`" is wanted`, "Nothing was sent", "Plan again")
		result.Errors[0].RequireAttribute(t, kind.at("one"), kind.attribute)
		env.RequireRequests(1, 0)
		env.RequireTrail(kind.byConsole(kind.open, kind.other))
		ws.RequireState(kind.at("one"), kind.state(kind.open, ""))

		// The next plan shows the new value, and may then overturn it.
		acctest.RequireText(t, ws.MustRun("apply", "-auto-approve"), kind.transition(kind.other, kind.wanted))
		env.RequireTrail(kind.byConsole(kind.open, kind.other), kind.byTerraform(kind.other, kind.wanted, "Forged."))
	})
}

func TestSavedPlan_SendsNothingIfConsoleSetWantedValue(t *testing.T) {
	t.Parallel()
	for _, isManaged := range []bool{true, false} {
		name := map[bool]string{true: "managed", false: "new"}[isManaged]
		t.Run(name, func(t *testing.T) {
			forEachKind(t, func(t *testing.T, kind decisionKind) {
				env := acctest.New(t, simulator.Options{})
				ws := env.Workspace(env.Config())
				if isManaged {
					ws = kind.managed(env)
				}
				ws.Write("main.tf", env.Config(kind.block("one", kind.wanted, "Forged.")))
				ws.MustRun("plan", "-out=tfplan")

				kind.decideInConsole(env, kind.wanted)
				env.ResetRequests()
				result := ws.RunJSON("apply", "tfplan").RequireSuccess()

				env.RequireRequests(1, 0)
				env.RequireTrail(kind.byConsole(kind.open, kind.wanted))
				ws.RequireState(kind.at("one"), kind.state(kind.wanted, "Forged."))
				// The apply warns, because the reviewed comment is not on the trail.
				want := 0
				if kind.sendsComment {
					want = 1
				}
				if warnings := result.WarningsOf("The comment will not be recorded"); len(warnings) != want {
					t.Errorf("want %d warnings about the comment, not %v", want, result.Warnings)
				}
			})
		})
	}
}

func TestSavedPlan_MissingSubjectFailsApplyAndKeepsState(t *testing.T) {
	forEachKind(t, func(t *testing.T, kind decisionKind) {
		for name, test := range map[string]struct {
			remove  func(*acctest.Env)
			summary string
			parts   []string
		}{
			"session": {func(env *acctest.Env) { env.DeleteSession(simulator.SessionKYC) }, "Session not found", []string{"deleted", "scope"}},
			"subject": {kind.remove, kind.notFound, []string{kind.listLine}},
		} {
			if test.remove == nil {
				continue // the subject is the session
			}
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				env := acctest.New(t, simulator.Options{})
				ws := kind.managed(env)
				ws.Write("main.tf", env.Config(kind.block("one", kind.wanted, "")))
				ws.MustRun("plan", "-out=tfplan")

				test.remove(env)
				env.ResetRequests()

				ws.RunJSON("apply", "tfplan").RequireError(test.summary, append(test.parts, simulator.SessionKYC, kind.label[1:])...)
				env.RequireRequests(1, 0)
				ws.RequireState(kind.at("one"), kind.state(kind.open, ""))
			})
		}
	})
}

func TestTwoBlocks_SameDecisionMakesOneChange(t *testing.T) {
	forEachKind(t, func(t *testing.T, kind decisionKind) {
		env := acctest.New(t, simulator.Options{})
		ws := env.Workspace(env.Config(kind.block("one", kind.wanted, "Forged."), kind.block("two", kind.wanted, "Forged.")))

		ws.MustRun("apply", "-auto-approve")

		// Even if both blocks are read before either is written.
		env.RequireTrail(kind.byTerraform(kind.open, kind.wanted, "Forged."))
		ws.RequireState(kind.at("one"), kind.state(kind.wanted, "Forged."))
		ws.RequireState(kind.at("two"), kind.state(kind.wanted, "Forged."))
	})
}

func TestTwoBlocks_DisagreementFailsPlan(t *testing.T) {
	forEachKind(t, func(t *testing.T, kind decisionKind) {
		for name, test := range map[string]struct {
			value, comment string
			parts          []string
		}{
			"different values":   {kind.other, "Forged.", []string{`"` + kind.wanted + `"`, `"` + kind.other + `"`, "Keep one block"}},
			"different comments": {kind.wanted, "A specimen.", []string{"with different comments", "only one of them would be recorded", "Keep one block"}},
			"only one comment":   {kind.wanted, "", []string{"with different comments"}},
		} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				env := acctest.New(t, simulator.Options{})
				ws := env.Workspace(env.Config(kind.block("one", kind.wanted, "Forged."), kind.block("two", test.value, test.comment)))

				result := ws.RunJSON("plan")

				result.RequireError("Two blocks disagree about one decision", append(test.parts, simulator.SessionKYC, kind.label[1:])...)
				if got := result.Errors[0].Address; got != kind.at("one") && got != kind.at("two") {
					t.Errorf("the error is on %q", got)
				}
				env.RequireRequests(1, 0)
			})
		}
	})
}

func TestTwoBlocks_DisagreementOfManagedBlocksFailsPlan(t *testing.T) {
	forEachKind(t, func(t *testing.T, kind decisionKind) {
		env := acctest.New(t, simulator.Options{})
		ws := env.Workspace(env.Config(kind.block("one", kind.wanted, ""), kind.block("two", kind.wanted, "")))
		ws.MustRun("apply", "-auto-approve")
		acctest.RequireText(t, ws.MustRun("plan"), "No changes.")

		ws.Write("main.tf", env.Config(kind.block("one", kind.wanted, ""), kind.block("two", kind.other, "")))

		ws.RunJSON("plan").RequireError("Two blocks disagree about one decision", simulator.SessionKYC, kind.label[1:], `"`+kind.wanted+`"`, `"`+kind.other+`"`)
	})
}

// If a planned value changed before the apply, Terraform would report a bug in the
// provider.
func TestPlan_ContainsNothingThatCanChangeBeforeApply(t *testing.T) {
	forEachKind(t, func(t *testing.T, kind decisionKind) {
		env := acctest.New(t, simulator.Options{})
		ws := env.Workspace(env.Config(kind.block("one", kind.wanted, "")))
		ws.MustRun("plan", "-out=tfplan")
		want := kind.state(kind.wanted, "")
		for attribute, value := range ws.Planned()[kind.at("one")].Change.After {
			if wanted, isExpected := want[attribute]; !isExpected || value != wanted {
				t.Errorf("the plan contains %s = %v", attribute, value)
			}
		}

		// Everything else in the session changes.
		env.MustSetFeatureStatus(simulator.SessionKYC, "feature_aml_1", "Expired")
		env.MustSetHit(simulator.SessionKYC, "feature_aml_1", simulator.Hit{ID: "hit_new"})
		if kind.name != "session" {
			env.SetSessionStatus(simulator.SessionKYC, "Awaiting User")
		}
		ws.MustRun("apply", "tfplan")

		env.RequireTrail(kind.byTerraform(kind.open, kind.wanted, ""))
	})
}

// recordBodies puts a proxy in front of the simulator, whose log has no bodies. The
// result returns the last body that was sent to each path.
func recordBodies(env *acctest.Env) func() map[string]map[string]any {
	var mu sync.Mutex
	bodies := map[string]map[string]any{}
	proxy := httptest.NewServer(http.HandlerFunc(func(response http.ResponseWriter, request *http.Request) {
		if request.Method != http.MethodGet {
			body, err := io.ReadAll(request.Body)
			fields := map[string]any{}
			if err == nil {
				err = json.Unmarshal(body, &fields)
			}
			if err != nil {
				env.T.Errorf("the body of %s: %v", request.URL.Path, err)
			}
			mu.Lock()
			bodies[request.URL.Path] = fields
			mu.Unlock()
			request.Body = io.NopCloser(bytes.NewReader(body))
		}
		env.ServeHTTP(response, request)
	}))
	env.T.Cleanup(proxy.Close)
	env.URL = proxy.URL
	return func() map[string]map[string]any {
		mu.Lock()
		defer mu.Unlock()
		return bodies
	}
}

// Terraform applies ignore_changes to the configuration of a plan, and not to that of an apply.
func TestApply_SendsOnlyWhatThePlanShowsWithIgnoreChanges(t *testing.T) {
	forEachKind(t, func(t *testing.T, kind decisionKind) {
		first := kind.byTerraform(kind.open, kind.wanted, "First.")
		for ignored, trail := range map[string][]string{
			"[" + kind.attribute + "]": {first},
			"[comment]":                {first, kind.byTerraform(kind.wanted, kind.other, "First.")},
			"all":                      {first},
		} {
			t.Run(ignored, func(t *testing.T) {
				t.Parallel()
				env := acctest.New(t, simulator.Options{})
				ws := kind.made(env, "First.")

				ws.Write("main.tf", env.Config(kind.decided("one", kind.wanted, kind.other, "Second.", "  lifecycle {\n    ignore_changes = "+ignored+"\n  }")))
				ws.RunJSON("apply", "-auto-approve").RequireSuccess()
				env.RequireTrail(trail...)
				if len(trail) > 1 {
					kind.set(env, kind.wanted)
				}
				env.ResetRequests()
				ws.RunJSON("apply", "-auto-approve").RequireSuccess()

				requirePatches(env, 0)
			})
		}
	})
}

func TestApply_IgnoredFromIsDesiredState(t *testing.T) {
	forEachKind(t, func(t *testing.T, kind decisionKind) {
		env := acctest.New(t, simulator.Options{})
		ws := kind.managed(env)

		ws.Write("main.tf", env.Config(kind.decided("one", kind.other, kind.wanted, "", "  lifecycle {\n    ignore_changes = [from]\n  }")))
		ws.RunJSON("apply", "-auto-approve").RequireSuccess()

		env.RequireTrail(kind.byTerraform(kind.open, kind.wanted, ""))
		ws.RequireState(kind.at("one"), kind.state(kind.wanted, ""))
	})
}
