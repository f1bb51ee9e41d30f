// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

// Package summary says what a Terraform plan does to decisions, for those who
// review it: the JSON of a plan in, a [Summary] and its Markdown or JSON out.
//
//	terraform show -json tfplan | didit-plan-summary
//
// # JSON
//
// The JSON of a summary is made to be compared with that of another plan: the
// same decisions planned twice give equal bytes. So there is no time in it, no
// particular of the plan file or of the state, and nothing that is not planned.
//
//	{
//	  "format": 1,               // raised when the shape or its meaning changes
//	  "errored": false,          // Terraform stopped with an error
//	  "incomplete": false,       // planned with -target, or something was put off
//	  "decisions": [             // sorted by step
//	    {
//	      "group": "changed",    // a Group
//	      "session_id": "…", "node_id": "feature_ocr_1", "feature_type": "ID_VERIFICATION",
//	      "from": "In Review",   // null where the plan does not hold it
//	      "to": "Declined",      // null where the plan sets none
//	      "comment": "Forged.",  // null for none
//	      "instead_of": {"session_id": "…", "node_id": "…", "feature_type": "…"}
//	    }                        // instead_of: in the group "replaced" only
//	  ],
//	  "others": [                // what else the plan does, sorted
//	    {"address": "terraform_data.x", "action": "create"}
//	  ]
//	}
//
// A value is a text, null, {"unknown": true} for what is known only after the
// apply, or {"sensitive": true} for what must not be shown. Of other resources
// the address and the action are compared, not the values.
package summary

import (
	"cmp"
	"slices"
)

// resourceType is the one resource whose changes are decisions.
const resourceType = "didit_session_feature_status"

// Summary is what a plan does to decisions.
type Summary struct {
	// Errored: Terraform stopped with an error, and cannot apply the plan.
	Errored bool
	// Incomplete: the plan leaves something out, as with -target. Terraform says
	// so since 1.8, OpenTofu does not.
	Incomplete bool
	// Decisions are the steps that the plan does something about, sorted.
	Decisions []Decision
	// Unchanged counts the steps that stand as configured. It is not compared:
	// other pull requests change it.
	Unchanged int
	// Others are the changes of anything else, sorted.
	Others []Other
}

// Decision is what a plan does about one step.
type Decision struct {
	Group Group `json:"group"`
	Step
	// From is the status that the step has; none where the plan does not hold it.
	From Value `json:"from"`
	// To is the planned status; none where a step is let go.
	To Value `json:"to"`
	// Comment is recorded with a change of status, and with nothing else.
	Comment Value `json:"comment"`
	// InsteadOf is the step that the block named before.
	InsteadOf *Step `json:"instead_of,omitempty"`

	// What follows is of use to a reader; two plans of the same decisions may
	// differ in it.

	// Address is the block's in the configuration.
	Address string `json:"-"`
	// Was is the status that Terraform saw last, where it has been changed since.
	Was Value `json:"-"`
	// Imported: the step is taken over by an import block.
	Imported bool `json:"-"`
	// Observed: nothing is planned; Terraform's state catches up with Didit.
	Observed bool `json:"-"`
}

// Step is one step of a session.
type Step struct {
	SessionID   Value `json:"session_id"`
	NodeID      Value `json:"node_id"`
	FeatureType Value `json:"feature_type"`
}

// Other is a planned change of something that is no decision.
type Other struct {
	Address string `json:"address"`
	// Action is Terraform's word, such as create; for a replacement delete/create.
	Action string `json:"action"`
}

// Group is what the rows of a table have in common.
type Group string

// The groups.
const (
	// Overturned: the status was changed outside Terraform; the plan puts it back.
	Overturned Group = "overturned"
	// Changed: the plan changes the status.
	Changed Group = "changed"
	// Replaced: a block lets go of one step and adopts another.
	Replaced Group = "replaced"
	// NotAdopted: a block without an import, whose step Terraform has not seen.
	NotAdopted Group = "not_adopted_yet"
	// LetGo: Terraform forgets the step; its decision stays in place.
	LetGo Group = "let_go"
	// CommentOnly: the comment changes and the status does not; nothing is sent.
	CommentOnly Group = "comment_only"
	// Adopted: an import of a step that is as configured.
	Adopted Group = "adopted"
	// Followed: changed outside Terraform, and left so.
	Followed Group = "followed"
)

// isKnown tells whether the step can be named.
func (s Step) isKnown() bool {
	return s.SessionID.Kind == Known && s.NodeID.Kind == Known && s.FeatureType.Kind == Known
}

func compareSteps(a, b Step) int {
	return cmp.Or(
		compareValues(a.SessionID, b.SessionID),
		compareValues(a.NodeID, b.NodeID),
		compareValues(a.FeatureType, b.FeatureType),
	)
}

// sort puts everything into the one order that a summary has.
func (s *Summary) sort() {
	slices.SortStableFunc(s.Decisions, func(a, b Decision) int {
		return cmp.Or(
			compareSteps(a.Step, b.Step),
			cmp.Compare(a.Group, b.Group),
			compareValues(a.From, b.From),
			compareValues(a.To, b.To),
			compareValues(a.Comment, b.Comment),
			compareInsteadOf(a, b),
			cmp.Compare(a.Address, b.Address),
		)
	})
	slices.SortStableFunc(s.Others, compareOthers)
}

func compareInsteadOf(a, b Decision) int {
	if a.InsteadOf == nil || b.InsteadOf == nil {
		return 0
	}
	return compareSteps(*a.InsteadOf, *b.InsteadOf)
}

func compareOthers(a, b Other) int {
	return cmp.Or(cmp.Compare(a.Address, b.Address), cmp.Compare(a.Action, b.Action))
}

// planned are the decisions that the plan does something about, without what
// Terraform only observes.
func (s Summary) planned() []Decision {
	planned := []Decision{}
	for _, decision := range s.Decisions {
		if !decision.Observed {
			planned = append(planned, decision)
		}
	}
	return planned
}
