// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

func TestPeakIsReadFromTheKernelsWords(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		status string
		want   int64
	}{
		"a running process": {"Name:\tterraform-provi\nVmPeak:\t  900000 kB\nVmHWM:\t   32768 kB\nVmRSS:\t   30000 kB\n", 32 << 20},
		"an ended process":  {"Name:\tterraform-provi\nState:\tZ (zombie)\n", 0},
		"another unit":      {"VmHWM:\t   32768 MB\n", 0},
		"no number":         {"VmHWM:\t   many kB\n", 0},
		"nothing":           {"", 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := parsePeak(test.status); got != test.want {
				t.Errorf("got %d, want %d", got, test.want)
			}
		})
	}
}

func TestPeakIsThatOfTheExecutableAlone(t *testing.T) {
	t.Parallel()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if self, err = filepath.EvalSymlinks(self); err != nil {
		t.Fatal(err)
	}

	own, nobodys := peakNow(self), peakNow(self+"-that-nobody-runs")

	if seesProcesses := runtime.GOOS == "linux"; (own > 0) != seesProcesses {
		t.Errorf("this process peaks at %d bytes on %s", own, runtime.GOOS)
	}
	if nobodys != 0 {
		t.Errorf("an executable that nobody runs peaks at %d bytes", nobodys)
	}
}
