// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package summary

import (
	"fmt"
	"slices"

	tfjson "github.com/hashicorp/terraform-json"
)

// providerNames are the addresses of this provider: in Terraform's registry and in
// OpenTofu's.
var providerNames = []string{"registry.terraform.io/didit-community/didit", "registry.opentofu.org/didit-community/didit"}

// isDidit reports whether a provider is this one. Another one can have resources of
// the same names.
func isDidit(providerName string) bool { return slices.Contains(providerNames, providerName) }

// decisionTypes are the resource types that are decisions.
var decisionTypes = map[string]decisionType{
	"didit_session_aml_hit_status": {Hit, "review_status"},
	"didit_session_feature_status": {Feature, "status"},
	"didit_session_status":         {Session, "status"},
}

// decisionType is a resource type: its kind of subject, and the attribute that holds
// the value.
type decisionType struct {
	kind           Kind
	valueAttribute string
}

// change is what a plan, or its refresh, does to one instance.
type change struct {
	decisionType

	address, deposed string
	actions          tfjson.Actions
	imported         bool
	before, after    attributes
}

func isDecision(mode tfjson.ResourceMode, resourceType, providerName string) bool {
	return mode == tfjson.ManagedResourceMode && decisionTypes[resourceType].kind != "" && isDidit(providerName)
}

func newChange(from *tfjson.ResourceChange) (change, error) {
	planned := from.Change
	if planned == nil {
		return change{}, fmt.Errorf("%s has no change in it", from.Address)
	}
	// What is sensitive before or after is not shown of either.
	sensitive := []any{planned.BeforeSensitive, planned.AfterSensitive}
	c := change{
		decisionType: decisionTypes[from.Type],
		address:      from.Address,
		deposed:      from.DeposedKey,
		actions:      planned.Actions,
		imported:     planned.Importing != nil,
		before:       attributes{object(planned.Before), nil, sensitive},
		after:        attributes{object(planned.After), object(planned.AfterUnknown), sensitive},
	}
	for _, side := range []attributes{c.before, c.after} {
		for _, name := range []string{"session_id", "node_id", "feature_type", "hit_id", c.valueAttribute, "comment"} {
			switch side.values[name].(type) {
			case nil, string:
			default:
				return change{}, fmt.Errorf("%s: %s is not a string; use the didit-plan-summary of the same release as the provider", from.Address, name)
			}
		}
	}
	return c, nil
}

// instance identifies it; a deposed instance shares its address with another.
func (c change) instance() string { return c.address + "\x00" + c.deposed }

// changesValue compares the values themselves, sensitive or not. A value that is
// known only after the apply is absent, and so differs.
func (c change) changesValue() bool {
	return c.before.values[c.valueAttribute] != c.after.values[c.valueAttribute]
}

// decision returns what is planned. drift is how the refresh found the instance
// changed, nil if it did not.
func (c change) decision(drift *change) (Decision, error) {
	moved := drift != nil && drift.changesValue()
	decision := Decision{
		Subject:  c.after.subject(c.kind),
		From:     c.before.value(c.valueAttribute),
		To:       c.after.value(c.valueAttribute),
		Comment:  c.after.value("comment"),
		Address:  c.address,
		Imported: c.imported,
	}
	if moved {
		decision.Was = drift.before.value(c.valueAttribute)
	}
	switch {
	case c.actions.NoOp() && c.imported:
		decision.Effect = Adopted
	case c.actions.NoOp() && moved:
		decision.Effect, decision.From = Followed, decision.Was
	case c.actions.NoOp():
		decision.Effect = Unchanged
	case c.actions.Update():
		decision.Effect = c.effectOfUpdate(drift)
	case c.actions.Create():
		// A sensitive value has no sensitive value before it: there is none.
		decision.Effect, decision.From = Set, Value{}
	case c.actions.Delete() || c.actions.Forget():
		decision.Effect, decision.Subject = Released, c.before.subject(c.kind)
		decision.To, decision.Comment = Value{}, Value{}
	case c.isReplacement():
		decision.Effect = Retaken
		if before := c.before.subject(c.kind); before != decision.Subject || !before.isKnown() {
			// The value in the plan is that of the other subject.
			decision.Effect, decision.InsteadOf = Replaced, &before
			decision.From, decision.Was = Value{}, Value{}
		}
	default:
		return Decision{}, fmt.Errorf("%s: this version of didit-plan-summary does not know the action %q; use a newer one", c.address, actionText(c.actions))
	}
	return decision, nil
}

func (c change) effectOfUpdate(drift *change) Effect {
	switch {
	case !c.changesValue() && c.imported:
		return Adopted
	case !c.changesValue():
		return CommentOnly
	case drift != nil && drift.changesValue() && drift.before.values[c.valueAttribute] == c.after.values[c.valueAttribute]:
		return Restored
	default:
		return Changed
	}
}

// isReplacement also holds for the actions of OpenTofu, which can forget instead of
// delete.
func (c change) isReplacement() bool {
	if len(c.actions) != 2 {
		return false
	}
	first, second := c.actions[0], c.actions[1]
	if second == tfjson.ActionCreate {
		first, second = second, first
	}
	return first == tfjson.ActionCreate && (second == tfjson.ActionDelete || second == tfjson.ActionForget)
}

// observed returns what the refresh found changed, if nothing is planned.
func (c change) observed() Decision {
	was := c.before.value(c.valueAttribute)
	decision := Decision{Subject: c.before.subject(c.kind), Effect: Followed, From: was, To: c.after.value(c.valueAttribute), Address: c.address, Was: was}
	switch {
	case c.actions.Delete():
		decision.Effect = Gone
	case !c.changesValue():
		decision.Effect = Unchanged
	}
	return decision
}
