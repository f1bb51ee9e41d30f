// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package simulator

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// retrieveDecision is GET /v3/session/{sessionId}/decision/ (OpenAPI operation get_v3_session_decision). A 404
// comes before the check of the credential. The parameter include=events is ignored.
func (s *Simulator) retrieveDecision(c call) *response {
	found := s.lookup(c.id)
	switch {
	case found == nil:
		return detail(http.StatusNotFound, detailNotFound)
	case c.credential == nil:
		return detail(http.StatusForbidden, detailNoCredential)
	case !c.credential.mayRead():
		return detail(http.StatusForbidden, detailNoPrivilege)
	case !c.credential.canSee(found):
		return detail(http.StatusNotFound, detailNoSession)
	}
	return raw(http.StatusOK, jsonType, found.report())
}

// report returns a session's decision report. It depends on nothing but the session: what varies by chance comes from
// its ID.
func (s *session) report() []byte {
	target := s.ReportBytes
	if target == 0 { // 20 to 40 KB
		target = 20<<10 + int(hash(s.ID)%(20<<10))
	}
	parts := s.templates()
	text := s.fillReport(parts)
	if s.ReportBytes != 0 && len(text) > s.ReportBytes {
		text = s.fillReport(leanTemplates(parts))
	}
	return pad(text, parts["history_row"], target)
}

// pad makes a report longer: the history in the customer's metadata, which may hold anything, is its end.
func pad(text, row string, target int) []byte {
	const end = `]}}`
	rows := max(0, target-len(text)) / (len(row) + 1)
	filler := strings.TrimSuffix(strings.Repeat(row+",", rows), ",")
	return slices.Concat([]byte(strings.TrimSuffix(text, end)), []byte(filler+end))
}

func (s *session) fillReport(parts map[string]string) string {
	items := map[string][]string{}
	for _, feature := range s.Features {
		items[feature.Array] = append(items[feature.Array], feature.fill(parts))
	}
	values, report := s.values(), parts[s.Kind]
	values["reviews"] = s.fillReviews(parts)
	for _, array := range slices.Sorted(maps.Keys(items)) {
		values[array] = "[" + strings.Join(items[array], ",") + "]"
		if !strings.Contains(report, "${"+array+"}") { // the API does not have it
			report = "{" + marshal(array) + ":${" + array + "}," + report[1:]
		}
	}
	return fill(report, values)
}

// values are those of the session itself, in a report and in a row of the list.
func (s *session) values() map[string]string {
	labels := []string{}
	for _, feature := range s.Features {
		if label := feature.FeatureType(); !slices.Contains(labels, label) {
			labels = append(labels, label)
		}
	}
	return map[string]string{
		"session_id":     marshal(s.ID),
		"session_kind":   marshal(s.Kind),
		"session_number": strconv.Itoa(s.Number),
		"session_url":    marshal("https://verify.example.invalid/session/" + strconv.FormatUint(uint64(hash(s.ID)), 36)),
		"status":         marshal(s.Status),
		"environment":    marshal(s.Environment),
		"workflow_id":    marshal(s.WorkflowID),
		"features":       marshal(labels),
		"vendor_data":    marshal(textOrNil(s.VendorData)),
		"created_at":     marshal(formatTime(s.CreatedAt)),
		"expires_at":     marshal(formatTime(s.ExpiresAt)),
	}
}

// fill returns the item of a feature in its array.
func (f *Feature) fill(parts map[string]string) string {
	template, ok := parts[f.Array]
	if !ok {
		template = parts["unknown"]
	}
	values := map[string]string{"node_id": marshal(textOrNil(f.NodeID)), "status": marshal(f.Status)}
	if f.Array == amlArray {
		hits := make([]string, len(f.Hits))
		for i, hit := range f.Hits {
			hits[i] = fill(parts["aml_hit"], map[string]string{
				"hit_id": marshal(hit.ID), "review_status": marshal(hit.ReviewStatus),
				"match_score": marshal(hit.MatchScore), "risk_score": marshal(hit.RiskScore),
			})
		}
		values["hits"], values["total_hits"] = "["+strings.Join(hits, ",")+"]", strconv.Itoa(len(hits))
		values["score"] = marshal(f.riskScore())
	}
	return fill(template, values)
}

// fillReviews returns the changes of the session's own status, one invented and those that were made here. A comment on
// a feature is not among them: it cannot be read back from a report.
func (s *session) fillReviews(parts map[string]string) string {
	reviews := []string{parts["review"]}
	for _, change := range s.history {
		if change.Kind == DecidedSession {
			reviews = append(reviews, marshal(map[string]any{
				"user": change.Actor, "new_status": change.To, "comment": change.Comment, "created_at": formatTime(change.Time),
			}))
		}
	}
	return "[" + strings.Join(reviews, ",") + "]"
}

// templateFiles are readable JSON: the report of each session kind (user, business), one item of each array with all the
// fields that the API documents for it, a hit, a review, and rows of lists. A placeholder such as ${full_name} stands for
// personal data, or as a whole value for JSON of what is filled in.
//
//go:embed templates/*.json
var templateFiles embed.FS

// templates are the templates by name, for each person with the person's data filled in. They are made once, because a
// benchmark reads thousands of reports.
var templates = func() (once [people]func() map[string]string) {
	for n := range people {
		once[n] = sync.OnceValue(func() map[string]string { return loadTemplates(newPerson(n)) })
	}
	return once
}()

// wholeValue is a placeholder that is filled with JSON.
var wholeValue = regexp.MustCompile(`"(\$\{\w+\})"`)

func loadTemplates(person map[string]string) map[string]string {
	loaded := map[string]string{}
	files, err := templateFiles.ReadDir("templates")
	if err != nil {
		panic(err)
	}
	for _, file := range files {
		text, err := templateFiles.ReadFile("templates/" + file.Name())
		if err != nil {
			panic(err)
		}
		var compact bytes.Buffer
		if err := json.Compact(&compact, text); err != nil {
			panic(fmt.Sprintf("simulator: %s: %v", file.Name(), err))
		}
		filled := os.Expand(compact.String(), func(name string) string {
			if value, ok := person[name]; ok {
				return value
			}
			return "${" + name + "}"
		})
		loaded[strings.TrimSuffix(file.Name(), ".json")] = wholeValue.ReplaceAllString(filled, "$1")
	}
	return loaded
}

// templates returns those of the session's person.
func (s *session) templates() map[string]string { return templates[personOf(s.ID)]() }

// leanTemplates leave only what is read of a feature and a hit.
func leanTemplates(parts map[string]string) map[string]string {
	return map[string]string{
		KindUser: parts[KindUser], KindBusiness: parts[KindBusiness], "review": parts["review"],
		"unknown": `{"node_id":${node_id},"status":${status}}`,
		amlArray:  `{"node_id":${node_id},"status":${status},"hits":${hits}}`,
		"aml_hit": `{"id":${hit_id},"review_status":${review_status},"match_score":${match_score},"risk_score":${risk_score}}`,
	}
}

// fill puts JSON in the place of the placeholders; null in that of one without a value.
func fill(template string, values map[string]string) string {
	return os.Expand(template, func(name string) string {
		if value, ok := values[name]; ok {
			return value
		}
		return "null"
	})
}

// formatTime writes a time as the API does; nil for the zero time.
func formatTime(t time.Time) *string {
	if t.IsZero() {
		return nil
	}
	text := t.UTC().Format("2006-01-02T15:04:05.000000Z")
	return &text
}

// textOrNil returns nil for an empty text.
func textOrNil(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}
