// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"slices"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/didit-community/terraform-provider-didit/internal/acctest"
	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

// The read of another block of the session can show the wanted value after this block's
// plan has shown a change. Five of seven comments were dropped without a word when the
// apply took that for what the plan had shown.
func TestApply_WarnsAboutCommentThatItsPlanDidNotWarnAbout(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	nodes := []string{"feature_ocr_1", "feature_poa_1"}
	d := newDriver(t, env, "didit_session_feature_status")
	server := d.process()
	var plans []planned
	for _, node := range nodes {
		plan, diagnostics := d.plan(server, d.object(map[string]string{"session_id": simulator.SessionKYC, "node_id": node, "status": "Declined", "comment": "Forged."}))
		if len(diagnostics) > 0 {
			t.Fatalf("%s: %v", node, diagnostics)
		}
		plans = append(plans, plan)
	}
	for _, node := range nodes {
		env.MustDecide(simulator.SessionKYC, node, "Declined")
	}

	for i, plan := range plans {
		_, diagnostics := d.change(server, plan)

		isWarning := func(d *tfprotov6.Diagnostic) bool { return d.Summary == summaryComment }
		if len(diagnostics) != 1 || !slices.ContainsFunc(diagnostics, isWarning) {
			t.Errorf("%s: %v", nodes[i], diagnostics)
		}
	}
	requirePatches(env, 0)
}
