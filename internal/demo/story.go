// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package main

import "github.com/didit-community/terraform-provider-didit/internal/simulator"

// The sessions of the story, as the files in configurations name them.
const (
	person  = simulator.SessionKYC
	company = simulator.SessionKYB
)

// act is a part of the story. Its play says what is about to happen, does it,
// and names what has to come of it; after the first thing that comes otherwise,
// nothing more is done.
type act struct {
	title string
	play  func(*stage)
}

// story is acts, and what comes before them.
type story struct {
	needs    requirement
	prologue func(*stage)
	acts     []act
}

var ofDecisions = story{importBlocks, prologue, []act{
	{"Three decisions are taken over", takeOver},
	{"Nothing is left to do", nothingLeft},
	{"A decision is overturned in the console", overturnedInConsole},
	{"A reviewed plan is overtaken", overtakenPlan},
	{"A shortcut would overturn a decision", shortcut},
	{"A node ID is misspelt", slip},
	{"The team lets go", letGo},
}}

func prologue(s *stage) {
	s.narrate(`No account is needed, and nothing leaves this machine: Didit is simulated, and its sessions and their people
		are invented. Two variables make the provider talk to the simulator. The configurations below are what you would
		write for Didit itself; there you would set the key alone.`)
	s.showEnvironment()
	s.narrate(`All of them begin with this file.`)
	s.enter("start", nothing)
	s.write("provider.tf")
	s.terraform("init", outcome{
		says: []string{"has been successfully initialized!"},
	})
	s.narrate(`Below what Terraform says stand the exit code and the requests that Didit got: a GET reads a session, a PATCH
		changes one step of it. Each act has a folder of its own, which begins as a copy of this one, or of that of the
		act that it goes on from. All of them are removed at the end.`)
}

func takeOver(s *stage) {
	s.narrate(`A person's session waits for review. The team has decided: the passport is in order, the hit on a sanctions
		list is real, and the face match stays Approved, as it is. Import blocks take the three steps over as they
		stand; so the plan, which a colleague reviews, shows which status becomes which. Two steps change, and Didit is
		told exactly twice.`)
	s.enter("take-over", from("start"))
	s.write("decisions.tf")
	s.terraform("plan -out=reviewed.tfplan", outcome{
		reads: once,
		says: []string{
			`+ comment = "Passport seen on a video call, CASE-7"`, `~ status = "In Review" -> "Approved"`,
			`+ comment = "On a sanctions list, CASE-7"`, `~ status = "In Review" -> "Declined"`,
			"didit_session_feature_status.face will be imported",
			"Plan: 3 to import, 0 to add, 2 to change, 0 to destroy.",
		},
	})
	s.terraform("apply reviewed.tfplan", outcome{
		// Each change reads first; two that come together may share the read.
		reads: onceOrTwice,
		says:  []string{"Apply complete! Resources: 3 imported, 0 added, 2 changed, 0 destroyed."},
		changes: []simulator.TrailEntry{
			{SessionID: person, NodeID: "feature_ocr_1", From: "In Review", To: "Approved", Comment: "Passport seen on a video call, CASE-7"},
			{SessionID: person, NodeID: "feature_aml_1", From: "In Review", To: "Declined", Comment: "On a sanctions list, CASE-7"},
		},
	})
}

func nothingLeft(s *stage) {
	s.narrate(`The same configuration, planned again: every step stands as decided. One read covers the whole session, and
		the exit code 0 tells a pipeline that there is nothing to do.`)
	s.enter("nothing-left", from("take-over"))
	s.terraform("plan -detailed-exitcode", outcome{
		reads: once,
		says:  []string{"No changes."},
	})
}

func overturnedInConsole(s *stage) {
	s.narrate(`Somebody approves the sanctions hit by hand. The next plan shows that the decision was overturned (exit code
		2), and applying it puts the decision back.`)
	s.enter("overturned", from("nothing-left"))
	s.inConsole(person, "feature_aml_1", "Approved", "Looks fine to me")
	s.terraform("plan -detailed-exitcode -out=back.tfplan", outcome{
		exitCode: 2,
		reads:    once,
		says: []string{
			"didit_session_feature_status.sanctions will be updated in-place", `~ status = "Approved" -> "Declined"`,
			"Plan: 0 to add, 1 to change, 0 to destroy.",
		},
	})
	s.terraform("apply back.tfplan", outcome{
		reads: once,
		says:  []string{"Apply complete! Resources: 0 added, 1 changed, 0 destroyed."},
		changes: []simulator.TrailEntry{
			{SessionID: person, NodeID: "feature_aml_1", From: "Approved", To: "Declined", Comment: "On a sanctions list, CASE-7"},
		},
	})
}

func overtakenPlan(s *stage) {
	s.narrate(`A company's papers are to be approved. The plan is reviewed and saved; but before it is applied, an officer
		declines the papers in the console. The plan is out of date, and nobody's decision is overwritten unseen: the
		apply reads first, names all three statuses, and sends nothing.`)
	s.enter("overtaken", from("start"))
	s.write("company.tf")
	s.terraform("plan -out=reviewed.tfplan", outcome{
		reads: once,
		says:  []string{`~ status = "In Review" -> "Approved"`, "Plan: 1 to import, 0 to add, 1 to change, 0 to destroy."},
	})
	s.inConsole(company, "feature_kyb_documents_1", "Declined", "The articles have expired")
	s.terraform("apply reviewed.tfplan", outcome{
		exitCode: 1,
		reads:    once,
		says: []string{
			"Error: The step has changed since the plan",
			`was "In Review" when the change was planned, is "Declined" now, and "Approved" is wanted.`,
			"Nothing was sent.",
		},
	})
}

func shortcut(s *stage) {
	s.narrate(`Somebody tries it without the import block. A block that is new to Terraform cannot know which status its
		reviewer saw, so it never overturns a decision: the plan is refused, and says what to do instead.`)
	s.enter("shortcut", from("start"))
	s.write("shortcut.tf")
	s.terraform("plan", outcome{
		exitCode: 1,
		reads:    once,
		says: []string{
			"Error: A standing decision would be overturned",
			`stands "Declined", and this new block wants "Approved".`,
			"Adopt the step first, with an import block",
		},
	})
}

func slip(s *stage) {
	s.narrate(`A node ID lacks its last two characters. That is found while planning, before anybody reviews anything, and
		the error lists the steps that there are.`)
	s.enter("slip", from("start"))
	s.write("slip.tf")
	s.terraform("plan", outcome{
		exitCode: 1,
		reads:    once,
		says: []string{
			"Error: Step not found", "feature_poa",
			"feature_ocr_1 (ID_VERIFICATION): Approved", "feature_liveness_1 (LIVENESS): Approved",
			"feature_face_match_1 (FACE_MATCH): Approved", "feature_aml_1 (AML): Declined", "feature_poa_1 (POA): In Review",
		},
	})
}

func letGo(s *stage) {
	s.narrate(`The person's case is closed. Didit has no undo, so destroying makes Terraform forget the three steps and
		leaves the decisions where they are. The plan says so in a warning, and nothing is sent.`)
	s.enter("let-go", from("overturned"))
	s.terraform("plan -destroy -out=farewell.tfplan", outcome{
		reads: once,
		says: []string{
			"Plan: 0 to add, 0 to change, 3 to destroy.",
			"Warning: The decision stays in place", "Terraform forgets the step, and nothing is sent",
		},
	})
	s.terraform("apply farewell.tfplan", outcome{
		says: []string{"Apply complete! Resources: 0 added, 0 changed, 3 destroyed."},
	})
	s.stands(person,
		simulator.Feature{NodeID: "feature_ocr_1", Status: "Approved"},
		simulator.Feature{NodeID: "feature_aml_1", Status: "Declined"},
		simulator.Feature{NodeID: "feature_face_match_1", Status: "Approved"},
	)
}
