// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/didit-community/terraform-provider-didit/internal/decisions"
	"github.com/didit-community/terraform-provider-didit/internal/didit"
)

// decisionKind describes one kind of decision: its address, its value, and its words.
type decisionKind struct {
	// name is the type name of the resource without the prefix didit_.
	name   string
	schema schema.Schema
	// valueAttribute is status or review_status.
	valueAttribute string
	// address are the attributes that name the subject, in the order of the import ID. The
	// first one is session_id.
	address []addressAttribute
	// importForm describes the import ID.
	importForm string
	// subject returns the subject with this address; a part may be "".
	subject func(address []string) decisions.Subject
	// addressOf is the reverse of subject.
	addressOf func(subject decisions.Subject) []string
	// sendsComment: the API records a comment with the change. Other kinds keep it in the
	// state, as part of what makes a decision.
	sendsComment bool
	// canDefer: the API can defer a change until the person has finished, and the kind has
	// the attributes of withDeferral.
	canDefer bool
	// identifying returns how many parts of an address, from its beginning, identify the
	// subject in the state. The ID and the identity consist of them.
	identifying func(address []types.String) int
	// planWarnings returns warnings for the reviewer of a planned change. cached is the
	// session's decision if this process has read it, or nil.
	planWarnings func(change decisions.Change, cached *didit.Decision) diag.Diagnostics
}

// addressAttribute is an attribute that is part of a subject's address, and so of its
// import ID and identity.
type addressAttribute struct {
	name string
	// description is that of the identity attribute.
	description string
	// check returns the problem of a part; "" for none.
	check func(text string) (problem string)
	// isOptional: an import ID or identity need not have it.
	isOptional bool
	// same reports whether two texts are the same part; nil if only equal ones are.
	same func(a, b string) bool
}

// isSame reports whether two values are the same part of an address.
func (a addressAttribute) isSame(one, other types.String) bool {
	return one.Equal(other) || a.same != nil && isKnown(one) && isKnown(other) && a.same(one.ValueString(), other.ValueString())
}

// allParts is decisionKind.identifying for a kind whose subjects have one form of address.
func allParts(address []types.String) int { return len(address) }

func (k *decisionKind) identitySchema() identityschema.Schema {
	attributes := map[string]identityschema.Attribute{}
	for _, part := range k.address {
		attributes[part.name] = identityschema.StringAttribute{
			Description:       part.description,
			RequiredForImport: !part.isOptional,
			OptionalForImport: part.isOptional,
		}
	}
	return identityschema.Schema{Attributes: attributes}
}

// decision is a decision in configuration, plan or state.
type decision struct {
	kind *decisionKind
	id   types.String
	// address has the parts in the order of decisionKind.address.
	address []types.String
	// from is the value that the change is made from; null in a block without from.
	from types.String
	// value is the wanted one in configuration and plan, and Didit's in the state.
	value, comment, outcome types.String
	// deferred, and what Didit has recorded of a deferred change, are null for a kind that
	// cannot defer.
	deferred                  types.Bool
	overrideID, overrideState types.String
}

// Values of the attribute outcome, which says what became of a decision that a block with
// from has made.
const (
	outcomeStands     = "stands"
	outcomeSuperseded = "superseded"
	outcomeGone       = "gone"
	outcomeWaiting    = "waiting"
)

// newDecision returns a decision on the subject with this address, with the value that
// Didit reports. A part of the address may be "".
func (k *decisionKind) newDecision(address []string, value string) decision {
	d := decision{kind: k, value: types.StringValue(value)}
	for _, part := range address {
		d.address = append(d.address, stringOrUnknown(part))
	}
	d.complete(nil)
	return d
}

// decode reads a configuration, plan or state that is not null. It panics if an attribute
// is missing or no string, which is a mistake in the kind.
func (k *decisionKind) decode(raw tftypes.Value) decision {
	var attributes map[string]tftypes.Value
	if err := raw.As(&attributes); err != nil {
		panic(fmt.Sprintf("%s: %v", k.name, err))
	}
	text := func(name string) types.String {
		value, isKnown := decodeAttribute[string](k, attributes, name)
		if !isKnown {
			return types.StringUnknown()
		}
		return types.StringPointerValue(value)
	}
	d := decision{
		kind: k, id: text("id"), from: text("from"), value: text(k.valueAttribute), comment: text("comment"), outcome: text("outcome"),
	}
	for _, part := range k.address {
		d.address = append(d.address, text(part.name))
	}
	if k.canDefer {
		d.overrideID, d.overrideState, d.deferred = text(attributeOverrideID), text(attributeOverrideState), types.BoolUnknown()
		if value, isKnown := decodeAttribute[bool](k, attributes, attributeDeferred); isKnown {
			d.deferred = types.BoolPointerValue(value)
		}
	}
	return d
}

// decodeAttribute returns the value of an attribute; nil for null.
func decodeAttribute[T any](kind *decisionKind, attributes map[string]tftypes.Value, name string) (value *T, isKnown bool) {
	attribute, ok := attributes[name]
	if !ok {
		panic(fmt.Sprintf("%s has no attribute %q", kind.name, name))
	}
	if !attribute.IsKnown() {
		return nil, false
	}
	if err := attribute.As(&value); err != nil {
		panic(fmt.Sprintf("%s.%s: %v", kind.name, name, err))
	}
	return value, true
}

// encode is the reverse of decode. It panics if an attribute of the type is not in the
// kind, or the reverse.
func (d decision) encode(to tftypes.Type) tftypes.Value {
	attributes := map[string]tftypes.Value{
		"id": rawText(d.id), "from": rawText(d.from), d.kind.valueAttribute: rawText(d.value), "comment": rawText(d.comment), "outcome": rawText(d.outcome),
	}
	for i, part := range d.kind.address {
		attributes[part.name] = rawText(d.address[i])
	}
	if d.kind.canDefer {
		attributes[attributeOverrideID], attributes[attributeOverrideState] = rawText(d.overrideID), rawText(d.overrideState)
		attributes[attributeDeferred] = tftypes.NewValue(tftypes.Bool, d.deferred.ValueBoolPointer())
		if d.deferred.IsUnknown() {
			attributes[attributeDeferred] = tftypes.NewValue(tftypes.Bool, tftypes.UnknownValue)
		}
	}
	return tftypes.NewValue(to, attributes)
}

func rawText(value types.String) tftypes.Value {
	if value.IsUnknown() {
		return tftypes.NewValue(tftypes.String, tftypes.UnknownValue)
	}
	return tftypes.NewValue(tftypes.String, value.ValueStringPointer())
}

// store sets the state and the identity.
func (d decision) store(ctx context.Context, state *tfsdk.State, identity *tfsdk.ResourceIdentity) {
	state.Raw = d.encode(state.Schema.Type().TerraformType(ctx))
	d.identify(ctx, identity)
}

// identify sets the identity.
func (d decision) identify(ctx context.Context, identity *tfsdk.ResourceIdentity) {
	attributes := map[string]tftypes.Value{}
	for i, part := range d.kind.address {
		attributes[part.name] = tftypes.NewValue(tftypes.String, nil)
		if i < d.kind.identifying(d.address) {
			attributes[part.name] = rawText(d.address[i])
		}
	}
	identity.Raw = tftypes.NewValue(identity.Schema.Type().TerraformType(ctx), attributes)
}

// session returns session_id.
func (d decision) session() types.String { return d.address[0] }

// subject returns the subject with all parts of the address that are known.
func (d decision) subject() decisions.Subject { return d.subjectOf(len(d.address)) }

// storedSubject returns the subject with those parts of the address that identify it in
// the state.
func (d decision) storedSubject() decisions.Subject {
	return d.subjectOf(d.kind.identifying(d.address))
}

func (d decision) subjectOf(parts int) decisions.Subject {
	address := make([]string, len(d.address))
	for i, part := range d.address[:parts] {
		address[i] = part.ValueString()
	}
	return d.kind.subject(address)
}

// target returns the subject that the block decides: with the parts of the address that
// identify it, and those that are configured, which have to hold.
func (d decision) target(config decision) decisions.Subject {
	address := make([]string, len(d.address))
	for i, part := range d.address {
		if i < d.kind.identifying(d.address) || isKnown(config.address[i]) {
			address[i] = part.ValueString()
		}
	}
	return d.kind.subject(address)
}

// identifyingSubject returns a subject with the parts of its address that identify it.
func (k *decisionKind) identifyingSubject(subject decisions.Subject) decisions.Subject {
	return k.newDecision(k.addressOf(subject), "").storedSubject()
}

// key returns the key of the decision in a memory; "" if a part of it is unknown, or if
// there is no from.
func (d decision) key() string {
	if !isKnown(d.from) || !isKnown(d.value) || d.comment.IsUnknown() {
		return ""
	}
	return memoryKeyOf(d.from.ValueString(), d.value.ValueString(), d.comment.ValueStringPointer())
}

// refresh stores what a read has found. Parts of the address that do not identify the
// subject can change: a node can have a step of another type.
func (d *decision) refresh(found decisions.Found) {
	d.value = types.StringValue(found.Value)
	for i, part := range d.kind.addressOf(found.Subject) {
		if part := types.StringValue(part); i >= d.kind.identifying(d.address) && !d.kind.address[i].isSame(d.address[i], part) {
			d.address[i] = part
		}
	}
}

// complete fills the unknown parts of the address from the subject, unless that is nil,
// and computes the ID, which is unknown if one of its parts is.
func (d *decision) complete(subject decisions.Subject) {
	if subject != nil {
		for i, part := range d.kind.addressOf(subject) {
			if d.address[i].IsUnknown() {
				d.address[i] = types.StringValue(part)
			}
		}
	}
	parts := make([]string, d.kind.identifying(d.address))
	for i := range parts {
		if !isKnown(d.address[i]) {
			d.id = types.StringUnknown()
			return
		}
		parts[i] = d.address[i].ValueString()
	}
	d.id = types.StringValue(strings.Join(parts, "/"))
}
