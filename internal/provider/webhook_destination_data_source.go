// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

var _ datasource.DataSourceWithConfigure = (*webhookDestinationDataSource)(nil)

// webhookDestinationSecretModel is a destination with its signing secret, for the data
// source and the ephemeral resource.
type webhookDestinationSecretModel struct {
	webhookDestinationModel
	SecretSharedKey         types.String `tfsdk:"secret_shared_key"`
	PreviousSecretExpiresAt types.String `tfsdk:"previous_secret_expires_at"`
}

// readSecret reads a destination with its secret.
func (c *configured) readSecret(ctx context.Context, id string) (model webhookDestinationSecretModel, diagnostics diag.Diagnostics) {
	diagnostics.Append(c.requireUsable(destinationName(id))...)
	if diagnostics.HasError() {
		return model, diagnostics
	}
	found, err := c.data.client.RetrieveWebhookDestination(ctx, id)
	if err != nil {
		diagnostics.Append(destinationDiagnostic(destinationName(id), err))
		return model, diagnostics
	}
	if found.SecretSharedKey == "" {
		diagnostics.AddError(summaryPermission, "Didit returned "+destinationName(id)+" without its signing secret. A console user needs the permission read:webhooks to read it. Use an API key, or grant the permission in the Didit console.")
		return model, diagnostics
	}
	if isMasked(found.SecretSharedKey) {
		diagnostics.AddError(summaryMaskedSecret, "Didit returned the signing secret of "+destinationName(id)+" masked, so no signature could be checked with it. Read it with another credential, or copy it from the Didit console.")
		return model, diagnostics
	}
	settings, failures := newWebhookDestinationModel(ctx, found, noSettings)
	diagnostics.Append(failures...)
	return webhookDestinationSecretModel{settings, types.StringValue(found.SecretSharedKey), stringOrNull(found.PreviousSecretExpiresAt)}, diagnostics
}

// isMasked reports whether a secret consists only of the characters that hide one.
func isMasked(secret string) bool { return strings.Trim(secret, "*.•·●… ") == "" }

// webhookDestinationDataSource returns the secret, which Terraform stores in the state.
type webhookDestinationDataSource struct{ dataSourceBase }

func newWebhookDestinationDataSource() datasource.DataSource {
	return &webhookDestinationDataSource{dataSourceBase{name: "webhook_destination"}}
}

// Read reads the destination.
func (d *webhookDestinationDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var model webhookDestinationSecretModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &model)...)
	if resp.Diagnostics.HasError() {
		return
	}
	read, diagnostics := d.readSecret(ctx, model.ID.ValueString())
	resp.Diagnostics.Append(diagnostics...)
	if !resp.Diagnostics.HasError() {
		resp.Diagnostics.Append(resp.State.Set(ctx, read)...)
	}
}

func (d *webhookDestinationDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Reads one webhook destination with its signing secret, which is then stored in the state. " +
			"The ephemeral resource `didit_webhook_destination` stores nothing.",
		Attributes: map[string]schema.Attribute{
			"id":                         schema.StringAttribute{MarkdownDescription: descriptionDestinationID, Required: true, Validators: []validator.String{destinationIDValidator}},
			"label":                      schema.StringAttribute{MarkdownDescription: descriptionLabel, Computed: true},
			"url":                        schema.StringAttribute{MarkdownDescription: descriptionURL, Computed: true},
			"subscribed_events":          schema.SetAttribute{MarkdownDescription: descriptionEvents, Computed: true, ElementType: types.StringType},
			"enabled":                    schema.BoolAttribute{MarkdownDescription: descriptionEnabled, Computed: true},
			"webhook_version":            schema.StringAttribute{MarkdownDescription: descriptionVersion, Computed: true},
			"secret_shared_key":          schema.StringAttribute{MarkdownDescription: descriptionSecret + " Stored in the state.", Computed: true, Sensitive: true},
			"previous_secret_expires_at": schema.StringAttribute{MarkdownDescription: descriptionRotation, Computed: true},
		},
	}
}

// Descriptions of the attributes that the ephemeral resource has too.
const (
	descriptionDestinationID = "UUID of the destination, in lower case."
	descriptionLabel         = "Name of the destination in the Didit console."
	descriptionURL           = "The URL that receives the events."
	descriptionEvents        = "The events that Didit sends to it."
	descriptionEnabled       = "Whether Didit sends events to it."
	descriptionVersion       = "Version of the payload."
	descriptionSecret        = "The secret with which Didit signs each event (HMAC)."
	descriptionRotation      = "Time (RFC 3339) until which the previous secret is valid after a rotation in the Didit console; null without a rotation, or if Didit does not report it."
)
