// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package decisionfile

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/agext/levenshtein"

	"github.com/didit-community/terraform-provider-didit/internal/check"
)

// Keys of a file.
const (
	sessionID   = "session_id"
	archived    = "archived"
	hits        = "hits"
	steps       = "steps"
	session     = "session"
	nodeID      = "node_id"
	featureType = "feature_type"
)

// DefaultNodeID is the node ID of a workflow without a graph.
const DefaultNodeID = "default"

// field is a key of a decision, for the reader and for the schema.
type field struct {
	name, description string
	required          bool
	// prose is text that people write: it may have several lines.
	prose bool
	// values are the known values, if there are any.
	values []string
	// pattern describes other texts to editors; it may accept more than check does.
	pattern string
	// check returns "", or what is wrong as the rest of a sentence ("must be …").
	check func(text string) string
	// in returns where a decision has it: a *string, or a *bool for true or false.
	in func(*Decision) any
}

// The values that Didit reports, and those that can be decided.
//
// Endpoint: GET /v3/session/{session_id}/decision/. It has no list of the statuses of
// KYB checks and questionnaires, so a step's From can be another one.
var (
	hitValues      = []string{"Unreviewed", "Confirmed Match", "False Positive", "Inconclusive"}
	stepValues     = []string{"Approved", "Declined", "In Review"}
	sessionValues  = []string{"Approved", "Declined"}
	stepReports    = append(stepValues[:3:3], "Not Finished", "Expired", "Resub Requested", "Not Started", "In Progress", "Pending")
	sessionReports = append(stepValues[:3:3], "Kyc Expired", "Abandoned", "Resubmitted", "Not Started", "In Progress", "Awaiting User", "Expired")
)

// fields are the keys of each kind of decision, in the order in which people write them.
var fields = map[Kind][]field{
	Hit: {
		nodeIDField("Node ID of the AML check in the workflow graph, such as feature_aml_1. Leave it out for a workflow without a graph."),
		{name: "hit_id", required: true, description: "ID of the AML hit.", pattern: `^[^/\s]+$`, check: check.HitID, in: func(d *Decision) any { return &d.HitID }},
		fromField(hitValues, "", check.OneOf("", hitValues...)),
		toField(hitValues),
		textField("reason", "Why this is decided. It stays in git and in Terraform's state: Didit records no comment of a hit.", true, comment),
		ticketField,
	},
	Step: {
		nodeIDField("Node ID of the step in the workflow graph, such as feature_ocr_1. For a workflow without a graph, write feature_type instead."),
		{name: featureType, description: "Type of the step, such as LIVENESS.", pattern: check.FeatureTypePattern, check: check.FeatureType, in: func(d *Decision) any { return &d.FeatureType }},
		fromField(stepReports, statusForm.String(), checkStepReport),
		toField(stepValues),
		commentField,
		ticketField,
		exceptionField,
		{name: "defer_until_flow_finishes", description: "Whether Didit applies the decision only when the person has finished the flow.", in: func(d *Decision) any { return &d.Defer }},
	},
	Session: {
		fromField(sessionReports, "", check.OneOf("", sessionReports...)),
		toField(sessionValues),
		commentField,
		ticketField,
		exceptionField,
	},
}

// fileFields are the keys of a file besides its decisions.
var fileFields = []field{
	{name: sessionID, required: true, description: "The UUID of the session, in lower case.", pattern: check.UUIDPattern, check: check.SessionID},
	{name: archived, description: "Whether the file is kept as a record and manages nothing."},
}

var (
	commentField   = textField("comment", "Why this is decided. Didit records it with the change.", true, comment)
	ticketField    = textField("ticket", "The case in another system, such as COMPL-17. It is recorded after the comment.", false, func(d *Decision) any { return &d.Ticket })
	exceptionField = textField("exception", "Why a rule of the team does not apply to this decision.", true, func(d *Decision) any { return &d.Exception })
)

func nodeIDField(description string) field {
	return field{name: nodeID, description: description, pattern: `^[^/\s]([^/]*[^/\s])?$`, check: check.NodeID, in: func(d *Decision) any { return &d.NodeID }}
}

func fromField(values []string, pattern string, check func(string) string) field {
	return field{
		name: "from", required: true, description: "The value that the reviewer saw. The decision is made only from this value.",
		values: values, pattern: pattern, check: check, in: func(d *Decision) any { return &d.From },
	}
}

func toField(values []string) field {
	return field{
		name: "to", required: true, description: "The value that is decided. Equal to from, it says that the decision was made before; nothing is sent.",
		values: values, check: check.OneOf("", values...), in: func(d *Decision) any { return &d.To },
	}
}

func comment(d *Decision) any { return &d.Comment }

func textField(name, description string, prose bool, in func(*Decision) any) field {
	return field{name: name, description: description, prose: prose, pattern: `\S`, check: notBlank, in: in}
}

func notBlank(text string) string {
	if strings.TrimSpace(text) == "" {
		return "must not be blank; leave it out to write nothing"
	}
	return ""
}

// statusForm is the form of all of Didit's statuses: a few capitalized words.
var statusForm = regexp.MustCompile(`^[A-Z][a-z]+( [A-Z][a-z]+){0,3}$`)

// checkStepReport accepts a status that this release does not know, unless it is almost
// one that it knows.
func checkStepReport(text string) string {
	problem := check.OneOf("", stepReports...)(text)
	if problem == "" || !statusForm.MatchString(text) {
		return problem
	}
	if value := nearest(text, stepReports); value != "" {
		return fmt.Sprintf("must be written %q, not %q", value, text)
	}
	return ""
}

// nearest returns the known text that was probably meant; "" if there is none.
func nearest(text string, known []string) string {
	best, distance := "", 3
	for _, candidate := range known {
		if d := levenshtein.Distance(text, candidate, nil); d < distance && d < len(candidate)/2+1 {
			best, distance = candidate, d
		}
	}
	return best
}

func names(fields []field) []string {
	all := make([]string, len(fields))
	for i, f := range fields {
		all[i] = f.name
	}
	return all
}
