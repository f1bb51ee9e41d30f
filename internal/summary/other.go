// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package summary

import (
	"regexp"
	"slices"
	"strings"

	tfjson "github.com/hashicorp/terraform-json"
)

// addChange adds a change of a resource that is not a decision, or a data source that
// is read during the apply.
func (s *Summary) addChange(c *tfjson.ResourceChange, mark string) {
	other := entry{address: c.Address, text: actionText(c.Change.Actions), mark: mark}
	switch {
	case !c.Change.Actions.NoOp():
	case c.Change.Importing != nil:
		other.text = "import"
	default:
		return
	}
	if c.Type == "didit_webhook_destination" {
		before, after := sides(c.Change)
		other.urlBefore, other.url = before.value("url"), after.value("url")
		if other.url.Kind != none {
			other.mark = markEvents
		}
	}
	s.changes = append(s.changes, other)
}

// addActions adds the invocations of actions. Those that re-open sessions belong to their
// cases.
func (s *Summary) addActions(invocations []*tfjson.ActionInvocation) {
	for _, invocation := range notNull(invocations) {
		if invocation.Type != "didit_session_resubmission" {
			s.actions = append(s.actions, entry{text: invocation.Address})
			continue
		}
		config := attributes{object(invocation.ConfigValues), object(invocation.ConfigUnknown), []any{invocation.ConfigSensitive}}
		nodes := config.value("nodes")
		if nodes.Kind == known {
			nodes = knownText(nodesText(config.values["nodes"]))
		}
		s.add(decision{
			subject: subject{Kind: resubmission, SessionID: config.value("session_id"), NodeID: nodes},
			effect:  reopened,
			to:      knownText("Resubmitted"),
			comment: config.value("comment"),
			address: invocation.Address,
		})
	}
}

// nodesText returns the steps of a resubmission in one line.
func nodesText(nodes any) string {
	var texts []string
	items, _ := nodes.([]any)
	for _, item := range items {
		node := attributes{values: object(item)}
		texts = append(texts, node.value("node_id").Text+" ("+node.value("feature_type").Text+")")
	}
	return strings.Join(texts, ", ")
}

// publishedProviders are the addresses of this provider: in Terraform's registry and
// in OpenTofu's.
var publishedProviders = []string{"registry.terraform.io/didit-community/didit", "registry.opentofu.org/didit-community/didit"}

// isForeign reports whether a provider is neither this one nor part of Terraform.
func isForeign(provider string) bool {
	return provider != "" && !slices.Contains(publishedProviders, provider) && !strings.HasPrefix(provider, "terraform.io/builtin/")
}

// addProviders adds every provider that the plan starts: those that are configured or
// only named in required_providers, and those of what is planned.
func (s *Summary) addProviders(plan *Plan) {
	found := map[string]bool{}
	if plan.Config != nil {
		for _, provider := range plan.Config.ProviderConfigs {
			if provider != nil {
				found[provider.FullName] = true
			}
		}
	}
	for _, c := range slices.Concat(notNull(plan.ResourceChanges), notNull(plan.ResourceDrift)) {
		found[c.ProviderName] = true
	}
	for _, invocation := range notNull(plan.ActionInvocations) {
		found[invocation.ProviderName] = true
	}
	for name := range found {
		if isForeign(name) {
			s.providers = append(s.providers, entry{text: name})
		}
	}
}

// addOutputs adds the outputs of the root module that change.
func (s *Summary) addOutputs(outputs map[string]*tfjson.Change) {
	for name, c := range outputs {
		if c != nil && !c.Actions.NoOp() {
			s.outputs = append(s.outputs, entry{address: name, text: actionText(c.Actions)})
		}
	}
}

// addConfiguration adds what a plan has no changes for: arguments that set Didit's
// address or credential, and provisioners. It returns the addresses of all blocks,
// without the keys of instances.
func (s *Summary) addConfiguration(config *tfjson.Config) (configured map[string]bool) {
	configured = map[string]bool{}
	if config == nil {
		return configured
	}
	for _, provider := range config.ProviderConfigs {
		if provider == nil || !strings.HasSuffix(provider.FullName, "/didit") {
			continue
		}
		for _, name := range accessArguments {
			if provider.Expressions[name] != nil {
				s.changes = append(s.changes, entry{address: "provider " + provider.FullName, text: "configure " + name, mark: markAccess})
			}
		}
	}
	s.addModule("", config.RootModule, configured)
	return configured
}

// accessArguments decide where the key goes, and which one it is. In a team's
// configuration they come from the environment.
var accessArguments = []string{"access_token", "api_key", "base_url"}

// addModule adds what is in a module and in those that it calls.
func (s *Summary) addModule(prefix string, module *tfjson.ConfigModule, configured map[string]bool) {
	if module == nil {
		return
	}
	for _, resource := range notNull(module.Resources) {
		address := prefix + resource.Address
		configured[address] = true
		for _, provisioner := range notNull(resource.Provisioners) {
			s.changes = append(s.changes, entry{address: address, text: "provisioner " + provisioner.Type, mark: markRunsCode})
		}
	}
	for name, call := range module.ModuleCalls {
		if call != nil {
			s.addModule(prefix+"module."+name+".", call.Module, configured)
		}
	}
}

// instanceKeys are the keys of count and for_each in an address.
var instanceKeys = regexp.MustCompile(`\[(\d+|"([^"\\]|\\.)*")\]`)

// isUnconfigured reports whether a change destroys something whose block is gone. A
// removed block can take its place, and can have provisioners, which no plan shows.
func isUnconfigured(configured map[string]bool, address string, actions tfjson.Actions) bool {
	return actions.Delete() && !configured[instanceKeys.ReplaceAllString(address, "")]
}
