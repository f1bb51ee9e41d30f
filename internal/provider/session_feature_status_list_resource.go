// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/list/schema"

	"github.com/didit-community/terraform-provider-didit/internal/decisions"
	"github.com/didit-community/terraform-provider-didit/internal/didit"
)

// stepFilterModel is the config of a list block.
type stepFilterModel struct {
	sessionFilterModel
	Statuses        []string `tfsdk:"statuses"`
	FeatureTypes    []string `tfsdk:"feature_types"`
	SessionStatuses []string `tfsdk:"session_statuses"`
}

// newSessionFeatureStatusListResource returns the list of steps.
func newSessionFeatureStatusListResource() list.ListResource {
	return &decisionListResource[stepFilterModel]{
		resource: newSessionFeatureStatusResource,
		query:    func(filter stepFilterModel) didit.SessionQuery { return filter.query(filter.SessionStatuses) },
		find:     findSteps,
		schema: schema.Schema{
			MarkdownDescription: "Finds steps of Didit verification sessions for `terraform query` (Terraform 1.14 and later), which can write their `import` blocks and configuration. " +
				"It costs one read per hundred matching sessions, and one per session. Terraform ends the list at the block's `limit`, which defaults to 100. All filters that are set apply.",
			Attributes: withSessionFilters(map[string]schema.Attribute{
				"statuses":         listFilter("Find only steps with these statuses, such as `In Review`. Defaults to all.", stringvalidator.LengthAtLeast(1)),
				"feature_types":    listFilter("Find only steps of these types, in upper case, such as `AML`. Defaults to all.", featureTypeValidator),
				"session_statuses": sessionStatusFilter("steps"),
			}),
		},
	}
}

// findSteps returns a warning in place of a step that the API cannot address.
func findSteps(ctx context.Context, service *decisions.Service, filter stepFilterModel, session didit.SessionSummary) (found []listed, err error) {
	decision, err := service.Decision(ctx, session.SessionID)
	if err != nil {
		return nil, err
	}
	for _, feature := range decision.Features {
		isOfType := func(label string) bool { return didit.SameFeatureType(label, feature.Type) }
		if filter.Statuses != nil && !slices.Contains(filter.Statuses, feature.Status) || filter.FeatureTypes != nil && !slices.ContainsFunc(filter.FeatureTypes, isOfType) {
			continue
		}
		model := newSessionFeatureStatusModel([]string{decision.SessionID, feature.NodeID, feature.Type})
		model.complete(nil)
		model.setWanted(feature.Status)
		if _, err := model.storedSubject().Find(decision); err != nil {
			found = append(found, notAddressable(model.subject()))
			continue
		}
		found = append(found, listed{model: &model, displayName: fmt.Sprintf("%s (%s): %s", model.ID.ValueString(), feature.Type, feature.Status)})
	}
	return found, nil
}
