// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package summary_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/didit-community/terraform-provider-didit/internal/acctest"
	"github.com/didit-community/terraform-provider-didit/internal/decisionfile"
	"github.com/didit-community/terraform-provider-didit/internal/simulator"
	"github.com/didit-community/terraform-provider-didit/internal/summary"
)

// The files of a group with three sessions, and the simplest configuration that plans
// them: each file with the provider's function, each decision under a key of its subject.
const (
	groupMain = `
locals {
  read  = provider::didit::decision_files({ for name in fileset("${path.module}/decisions", "*.yaml") : name => file("${path.module}/decisions/${name}") })
  hits  = merge([for file in values(local.read.files) : { for hit in values(file.hits) : "${file.session_id}/${hit.node_id}/${hit.hit_id}" => merge(hit, { session_id = file.session_id }) }]...)
  steps = merge([for file in values(local.read.files) : { for step in values(file.steps) : "${file.session_id}/${step.node_id}" => merge(step, { session_id = file.session_id }) }]...)
}
resource "didit_session_aml_hit_status" "all" {
  for_each      = local.hits
  session_id    = each.value.session_id
  node_id       = each.value.node_id
  hit_id        = each.value.hit_id
  from          = each.value.from
  review_status = each.value.to
  comment       = each.value.recorded
}
resource "didit_session_feature_status" "all" {
  for_each   = local.steps
  session_id = each.value.session_id
  node_id    = each.value.node_id
  from       = each.value.from
  status     = each.value.to
  comment    = each.value.recorded
  depends_on = [didit_session_aml_hit_status.all]

  defer_until_flow_finishes = each.value.defer_until_flow_finishes
}
resource "didit_session_status" "all" {
  for_each   = { for file in values(local.read.files) : file.session_id => file.session if file.session != null }
  session_id = each.key
  from       = each.value.from
  status     = each.value.to
  comment    = each.value.recorded
  depends_on = [didit_session_feature_status.all]
}
`
	kycFile = `session_id: ` + simulator.SessionKYC + `
hits:
  namesake: {node_id: feature_aml_1, hit_id: ` + simulator.HitSanctions + `, from: Unreviewed, to: False Positive, reason: Born in another decade., ticket: CASE-1}
steps:
  papers: {node_id: feature_ocr_1, from: In Review, to: Declined, comment: "Forged, see page two.", ticket: CASE-1}
  face: {node_id: feature_face_match_1, from: In Review, to: Approved, comment: Seen on a video call., ticket: CASE-1}
  address: {node_id: feature_poa_1, from: In Review, to: Approved, comment: A utility bill of last month., ticket: CASE-1}
session: {from: In Review, to: Declined, comment: "Forged papers.", ticket: CASE-1}
`
	goneFile = `session_id: ` + simulator.SessionSimple + `
session: {from: In Review, to: Declined, comment: "Wrong person.", ticket: CASE-2}
`
	openFile = `session_id: ` + simulator.SessionInProgress + `
steps:
  papers: {node_id: feature_ocr_1, from: Approved, to: Declined, comment: "Forged papers.", ticket: CASE-3}
`
)

type group struct {
	workspace

	files map[string]string
}

func newGroup(t *testing.T) group {
	t.Helper()
	env := acctest.New(t, acctest.Unlimited)
	g := group{workspace{env, env.Workspace(env.Config(groupMain))}, map[string]string{}}
	g.RequireCLI(8, "a provider function")
	g.write("case-1.yaml", kycFile)
	g.write("case-2.yaml", goneFile)
	g.write("case-3.yaml", openFile)
	return g
}

func (g group) write(name, text string) {
	g.files[name] = text
	g.Write("decisions/"+name, text)
}

// summarize plans the group, and returns its page with the files.
func (g group) summarize(t *testing.T, changed ...string) string {
	t.Helper()
	in := g.plan(t)
	in.Group, in.Files = "2026", &summary.Files{}
	for name, text := range g.files {
		read, problems := decisionfile.Read("groups/2026/decisions/"+name, []byte(text))
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		in.Files.Files = append(in.Files.Files, read)
	}
	for _, name := range changed {
		in.Files.Changed = append(in.Files.Changed, "groups/2026/decisions/"+name)
	}
	return summary.Markdown(page, summarize(t, in))
}

func TestAcc_NewCasesOfAGroup(t *testing.T) {
	t.Parallel()
	g := newGroup(t)
	text := g.summarize(t)

	requireParts(t, text, "**7 decisions in 3 cases:** 1 AML hit, 4 steps, 2 sessions.\n\n- **7 decided**",
		"1 × clears a hit, 1 × overturns a decision, 1 × `Ongoing AML monitoring changes`, 1 × `The session is not decided yet`, 1 × already so.",
		"### ⚠️ `case-1.yaml`, session `"+simulator.SessionKYC+"`\n\n| Decision on | From | To | Reason | Ticket | Notes |\n| --- | --- | --- | --- | --- | --- |\n"+
			"| **`namesake`** AML hit `"+simulator.HitSanctions+"` of `feature_aml_1` | `Unreviewed` | `False Positive` | `Born in another decade.` | `CASE-1` | ⚠️ clears a hit |\n"+
			"| **`face`** step `feature_face_match_1` | `In Review` | `Approved` | `Seen on a video call.` | `CASE-1` | ⚠️ already so |\n"+
			"| **`papers`** step `feature_ocr_1` | `In Review` | `Declined` | `Forged, see page two.` | `CASE-1` |  |\n"+
			"| **`address`** step `feature_poa_1` | `In Review` | `Approved` | `A utility bill of last month.` | `CASE-1` |  |\n"+
			"| **session** | `In Review` | `Declined` | `Forged papers.` | `CASE-1` | ⚠️ `Ongoing AML monitoring changes` |\n",
		"### ⚠️ `case-3.yaml`", "| **`papers`** step `feature_ocr_1` | `Approved` | `Declined` | `Forged papers.` | `CASE-3` | ⚠️ overturns a decision, `The session is not decided yet` |",
		"### `case-2.yaml`", "| **session** | `In Review` | `Declined` | `Wrong person.` | `CASE-2` |  |\n")
	requireNone(t, text, "not what the file says", "in no valid file", "not known before the apply", "are not in this plan")
}

func TestAcc_DecisionsThatWereMade(t *testing.T) {
	t.Parallel()
	g := newGroup(t)
	g.MustRun("apply", "-auto-approve")
	requireParts(t, g.summarize(t), "No decision changes: **7** unchanged.")

	g.MustDecide(simulator.SessionKYC, "feature_ocr_1", simulator.StatusApproved)
	g.MustSetFeatureStatus(simulator.SessionKYC, "feature_poa_1", simulator.StatusInReview)
	g.DeleteSession(simulator.SessionSimple)
	const superseded = "| **`papers`** step `feature_ocr_1` `ID_VERIFICATION` | `In Review` | `Declined` | `Forged, see page two.` | `CASE-1` | ⚠️ superseded: Didit has `Approved` |\n"
	requireParts(t, g.summarize(t, "case-3.yaml"), "**3 decisions in 2 cases:** 2 steps, 1 session.", "- **2 superseded**", "- **1 gone**", "- **4 unchanged**", superseded,
		"| `In Review` | `Approved` | `A utility bill of last month.` | `CASE-1` | ⚠️ superseded: Didit has `In Review` |\n", "| **session** | `In Review` | `Declined` | `Wrong person.` | `CASE-2` | ⚠️ gone |\n",
		"\n\nUnchanged: AML hit `"+simulator.HitSanctions+"` of `feature_aml_1` `False Positive`")

	// Only the text of a decision changes: it is made again, in its own pull request or not.
	g.write("case-1.yaml", strings.Replace(kycFile, "last month.", "this month.", 1))
	const again = "| `In Review` | `Approved` | `A utility bill of this month.` | `CASE-1` | ⚠️ decides again, as its text is new"
	requireParts(t, g.summarize(t, "case-1.yaml"), again+" |\n", superseded)
	requireParts(t, g.summarize(t, "case-3.yaml"), again+", not of this pull request |\n")

	// A file that is deleted: its decision stays in Didit.
	delete(g.files, "case-3.yaml")
	if err := os.Remove(filepath.Join(g.Folder, "decisions/case-3.yaml")); err != nil {
		t.Fatal(err)
	}
	requireParts(t, g.summarize(t, "case-1.yaml", "case-3.yaml"), "| step `feature_ocr_1` `ID_VERIFICATION` | `Declined` | _stays_ | — | — | no longer managed |\n")
}

// A deferred decision is made after its file is deleted, so the page does not say that Didit's value stays.
func TestAcc_DeferredDecisionOfADeletedFileIsStillMade(t *testing.T) {
	t.Parallel()
	g := newGroup(t)
	g.write("case-3.yaml", "session_id: "+simulator.SessionInProgress+"\nsteps:\n  face: {node_id: feature_liveness_1, from: In Review, to: Declined, comment: A mask., defer_until_flow_finishes: true}\n")
	g.MustRun("apply", "-auto-approve")
	requireParts(t, g.summarize(t), "- **1 waiting**")

	// Only the argument is removed: the change still waits.
	g.write("case-3.yaml", strings.Replace(g.files["case-3.yaml"], ", defer_until_flow_finishes: true", "", 1))
	requireParts(t, g.summarize(t), "- **1 waiting**", "| ⚠️ waits for the person |\n")

	g.write("case-3.yaml", "session_id: "+simulator.SessionInProgress+"\nsession: {from: Approved, to: Approved}\n")
	text := g.summarize(t, "case-3.yaml")
	requireParts(t, text, "| `In Review` | `Declined` | — | — | ⚠️ not withdrawn: Didit still makes it; no longer managed |\n")
	requireNone(t, text, "The deferred change is not withdrawn")
}

// The plan of an old commit stops, and the page says why.
func TestAcc_DecisionThatWasMadeBeforeIsRefused(t *testing.T) {
	t.Parallel()
	g := newGroup(t)
	g.MustRun("apply", "-auto-approve")
	g.write("case-3.yaml", strings.NewReplacer("from: Approved, to: Declined", "from: Declined, to: Approved", "Forged papers.", "The original was seen.").Replace(openFile))
	g.MustRun("apply", "-auto-approve")
	g.write("case-3.yaml", openFile)

	requireParts(t, g.summarize(t), "⛔ **The plan has errors.**", "⛔ **Refused (1)**\n\n- `didit_session_feature_status.all[\""+simulator.SessionInProgress+"/feature_ocr_1\"]`: `The decision was made before: ")
}
