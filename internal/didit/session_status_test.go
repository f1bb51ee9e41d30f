// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package didit

import (
	"io"
	"net/http"
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

// assertPatch asserts that the operation sends one PATCH with this body, takes the
// response for a success, and any other response for an unknown outcome.
func assertPatch(t *testing.T, path, body, response string, operation func(*Client, *WritePermit) error, others ...string) {
	t.Helper()
	send := func(response string) error {
		var sent []byte
		api := newFakeAPI(t, func(w http.ResponseWriter, r *http.Request) {
			sent, _ = io.ReadAll(r.Body)
			respondWith(http.StatusOK, nil, response)(w, r)
		})
		client := newTestClient(t, api.URL)
		permit, err := client.AcquireWrite(t.Context(), Attempts{})
		if err != nil {
			t.Fatal(err)
		}
		err = operation(client, permit)
		if requests := api.sent(); len(requests) != 1 || requests[0].Method != http.MethodPatch || requests[0].RequestURI != path || string(sent) != body {
			t.Errorf("sent %d requests with %s, want one PATCH %s with %s", len(requests), sent, path, body)
		}
		return err
	}
	if err := send(response); err != nil {
		t.Error(err)
	}
	for _, other := range others {
		if failure := mustFail(t, send(other)); !failure.OutcomeUnknown {
			t.Errorf("%s: %+v, want the outcome to be unknown", other, failure)
		}
	}
}
