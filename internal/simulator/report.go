// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package simulator

import (
	"encoding/json"
	"slices"
	"strconv"
)

// The usual size of a report, in bytes: at least the first, and up to the second more, varying by session.
const (
	usualReport    = 20 << 10
	usualVariation = 20 << 10
)

// timeForm is how the API writes a time.
const timeForm = "2006-01-02T15:04:05.000000Z"

// report is a session's decision report, the 200 of GET /v3/session/{sessionId}/decision/. It depends on nothing but
// the session: all that varies by chance comes from its ID.
func report(s *session) []byte {
	r := &reportWriter{session: s}
	target := s.ReportBytes
	natural := r.natural()
	if target == 0 {
		target = usualReport + int(hash(s.ID)%usualVariation)
	} else if target < natural {
		r.lean = true
	}
	r.out = make([]byte, 0, max(target, natural)+4096)
	r.head()
	r.arrays()
	r.tail()
	r.metadata(target)
	return r.out
}

// reportWriter writes one report from front to back.
type reportWriter struct {
	session *session
	lean    bool
	out     []byte
}

// natural is about how long the steps of the report are, in bytes.
func (r *reportWriter) natural() int {
	n := 2048
	for _, step := range r.session.Features {
		n += templateOf(r.session.ID, step.Array).size()
	}
	return n
}

func (r *reportWriter) head() {
	s := r.session
	r.out = append(r.out, '{')
	r.text("session_id", s.ID)
	r.text("session_kind", s.Kind)
	r.raw("session_number", strconv.Itoa(s.Number))
	r.text("session_url", sessionURL(s.ID))
	r.text("status", s.Status)
	r.text("environment", s.Environment)
	r.text("workflow_id", s.WorkflowID)
	r.raw("features", marshal(s.labels()))
	r.textOrNull("vendor_data", s.VendorData)
	r.template("expected_details")
	r.template("contact_details")
	r.text("callback", "https://customer.example.com/callback")
}

func (r *reportWriter) arrays() {
	known := userArrays
	if r.session.Kind == KindBusiness {
		known = businessArrays
	}
	for _, array := range known {
		r.array(array)
	}
	var others []string
	for _, step := range r.session.Features {
		if !slices.Contains(known, step.Array) && !slices.Contains(others, step.Array) {
			others = append(others, step.Array)
		}
	}
	for _, array := range others {
		r.array(array)
	}
}

// array writes the steps of one array, or null where there are none.
func (r *reportWriter) array(array string) {
	first := true
	for _, step := range r.session.Features {
		if step.Array != array {
			continue
		}
		if first {
			r.name(array)
			r.out = append(r.out, '[')
		} else {
			r.out = append(r.out, ',')
		}
		first = false
		r.item(step)
	}
	if first {
		r.raw(array, "null")
		return
	}
	r.out = append(r.out, ']')
}

func (r *reportWriter) item(step Feature) {
	node, status := "null", marshal(step.Status)
	if step.NodeID != "" {
		node = marshal(step.NodeID)
	}
	if r.lean {
		r.out = append(r.out, `{"node_id":`+node+`,"status":`+status+`}`...)
		return
	}
	r.out = templateOf(r.session.ID, step.Array).append(r.out, node, status)
}

func (r *reportWriter) tail() {
	s := r.session
	r.raw("reviews", r.reviews())
	r.text("created_at", s.CreatedAt.UTC().Format(timeForm))
	if s.ExpiresAt.IsZero() {
		r.raw("expires_at", "null")
	} else {
		r.text("expires_at", s.ExpiresAt.UTC().Format(timeForm))
	}
}

// reviews are the changes of the session's own status, one invented and those that were made here. What was said about
// a step is not among them: its comment cannot be read back from a report.
func (r *reportWriter) reviews() string {
	type review struct {
		User      string `json:"user"`
		NewStatus string `json:"new_status"`
		Comment   string `json:"comment"`
		CreatedAt string `json:"created_at"`
	}
	all := templateOf(r.session.ID, "reviews").append(nil, "", "")
	all = all[:len(all)-1] // the closing bracket
	for _, change := range r.session.changes {
		all = append(all, ","+marshal(review{change.actor, change.to, change.comment, change.time.Format(timeForm)})...)
	}
	return string(append(all, ']'))
}

// metadata is the customer's own and may hold anything; here also a history that is as long as the report still needs.
func (r *reportWriter) metadata(target int) {
	r.name("metadata")
	start := templateOf(r.session.ID, "metadata").append(nil, "", "")
	r.out = append(r.out, start[:len(start)-1]...)
	r.out = append(r.out, `,"history":[`...)
	row := templateOf(r.session.ID, "history_row").append(nil, "", "")
	for n := 0; len(r.out)+len(row) < target; n++ {
		if n > 0 {
			r.out = append(r.out, ',')
		}
		r.out = append(r.out, row...)
	}
	r.out = append(r.out, `]}}`...)
}

func (r *reportWriter) name(name string) {
	if r.out[len(r.out)-1] != '{' {
		r.out = append(r.out, ',')
	}
	r.out = append(append(r.out, marshal(name)...), ':')
}

func (r *reportWriter) raw(name, value string) {
	r.name(name)
	r.out = append(r.out, value...)
}

func (r *reportWriter) text(name, value string) { r.raw(name, marshal(value)) }

func (r *reportWriter) textOrNull(name, value string) {
	if value == "" {
		r.raw(name, "null")
		return
	}
	r.text(name, value)
}

func (r *reportWriter) template(name string) {
	r.name(name)
	r.out = templateOf(r.session.ID, name).append(r.out, "", "")
}

// labels are the session's features, each once, in the order of the workflow.
func (s *session) labels() []string {
	labels := []string{}
	for _, step := range s.Features {
		if label := step.FeatureType(); !slices.Contains(labels, label) {
			labels = append(labels, label)
		}
	}
	return labels
}

func sessionURL(id string) string {
	return "https://verify.example.invalid/session/" + strconv.FormatUint(uint64(hash(id)), 36)
}

// marshal is the JSON of a value that is known to have one.
func marshal(value any) string {
	text, err := json.Marshal(value)
	if err != nil {
		panic(err)
	}
	return string(text)
}
