// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

func TestEverythingThatTerraformShowsHasADescription(t *testing.T) {
	t.Parallel()
	server, err := factories["didit"]()
	if err != nil {
		t.Fatal(err)
	}
	schemas, err := server.GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		t.Fatal(err)
	}
	identities, err := server.GetResourceIdentitySchemas(t.Context(), &tfprotov6.GetResourceIdentitySchemasRequest{})
	if err != nil {
		t.Fatal(err)
	}

	expectDescribed(t, "the provider block", schemas.Provider)
	for name, schema := range schemas.ResourceSchemas {
		expectDescribed(t, "resource "+name, schema)
	}
	for name, schema := range schemas.DataSourceSchemas {
		expectDescribed(t, "data source "+name, schema)
	}
	for name, schema := range schemas.ListResourceSchemas {
		expectDescribed(t, "list resource "+name, schema)
	}
	identity := identities.IdentitySchemas["didit_session_feature_status"]
	if identity == nil || len(identity.IdentityAttributes) != 3 {
		t.Fatalf("the identity is %+v, want three attributes", identity)
	}
	for _, attribute := range identity.IdentityAttributes {
		if attribute.Description == "" {
			t.Errorf("%s of the identity has no description", attribute.Name)
		}
	}
	for _, attribute := range schemas.Provider.Block.Attributes {
		isCredential := attribute.Name == "api_key" || attribute.Name == "access_token"
		if attribute.Sensitive != isCredential {
			t.Errorf("%s is sensitive: %t", attribute.Name, attribute.Sensitive)
		}
	}
}

func expectDescribed(t *testing.T, of string, schema *tfprotov6.Schema) {
	t.Helper()
	if schema.Block.Description == "" {
		t.Errorf("%s has no description", of)
	}
	if len(schema.Block.Attributes) == 0 {
		t.Errorf("%s has no attributes", of)
	}
	expectAttributesDescribed(t, of, schema.Block.Attributes)
}

func expectAttributesDescribed(t *testing.T, of string, attributes []*tfprotov6.SchemaAttribute) {
	t.Helper()
	for _, attribute := range attributes {
		name := of + ": " + attribute.Name
		if attribute.Description == "" || attribute.DescriptionKind != tfprotov6.StringKindMarkdown {
			t.Errorf("%s has the description %q (%s)", name, attribute.Description, attribute.DescriptionKind)
		}
		if attribute.NestedType != nil {
			expectAttributesDescribed(t, name, attribute.NestedType.Attributes)
		}
	}
}

func TestCLIShowsTheDescriptions(t *testing.T) {
	t.Parallel()
	p := newWorld(t, simulator.Options{}).project(bareConfig("", ""))

	result, err := p.cli.Run(t.Context(), p.folder, nil, "providers", "schema", "-json")
	if err != nil {
		t.Fatal(err)
	}

	var schemas any
	_, output, _ := strings.Cut(result.Output, "{")
	if err := json.Unmarshal([]byte("{"+output), &schemas); err != nil || result.ExitCode != 0 {
		t.Fatalf("the command ended with %d, %v:\n%s", result.ExitCode, err, result.Output)
	}
	// 6 of the provider block, 2 of its rate_limit, 6 of the resource.
	const least = 14
	if described := countDescribed(t, "schemas", schemas); described < least {
		t.Errorf("%d attributes are shown, want at least %d", described, least)
	}
}

// countDescribed walks through JSON, counts the attributes of all schemas in it,
// and wants each to have a description.
func countDescribed(t *testing.T, path string, value any) (described int) {
	t.Helper()
	object, _ := value.(map[string]any)
	for name, member := range object {
		described += countDescribed(t, path+"."+name, member)
		if name != "attributes" {
			continue
		}
		attributes, _ := member.(map[string]any)
		for attribute, value := range attributes {
			described++
			if fields, _ := value.(map[string]any); fields["description"] == nil {
				t.Errorf("%s.%s has no description", path, attribute)
			}
		}
	}
	return described
}
