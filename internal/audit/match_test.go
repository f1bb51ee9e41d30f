// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package audit

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/didit-community/terraform-provider-didit/internal/decisionrepo"
	"github.com/didit-community/terraform-provider-didit/internal/didit"
)

const sessionID = "11111111-2222-4333-8444-000000000001"

// at is a time of a day in 2026.
func at(day int, clock string) time.Time {
	t, err := time.Parse("15:04", clock)
	if err != nil {
		panic(err)
	}
	return time.Date(2026, time.May, day, t.Hour(), t.Minute(), 0, 0, time.UTC)
}

// committed is a version of the file, committed and merged at noon of a day. An empty text deletes the file.
func committed(day int, text string) decisionrepo.Version {
	if text != "" {
		text = "session_id: " + sessionID + "\n" + text + "\n"
	}
	when := at(day, "12:00")
	return decisionrepo.Version{
		Path: "groups/2026/decisions/case.yaml", Group: "2026", IsFile: text != "", Deleted: text == "", Text: text, MergedAt: when,
		Commit: decisionrepo.Commit{ID: fmt.Sprintf("%040d", day), At: when},
	}
}

// change is an entry of the feed, "DAY CLOCK ACTOR KIND FROM>TO COMMENT".
func change(text string) didit.Review {
	parts := strings.SplitN(text, "|", 4)
	var day int
	var clock, actor, kind string
	if _, err := fmt.Sscan(parts[0], &day, &clock, &actor, &kind); err != nil {
		panic(text + ": " + err.Error())
	}
	r := didit.Review{
		CreatedAt: at(day, clock).Format(time.RFC3339), ActorType: map[string]string{"key": "API_KEY", "person": "CONSOLE_USER", "didit": "SYSTEM"}[actor],
		Activity: map[string]string{"session": "STATUS_UPDATED", "step": "STATUS_UPDATED", "aml": "AML_STATUS_UPDATED", "hit": "AML_HIT_STATUS_UPDATED", "note": "COMMENT"}[kind],
	}
	if len(parts) > 2 {
		r.PreviousValue, r.NewValue = parts[1], parts[2]
	}
	if kind == "session" {
		r.PreviousStatus, r.NewStatus = parts[1], parts[2]
	}
	if len(parts) > 3 {
		r.Comment = parts[3]
	}
	return r
}

// report has values "SUBJECT=VALUE": session, hit_1, and steps by their node ID.
func report(values ...string) *didit.Decision {
	r := &didit.Decision{SessionID: sessionID, Kind: didit.KindUser, CreatedAt: at(1, "00:00").Format(time.RFC3339)}
	for _, value := range values {
		subject, value, _ := strings.Cut(value, "=")
		switch {
		case subject == "session":
			r.Status = value
		case strings.HasPrefix(subject, "hit"):
			r.AMLHits = append(r.AMLHits, didit.AMLHit{NodeID: "aml", ID: subject, ReviewStatus: value})
		default:
			r.Features = append(r.Features, didit.Feature{NodeID: subject, Type: strings.ToUpper(subject), Status: value})
		}
	}
	return r
}

const (
	decline       = `session: {from: In Review, to: Declined, comment: Forged., ticket: CASE-7}`
	declinePaper  = `steps: {paper: {node_id: ocr, from: In Review, to: Declined, comment: Forged.}}`
	declineTwo    = `steps: {paper: {node_id: ocr, from: In Review, to: Declined, comment: Forged.}, face: {node_id: face, from: In Review, to: Declined, comment: Forged.}}`
	clearHit      = `hits: {one: {node_id: aml, hit_id: hit_1, from: Unreviewed, to: False Positive, reason: Another person.}}`
	clearHitAgain = `hits: {one: {node_id: aml, hit_id: hit_1, from: Unreviewed, to: False Positive, reason: Another person with another date.}}`
	clearTwoHits  = `hits: {one: {node_id: aml, hit_id: hit_1, from: Unreviewed, to: False Positive, reason: Another person.}, two: {node_id: aml, hit_id: hit_2, from: Unreviewed, to: False Positive, reason: Another person.}}`

	sentDecline = "2 13:00 key session|In Review|Declined|Forged. (CASE-7)"
	sentPaper   = "2 13:00 key step|In Review|Declined|Forged."
	sentHit     = "2 13:00 key hit|Unreviewed|False Positive"
)

var approve = strings.NewReplacer("Declined", "Approved").Replace(decline)

// matchTest has what git and Didit have, and the rows that follow: "SUBJECT TRAIL-DAY ACTOR FINDING", with - for nothing.
type matchTest struct {
	versions  []decisionrepo.Version
	feed      []string // oldest first
	overrides []didit.FeatureOverride
	report    *didit.Decision
	want      []string
	oneOf     string
	note      string // a part of one
}

var matchTests = map[string]matchTest{
	"sent": {
		versions: []decisionrepo.Version{committed(2, decline)}, feed: []string{sentDecline}, report: report("session=Declined"),
		want: []string{"session 2 api_key -"},
	},
	"not sent": {
		versions: []decisionrepo.Version{committed(2, decline)}, report: report("session=In Review"),
		want: []string{"session - - not-applied"},
	},
	"not sent, and another value since": {
		versions: []decisionrepo.Version{committed(2, decline)}, feed: []string{"2 13:00 person session|In Review|Approved|"}, report: report("session=Approved"),
		want: []string{"session - - not-applied"},
	},
	"session is gone": {
		versions: []decisionrepo.Version{committed(2, decline)},
		want:     []string{"session - - session-missing"},
	},
	"session is gone, and the file archived": {
		versions: []decisionrepo.Version{committed(2, decline), committed(3, decline+"\narchived: true")},
		want:     []string{"session - - -"},
	},
	"session is gone, and the file deleted": {
		versions: []decisionrepo.Version{committed(2, decline), committed(3, "")},
		want:     []string{"session - - -"},
	},
	"changed in the console": {
		versions: []decisionrepo.Version{committed(2, decline)}, feed: []string{sentDecline, "4 09:00 person session|Declined|Approved|"}, report: report("session=Approved"),
		want: []string{"session 2 api_key superseded"}, note: "Changed from Declined to Approved at 2026-05-04T09:00:00Z, by console_user.",
	},
	"changed in the console, and decided again in git": {
		versions: []decisionrepo.Version{committed(2, decline), committed(5, `session: {from: Approved, to: Declined, comment: Forged after all.}`)},
		feed:     []string{sentDecline, "4 09:00 person session|Declined|Approved|", "5 13:00 key session|Approved|Declined|Forged after all."}, report: report("session=Declined"),
		want: []string{"session 2 api_key -", "session 5 api_key -"},
	},
	"changed and changed back": {
		versions: []decisionrepo.Version{committed(2, decline)}, feed: []string{sentDecline, "4 09:00 person session|Declined|Approved|", "4 10:00 person session|Approved|Declined|"}, report: report("session=Declined"),
		want: []string{"session 2 api_key reverted"},
	},
	"changed and changed back, and acknowledged in git": {
		versions: []decisionrepo.Version{committed(2, decline), committed(5, `session: {from: Declined, to: Declined, comment: "A slip, see CASE-9."}`)},
		feed:     []string{sentDecline, "4 09:00 person session|Declined|Approved|", "4 10:00 person session|Approved|Declined|"}, report: report("session=Declined"),
		want: []string{"session 2 api_key -", "session - - -"},
	},
	"same values twice": {
		versions: []decisionrepo.Version{committed(2, declinePaper)}, feed: []string{sentPaper, "6 09:00 key step|In Review|Declined|Forged."}, report: report("session=In Review", "ocr=Declined"),
		want: []string{"steps.paper 2 api_key duplicate"},
	},
	"same values twice, of two steps": {
		versions: []decisionrepo.Version{committed(2, declineTwo)}, feed: []string{sentPaper, "2 13:01 key step|In Review|Declined|Forged."}, report: report("session=In Review", "ocr=Declined", "face=Declined"),
		want: []string{"steps.paper 2 api_key -", "steps.face 2 api_key -"}, oneOf: "steps.face steps.paper",
	},
	"same values once, of two steps": {
		versions: []decisionrepo.Version{committed(2, declineTwo)}, feed: []string{sentPaper}, report: report("session=In Review", "ocr=In Review", "face=Declined"),
		want: []string{"steps.paper - - not-applied", "steps.face 2 api_key -"}, oneOf: "steps.paper",
	},
	"same values once, of two steps, and both have them": {
		versions: []decisionrepo.Version{committed(2, declineTwo)}, feed: []string{sentPaper}, report: report("session=In Review", "ocr=Declined", "face=Declined"),
		want: []string{"steps.paper 2 api_key -", "steps.face - - not-on-trail"}, oneOf: "steps.face",
	},
	"same values once, and an override names the step": {
		versions: []decisionrepo.Version{committed(2, declineTwo)}, feed: []string{sentPaper}, report: report("session=In Review", "ocr=Declined", "face=Declined"),
		overrides: []didit.FeatureOverride{{NodeID: "face", PreviousStatus: "In Review", NewStatus: "Declined", State: didit.OverrideApplied}},
		want:      []string{"steps.paper - - not-on-trail", "steps.face 2 api_key -"},
	},
	"same values of another step, with another comment": {
		versions: []decisionrepo.Version{committed(2, declinePaper)}, feed: []string{sentPaper, "6 09:00 person step|In Review|Declined|Not the same face."}, report: report("session=In Review", "ocr=Declined", "face=Declined"),
		want: []string{"steps.paper 2 api_key -", "steps 6 console_user outside-git"},
	},
	"same values of another hit": {
		versions: []decisionrepo.Version{committed(2, clearHit)}, feed: []string{sentHit, "6 09:00 person hit|Unreviewed|False Positive"}, report: report("session=In Review", "hit_1=False Positive", "hit_2=False Positive"),
		want: []string{"hits.one 2 api_key -", "hits 6 console_user outside-git"},
	},
	"a comment that a console user typed too": {
		versions: []decisionrepo.Version{committed(2, decline)},
		feed:     []string{"2 12:30 person session|In Review|Declined|Forged. (CASE-7)", "2 12:40 person session|Declined|In Review|", sentDecline}, report: report("session=Declined"),
		want: []string{"session 2 api_key -", "session 2 console_user outside-git"},
	},
	"typed by a console user instead of the pipeline": {
		versions: []decisionrepo.Version{committed(2, decline)}, feed: []string{"2 12:30 person session|In Review|Declined|Forged. (CASE-7)"}, report: report("session=Declined"),
		want: []string{"session 2 console_user -"},
	},
	"the values with another comment": {
		versions: []decisionrepo.Version{committed(2, decline)}, feed: []string{"2 13:00 person session|In Review|Declined|Looks bad."}, report: report("session=Declined"),
		want: []string{"session - - not-on-trail"}, note: "The feed has these values with another comment: at 2026-05-02T13:00:00Z, by console_user.",
	},
	// The feed does not tell one key from another.
	"another key": {
		versions: []decisionrepo.Version{committed(2, decline)}, feed: []string{sentDecline, "4 09:00 key session|Declined|Approved|"}, report: report("session=Approved"),
		want: []string{"session 2 api_key superseded"},
	},
	"clocks that differ": {
		versions: []decisionrepo.Version{committed(2, decline)}, feed: []string{"2 11:57 key session|In Review|Declined|Forged. (CASE-7)"}, report: report("session=Declined"),
		want: []string{"session 2 api_key -"},
	},
	"decided by the workflow at last": {
		versions: []decisionrepo.Version{committed(2, decline)}, feed: []string{"2 13:00 didit session|In Review|Declined|"}, report: report("session=Declined"),
		want: []string{"session - - not-on-trail"}, note: "with another comment: at 2026-05-02T13:00:00Z, by system.",
	},
	"an entry before the commit": {
		versions: []decisionrepo.Version{committed(2, decline)}, feed: []string{"2 09:00 key session|In Review|Declined|Forged. (CASE-7)"}, report: report("session=Declined"),
		want: []string{"session - - not-on-trail"}, note: "The feed has these values before the commit: at 2026-05-02T09:00:00Z, by api_key.",
	},
	"another comment after the apply": {
		versions: []decisionrepo.Version{committed(2, decline), committed(4, strings.Replace(decline, "Forged", "Forged twice", 1))}, feed: []string{sentDecline}, report: report("session=Declined"),
		want: []string{"session 2 api_key -", "session - - not-on-trail"},
	},
	"another reason of a hit after the apply": {
		versions: []decisionrepo.Version{committed(2, clearHit), committed(4, clearHitAgain)}, feed: []string{sentHit}, report: report("session=In Review", "hit_1=False Positive"),
		want: []string{"hits.one 2 api_key -", "hits.one 2 api_key -"},
	},
	"another reason of a hit before the apply": {
		versions: []decisionrepo.Version{committed(2, clearHit), committed(4, clearHitAgain)}, feed: []string{"4 13:00 key hit|Unreviewed|False Positive"}, report: report("session=In Review", "hit_1=False Positive"),
		want: []string{"hits.one - - -", "hits.one 4 api_key -"},
	},
	"two hits": {
		versions: []decisionrepo.Version{committed(2, clearTwoHits)}, feed: []string{sentHit, sentHit}, report: report("session=In Review", "hit_1=False Positive", "hit_2=False Positive"),
		want: []string{"hits.one 2 api_key -", "hits.two 2 api_key -"}, oneOf: "hits.two hits.one",
	},
	"an entry of a hit without values": {
		versions: []decisionrepo.Version{committed(2, clearHit)}, feed: []string{"2 13:00 key hit"}, report: report("session=In Review", "hit_1=False Positive"),
		want: []string{"hits.one 2 api_key -"},
	},
	"re-opened, and decided by the workflow": {
		versions: []decisionrepo.Version{committed(2, decline)},
		feed:     []string{sentDecline, "5 09:00 person session|Declined|Resubmitted|Unreadable.", "6 09:00 didit session|Resubmitted|Approved|"}, report: report("session=Approved"),
		want: []string{"session 2 api_key superseded"}, note: "Changed from Declined to Resubmitted",
	},
	"re-opened, and the same again by the workflow": {
		versions: []decisionrepo.Version{committed(2, decline)},
		feed:     []string{sentDecline, "5 09:00 person session|Declined|Resubmitted|Unreadable.", "6 09:00 didit session|Resubmitted|Declined|"}, report: report("session=Declined"),
		want: []string{"session 2 api_key -"},
	},
	"re-opened, and the step is gone": {
		versions: []decisionrepo.Version{committed(2, declinePaper)}, feed: []string{sentPaper, "5 09:00 key session|In Review|Resubmitted|"}, report: report("session=Resubmitted"),
		want: []string{"steps.paper 2 api_key superseded"}, note: noteMissing,
	},
	"re-opened, and the same decision again": {
		versions: []decisionrepo.Version{committed(2, clearHit)}, feed: []string{sentHit, "5 09:00 key session|In Review|Resubmitted|", "6 09:00 key hit|Unreviewed|False Positive"}, report: report("session=In Review", "hit_1=False Positive", "hit_2=False Positive", "hit_3=Unreviewed"),
		want: []string{"hits.one 2 api_key duplicate"}, oneOf: "hit hit_2",
	},
	"ongoing monitoring": {
		versions: []decisionrepo.Version{committed(2, approve)}, feed: []string{"2 13:00 key session|In Review|Approved|Forged. (CASE-7)", "30 09:00 didit session|Approved|In Review|"}, report: report("session=In Review"),
		want: []string{"session 2 api_key -"}, note: "Didit itself changed it",
	},
	"ongoing monitoring, and waiting since": {
		versions: []decisionrepo.Version{committed(2, approve)}, feed: []string{"2 13:00 key session|In Review|Approved|Forged. (CASE-7)", "8 09:00 didit session|Approved|In Review|"}, report: report("session=In Review"),
		want: []string{"session 2 api_key waiting"},
	},
	"ongoing monitoring, and decided in the console": {
		versions: []decisionrepo.Version{committed(2, approve)},
		feed:     []string{"2 13:00 key session|In Review|Approved|Forged. (CASE-7)", "8 09:00 didit session|Approved|In Review|", "9 09:00 person session|In Review|Declined|"}, report: report("session=Declined"),
		want: []string{"session 2 api_key superseded"}, note: "Changed from In Review to Declined",
	},
	"ongoing monitoring, and the same again in the console": {
		versions: []decisionrepo.Version{committed(2, approve)},
		feed:     []string{"2 13:00 key session|In Review|Approved|Forged. (CASE-7)", "8 09:00 didit session|Approved|In Review|", "9 09:00 person session|In Review|Approved|"}, report: report("session=Approved"),
		want: []string{"session 2 api_key -", "session 9 console_user outside-git"},
	},
	"expired": {
		versions: []decisionrepo.Version{committed(2, approve)}, feed: []string{"2 13:00 key session|In Review|Approved|Forged. (CASE-7)"}, report: report("session=Kyc Expired"),
		want: []string{"session 2 api_key -"},
	},
	"decided before the repository began": {
		versions: []decisionrepo.Version{committed(9, "session: {from: Declined, to: Declined}\nhits: {one: {node_id: aml, hit_id: hit_1, from: False Positive, to: False Positive}}")},
		feed:     []string{"2 13:00 person hit|Unreviewed|False Positive", "2 13:00 person session|In Review|Declined|Forged."}, report: report("session=Declined", "hit_1=False Positive"),
		want: []string{"hits.one - - -", "session - - -"},
	},
	"decided before the repository began, and changed since": {
		versions: []decisionrepo.Version{committed(9, "session: {from: Declined, to: Declined}")}, feed: []string{"2 13:00 person session|In Review|Declined|", "10 09:00 person session|Declined|Approved|"}, report: report("session=Approved"),
		want: []string{"session - - superseded"},
	},
	"a value of a hit that Didit itself set": {
		versions: []decisionrepo.Version{committed(2, clearHit)}, feed: []string{"3 09:00 didit hit|Unreviewed|False Positive"}, report: report("session=In Review", "hit_1=False Positive"),
		want: []string{"hits.one 3 system -"},
	},
	"a value of a hit that is on no trail": {
		versions: []decisionrepo.Version{committed(2, clearHit)}, report: report("session=In Review", "hit_1=False Positive"),
		want: []string{"hits.one - - not-on-trail"},
	},
	"deferred, and the person is in the flow": {
		versions: []decisionrepo.Version{committed(2, strings.Replace(declinePaper, "comment", "defer_until_flow_finishes: true, comment", 1))}, report: report("session=In Progress", "ocr=In Review"),
		want: []string{"steps.paper - - -"}, note: "waits until the person",
	},
	"deferred, and the person has finished": {
		versions: []decisionrepo.Version{committed(2, strings.Replace(declinePaper, "comment", "defer_until_flow_finishes: true, comment", 1))}, report: report("session=In Review", "ocr=In Review"),
		want: []string{"steps.paper - - not-applied"},
	},
	"a remark and a note with a status are no changes": {
		versions: []decisionrepo.Version{committed(2, decline)}, feed: []string{sentDecline, "4 09:00 person note", "4 10:00 person note||Approved|Forged. (CASE-7)"}, report: report("session=Declined"),
		want: []string{"session 2 api_key -"},
	},
	"changed back of one of two steps": {
		versions: []decisionrepo.Version{committed(2, declineTwo)},
		feed:     []string{sentPaper, sentPaper, "4 09:00 person step|Declined|Approved|", "4 10:00 person step|Approved|Declined|"}, report: report("session=In Review", "ocr=Declined", "face=Declined"),
		want: []string{"steps.paper 2 api_key reverted", "steps.face 2 api_key reverted"}, oneOf: "steps.face steps.paper",
	},
	"an AML entry of two steps": {
		versions: []decisionrepo.Version{committed(2, strings.ReplaceAll(declineTwo, "face", "aml"))}, feed: []string{"2 13:00 key aml|In Review|Declined|Forged."}, report: report("session=In Review", "ocr=Declined", "aml=Declined"),
		want: []string{"steps.paper - - not-on-trail", "steps.aml 2 api_key -"},
	},
	"another value of one step, and a change back of another": {
		versions: []decisionrepo.Version{committed(2, declineTwo)}, report: report("session=In Review", "ocr=Approved", "face=Declined", "poa=Declined"),
		feed: []string{sentPaper, sentPaper, "4 09:00 person step|Declined|Approved|", "4 10:00 person step|Approved|Declined|"},
		want: []string{"steps.paper 2 api_key superseded", "steps.face 2 api_key -", "steps 4 console_user outside-git"}, oneOf: "steps.face steps.paper",
	},
	"changed back of a step that an override names": {
		versions: []decisionrepo.Version{committed(2, declineTwo)}, report: report("session=In Review", "ocr=Declined", "face=Declined", "poa=Declined"),
		feed: []string{sentPaper, sentPaper, "4 09:00 key step|Declined|Approved|", "4 10:00 key step|Approved|Declined|"},
		overrides: []didit.FeatureOverride{
			{NodeID: "face", PreviousStatus: "Approved", NewStatus: "Declined", State: didit.OverrideApplied},
			{NodeID: "face", PreviousStatus: "Declined", NewStatus: "Approved", State: didit.OverrideApplied},
			{NodeID: "face", PreviousStatus: "In Review", NewStatus: "Declined", State: didit.OverrideApplied},
			{NodeID: "ocr", PreviousStatus: "In Review", NewStatus: "Declined", State: didit.OverrideApplied},
		},
		want: []string{"steps.paper 2 api_key -", "steps.face 2 api_key reverted"},
	},
	"an override that was cancelled names nothing": {
		versions: []decisionrepo.Version{committed(2, declineTwo)}, feed: []string{sentPaper}, report: report("session=In Review", "ocr=Declined", "face=Declined"),
		overrides: []didit.FeatureOverride{{NodeID: "ocr", PreviousStatus: "In Review", NewStatus: "Declined", State: "cancelled"}, {NodeID: "face", PreviousStatus: "In Review", NewStatus: "Declined", State: didit.OverrideApplied}},
		want:      []string{"steps.paper - - not-on-trail", "steps.face 2 api_key -"},
	},
	"more overrides than entries name nothing": {
		versions: []decisionrepo.Version{committed(2, declineTwo)}, feed: []string{sentPaper}, report: report("session=In Review", "ocr=Declined", "face=Declined"),
		overrides: []didit.FeatureOverride{{NodeID: "face", PreviousStatus: "In Review", NewStatus: "Declined", State: didit.OverrideApplied}, {NodeID: "face", PreviousStatus: "In Review", NewStatus: "Declined", State: didit.OverrideApplied}},
		want:      []string{"steps.paper 2 api_key -", "steps.face - - not-on-trail"}, oneOf: "steps.face",
	},
	"a step that was changed back, and acknowledged in git": {
		versions: []decisionrepo.Version{committed(2, declinePaper), committed(5, `steps: {paper: {node_id: ocr, from: Declined, to: Declined, comment: A slip.}}`)},
		feed:     []string{sentPaper, "4 09:00 person step|Declined|Approved|", "4 10:00 person step|Approved|Declined|"}, report: report("session=In Review", "ocr=Declined", "face=In Review"),
		want: []string{"steps.paper 2 api_key -", "steps.paper - - -"},
	},
	"withdrawn before it was sent": {
		versions: []decisionrepo.Version{committed(2, decline), committed(3, "")}, report: report("session=In Review"),
		want: []string{"session - - -"},
	},
	"a repeated status that changes nothing": {
		versions: []decisionrepo.Version{committed(2, decline)}, feed: []string{sentDecline, "4 09:00 key session|Declined|Declined|Forged. (CASE-7)"}, report: report("session=Declined"),
		want: []string{"session 2 api_key -"},
	},
	"the AML check is hidden by the report": {
		versions: []decisionrepo.Version{committed(2, clearHit)}, feed: []string{sentHit}, report: func() *didit.Decision {
			r := report("session=In Review")
			r.Unusable = []didit.UnusableItem{{Type: didit.TypeAML}}
			return r
		}(),
		want: []string{"hits.one 2 api_key -"},
	},
	"the value is hidden by the report": {
		versions: []decisionrepo.Version{committed(2, clearHit)}, feed: []string{sentHit}, report: func() *didit.Decision {
			r := report("session=In Review")
			r.Unusable = []didit.UnusableItem{{NodeID: "aml", Type: didit.TypeAML, IsHit: true, IsAllHits: true}}
			return r
		}(),
		want: []string{"hits.one 2 api_key -"},
	},
	"a file that begins without the session's own decision": {
		versions: []decisionrepo.Version{committed(2, declinePaper), committed(6, declinePaper+"\nsession: {from: Declined, to: Declined}")},
		feed:     []string{sentPaper, "4 09:00 person session|In Review|Declined|"}, report: report("session=Declined", "ocr=Declined"),
		want: []string{"steps.paper 2 api_key -", "session - - -"},
	},
	"decided about a session whose file decides about a step": {
		versions: []decisionrepo.Version{committed(2, declinePaper)}, feed: []string{sentPaper, "4 09:00 person session|In Review|Declined|"}, report: report("session=Declined", "ocr=Declined"),
		want: []string{"steps.paper 2 api_key -", "session 4 console_user outside-git"},
	},
}

func TestMatch_FindsTheEntryAndTheFinding(t *testing.T) {
	t.Parallel()
	for name, test := range matchTests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var feed []didit.Review
			for _, text := range slices.Backward(test.feed) {
				feed = append(feed, change(text))
			}
			register := newRegister(decisionrepo.History{Versions: test.versions})
			s := &session{id: sessionID, rows: register.sessions[sessionID], report: test.report, hasFeed: true, entries: readFeed(feed)}
			if len(register.problems) > 0 {
				t.Fatal(register.problems)
			}
			s.readValues()
			s.match()
			if s.needsOverrides() {
				nameSteps(s.entries, test.overrides)
				s.match()
			}
			s.judge()
			a := &Audit{Options: Options{Now: at(31, "00:00"), WaitingLongerThan: 7 * 24 * time.Hour}}
			if test.want[0] != "session 2 api_key waiting" {
				a.WaitingLongerThan = 365 * 24 * time.Hour
			}
			var got, oneOf, notes []string
			for _, row := range a.filedRows(s) {
				line := []string{row.Subject, "-", row.TrailActor, row.Finding}
				if row.TrailAt != "" {
					line[1] = strings.TrimPrefix(row.TrailAt[8:10], "0")
				}
				for i, part := range line {
					if part == "" {
						line[i] = "-"
					}
				}
				got, oneOf, notes = append(got, strings.Join(line, " ")), append(oneOf, row.OneOf...), append(notes, row.Note)
			}
			if !slices.Equal(got, test.want) || strings.Join(oneOf, " ") != test.oneOf || !strings.Contains(strings.Join(notes, "\n"), test.note) {
				t.Errorf("got %q, one of %q, notes %q\nwant %q, one of %q, note %q", got, oneOf, notes, test.want, test.oneOf, test.note)
			}
		})
	}
}
