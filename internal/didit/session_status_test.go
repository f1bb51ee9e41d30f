// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package didit

import (
	"testing"
)

func TestUpdateStatus_SendsOnlyWhatIsSet(t *testing.T) {
	t.Parallel()
	for want, body := range map[string]StatusUpdate{
		`{"new_status":"Approved"}`:                              {NewStatus: StatusApproved},
		`{"new_status":"Declined","comment":"Forged document."}`: {NewStatus: StatusDeclined, Comment: "Forged document."},
		`{"new_status":"Resubmitted","nodes_to_resubmit":[{"node_id":"feature_ocr_1","feature":"OCR"}]}`: {
			NewStatus: StatusResubmitted, NodesToResubmit: []NodeToResubmit{{NodeID: "feature_ocr_1", Feature: "OCR"}},
		},
	} {
		assertPatch(t, "/v3/session/"+testSession+"/update-status/", want, `{"session_id": "`+testSession+`"}`,
			func(client *Client, permit *WritePermit) error {
				return client.UpdateStatus(t.Context(), permit, testSession, body)
			},
			`{"session_id": "11111111-2222-4333-8444-000000000002"}`, `{"session_id": null}`, `{}`, `[]`, ``)
	}
}
