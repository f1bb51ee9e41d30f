// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package didit

import (
	"net/http"
	"slices"
	"testing"
)

// testOverrides is the path of the list of overrides of testSession.
const testOverrides = "/v3/session/" + testSession + "/features/overrides/"

func TestListFeatureOverrides_ReadsWhatDecisionsNeed(t *testing.T) {
	t.Parallel()
	api := newFakeAPI(t, respondWith(http.StatusOK, nil, `{"session_id": "`+testSession+`", "person_in_flow": true, "flow_finished_at": null, "overrides": [
		{"id": "2", "node_id": "feature_ocr_1", "feature_type": "", "feature_model": "KYC", "previous_status": "In Review", "new_status": "APPROVED", "state": "Pending_Until_Flow_Finishes"},
		{"id": "1", "node_id": 7, "feature_type": null, "new_status": ["odd"], "state": {"odd": true}, "comment": "not read"}, null]}`))

	found, err := newTestClient(t, api.URL).ListFeatureOverrides(t.Context(), testSession)
	if err != nil {
		t.Fatal(err)
	}
	want := []FeatureOverride{{ID: "2", NodeID: "feature_ocr_1", PreviousStatus: StatusInReview, NewStatus: StatusApproved, State: OverridePending}, {ID: "1", NodeID: DefaultNodeID}, {}}
	if !slices.Equal(found, want) {
		t.Errorf("found %+v, want %+v", found, want)
	}
	if requests := api.received(); len(requests) != 1 || requests[0].RequestURI != testOverrides {
		t.Errorf("sent %v", requests)
	}
}

func TestListFeatureOverrides_RejectsWhatIsNotTheList(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]Kind{
		`{}`:                                    KindNotAPI,
		`[]`:                                    KindNotAPI,
		`{"session_id": "` + testSession + `"}`: KindNotAPI,
		`{"session_id": "other", "overrides": []}`:                KindNotAPI,
		`{"session_id": "` + testSession + `", "overrides": "x"}`: KindNotAPI,
	} {
		api := newFakeAPI(t, respondWith(http.StatusOK, nil, body))

		_, err := newTestClient(t, api.URL).ListFeatureOverrides(t.Context(), testSession)

		if !IsKind(err, want) {
			t.Errorf("%s: %v, want kind %d", body, err, want)
		}
	}
}

// An older API does not have the path. Django's 404 is a page or its usual JSON.
func TestListFeatureOverrides_404IsAnAPIWithoutDeferral(t *testing.T) {
	t.Parallel()
	for _, respond := range []http.HandlerFunc{
		respondWith(http.StatusNotFound, http.Header{"Content-Type": {"text/html"}}, "<h1>Not Found</h1>"),
		respondWith(http.StatusNotFound, nil, `{"detail": "Not found."}`),
	} {
		api := newFakeAPI(t, respond)

		_, err := newTestClient(t, api.URL).ListFeatureOverrides(t.Context(), testSession)

		if !IsKind(err, KindNoDeferral) {
			t.Errorf("error %v", err)
		}
	}
}

func TestUpdateFeatureStatus_ReturnsOverride(t *testing.T) {
	t.Parallel()
	for override, want := range map[string]FeatureOverride{
		`{"id": "7"}`: {ID: "7", NodeID: DefaultNodeID},
		`{"id": "7", "node_id": "` + testNode + `", "state": "applied"}`: {ID: "7", NodeID: testNode, State: OverrideApplied},
		`{"id": "7", "state": 1}`: {ID: "7", NodeID: DefaultNodeID},
	} {
		got, err := deferred(t, `, "override": `+override)

		if err != nil || got != want {
			t.Errorf("%s: %+v, %v, want %+v", override, got, err, want)
		}
	}
}

// The change may have been made at once, so it is neither a success nor sent again.
func TestUpdateFeatureStatus_DeferredWithoutOverrideIsNoSuccess(t *testing.T) {
	t.Parallel()
	for _, override := range []string{"", `, "override": null`, `, "override": "7"`, `, "override": {"id": null}`} {
		_, err := deferred(t, override)

		failure := AsError(err)
		if failure == nil || failure.Kind != KindNoDeferral || failure.StatusCode != http.StatusOK || !failure.OutcomeUnknown {
			t.Errorf("%s: %+v", override, failure)
		}
	}
}

// deferred sends a deferred change, whose response has further fields.
func deferred(t *testing.T, fields string) (FeatureOverride, error) {
	t.Helper()
	api := newFakeAPI(t, respondWith(http.StatusOK, nil, `{"session_id": "`+testSession+`", "node_id": "`+testNode+`", "new_status": "Approved"`+fields+`}`))
	client := newTestClient(t, api.URL)
	permit, err := client.AcquireWrite(t.Context(), Attempts{})
	if err != nil {
		t.Fatal(err)
	}
	return client.UpdateFeatureStatus(t.Context(), permit, testSession, testNode, FeatureStatusUpdate{NewStatus: StatusApproved, Defer: true})
}
