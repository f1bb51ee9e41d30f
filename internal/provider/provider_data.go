// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/didit-community/terraform-provider-didit/internal/decisions"
	"github.com/didit-community/terraform-provider-didit/internal/destinations"
	"github.com/didit-community/terraform-provider-didit/internal/didit"
)

// providerData is the data that a configured provider passes to its resources. All state
// that calls share is here, because the framework creates a new resource for every call.
type providerData struct {
	// service, destinations and client are nil if the provider's configuration has unknown
	// values. unknown lists those arguments.
	service      *decisions.Service
	destinations *destinations.Service
	client       *didit.Client
	unknown      []string
	planned      *plannedDecisions
	// plannedDestinations are those of the plan that this process makes.
	plannedDestinations plannedDestinations
}

// configured is embedded in all types that the provider configures.
type configured struct {
	data *providerData
}

// configure stores the provider's data. It is nil during validation.
func (c *configured) configure(data any) (diagnostics diag.Diagnostics) {
	if data == nil {
		return nil
	}
	shared, ok := data.(*providerData)
	if !ok {
		diagnostics.AddError(summaryProviderData, fmt.Sprintf("The provider passed %T instead of its own data. This is a bug in the provider; report it.", data))
		return diagnostics
	}
	c.data = shared
	return nil
}

// isUsable reports whether the API can be called.
func (c *configured) isUsable() bool { return c.data != nil && c.data.service != nil }

// requireUsable returns an error if the API cannot be called. name is the name of the
// object that cannot be read then.
func (c *configured) requireUsable(name string) (diagnostics diag.Diagnostics) {
	if c.isUsable() {
		return nil
	}
	var arguments []string
	if c.data != nil {
		arguments = c.data.unknown
	}
	diagnostics.AddError(summaryUnknownConfig, fmt.Sprintf("%s cannot be read, because the provider block's %s is known only after an apply. "+
		"Apply what it depends on first, with -target, or set it to a known value.", capitalize(name), strings.Join(arguments, ", ")))
	return diagnostics
}

// maxResults returns the value of max_results, which data sources with lists have.
func maxResults(value types.Number) int64 {
	if value.IsNull() {
		return 1000
	}
	number, _ := value.ValueBigFloat().Int64()
	return number
}
