// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/didit-community/terraform-provider-didit/internal/provider"
)

func TestSchemas_HaveDescriptions(t *testing.T) {
	t.Parallel()
	server := provider.NewServer("test")()
	schemas, err := server.GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		t.Fatal(err)
	}
	identities, err := server.GetResourceIdentitySchemas(t.Context(), &tfprotov6.GetResourceIdentitySchemasRequest{})
	if err != nil {
		t.Fatal(err)
	}

	requireDescriptions(t, "provider", schemas.Provider)
	for name, schema := range schemas.ResourceSchemas {
		requireDescriptions(t, "resource "+name, schema)
	}
	for name, schema := range schemas.DataSourceSchemas {
		requireDescriptions(t, "data source "+name, schema)
	}
	for name, schema := range schemas.EphemeralResourceSchemas {
		requireDescriptions(t, "ephemeral resource "+name, schema)
	}
	for name, schema := range schemas.ListResourceSchemas {
		requireDescriptions(t, "list resource "+name, schema)
	}
	for name, schema := range schemas.ActionSchemas {
		requireDescriptions(t, "action "+name, schema.Schema)
	}
	for name, function := range schemas.Functions {
		if function.Description == "" || function.Summary == "" {
			t.Errorf("function %s has no description or summary", name)
		}
		for _, parameter := range function.Parameters {
			if parameter.Description == "" {
				t.Errorf("function %s: %s has no description", name, parameter.Name)
			}
		}
	}
	for name, schema := range identities.IdentitySchemas {
		for _, attribute := range schema.IdentityAttributes {
			if attribute.Description == "" {
				t.Errorf("identity of %s: %s has no description", name, attribute.Name)
			}
		}
	}
	if len(schemas.ResourceSchemas) == 0 || len(identities.IdentitySchemas) != len(schemas.ResourceSchemas) {
		t.Errorf("%d resources have %d identities", len(schemas.ResourceSchemas), len(identities.IdentitySchemas))
	}
}

// requireDescriptions checks the descriptions of a schema and of all its attributes.
func requireDescriptions(t *testing.T, name string, schema *tfprotov6.Schema) {
	t.Helper()
	if schema.Block.Description == "" {
		t.Errorf("%s has no description", name)
	}
	requireAttributeDescriptions(t, name, schema.Block.Attributes)
}

func requireAttributeDescriptions(t *testing.T, parent string, attributes []*tfprotov6.SchemaAttribute) {
	t.Helper()
	for _, attribute := range attributes {
		name := parent + "." + attribute.Name
		if attribute.Description == "" {
			t.Errorf("%s has no description", name)
		}
		if attribute.NestedType != nil {
			requireAttributeDescriptions(t, name, attribute.NestedType.Attributes)
		}
	}
}
