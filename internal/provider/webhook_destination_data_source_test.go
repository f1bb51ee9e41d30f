// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"fmt"
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
