// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package summary

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	tfjson "github.com/hashicorp/terraform-json"
)

// Parse reads what terraform show -json, or tofu show -json, says of a saved
// plan.
func Parse(data []byte) (Summary, error) {
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if err := checkForm(data); err != nil {
		return Summary{}, err
	}
	var plan tfjson.Plan
	if err := json.Unmarshal(data, &plan); err != nil {
		return Summary{}, fmt.Errorf("it cannot be read as the JSON of a plan: %w", err)
	}
	if plan.PlannedValues == nil && plan.Config == nil {
		return Summary{}, errors.New("it is the JSON of a state and not of a plan; name the plan file: terraform show -json tfplan")
	}
	// The library does not know this field.
	var outcome struct {
		Errored bool `json:"errored"`
	}
	if err := json.Unmarshal(data, &outcome); err != nil {
		return Summary{}, fmt.Errorf("it cannot be read as the JSON of a plan: %w", err)
	}
	return summarize(plan, outcome.Errored)
}

// checkForm tells what was given by mistake in the user's words.
func checkForm(data []byte) error {
	text := bytes.TrimSpace(data)
	switch {
	case len(text) == 0:
		return errors.New("it is empty; the command before may have failed")
	case bytes.HasPrefix(data, []byte("PK\x03\x04")):
		return errors.New("it is a plan file itself; give what terraform show -json says of it")
	case bytes.HasPrefix(text, []byte(`{"@level"`)):
		return errors.New("these are the messages of plan -json; save the plan with -out, and give what terraform show -json says of it")
	case text[0] != '{':
		return errors.New("it is not JSON; give what terraform show -json writes to its standard output, and nothing else")
	}
	return nil
}

func summarize(plan tfjson.Plan, errored bool) (Summary, error) {
	summary := Summary{
		Errored: errored,
		// An errored plan is incomplete by nature, which goes without saying.
		Incomplete: !errored && (plan.Complete != nil && !*plan.Complete || len(plan.DeferredChanges) > 0),
	}
	drift := map[string]change{}
	for _, drifted := range plan.ResourceDrift {
		if isDecision(drifted) {
			c, err := newChange(drifted)
			if err != nil {
				return Summary{}, err
			}
			drift[c.key()] = c
		}
	}
	for _, planned := range plan.ResourceChanges {
		if !isDecision(planned) {
			summary.addOther(planned)
			continue
		}
		c, err := newChange(planned)
		if err != nil {
			return Summary{}, err
		}
		drifted, hasDrifted := drift[c.key()]
		delete(drift, c.key())
		decision, err := c.decision(drifted, hasDrifted)
		switch {
		case err != nil:
			return Summary{}, err
		case decision == nil:
			summary.Unchanged++
		default:
			summary.Decisions = append(summary.Decisions, *decision)
		}
	}
	for _, drifted := range drift {
		summary.Decisions = append(summary.Decisions, drifted.observed()...)
	}
	for _, invoked := range plan.ActionInvocations {
		summary.Others = append(summary.Others, Other{Address: invoked.Address, Action: "invoke"})
	}
	summary.joinRenamed()
	summary.sort()
	return summary, nil
}

func isDecision(c *tfjson.ResourceChange) bool {
	return c != nil && c.Mode == tfjson.ManagedResourceMode && c.Type == resourceType
}

// addOther notes a change of something else; what is only read changes nothing.
func (s *Summary) addOther(c *tfjson.ResourceChange) {
	if c == nil || c.Change == nil || c.Mode != tfjson.ManagedResourceMode {
		return
	}
	action := actionText(c.Change.Actions)
	switch {
	case !c.Change.Actions.NoOp():
	case c.Change.Importing != nil:
		action = "import"
	default:
		return
	}
	s.Others = append(s.Others, Other{Address: c.Address, Action: action})
}

func actionText(actions tfjson.Actions) string {
	var words []string
	for _, action := range actions {
		words = append(words, string(action))
	}
	return strings.Join(words, "/")
}

// joinRenamed makes one row of a step that one block lets go and another one
// adopts, as when a key of for_each is renamed; then the plan does hold its
// status.
func (s *Summary) joinRenamed() {
	letGo := map[Step]int{}
	for i, decision := range s.Decisions {
		if decision.Group == LetGo && !decision.Observed && decision.isKnown() {
			letGo[decision.Step] = i
		}
	}
	joined := map[int]bool{}
	for i := range s.Decisions {
		decision := &s.Decisions[i]
		before, found := letGo[decision.Step]
		if decision.Group != NotAdopted || !found || joined[before] {
			continue
		}
		step := decision.Step
		decision.Group, decision.InsteadOf = Replaced, &step
		decision.From, decision.Was = s.Decisions[before].From, s.Decisions[before].Was
		joined[before] = true
	}
	var rest []Decision
	for i, decision := range s.Decisions {
		if !joined[i] {
			rest = append(rest, decision)
		}
	}
	s.Decisions = rest
}
