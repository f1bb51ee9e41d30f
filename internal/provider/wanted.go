// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"sync"

	"github.com/didit-community/terraform-provider-didit/internal/decisions"
)

// wantedStatuses remembers which status each step is planned to have, so that
// two blocks that want different ones are found before they fight.
type wantedStatuses struct {
	mu       sync.Mutex
	statuses map[decisions.Step]string
}

func newWantedStatuses() *wantedStatuses {
	return &wantedStatuses{statuses: map[decisions.Step]string{}}
}

// add notes a wish; it returns the other status that another block wants for
// the same step, if one does.
func (w *wantedStatuses) add(step decisions.Step, status string) (other string, conflict bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	first, found := w.statuses[step]
	if !found {
		w.statuses[step] = status
		return "", false
	}
	return first, first != status
}
