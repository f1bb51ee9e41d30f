// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package didit

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

// Each of these is valid JSON, or not, and never a decision.
func TestDecodeDecision_RejectsHostileReports(t *testing.T) {
	t.Parallel()
	const broken = "The response is cut off or not valid JSON."
	shape := func(problem string) string {
		return "The response is JSON, but not a decision report: " + problem + "."
	}
	twice := "The response is ambiguous: it holds a field twice."
	step := func(members string) string { return report(`"aml_screenings": [{` + members + `}]`) }
	for name, test := range map[string]struct{ text, detail string }{
		"nothing":                 {"", broken},
		"space":                   {" \n", broken},
		"no JSON":                 {"<html>", broken},
		"null":                    {"null", shape("the response is not an object")},
		"number":                  {"17", shape("the response is not an object")},
		"string":                  {`"In Review"`, shape("the response is not an object")},
		"list":                    {"[" + report("") + "]", shape("the response is not an object")},
		"no session":              {`{"status": "In Review"}`, shape("its session_id is not that of the requested session")},
		"another session":         {`{"session_id": "11111111-2222-4333-8444-000000000002", "status": "In Review"}`, shape("its session_id is not that of the requested session")},
		"session is null":         {`{"session_id": null, "status": "In Review"}`, shape("its session_id is not that of the requested session")},
		"session is a number":     {`{"session_id": 17, "status": "In Review"}`, shape("session_id is not a string")},
		"no status":               {`{"session_id": "` + testSession + `"}`, shape("it has no status")},
		"status is null":          {`{"session_id": "` + testSession + `", "status": null}`, shape("it has no status")},
		"status is empty":         {`{"session_id": "` + testSession + `", "status": ""}`, shape("it has no status")},
		"status is a list":        {`{"session_id": "` + testSession + `", "status": ["In Review"]}`, shape("status is not a string")},
		"status in capitals":      {`{"session_id": "` + testSession + `", "STATUS": "In Review"}`, shape("it has no status")},
		"number is text":          {report(`"session_number": "17"`), shape("session_number is not a whole number")},
		"number is a part":        {report(`"session_number": 17.5`), shape("session_number is not a whole number")},
		"number has an exponent":  {report(`"session_number": 1e3`), shape("session_number is not a whole number")},
		"number is huge":          {report(`"session_number": 9223372036854775808`), shape("session_number is not a whole number")},
		"number is endless":       {report(`"session_number": 1` + strings.Repeat("0", 1<<20)), shape("session_number is not a whole number")},
		"array is an object":      {report(`"aml_screenings": {"node_id": "a", "status": "Approved"}`), shape("aml_screenings is not an array")},
		"array is text":           {report(`"aml_screenings": "Approved"`), shape("aml_screenings is not an array")},
		"array is false":          {report(`"aml_screenings": false`), shape("aml_screenings is not an array")},
		"item is text":            {report(`"aml_screenings": ["Approved"]`), shape("an item of aml_screenings is not an object")},
		"item is null":            {report(`"aml_screenings": [null]`), shape("an item of aml_screenings is not an object")},
		"item is a list":          {report(`"aml_screenings": [[{"status": "Approved"}]]`), shape("an item of aml_screenings is not an object")},
		"step without status":     {step(`"node_id": "a"`), shape("status is missing in an item of aml_screenings")},
		"step status null":        {step(`"node_id": "a", "status": null`), shape("status is missing in an item of aml_screenings")},
		"step status number":      {step(`"node_id": "a", "status": 1`), shape("status is not a string in an item of aml_screenings")},
		"node is a number":        {step(`"node_id": 1, "status": "Approved"`), shape("node_id is not a string in an item of aml_screenings")},
		"node is an object":       {step(`"status": "Approved", "node_id": {"id": "a"}`), shape("node_id is not a string in an item of aml_screenings")},
		"node is long":            {step(`"status": "Approved", "node_id": "` + strings.Repeat("n", maxTextBytes+1) + `"`), shape("node_id is too long in an item of aml_screenings")},
		"status is huge":          {step(`"status": "` + strings.Repeat("s", 1<<20) + `"`), shape("status is too long in an item of aml_screenings")},
		"status is long":          {report(`"environment": "` + strings.Repeat(`\u0041`, maxTextBytes+1) + `"`), shape("environment is too long")},
		"invalid UTF-8 kept":      {step(`"node_id": "a` + "\xff" + `", "status": "Approved"`), shape("node_id is not valid text in an item of aml_screenings")},
		"lone surrogate kept":     {step(`"node_id": "a\ud800", "status": "Approved"`), shape("node_id is not valid text in an item of aml_screenings")},
		"too many steps":          {report(`"aml_screenings": [` + strings.Repeat(`{"status":"A"},`, maxFeatures) + `{"status":"A"}]`), shape("it has more steps or hits than a session can have")},
		"too many steps, unknown": {report(`"x": [` + strings.Repeat(`{"node_id":"n","status":"A"},`, maxFeatures) + `{"node_id":"n","status":"A"}]`), shape("it has more steps or hits than a session can have")},
		"status twice":            {report(`"status": "Approved"`), twice},
		"status twice, escaped":   {report(`"st\u0061tus": "Approved"`), twice},
		"session twice":           {report(`"session_id": "` + testSession + `"`), twice},
		"number twice":            {report(`"session_number": 1, "session_number": 1`), twice},
		"array twice":             {report(`"aml_screenings": [], "aml_screenings": [{"status": "Approved"}]`), twice},
		"array and null":          {report(`"aml_screenings": [{"status": "Approved"}], "aml_screenings": null`), twice},
		"null and array":          {report(`"aml_screenings": null, "aml_screenings": [{"status": "Approved"}]`), twice},
		"unknown array twice":     {report(`"x": [{"node_id": "a", "status": "s"}], "x": [{"node_id": "b", "status": "s"}]`), twice},
		"unknown array and other": {report(`"x": [{"node_id": "a", "status": "s"}], "x": 17`), twice},
		"step status twice":       {step(`"status": "Approved", "status": "Declined"`), twice},
		"step node twice":         {step(`"node_id": "a", "status": "Approved", "node_id": "a"`), twice},
		"unknown step twice":      {report(`"x": [{"node_id": "a", "status": "s", "node_id": "b"}]`), twice},
		"deep in what is skipped": {report(`"x": ` + strings.Repeat("[", 20_000) + strings.Repeat("]", 20_000)), broken},
		"deep in a step":          {step(`"status": "Approved", "x": ` + strings.Repeat(`{"x":`, 20_000) + "1" + strings.Repeat("}", 20_000)), broken},
		"two reports":             {report("") + report(""), shape("more follows it")},
		"a comma behind":          {report("") + ",", broken},
		"garbage behind":          {report("") + "<html>", broken},
		"NUL behind":              {report("") + "\x00", broken},
		"comma at the end":        {strings.TrimSuffix(report(""), "}") + ",}", broken},
		"no quotation marks":      {`{session_id: "x"}`, broken},
		"single quotation marks":  {strings.ReplaceAll(report(""), `"`, `'`), broken},
		"comment":                 {report("") + "// end", broken},
		"byte order mark":         {"\ufeff" + report(""), broken},
		"control in a string":     {report("\"x\": \"\x01\""), broken},
		"bad escape":              {report(`"x": "\x41"`), broken},
		"number with a zero":      {report(`"x": 007`), broken},
		"NaN":                     {report(`"x": NaN`), broken},
	} {
		decision, failure := decode(test.text)
		switch {
		case decision != nil || failure == nil:
			t.Errorf("%s: taken for the decision %+v", name, decision)
		case failure.Detail != test.detail:
			t.Errorf("%s: %s, want %s", name, failure.Detail, test.detail)
		case failure.Kind == KindMalformed != (test.detail == broken) || failure.OutcomeUnknown != (test.detail == broken):
			t.Errorf("%s: %+v", name, failure)
		}
	}
}

// What nobody keeps may be anything that is JSON, and more.
func TestDecodeDecision_SkipsOddValues(t *testing.T) {
	t.Parallel()
	for name, members := range map[string]string{
		"huge number":      `"x": 1e99999999, "y": -` + strings.Repeat("9", 10_000),
		"invalid UTF-8":    "\"x\": \"\xff\xfe\", \"\xc0\": 1",
		"lone surrogates":  `"x": "\ud800 \udc00\ud800"`,
		"duplicate names":  `"x": 1, "x": 2, "metadata": {"a": 1, "a": {"a": 2, "a": 3}}`,
		"deep":             `"x": ` + strings.Repeat(`[{"x":`, 2000) + "1" + strings.Repeat("}]", 2000),
		"long text":        `"x": "` + strings.Repeat("x", 1<<20) + `"`,
		"long name":        `"` + strings.Repeat("x", 1<<20) + `": 1`,
		"empty name":       `"": [{"": ""}]`,
		"names of Go":      `"__proto__": {"status": "Approved"}, "Status": "Approved", "Features": []`,
		"step names below": `"x": {"aml_screenings": [{"status": "Approved"}], "session_id": "y", "status": 7}`,
	} {
		assertSteps(t, name, members)
	}
}

func TestDecodeDecision_RejectsAReportCutAnywhere(t *testing.T) {
	t.Parallel()
	whole := bytes.TrimSpace(simulatedReport(t, 3000))
	if _, failure := decodeDecision(stream{bytes.NewReader(whole)}, simulator.SessionKYC); failure != nil || len(whole) < 1000 {
		t.Fatalf("the whole report of %d bytes: %v", len(whole), failure)
	}
	for length := range whole {
		for _, rest := range []io.Reader{strings.NewReader(""), failing{io.ErrUnexpectedEOF}} {
			decision, failure := decodeDecision(io.MultiReader(bytes.NewReader(whole[:length]), rest), simulator.SessionKYC)
			if decision != nil || failure.Kind != KindMalformed || !failure.OutcomeUnknown {
				t.Fatalf("cut after %d of %d bytes: %+v, %v", length, len(whole), decision, failure)
			}
		}
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

func TestDecodeDecision_BoundsTheReport(t *testing.T) {
	const head, tail = `{"session_id": "` + testSession + `", "status": "In Review", "metadata": [`, `0]}`
	for name, test := range map[string]struct {
		length int
		fits   bool
	}{
		"as long as can be": {maxReportBytes, true},
		"33 MB":             {33 << 20, false},
	} {
		t.Run(name, func(t *testing.T) {
			middle := repeated(test.length - len(head) - len(tail))
			body := &countingReader{from: io.MultiReader(strings.NewReader(head), middle, strings.NewReader(tail))}
			before := allocated()

			decision, failure := decodeDecision(body, testSession)

			if memory := allocated() - before; memory > 1<<20 {
				t.Errorf("a report of %d bytes took %d bytes of memory", body.read, memory)
			}
			if body.read > maxReportBytes+1 {
				t.Errorf("%d bytes were read", body.read)
			}
			switch {
			case test.fits && (failure != nil || decision.Status != StatusInReview):
				t.Errorf("%+v, %v", decision, failure)
			case !test.fits && (failure == nil || failure.Kind != KindNotAPI || failure.OutcomeUnknown || failure.Detail != "The response is longer than 32 MiB."):
				t.Errorf("%+v, %v, want it refused for its length, for good", decision, failure)
			}
		})
	}
}

func TestBoundedReader_LimitIsExact(t *testing.T) {
	t.Parallel()
	for length, want := range map[int]error{0: nil, 9: nil, 10: nil, 11: errTooLarge, 1000: errTooLarge} {
		body := newBoundedReader(strings.NewReader(strings.Repeat("x", length)))
		body.left = 10 + 1
		if text, err := io.ReadAll(iotest.OneByteReader(body)); !errors.Is(err, want) || err == nil && len(text) != length {
			t.Errorf("of %d bytes %d are read, %v; want %v", length, len(text), err, want)
		}
	}
}

// Names that are as many as can be must not be remembered.
func TestDecodeDecision_MemoryDoesNotGrowWithNames(t *testing.T) {
	var text strings.Builder
	text.WriteString(`"metadata": {`)
	for i := range 200_000 {
		fmt.Fprintf(&text, `"name %d": %d, `, i, i)
	}
	whole := report(text.String() + `"": 1}`)
	before := allocated()

	_, failure := decode(whole)

	if memory := allocated() - before; failure != nil || memory > 1<<20 {
		t.Errorf("a report of %d bytes took %d bytes of memory: %v", len(whole), memory, failure)
	}
}

// allocated is what was allocated so far, of all goroutines: tests that ask for it
// run alone.
func allocated() uint64 {
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	return memory.TotalAlloc
}

// fillerItem is an item of a list that is as long as it has to be.
const fillerItem = `"invented text that stands for what nobody needs of a report...",`

// repeated is the beginning of a list, so many bytes long, and takes no memory.
func repeated(length int) io.Reader {
	return io.MultiReader(
		strings.NewReader(strings.Repeat(" ", length%len(fillerItem))),
		&repeater{left: length / len(fillerItem)},
	)
}

type repeater struct {
	left int // items
	item strings.Reader
}

func (r *repeater) Read(p []byte) (int, error) {
	if r.item.Len() == 0 {
		if r.left == 0 {
			return 0, io.EOF
		}
		r.left--
		r.item.Reset(fillerItem)
	}
	return r.item.Read(p)
}

type countingReader struct {
	from io.Reader
	read int
}

func (c *countingReader) Read(p []byte) (int, error) {
	n, err := c.from.Read(p)
	c.read += n
	return n, err
}
