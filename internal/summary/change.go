// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package summary

import (
	"fmt"

	tfjson "github.com/hashicorp/terraform-json"
)

// change is one instance of the resource in a plan, or in its drift.
type change struct {
	address, deposed string
	actions          tfjson.Actions
	imported         bool
	before, after    side
}

// side is the instance before or after; what is sensitive on one side is not
// shown of the other one either.
type side struct {
	values, unknown, sensitive, otherSensitive map[string]any
	isSensitive                                bool
}

func newChange(from *tfjson.ResourceChange) (change, error) {
	planned := from.Change
	if planned == nil {
		return change{}, fmt.Errorf("%s has no change in it", from.Address)
	}
	beforeSensitive, afterSensitive := object(planned.BeforeSensitive), object(planned.AfterSensitive)
	isSensitive := isSet(planned.BeforeSensitive) || isSet(planned.AfterSensitive)
	c := change{
		address:  from.Address,
		deposed:  from.DeposedKey,
		actions:  planned.Actions,
		imported: planned.Importing != nil,
		before:   side{object(planned.Before), nil, beforeSensitive, afterSensitive, isSensitive},
		after:    side{object(planned.After), object(planned.AfterUnknown), afterSensitive, beforeSensitive, isSensitive},
	}
	for _, side := range []side{c.before, c.after} {
		for _, name := range []string{"session_id", "node_id", "feature_type", "status", "comment"} {
			switch side.values[name].(type) {
			case nil, string:
			default:
				return change{}, fmt.Errorf("%s: %s is not a text; the plan is of another version of the provider", from.Address, name)
			}
		}
	}
	return c, nil
}

// object is nil for anything that is no JSON object.
func object(value any) map[string]any {
	fields, _ := value.(map[string]any)
	return fields
}

// isSet reads the mark of one value.
func isSet(mark any) bool {
	set, _ := mark.(bool)
	return set
}

// key tells instances apart; a deposed one shares its address with another.
func (c change) key() string { return c.address + "\x00" + c.deposed }

// value is what may be shown.
func (s side) value(name string) Value {
	text, isText := s.values[name].(string)
	switch {
	case s.isSensitive || isSet(s.sensitive[name]) || isSet(s.otherSensitive[name]):
		return Value{Kind: Sensitive}
	case isSet(s.unknown[name]):
		return Value{Kind: Unknown}
	case isText:
		return Text(text)
	default:
		return Value{}
	}
}

func (s side) step() Step {
	return Step{SessionID: s.value("session_id"), NodeID: s.value("node_id"), FeatureType: s.value("feature_type")}
}

// changesStatus compares the values themselves, sensitive or not. One that is
// known only after the apply is missing, and so another.
func (c change) changesStatus() bool {
	return c.before.values["status"] != c.after.values["status"]
}

// decision says what is planned for the step; nil where nothing is. drift is how
// the instance was found to have moved, if it was.
func (c change) decision(drift change, hasDrifted bool) (*Decision, error) {
	moved := hasDrifted && drift.changesStatus()
	decision := Decision{
		Step:     c.after.step(),
		From:     c.before.value("status"),
		To:       c.after.value("status"),
		Comment:  c.after.value("comment"),
		Address:  c.address,
		Imported: c.imported,
	}
	if moved {
		decision.Was = drift.before.value("status")
	}
	switch {
	case c.actions.NoOp() && c.imported:
		decision.Group = Adopted
	case c.actions.NoOp() && moved:
		decision.Group, decision.Observed = Followed, true
		decision.From = decision.Was
	case c.actions.NoOp():
		return nil, nil //nolint:nilnil // Nothing is planned, and nothing is wrong.
	case c.actions.Update():
		decision.Group = c.groupOfUpdate(drift, moved)
	case c.actions.Create():
		// Not sensitive either, where the status is: there is none.
		decision.Group, decision.From = NotAdopted, Value{}
	case c.actions.Delete() || c.actions.Forget():
		decision.Group, decision.Step = LetGo, c.before.step()
		decision.To, decision.Comment = Value{}, Value{}
	case c.replaces():
		decision.Group = Replaced
		before := c.before.step()
		decision.InsteadOf = &before
		if before != decision.Step || !before.isKnown() {
			// What the plan holds is the status of the other step.
			decision.From, decision.Was = Value{}, Value{}
		}
	default:
		return nil, fmt.Errorf("%s: %q is planned, which this version of the summary does not know", c.address, actionText(c.actions))
	}
	return &decision, nil
}

func (c change) groupOfUpdate(drift change, moved bool) Group {
	switch {
	case !c.changesStatus() && c.imported:
		return Adopted
	case !c.changesStatus():
		return CommentOnly
	case moved && drift.before.values["status"] == c.after.values["status"]:
		return Overturned
	default:
		return Changed
	}
}

// replaces also knows that OpenTofu can forget where others destroy.
func (c change) replaces() bool {
	if len(c.actions) != 2 {
		return false
	}
	first, second := c.actions[0], c.actions[1]
	if second == tfjson.ActionCreate {
		first, second = second, first
	}
	return first == tfjson.ActionCreate && (second == tfjson.ActionDelete || second == tfjson.ActionForget)
}

// observed is drift for which nothing is planned: Terraform's state follows.
func (c change) observed() []Decision {
	decision := Decision{
		Group:    Followed,
		Step:     c.before.step(),
		From:     c.before.value("status"),
		To:       c.after.value("status"),
		Address:  c.address,
		Observed: true,
	}
	switch {
	case c.actions.Delete():
		decision.Group, decision.To = LetGo, Value{}
	case !c.changesStatus():
		return nil
	}
	decision.Was = decision.From
	return []Decision{decision}
}
