// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package didit

import (
	"bytes"
	"io"
	"testing"

	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

// BenchmarkDecodeDecision decodes a report.
func BenchmarkDecodeDecision(b *testing.B) {
	benchmarkReports(b, func(b *testing.B, body io.Reader) {
		decision, failure := decodeDecision(body, simulator.SessionKYC)
		if failure != nil {
			b.Fatal(failure)
		}
		if len(decision.Features) != 5 {
			b.Fatalf("%d features, want 5", len(decision.Features))
		}
	})
}

// BenchmarkSkipReport checks the JSON of a report and decodes nothing of it: the
// floor for BenchmarkDecodeDecision.
func BenchmarkSkipReport(b *testing.B) {
	benchmarkReports(b, func(b *testing.B, body io.Reader) {
		if err := newReportDecoder(newBoundedReader(body)).SkipValue(); err != nil {
			b.Fatal(err)
		}
	})
}

// BenchmarkDiscardReport only reads the bytes of a report.
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
