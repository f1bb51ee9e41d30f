// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"bytes"
	"fmt"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/didit-community/terraform-provider-didit/internal/acctest"
	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

// maxWait bounds the waits of the test. It is far longer than what is measured.
const maxWait = 30 * time.Second

func TestInterrupt_EndsWaitForLimitAndNextApplyFinishes(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no SIGINT that one process sends to another")
	}
	env := acctest.New(t, acctest.Unlimited)
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
	apply := ws.CLI.Command(t.Context(), ws.Folder, nil, "apply", "-auto-approve", "-no-color")
	var output bytes.Buffer
	apply.Stdout, apply.Stderr = &output, &output
	setProcessGroup(apply)
	if err := apply.Start(); err != nil {
		t.Fatal(err)
	}
	waitFor(t, func() bool { return len(env.Trail("")) == atOnce })

	// When it is interrupted
	interrupted := time.Now()
	if err := interruptProcessGroup(apply); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- apply.Wait() }()
	select {
	case err := <-ended:
		if err == nil {
			t.Errorf("an interrupted apply succeeded:\n%s", output.String())
		}
	case <-time.After(maxWait):
		t.Fatalf("the apply did not end within %s of the interrupt", time.Since(interrupted))
	}

	// Then its output has the error, and nothing more was sent
	if !strings.Contains(output.String(), "Interrupted") {
		t.Errorf("the output lacks the error Interrupted:\n%s", output.String())
	}
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

func waitFor(t *testing.T, condition func() bool) {
	t.Helper()
	for deadline := time.Now().Add(maxWait); !condition(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("the condition was not met within %s", maxWait)
		}
	}
}
