// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

// Package provider implements the Terraform side: schemas, plans, state, identity
// and diagnostics. Package decisions reads and changes decisions for it.
package provider

import (
	"context"
	"os"

	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral"
	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/didit-community/terraform-provider-didit/internal/decisions"
	"github.com/didit-community/terraform-provider-didit/internal/destinations"
	"github.com/didit-community/terraform-provider-didit/internal/didit"
)

var (
	_ provider.ProviderWithListResources      = (*diditProvider)(nil)
	_ provider.ProviderWithActions            = (*diditProvider)(nil)
	_ provider.ProviderWithEphemeralResources = (*diditProvider)(nil)
	_ provider.ProviderWithFunctions          = (*diditProvider)(nil)
)

// diditProvider is the provider.
type diditProvider struct {
	version string
}

// New returns a factory of the provider.
func New(version string) func() provider.Provider {
	return func() provider.Provider { return &diditProvider{version: version} }
}

// providerModel is the provider block.
type providerModel struct {
	APIKey         types.String `tfsdk:"api_key"`
	AccessToken    types.String `tfsdk:"access_token"`
	BaseURL        types.String `tfsdk:"base_url"`
	RequestTimeout types.String `tfsdk:"request_timeout"`
	MaxRetries     types.Number `tfsdk:"max_retries"`
	RateLimit      types.Object `tfsdk:"rate_limit"`
}

// rateLimitModel is the attribute rate_limit of the provider block.
type rateLimitModel struct {
	ReadsPerMinute  types.Number `tfsdk:"reads_per_minute"`
	WritesPerMinute types.Number `tfsdk:"writes_per_minute"`
}

func (p *diditProvider) Metadata(_ context.Context, _ provider.MetadataRequest, resp *provider.MetadataResponse) {
	resp.TypeName = "didit"
	resp.Version = p.version
}

func (p *diditProvider) Schema(_ context.Context, _ provider.SchemaRequest, resp *provider.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Keeps a compliance team's decisions on [Didit](https://didit.me) verification sessions (KYC and KYB) in git: on single steps, on AML hits, and on the sessions themselves. It also manages webhook destinations.",
		Attributes: map[string]schema.Attribute{
			"api_key": schema.StringAttribute{
				MarkdownDescription: "API key of the Didit application, with the privileges `read:sessions` and, to change decisions, `write:sessions`. " +
					"Environment variable: `DIDIT_API_KEY`, which keeps it out of configuration and plan files. Conflicts with `access_token`.",
				Optional:  true,
				Sensitive: true,
			},
			"access_token": schema.StringAttribute{
				MarkdownDescription: "Access token of a console user with the same privileges, sent as `Authorization: Bearer`. " +
					"Environment variable: `DIDIT_ACCESS_TOKEN`. Conflicts with `api_key`.",
				Optional:  true,
				Sensitive: true,
			},
			"base_url": schema.StringAttribute{
				MarkdownDescription: "Address of the API; plain `http` is accepted for a loopback host only, such as the simulator's. " +
					"Environment variable: `DIDIT_BASE_URL`. Defaults to `" + didit.DefaultBaseURL + "`.",
				Optional: true,
			},
			"request_timeout": schema.StringAttribute{
				MarkdownDescription: "Timeout of one attempt of a request, from `1s` to `10m`, such as `45s` or `2m`. Waiting for the rate limit does not count. Defaults to `" + didit.DefaultRequestTimeout.String() + "`.",
				Optional:            true,
				Validators:          []validator.String{durationValidator},
			},
			"max_retries": schema.NumberAttribute{
				MarkdownDescription: "Maximum number of retries per request after a rate limit (429), server error or connection failure, from `0` to `20`. A change whose response was lost is retried only after a read has shown that it was not made. Defaults to `5`.",
				Optional:            true,
				Validators:          []validator.Number{wholeNumber{0, 20}},
			},
			"rate_limit": schema.SingleNestedAttribute{
				MarkdownDescription: "Limits that this run stays inside, in every sliding window of 60 seconds. The defaults are the published limits of one key. All users of a key share them: lower them if other programs use the key at the same time.",
				Optional:            true,
				Attributes: map[string]schema.Attribute{
					"reads_per_minute": schema.NumberAttribute{
						MarkdownDescription: "Reads (GET) per minute, from `1` to `100000`. Defaults to `600`.",
						Optional:            true,
						Validators:          []validator.Number{wholeNumber{1, 100_000}},
					},
					"writes_per_minute": schema.NumberAttribute{
						MarkdownDescription: "Changes (POST, PATCH, DELETE) per minute, from `1` to `100000`. Defaults to `300`.",
						Optional:            true,
						Validators:          []validator.Number{wholeNumber{1, 100_000}},
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
	data := &providerData{unknown: settings.unknown, planned: newPlannedDecisions()}
	if len(settings.unknown) == 0 {
		config.UserAgent = userAgent(p.version, req.TerraformVersion)
		config.OnAttempt, config.OnLimitWait = logAttempt, logLimitWait
		data.client = didit.New(config)
		data.service = decisions.New(data.client, config.MaxRetries)
		data.service.ShareLocks(config.BaseURL.String(), decisions.LockFolders()...)
		data.destinations = destinations.New(data.client, config.MaxRetries)
	}
	resp.ResourceData, resp.DataSourceData, resp.ListResourceData, resp.ActionData, resp.EphemeralResourceData = data, data, data, data, data
}

func (p *diditProvider) Resources(context.Context) []func() resource.Resource {
	return []func() resource.Resource{newSessionFeatureStatusResource, newSessionStatusResource, newSessionAMLHitStatusResource, newWebhookDestinationResource}
}

func (p *diditProvider) DataSources(context.Context) []func() datasource.DataSource {
	return []func() datasource.DataSource{newSessionDecisionDataSource, newSessionDecisionsDataSource, newSessionsDataSource, newSessionReviewsDataSource, newWebhookDestinationDataSource}
}

func (p *diditProvider) ListResources(context.Context) []func() list.ListResource {
	return []func() list.ListResource{newSessionFeatureStatusListResource, newSessionStatusListResource, newSessionAMLHitStatusListResource, newWebhookDestinationListResource}
}

func (p *diditProvider) EphemeralResources(context.Context) []func() ephemeral.EphemeralResource {
	return []func() ephemeral.EphemeralResource{newWebhookDestinationEphemeral}
}

func (p *diditProvider) Functions(context.Context) []func() function.Function {
	return []func() function.Function{newDecisionFilesFunction}
}

func (p *diditProvider) Actions(context.Context) []func() action.Action {
	return []func() action.Action{newSessionResubmissionAction}
}
