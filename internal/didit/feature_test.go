// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package didit

import "testing"

func TestSameFeatureType_AcceptsArrayNameAsAlias(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		a, b string
		same bool
	}{
		{"LIVENESS", "LIVENESS", true},
		{"LIVENESS", "LIVENESS_CHECKS", true},
		{"KYB_REGISTRY", "REGISTRY_CHECKS", true},
		{"VOICE_CHECKS", "VOICE_CHECKS", true},
		{"LIVENESS_CHECKS", "LIVENESS_CHECKS", true},
		{"LIVENESS", "FACE_MATCH", false},
		{"LIVENESS", "FACE_MATCHES", false},
		{"LIVENESS_CHECKS", "FACE_MATCHES", false},
		{"LIVENESS", "", false},
	} {
		if SameFeatureType(test.a, test.b) != test.same || SameFeatureType(test.b, test.a) != test.same {
			t.Errorf("%q and %q: want same type %t, in both orders", test.a, test.b, test.same)
		}
	}
}
