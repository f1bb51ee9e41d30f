// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

// Package summary reports what a Terraform plan does to decisions in Didit, for
// the people who review it. [Parse] reads the JSON of a plan into a [Summary],
// which is written as Markdown or JSON; [Compare] compares two of them.
//
//	terraform show -json tfplan | didit-plan-summary
//
// # JSON
//
// The same decisions planned twice have equal JSON, byte for byte. So it holds no
// time, no detail of the plan file or the state, and nothing that is not planned.
//
//	{
//	  "format": 3,                // raised when the shape or its meaning changes
//	  "group": "2026-q4",         // the value of -group; "" for none
//	  "errored": false,           // Terraform stopped with an error
//	  "incomplete": false,        // planned with -target, or something was deferred
//	  "decisions": [              // sorted by session, then hits, steps, session
//	    {
//	      "kind": "feature",      // aml_hit, feature, resubmission or session
//	      "session_id": "…",
//	      "node_id": "…",         // of aml_hit and feature; the steps of resubmission
//	      "feature_type": "…",    // of feature
//	      "hit_id": "…",          // of aml_hit
//	      "effect": "changed",    // an Effect
//	      "from": "In Review",    // null if the plan does not hold it
//	      "to": "Declined",       // null if the plan sets none
//	      "comment": "Forged.",   // null for none
//	      "unconfigured": true,   // of effect released or retaken, see Decision
//	      "instead_of": {"kind": "feature", "session_id": "…", …} // of effect replaced
//	    }
//	  ],
//	  "warnings": [               // what to look at in the sessions of these decisions
//	    {"warning": "…", "kind": "aml_hit", "session_id": "…", …}
//	  ],
//	  "others": [                 // what else the plan does, sorted
//	    {"address": "terraform_data.x", "action": "create"},
//	    {"address": "terraform_data.y", "action": "delete", "unconfigured": true}
//	  ]
//	}
//
// A value is a string, null, {"unknown": true} if it is known only after the
// apply, or {"sensitive": true} if it must not be shown. Of other changes the
// address and the action are compared, not the values. The action is Terraform's word,
// or what the configuration holds: "provisioner local-exec", "read while planning" for
// a data source of another provider, "configure base_url" for a provider.
package summary

import (
	"cmp"
	"encoding/json"
	"slices"
)

// Summary is what a plan does to decisions.
type Summary struct {
	// Group names the part of a repository that was planned; "" for none.
	Group string
	// Errored: Terraform stopped with an error, and cannot apply the plan.
	Errored bool
	// Incomplete: the plan leaves something out, as with -target. Terraform reports
	// that since 1.8, OpenTofu does not.
	Incomplete bool
	// Decisions are the subjects that the plan, or its refresh, changes; sorted.
	Decisions []Decision
	// Warnings are about the sessions of planned decisions as they will be after
	// the apply; sorted.
	Warnings []Warning
	// Others are all other changes, sorted.
	Others []Other
	// Unchanged are the subjects that already are as configured, sorted. They are
	// not compared, because other pull requests change them.
	Unchanged []Decision

	// unchecked are the sessions that this plan decides without reading their report.
	unchecked []string
	// managed are the subjects in the state.
	managed map[Subject]bool
	// configured are the addresses of blocks, without the keys of instances.
	configured map[string]bool
	// addresses are those in the plan or the state; true if nothing is planned for it.
	addresses map[string]bool
}

// Decision is what a plan does to one subject.
type Decision struct {
	Subject

	Effect Effect `json:"effect"`
	// From is the value before the apply; none if the plan does not hold it.
	From Value `json:"from"`
	// To is the planned value; none if the subject is no longer managed.
	To Value `json:"to"`
	// Comment is recorded with a change of the value, and with nothing else.
	Comment Value `json:"comment"`
	// Unconfigured: the plan destroys it, and its block is no longer in the
	// configuration. A provisioner in a removed block may run.
	Unconfigured bool `json:"unconfigured,omitempty"`
	// InsteadOf is the subject that the block decided before, if it is another one.
	InsteadOf *Subject `json:"instead_of,omitempty"`

	// The fields below help a reader; two plans of the same decisions may differ in
	// them.

	// Address is the address of the block.
	Address string `json:"-"`
	// Was is the value that Terraform saw last, if it has changed since.
	Was Value `json:"-"`
	// Imported: an import block adopts the subject.
	Imported bool `json:"-"`
}

// Subject is what is decided: an AML hit, a step, a session, or which steps of a
// session are repeated.
type Subject struct {
	Kind        Kind  `json:"kind"`
	SessionID   Value `json:"session_id"`
	NodeID      Value `json:"node_id,omitzero"`
	FeatureType Value `json:"feature_type,omitzero"`
	HitID       Value `json:"hit_id,omitzero"`
}

// Kind is the kind of a subject. Kinds sort in the order in which a case is read.
type Kind string

// The kinds of subjects.
const (
	Hit          Kind = "aml_hit"
	Feature      Kind = "feature"
	Resubmission Kind = "resubmission"
	Session      Kind = "session"
)

// Other is a planned change of something else, or code or a provider's arguments in
// the configuration.
type Other struct {
	Address string `json:"address"`
	// Action is Terraform's word, such as create; delete/create for a replacement.
	Action string `json:"action"`
	// Unconfigured is the same as for a decision.
	Unconfigured bool `json:"unconfigured,omitempty"`
}

// isKnown reports whether every part of the address is known and may be shown.
func (s Subject) isKnown() bool {
	for _, part := range []Value{s.SessionID, s.NodeID, s.FeatureType, s.HitID} {
		if part.Kind == Unknown || part.Kind == Sensitive {
			return false
		}
	}
	return s.SessionID.Kind == Known
}

// identity returns what identifies the subject in Didit: the type of a step only if
// the workflow has no graph.
func (s Subject) identity() Subject {
	if !s.NodeID.is(defaultNode) {
		s.FeatureType = Value{}
	}
	return s
}

// defaultNode is the node ID in a workflow without a graph.
const defaultNode = "default"

// key is equal for items that are the same in every field that is compared.
func key(item any) string {
	text, err := json.Marshal(item)
	if err != nil {
		panic(err) // Strings and booleans can always be written.
	}
	return string(text)
}

func compareSubjects(a, b Subject) int {
	return cmp.Or(
		compareValues(a.SessionID, b.SessionID),
		cmp.Compare(a.Kind, b.Kind),
		compareValues(a.NodeID, b.NodeID),
		compareValues(a.FeatureType, b.FeatureType),
		compareValues(a.HitID, b.HitID),
	)
}

func compareDecisions(a, b Decision) int {
	if order := compareSubjects(a.Subject, b.Subject); order != 0 {
		return order
	}
	return cmp.Or(cmp.Compare(key(a), key(b)), cmp.Compare(a.Address, b.Address))
}

func compareOthers(a, b Other) int {
	return cmp.Or(cmp.Compare(a.Address, b.Address), cmp.Compare(a.Action, b.Action))
}

func (s *Summary) sort() {
	slices.SortStableFunc(s.Decisions, compareDecisions)
	slices.SortStableFunc(s.Unchanged, compareDecisions)
	slices.SortStableFunc(s.Warnings, compareWarnings)
	slices.SortStableFunc(s.Others, compareOthers)
}

// planned returns the decisions without those that the refresh only observed.
func (s Summary) planned() []Decision {
	planned := []Decision{}
	for _, decision := range s.Decisions {
		if decision.Effect.isPlanned() {
			planned = append(planned, decision)
		}
	}
	return planned
}
