// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/didit-community/terraform-provider-didit/internal/didit"
)

func TestDestinationDiagnostic_ValidationErrorIsOnRefusedAttribute(t *testing.T) {
	t.Parallel()
	attributes := map[string]string{"detail": "", "non_field_errors": "", "": ""}
	for name := range webhookDestinationSchema().Attributes {
		attributes[name] = name
	}
	for field, attribute := range attributes {
		err := failure(didit.KindValidation, 400, "Wrong.")
		err.Fields = map[string][]string{field: {"Wrong."}}

		diagnostic := destinationDiagnostic("the destination", err)

		var found string
		if located, isLocated := diagnostic.(diag.DiagnosticWithPath); isLocated {
			found = located.Path().String()
		}
		if found != attribute || diagnostic.Summary() != summaryRefused {
			t.Errorf("field %q: %q on %q, want it on %q", field, diagnostic.Summary(), found, attribute)
		}
	}
}
