// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/didit-community/terraform-provider-didit/internal/provider"
)

// A ratio compares providers only while both have the same attributes.
func TestFloor_SchemaMatchesResource(t *testing.T) {
	t.Parallel()
	attributes := func(server tfprotov6.ProviderServer) map[string]tfprotov6.SchemaAttribute {
		schemas, err := server.GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
		if err != nil {
			t.Fatal(err)
		}
		found := map[string]tfprotov6.SchemaAttribute{}
		for _, a := range schemas.ResourceSchemas["didit_session_feature_status"].Block.Attributes {
			found[a.Name] = tfprotov6.SchemaAttribute{Type: a.Type, Required: a.Required, Optional: a.Optional, Computed: a.Computed}
		}
		return found
	}

	floor := attributes(providerserver.NewProtocol6(newFloorProvider())())
	resource := attributes(provider.NewServer("test")())

	if len(floor) != len(resource) || len(resource) == 0 {
		t.Errorf("the floor has %d attributes, the resource %d", len(floor), len(resource))
	}
	for name, want := range resource {
		got, found := floor[name]
		if !found || !got.Type.Equal(want.Type) || got.Required != want.Required || got.Optional != want.Optional || got.Computed != want.Computed {
			t.Errorf("%s: the floor has %+v, the resource %+v", name, got, want)
		}
	}
}
