// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package summary_test

import (
	"slices"
	"testing"
)

func TestWarnings_AboutTheSessionAfterTheApply(t *testing.T) {
	t.Parallel()
	const (
		confirmed    = "Confirmed Match in an Approved session"
		notReviewed  = "Unreviewed hit in an Approved session"
		declinedStep = "Declined step in an Approved session"
		openStep     = "In Review step in a decided session"
	)
	approve := update(session("In Review"), session("Approved"))
	decline := update(session("In Review"), session("Declined"))
	confirm := update(hit("h", "Unreviewed"), hit("h", "Confirmed Match"))
	someStep := update(step("feature_ocr_1", "In Review"), step("feature_ocr_1", "Approved"))
	open := step("feature_poa_1", "In Review")
	for name, test := range map[string]struct {
		plan fields
		want []string
	}{
		"step left In Review by the plan":      {planOf(approve, unchanged(open)), []string{openStep}},
		"step set In Review by the plan":       {planOf(decline, update(step("n", "Expired"), step("n", "In Review"))), []string{openStep}},
		"step In Review in the prior state":    {planOf(approve).state(inState(open)), []string{openStep}},
		"step In Review in the report":         {planOf(decline).state(report("In Review", open)), []string{openStep}},
		"step of a workflow without a graph":   {planOf(approve).state(report("In Review", step("default", "In Review"))), []string{openStep}},
		"another step of the same node":        {planOf(approve, update(step("default", "In Review"), step("default", "Approved"))).state(report("In Review", step("default", "In Review").with("feature_type", "POA"))), []string{openStep}},
		"step decided by the plan":             {planOf(approve, someStep).state(report("In Review", step("feature_ocr_1", "In Review"))), nil},
		"step released by the plan":            {planOf(approve, change("delete", open, nil)).state(inState(open)), []string{openStep}},
		"step with another type in the report": {planOf(approve, someStep).state(report("In Review", step("feature_ocr_1", "In Review").with("feature_type", "OCR"))), nil},
		"step Declined, session approved":      {planOf(approve, unchanged(step("n", "Declined"))), []string{declinedStep}},
		"step Declined, session stands":        {planOf(update(step("n", "In Review"), step("n", "Declined"))).state(report("Approved")), []string{declinedStep}},
		"step Declined, session Declined":      {planOf(decline, unchanged(step("n", "Declined"))), nil},
		"session stands":                       {planOf(unchanged(session("Declined")), someStep, unchanged(open)), nil},
		"session adopted":                      {planOf(unchanged(session("Declined")).imported(), unchanged(open)), nil},
		"session only released":                {planOf(change("delete", session("Declined"), nil), unchanged(open)), nil},
		"step of another session":              {planOf(approve, unchanged(open.with("session_id", session2))), nil},

		"hit confirmed, session approved":            {planOf(approve, confirm), []string{confirmed}},
		"hit confirmed, session stands":              {planOf(unchanged(session("Approved")), confirm), []string{confirmed}},
		"hit confirmed, session reported":            {planOf(confirm).state(report("Approved")), []string{confirmed}},
		"hit confirmed, session in the prior state":  {planOf(confirm).state(inState(session("Approved"))), []string{confirmed}},
		"hit stands, session approved":               {planOf(approve, unchanged(hit("h", "Confirmed Match"))), []string{confirmed}},
		"hit reported, session approved":             {planOf(approve).state(report("In Review", hit("h", "Confirmed Match"))), []string{confirmed}},
		"hit reported, only a step changes":          {planOf(someStep).state(report("Approved", hit("h", "Confirmed Match"))), []string{confirmed}},
		"hit confirmed, session declined":            {planOf(decline, confirm).state(report("Approved", hit("h", "Confirmed Match"))), nil},
		"hit cleared, session approved":              {planOf(approve, update(hit("h", "Confirmed Match"), hit("h", "False Positive"))).state(report("In Review", hit("h", "Confirmed Match"))), nil},
		"hit unreviewed, session approved":           {planOf(approve).state(report("In Review", hit("h", "Unreviewed"), hit("i", "Inconclusive"))), []string{notReviewed}},
		"hit set to unreviewed, session approved":    {planOf(approve, update(hit("h", "Inconclusive"), hit("h", "Unreviewed"))), []string{notReviewed}},
		"two unreviewed hits":                        {planOf(approve).state(report("In Review", hit("h", "Unreviewed"), hit("i", "Unreviewed"))), []string{notReviewed, notReviewed}},
		"everything at once":                         {planOf(approve, unchanged(open)).state(report("In Review", hit("h", "Unreviewed"), hit("i", "Confirmed Match"))), []string{confirmed, notReviewed, openStep}},
		"nothing is planned in the session":          {planOf(unchanged(session("Approved")), unchanged(hit("h", "Confirmed Match")), update(session("In Review").with("session_id", session2), session("Declined").with("session_id", session2))), nil},
		"the report is read again during the apply":  {planOf(approve, fields{"address": "data.didit_session_decision.it", "mode": "data", "type": "didit_session_decision", "change": fields{"actions": []string{"read"}}}), nil},
		"the report is sensitive":                    {planOf(approve).state(report("In Review", hit("h", "Unreviewed")).with("sensitive_values", fields{"aml_hits": []fields{{"review_status": true}}})), nil},
		"the planned status is sensitive":            {planOf(approve.marked("after_sensitive", fields{"status": true})).state(report("Approved", hit("h", "Unreviewed"))), nil},
		"the drifted session is followed":            {planOf(unchanged(session("Approved")), confirm).drift(update(session("In Review"), session("Approved"))), []string{confirmed}},
		"a standing hit that the report contradicts": {planOf(approve, unchanged(hit("h", "Unreviewed"))).state(report("In Review", hit("h", "Inconclusive"))), nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, warning := range parse(t, test.plan).Warnings {
				got = append(got, warning.Text)
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("the warnings are %q, want %q", got, test.want)
			}
		})
	}
}

func TestWarnings_NameTheSubjectsAndAreCounted(t *testing.T) {
	t.Parallel()
	plan := planOf(update(session("In Review"), session("Approved"))).
		state(report("In Review", hit("h1", "Unreviewed"), hit("h2", "Unreviewed").with("node_id", "default"), step("feature_poa_1", "In Review")))

	requireParts(t, markdown(t, plan), "⚠️ **Look closely at**: 2 × Unreviewed hit in an Approved session, 1 × In Review step in a decided session.",
		"### ⚠️ Session `"+session1+"`\n\n⚠️ **Unreviewed hit in an Approved session**: AML hit `h2`, AML hit `h1` of `feature_aml_1`.\n\n"+
			"⚠️ **In Review step in a decided session**: step `feature_poa_1`.\n\n")
}

func TestWarnings_NameAtMostTenSubjects(t *testing.T) {
	t.Parallel()
	var hits []fields
	for i := range 12 {
		hits = append(hits, hit("h"+string(rune('a'+i)), "Unreviewed"))
	}
	requireParts(t, markdown(t, planOf(update(session("In Review"), session("Approved"))).state(report("In Review", hits...))),
		"AML hit `hj` of `feature_aml_1`, and 2 more.", "12 × Unreviewed hit")
}

func TestWarnings_SessionDecidedWithoutItsReportIsMentioned(t *testing.T) {
	t.Parallel()
	approve := update(session("In Review"), session("Approved"))
	const mention = "For **1 session**, the plan has no data source `didit_session_decision`"

	requireParts(t, markdown(t, planOf(approve)), mention)
	requireNone(t, markdown(t, planOf(approve).state(report("In Review"))), "without reading")
	requireNone(t, markdown(t, planOf(unchanged(session("Approved")).imported())), "without reading")
}
