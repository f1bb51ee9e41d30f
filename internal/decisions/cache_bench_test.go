// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package decisions_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"runtime"
	"testing"

	"github.com/didit-community/terraform-provider-didit/internal/decisions"
	"github.com/didit-community/terraform-provider-didit/internal/didit"
)

// BenchmarkSharedReads finds a thousand decisions of a hundred sessions, in random
// order.
func BenchmarkSharedReads(b *testing.B) {
	const sessions, calls = 100, 1000
	for _, parallel := range []int{1, 10, 50} {
		b.Run(fmt.Sprintf("parallel=%d", parallel), func(b *testing.B) {
			b.ReportAllocs()
			order := rand.Perm(calls)
			reads := 0
			for b.Loop() {
				api := &fakeAPI{onRead: func(_ context.Context, _ int, sessionID string) (*didit.Decision, error) {
					runtime.Gosched() // so that other calls can join the read
					return &didit.Decision{SessionID: sessionID}, nil
				}}
				service := decisions.New(api, 0)
				inParallel(parallel, order, func(n int) {
					if _, err := service.Decision(b.Context(), sessionIDs[n%sessions]); err != nil {
						b.Error(err)
					}
				})
				reads += len(api.reads)
			}
			b.ReportMetric(float64(reads)/float64(b.N*calls), "reads/call")
		})
	}
}

// sessionIDs are built once, outside of the measured loop.
var sessionIDs = func() (ids [100]string) {
	for n := range ids {
		ids[n] = fmt.Sprintf("55555555-2222-4333-8444-%012d", n)
	}
	return ids
}()
