// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/didit-community/terraform-provider-didit/internal/acctest"
	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

// TestLiveStep_IsChangedAndChangedBack runs against a real Didit application:
// make testacc-live.
func TestLiveStep_IsChangedAndChangedBack(t *testing.T) {
	scenario := liveScenario{t: t, session: os.Getenv("DIDIT_LIVE_SESSION_ID"), node: os.Getenv("DIDIT_LIVE_NODE_ID")}
	key := os.Getenv("DIDIT_API_KEY")
	if os.Getenv("TF_ACC") == "" || key == "" || scenario.session == "" || scenario.node == "" {
		t.Skip("changes a step of a real session back and forth (make testacc-live): needs TF_ACC=1, and in DIDIT_API_KEY, " +
			"DIDIT_LIVE_SESSION_ID and DIDIT_LIVE_NODE_ID a key that may read and write, a session made for tests, and a step of it")
	}
	scenario.variables = []string{"DIDIT_API_KEY=" + key}
	if address := os.Getenv("DIDIT_BASE_URL"); address != "" {
		scenario.variables = append(scenario.variables, "DIDIT_BASE_URL="+address)
	}
	scenario.run()
}

func TestLiveScenario_PassesOnSimulator(t *testing.T) {
	t.Parallel()
	for name, step := range map[string]struct{ session, node, before, changed string }{
		"in review": {simulator.SessionKYC, "feature_ocr_1", "In Review", "Approved"},
		"decided":   {simulator.SessionKYC, "feature_liveness_1", "Approved", "In Review"},
		"default":   {simulator.SessionSimple, "default", "In Review", "Approved"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := acctest.New(t, simulator.Options{})
			env.RequireCLI(5, "import block")

			liveScenario{t: t, session: step.session, node: step.node, variables: env.Environment()}.run()

			env.RequireTrail(
				acctest.ByTerraform(step.node, step.before, step.changed, liveComment+"changed."),
				acctest.ByTerraform(step.node, step.changed, step.before, liveComment+"changed back."),
			)
		})
	}
}

// liveComment is the beginning of the comments on the audit trail.
const liveComment = "Acceptance test of terraform-provider-didit: "

// liveScenario adopts one step, changes it, and changes it back.
type liveScenario struct {
	t             *testing.T
	session, node string
	variables     []string
}

func (s liveScenario) run() {
	t := s.t
	t.Helper()
	before := s.status()
	t.Logf("Step %s of session %s is %q.", s.node, s.session, before)
	changed := "In Review"
	switch before {
	case "Approved", "Declined":
	case "In Review":
		changed = "Approved"
	default:
		t.Fatalf("%q cannot be set, so the step could not be changed back: choose another one.", before)
	}

	ws := s.workspace()
	t.Log("Adopting it with its current status: nothing is sent.")
	ws.apply(before, "")
	ws.requireChanges(0)
	// Change the step back even if the test fails.
	defer func() {
		t.Logf("Changing it back to %q.", before)
		ws.apply(before, liveComment+"changed back.")
		if now := s.status(); now != before {
			t.Errorf("The step is %q, and was %q before the test: change it back in the Didit console.", now, before)
		}
		ws.requireChanges(2)
	}()

	t.Logf("Changing it to %q.", changed)
	ws.apply(changed, liveComment+"changed.")
	ws.requireChanges(1)
	if now := s.status(); now != changed {
		t.Errorf("The step is %q, want %q.", now, changed)
	}
	t.Log("Planning again: the plan is empty.")
	ws.MustRun("plan", "-detailed-exitcode")
}

// status reads the step's status through an import.
func (s liveScenario) status() string {
	s.t.Helper()
	ws := s.workspace()
	ws.Write("main.tf", acctest.ProviderConfig("", s.block("Approved", "").hcl("step")))
	ws.MustRun("import", address("step"), s.session+"/"+s.node)
	status, _ := ws.State()[address("step")].Attributes["status"].(string)
	return status
}

func (s liveScenario) block(status, comment string) decisionBlock {
	return decisionBlock{session: s.session, node: s.node, status: status, comment: comment}
}

func (s liveScenario) workspace() *liveWorkspace {
	s.t.Helper()
	ws := &liveWorkspace{Workspace: acctest.NewWorkspace(s.t), scenario: s, logFile: filepath.Join(s.t.TempDir(), "provider.log")}
	ws.Variables = append([]string{"TF_LOG_PROVIDER=DEBUG", "TF_LOG_PATH=" + ws.logFile}, s.variables...)
	return ws
}

// liveWorkspace counts requests in the provider's log, because a real Didit has no
// request log.
type liveWorkspace struct {
	*acctest.Workspace
	scenario liveScenario
	logFile  string
}

// apply sets the step's status with a resource block and an import block.
func (ws *liveWorkspace) apply(status, comment string) {
	ws.T.Helper()
	ws.Write("main.tf", acctest.ProviderConfig("", ws.scenario.block(status, comment).adopted("step")))
	ws.MustRun("apply", "-auto-approve")
}

func (ws *liveWorkspace) requireChanges(want int) {
	ws.T.Helper()
	log, err := os.ReadFile(ws.logFile)
	if err != nil {
		ws.T.Fatal(err)
	}
	reads, changes := 0, 0
	for _, line := range requestLine.FindAllString(string(log), -1) {
		switch {
		case strings.Contains(line, " method=GET "):
			reads++
		case strings.Contains(line, " method=PATCH "):
			changes++
		}
	}
	if reads == 0 || changes != want {
		ws.T.Errorf("The log has %d reads and %d changes, want %d changes.", reads, changes, want)
	}
}
