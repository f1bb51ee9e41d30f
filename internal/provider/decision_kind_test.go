// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/didit-community/terraform-provider-didit/internal/acctest"
	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

// decisionKind describes one kind of decision, for tests that run for all kinds. Its
// subject is in session [simulator.SessionKYC] and has the value open.
type decisionKind struct {
	name     string
	resource string
	// address are the arguments of the subject's address.
	address []argument
	// id is the ID and the import ID.
	id string
	// label is the name of the subject in messages.
	label string
	// attribute is the name of the argument with the wanted value.
	attribute string
	// open is the value in the fixture, wanted the value in the configuration, other a
	// third value.
	open, wanted, other string
	// sendsComment: the API records comments with the change.
	sendsComment bool
	// path is the end of the path of the PATCH.
	path string
	// decideInConsole sets the value as a reviewer in the console does.
	decideInConsole func(env *acctest.Env, value string)
	// remove removes the subject from its session; nil for the session itself.
	remove func(env *acctest.Env)
	// notFound is the summary of the error if the session does not have the subject.
	notFound string
	// listLine is a line of the list of subjects in that error.
	listLine string
}

// kinds are all kinds of decisions.
var kinds = []decisionKind{
	{
		name:     "step",
		resource: "didit_session_feature_status",
		address:  []argument{{"session_id", simulator.SessionKYC}, {"node_id", "feature_ocr_1"}},
		id:       simulator.SessionKYC + "/feature_ocr_1",
		label:    `step "feature_ocr_1"`, attribute: "status",
		open: "In Review", wanted: "Declined", other: "Approved", sendsComment: true,
		path:            "/features/feature_ocr_1/update-status/",
		decideInConsole: func(env *acctest.Env, value string) { env.MustDecide(simulator.SessionKYC, "feature_ocr_1", value) },
		remove:          func(env *acctest.Env) { env.RemoveFeature(simulator.SessionKYC, "feature_ocr_1", "") },
		notFound:        "Step not found", listLine: `"feature_poa_1" (POA): "In Review"`,
	},
	{
		name:     "session",
		resource: "didit_session_status",
		address:  []argument{{"session_id", simulator.SessionKYC}},
		id:       simulator.SessionKYC,
		label:    "session " + simulator.SessionKYC, attribute: "status",
		open: "In Review", wanted: "Declined", other: "Approved", sendsComment: true,
		path:            "/session/" + simulator.SessionKYC + "/update-status/",
		decideInConsole: func(env *acctest.Env, value string) { env.MustDecideSession(simulator.SessionKYC, value) },
	},
	{
		name:     "AML hit",
		resource: "didit_session_aml_hit_status",
		address:  []argument{{"session_id", simulator.SessionKYC}, {"node_id", "feature_aml_1"}, {"hit_id", simulator.HitSanctions}},
		id:       simulator.SessionKYC + "/feature_aml_1/" + simulator.HitSanctions,
		label:    `AML hit "` + simulator.HitSanctions + `"`, attribute: "review_status",
		open: "Unreviewed", wanted: "Confirmed Match", other: "False Positive",
		path: "/update-aml-hit-status/",
		decideInConsole: func(env *acctest.Env, value string) {
			env.MustReviewHit(simulator.SessionKYC, "feature_aml_1", simulator.HitSanctions, value)
		},
		remove: func(env *acctest.Env) {
			_ = env.RemoveHit(simulator.SessionKYC, "feature_aml_1", simulator.HitSanctions)
		},
		notFound: "AML hit not found", listLine: `"` + simulator.HitNamesake + `" at node "feature_aml_1": "False Positive"`,
	},
}

// forEachKind runs a test as one subtest per kind.
func forEachKind(t *testing.T, test func(t *testing.T, kind decisionKind)) {
	t.Helper()
	t.Parallel()
	for _, kind := range kinds {
		t.Run(kind.name, func(t *testing.T) {
			t.Parallel()
			test(t, kind)
		})
	}
}

// block returns a block with this value. extra is HCL that is added to the block.
func (k decisionKind) block(name, value, comment string, extra ...string) string {
	arguments := append([]argument{}, k.address...)
	arguments = append(arguments, argument{k.attribute, value}, argument{"comment", comment})
	return hclBlock(k.resource, name, strings.Join(extra, "\n"), arguments...)
}

// decided returns a block with from.
func (k decisionKind) decided(name, from, value, comment string, extra ...string) string {
	if from != "" {
		extra = append(extra, "  from = "+hclValue(from))
	}
	return k.block(name, value, comment, extra...)
}

// made returns a workspace whose block "one" has changed the subject from its open value.
func (k decisionKind) made(env *acctest.Env, comment string) *acctest.Workspace {
	env.T.Helper()
	ws := env.Workspace(env.Config(k.decided("one", k.open, k.wanted, comment)))
	ws.MustRun("apply", "-auto-approve")
	env.RequireRequests(3, 1)
	return ws
}

// set sets any value of the subject, as a reviewer or the verification flow does.
func (k decisionKind) set(env *acctest.Env, value string) {
	env.T.Helper()
	if k.name == "session" {
		env.SetSessionStatus(simulator.SessionKYC, value)
		return
	}
	k.decideInConsole(env, value)
}

// adopted returns the block "one" and an import block for it.
func (k decisionKind) adopted(value, comment string) string {
	return importBlock(k.at("one"), k.id) + k.block("one", value, comment)
}

// at returns the address of a block.
func (k decisionKind) at(name string) string { return k.resource + "." + name }

// managed returns a workspace whose state contains the subject with its open value. Its
// block "one" has the wanted value.
func (k decisionKind) managed(env *acctest.Env) *acctest.Workspace {
	env.T.Helper()
	ws := env.Workspace(env.Config(k.block("one", k.wanted, "")))
	ws.MustRun("import", k.at("one"), k.id)
	env.RequireRequests(1, 0)
	return ws
}

// applied returns a workspace with the block "one", after its apply.
func (k decisionKind) applied(env *acctest.Env, comment string) *acctest.Workspace {
	env.T.Helper()
	ws := env.Workspace(env.Config(k.block("one", k.wanted, comment)))
	ws.MustRun("apply", "-auto-approve")
	env.RequireRequests(3, 1)
	return ws
}

// state returns the attributes in the state for a value and a comment; "" is null.
func (k decisionKind) state(value, comment string) map[string]any {
	attributes := map[string]any{"id": k.id, "from": nil, k.attribute: value, "comment": nil, "outcome": nil}
	for _, argument := range k.address {
		attributes[argument.name] = argument.value
	}
	if comment != "" {
		attributes["comment"] = comment
	}
	if k.name == "step" {
		attributes["defer_until_flow_finishes"], attributes["override_id"], attributes["override_state"] = nil, nil, nil
	}
	return attributes
}

// stateOf is state for a block with from.
func (k decisionKind) stateOf(from, value, comment, outcome string) map[string]any {
	attributes := k.state(value, comment)
	attributes["from"], attributes["outcome"] = from, outcome
	return attributes
}

// byTerraform returns the trail entry of a change that the provider made.
func (k decisionKind) byTerraform(from, to, comment string) string {
	if !k.sendsComment {
		comment = ""
	}
	return k.entry(from, to, "API Client", comment)
}

// byConsole returns the trail entry of a change that a reviewer made in the console.
func (k decisionKind) byConsole(from, to string) string { return k.entry(from, to, "console", "") }

func (k decisionKind) entry(from, to, actor, comment string) string {
	subject := "session"
	if len(k.address) > 1 {
		subject = k.address[len(k.address)-1].value
	}
	return fmt.Sprintf("%s: %s -> %s by %s: %q", subject, from, to, actor, comment)
}

// transition returns the line of a plan that shows the change.
func (k decisionKind) transition(from, to string) string {
	return fmt.Sprintf("~ %s = %q -> %q", k.attribute, from, to)
}
