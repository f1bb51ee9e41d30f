// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/didit-community/terraform-provider-didit/internal/acctest"
	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

// maxWait bounds the time from an interrupt to the end of the apply. It is shorter than the
// wait for a limit. maxStart bounds the time that a loaded machine takes to get there.
const (
	maxWait  = 30 * time.Second
	maxStart = 5 * time.Minute
)

// operation is something that can change Didit.
type operation struct {
	// first is the configuration that is applied before; "" for none.
	first, config string
	method        string
	// arguments follow apply -auto-approve.
	arguments []string
	// minor is the first Terraform 1.x that has the operation.
	minor int
}

func operations() map[string]operation {
	all := map[string]operation{
		"destination, create": {config: hookBlock(), method: http.MethodPost},
		"destination, update": {first: hookBlock(), config: hookBlock("enabled = false"), method: http.MethodPatch},
		"destination, delete": {first: hookBlock(), method: http.MethodDelete},
		"resubmission":        {config: resubmission(simulator.SessionKYC, ocrNode), method: http.MethodPatch, arguments: []string{invoke}, minor: 14},
	}
	for _, kind := range kinds {
		all[kind.name] = operation{config: kind.block("one", kind.wanted, "Checked."), method: http.MethodPatch}
	}
	return all
}

func TestInterrupt_EveryOperationEndsWithAnError(t *testing.T) {
	t.Parallel()
	for moment, test := range map[string]struct {
		held    func(method string) simulator.Fault
		summary string
	}{
		"not carried out": {func(method string) simulator.Fault { return simulator.Fault{Method: method, Delay: time.Hour} }, "The outcome of the change is unknown"},
		"carried out":     {func(method string) simulator.Fault { return simulator.Fault{Method: method, DelayAfter: time.Hour} }, "The outcome of the change is unknown"},
		// The plan reads first, the apply once more.
		"read": {func(string) simulator.Fault {
			return simulator.Fault{Method: http.MethodGet, Path: "/decision/", Skip: 1, Delay: time.Hour}
		}, "Interrupted"},
	} {
		for name, operation := range operations() {
			held := test.held(operation.method)
			if held.Method == http.MethodGet && strings.HasPrefix(name, "destination") {
				continue // nothing is read right before the change
			}
			t.Run(name+", "+moment, func(t *testing.T) {
				t.Parallel()
				env := newInterruptEnv(t)
				if operation.minor > 0 {
					env.RequireTerraform(operation.minor, "actions")
				}
				ws := env.Workspace(env.Config(operation.first))
				if operation.first != "" {
					ws.MustRun("apply", "-auto-approve")
				}
				ws.Write("main.tf", env.ConfigWith(patient, operation.config))
				env.ResetRequests()
				env.Inject(held)

				output := interrupt(ws, startApply(ws, operation.arguments...), func() bool { return env.Count(held.Method) > held.Skip })

				acctest.RequireText(t, output, test.summary)
				if strings.Contains(output, "Apply complete!") {
					t.Errorf("the apply claims success:\n%s", output)
				}
				want := 1
				if held.Method == http.MethodGet {
					want = 0
				}
				if got := env.Count(operation.method); got != want {
					t.Errorf("%d %s were sent, want %d", got, operation.method, want)
				}
			})
		}
	}
}

func TestInterrupt_EndsWaitForLimitAndNextApplyFinishes(t *testing.T) {
	t.Parallel()
	env := newInterruptEnv(t)
	const steps, atOnce = 12, 4
	for i := range steps {
		env.AddSession(oneStepSession(i))
	}
	block := `
resource "didit_session_feature_status" "step" {
  count      = %d
  session_id = format("%s", count.index)
  node_id    = "feature_aml_1"
  status     = "Approved"
  comment    = "Checked."
}`
	blocks := fmt.Sprintf(block, steps, manySessionFormat)

	// Given an apply that has used up its limit and waits for a minute
	ws := env.Workspace(env.ConfigWith(fmt.Sprintf("api_key = %q\n  rate_limit = { writes_per_minute = %d }", simulator.DefaultAPIKey, atOnce), blocks))

	// When it is interrupted
	output := interrupt(ws, startApply(ws), func() bool { return len(env.Trail("")) == atOnce })

	// Then its output has the error, and nothing more was sent
	acctest.RequireText(t, output, "Interrupted")
	if sent := env.Count(http.MethodPatch); sent != atOnce {
		t.Errorf("%d changes were sent, want the %d from before the interrupt", sent, atOnce)
	}

	// And the next apply sends only what is missing
	ws.Write("main.tf", env.Config(blocks))
	ws.MustRun("apply", "-auto-approve")
	if sent := env.Count(http.MethodPatch); sent != steps {
		t.Errorf("%d changes were sent in total, want %d", sent, steps)
	}
	if made := len(env.Trail("")); made != steps {
		t.Errorf("%d changes are on the trail, want %d", made, steps)
	}
}

func TestInterrupt_EndsWaitForLockOfAnotherRun(t *testing.T) {
	t.Parallel()
	env := newInterruptEnv(t)
	// Given a run that is changing a session
	env.Inject(simulator.Fault{Method: http.MethodPatch, Delay: time.Hour})
	first := env.Workspace(env.ConfigWith(patient, decisionBlock{session: simulator.SessionKYC, node: "feature_ocr_1", status: "Approved"}.hcl("one")))
	changing := startApply(first)
	waitFor(t, func() bool { return env.Count(http.MethodPatch) == 1 })

	// When a second run wants to change it, and is interrupted
	second := env.Workspace(env.Config(decisionBlock{session: simulator.SessionKYC, node: "feature_aml_1", status: "Approved"}.hcl("two")))
	output := interrupt(second, startApply(second), func() bool { return strings.Contains(second.Read(outputFile), "Creating...") })

	// Then it ends, and has neither read the session again nor sent anything
	acctest.RequireText(t, output, "Interrupted")
	env.RequireRequests(5, 1) // Each run reads for its plan and its apply; the first, once more before its change.
	interrupt(first, changing, func() bool { return true })
}

// patient are provider arguments for a request that is held until the test ends.
var patient = fmt.Sprintf("api_key = %q\n  request_timeout = %q", simulator.DefaultAPIKey, "10m")

func newInterruptEnv(t *testing.T) *acctest.Env {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no SIGINT that one process sends to another")
	}
	return acctest.New(t, acctest.Unlimited)
}

// outputFile is the file in a workspace that has the output of startApply.
const outputFile = "output.txt"

// startApply starts an apply in a process group of its own.
func startApply(ws *acctest.Workspace, arguments ...string) *exec.Cmd {
	ws.T.Helper()
	apply := ws.CLI.Command(ws.T.Context(), ws.Folder, nil, append([]string{"apply", "-auto-approve", "-no-color"}, arguments...)...)
	output, err := os.Create(filepath.Join(ws.Folder, outputFile))
	if err != nil {
		ws.T.Fatal(err)
	}
	ws.T.Cleanup(func() { _ = output.Close() })
	apply.Stdout, apply.Stderr = output, output
	setProcessGroup(apply)
	if err := apply.Start(); err != nil {
		ws.T.Fatal(err)
	}
	return apply
}

// interrupt interrupts an apply once the condition is met, and returns its output. The
// apply has to fail.
func interrupt(ws *acctest.Workspace, apply *exec.Cmd, condition func() bool) string {
	ws.T.Helper()
	waitFor(ws.T, condition)
	if err := interruptProcessGroup(apply); err != nil {
		ws.T.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- apply.Wait() }()
	select {
	case err := <-ended:
		if err == nil {
			ws.T.Errorf("an interrupted apply succeeded:\n%s", ws.Read(outputFile))
		}
	case <-time.After(maxWait):
		ws.T.Fatalf("the apply did not end within %s of the interrupt", maxWait)
	}
	return ws.Read(outputFile)
}

func waitFor(t testing.TB, condition func() bool) {
	t.Helper()
	for deadline := time.Now().Add(maxStart); !condition(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("the condition was not met within %s", maxStart)
		}
	}
}
