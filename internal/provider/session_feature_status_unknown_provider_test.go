// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"fmt"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/tfversion"

	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

// elsewhere is an environment that is complete and leads to another Didit: what
// is not known in the configuration must not be taken from it.
func elsewhere(t *testing.T) (other *world, environment []string) {
	t.Helper()
	other = newWorld(t, simulator.Options{})
	return other, []string{"DIDIT_BASE_URL=" + other.URL, "DIDIT_API_KEY=" + simulator.DefaultAPIKey}
}

// later puts a provider block with unknown values before blocks.
func (w *world) configLater(arguments, blocks string) string {
	return fmt.Sprintf(`
terraform {
  required_providers {
    didit = { source = "registry.terraform.io/didit-community/didit" }
  }
}
provider "didit" {
  %s
}
%s`, arguments, blocks)
}

func TestNewBlockIsPlannedUnreadWhereTheProviderIsNotKnownYet(t *testing.T) {
	t.Parallel()
	for name, provider := range map[string]func(w *world) (arguments, resources string){
		"base_url": func(w *world) (string, string) {
			return fmt.Sprintf("base_url = terraform_data.later.output\n  api_key = %q", simulator.DefaultAPIKey), later("later", w.URL)
		},
		"api_key": func(w *world) (string, string) {
			return fmt.Sprintf("base_url = %q\n  api_key = terraform_data.later.output", w.URL), later("later", simulator.DefaultAPIKey)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, simulator.Options{})
			w.needsLater()
			other, environment := elsewhere(t)
			arguments, resources := provider(w)
			p := w.project(w.configLater(arguments, resources+
				decisionBlock{session: simulator.SessionKYC, node: "feature_ocr_1", status: "Declined"}.hcl("ocr")))

			p.speakWith(environment, "plan", "-out=tfplan").succeeded().silent()

			change := p.planned()[address("ocr")]
			if !change.isUnknown("feature_type") || change.Change.After["id"] != simulator.SessionKYC+"/feature_ocr_1" {
				t.Errorf("the plan is %v, want the type unknown and the ID known", change.Change.After)
			}
			w.expectCounts(0, 0)
			p.speakWith(environment, "apply", "tfplan").succeeded()
			w.expectTrail(byTerraform("feature_ocr_1", "In Review", "Declined", ""))
			p.expectState("ocr", map[string]any{"feature_type": "ID_VERIFICATION"})
			other.expectCounts(0, 0)

			// The apply makes the checks that the plan could not make.
			p.write("main.tf", w.configLater(arguments, resources+
				decisionBlock{session: simulator.SessionKYC, node: "feature_orc_1", status: "Declined"}.hcl("ocr")))
			p.speakWith(environment, "apply", "-auto-approve", "-replace=terraform_data.later", "-refresh=false").
				failed("Step not found", "feature_orc_1", "feature_ocr_1 (ID_VERIFICATION): Declined")
			other.expectCounts(0, 0)
		})
	}
}

func TestRefreshFailsAndSaysSoWhereTheProviderIsNotKnownYet(t *testing.T) {
	t.Parallel()
	w := newWorld(t, simulator.Options{})
	w.needsLater()
	other, environment := elsewhere(t)
	config := func(url string) string {
		return w.configLater(fmt.Sprintf("base_url = terraform_data.later.output\n  api_key = %q", simulator.DefaultAPIKey), later("later", url)+
			decisionBlock{session: simulator.SessionKYC, node: "feature_ocr_1", status: "Declined"}.hcl("ocr"))
	}
	p := w.project(config(w.URL))
	p.must("apply", "-auto-approve")
	w.ResetRequests()

	// The address changes, and is known only after the apply.
	p.write("main.tf", config(w.URL+"/"))
	said := p.speakWith(environment, "plan")

	said.failed("The provider's configuration is not known yet", simulator.SessionKYC, "feature_ocr_1", "base_url", "-target")
	w.expectCounts(0, 0)
	other.expectCounts(0, 0)
	p.expectState("ocr", map[string]any{"status": "Declined"})

	// What the error advises works.
	p.speak("apply", "-auto-approve", "-target=terraform_data.later").succeeded()
	expectText(t, p.must("plan"), "No changes.")
}

func TestImportFailsAndSaysSoWhereTheProviderIsNotKnownYet(t *testing.T) {
	t.Parallel()
	w := newWorld(t, simulator.Options{})
	w.needs(tfversion.Version1_5_0, "an import block")
	other, environment := elsewhere(t)
	p := w.project(w.configLater(fmt.Sprintf("base_url = terraform_data.later.output\n  api_key = %q", simulator.DefaultAPIKey), later("later", w.URL)+
		decisionBlock{session: simulator.SessionKYC, node: "feature_ocr_1", status: "Declined"}.adopted("ocr")))

	said := p.speakWith(environment, "plan")

	said.failed("The provider's configuration is not known yet", simulator.SessionKYC, "feature_ocr_1", "base_url")
	w.expectCounts(0, 0)
	other.expectCounts(0, 0)
}

func TestDestroyIsPlannedWhereTheProviderIsNotKnownYet(t *testing.T) {
	t.Parallel()
	w := newWorld(t, simulator.Options{})
	w.needsLater()
	config := func(url, blocks string) string {
		return w.configLater(fmt.Sprintf("base_url = terraform_data.later.output\n  api_key = %q", simulator.DefaultAPIKey), later("later", url)+blocks)
	}
	p := w.project(config(w.URL, decisionBlock{session: simulator.SessionKYC, node: "feature_ocr_1", status: "In Review"}.hcl("ocr")))
	p.must("apply", "-auto-approve")
	w.ResetRequests()

	// The block goes while the address changes, and is known only after the apply.
	p.write("main.tf", config(w.URL+"/", ""))
	p.speak("plan", "-refresh=false", "-out=tfplan").succeeded().warned("The decision stays in place", simulator.SessionKYC, "feature_ocr_1", `stays "In Review"`)
	p.speak("apply", "tfplan").succeeded()

	w.expectCounts(0, 0)
	p.expectNoState()
}
