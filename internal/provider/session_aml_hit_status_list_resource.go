// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/list/schema"

	"github.com/didit-community/terraform-provider-didit/internal/decisions"
	"github.com/didit-community/terraform-provider-didit/internal/didit"
)

// hitFilterModel is the config of a list block.
type hitFilterModel struct {
	sessionFilterModel
	ReviewStatuses  []string `tfsdk:"review_statuses"`
	SessionStatuses []string `tfsdk:"session_statuses"`
}

// newSessionAMLHitStatusListResource returns the list of AML hits.
func newSessionAMLHitStatusListResource() list.ListResource {
	return &decisionListResource[hitFilterModel]{
		resourceBase: resourceBase{name: sessionAMLHitStatusKind.name},
		query:        func(filter hitFilterModel) didit.SessionQuery { return filter.query(filter.SessionStatuses) },
		find:         findHits,
		schema: schema.Schema{
			MarkdownDescription: "Finds the AML hits of Didit verification sessions that match all filters, for `terraform query` (Terraform 1.14 and later), which can write their `import` blocks and configuration. " +
				"It costs one read per hundred matching sessions, and one per session. Terraform ends the list at the block's `limit`, which defaults to 100.",
			Attributes: withSessionFilters(map[string]schema.Attribute{
				"review_statuses":  listFilter("Find only hits with these review statuses, such as `Unreviewed`. Defaults to all.", reviewStatusValidator),
				"session_statuses": sessionStatusFilter("hits"),
			}),
		},
	}
}

// findHits returns a warning in place of a hit that the API cannot address or show.
func findHits(ctx context.Context, service *decisions.Service, filter hitFilterModel, session didit.SessionSummary) (found []listed, err error) {
	decision, err := service.Decision(ctx, session.SessionID)
	if err != nil {
		return nil, err
	}
	for _, hit := range decision.AMLHits {
		if filter.ReviewStatuses != nil && !slices.Contains(filter.ReviewStatuses, hit.ReviewStatus) {
			continue
		}
		listedHit := sessionAMLHitStatusKind.newDecision([]string{decision.SessionID, hit.NodeID, hit.ID}, hit.ReviewStatus)
		if _, err := listedHit.subject().Find(decision); err != nil {
			found = append(found, notAddressable(listedHit.subject()))
			continue
		}
		found = append(found, listed{decision: listedHit, displayName: fmt.Sprintf("%s: %s", listedHit.id.ValueString(), hit.ReviewStatus)})
	}
	for _, item := range decision.Unusable {
		if item.IsHit || item.HidesHits() {
			found = append(found, listed{warning: leftOut(decision.SessionID, item)})
		}
	}
	return found, nil
}
