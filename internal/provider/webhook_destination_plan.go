// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"slices"
	"strconv"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/didit-community/terraform-provider-didit/internal/didit"
)

// ModifyPlan fails if the apply would fail or be undone by another block, and checks the
// settings that differ from the state, because what a destination has already can be
// adopted as it is.
func (r *webhookDestinationResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	plan, state := noSettings, noSettings
	if !req.State.Raw.IsNull() {
		resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	}
	if req.Plan.Raw.IsNull() {
		if r.data != nil {
			resp.Diagnostics.Append(r.data.plannedDestinations.delete(state)...)
		}
		return
	}
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(checkChangedSettings(ctx, plan, state)...)

	if r.data == nil {
		return
	}
	id, isInState := state.ID.ValueString(), !req.State.Raw.IsNull()
	if isInState {
		// The framework stores JSON, which a quoted UUID is.
		resp.Diagnostics.Append(resp.Private.SetKey(ctx, privateReplaced, []byte(strconv.Quote(id)))...)
	} else {
		// Terraform plans a replacement a second time, as a create with this private data.
		encoded, diagnostics := req.Private.GetKey(ctx, privateReplaced)
		resp.Diagnostics.Append(diagnostics...)
		id, _ = strconv.Unquote(string(encoded)) // nothing: a create
	}
	resp.Diagnostics.Append(r.data.plannedDestinations.plan(id, isInState, plan.URL)...)
}

// privateReplaced is the key of the ID of the destination that a plan may replace.
const privateReplaced = "replaced_id"

func checkChangedSettings(ctx context.Context, plan, state webhookDestinationModel) (diagnostics diag.Diagnostics) {
	if isKnown(plan.Label) && !plan.Label.Equal(state.Label) {
		if problem := checkNewLabel(plan.Label.ValueString()); problem != "" {
			diagnostics.AddAttributeError(path.Root("label"), summaryWebhookLabel, "label "+problem+".")
		}
	}
	if isKnown(plan.URL) && !plan.URL.Equal(state.URL) {
		if problem := checkNewURL(plan.URL.ValueString()); problem != "" {
			diagnostics.Append(destinationURLError(plan.URL.ValueString(), problem))
		}
	}
	var planned, stored []types.String
	if !plan.SubscribedEvents.IsUnknown() {
		diagnostics.Append(plan.SubscribedEvents.ElementsAs(ctx, &planned, false)...)
	}
	diagnostics.Append(state.SubscribedEvents.ElementsAs(ctx, &stored, false)...)
	for _, event := range planned {
		isStored := slices.ContainsFunc(stored, func(stored types.String) bool { return stored.Equal(event) })
		if isKnown(event) && !isStored && !slices.Contains(didit.WebhookEvents, event.ValueString()) {
			diagnostics.Append(eventUnknown(event.ValueString()))
		}
	}
	return diagnostics
}

// plannedDestinations records the destinations of one plan, to detect two blocks for one of
// them. The zero value is ready.
type plannedDestinations struct {
	mu sync.Mutex
	// ids are those of blocks that stay, ownerByURL the IDs by planned URL ("" for a new
	// destination), deletedByURL the IDs of the destinations that are deleted.
	ids                      map[string]bool
	ownerByURL, deletedByURL map[string]string
}

// plan records a block. id is that of its destination, "" for a new one; isInState is false
// if that one is replaced.
func (p *plannedDestinations) plan(id string, isInState bool, url types.String) (diagnostics diag.Diagnostics) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.init()
	if isInState && p.ids[id] {
		diagnostics.Append(destinationPlannedTwice("ID", id))
		return diagnostics
	}
	if isInState {
		p.ids[id] = true
	}
	if !isKnown(url) {
		return diagnostics
	}
	owner, isPlanned := p.ownerByURL[url.ValueString()]
	deleted, isDeleted := p.deletedByURL[url.ValueString()]
	switch {
	case isPlanned && (id == "" || owner != id):
		diagnostics.Append(destinationPlannedTwice("URL", url.ValueString()))
	case isDeleted:
		diagnostics.Append(destinationRecreated(deleted, url.ValueString()))
	}
	p.ownerByURL[url.ValueString()] = id
	return diagnostics
}

// delete records that a destination is deleted.
func (p *plannedDestinations) delete(state webhookDestinationModel) (diagnostics diag.Diagnostics) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.init()
	id, url := state.ID.ValueString(), state.URL.ValueString()
	if _, isPlanned := p.ownerByURL[url]; isPlanned {
		diagnostics.Append(destinationRecreated(id, url))
	}
	p.deletedByURL[url] = id
	return diagnostics
}

func (p *plannedDestinations) init() {
	if p.ids == nil {
		p.ids, p.ownerByURL, p.deletedByURL = map[string]bool{}, map[string]string{}, map[string]string{}
	}
}
