// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package simulator_test

import (
	"strings"
	"testing"

	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

func TestEachDeviationNamesAnOperationOrNone(t *testing.T) {
	t.Parallel()
	seen := map[simulator.Deviation]bool{}
	for _, deviation := range simulator.Deviations {
		if deviation.Name == "" || seen[deviation] || (deviation.Method == "") != (deviation.Path == "") {
			t.Errorf("%+v", deviation)
		}
		if deviation.Path != "" && (!strings.HasPrefix(deviation.Path, "/v3/") || !strings.HasSuffix(deviation.Path, "/")) {
			t.Errorf("%+v", deviation)
		}
		seen[deviation] = true
	}
}
