// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package simulator

import (
	"bytes"
	"cmp"
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

// retrieveDecision is GET /v3/session/{sessionId}/decision/ (OpenAPI operation
// get_v3_session_decision). A 404 comes before the check of the credential. The parameter
// include=events is ignored.
func (s *Simulator) retrieveDecision(c call) *response {
	found := s.lookup(c.id)
	switch {
	case found == nil:
		return detailResponse(http.StatusNotFound, detailNotFound)
	case c.credential == nil:
		return detailResponse(http.StatusForbidden, detailNoCredential)
	case !c.credential.mayRead():
		return detailResponse(http.StatusForbidden, detailNoPrivilege)
	case !c.credential.canSee(found):
		return detailResponse(http.StatusNotFound, detailNoSession)
	}
	if s.options.CapitalStatuses {
		found.capitaliseStatuses()
	}
	result := rawResponse(http.StatusOK, jsonType, found.report())
	result.isInvented = found.hasRawItems()
	return result
}

// capitaliseStatuses changes the spelling of every status in a copy of a session.
func (s *session) capitaliseStatuses() {
	spell := func(status *string) { *status = strings.ToUpper(strings.ReplaceAll(*status, " ", "_")) }
	spell(&s.Status)
	for i := range s.Features {
		spell(&s.Features[i].Status)
		for j := range s.Features[i].Hits {
			spell(&s.Features[i].Hits[j].ReviewStatus)
		}
	}
}

// report returns a session's decision report. It depends on the session alone: variation comes from
// its ID.
func (s *session) report() []byte {
	target := s.ReportBytes
	if target == 0 { // 20 to 40 KB
		target = 20<<10 + int(hash(s.ID)%(20<<10))
	}
	templates := s.templates()
	text := s.fillReport(templates)
	if s.ReportBytes != 0 && len(text) > s.ReportBytes {
		text = s.fillReport(leanTemplates(templates))
	}
	// Pads the report with history entries in the customer's metadata, which are its end.
	const end = `]}}`
	row := templates["history_row"][0] + ","
	history := strings.TrimSuffix(strings.Repeat(row, max(0, target-len(text))/len(row)), ",")
	return slices.Concat([]byte(text[:len(text)-len(end)]), []byte(history), []byte(end))
}

func (s *session) fillReport(templates map[string]template) string {
	items := map[string][]string{}
	for _, feature := range s.Features {
		item := feature.fill(templates)
		if s.RestrictsAttributes {
			item = restrictAttributes(item)
		}
		items[feature.Array] = append(items[feature.Array], item)
	}
	values, report := s.values(), templates[s.Kind]
	values["reviews"] = s.reviews(templates)
	for _, array := range slices.Sorted(maps.Keys(items)) {
		values[array] = "[" + strings.Join(items[array], ",") + "]"
		if !slices.Contains(report, array) { // the API does not have it
			report = slices.Concat(template{"{" + marshal(array) + ":", array, "," + report[0][1:]}, report[1:])
		}
	}
	return report.fill(values)
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

func (s *session) hasRawItems() bool {
	return slices.ContainsFunc(s.Features, func(f Feature) bool {
		return f.Raw != "" || slices.ContainsFunc(f.Hits, func(h Hit) bool { return h.Raw != "" })
	})
}

// restrictAttributes makes the fields of an item null that a restricted response leaves out.
func restrictAttributes(item string) string {
	var fields map[string]json.RawMessage
	if json.Unmarshal([]byte(item), &fields) != nil {
		return item // A Raw one.
	}
	for name := range fields {
		if !slices.Contains([]string{"node_id", "status", "warnings"}, name) {
			fields[name] = json.RawMessage("null")
		}
	}
	return marshal(fields)
}

// fill returns the item of a feature in its array.
func (f *Feature) fill(templates map[string]template) string {
	if f.Raw != "" {
		return f.Raw
	}
	item, ok := templates[f.Array]
	if !ok {
		item = templates["unknown"]
	}
	values := map[string]string{"node_id": marshal(textOrNil(f.NodeID)), "status": marshal(f.Status)}
	if f.Array == amlArray {
		hits := make([]string, len(f.Hits))
		for i, hit := range f.Hits {
			if hits[i] = hit.Raw; hit.Raw != "" {
				continue
			}
			hits[i] = templates["aml_hit"].fill(map[string]string{
				"hit_id": marshal(hit.ID), "review_status": marshal(hit.ReviewStatus),
				"match_score": marshal(hit.MatchScore), "risk_score": marshal(hit.RiskScore),
			})
		}
		values["hits"], values["total_hits"] = "["+strings.Join(hits, ",")+"]", strconv.Itoa(len(hits))
		values["score"] = marshal(f.riskScore())
	}
	return item.fill(values)
}

// reviews returns the changes of the session's own status after an invented one. A feature's
// comment is not among them: it cannot be read back from a report.
func (s *session) reviews(templates map[string]template) string {
	reviews := []string{templates["review"][0]}
	for _, change := range s.history {
		if change.Kind == DecidedSession {
			reviews = append(reviews, marshal(map[string]any{
				"user": change.Actor, "new_status": change.To, "comment": change.Comment, "created_at": formatTime(change.Time),
			}))
		}
	}
	return "[" + strings.Join(reviews, ",") + "]"
}

// templateFiles are JSON: the report of each session kind (user, business), one item of each array
// with all its documented fields, a hit, a review, and rows of lists. A placeholder such as
// ${full_name} is replaced with personal data or, if it is a whole value, with JSON.
//
//go:embed templates/*.json
var templateFiles embed.FS

// template is JSON split at its placeholders: every second part is the name of one.
type template []string

// fill returns the template with JSON for its placeholders; null for one without a value.
func (t template) fill(values map[string]string) string {
	parts := slices.Clone(t)
	for i := 1; i < len(parts); i += 2 {
		parts[i] = cmp.Or(values[parts[i]], "null")
	}
	return strings.Join(parts, "")
}

var placeholder = regexp.MustCompile(`"?\$\{(\w+)\}"?`)

// newTemplate splits JSON at its placeholders, each a whole value in quotation marks.
func newTemplate(text string) (t template) {
	for {
		at := placeholder.FindStringSubmatchIndex(text)
		if at == nil {
			return append(t, text)
		}
		t = append(t, text[:at[0]], text[at[2]:at[3]])
		text = text[at[1]:]
	}
}

// personTemplates are the templates by name, for each person with the person's data filled in. They
// are built once, because a benchmark reads thousands of reports.
var personTemplates = sync.OnceValue(func() (all [people]map[string]template) {
	for n := range people {
		all[n] = loadTemplates(newPerson(n))
	}
	return all
})

func loadTemplates(person map[string]string) map[string]template {
	loaded := map[string]template{}
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
		filled := os.Expand(compact.String(), func(name string) string { return cmp.Or(person[name], "${"+name+"}") })
		loaded[strings.TrimSuffix(file.Name(), ".json")] = newTemplate(filled)
	}
	return loaded
}

// templates returns those of the session's person.
func (s *session) templates() map[string]template { return personTemplates()[personOf(s.ID)] }

// leanTemplates have only the fields of a feature and a hit that a client reads.
func leanTemplates(templates map[string]template) map[string]template {
	return map[string]template{
		KindUser: templates[KindUser], KindBusiness: templates[KindBusiness], "review": templates["review"],
		"unknown": newTemplate(`{"node_id":${node_id},"status":${status}}`),
		amlArray:  newTemplate(`{"node_id":${node_id},"status":${status},"hits":${hits}}`),
		"aml_hit": newTemplate(`{"id":${hit_id},"review_status":${review_status},"match_score":${match_score},"risk_score":${risk_score}}`),
	}
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
