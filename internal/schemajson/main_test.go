// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/didit-community/terraform-provider-didit/internal/provider"
	"github.com/didit-community/terraform-provider-didit/internal/terraformcli"
)

const address = "registry.terraform.io/didit-community/didit"

// schemasIn takes the provider's schemas, by kind, out of Terraform's form.
func schemasIn(t *testing.T, document []byte) map[string]any {
	t.Helper()
	var all struct {
		Providers map[string]map[string]any `json:"provider_schemas"`
	}
	if err := json.Unmarshal(document, &all); err != nil {
		t.Fatal(err)
	}
	schemas := all.Providers[address]
	if schemas == nil {
		t.Fatalf("the document has no schemas of %s, but of %v", address, slices.Collect(maps.Keys(all.Providers)))
	}
	return schemas
}

func written(t *testing.T, server tfprotov6.ProviderServer) map[string]any {
	t.Helper()
	var document bytes.Buffer
	if err := write(t.Context(), &document, address, server); err != nil {
		t.Fatal(err)
	}
	return schemasIn(t, document.Bytes())
}

func TestSchemasAreThoseThatTheCLIWrites(t *testing.T) {
	t.Parallel()
	if os.Getenv("TF_ACC") == "" {
		t.Skip("needs a Terraform or OpenTofu: run it with make test, or with TF_ACC=1")
	}
	folder := t.TempDir()
	if err := terraformcli.BuildProvider(t.Context(), folder); err != nil {
		t.Fatal(err)
	}
	cli, err := terraformcli.New(t.Context(), folder, folder)
	if err != nil {
		t.Fatal(err)
	}
	root := t.TempDir()
	configuration := `terraform {
  required_providers {
    didit = { source = "` + address + `" }
  }
}`
	if err := os.WriteFile(filepath.Join(root, "main.tf"), []byte(configuration), 0o600); err != nil {
		t.Fatal(err)
	}

	result, err := cli.Run(t.Context(), root, nil, "providers", "schema", "-json")
	if err != nil || result.ExitCode != 0 {
		t.Fatalf("the command ended with %d, %v:\n%s", result.ExitCode, err, result.Output)
	}
	_, output, _ := strings.Cut(result.Output, "{")
	own, theirs := written(t, provider.NewServer("dev")()), schemasIn(t, []byte("{"+output))

	// Of what is newer than itself a CLI writes nothing.
	for _, kind := range []string{"provider", "resource_schemas", "data_source_schemas"} {
		if theirs[kind] == nil {
			t.Errorf("%s wrote no %s", cli.Version, kind)
		}
	}
	for kind, schemas := range theirs {
		if !reflect.DeepEqual(own[kind], schemas) {
			t.Errorf("%s differ from those of %s: %v instead of %v", kind, cli.Version, own[kind], schemas)
		}
	}
}

func TestSchemasHoldWhatOlderCLIsLeaveOut(t *testing.T) {
	t.Parallel()
	own := written(t, provider.NewServer("dev")())

	for _, kind := range []string{"resource_identity_schemas", "list_resource_schemas"} {
		schemas, _ := own[kind].(map[string]any)
		if schemas["didit_session_feature_status"] == nil {
			t.Errorf("%s lack didit_session_feature_status: %v", kind, schemas)
		}
	}
}

// withFunction is a provider that has learnt something new.
type withFunction struct{ tfprotov6.ProviderServer }

func (s withFunction) GetProviderSchema(ctx context.Context, req *tfprotov6.GetProviderSchemaRequest) (*tfprotov6.GetProviderSchemaResponse, error) {
	schemas, err := s.ProviderServer.GetProviderSchema(ctx, req)
	schemas.Functions = map[string]*tfprotov6.Function{"new": {}}
	return schemas, err
}

func TestWhatCannotBeWrittenIsRefusedAndNotLeftOut(t *testing.T) {
	t.Parallel()
	var document bytes.Buffer

	err := write(t.Context(), &document, address, withFunction{provider.NewServer("dev")()})

	if err == nil || document.Len() > 0 {
		t.Errorf("a provider with a function is written without it: %v\n%s", err, &document)
	}
}
