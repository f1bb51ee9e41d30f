// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package summary

import (
	"cmp"
	"maps"
	"regexp"
	"slices"
	"strings"

	tfjson "github.com/hashicorp/terraform-json"
)

// otherChange is a planned change of something else than a decision, or code or a
// provider's arguments in the configuration.
type otherChange struct {
	address string
	// what is done: Terraform's word, such as create, or a phrase.
	what string
	mark string
	// urlBefore and url are of a webhook destination.
	urlBefore, url Value
}

// others is what a plan does or uses besides decisions.
type others struct {
	changes []otherChange
	// outputs are those of the root module that change, with Terraform's word.
	providers, outputs, moves, actions []problem
}

// addChange adds a change of a resource that is not a decision, or a data source that
// is read during the apply.
func (o *others) addChange(c *tfjson.ResourceChange, isUnconfigured bool) {
	other := otherChange{address: c.Address, what: actionText(c.Change.Actions)}
	switch {
	case !c.Change.Actions.NoOp():
	case c.Change.Importing != nil:
		other.what = "import"
	default:
		return
	}
	if isUnconfigured {
		other.mark = markMayRunCode
	}
	if c.Type == "didit_webhook_destination" {
		sensitive := []any{c.Change.BeforeSensitive, c.Change.AfterSensitive}
		other.urlBefore = attributes{object(c.Change.Before), nil, sensitive}.value("url")
		other.url = attributes{object(c.Change.After), object(c.Change.AfterUnknown), sensitive}.value("url")
		if other.url.Kind != None {
			other.mark = markEvents
		}
	}
	o.changes = append(o.changes, other)
}

// addActions adds the invocations of actions, and returns the re-openings of sessions,
// which belong to their cases.
func (o *others) addActions(invocations []*tfjson.ActionInvocation) (reopenings []decision) {
	for _, invocation := range notNull(invocations) {
		if invocation.Type != "didit_session_resubmission" {
			o.actions = append(o.actions, problem{text: invocation.Address})
			continue
		}
		config := attributes{object(invocation.ConfigValues), object(invocation.ConfigUnknown), []any{invocation.ConfigSensitive}}
		nodes := config.value("nodes")
		if nodes.Kind == Known {
			nodes = Text(nodesText(config.values["nodes"]))
		}
		reopenings = append(reopenings, decision{
			Subject: Subject{Kind: Resubmission, SessionID: config.value("session_id"), NodeID: nodes},
			effect:  reopened,
			to:      Text("Resubmitted"),
			comment: config.value("comment"),
			address: invocation.Address,
		})
	}
	return reopenings
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
func (o *others) addProviders(plan *Plan) {
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
	for _, name := range slices.Sorted(maps.Keys(found)) {
		if isForeign(name) {
			o.providers = append(o.providers, problem{text: name})
		}
	}
}

// addOutputs adds the outputs of the root module that change.
func (o *others) addOutputs(outputs map[string]*tfjson.Change) {
	for _, name := range slices.Sorted(maps.Keys(outputs)) {
		if c := outputs[name]; c != nil && !c.Actions.NoOp() {
			o.outputs = append(o.outputs, problem{name, actionText(c.Actions)})
		}
	}
}

// addConfiguration adds what a plan has no changes for: arguments that set Didit's
// address or credential, and provisioners. It returns the addresses of all blocks,
// without the keys of instances.
func (o *others) addConfiguration(config *tfjson.Config) (configured map[string]bool) {
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
				o.changes = append(o.changes, otherChange{address: "provider " + provider.FullName, what: "configure " + name, mark: markAccess})
			}
		}
	}
	o.addModule("", config.RootModule, configured)
	return configured
}

// accessArguments decide where the key goes, and which one it is. In a team's
// configuration they come from the environment.
var accessArguments = []string{"access_token", "api_key", "base_url"}

// addModule adds what is in a module and in those that it calls.
func (o *others) addModule(prefix string, module *tfjson.ConfigModule, configured map[string]bool) {
	if module == nil {
		return
	}
	for _, resource := range notNull(module.Resources) {
		address := prefix + resource.Address
		configured[address] = true
		for _, provisioner := range notNull(resource.Provisioners) {
			o.changes = append(o.changes, otherChange{address: address, what: "provisioner " + provisioner.Type, mark: markRunsCode})
		}
	}
	for name, call := range module.ModuleCalls {
		if call != nil {
			o.addModule(prefix+"module."+name+".", call.Module, configured)
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

// sorted returns the changes, those with a mark first.
func (o *others) sorted() []otherChange {
	return slices.SortedFunc(slices.Values(o.changes), func(a, b otherChange) int {
		return cmp.Or(cmp.Compare(rankOf(a.mark), rankOf(b.mark)), cmp.Compare(a.address, b.address), cmp.Compare(a.what, b.what))
	})
}
