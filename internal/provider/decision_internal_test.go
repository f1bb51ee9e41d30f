// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// decisionKinds are all kinds of decisions.
var decisionKinds = []*decisionKind{sessionFeatureStatusKind, sessionStatusKind, sessionAMLHitStatusKind}

// filled returns an object of the kind's schema, whose attributes contain their names.
func filled(t *testing.T, kind *decisionKind) tftypes.Value {
	t.Helper()
	attributes := map[string]tftypes.Value{}
	for name, attribute := range kind.schema.Attributes {
		attributes[name] = tftypes.NewValue(tftypes.String, "the "+name)
		if attribute.GetType().Equal(types.BoolType) {
			attributes[name] = tftypes.NewValue(tftypes.Bool, true)
		}
	}
	return tftypes.NewValue(kind.schema.Type().TerraformType(t.Context()), attributes)
}

func TestDecision_EncodesWhatItDecoded(t *testing.T) {
	t.Parallel()
	for _, kind := range decisionKinds {
		raw := filled(t, kind)
		decoded := kind.decode(raw)

		if got := decoded.encode(raw.Type()); !got.Equal(raw) {
			t.Errorf("%s: %s, want %s", kind.name, got, raw)
		}
		for i, part := range kind.address {
			if got := decoded.address[i].ValueString(); got != "the "+part.name {
				t.Errorf("%s: part %d of the address is %q", kind.name, i, got)
			}
		}
	}
}

func TestDecision_KeepsNullAndUnknown(t *testing.T) {
	t.Parallel()
	for _, kind := range decisionKinds {
		for _, value := range []any{nil, tftypes.UnknownValue} {
			attributes := map[string]tftypes.Value{}
			for name, attribute := range kind.schema.Attributes {
				attributes[name] = tftypes.NewValue(attribute.GetType().TerraformType(t.Context()), value)
			}
			raw := tftypes.NewValue(kind.schema.Type().TerraformType(t.Context()), attributes)

			if got := kind.decode(raw).encode(raw.Type()); !got.Equal(raw) {
				t.Errorf("%s: %s, want %s", kind.name, got, raw)
			}
		}
	}
}

// A misspelled attribute name must not be read as null.
func TestDecision_PanicsOnMistypedAttribute(t *testing.T) {
	t.Parallel()
	raw := filled(t, sessionFeatureStatusKind)
	decoded := sessionFeatureStatusKind.decode(raw)
	misspelled := *sessionFeatureStatusKind
	misspelled.valueAttribute = "statsu"
	decoded.kind = &misspelled

	for name, operation := range map[string]func(){
		"decode": func() { misspelled.decode(raw) },
		"encode": func() { decoded.encode(raw.Type()) },
	} {
		message := recovered(operation)
		if !strings.Contains(message, "status") && !strings.Contains(message, "statsu") {
			t.Errorf("%s: %q", name, message)
		}
	}
}

// recovered returns the message of the panic of an operation.
func recovered(operation func()) (message string) {
	defer func() { message = fmt.Sprint(recover()) }()
	operation()
	return "no panic"
}
