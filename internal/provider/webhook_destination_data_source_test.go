// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/didit-community/terraform-provider-didit/internal/acctest"
	"github.com/didit-community/terraform-provider-didit/internal/provider"
	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

func TestDestinationDataSource_ReturnsSecretAsSensitive(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	existing := env.SetDestination(simulator.Destination{Label: "Decisions", URL: hookURL, Enabled: true, SubscribedEvents: []string{"status.updated"}})
	block := fmt.Sprintf("data \"didit_webhook_destination\" \"hook\" {\n  id = %q\n}\n", existing.ID)
	runSteps(env,
		resource.TestStep{
			Config: env.Config(block),
			ConfigStateChecks: []statecheck.StateCheck{
				expectData("webhook_destination.hook", "secret_shared_key", knownvalue.StringExact(existing.Secret)),
				expectData("webhook_destination.hook", "label", knownvalue.StringExact("Decisions")),
				expectData("webhook_destination.hook", "previous_secret_expires_at", knownvalue.Null()),
				statecheck.ExpectSensitiveValue("data.didit_webhook_destination.hook", tfjsonpath.New("secret_shared_key")),
			},
		},
		resource.TestStep{
			PreConfig: func() { env.RotateSecret(existing.ID, 24*time.Hour) },
			Config:    env.Config(block),
			ConfigStateChecks: []statecheck.StateCheck{
				expectData("webhook_destination.hook", "previous_secret_expires_at", knownvalue.NotNull()),
			},
		},
	)
}

func TestDestinationDataSource_HiddenSecretIsError(t *testing.T) {
	t.Parallel()
	const token = "invented-token-of-a-console-user"
	env := acctest.New(t, simulator.Options{Credentials: []simulator.Credential{{AccessToken: token, Read: true, Write: true}}})
	existing := env.SetDestination(simulator.Destination{Label: "Decisions", URL: hookURL, SubscribedEvents: []string{"status.updated"}})
	ws := env.Workspace(env.ConfigWith(fmt.Sprintf("access_token = %q", token), fmt.Sprintf("data \"didit_webhook_destination\" \"hook\" {\n  id = %q\n}\n", existing.ID)))

	ws.RunJSON("plan").RequireError("The credential may not do this", existing.ID, "read:webhooks")
}

func TestDestinationDataSource_MaskedSecretIsError(t *testing.T) {
	t.Parallel()
	for secret, isMasked := range map[string]bool{"********": true, "•••": true, ".....": true, "**.**": true, "a.b*c": false} {
		t.Run(secret, func(t *testing.T) {
			t.Parallel()
			env := acctest.New(t, simulator.Options{})
			existing := env.SetDestination(simulator.Destination{Label: "Decisions", URL: hookURL, SubscribedEvents: []string{"status.updated"}, Secret: secret})
			ws := env.Workspace(env.Config(fmt.Sprintf("data \"didit_webhook_destination\" \"hook\" {\n  id = %q\n}\n", existing.ID)))

			result := ws.RunJSON("plan")

			if isMasked {
				result.RequireError("The signing secret is masked", existing.ID)
			} else {
				result.RequireSuccess()
			}
		})
	}
}

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

// Terraform hides the secret wherever it would print a value that depends on it.
func TestDestination_SecretsAreSensitive(t *testing.T) {
	t.Parallel()
	schemas, err := provider.NewServer("test")().GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		t.Fatal(err)
	}
	for kind, schema := range map[string]*tfprotov6.Schema{
		"data source":        schemas.DataSourceSchemas["didit_webhook_destination"],
		"ephemeral resource": schemas.EphemeralResourceSchemas["didit_webhook_destination"],
	} {
		for _, attribute := range schema.Block.Attributes {
			if isSecret := attribute.Name == "secret_shared_key"; attribute.Sensitive != isSecret {
				t.Errorf("%s: %s is sensitive: %t", kind, attribute.Name, attribute.Sensitive)
			}
		}
	}
}
