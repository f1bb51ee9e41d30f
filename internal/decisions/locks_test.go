// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package decisions_test

import (
	"errors"
	"testing"
	"time"

	"github.com/didit-community/terraform-provider-didit/internal/decisions"
	"github.com/didit-community/terraform-provider-didit/internal/didit"
	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

// Two modules can have a block for the same step.
func TestApply_ConcurrentChangesOfOneStepDoNotOverturnEachOther(t *testing.T) {
	t.Parallel()
	for name, from := range map[string]string{"without from": "", "adopted blocks": didit.StatusInReview} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inEnv(t, func(t *testing.T, env *env) {
				service := env.newService(t)
				mustRead(t, service) // so that each change needs a fresh read
				env.Inject(onChange(simulator.Fault{Times: -1, Delay: time.Second}))
				first := startApply(t, service, change(nodeOCR, from, didit.StatusApproved))
				second := startApply(t, service, change(nodeOCR, from, didit.StatusDeclined))

				var refused int
				for _, err := range []error{<-first, <-second} {
					var standing *decisions.StandingError
					var conflict *decisions.ConflictError
					if errors.As(err, &standing) || errors.As(err, &conflict) {
						refused++
					} else if err != nil {
						t.Error(err)
					}
				}
				if made := len(env.Trail("")); made != 1 || refused != 1 {
					t.Errorf("%d changes were made and %d failed, want one of each: %v", made, refused, env.Trail(""))
				}
			})
		})
	}
}
