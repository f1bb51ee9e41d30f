// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package didit

import (
	"math"
	"testing"
	"time"
)

// BenchmarkWindow is what a place costs where one is free.
func BenchmarkWindow(b *testing.B) {
	b.Run("alone", func(b *testing.B) {
		w := newWindow(math.MaxInt)
		b.ReportAllocs()
		for b.Loop() {
			takeAndRelease(b, w)
		}
	})
	b.Run("contended", func(b *testing.B) {
		w := newWindow(math.MaxInt)
		b.ReportAllocs()
		b.SetParallelism(50)
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				takeAndRelease(b, w)
			}
		})
	})
	// All wait for the one place that there is.
	b.Run("queued", func(b *testing.B) {
		w := newWindow(math.MaxInt)
		w.hold(-time.Second)
		b.ReportAllocs()
		b.SetParallelism(50)
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				takeAndRelease(b, w)
			}
		})
	})
}

func takeAndRelease(b *testing.B, w *window) {
	if _, err := w.acquire(b.Context(), 1); err != nil {
		b.Error(err)
	}
	w.release()
}
