// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package didit

import (
	"bytes"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

func TestDecodeDecision_RejectsHostileReports(t *testing.T) {
	t.Parallel()
	const broken = "The response is cut off or not valid JSON."
	shape := func(problem string) string {
		return "The response is JSON, but not a decision report: " + problem + "."
	}
	const ambiguous = "The response is ambiguous: it contains a field twice."
	feature := func(members string) string { return report(`"aml_screenings": [{` + members + `}]`) }
	for name, test := range map[string]struct{ text, detail string }{
		"empty":                              {"", broken},
		"white space":                        {" \n", broken},
		"HTML":                               {"<html>", broken},
		"null":                               {"null", shape("the response is not an object")},
		"number":                             {"17", shape("the response is not an object")},
		"string":                             {`"In Review"`, shape("the response is not an object")},
		"array":                              {"[" + report("") + "]", shape("the response is not an object")},
		"no session":                         {`{"status": "In Review"}`, shape("its session_id is not that of the requested session")},
		"another session":                    {`{"session_id": "11111111-2222-4333-8444-000000000002", "status": "In Review"}`, shape("its session_id is not that of the requested session")},
		"session is null":                    {`{"session_id": null, "status": "In Review"}`, shape("its session_id is not that of the requested session")},
		"session is a number":                {`{"session_id": 17, "status": "In Review"}`, shape("its session_id is not that of the requested session")},
		"too many features":                  {report(`"aml_screenings": [` + strings.Repeat(`{"status":"A"},`, maxFeatures) + `{"status":"A"}]`), shape("it has more steps or hits than a session can have")},
		"too many features in unknown array": {report(`"x": [` + strings.Repeat(`{"node_id":"n","status":"A"},`, maxFeatures) + `{"node_id":"n","status":"A"}]`), shape("it has more steps or hits than a session can have")},
		"status twice":                       {report(`"status": "Approved"`), ambiguous},
		"status twice, escaped":              {report(`"st\u0061tus": "Approved"`), ambiguous},
		"session twice":                      {report(`"session_id": "` + testSession + `"`), ambiguous},
		"number twice":                       {report(`"session_number": 1, "session_number": 1`), ambiguous},
		"array twice":                        {report(`"aml_screenings": [], "aml_screenings": [{"status": "Approved"}]`), ambiguous},
		"array and null":                     {report(`"aml_screenings": [{"status": "Approved"}], "aml_screenings": null`), ambiguous},
		"null and array":                     {report(`"aml_screenings": null, "aml_screenings": [{"status": "Approved"}]`), ambiguous},
		"unknown array twice":                {report(`"x": [{"node_id": "a", "status": "s"}], "x": [{"node_id": "b", "status": "s"}]`), ambiguous},
		"unknown array and number":           {report(`"x": [{"node_id": "a", "status": "s"}], "x": 17`), ambiguous},
		"deep nesting in skipped value":      {report(`"x": ` + strings.Repeat("[", 20_000) + strings.Repeat("]", 20_000)), broken},
		"deep nesting in feature":            {feature(`"status": "Approved", "x": ` + strings.Repeat(`{"x":`, 20_000) + "1" + strings.Repeat("}", 20_000)), broken},
		"two reports":                        {report("") + report(""), shape("it is followed by more data")},
		"trailing comma":                     {report("") + ",", broken},
		"trailing HTML":                      {report("") + "<html>", broken},
		"trailing NUL":                       {report("") + "\x00", broken},
		"comma before the end":               {strings.TrimSuffix(report(""), "}") + ",}", broken},
		"name without quotation marks":       {`{session_id: "x"}`, broken},
		"single quotation marks":             {strings.ReplaceAll(report(""), `"`, `'`), broken},
		"comment":                            {report("") + "// end", broken},
		"byte order mark":                    {"\ufeff" + report(""), broken},
		"control character in string":        {report("\"x\": \"\x01\""), broken},
		"unknown escape":                     {report(`"x": "\x41"`), broken},
		"number with leading zeros":          {report(`"x": 007`), broken},
		"NaN":                                {report(`"x": NaN`), broken},
	} {
		decision, failure := decode(test.text)
		switch {
		case decision != nil || failure == nil:
			t.Errorf("%s: decoded as %+v, want an error", name, decision)
		case failure.Detail != test.detail:
			t.Errorf("%s: %s, want %s", name, failure.Detail, test.detail)
		case failure.Kind == KindUnexpected != strings.HasPrefix(test.text, report("")[:60]) && test.detail != broken:
			t.Errorf("%s: kind %d: a report of the requested session is from Didit", name, failure.Kind)
		case failure.Kind == KindMalformed != (test.detail == broken) || failure.OutcomeUnknown != (test.detail == broken):
			t.Errorf("%s: %+v", name, failure)
		}
	}
}

// Values that are skipped need not be valid text.
func TestDecodeDecision_SkipsOddValues(t *testing.T) {
	t.Parallel()
	for name, members := range map[string]string{
		"huge number":                    `"x": 1e99999999, "y": -` + strings.Repeat("9", 10_000),
		"invalid UTF-8":                  "\"x\": \"\xff\xfe\", \"\xc0\": 1",
		"lone surrogates":                `"x": "\ud800 \udc00\ud800"`,
		"duplicate names":                `"x": 1, "x": 2, "metadata": {"a": 1, "a": {"a": 2, "a": 3}}`,
		"deep nesting":                   `"x": ` + strings.Repeat(`[{"x":`, 2000) + "1" + strings.Repeat("}]", 2000),
		"long text":                      `"x": "` + strings.Repeat("x", 1<<20) + `"`,
		"long name":                      `"` + strings.Repeat("x", 1<<20) + `": 1`,
		"empty name":                     `"": [{"": ""}]`,
		"names of Go fields":             `"__proto__": {"status": "Approved"}, "Status": "Approved", "Features": []`,
		"known names in a skipped value": `"x": {"aml_screenings": [{"status": "Approved"}], "session_id": "y", "status": 7}`,
	} {
		assertFeatures(t, name, members)
	}
}

func TestDecodeDecision_RejectsReportCutOffAnywhere(t *testing.T) {
	t.Parallel()
	whole := bytes.TrimSpace(simulatedReport(t, 3000))
	if _, failure := decodeDecision(stream{bytes.NewReader(whole)}, simulator.SessionKYC); failure != nil || len(whole) < 1000 {
		t.Fatalf("the whole report of %d bytes: %v", len(whole), failure)
	}
	for length := range whole {
		for _, rest := range []io.Reader{strings.NewReader(""), iotest.ErrReader(io.ErrUnexpectedEOF)} {
			decision, failure := decodeDecision(io.MultiReader(bytes.NewReader(whole[:length]), rest), simulator.SessionKYC)
			if decision != nil || failure.Kind != KindMalformed || !failure.OutcomeUnknown {
				t.Fatalf("cut off after %d of %d bytes: %+v, %v", length, len(whole), decision, failure)
			}
		}
	}
}
