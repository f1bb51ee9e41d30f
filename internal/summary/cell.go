// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package summary

import (
	"github.com/didit-community/terraform-provider-didit/internal/decisionfile"
	"github.com/didit-community/terraform-provider-didit/internal/markdown"
)

// The maximum number of characters that are shown.
const (
	maxComment = 300
	maxName    = 100
	maxLine    = 2000
)

// cell returns a value for a table. What replaces a text is not code, so that no text
// looks like it.
func (v value) cell(longest int) string {
	switch v.Kind {
	case unknown:
		return "_known after apply_"
	case sensitive:
		return "_sensitive_"
	case none:
		return "—"
	default:
		return markdown.CodeSpan(v.Text, longest)
	}
}

// cell returns the subject within its session.
func (s subject) cell(l limits) string {
	node := s.NodeID.cell(l.name)
	switch s.Kind {
	case hit:
		hit := "AML hit " + s.HitID.cell(l.name)
		if s.NodeID.is(decisionfile.DefaultNodeID) {
			return hit
		}
		return hit + " of " + node
	case feature:
		if s.FeatureType.Kind == none {
			return "step " + node
		}
		return "step " + node + " " + s.FeatureType.cell(l.name)
	case resubmission:
		return "**repeat steps** " + s.NodeID.cell(l.comment)
	default:
		return "**session**"
	}
}
