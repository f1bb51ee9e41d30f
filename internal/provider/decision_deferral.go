// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/didit-community/terraform-provider-didit/internal/decisions"
	"github.com/didit-community/terraform-provider-didit/internal/didit"
)

// The attributes of a kind whose changes can be deferred.
const (
	attributeDeferred      = "defer_until_flow_finishes"
	attributeOverrideID    = "override_id"
	attributeOverrideState = "override_state"
)

// withDeferral adds the attributes of deferred changes to those of a kind.
func withDeferral(attributes map[string]schema.Attribute) map[string]schema.Attribute {
	attributes[attributeDeferred] = schema.BoolAttribute{
		MarkdownDescription: "Whether the change waits while the person is still in the flow: Didit makes it when they have finished, **whatever the status is by then**. Requires `from`, which is checked when the change is sent. " +
			"Defaults to `false`: the change is made at once, and can move the session on.",
		Optional:   true,
		Validators: []validator.Bool{deferralValidator{}},
	}
	attributes[attributeOverrideID] = schema.StringAttribute{
		MarkdownDescription: "Didit's ID of a deferred change, with which it can be withdrawn while it waits. Null if none was sent.",
		Computed:            true,
	}
	attributes[attributeOverrideState] = schema.StringAttribute{
		MarkdownDescription: "State of the deferred change in Didit: `" + didit.OverridePending + "`, `" + didit.OverrideApplied + "` or `" + didit.OverrideCancelled + "`.",
		Computed:            true,
	}
	return attributes
}

// deferralValidator refuses a deferred change without from.
type deferralValidator struct{}

func (deferralValidator) Description(context.Context) string { return "true only with from" }
func (deferralValidator) MarkdownDescription(context.Context) string {
	return "`true` only with `from`"
}

func (deferralValidator) ValidateBool(ctx context.Context, req validator.BoolRequest, resp *validator.BoolResponse) {
	var from types.String
	resp.Diagnostics.Append(req.Config.GetAttribute(ctx, path.Root("from"), &from)...)
	if req.ConfigValue.ValueBool() && from.IsNull() {
		resp.Diagnostics.AddAttributeError(req.Path, summaryDeferral, fmt.Sprintf("%s defers a change that is made once, from a value that its reviewer saw. Add the line from = \"…\" with that value, or remove this argument.", attributeDeferred))
	}
}

// mayDefer reports whether the change of a block is, or could be, deferred. If from is the
// wanted value, nothing is ever sent.
func (d decision) mayDefer() bool {
	return (d.deferred.IsUnknown() || d.deferred.ValueBool()) && !d.isNote()
}

// waits reports whether a deferred change waits, by the last refresh.
func (d decision) waits() bool { return d.outcome.ValueString() == outcomeWaiting }

// override returns the deferred change in the state; its ID is "" if there is none.
func (d decision) override() didit.FeatureOverride {
	return didit.FeatureOverride{ID: d.overrideID.ValueString(), NewStatus: d.value.ValueString(), State: d.overrideState.ValueString()}
}

// planOutcome plans the outcome of a decision that the apply makes. Whether a deferred change
// waits or is made at once, only the apply can find out.
func (d *decision) planOutcome(config decision) {
	d.outcome, d.overrideID, d.overrideState = types.StringNull(), types.StringNull(), types.StringNull()
	switch {
	case config.from.IsNull():
	case config.mayDefer():
		d.outcome, d.overrideID, d.overrideState = types.StringUnknown(), types.StringUnknown(), types.StringUnknown()
	default:
		d.outcome = types.StringValue(outcomeStands)
	}
}

// made stores what the apply of a decision has done.
func (d *decision) made(result decisions.Result, config decision) {
	d.value = types.StringValue(result.Value)
	d.outcome, d.overrideID, d.overrideState = types.StringNull(), types.StringNull(), types.StringNull()
	if !config.from.IsNull() {
		d.outcome = types.StringValue(outcomeStands)
	}
	if result.Override.ID == "" {
		return
	}
	d.value = config.value
	d.overrideID, d.overrideState = types.StringValue(result.Override.ID), stringOrNull(result.Override.State)
	switch result.Override.State {
	case didit.OverrideApplied:
	case didit.OverrideCancelled:
		d.outcome = types.StringValue(outcomeSuperseded)
	default:
		d.outcome = types.StringValue(outcomeWaiting)
	}
}

// refreshOverride reads the state of a deferred change, unless that cannot change any more.
// It returns the subject with the value to store: while the change waits, the configured one.
func (r *decisionResource) refreshOverride(ctx context.Context, state *decision, subject decisions.Subject, found decisions.Found) (decisions.Found, error) {
	if state.overrideID.IsNull() || state.override().IsFinal() {
		return found, nil
	}
	wanted := state.value.ValueString()
	override, err := r.data.service.Override(ctx, subject.Session(), state.overrideID.ValueString())
	if err != nil {
		return found, err
	}
	state.overrideState = stringOrNull(override.State)
	switch override.State {
	case didit.OverridePending:
		found.Value = wanted
	case didit.OverrideApplied:
		if found.Value != wanted { // the report may be older than the list
			return r.data.service.FindFresh(ctx, subject)
		}
	}
	return found, nil
}
