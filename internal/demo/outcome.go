// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

// outcome is what the story says that a command brings about.
type outcome struct {
	exitCode int
	// says are passages of what Terraform says, however it breaks lines and aligns.
	says []string
	// reads is how often Didit is asked (GET).
	reads span
	// changes are all those on Didit's audit trail, in any order; each is told to
	// Didit once (PATCH). Time, actor and feature type are left out.
	changes []simulator.TrailEntry
}

// span is a number that may be left some room.
type span struct{ least, most int }

var (
	once        = span{1, 1}
	twice       = span{2, 2}
	onceOrTwice = span{1, 2}
)

func (r span) String() string {
	if r.least == r.most {
		return strconv.Itoa(r.least)
	}
	return fmt.Sprintf("%d to %d", r.least, r.most)
}

// result is what a command has brought about.
type result struct {
	exitCode int
	said     string
	requests []simulator.Request
	changes  []simulator.TrailEntry
}

// count is how many requests have the method.
func (r result) count(method string) int { return count(r.requests, method) }

func count(requests []simulator.Request, method string) (n int) {
	for _, request := range requests {
		if request.Method == method {
			n++
		}
	}
	return n
}

// String is the line below what Terraform said.
func (r result) String() string {
	return fmt.Sprintf("As told: exit code %d, and Didit got %s.", r.exitCode, requestCount(r.requests))
}

func requestCount(requests []simulator.Request) string {
	if len(requests) == 0 {
		return "no request"
	}
	return fmt.Sprintf("%d GET and %d PATCH", count(requests, http.MethodGet), count(requests, http.MethodPatch))
}

// difference is the first point in which a result is not the outcome.
type difference struct{ expected, found string }

// compare gives nil where everything is as it was to be.
func (o outcome) compare(found result) *difference {
	if found.exitCode != o.exitCode {
		return &difference{fmt.Sprintf("exit code %d", o.exitCode), fmt.Sprintf("exit code %d", found.exitCode)}
	}
	for _, passage := range o.says {
		if !strings.Contains(found.said, passage) {
			return &difference{"Terraform says: " + passage, "it is not in what Terraform said above"}
		}
	}
	if expected, found := descriptions(o.changes), descriptions(found.changes); !slices.Equal(expected, found) {
		return &difference{"on the audit trail: " + list(expected), list(found)}
	}
	if writes := found.count(http.MethodPatch); writes != len(o.changes) {
		return &difference{fmt.Sprintf("%d PATCH", len(o.changes)), fmt.Sprintf("%d PATCH", writes)}
	}
	if reads := found.count(http.MethodGet); reads < o.reads.least || reads > o.reads.most {
		return &difference{o.reads.String() + " GET", fmt.Sprintf("%d GET", reads)}
	}
	for _, request := range found.requests {
		if request.Status != http.StatusOK {
			return &difference{"every request is answered 200", fmt.Sprintf("%s %s was answered %d", request.Method, request.Path, request.Status)}
		}
	}
	return nil
}

func descriptions(changes []simulator.TrailEntry) []string {
	var all []string
	for _, c := range changes {
		all = append(all, fmt.Sprintf("%s of session %s %q -> %q, comment %q", c.NodeID, c.SessionID, c.From, c.To, c.Comment))
	}
	slices.Sort(all)
	return all
}

func list(items []string) string {
	if len(items) == 0 {
		return "nothing"
	}
	return strings.Join(items, "; ")
}

// wrongTurnError is a step that does not do what the story says.
type wrongTurnError struct {
	act, step string
	difference
}

func (w *wrongTurnError) Error() string {
	return fmt.Sprintf(`The story takes a wrong turn.
  In:       %s
  At:       %s
  Expected: %s
  Found:    %s`, w.act, w.step, w.expected, w.found)
}

var (
	colourCodes = regexp.MustCompile("\x1b\\[[0-9;]*m")
	boxes       = strings.NewReplacer("╷", " ", "│", " ", "╵", " ")
)

// plain is a text without colours, boxes and line breaks, and with single spaces.
func plain(text string) string {
	return strings.Join(strings.Fields(boxes.Replace(colourCodes.ReplaceAllString(text, ""))), " ")
}
