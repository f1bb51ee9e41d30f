// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/didit-community/terraform-provider-didit/internal/acctest"
	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

// manySessions is the number of sessions that manyDecided decides.
const manySessions = 12

// manyDecided returns a provider block with this alias, and blocks that decide many
// sessions through it, after the resources in dependsOn. from is HCL.
func manyDecided(env *acctest.Env, alias, from, status string, dependsOn ...string) string {
	return fmt.Sprintf(`
provider "didit" {
  alias    = %[1]q
  base_url = %[2]q
  api_key  = %[3]q
}

resource "didit_session_status" %[1]q {
  for_each   = local.sessions
  provider   = didit.%[1]s
  session_id = each.key
  from       = %[6]s
  status     = %[4]q
  comment    = "By %[1]s."
  depends_on = [%[5]s]
}
`, alias, env.URL, simulator.DefaultAPIKey, status, strings.Join(dependsOn, ", "), from)
}

// manyIDs is local.sessions for manyDecided.
var manyIDs = fmt.Sprintf("locals {\n  sessions = toset([for n in range(%d) : format(%q, n)])\n}\n", manySessions, manySessionFormat)

// oneDecided returns a block that decides something else through a provider block, so
// that its process runs before the blocks that depend on it.
func oneDecided(alias, node string) string {
	return decisionBlock{
		session: simulator.SessionKYC, node: node, status: "Approved", extra: "  provider = didit." + alias,
	}.hcl(alias)
}

// manyImported returns an import block for manyDecided.
func manyImported(alias string) string {
	return fmt.Sprintf("import {\n  for_each = local.sessions\n  to       = didit_session_status.%s[each.key]\n  id       = each.key\n}\n", alias)
}

// Terraform starts one process for each provider configuration, all at once.
func TestApply_TwoProviderInstancesDecideEachSessionOnce(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		from, more string
		minor      int
		summary    string
	}{
		"from":          {`"In Review"`, "", 0, "Didit has another value than from"},
		"neither":       {"null", "", 0, "A decision would be overturned"},
		"import blocks": {"null", manyImported("a") + manyImported("b"), 7, "The decision has changed since the plan"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := acctest.New(t, acctest.Unlimited)
			env.RequireCLI(test.minor, "import blocks with for_each")
			for i := range manySessions {
				session := oneStepSession(i)
				session.Status = "In Review"
				env.AddSession(session)
			}
			ws := env.Workspace(env.Config(oneDecided("a", "feature_ocr_1"), oneDecided("b", "feature_poa_1"),
				manyDecided(env, "a", test.from, "Approved", address("a"), address("b")),
				manyDecided(env, "b", test.from, "Declined", address("a"), address("b")), manyIDs, test.more))
			ws.RunJSON("plan", "-out=tfplan").RequireSuccess()
			env.Inject(simulator.Fault{Times: -1, DelayAfter: 20 * time.Millisecond})

			result := ws.RunJSON("apply", "-parallelism=24", "tfplan")

			if result.ExitCode == 0 || len(result.Errors) != manySessions {
				t.Errorf("the apply ended with %d and %d errors, want %d errors", result.ExitCode, len(result.Errors), manySessions)
			}
			for _, diagnostic := range result.Errors {
				diagnostic.Require(t, test.summary)
			}
			requireDecidedOnce(env)
		})
	}
}

// Two configurations can be applied by two runs on one machine at the same time.
func TestApply_TwoRunsDecideEachSessionOnce(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, acctest.Unlimited)
	for i := range manySessions {
		session := oneStepSession(i)
		session.Status = "In Review"
		env.AddSession(session)
	}
	first := env.Workspace(env.Config(manyIDs, manyDecided(env, "a", "null", "Approved")))
	second := env.Workspace(env.Config(manyIDs, manyDecided(env, "b", "null", "Declined")))
	for _, ws := range []*acctest.Workspace{first, second} {
		ws.MustRun("plan", "-out=tfplan")
	}
	env.Inject(simulator.Fault{Times: -1, DelayAfter: 20 * time.Millisecond})

	ended := make(chan acctest.Result)
	for _, ws := range []*acctest.Workspace{first, second} {
		go func() { ended <- ws.RunJSON("apply", "tfplan") }()
	}

	var refused []acctest.Diagnostic
	for range 2 {
		refused = append(refused, (<-ended).Errors...)
	}
	if len(refused) != manySessions {
		t.Errorf("%d decisions were refused, want %d", len(refused), manySessions)
	}
	for _, diagnostic := range refused {
		diagnostic.Require(t, "A decision would be overturned")
	}
	requireDecidedOnce(env)
}

// requireDecidedOnce checks that each of the sessions was decided once.
func requireDecidedOnce(env *acctest.Env) {
	env.T.Helper()
	for i := range manySessions {
		if trail := env.Trail(manySession(i)); len(trail) != 1 {
			env.T.Errorf("session %d was decided %d times: %v", i, len(trail), trail)
		}
	}
}
