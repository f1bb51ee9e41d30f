// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

// Command floor serves what the benchmark measures against: an ordinary provider
// with a resource of the same attributes, which asks nobody and does nothing. It
// goes under the provider's own name, so that one configuration fits both.
package main

import (
	"context"
	"log"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-framework/resource"
)

func main() {
	options := providerserver.ServeOpts{Address: "registry.terraform.io/didit-community/didit"}
	if err := providerserver.Serve(context.Background(), newFloorProvider, options); err != nil {
		log.Fatal(err)
	}
}

type floorProvider struct{}

func newFloorProvider() provider.Provider { return floorProvider{} }

func (floorProvider) Metadata(_ context.Context, _ provider.MetadataRequest, resp *provider.MetadataResponse) {
	resp.TypeName = "didit"
}

// Schema has the one argument that the benchmark's configuration sets.
func (floorProvider) Schema(_ context.Context, _ provider.SchemaRequest, resp *provider.SchemaResponse) {
	resp.Schema = schema.Schema{
		Attributes: map[string]schema.Attribute{
			"rate_limit": schema.SingleNestedAttribute{
				Optional: true,
				Attributes: map[string]schema.Attribute{
					"reads_per_minute":  schema.Int64Attribute{Optional: true},
					"writes_per_minute": schema.Int64Attribute{Optional: true},
				},
			},
		},
	}
}

func (floorProvider) Configure(context.Context, provider.ConfigureRequest, *provider.ConfigureResponse) {
}

func (floorProvider) Resources(context.Context) []func() resource.Resource {
	return []func() resource.Resource{newFloorResource}
}

func (floorProvider) DataSources(context.Context) []func() datasource.DataSource { return nil }
