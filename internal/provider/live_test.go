// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/tfversion"

	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

// TestLiveStepIsAdoptedChangedAndPutBack runs against a real Didit application:
// make testacc-live.
func TestLiveStepIsAdoptedChangedAndPutBack(t *testing.T) {
	story := liveStory{t: t, session: os.Getenv("DIDIT_LIVE_SESSION_ID"), node: os.Getenv("DIDIT_LIVE_NODE_ID")}
	key := os.Getenv("DIDIT_API_KEY")
	if os.Getenv("TF_ACC") == "" || key == "" || story.session == "" || story.node == "" {
		t.Skip("changes a step of a real session back and forth (make testacc-live): needs TF_ACC=1, and in DIDIT_API_KEY, " +
			"DIDIT_LIVE_SESSION_ID and DIDIT_LIVE_NODE_ID a key that may read and write, a session made for tests, and a step of it")
	}
	story.variables = []string{"DIDIT_API_KEY=" + key}
	if address := os.Getenv("DIDIT_BASE_URL"); address != "" {
		story.variables = append(story.variables, "DIDIT_BASE_URL="+address)
	}
	story.run()
}

func TestStoryOfTheLiveTestHoldsOnTheSimulator(t *testing.T) {
	t.Parallel()
	for name, step := range map[string]struct{ session, node, at, meanwhile string }{
		"in review": {simulator.SessionKYC, "feature_ocr_1", "In Review", "Approved"},
		"decided":   {simulator.SessionKYC, "feature_liveness_1", "Approved", "In Review"},
		"default":   {simulator.SessionSimple, "default", "In Review", "Approved"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, simulator.Options{})
			w.needs(tfversion.Version1_5_0, "an import block")
			story := liveStory{
				t: t, session: step.session, node: step.node,
				variables: []string{"DIDIT_API_KEY=" + simulator.DefaultAPIKey, "DIDIT_BASE_URL=" + w.URL},
			}

			story.run()

			w.expectTrail(
				byTerraform(step.node, step.at, step.meanwhile, liveComment+"changed."),
				byTerraform(step.node, step.meanwhile, step.at, liveComment+"changed back."),
			)
		})
	}
}

// liveComment begins the comments that the story leaves on the review trail.
const liveComment = "Acceptance test of terraform-provider-didit: "

// liveStory is the life of one step: adopted as it stands, changed, put back.
type liveStory struct {
	t             *testing.T
	session, node string
	variables     []string
}

func (s liveStory) run() {
	t := s.t
	t.Helper()
	before := s.status()
	t.Logf("Step %s of session %s is %q.", s.node, s.session, before)
	meanwhile := "In Review"
	switch before {
	case "Approved", "Declined":
	case "In Review":
		meanwhile = "Approved"
	default:
		t.Fatalf("A decision cannot set %q, so that the step could not be put back: choose another one.", before)
	}

	p := s.project()
	t.Log("Adopting it as it stands: nothing is to be sent.")
	p.apply(before, "")
	p.expectSent(0)
	// Whatever fails from here on, the step is put back.
	defer func() {
		t.Logf("Changing it back to %q.", before)
		p.apply(before, liveComment+"changed back.")
		if now := s.status(); now != before {
			t.Errorf("The step is %q, and was %q before the test: put it back in the Didit console.", now, before)
		}
		p.expectSent(2)
	}()

	t.Logf("Changing it to %q.", meanwhile)
	p.apply(meanwhile, liveComment+"changed.")
	p.expectSent(1)
	if now := s.status(); now != meanwhile {
		t.Errorf("The step is %q, want %q.", now, meanwhile)
	}
	t.Log("Planning again: nothing is to do.")
	if result := p.commandWith(p.variables, "plan", "-detailed-exitcode"); result.ExitCode != 0 {
		t.Errorf("The plan ended with %d:\n%s", result.ExitCode, result.Output)
	}
}

// status asks for the step's status through an import of its own.
func (s liveStory) status() string {
	s.t.Helper()
	p := s.project()
	p.write("main.tf", bareConfig("", s.block("Approved", "").hcl("step")))
	if result := p.commandWith(p.variables, "import", address("step"), s.session+"/"+s.node); result.ExitCode != 0 {
		s.t.Fatalf("The step cannot be read:\n%s", result.Output)
	}
	status, _ := p.state()["step"].Attributes["status"].(string)
	return status
}

func (s liveStory) block(status, comment string) decisionBlock {
	return decisionBlock{session: s.session, node: s.node, status: status, comment: comment}
}

func (s liveStory) project() *liveProject {
	s.t.Helper()
	p := &liveProject{project: &project{t: s.t, cli: builtCLI(s.t), folder: s.t.TempDir()}, story: s}
	p.logFile = filepath.Join(s.t.TempDir(), "provider.log")
	p.variables = append([]string{"TF_LOG_PROVIDER=DEBUG", "TF_LOG_PATH=" + p.logFile}, s.variables...)
	return p
}

// liveProject counts what the provider sends in its log: nobody else can tell.
type liveProject struct {
	*project
	story     liveStory
	variables []string
	logFile   string
}

// apply brings the step to a status, with the import block still there.
func (p *liveProject) apply(status, comment string) {
	p.t.Helper()
	p.write("main.tf", bareConfig("", p.story.block(status, comment).adopted("step")))
	result := p.commandWith(p.variables, "apply", "-auto-approve")
	if result.ExitCode != 0 {
		p.t.Fatalf("It cannot be made %q:\n%s", status, result.Output)
	}
}

func (p *liveProject) expectSent(changes int) {
	p.t.Helper()
	log, err := os.ReadFile(p.logFile)
	if err != nil {
		p.t.Fatal(err)
	}
	reads := 0
	sent := 0
	for _, line := range requestLine.FindAllString(string(log), -1) {
		switch {
		case strings.Contains(line, " method=GET "):
			reads++
		case strings.Contains(line, " method=PATCH "):
			sent++
		}
	}
	if reads == 0 || sent != changes {
		p.t.Errorf("The log has %s and %s, want %s.", plural(reads, "read"), plural(sent, "change"), plural(changes, "change"))
	}
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
