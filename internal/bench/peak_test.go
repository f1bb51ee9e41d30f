// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package bench

import (
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"testing"
	"time"
)

// watchPeak watches the processes of an executable, of which a CLI starts several, one
// after the other. stop returns the most resident memory that one of them had, in bytes;
// 0 on systems without /proc.
func watchPeak(executable string) (stop func() int64) {
	done, result := make(chan struct{}), make(chan int64)
	go func() {
		var peak int64
		for {
			select {
			case <-done:
				result <- peak
				return
			// The kernel keeps the peak, so only a process's last moments can be missed.
			case <-time.After(20 * time.Millisecond):
				peak = max(peak, currentPeak(executable))
			}
		}
	}()
	return func() int64 {
		close(done)
		return <-result
	}
}

var peakLine = regexp.MustCompile(`(?m)^VmHWM:\s+(\d+) kB$`)

// currentPeak returns the highest peak among the processes that run an executable now.
func currentPeak(executable string) (peak int64) {
	executables, _ := filepath.Glob("/proc/[0-9]*/exe")
	for _, link := range executables {
		if target, err := os.Readlink(link); err != nil || target != executable {
			continue
		}
		status, _ := os.ReadFile(filepath.Join(filepath.Dir(link), "status"))
		if found := peakLine.FindSubmatch(status); found != nil {
			kibibytes, _ := strconv.ParseInt(string(found[1]), 10, 64)
			peak = max(peak, kibibytes*1024)
		}
	}
	return peak
}

func TestCurrentPeak_IsThatOfTheExecutable(t *testing.T) {
	t.Parallel()
	self, err := os.Executable()
	require(t, err)
	self, err = filepath.EvalSymlinks(self)
	require(t, err)

	own, other := currentPeak(self), currentPeak(self+"-does-not-run")

	if hasProc := runtime.GOOS == "linux"; (own > 1<<20) != hasProc {
		t.Errorf("this process peaks at %d bytes on %s", own, runtime.GOOS)
	}
	if other != 0 {
		t.Errorf("an executable that does not run peaks at %d bytes", other)
	}
}
