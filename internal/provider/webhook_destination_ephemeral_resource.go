// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/ephemeral"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

var _ ephemeral.EphemeralResourceWithConfigure = (*webhookDestinationEphemeral)(nil)

// webhookDestinationEphemeral returns the secret, which Terraform does not store.
type webhookDestinationEphemeral struct{ ephemeralBase }

func newWebhookDestinationEphemeral() ephemeral.EphemeralResource {
	return &webhookDestinationEphemeral{ephemeralBase{name: "webhook_destination"}}
}

// Open reads the destination.
func (e *webhookDestinationEphemeral) Open(ctx context.Context, req ephemeral.OpenRequest, resp *ephemeral.OpenResponse) {
	var model webhookDestinationSecretModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &model)...)
	if resp.Diagnostics.HasError() {
		return
	}
	read, diagnostics := e.readSecret(ctx, model.ID.ValueString())
	resp.Diagnostics.Append(diagnostics...)
	if !resp.Diagnostics.HasError() {
		resp.Diagnostics.Append(resp.Result.Set(ctx, read)...)
	}
}

func (e *webhookDestinationEphemeral) Schema(_ context.Context, _ ephemeral.SchemaRequest, resp *ephemeral.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Reads one webhook destination with its signing secret. " +
			"Terraform stores its result neither in the plan nor in the state: pass it to a write-only argument, such as that of a secret manager. " +
			"It is read whenever Terraform needs it, also during plans if `id` is known.",
		Attributes: map[string]schema.Attribute{
			"id":                         schema.StringAttribute{MarkdownDescription: descriptionDestinationID, Required: true, Validators: []validator.String{destinationIDValidator}},
			"label":                      schema.StringAttribute{MarkdownDescription: descriptionLabel, Computed: true},
			"url":                        schema.StringAttribute{MarkdownDescription: descriptionURL, Computed: true},
			"subscribed_events":          schema.SetAttribute{MarkdownDescription: descriptionEvents, Computed: true, ElementType: types.StringType},
			"enabled":                    schema.BoolAttribute{MarkdownDescription: descriptionEnabled, Computed: true},
			"webhook_version":            schema.StringAttribute{MarkdownDescription: descriptionVersion, Computed: true},
			"secret_shared_key":          schema.StringAttribute{MarkdownDescription: descriptionSecret, Computed: true, Sensitive: true},
			"previous_secret_expires_at": schema.StringAttribute{MarkdownDescription: descriptionRotation, Computed: true},
		},
	}
}
