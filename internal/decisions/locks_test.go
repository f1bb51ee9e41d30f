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

// Two blocks can name one step in two ways, or come from two modules.
func TestApply_ConcurrentChangesOfOneStepDoNotOverturnEachOther(t *testing.T) {
	t.Parallel()
	for name, from := range map[string]string{"new blocks": "", "adopted blocks": didit.StatusInReview} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inEnv(t, func(t *testing.T, env *env) {
				process := env.process(t)
				mustRead(t, process) // so that each has to read anew before it sends
				env.Inject(onChange(simulator.Fault{Times: -1, Delay: time.Second}))
				first := startApply(t, process, change(nodeOCR, from, didit.StatusApproved))
				second := startApply(t, process, change(nodeOCR, from, didit.StatusDeclined))

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
					t.Errorf("%d changes were made and %d refused, want one of each: %v", made, refused, env.Trail(""))
				}
			})
		})
	}
}
