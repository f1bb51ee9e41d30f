// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package guides_test

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/didit-community/terraform-provider-didit/internal/provider"
)

func schemasOf(t *testing.T) *tfprotov6.GetProviderSchemaResponse {
	t.Helper()
	schemas, err := provider.NewServer("test")().GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		t.Fatal(err)
	}
	return schemas
}

// expectWords wants the description to hold at least one of the words.
func expectWords(t *testing.T, of string, attribute *tfprotov6.SchemaAttribute, words ...string) {
	t.Helper()
	for _, word := range words {
		if strings.Contains(attribute.Description, word) {
			return
		}
	}
	t.Errorf("the description of %s %s says nothing of %q: %s", of, attribute.Name, words, attribute.Description)
}

func TestArgumentsSayWhatIsTrueWithoutThem(t *testing.T) {
	t.Parallel()
	schemas := schemasOf(t)
	all := map[string]*tfprotov6.Schema{"provider": schemas.Provider}
	for name, schema := range schemas.ResourceSchemas {
		all["resource "+name] = schema
	}
	for name, schema := range schemas.DataSourceSchemas {
		all["data source "+name] = schema
	}
	for name, schema := range schemas.ListResourceSchemas {
		all["list resource "+name] = schema
	}
	for of, schema := range all {
		for _, attribute := range schema.Block.Attributes {
			if attribute.Optional {
				expectWords(t, of, attribute, "Default: ", "No default.", "The defaults are", "Left out, ")
			}
		}
	}
}

func TestArgumentsOfTheResourceSayWhatChangingThemDoes(t *testing.T) {
	t.Parallel()
	for name, schema := range schemasOf(t).ResourceSchemas {
		for _, attribute := range schema.Block.Attributes {
			if attribute.Required || attribute.Optional {
				expectWords(t, "resource "+name, attribute, "Changing it ", "Setting it to another ")
			}
		}
	}
}

func TestArgumentsOfTheProviderNameTheirVariables(t *testing.T) {
	t.Parallel()
	variables := map[string]string{"api_key": "DIDIT_API_KEY", "access_token": "DIDIT_ACCESS_TOKEN", "base_url": "DIDIT_BASE_URL"}
	for _, attribute := range schemasOf(t).Provider.Block.Attributes {
		if variable := variables[attribute.Name]; variable != "" {
			expectWords(t, "provider", attribute, "Environment: `"+variable+"`")
		}
	}
}

func TestAttributesThatCanBeUnknownSaySo(t *testing.T) {
	t.Parallel()
	for name, schema := range schemasOf(t).ResourceSchemas {
		for _, attribute := range schema.Block.Attributes {
			// node_id has a default, and is computed for that alone.
			if attribute.Computed && !strings.Contains(attribute.Description, "Default: ") {
				expectWords(t, "resource "+name, attribute, "Unknown while planning")
			}
		}
	}
}
