// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/didit-community/terraform-provider-didit/internal/decisions"
	"github.com/didit-community/terraform-provider-didit/internal/didit"
)

const (
	// maxListed bounds the lists of steps and hits in errors.
	maxListed = 20
	// maxQuoted bounds each text from a report in a message, in runes.
	maxQuoted = 100
	// maxDisplayName bounds a line of terraform query, in runes.
	maxDisplayName = 300
)

// nameOf returns the name of a subject in messages. It contains the session, because
// Terraform does not always print the instance.
func nameOf(subject decisions.Subject) string {
	if label := labelOf(subject); label != "" {
		return label + " of session " + subject.Session()
	}
	return "session " + subject.Session()
}

// labelOf returns the name of a step or hit within its session; "" for a session.
func labelOf(subject decisions.Subject) string {
	switch subject := subject.(type) {
	case decisions.FeatureRef:
		if subject.FeatureType != "" {
			return fmt.Sprintf("step %s (%s)", quote(subject.NodeID), subject.FeatureType)
		}
		return "step " + quote(subject.NodeID)
	case decisions.HitRef:
		if subject.NodeID != didit.DefaultNodeID {
			return fmt.Sprintf("AML hit %s at node %s", quote(subject.HitID), quote(subject.NodeID))
		}
		return "AML hit " + quote(subject.HitID)
	}
	return ""
}

// importIDOf returns the import ID of a subject.
func importIDOf(subject decisions.Subject) string {
	switch subject := subject.(type) {
	case decisions.FeatureRef:
		id := subject.SessionID + "/" + subject.NodeID
		if subject.NodeID == didit.DefaultNodeID && subject.FeatureType != "" {
			id += "/" + subject.FeatureType
		}
		return id
	case decisions.HitRef:
		return subject.SessionID + "/" + subject.NodeID + "/" + subject.HitID
	}
	return subject.Session()
}

// listSteps lists the steps of a session, for an error.
func listSteps(decision *didit.Decision) string {
	lines := make([]string, len(decision.Features))
	for i, feature := range decision.Features {
		lines[i] = fmt.Sprintf("%s (%s): %s", quote(feature.NodeID), feature.Type, quote(feature.Status))
	}
	return bulleted("The session's steps:", "The session has no steps yet.", lines)
}

// listHits lists the AML hits of a session, for an error.
func listHits(decision *didit.Decision) string {
	lines := make([]string, len(decision.AMLHits))
	for i, hit := range decision.AMLHits {
		lines[i] = fmt.Sprintf("%s at node %s: %s", quote(hit.ID), quote(hit.NodeID), quote(hit.ReviewStatus))
	}
	return bulleted("The session's AML hits:", "The session has no AML hits.", lines)
}

// bulleted returns a title and a bounded list, or none if there are no lines.
func bulleted(title, none string, lines []string) string {
	if len(lines) == 0 {
		return none
	}
	if more := len(lines) - maxListed; more > 0 {
		lines = append(lines[:maxListed:maxListed], fmt.Sprintf("and %d more", more))
	}
	return title + "\n  - " + strings.Join(lines, "\n  - ") + "\n"
}

// quote quotes and bounds a text from a report, so that it can neither control the
// terminal nor look like a message of Terraform.
func quote(text string) string { return strconv.Quote(bounded(text, maxQuoted)) }

// displayName returns a text from the API for the output of terraform query, for which
// the same holds.
func displayName(text string) string {
	quoted := strconv.Quote(bounded(text, maxDisplayName))
	return quoted[1 : len(quoted)-1]
}

// bounded cuts a text after so many runes.
func bounded(text string, most int) string {
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return text
}

func capitalize(text string) string { return strings.ToUpper(text[:1]) + text[1:] }
