// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/list/schema"

	"github.com/didit-community/terraform-provider-didit/internal/didit"
)

var _ list.ListResourceWithConfigure = (*webhookDestinationListResource)(nil)

// webhookDestinationListResource lists webhook destinations for terraform query.
type webhookDestinationListResource struct{ resourceBase }

func newWebhookDestinationListResource() list.ListResource {
	return &webhookDestinationListResource{resourceBase{name: "webhook_destination"}}
}

// List reads all destinations in one request, because the API does not page them.
func (r *webhookDestinationListResource) List(ctx context.Context, req list.ListRequest, stream *list.ListResultsStream) {
	diagnostics := r.requireUsable(listOfDestinations)
	var destinations []didit.WebhookDestination
	if !diagnostics.HasError() {
		var err error
		if destinations, err = r.data.client.ListWebhookDestinations(ctx); err != nil {
			diagnostics.Append(destinationDiagnostic(listOfDestinations, err))
		}
	}
	if diagnostics.HasError() {
		stream.Results = list.ListResultsStreamDiagnostics(diagnostics)
		return
	}
	stream.Results = func(push func(list.ListResult) bool) {
		for i, destination := range destinations {
			if req.Limit > 0 && int64(i) == req.Limit || !push(newDestinationResult(ctx, req, destination)) {
				return
			}
		}
	}
}

func newDestinationResult(ctx context.Context, req list.ListRequest, destination didit.WebhookDestination) list.ListResult {
	result := req.NewListResult(ctx)
	result.DisplayName = displayName(textOf(destination.Label) + ": " + textOf(destination.URL))
	model, diagnostics := newWebhookDestinationModel(ctx, destination, noSettings)
	result.Diagnostics.Append(diagnostics...)
	result.Diagnostics.Append(result.Identity.Set(ctx, webhookDestinationIdentity{model.ID})...)
	if req.IncludeResource {
		result.Diagnostics.Append(result.Resource.Set(ctx, model)...)
	}
	return result
}

func (r *webhookDestinationListResource) ListResourceConfigSchema(_ context.Context, _ list.ListResourceSchemaRequest, resp *list.ListResourceSchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Finds webhook destinations for `terraform query` (Terraform 1.14 and later), which can write their `import` blocks and configuration. It costs one read and never returns signing secrets. Terraform ends the list at the block's `limit`, which defaults to 100.",
	}
}
