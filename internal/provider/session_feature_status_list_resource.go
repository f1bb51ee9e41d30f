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

// featureFilterModel is the config of a list block.
type featureFilterModel struct {
	sessionFilterModel
	Statuses        []string `tfsdk:"statuses"`
	FeatureTypes    []string `tfsdk:"feature_types"`
	SessionStatuses []string `tfsdk:"session_statuses"`
}

// newSessionFeatureStatusListResource returns the list of steps.
func newSessionFeatureStatusListResource() list.ListResource {
	return &decisionListResource[featureFilterModel]{
		resourceBase: resourceBase{name: sessionFeatureStatusKind.name},
		query:        func(filter featureFilterModel) didit.SessionQuery { return filter.query(filter.SessionStatuses) },
		find:         findFeatures,
		schema: schema.Schema{
			MarkdownDescription: "Finds the steps of Didit verification sessions that match all filters, for `terraform query` (Terraform 1.14 and later), which can write their `import` blocks and configuration. " +
				"It costs one read per hundred matching sessions, and one per session. Terraform ends the list at the block's `limit`, which defaults to 100.",
			Attributes: withSessionFilters(map[string]schema.Attribute{
				"statuses":         listFilter("Find only steps with these statuses, such as `In Review`. Defaults to all.", stringvalidator.LengthAtLeast(1)),
				"feature_types":    listFilter("Find only steps of these types, in upper case, such as `AML`. Defaults to all.", featureTypeValidator),
				"session_statuses": sessionStatusFilter("steps"),
			}),
		},
	}
}

// findFeatures returns a warning in place of a step that the API cannot address.
func findFeatures(ctx context.Context, service *decisions.Service, filter featureFilterModel, session didit.SessionSummary) (found []listed, err error) {
	decision, err := service.Decision(ctx, session.SessionID)
	if err != nil {
		return nil, err
	}
	for _, feature := range decision.Features {
		isOfType := func(label string) bool { return didit.SameFeatureType(label, feature.Type) }
		isStatus := func(status string) bool { return didit.SameStatus(status, feature.Status) }
		if filter.Statuses != nil && !slices.ContainsFunc(filter.Statuses, isStatus) || filter.FeatureTypes != nil && !slices.ContainsFunc(filter.FeatureTypes, isOfType) {
			continue
		}
		step := sessionFeatureStatusKind.newDecision([]string{decision.SessionID, feature.NodeID, feature.Type}, feature.Status)
		if _, err := step.storedSubject().Find(decision); err != nil {
			found = append(found, notAddressable(step.subject()))
			continue
		}
		found = append(found, listed{decision: step, displayName: fmt.Sprintf("%s (%s): %s", step.id.ValueString(), feature.Type, feature.Status)})
	}
	for _, item := range decision.Unusable {
		isOfType := func(label string) bool { return didit.SameFeatureType(label, item.Type) }
		if !item.IsHit && (filter.FeatureTypes == nil || slices.ContainsFunc(filter.FeatureTypes, isOfType)) {
			found = append(found, listed{warning: leftOut(decision.SessionID, item)})
		}
	}
	return found, nil
}
