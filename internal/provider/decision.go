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
	address        []types.String
	value, comment types.String
}

// newDecision returns a decision on the subject with this address, with the value that
// Didit reports. A part of the address may be "".
func (k *decisionKind) newDecision(address []string, value string) decision {
	d := decision{kind: k, value: types.StringValue(value), comment: types.StringNull()}
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
		attribute, ok := attributes[name]
		if !ok {
			panic(fmt.Sprintf("%s has no attribute %q", k.name, name))
		}
		if !attribute.IsKnown() {
			return types.StringUnknown()
		}
		var value *string
		if err := attribute.As(&value); err != nil {
			panic(fmt.Sprintf("%s.%s: %v", k.name, name, err))
		}
		return types.StringPointerValue(value)
	}
	d := decision{kind: k, id: text("id"), value: text(k.valueAttribute), comment: types.StringNull()}
	for _, part := range k.address {
		d.address = append(d.address, text(part.name))
	}
	if k.hasComment() {
		d.comment = text("comment")
	}
	return d
}

// encode is the reverse of decode. It panics if an attribute of the type is not in the
// kind, or the reverse.
func (d decision) encode(to tftypes.Type) tftypes.Value {
	attributes := map[string]tftypes.Value{"id": rawText(d.id), d.kind.valueAttribute: rawText(d.value)}
	for i, part := range d.kind.address {
		attributes[part.name] = rawText(d.address[i])
	}
	if d.kind.hasComment() {
		attributes["comment"] = rawText(d.comment)
	}
	return tftypes.NewValue(to, attributes)
}

func rawText(value types.String) tftypes.Value {
	if value.IsUnknown() {
		return tftypes.NewValue(tftypes.String, tftypes.UnknownValue)
	}
	return tftypes.NewValue(tftypes.String, value.ValueStringPointer())
}

// hasComment reports whether the API records a comment with the change.
func (k *decisionKind) hasComment() bool {
	_, ok := k.schema.Attributes["comment"]
	return ok
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

// isAddressKnown reports whether no part of the address is unknown.
func (d decision) isAddressKnown() bool {
	for _, part := range d.address {
		if part.IsUnknown() {
			return false
		}
	}
	return true
}

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

// completePlan is complete for those parts that cannot change before the apply. At node
// default, where the type identifies a step, another step can be the only one by then.
func (d *decision) completePlan(subject decisions.Subject) {
	if d.kind.identifying(d.address) == len(d.address) {
		subject = nil
	}
	d.complete(subject)
}
