// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"bufio"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"
)

// pollEvery is how often processes are looked at. The kernel remembers a peak,
// so that only the last moments before a process ends can be missed.
const pollEvery = 20 * time.Millisecond

// watchPeak watches the processes of an executable, of which a CLI starts several
// one after the other, until the result is called, which gives the most resident
// memory that any of them had, in bytes; 0 on systems without /proc.
func watchPeak(executable string) (stop func() int64) {
	if runtime.GOOS != "linux" {
		return func() int64 { return 0 }
	}
	leave, found := make(chan struct{}), make(chan int64)
	go func() {
		ticker := time.NewTicker(pollEvery)
		defer ticker.Stop()
		var peak int64
		for {
			select {
			case <-leave:
				found <- peak
				return
			case <-ticker.C:
				peak = max(peak, peakNow(executable))
			}
		}
	}()
	return func() int64 {
		close(leave)
		return <-found
	}
}

// peakNow is the highest peak among the processes that run an executable.
func peakNow(executable string) (peak int64) {
	processes, err := os.ReadDir("/proc")
	if err != nil {
		return 0
	}
	for _, process := range processes {
		folder := filepath.Join("/proc", process.Name())
		// A process that is only about to become the provider is still the CLI,
		// whose memory is not of interest here.
		if runs, err := os.Readlink(filepath.Join(folder, "exe")); err != nil || runs != executable {
			continue
		}
		if status, err := os.ReadFile(filepath.Join(folder, "status")); err == nil {
			peak = max(peak, parsePeak(string(status)))
		}
	}
	return peak
}

// parsePeak reads the peak out of a process's status file; 0 where there is
// none, as in that of a process that has just ended.
func parsePeak(status string) int64 {
	lines := bufio.NewScanner(strings.NewReader(status))
	for lines.Scan() {
		fields := strings.Fields(lines.Text())
		if len(fields) != 3 || fields[0] != "VmHWM:" || fields[2] != "kB" {
			continue
		}
		kibibytes, err := strconv.ParseInt(fields[1], 10, 64)
		if err != nil {
			return 0
		}
		return kibibytes * 1024
	}
	return 0
}
