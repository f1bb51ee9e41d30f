// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

// Package provider speaks Terraform: schemas, plans, state, identity and
// diagnostics. What it wants read or changed it leaves to the room below.
package provider

import (
	"context"
	"os"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/didit-community/terraform-provider-didit/internal/decisions"
	"github.com/didit-community/terraform-provider-didit/internal/didit"
)

var _ provider.ProviderWithListResources = (*diditProvider)(nil)

// diditProvider is the provider itself; it holds nothing but its version.
type diditProvider struct {
	version string
}

// New gives the factory of a provider of that version.
func New(version string) func() provider.Provider {
	return func() provider.Provider { return &diditProvider{version: version} }
}

// providerModel is the provider block.
type providerModel struct {
	APIKey         types.String `tfsdk:"api_key"`
	AccessToken    types.String `tfsdk:"access_token"`
	BaseURL        types.String `tfsdk:"base_url"`
	RequestTimeout types.String `tfsdk:"request_timeout"`
	MaxRetries     types.Int64  `tfsdk:"max_retries"`
	RateLimit      types.Object `tfsdk:"rate_limit"`
}

// rateLimitModel is the provider's rate_limit.
type rateLimitModel struct {
	ReadsPerMinute  types.Int64 `tfsdk:"reads_per_minute"`
	WritesPerMinute types.Int64 `tfsdk:"writes_per_minute"`
}

// providerData is what a configured provider hands to its resources: everything
// that they share, for their structs are made anew for every call.
type providerData struct {
	// decisions is nil as long as the configuration holds values that are not
	// known; unknown names those.
	decisions *decisions.Decisions
	// client is for lists, which nobody shares; nil as decisions is.
	client  *didit.Client
	unknown []string
	wanted  *wantedStatuses
}

func (p *diditProvider) Metadata(_ context.Context, _ provider.MetadataRequest, resp *provider.MetadataResponse) {
	resp.TypeName = "didit"
	resp.Version = p.version
}

func (p *diditProvider) Schema(_ context.Context, _ provider.SchemaRequest, resp *provider.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Keeps a compliance team's decisions on the single steps of [Didit](https://didit.me) verification sessions (KYC and KYB) in code. " +
			"Configuring the provider makes no request. A value in the configuration wins over the environment. Changing the provider block changes no resource.\n\n" +
			"A value that is not known while planning, because another resource makes it, never falls back to the environment: new resources are planned without reading their session, and an operation that needs the API fails and says so.",
		Attributes: map[string]schema.Attribute{
			"api_key": schema.StringAttribute{
				MarkdownDescription: "API key of the Didit application, with the privileges `read:sessions` and, to change decisions, `write:sessions`. " +
					"Environment: `DIDIT_API_KEY`, which keeps it out of configuration and plan files. No default. Conflicts with `access_token`; set here, it also wins over both environment variables.",
				Optional:  true,
				Sensitive: true,
			},
			"access_token": schema.StringAttribute{
				MarkdownDescription: "Access token of a console user with the same privileges, sent as `Authorization: Bearer`. " +
					"Environment: `DIDIT_ACCESS_TOKEN`. No default. Conflicts with `api_key`; set here, it also wins over both environment variables.",
				Optional:  true,
				Sensitive: true,
			},
			"base_url": schema.StringAttribute{
				MarkdownDescription: "Address of the API, without user info, query or fragment. Plain `http` is accepted for a loopback host only, such as that of the simulator. " +
					"Environment: `DIDIT_BASE_URL`. Default: `" + didit.DefaultBaseURL + "`.",
				Optional: true,
			},
			"request_timeout": schema.StringAttribute{
				MarkdownDescription: "How long one attempt of a request may take, from `1s` to `10m`, such as `45s` or `2m`. Waiting for a limit does not count. Default: `" + didit.DefaultRequestTimeout.String() + "`.",
				Optional:            true,
				Validators:          []validator.String{durationValidator},
			},
			"max_retries": schema.Int64Attribute{
				MarkdownDescription: "How often a request is sent again at most, after a limit (429) or a fault, from `0` (never) to `20`. A change whose answer was lost is sent again only after a read has shown that it was not made. Default: `5`.",
				Optional:            true,
				Validators:          []validator.Int64{int64validator.Between(0, 20)},
			},
			"rate_limit": schema.SingleNestedAttribute{
				MarkdownDescription: "The limits that this run stays inside, in every sliding window of 60 seconds. The defaults are the published limits of one key, which all its users share; lower them where others use the key at the same time.",
				Optional:            true,
				Attributes: map[string]schema.Attribute{
					"reads_per_minute": schema.Int64Attribute{
						MarkdownDescription: "Reads (GET) a minute, from `1` to `100000`. Default: `600`.",
						Optional:            true,
						Validators:          []validator.Int64{int64validator.Between(1, 100_000)},
					},
					"writes_per_minute": schema.Int64Attribute{
						MarkdownDescription: "Changes (PATCH) a minute, from `1` to `100000`. Default: `300`.",
						Optional:            true,
						Validators:          []validator.Int64{int64validator.Between(1, 100_000)},
					},
				},
			},
		},
	}
}

func (p *diditProvider) Configure(ctx context.Context, req provider.ConfigureRequest, resp *provider.ConfigureResponse) {
	var model providerModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &model)...)
	if resp.Diagnostics.HasError() {
		return
	}
	settings := settingsReader{environment: os.Getenv}
	config := settings.read(ctx, model)
	resp.Diagnostics.Append(settings.diagnostics...)
	if resp.Diagnostics.HasError() {
		return
	}
	data := &providerData{unknown: settings.unknown, wanted: newWantedStatuses()}
	if len(settings.unknown) == 0 {
		config.UserAgent = userAgent(p.version, req.TerraformVersion)
		config.OnAttempt = logAttempt
		data.client = didit.New(config)
		data.decisions = decisions.New(data.client, config.MaxRetries)
	}
	resp.ResourceData, resp.DataSourceData, resp.ListResourceData = data, data, data
}

func (p *diditProvider) Resources(context.Context) []func() resource.Resource {
	return []func() resource.Resource{newSessionFeatureStatusResource}
}

func (p *diditProvider) DataSources(context.Context) []func() datasource.DataSource {
	return []func() datasource.DataSource{newSessionDecisionDataSource, newSessionsDataSource, newSessionReviewsDataSource}
}

func (p *diditProvider) ListResources(context.Context) []func() list.ListResource {
	return []func() list.ListResource{newSessionFeatureStatusListResource}
}
