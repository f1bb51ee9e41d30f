// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package acctest

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// PlannedChange is a change of one instance in a saved plan.
type PlannedChange struct {
	Address string
	Change  struct {
		Actions       []string
		Before, After map[string]any
		AfterUnknown  map[string]any `json:"after_unknown"`
		Importing     *struct{ ID string }
	}
}

// Actions returns the planned actions, such as "update" or "delete, create".
func (c PlannedChange) Actions() string { return strings.Join(c.Change.Actions, ", ") }

// IsUnknown reports whether an attribute is unknown until the apply.
func (c PlannedChange) IsUnknown(attribute string) bool {
	unknown, _ := c.Change.AfterUnknown[attribute].(bool)
	return unknown
}

// Planned returns the changes in the saved plan tfplan by address, no-ops included.
func (w *Workspace) Planned() map[string]PlannedChange {
	w.T.Helper()
	var plan struct {
		Changes []PlannedChange `json:"resource_changes"`
	}
	output := w.MustRun("show", "-json", "tfplan")
	if err := json.Unmarshal([]byte(output), &plan); err != nil {
		w.T.Fatalf("%v in %s", err, output)
	}
	changes := map[string]PlannedChange{}
	for _, change := range plan.Changes {
		changes[change.Address] = change
	}
	return changes
}

// Instance is a managed instance in the state.
type Instance struct {
	// Status is "tainted" or "".
	Status     string
	Attributes map[string]any
	Identity   map[string]any
	IndexKey   any `json:"index_key"`
}

// State returns the instances of the provider's resources in the local state file, by
// address.
func (w *Workspace) State() map[string]Instance {
	w.T.Helper()
	instances := map[string]Instance{}
	content, err := os.ReadFile(filepath.Join(w.Folder, "terraform.tfstate"))
	if os.IsNotExist(err) {
		return instances
	}
	require(w.T, err)
	var state struct {
		Resources []struct {
			Module, Mode, Type, Name string
			Instances                []Instance
		}
	}
	require(w.T, json.Unmarshal(content, &state))
	for _, resource := range state.Resources {
		if resource.Mode != "managed" || !strings.HasPrefix(resource.Type, "didit_") {
			continue
		}
		address := resource.Type + "." + resource.Name
		if resource.Module != "" {
			address = resource.Module + "." + address
		}
		for _, instance := range resource.Instances {
			instances[address+index(instance.IndexKey)] = instance
		}
	}
	return instances
}

func index(key any) string {
	switch key := key.(type) {
	case nil:
		return ""
	case string:
		return fmt.Sprintf("[%q]", key)
	default:
		return fmt.Sprintf("[%v]", key)
	}
}

// RequireState checks that an instance is in the state, is not tainted, and has these
// attributes; nil is null.
func (w *Workspace) RequireState(address string, want map[string]any) {
	w.T.Helper()
	instance, found := w.State()[address]
	if !found {
		w.T.Errorf("%s is not in the state", address)
		return
	}
	if instance.Status != "" {
		w.T.Errorf("%s is %s in the state", address, instance.Status)
	}
	for attribute, value := range want {
		if got := instance.Attributes[attribute]; got != value {
			w.T.Errorf("%s has %s = %v in the state, want %v", address, attribute, got, value)
		}
	}
}

// RequireNoState checks that no instance, not even a tainted one, is in the state.
func (w *Workspace) RequireNoState() {
	w.T.Helper()
	if state := w.State(); len(state) > 0 {
		w.T.Errorf("the state contains %v, want nothing", state)
	}
}
