// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/didit-community/terraform-provider-didit/internal/provider"
)

// Editors show a description in a narrow box, and the registry's pages in a list: what is
// longer belongs in the page's template or in a guide.
func TestSchemas_DescriptionsAreOneToThreeSentences(t *testing.T) {
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
		if function.Summary == "" {
			t.Errorf("function %s has no summary", name)
		}
		requireDescription(t, "function "+name, function.Description)
		for _, parameter := range function.Parameters {
			requireDescription(t, "function "+name+", parameter "+parameter.Name, parameter.Description)
		}
	}
	for name, schema := range identities.IdentitySchemas {
		for _, attribute := range schema.IdentityAttributes {
			requireDescription(t, "identity of "+name+", "+attribute.Name, attribute.Description)
		}
	}
	if len(schemas.ResourceSchemas) == 0 || len(identities.IdentitySchemas) != len(schemas.ResourceSchemas) {
		t.Errorf("%d resources have %d identities", len(schemas.ResourceSchemas), len(identities.IdentitySchemas))
	}
}

// requireDescriptions checks the descriptions of a schema and of all its attributes.
func requireDescriptions(t *testing.T, name string, schema *tfprotov6.Schema) {
	t.Helper()
	requireDescription(t, name, schema.Block.Description)
	requireAttributeDescriptions(t, name, schema.Block.Attributes)
	if len(schema.Block.BlockTypes) > 0 {
		t.Errorf("%s has blocks, whose descriptions are not checked", name)
	}
}

func requireAttributeDescriptions(t *testing.T, parent string, attributes []*tfprotov6.SchemaAttribute) {
	t.Helper()
	for _, attribute := range attributes {
		name := parent + "." + attribute.Name
		requireDescription(t, name, attribute.Description)
		if attribute.NestedType != nil {
			requireAttributeDescriptions(t, name, attribute.NestedType.Attributes)
		}
	}
}

var sentenceEnd = regexp.MustCompile(`[.?!](\s|$)`)

// requireDescription checks one description: one to three sentences, the last with its
// period, in one paragraph.
func requireDescription(t *testing.T, name, description string) {
	t.Helper()
	if sentences := len(sentenceEnd.FindAllString(description, -1)); sentences > 3 || !strings.HasSuffix(description, ".") || strings.Contains(description, "\n") {
		t.Errorf("%s: want a description of one to three sentences in one paragraph, got %d: %q", name, sentences, description)
	}
}
