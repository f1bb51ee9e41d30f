// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"fmt"
	"testing"

	"github.com/didit-community/terraform-provider-didit/internal/acctest"
	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

// terraformData returns a resource whose output is unknown until the apply.
func terraformData(name, value string) string {
	return fmt.Sprintf("resource \"terraform_data\" %q {\n  input = %q\n}\n", name, value)
}

// requireUnknowns skips the test if the CLI has no terraform_data.
func requireUnknowns(env *acctest.Env) {
	env.T.Helper()
	env.RequireCLI(4, "terraform_data, a value that is unknown until the apply")
}

// with returns the kind with another value of an argument of its address.
func (k decisionKind) with(name, value string) decisionKind {
	k.address = append([]argument{}, k.address...)
	for i := range k.address {
		if k.address[i].name == name {
			k.address[i].value = value
		}
	}
	return k
}

func TestUnknownAddress_IsPlannedWithoutReadAndApplied(t *testing.T) {
	forEachKind(t, func(t *testing.T, kind decisionKind) {
		for _, part := range kind.address {
			t.Run(part.name, func(t *testing.T) {
				t.Parallel()
				env := acctest.New(t, simulator.Options{})
				requireUnknowns(env)
				ws := env.Workspace(env.Config(terraformData("later", part.value),
					kind.with(part.name, "=terraform_data.later.output").block("one", kind.wanted, "Forged.")))

				ws.RunJSON("plan", "-out=tfplan").RequireSuccess()

				reads := 1 // The session exists.
				if part.name == "session_id" {
					reads = 0
				}
				env.RequireRequests(reads, 0)
				planned := ws.Planned()[kind.at("one")]
				for _, attribute := range []string{"id", part.name} {
					if !planned.IsUnknown(attribute) {
						t.Errorf("%s is known in the plan: %v", attribute, planned.Change.After)
					}
				}
				ws.MustRun("apply", "tfplan")
				env.RequireTrail(kind.byTerraform(kind.open, kind.wanted, "Forged."))
				ws.RequireState(kind.at("one"), kind.state(kind.wanted, "Forged."))
				ws.RunJSON("plan", "-detailed-exitcode").RequireSuccess().RequireNoWarnings()
			})
		}
	})
}

func TestUnknownValue_IsPlannedAndApplied(t *testing.T) {
	forEachKind(t, func(t *testing.T, kind decisionKind) {
		for _, isManaged := range []bool{true, false} {
			t.Run(map[bool]string{true: "managed", false: "new"}[isManaged], func(t *testing.T) {
				t.Parallel()
				env := acctest.New(t, simulator.Options{})
				requireUnknowns(env)
				ws := env.Workspace(env.Config())
				if isManaged {
					ws = kind.managed(env)
				}
				ws.Write("main.tf", env.Config(terraformData("value", kind.wanted), terraformData("comment", "Forged."),
					kind.block("one", "=terraform_data.value.output", "=terraform_data.comment.output")))

				ws.RunJSON("plan", "-out=tfplan").RequireSuccess().RequireNoWarnings()

				env.RequireRequests(1, 0)
				planned := ws.Planned()[kind.at("one")]
				if !planned.IsUnknown(kind.attribute) || planned.IsUnknown("id") {
					t.Errorf("the plan is %v, want only %s and the comment unknown", planned.Change, kind.attribute)
				}
				ws.MustRun("apply", "tfplan")
				env.RequireTrail(kind.byTerraform(kind.open, kind.wanted, "Forged."))
				ws.RequireState(kind.at("one"), kind.state(kind.wanted, "Forged."))
			})
		}
	})
}

func TestUnknownValue_IsCheckedByApply(t *testing.T) {
	forEachKind(t, func(t *testing.T, kind decisionKind) {
		env := acctest.New(t, simulator.Options{})
		requireUnknowns(env)
		kind.decideInConsole(env, kind.other)
		ws := env.Workspace(env.Config(terraformData("later", kind.wanted), kind.block("one", "=terraform_data.later.output", "")))
		ws.RunJSON("plan", "-out=tfplan").RequireSuccess()

		ws.RunJSON("apply", "tfplan").RequireError("A decision would be overturned", `is "`+kind.other+`"`, `sets "`+kind.wanted+`"`)

		ws.RequireNoState()
		env.RequireTrail(kind.byConsole(kind.open, kind.other))
	})
}

func TestUnknownAddress_IsCheckedByApply(t *testing.T) {
	forEachKind(t, func(t *testing.T, kind decisionKind) {
		for name, test := range map[string]struct {
			value   string
			summary string
		}{
			"unknown session": {unknownSession, "Session not found"},
			"upper case":      {"AAAAAAAA-2222-4333-8444-000000000001", "Invalid session ID"},
		} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				env := acctest.New(t, simulator.Options{})
				requireUnknowns(env)
				ws := env.Workspace(env.Config(terraformData("later", test.value), kind.with("session_id", "=terraform_data.later.output").block("one", kind.wanted, "")))
				ws.RunJSON("plan", "-out=tfplan").RequireSuccess()

				ws.RunJSON("apply", "tfplan").RequireError(test.summary)

				ws.RequireNoState()
				env.RequireTrail()
			})
		}
	})
}

func TestUnknownAddress_PlanChecksKnownSession(t *testing.T) {
	forEachKind(t, func(t *testing.T, kind decisionKind) {
		env := acctest.New(t, simulator.Options{})
		requireUnknowns(env)
		unknown := kind.with("session_id", unknownSession).with("node_id", "=terraform_data.later.output").with("hit_id", "=terraform_data.later.output")
		ws := env.Workspace(env.Config(terraformData("later", "anything"), unknown.block("one", kind.wanted, "")))

		ws.RunJSON("plan").RequireError("Session not found", unknownSession)

		env.RequireRequests(1, 0)
	})
}

// Terraform would first remove the decision from the state, and the apply could then
// refuse to adopt it again.
func TestUnknownAddress_OfManagedSubjectFailsPlan(t *testing.T) {
	forEachKind(t, func(t *testing.T, kind decisionKind) {
		for _, part := range kind.address {
			t.Run(part.name, func(t *testing.T) {
				t.Parallel()
				env := acctest.New(t, simulator.Options{})
				requireUnknowns(env)
				ws := kind.applied(env, "")

				ws.Write("main.tf", env.Config(terraformData("later", part.value), kind.with(part.name, "=terraform_data.later.output").block("one", kind.wanted, "")))
				result := ws.RunJSON("plan")

				result.RequireError("The address of an adopted decision is unknown", simulator.SessionKYC, kind.label[1:], part.name, "-target")
				result.Errors[0].RequireAttribute(t, kind.at("one"), part.name)
				// The error's advice works.
				ws.MustRun("apply", "-auto-approve", "-target=terraform_data.later")
				acctest.RequireText(t, ws.MustRun("plan"), "No changes.")
			})
		}
	})
}

func TestTwoBlocks_DisagreementFoundDuringApplyFailsIt(t *testing.T) {
	forEachKind(t, func(t *testing.T, kind decisionKind) {
		env := acctest.New(t, simulator.Options{})
		requireUnknowns(env)
		ws := env.Workspace(env.Config(terraformData("later", simulator.SessionKYC), kind.block("known", kind.wanted, ""),
			kind.with("session_id", "=terraform_data.later.output").block("unknown", kind.other, "", "  depends_on = ["+kind.at("known")+"]")))
		ws.RunJSON("plan", "-out=tfplan").RequireSuccess()

		ws.RunJSON("apply", "tfplan").RequireError("Two blocks disagree about one decision", simulator.SessionKYC, kind.label[1:], `"`+kind.wanted+`"`, `"`+kind.other+`"`)

		env.RequireTrail(kind.byTerraform(kind.open, kind.wanted, ""))
	})
}
