// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/didit-community/terraform-provider-didit/internal/decisions"
	"github.com/didit-community/terraform-provider-didit/internal/didit"
)

// sessionFeatureStatusModel is the resource in configuration, plan and state.
type sessionFeatureStatusModel struct {
	ID          types.String `tfsdk:"id"`
	SessionID   types.String `tfsdk:"session_id"`
	NodeID      types.String `tfsdk:"node_id"`
	FeatureType types.String `tfsdk:"feature_type"`
	Status      types.String `tfsdk:"status"`
	Comment     types.String `tfsdk:"comment"`
}

// sessionFeatureStatusIdentity is what tells one step from all others.
type sessionFeatureStatusIdentity struct {
	SessionID   types.String `tfsdk:"session_id"`
	NodeID      types.String `tfsdk:"node_id"`
	FeatureType types.String `tfsdk:"feature_type"`
}

// isDefaultNode is false also where the node is not known.
func (m sessionFeatureStatusModel) isDefaultNode() bool {
	return m.NodeID.ValueString() == didit.DefaultNodeID
}

// hasKnownStep tells whether session and node are known.
func (m sessionFeatureStatusModel) hasKnownStep() bool {
	return isKnown(m.SessionID) && isKnown(m.NodeID)
}

// storedStep addresses the step as the state knows it: a node by its ID alone,
// whatever type its report has by now.
func (m sessionFeatureStatusModel) storedStep() decisions.Step {
	step := decisions.Step{SessionID: m.SessionID.ValueString(), NodeID: m.NodeID.ValueString()}
	if m.isDefaultNode() {
		step.FeatureType = m.FeatureType.ValueString()
	}
	return step
}

// namedStep addresses the step with everything that is said of it: a type that
// is given has to fit.
func (m sessionFeatureStatusModel) namedStep() decisions.Step {
	return decisions.Step{SessionID: m.SessionID.ValueString(), NodeID: m.NodeID.ValueString(), FeatureType: m.FeatureType.ValueString()}
}

// computeID sets the ID from the other attributes; it is unknown as long as one
// of those that it is made of is.
func (m *sessionFeatureStatusModel) computeID() {
	switch {
	case !m.hasKnownStep() || m.isDefaultNode() && !isKnown(m.FeatureType):
		m.ID = types.StringUnknown()
	case m.isDefaultNode():
		m.ID = types.StringValue(m.SessionID.ValueString() + "/" + m.NodeID.ValueString() + "/" + m.FeatureType.ValueString())
	default:
		m.ID = types.StringValue(m.SessionID.ValueString() + "/" + m.NodeID.ValueString())
	}
}

// identity names the type for node default only, where it is needed.
func (m sessionFeatureStatusModel) identity() sessionFeatureStatusIdentity {
	identity := sessionFeatureStatusIdentity{SessionID: m.SessionID, NodeID: m.NodeID, FeatureType: types.StringNull()}
	if m.isDefaultNode() {
		identity.FeatureType = m.FeatureType
	}
	return identity
}

// isKnown is true for a value that is neither null nor unknown.
func isKnown(value types.String) bool { return !value.IsNull() && !value.IsUnknown() }
