// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package didit

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"
)

func TestRetrieveDecision_RejectsMalformedSuccess(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		header http.Header
		body   string
		kind   Kind
		detail string
	}{
		"HTML":                      {htmlHeader, html, KindNotAPI, "The response is not JSON: another service, such as a proxy, a login page or a wrong base URL, sent it."},
		"HTML labelled as JSON":     {nil, html, KindMalformed, "The response is cut off or not valid JSON."},
		"cut off":                   {nil, testReport[:40], KindMalformed, "The response is cut off or not valid JSON."},
		"cut off by the connection": {http.Header{"Content-Length": {"999"}}, testReport[:40], KindMalformed, "The response is cut off or not valid JSON."},
		"empty":                     {nil, "", KindMalformed, "The response is cut off or not valid JSON."},
		"array":                     {nil, `[]`, KindNotAPI, "The response is JSON, but not a decision report: the response is not an object."},
		"another session":           {nil, `{"session_id": "x", "status": "Approved"}`, KindNotAPI, "The response is JSON, but not a decision report: its session_id is not that of the requested session."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			api := newFakeAPI(t, respondWith(http.StatusOK, test.header, test.body))

			failure := requireError(t, operations[http.MethodGet](t.Context(), newTestClient(t, api.URL)))

			if failure.Kind != test.kind || failure.Detail != test.detail || failure.StatusCode != http.StatusOK || failure.OutcomeUnknown != (test.kind == KindMalformed) {
				t.Errorf("%+v, want kind %d: %s", failure, test.kind, test.detail)
			}
		})
	}
}

func TestDecodeDecision_BoundsTheReport(t *testing.T) {
	const head, tail = `{"session_id": "` + testSession + `", "status": "In Review", "metadata": [`, `0]}`
	for name, test := range map[string]struct {
		length int
		fits   bool
	}{
		"32 MiB": {maxReportBytes, true},
		"33 MB":  {33 << 20, false},
	} {
		t.Run(name, func(t *testing.T) {
			middle := filler(test.length - len(head) - len(tail))
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
			case !test.fits && (failure == nil || failure.Kind != KindUnexpected || failure.OutcomeUnknown || failure.Detail != "The response is longer than 32 MiB."):
				t.Errorf("%+v, %v, want it rejected for its length, without a retry", decision, failure)
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
			t.Errorf("%d of %d bytes were read, error %v, want %v", len(text), length, err, want)
		}
	}
}

// To detect duplicates, a decoder could keep the names of an object.
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

// allocated returns the bytes that all goroutines have allocated so far. Tests that
// call it do not run in parallel.
func allocated() uint64 {
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	return memory.TotalAlloc
}

const fillerItem = `"invented text in place of the parts that are skipped...........",`

// filler returns items of a JSON array, length bytes in total, without holding them
// in memory.
func filler(length int) io.Reader {
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
