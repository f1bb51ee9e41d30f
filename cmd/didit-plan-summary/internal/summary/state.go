// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package summary

import (
	"encoding/json"
	"slices"

	tfjson "github.com/hashicorp/terraform-json"
)

// stateResources returns the resources and data sources of all modules.
func stateResources(state *tfjson.State) []*tfjson.StateResource {
	if state == nil || state.Values == nil {
		return nil
	}
	var found []*tfjson.StateResource
	var walk func(*tfjson.StateModule)
	walk = func(module *tfjson.StateModule) {
		found = append(found, notNull(module.Resources)...)
		for _, child := range notNull(module.ChildModules) {
			walk(child)
		}
	}
	if state.Values.RootModule != nil {
		walk(state.Values.RootModule)
	}
	return found
}

func stateAttributes(resource *tfjson.StateResource) attributes {
	var sensitive any
	if len(resource.SensitiveValues) > 0 && json.Unmarshal(resource.SensitiveValues, &sensitive) != nil {
		sensitive = true
	}
	return attributes{values: resource.AttributeValues, sensitive: []any{sensitive}}
}

// stateDecision returns the subject of a resource in the state, and its value.
func stateDecision(resource *tfjson.StateResource) (subject Subject, value Value, ok bool) {
	if !isDecision(resource.Mode, resource.Type, resource.ProviderName) {
		return subject, value, false
	}
	known, instance := decisionTypes[resource.Type], stateAttributes(resource)
	return instance.subject(known.kind), instance.value(known.valueAttribute), true
}

// findPresent finds what is in the plan or the state, which tells what is done.
func (s *Summary) findPresent(plan tfjson.Plan, state []*tfjson.StateResource) {
	s.managed, s.addresses = map[Subject]bool{}, map[string]bool{}
	for _, resource := range state {
		s.addresses[resource.Address] = false
		if subject, _, ok := stateDecision(resource); ok {
			s.managed[subject.identity()] = true
		}
	}
	for _, planned := range notNull(plan.ResourceChanges) {
		s.addresses[planned.Address] = planned.Change != nil && planned.Change.Actions.NoOp()
	}
}

// valuesAfterApply returns the value of every subject that the plan knows, and the
// sessions whose report it has read. What is planned outranks what a data source
// read, and that outranks the state.
func (s *Summary) valuesAfterApply(state []*tfjson.StateResource) (values map[Subject]string, isReported map[string]bool) {
	values, isReported = map[Subject]string{}, map[string]bool{}
	set := func(subject Subject, value Value) {
		if subject.isKnown() {
			delete(values, subject.identity())
			if value.Kind == Known {
				values[subject.identity()] = value.Text
			}
		}
	}
	for _, resource := range state {
		if subject, value, ok := stateDecision(resource); ok {
			set(subject, value)
		}
	}
	for _, decision := range s.Unchanged {
		set(decision.Subject, decision.To)
	}
	for _, resource := range state {
		report := stateAttributes(resource)
		if resource.Mode != tfjson.DataResourceMode || resource.Type != "didit_session_decision" || !isDidit(resource.ProviderName) || hasTrue(report.sensitive) {
			continue
		}
		session := report.value("session_id")
		isReported[session.Text] = true
		set(Subject{Kind: Session, SessionID: session}, report.value("status"))
		for _, item := range slices.Concat(objects(report.values["features"]), objects(report.values["aml_hits"])) {
			found := attributes{values: item}
			kind, value := Feature, found.value("status")
			if value.Kind == None {
				kind, value = Hit, found.value("review_status")
			}
			subject := found.subject(kind)
			subject.SessionID = session
			set(subject, value)
		}
	}
	for _, decision := range s.Decisions {
		if decision.To.Kind != None {
			set(decision.Subject, decision.To)
		}
	}
	return values, isReported
}
