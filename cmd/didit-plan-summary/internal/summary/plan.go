// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package summary

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	tfjson "github.com/hashicorp/terraform-json"
)

// Parse reads what terraform show -json, or tofu show -json, writes for a saved
// plan.
func Parse(data []byte) (Summary, error) {
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if err := checkInput(data); err != nil {
		return Summary{}, err
	}
	var plan tfjson.Plan
	// The library does not know this field.
	var outcome struct {
		Errored bool `json:"errored"`
	}
	if err := errors.Join(json.Unmarshal(data, &plan), json.Unmarshal(data, &outcome)); err != nil {
		return Summary{}, fmt.Errorf("it cannot be read as the JSON of a plan: %w", err)
	}
	if plan.PlannedValues == nil && plan.Config == nil {
		return Summary{}, errors.New("it is the JSON of a state, not of a plan; name the plan file: terraform show -json tfplan")
	}
	return summarize(plan, outcome.Errored)
}

// checkInput recognizes what users pass by mistake.
func checkInput(data []byte) error {
	text := bytes.TrimSpace(data)
	switch {
	case len(text) == 0:
		return errors.New("it is empty; see whether the command before it failed")
	case bytes.HasPrefix(data, []byte("PK\x03\x04")):
		return errors.New("it is a plan file; pass the output of terraform show -json tfplan")
	case bytes.HasPrefix(text, []byte(`{"@level"`)):
		return errors.New("it is the log of plan -json; save the plan with -out, and pass the output of terraform show -json tfplan")
	case text[0] != '{':
		return errors.New("it is not JSON; pass the standard output of terraform show -json tfplan, and nothing else")
	}
	return nil
}

func summarize(plan tfjson.Plan, errored bool) (Summary, error) {
	summary := Summary{
		Errored: errored,
		// A plan with errors is always incomplete.
		Incomplete: !errored && (plan.Complete != nil && !*plan.Complete || len(plan.DeferredChanges) > 0),
	}
	summary.addConfiguration(plan.Config)
	if err := errors.Join(summary.addChanges(plan), summary.addActions(plan.ActionInvocations)); err != nil {
		return Summary{}, err
	}
	summary.joinRenamed()
	state := stateResources(plan.PriorState)
	summary.findPresent(plan, state)
	summary.findWarnings(state)
	summary.sort()
	return summary, nil
}

// addChanges adds every change of a resource or data source.
func (s *Summary) addChanges(plan tfjson.Plan) error {
	drift := map[string]*change{}
	for _, drifted := range notNull(plan.ResourceDrift) {
		if isDecision(drifted.Mode, drifted.Type, drifted.ProviderName) {
			c, err := newChange(drifted)
			if err != nil {
				return err
			}
			drift[c.instance()] = &c
		}
	}
	for _, planned := range notNull(plan.ResourceChanges) {
		if !isDecision(planned.Mode, planned.Type, planned.ProviderName) {
			s.addOther(planned)
			continue
		}
		c, err := newChange(planned)
		if err != nil {
			return err
		}
		decision, err := c.decision(drift[c.instance()])
		if err != nil {
			return err
		}
		decision.Unconfigured = s.isUnconfigured(c.address, c.actions)
		delete(drift, c.instance())
		if decision.Effect == Unchanged {
			s.Unchanged = append(s.Unchanged, decision)
		} else {
			s.Decisions = append(s.Decisions, decision)
		}
	}
	for _, drifted := range drift {
		if decision := drifted.observed(); decision.Effect != Unchanged {
			s.Decisions = append(s.Decisions, decision)
		}
	}
	return nil
}

// notNull returns the items of a list in JSON that are not null.
func notNull[T any](items []*T) []*T {
	return slices.DeleteFunc(items, func(item *T) bool { return item == nil })
}

// joinRenamed makes one decision of a subject that one block releases and another
// one adopts, as when a key of for_each is renamed. The plan then does hold its
// value.
func (s *Summary) joinRenamed() {
	released := map[Subject]int{}
	for i, decision := range s.Decisions {
		if decision.Effect == Released && decision.isKnown() {
			released[decision.Subject] = i
		}
	}
	joined := map[int]bool{}
	for i := range s.Decisions {
		decision := &s.Decisions[i]
		index, found := released[decision.Subject]
		if decision.Effect != Set || !found || joined[index] {
			continue
		}
		before := s.Decisions[index]
		decision.Effect = Retaken
		decision.From, decision.Was, decision.Unconfigured = before.From, before.Was, before.Unconfigured
		joined[index] = true
	}
	var rest []Decision
	for i, decision := range s.Decisions {
		if !joined[i] {
			rest = append(rest, decision)
		}
	}
	s.Decisions = rest
}
