// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package summary

import (
	"fmt"
	"strings"

	tfjson "github.com/hashicorp/terraform-json"
)

// The actions of others that are not Terraform's words for changes.
const (
	actionImport = "import"
	actionInvoke = "invoke"
)

// addOther adds a change of a resource that is not a decision, or a data source that
// is read during the apply.
func (s *Summary) addOther(c *tfjson.ResourceChange) {
	if c.Change == nil {
		return
	}
	action := actionText(c.Change.Actions)
	switch {
	case !c.Change.Actions.NoOp():
	case c.Change.Importing != nil:
		action = actionImport
	default:
		return
	}
	s.Others = append(s.Others, Other{c.Address, action, s.isUnconfigured(c.Address, c.Change.Actions)})
}

func actionText(actions tfjson.Actions) string {
	words := make([]string, len(actions))
	for i, action := range actions {
		words[i] = string(action)
	}
	return strings.Join(words, "/")
}

// addActions adds the invocations of actions. A re-opened session belongs to its
// case; others are listed by their address.
func (s *Summary) addActions(invocations []*tfjson.ActionInvocation) error {
	for _, invocation := range notNull(invocations) {
		if invocation.Type != "didit_session_resubmission" || !isDidit(invocation.ProviderName) {
			s.Others = append(s.Others, Other{Address: invocation.Address, Action: actionInvoke})
			continue
		}
		config := attributes{object(invocation.ConfigValues), object(invocation.ConfigUnknown), []any{invocation.ConfigSensitive}}
		nodes := config.value("nodes")
		if nodes.Kind == None {
			nodes = Text(nodesText(config.values["nodes"]))
		}
		session := config.value("session_id")
		if session.Kind == None {
			return fmt.Errorf("%s has no session_id; use the didit-plan-summary of the same release as the provider", invocation.Address)
		}
		s.Decisions = append(s.Decisions, Decision{
			Subject: Subject{Kind: Resubmission, SessionID: session, NodeID: nodes},
			Effect:  Reopened,
			To:      Text("Resubmitted"),
			Comment: config.value("comment"),
			Address: invocation.Address,
		})
	}
	return nil
}

// nodesText returns the steps of a resubmission in one line.
func nodesText(nodes any) string {
	var texts []string
	for _, node := range objects(nodes) {
		texts = append(texts, fmt.Sprintf("%v (%v)", node["node_id"], node["feature"]))
	}
	return strings.Join(texts, ", ")
}
