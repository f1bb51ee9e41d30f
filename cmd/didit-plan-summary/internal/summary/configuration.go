// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package summary

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	tfjson "github.com/hashicorp/terraform-json"
)

// The actions of others that are found in the configuration.
const (
	actionConfigure   = "configure "
	actionProvisioner = "provisioner "
	actionReadInPlan  = "read while planning"
)

// addConfiguration adds what a plan has no changes for: arguments of providers,
// provisioners, and data sources of other providers, which can run code as soon as
// the plan is made.
func (s *Summary) addConfiguration(config *tfjson.Config) {
	s.configured = map[string]bool{}
	if config == nil {
		return
	}
	for _, provider := range config.ProviderConfigs {
		if provider != nil && len(provider.Expressions) > 0 {
			arguments := slices.Sorted(maps.Keys(provider.Expressions))
			s.Others = append(s.Others, Other{Address: providerAddress(provider), Action: actionConfigure + strings.Join(arguments, ", ")})
		}
	}
	s.addModule("", config.RootModule, config.ProviderConfigs)
}

// addModule adds what is in a module and in those that it calls.
func (s *Summary) addModule(prefix string, module *tfjson.ConfigModule, providers map[string]*tfjson.ProviderConfig) {
	if module == nil {
		return
	}
	for _, resource := range notNull(module.Resources) {
		address := prefix + resource.Address
		s.configured[address] = true
		for _, provisioner := range notNull(resource.Provisioners) {
			s.Others = append(s.Others, Other{Address: address, Action: actionProvisioner + provisioner.Type})
		}
		provider := providers[resource.ProviderConfigKey]
		if resource.Mode != tfjson.ManagedResourceMode && (provider == nil || !isDidit(provider.FullName)) {
			s.Others = append(s.Others, Other{Address: address, Action: actionReadInPlan})
		}
	}
	for name, call := range module.ModuleCalls {
		if call != nil {
			s.addModule(prefix+"module."+name+".", call.Module, providers)
		}
	}
}

// providerAddress returns the address as Terraform writes it in messages.
func providerAddress(provider *tfjson.ProviderConfig) string {
	address := `provider["` + provider.FullName + `"]`
	if provider.ModuleAddress != "" {
		address = provider.ModuleAddress + "." + address
	}
	if provider.Alias != "" {
		address += "." + provider.Alias
	}
	return address
}

// instanceKeys are the keys of count and for_each in an address.
var instanceKeys = regexp.MustCompile(`\[(\d+|"([^"\\]|\\.)*")\]`)

// isUnconfigured reports whether a change destroys something whose block is gone. A
// removed block can take its place, and can have provisioners, which no plan shows.
func (s *Summary) isUnconfigured(address string, actions tfjson.Actions) bool {
	return actions.Delete() && !s.configured[instanceKeys.ReplaceAllString(address, "")]
}
