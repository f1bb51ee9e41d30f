// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package didit

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

// BenchmarkDecodeDecision is what a report costs.
func BenchmarkDecodeDecision(b *testing.B) {
	benchmarkReports(b, func(b *testing.B, body io.Reader) {
		decision, failure := decodeDecision(body, simulator.SessionKYC)
		if failure != nil {
			b.Fatal(failure)
		}
		if len(decision.Features) != 5 {
			b.Fatalf("%d steps, want 5", len(decision.Features))
		}
	})
}

// BenchmarkSkipReport is what it would cost to read a report as JSON and to keep
// nothing of it: the floor for BenchmarkDecodeDecision.
func BenchmarkSkipReport(b *testing.B) {
	benchmarkReports(b, func(b *testing.B, body io.Reader) {
		if err := newReportDecoder(newBoundedReader(body)).SkipValue(); err != nil {
			b.Fatal(err)
		}
	})
}

// BenchmarkDiscardReport is what it costs to read the bytes.
func BenchmarkDiscardReport(b *testing.B) {
	benchmarkReports(b, func(b *testing.B, body io.Reader) {
		if _, err := io.Copy(io.Discard, body); err != nil {
			b.Fatal(err)
		}
	})
}

func benchmarkReports(b *testing.B, read func(*testing.B, io.Reader)) {
	for name, size := range map[string]int{"30KB": 30 << 10, "1MB": 1 << 20} {
		report := simulatedReport(b, size)
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(report)))
			for b.Loop() {
				read(b, stream{bytes.NewReader(report)})
			}
		})
	}
}

// stream can be read and nothing else, like the body of an answer.
type stream struct{ io.Reader }

// simulatedReport is the report on the simulator's KYC session, about so many bytes long.
func simulatedReport(tb testing.TB, size int) []byte {
	tb.Helper()
	api := simulator.New(simulator.Options{})
	for _, session := range simulator.Fixtures() {
		session.ReportBytes = size
		api.AddSession(session)
	}
	request := httptest.NewRequest(http.MethodGet, "/v3/session/"+simulator.SessionKYC+"/decision/", nil)
	request.Header.Set("X-Api-Key", simulator.DefaultAPIKey)
	answer := httptest.NewRecorder()
	api.ServeHTTP(answer, request)
	if answer.Code != http.StatusOK {
		tb.Fatalf("the simulator answers %d: %s", answer.Code, answer.Body)
	}
	return answer.Body.Bytes()
}
