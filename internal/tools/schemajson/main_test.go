// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"encoding/json"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/didit-community/terraform-provider-didit/internal/acctest"
	"github.com/didit-community/terraform-provider-didit/internal/provider"
)

func TestMain(m *testing.M) { os.Exit(acctest.Main(m)) }

// printed returns the provider's schemas as JSON, by kind.
func printed(t *testing.T) (schemas map[string]any) {
	t.Helper()
	converted, err := providerSchema(t.Context(), provider.NewServer("dev")())
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(converted)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &schemas); err != nil {
		t.Fatal(err)
	}
	return schemas
}

func TestProviderSchema_IsWhatTheCLIPrints(t *testing.T) {
	t.Parallel()
	workspace := acctest.New(t, acctest.Unlimited).Workspace(acctest.ProviderConfig(""))

	result, err := workspace.CLI.Run(t.Context(), workspace.Folder, nil, "providers", "schema", "-json")
	if err != nil || result.ExitCode != 0 {
		t.Fatalf("%v: %+v", err, result)
	}
	_, output, _ := strings.Cut(result.Output, "{")
	var document struct {
		Providers map[string]map[string]any `json:"provider_schemas"`
	}
	if err := json.Unmarshal([]byte("{"+output), &document); err != nil {
		t.Fatal(err)
	}
	want := document.Providers["registry.terraform.io/didit-community/didit"]
	// The CLI leaves out what is newer than itself.
	for _, kind := range []string{"provider", "resource_schemas", "data_source_schemas"} {
		if want[kind] == nil {
			t.Errorf("%s printed no %s", workspace.CLI.Version, kind)
		}
	}
	got := printed(t)
	for kind, schemas := range want {
		if !reflect.DeepEqual(got[kind], schemas) {
			t.Errorf("%s differ from those of %s: %v instead of %v", kind, workspace.CLI.Version, got[kind], schemas)
		}
	}
}

func TestProviderSchema_HasWhatOlderCLIsLeaveOut(t *testing.T) {
	t.Parallel()
	got := printed(t)

	for kind, name := range map[string]string{
		"resource_identity_schemas": "didit_session_feature_status",
		"list_resource_schemas":     "didit_session_feature_status",
		"action_schemas":            "didit_session_resubmission",
		"functions":                 "decision_files",
	} {
		schemas, _ := got[kind].(map[string]any)
		if schemas[name] == nil {
			t.Errorf("%s lack %s: %v", kind, name, schemas)
		}
	}
}
