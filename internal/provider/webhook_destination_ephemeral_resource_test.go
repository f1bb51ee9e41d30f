// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/didit-community/terraform-provider-didit/internal/acctest"
	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

func TestDestinationEphemeral_StoresNothing(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	minor := 10
	if acctest.BuiltCLI(t).IsOpenTofu() {
		minor = 11
	}
	env.RequireCLI(minor, "ephemeral resources")
	existing := env.SetDestination(simulator.Destination{Label: "Decisions", URL: hookURL, SubscribedEvents: []string{"status.updated"}})
	// A second provider block receives the secret, in place of a secret manager.
	ws := newTracedWorkspace(env, "DIDIT_API_KEY="+simulator.DefaultAPIKey, "", fmt.Sprintf(`
ephemeral "didit_webhook_destination" "hook" {
  id = %q
}
provider "didit" {
  alias    = "receiver"
  base_url = %q
  api_key  = ephemeral.didit_webhook_destination.hook.secret_shared_key
}
data "didit_session_decision" "as_receiver" {
  provider   = didit.receiver
  session_id = %q
}
`, existing.ID, env.URL, simulator.SessionKYC))

	result := ws.run("plan", "-out=tfplan")

	// The simulator rejects the secret as a key, which shows that it was received.
	acctest.RequireText(t, result.Output, "Didit did not accept the credential")
	ws.requireNone(existing.Secret)
	if got := env.Count(http.MethodGet); got != 2 {
		t.Errorf("%d GETs were sent, want the destination and the session: %v", got, env.RequestLines())
	}
}
