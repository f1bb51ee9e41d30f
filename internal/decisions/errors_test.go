// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package decisions_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/didit-community/terraform-provider-didit/internal/decisions"
	"github.com/didit-community/terraform-provider-didit/internal/didit"
)

func TestOutcomeUnknownError_WrapsBothCauses(t *testing.T) {
	t.Parallel()
	sent := &didit.Error{Kind: didit.KindServer, Detail: "down"}
	read := &decisions.NotFoundError{Reason: decisions.Missing}

	err := &decisions.OutcomeUnknownError{Attempts: 2, WriteErr: sent, ReadErr: read}

	if !errors.Is(err, sent) || !errors.Is(err, read) || !didit.IsKind(err, didit.KindServer) {
		t.Errorf("%v does not wrap both causes", err)
	}
	if err := (&decisions.OutcomeUnknownError{Attempts: 2, WriteErr: sent}); !errors.Is(err, sent) || !strings.Contains(err.Error(), "2 attempts") {
		t.Errorf("%v, want the failure and the number of attempts", err)
	}
}
