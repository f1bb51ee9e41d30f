// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/didit-community/terraform-provider-didit/internal/decisions"
	"github.com/didit-community/terraform-provider-didit/internal/destinations"
	"github.com/didit-community/terraform-provider-didit/internal/didit"
)

// providerData is what a configured provider passes to its resources. Whatever
// calls share is here, because the framework makes a resource anew for every call.
type providerData struct {
	// service, destinations and client are nil while the provider's configuration holds
	// unknown values; unknown names those arguments.
	service      *decisions.Service
	destinations *destinations.Service
	client       *didit.Client
	unknown      []string
	planned      *plannedDecisions
}

// configured is embedded by everything that the provider configures.
type configured struct {
	data *providerData
}

// configure stores the provider's data, which is nil during validation.
func (c *configured) configure(data any) (diagnostics diag.Diagnostics) {
	if data == nil {
		return nil
	}
	shared, ok := data.(*providerData)
	if !ok {
		diagnostics.AddError("Unexpected provider data", fmt.Sprintf("The provider passed %T instead of its own data. This is a bug in the provider; report it.", data))
		return diagnostics
	}
	c.data = shared
	return nil
}

// isUsable reports whether the API can be called.
func (c *configured) isUsable() bool { return c.data != nil && c.data.service != nil }

// requireUsable returns an error if the API cannot be called, for what cannot be
// read therefore.
func (c *configured) requireUsable(what string) (diagnostics diag.Diagnostics) {
	if c.isUsable() {
		return nil
	}
	var names []string
	if c.data != nil {
		names = c.data.unknown
	}
	diagnostics.AddError(summaryUnknownConfig, fmt.Sprintf("%s cannot be read, because the provider block's %s is known only after an apply. "+
		"Apply what it depends on first, with -target, or set it to a known value.", capitalize(what), strings.Join(names, ", ")))
	return diagnostics
}
