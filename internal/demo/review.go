// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package main

import "github.com/didit-community/terraform-provider-didit/internal/simulator"

// ofReviews is what a team lives that keeps its decisions in a repository like
// the one in examples/compliance-repo.
var ofReviews = story{importForEach, repository, []act{
	{"A pull request proposes two decisions", proposed},
	{"It is merged, compared and applied", merged},
	{"A pull request breaks a rule", refused},
	{"The console overturns a decision, and the night finds it", foundAtNight},
	{"A merge that does something else than was reviewed", stopped},
}}

func repository(s *stage) {
	s.narrate(`No account is needed, and nothing leaves this machine: Didit is simulated, its sessions and their people are
		invented, and the pull requests are branches of a git repository in a temporary folder. What the story types by
		hand, the workflows of the example do in GitHub.`)
	s.showEnvironment()
	s.narrate(`The repository is a copy of examples/compliance-repo, with no decisions in it yet. One file for each session
		will hold them, and a module makes resources and import blocks of the files.`)
	s.clone()
	s.git("log --oneline")
	s.terraform("init", outcome{says: []string{"has been successfully initialized!"}})
}

func proposed(s *stage) {
	s.narrate(`A person's session waits for review. A colleague writes the decisions on two steps into a file, and opens a
		pull request.`)
	s.git("checkout -q -b case-7")
	s.file("decisions/case-7.yaml", `session_id: `+person+`
steps:
  passport:
    node_id: feature_ocr_1
    status: Approved
    comment: Passport seen on a video call.
  sanctions:
    node_id: feature_aml_1
    status: Declined
    comment: The hit is this person, by date and place of birth.
    ticket: CASE-7
`)
	s.commit("Case 7: passport in order, sanctions hit is real")
	s.terraform("plan -out=reviewed.tfplan", outcome{
		reads: once,
		says:  []string{`step["case-7.yaml/sanctions"] will be updated in-place`, "Plan: 2 to import, 0 to add, 2 to change, 0 to destroy."},
	})
	s.narrate(`Reviewers get a summary of that plan as a comment on the pull request. What deserves a closer look is marked.
		Its JSON is kept: the merge will be held against it.`)
	s.summarize("reviewed.tfplan", "", outcome{says: []string{"2 decisions", "**2** changed", "⚠️ AML"}})
	s.summarize("reviewed.tfplan", "-format json -out reviewed.json", outcome{})
}

func merged(s *stage) {
	s.narrate(`The pull request is approved and merged. A plan from before the merge may be out of date, so the merged
		branch is planned again; what this plan does is compared with what was reviewed, and exit code 0 says that it is
		the same. Then that very plan is applied.`)
	s.merge("case-7")
	s.terraform("plan -out=apply.tfplan", outcome{
		reads: once,
		says:  []string{"Plan: 2 to import, 0 to add, 2 to change, 0 to destroy."},
	})
	s.summarize("apply.tfplan", "-compare reviewed.json", outcome{})
	s.terraform("apply apply.tfplan", outcome{
		reads: onceOrTwice,
		says:  []string{"Apply complete! Resources: 2 imported, 0 added, 2 changed, 0 destroyed."},
		changes: []simulator.TrailEntry{
			{SessionID: person, NodeID: "feature_ocr_1", From: "In Review", To: "Approved", Comment: "Passport seen on a video call."},
			{SessionID: person, NodeID: "feature_aml_1", From: "In Review", To: "Declined", Comment: "The hit is this person, by date and place of birth. (CASE-7)"},
		},
	})
}

func refused(s *stage) {
	s.narrate(`The next file is written in a hurry: it declines a company's papers without a word why, and the AML step has no
		ticket. The team's rules refuse both in the plan of the pull request, by file and key, before anybody reviews
		anything.`)
	s.git("checkout -q -b case-8")
	s.file("decisions/case-8.yaml", `session_id: `+company+`
steps:
  papers:
    node_id: feature_kyb_documents_1
    status: Declined
    comment: Bad.
  sanctions:
    node_id: feature_aml_1
    status: Approved
`)
	s.commit("Case 8")
	s.terraform("plan", outcome{
		exitCode: 1,
		reads:    twice,
		says: []string{
			"case-8.yaml: steps.papers.comment: a Declined step needs a comment of at least 20 characters",
			"case-8.yaml: steps.sanctions.ticket: an AML step needs a ticket",
		},
	})
	s.git("checkout -q main")
	s.page.line("")
}

func foundAtNight(s *stage) {
	s.narrate(`Somebody approves the sanctions hit by hand. The nightly check plans with -detailed-exitcode: 2 says that Didit
		does not stand as decided here, and the summary, which goes into an issue, says where.`)
	s.inConsole(person, "feature_aml_1", "Approved", "Looks fine to me")
	s.terraform("plan -detailed-exitcode -out=drift.tfplan", outcome{
		exitCode: 2,
		reads:    once,
		says:     []string{`~ status = "Approved" -> "Declined"`, "Plan: 0 to add, 1 to change, 0 to destroy."},
	})
	s.summarize("drift.tfplan", "", outcome{says: []string{"1 decision", "overturned in the console"}})
}

func stopped(s *stage) {
	s.narrate(`A third pull request approves a company's papers. Its plan also puts the overturned decision back, as that of
		every pull request would; the reviewers see both.`)
	s.git("checkout -q -b case-9")
	s.file("decisions/case-9.yaml", `session_id: `+company+`
steps:
  papers:
    node_id: feature_kyb_documents_1
    status: Approved
    comment: The articles are in order.
`)
	s.commit("Case 9: the articles are in order")
	s.terraform("plan -out=reviewed.tfplan", outcome{
		reads: twice,
		says:  []string{`~ status = "In Review" -> "Approved"`, "Plan: 1 to import, 0 to add, 2 to change, 0 to destroy."},
	})
	s.summarize("reviewed.tfplan", "-format json -out reviewed.json", outcome{})
	s.narrate(`Before it is merged, an officer declines the papers in the console. The plan after the merge would overturn
		that, and nobody has reviewed such a thing: the comparison says what is different, exit code 3 stops the
		pipeline, and nothing is applied.`)
	s.inConsole(company, "feature_kyb_documents_1", "Declined", "The articles have expired")
	s.merge("case-9")
	s.terraform("plan -out=apply.tfplan", outcome{
		reads: twice,
		says:  []string{`~ status = "Declined" -> "Approved"`},
	})
	s.summarize("apply.tfplan", "-compare reviewed.json", outcome{
		exitCode: 3,
		says:     []string{"**1** changed", "| now | `" + company + "` | `feature_kyb_documents_1`"},
	})
	s.stands(company, simulator.Feature{NodeID: "feature_kyb_documents_1", Status: "Declined"})
}
