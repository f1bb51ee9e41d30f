// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/didit-community/terraform-provider-didit/internal/didit"
	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

// decisionBlock is a block of the resource; what is empty is left out. A value
// that begins with = is an expression, another one a text.
type decisionBlock struct {
	session, node, featureType, status, comment string
	// extra is put into the block as it stands.
	extra string
}

// hcl is the resource block.
func (d decisionBlock) hcl(name string) string {
	var block strings.Builder
	fmt.Fprintf(&block, "resource \"didit_session_feature_status\" %q {\n", name)
	for _, argument := range []struct{ name, value string }{
		{"session_id", d.session},
		{"node_id", d.node},
		{"feature_type", d.featureType},
		{"status", d.status},
		{"comment", d.comment},
	} {
		expression, isExpression := strings.CutPrefix(argument.value, "=")
		switch {
		case argument.value == "":
		case isExpression:
			fmt.Fprintf(&block, "  %s = %s\n", argument.name, expression)
		default:
			fmt.Fprintf(&block, "  %s = %q\n", argument.name, argument.value)
		}
	}
	return block.String() + d.extra + "\n}\n"
}

// adopted is the resource block and an import block for it.
func (d decisionBlock) adopted(name string) string {
	node := d.node
	if node == "" {
		node = didit.DefaultNodeID
	}
	id := d.session + "/" + node
	if d.node == "" && d.featureType != "" {
		id += "/" + d.featureType
	}
	return importBlock(name, id) + d.hcl(name)
}

func importBlock(name, id string) string {
	return fmt.Sprintf("import {\n  to = didit_session_feature_status.%s\n  id = %q\n}\n", name, id)
}

// address is what Terraform calls a block.
func address(name string) string { return "didit_session_feature_status." + name }

// withoutRetries is for tests of failures that would only be waited out.
var withoutRetries = fmt.Sprintf("api_key = %q\n  max_retries = 0", simulator.DefaultAPIKey)

// needs skips a test for which the CLI at hand is too old. Terraform and
// OpenTofu have what is asked for here since the same version, or OpenTofu from
// its beginning.
func (w *world) needs(minimum interface {
	Segments() []int
	String() string
}, what string,
) {
	w.t.Helper()
	version := builtCLI(w.t).Version
	match := regexp.MustCompile(`v(\d+)\.(\d+)\.(\d+)`).FindStringSubmatch(version)
	if match == nil {
		w.t.Fatalf("no version in %q", version)
	}
	segments := make([]int, 3)
	for i := range segments {
		if _, err := fmt.Sscan(match[i+1], &segments[i]); err != nil {
			w.t.Fatal(err)
		}
	}
	if slices.Compare(segments, minimum.Segments()) < 0 {
		w.t.Skipf("%s needs Terraform or OpenTofu %s or later; this is %s", what, minimum, version)
	}
}

// expectCounts asserts how many reads and changes were sent, and begins to
// count anew.
func (w *world) expectCounts(gets, patches int) {
	w.t.Helper()
	if got := w.Count(http.MethodGet); got != gets {
		w.t.Errorf("%d GETs were sent, want %d: %v", got, gets, w.requestLines())
	}
	if got := w.Count(http.MethodPatch); got != patches {
		w.t.Errorf("%d PATCHes were sent, want %d: %v", got, patches, w.requestLines())
	}
	w.ResetRequests()
}

func (w *world) requestLines() []string {
	var lines []string
	for _, request := range w.Requests() {
		lines = append(lines, fmt.Sprintf("%s %s %d", request.Method, request.Path, request.Status))
	}
	return lines
}

// byTerraform is a line of the trail, as expectTrail wants it.
func byTerraform(node, from, to, comment string) string {
	return fmt.Sprintf("%s: %s -> %s by API Client: %q", node, from, to, comment)
}

// byConsole is a line of the trail that a person in the console left.
func byConsole(node, from, to string) string {
	return fmt.Sprintf("%s: %s -> %s by console: %q", node, from, to, "")
}

// expectTrail asserts everything that stands on the trails of all sessions.
func (w *world) expectTrail(want ...string) {
	w.t.Helper()
	var got []string
	for _, change := range w.Trail("") {
		got = append(got, fmt.Sprintf("%s: %s -> %s by %s: %q", change.NodeID, change.From, change.To, change.Actor, change.Comment))
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		w.t.Errorf("the trail is\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}

// decide is a person in the console.
func (w *world) decide(session, node, status string) {
	w.t.Helper()
	if err := w.Decide(session, node, "", status, ""); err != nil {
		w.t.Error(err)
	}
}

// flowSets is what the verification flow itself makes of a step.
func (w *world) flowSets(session, node, status string) {
	w.t.Helper()
	if err := w.SetFeatureStatus(session, node, "", status); err != nil {
		w.t.Error(err)
	}
}

// message is a warning or an error of the CLI.
type message struct {
	Severity, Summary, Detail, Address string
	Snippet                            *struct{ Code string }
}

func (m message) String() string {
	return fmt.Sprintf("%s: %s: %s [%s]", m.Severity, m.Summary, m.Detail, m.Address)
}

// spoken is what a command has said, with the messages told apart.
type spoken struct {
	t                *testing.T
	exitCode         int
	output           string
	errors, warnings []message
}

// speak runs a command that knows -json: plan, apply, destroy.
func (p *project) speak(arguments ...string) spoken {
	p.t.Helper()
	return p.speakWith(nil, arguments...)
}

// speakWith is speak with variables ("NAME=value") in the environment.
func (p *project) speakWith(variables []string, arguments ...string) spoken {
	p.t.Helper()
	result := p.commandWith(variables, slices.Insert(arguments, 1, "-json")...)
	said := spoken{t: p.t, exitCode: result.ExitCode, output: result.Output}
	for line := range strings.Lines(result.Output) {
		var event struct {
			Diagnostic *message
		}
		if json.Unmarshal([]byte(line), &event) != nil || event.Diagnostic == nil {
			continue
		}
		switch {
		case event.Diagnostic.Severity == "error":
			said.errors = append(said.errors, *event.Diagnostic)
		case !strings.HasPrefix(event.Diagnostic.Summary, "Provider development overrides"):
			said.warnings = append(said.warnings, *event.Diagnostic)
		}
	}
	return said
}

// succeeded fails the test where the command did.
func (s spoken) succeeded() spoken {
	s.t.Helper()
	if s.exitCode != 0 || len(s.errors) > 0 {
		s.t.Fatalf("the command ended with %d: %v\n%s", s.exitCode, s.errors, s.output)
	}
	return s
}

// failed wants a failure with exactly one error of that summary whose detail
// has all the words.
func (s spoken) failed(summary string, words ...string) spoken {
	s.t.Helper()
	if s.exitCode == 0 || len(s.errors) != 1 {
		s.t.Fatalf("the command ended with %d, want one error %q: %v\n%s", s.exitCode, summary, s.errors, s.output)
	}
	s.errors[0].has(s.t, summary, words...)
	return s
}

// warned wants exactly one warning.
func (s spoken) warned(summary string, words ...string) {
	s.t.Helper()
	if len(s.warnings) != 1 {
		s.t.Fatalf("want one warning %q, not %v", summary, s.warnings)
	}
	s.warnings[0].has(s.t, summary, words...)
}

// silent wants no warning.
func (s spoken) silent() spoken {
	s.t.Helper()
	if len(s.warnings) > 0 {
		s.t.Errorf("want no warning, not %v", s.warnings)
	}
	return s
}

func (m message) has(t *testing.T, summary string, words ...string) {
	t.Helper()
	if m.Summary != summary {
		t.Errorf("the summary is %q, want %q (%s)", m.Summary, summary, m.Detail)
	}
	for _, word := range words {
		if !strings.Contains(m.Detail, word) {
			t.Errorf("the detail lacks %q: %s", word, m.Detail)
		}
	}
	if strings.Contains(strings.ToLower(m.Summary+m.Detail), "provider produced") {
		t.Errorf("the provider is blamed: %v", m)
	}
}

// on asserts on which argument of which block a message stands.
func (m message) on(t *testing.T, address, argument string) {
	t.Helper()
	if m.Address != address {
		t.Errorf("the message stands on %q, want %q: %v", m.Address, address, m)
	}
	if m.Snippet == nil || !strings.HasPrefix(strings.TrimSpace(m.Snippet.Code), argument) {
		t.Errorf("the message does not stand on %s: %v %v", argument, m, m.Snippet)
	}
}

// text is what a command said in words, on one line, however it was wrapped.
func text(output string) string {
	return strings.Join(strings.Fields(strings.NewReplacer("│", " ", "╷", " ", "╵", " ").Replace(output)), " ")
}

// expectText asserts what a command said in words.
func expectText(t *testing.T, output string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(text(output), part) {
			t.Errorf("the output lacks %q:\n%s", part, output)
		}
	}
}

// sentence matches a text that the CLI may have wrapped.
func sentence(words string) *regexp.Regexp {
	return regexp.MustCompile(strings.ReplaceAll(regexp.QuoteMeta(words), " ", `[\s│]+`))
}

// plannedChange is what a saved plan holds for one instance.
type plannedChange struct {
	Address string
	Change  struct {
		Actions       []string
		Before, After map[string]any
		AfterUnknown  map[string]any `json:"after_unknown"`
		Importing     *struct{ ID string }
	}
}

// isUnknown tells whether a value is not known before the apply.
func (c plannedChange) isUnknown(attribute string) bool {
	unknown, _ := c.Change.AfterUnknown[attribute].(bool)
	return unknown
}

// planned reads the saved plan tfplan: what happens to each address, no-ops
// included.
func (p *project) planned() map[string]plannedChange {
	p.t.Helper()
	var plan struct {
		Changes []plannedChange `json:"resource_changes"`
	}
	output := p.must("show", "-json", "tfplan")
	if err := json.Unmarshal([]byte(output), &plan); err != nil {
		p.t.Fatalf("%v in %s", err, output)
	}
	changes := map[string]plannedChange{}
	for _, change := range plan.Changes {
		changes[change.Address] = change
	}
	return changes
}

// instance is one instance in the state.
type instance struct {
	// Status is "tainted" or empty.
	Status     string
	Attributes map[string]any
	Identity   map[string]any
	IndexKey   any `json:"index_key"`
}

// state reads the state file: the instances of the resource by name, with the
// index key after a colon where there is one.
func (p *project) state() map[string]instance {
	p.t.Helper()
	instances := map[string]instance{}
	content, err := os.ReadFile(filepath.Join(p.folder, "terraform.tfstate"))
	if os.IsNotExist(err) {
		return instances
	}
	if err != nil {
		p.t.Fatal(err)
	}
	var state struct {
		Resources []struct {
			Type, Name string
			Instances  []instance
		}
	}
	if err := json.Unmarshal(content, &state); err != nil {
		p.t.Fatal(err)
	}
	for _, resource := range state.Resources {
		for _, instance := range resource.Instances {
			name := resource.Name
			if instance.IndexKey != nil {
				name += fmt.Sprintf(":%v", instance.IndexKey)
			}
			if resource.Type == "didit_session_feature_status" {
				instances[name] = instance
			}
		}
	}
	return instances
}

// expectState asserts the attributes of an instance that is not tainted; nil is
// null.
func (p *project) expectState(name string, want map[string]any) {
	p.t.Helper()
	instance, found := p.state()[name]
	if !found {
		p.t.Errorf("%s is not in the state", name)
		return
	}
	if instance.Status != "" {
		p.t.Errorf("%s is %s in the state", name, instance.Status)
	}
	for attribute, value := range want {
		if got := instance.Attributes[attribute]; got != value {
			p.t.Errorf("%s has %s = %v in the state, want %v", name, attribute, got, value)
		}
	}
}

// expectNoState asserts that nothing, not even a tainted instance, is in the
// state.
func (p *project) expectNoState() {
	p.t.Helper()
	if state := p.state(); len(state) > 0 {
		p.t.Errorf("the state holds %v, want nothing", state)
	}
}
