// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package summary

import (
	"fmt"
	"slices"
	"strings"

	tfjson "github.com/hashicorp/terraform-json"

	"github.com/didit-community/terraform-provider-didit/internal/decisionfile"
)

// decisionTypes are the resource types that are decisions. Their names are enough: a
// mirror or a fork serves them under another address, which the page names.
var decisionTypes = map[string]decisionType{
	"didit_session_aml_hit_status": {hit, "review_status"},
	"didit_session_feature_status": {feature, "status"},
	"didit_session_status":         {session, "status"},
}

// decisionType is a resource type: its kind of subject, and the attribute that holds
// the value.
type decisionType struct {
	kind           subjectKind
	valueAttribute string
}

// decision is what a plan does to one subject.
type decision struct {
	subject

	effect effect
	// from is the value that the reviewer saw, or the one before the apply; none if the
	// plan does not hold it.
	from value
	// to is the wanted value; none if the subject is no longer managed.
	to value
	// current is the value in Didit where it is neither from nor to.
	current value
	comment value
	// isDeferred: while the person is in the flow, the change waits.
	isDeferred bool
	// address is of the block.
	address string
	// file is the decision in the group's files; nil if none is known.
	file *decisionfile.Decision
	// marks are the reasons why it needs attention, most serious first. The summaries of
	// the log's warnings about the block are among them.
	marks []string
}

// change is what a plan, or its refresh, does to one instance.
type change struct {
	decisionType

	address, deposed string
	actions          tfjson.Actions
	imported         bool
	before, after    attributes
}

func isDecision(c *tfjson.ResourceChange) bool {
	return c.Mode == tfjson.ManagedResourceMode && decisionTypes[c.Type].kind != ""
}

func newChange(from *tfjson.ResourceChange) change {
	before, after := sides(from.Change)
	return change{
		decisionType: decisionTypes[from.Type],
		address:      from.Address,
		deposed:      from.DeposedKey,
		actions:      from.Change.Actions,
		imported:     from.Change.Importing != nil,
		before:       before,
		after:        after,
	}
}

// instance identifies it; a deposed instance shares its address with another.
func (c change) instance() string { return c.address + "\x00" + c.deposed }

// changesValue compares the values themselves, sensitive or not. A value that is
// known only after the apply is absent, and so differs.
func (c change) changesValue() bool {
	return c.before.values[c.valueAttribute] != c.after.values[c.valueAttribute]
}

// subjectAndValues returns a decision without an effect.
func (c change) subjectAndValues() decision {
	d := decision{
		subject: c.after.subject(c.kind),
		from:    c.after.value("from"),
		to:      c.after.value(c.valueAttribute),
		comment: c.after.value("comment"),
		address: c.address,

		isDeferred: c.after.value("defer_until_flow_finishes").is("true"),
	}
	if c.after.value("outcome").is(string(waits)) {
		d.marks = append(d.marks, markWaiting)
	}
	if d.from.Kind == none && !c.actions.Create() {
		d.from = c.before.value(c.valueAttribute)
	}
	return d
}

// observed returns what the refresh found, where nothing is planned.
func (c change) observed() decision {
	isGone := c.actions.Delete()
	if isGone {
		c.after = c.before
	}
	d := c.unchanged(c.subjectAndValues(), &c)
	if isGone {
		d.effect = gone
	}
	return d
}

// decision returns what is planned. drift is how the refresh found the instance
// changed, nil if it did not.
func (c change) decision(drift *change) (decision, error) {
	d := c.subjectAndValues()
	hasFrom := c.after.value("from").Kind != none
	moved := drift != nil && drift.changesValue()
	switch {
	case c.actions.NoOp():
		d = c.unchanged(d, drift)
	case c.actions.Update() && !c.changesValue() && c.before.value("outcome").is(string(waits)):
		d.effect = waits // The state has the wanted value already, and Didit does not.
	case c.actions.Update() && !c.changesValue():
		d.effect = alreadySo
	case c.actions.Update():
		d.effect = decided
		if c.before.value("outcome").is(string(superseded)) && c.before.value("from") == d.from && c.before.value("comment") != d.comment {
			d.marks = append(d.marks, markDecidesAgain)
		}
		switch {
		case hasFrom || !moved:
		case drift.before.values[c.valueAttribute] == c.after.values[c.valueAttribute]:
			d.effect = restored
		default:
			d.current = d.from
			d.from = drift.before.value(c.valueAttribute)
		}
	case c.actions.Create() && !hasFrom:
		d.effect = setWithoutFrom
	case c.actions.Create():
		d.effect = decided
	case c.actions.Delete() || c.actions.Forget():
		d.effect, d.subject = forgotten, c.before.subject(c.kind)
		d.from, d.to, d.comment = c.before.value(c.valueAttribute), value{}, value{}
		switch outcome := c.before.value("outcome"); {
		case outcome.is(string(waits)):
			d.from, d.to = c.before.value("from"), d.from // The state has the wanted value already.
			d.marks = append(d.marks, markNotWithdrawn)
		case outcome.is(string(gone)):
			d.marks = append(d.marks, markGone)
		}
	case len(c.actions) == 2 && slices.Contains(c.actions, tfjson.ActionCreate):
		// OpenTofu can also forget what it replaces.
		d.effect, d.from = replaced, c.before.value(c.valueAttribute)
	default:
		return decision{}, fmt.Errorf("%s: this version of didit-decisions does not know the action %q; use a newer one", c.address, actionText(c.actions))
	}
	if (d.effect == decided || d.effect == alreadySo) && hasFrom && d.from == d.to && d.from.Kind == known {
		d.effect = asBefore
	}
	return d, nil
}

// unchanged completes a decision for which nothing is planned.
func (c change) unchanged(d decision, drift *change) decision {
	outcome := c.after.value("outcome")
	switch {
	case outcome.is(string(superseded)):
		// The state has Didit's value; the wanted one is in the decision's file only.
		d.effect, d.current, d.to = superseded, d.to, value{}
	case outcome.is(string(gone)):
		d.effect = gone
	case c.imported:
		d.effect = alreadySo
	case outcome.is(string(waits)):
		d.effect = waits
	case drift != nil && drift.changesValue() && outcome.Kind == none:
		d.effect, d.from = changedInDidit, drift.before.value(c.valueAttribute)
	default:
		d.effect = unchangedDecision
	}
	return d
}

func actionText(actions tfjson.Actions) string {
	words := make([]string, len(actions))
	for i, action := range actions {
		words[i] = string(action)
	}
	return strings.Join(words, "/")
}
