// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

// Package bench measures the provider through a real Terraform or OpenTofu, on a simulated
// Didit: beside a provider that does nothing (floor), and the compliance repository of the
// examples beside the same steps in a count. make bench runs it.
package bench

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

// BenchmarkSteps compares blocks in one count, five steps per session, with the floor.
func BenchmarkSteps(b *testing.B) {
	for _, steps := range []int{10, 1000, 5000} {
		w := workload{sessions: steps / len(nodes), stepsPerSession: len(nodes)}
		b.Run(fmt.Sprintf("steps=%d", steps), comparison{floorCount, providerCount, w, allCommands}.bench)
	}
}

// BenchmarkRepository compares the compliance repository, three steps per file, with the
// same steps in one count.
func BenchmarkRepository(b *testing.B) {
	for _, files := range []int{2, 100, 400, 2000} {
		w, commands := workload{sessions: files, stepsPerSession: 3}, allCommands
		if files > 400 {
			commands = onlyPlan
		}
		b.Run(fmt.Sprintf("files=%d", files), comparison{providerCount, repository, w, commands}.bench)
	}
}

// Every run checks what it cost at Didit, also in a benchmark.
func TestVariants_CostTheRequestsOfTheirWork(t *testing.T) {
	t.Parallel()
	if os.Getenv("TF_ACC") == "" {
		t.Skip("needs a Terraform or OpenTofu: run it with make test, or with TF_ACC=1")
	}
	for _, v := range []variant{floorCount, providerCount, repository} {
		t.Run(v.name, func(t *testing.T) {
			t.Parallel()
			for n, figures := range v.run(t, workload{sessions: 2, stepsPerSession: 3}, allCommands) {
				if figures.cpu <= 0 {
					t.Errorf("%s took no CPU time", allCommands[n].name)
				}
			}
		})
	}
}

// comparison is two variants of the same work.
type comparison struct {
	baseline, subject variant
	workload          workload
	commands          []command
}

// bench reports the figures of each command of each variant. The variants run in turn, so
// that other load affects both: the nth repetition (-count) of the first benchmark runs
// both, and the others report what that has measured.
func (c comparison) bench(b *testing.B) {
	var runs []map[string][]figures
	for n, command := range c.commands {
		for _, v := range []variant{c.baseline, c.subject} {
			var repetition int
			b.Run(fmt.Sprintf("command=%s/variant=%s", strings.ReplaceAll(command.name, " ", "-"), v.name), func(b *testing.B) {
				if repetition == len(runs) {
					runs = append(runs, map[string][]figures{c.baseline.name: c.baseline.run(b, c.workload, c.commands), c.subject.name: c.subject.run(b, c.workload, c.commands)})
				}
				for b.Loop() {
				}
				runs[repetition][v.name][n].report(b, runs[repetition][c.baseline.name][n])
				repetition++
			})
		}
	}
}

// report leaves out the time, which varies by a factor of seven on a shared machine. The
// baseline is the same command's, of the same repetition.
func (f figures) report(b *testing.B, baseline figures) {
	b.Helper()
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(f.cpu.Seconds(), "CPU-s")
	b.ReportMetric(f.cpu.Seconds()/baseline.cpu.Seconds(), "CPU-ratio")
	b.ReportMetric(float64(f.peak)/1e6, "peak-MB")
	b.ReportMetric(float64(f.reads), "reads")
	b.ReportMetric(float64(f.writes), "writes")
}
