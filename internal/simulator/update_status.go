// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package simulator

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"slices"
)

const detailNoSession = "Session not found."

// updateFeatureStatus is PATCH /v3/session/{sessionId}/features/{nodeId}/update-status/ (OpenAPI operation
// patch_v3_session_update_feature_status), with the feature_type of the newer pages.
//
// Deferred changes are not simulated: defer_until_flow_finishes is refused with a 400 of its own, since accepting and
// ignoring it would make a change at once that was asked for later.
func (s *Simulator) updateFeatureStatus(c call) answer {
	switch {
	case c.caller.credential == nil:
		return detail(http.StatusForbidden, detailNoCredential)
	case !c.caller.mayWrite():
		return detail(http.StatusForbidden, detailNoPrivilege)
	}
	fields, refused := decodeObject(c.request, c.body)
	if refused != nil {
		return *refused
	}
	s.world.mu.Lock()
	defer s.world.mu.Unlock()
	found := s.world.sessions[c.sessionID]
	switch {
	case found == nil || !c.caller.credential.sees(found):
		return detail(http.StatusNotFound, detailNoSession)
	case found.API:
		return detail(http.StatusBadRequest, "Cannot change feature status for API sessions.")
	}
	wanted, refused := readUpdate(fields)
	if refused != nil {
		return *refused
	}
	return s.world.update(found, c, wanted)
}

// update is a request's body, after validation.
type update struct {
	status, comment, featureType string
}

// update makes the change where the step is found and has another status. The caller holds the lock.
func (w *world) update(found *session, c call, wanted update) answer {
	steps := found.find(c.nodeID, "")
	if wanted.featureType != "" {
		steps = slices.DeleteFunc(steps, func(i int) bool { return found.Features[i].FeatureType() != wanted.featureType })
	}
	switch {
	case len(steps) == 0:
		return detail(http.StatusNotFound, fmt.Sprintf("No feature found with node_id '%s' in this session.", c.nodeID))
	case len(steps) > 1 && wanted.featureType == "":
		return invalid("feature_type", "This field is required when the session has several features at this node.")
	case len(steps) > 1:
		return invalid("feature_type", "The session has several features of this type at this node.")
	case found.Features[steps[0]].Status == wanted.status:
		return object(http.StatusBadRequest, map[string]string{"new_status": "The new status is the same as the current status."})
	}
	w.change(found, steps[0], wanted.status, wanted.comment, c.caller.name())
	return object(http.StatusOK, map[string]string{
		"session_id": found.ID, "node_id": c.nodeID, "feature_type": featureOf(found.Features[steps[0]].Array).model, "new_status": wanted.status,
	})
}

func readUpdate(fields map[string]json.RawMessage) (update, *answer) {
	var wanted update
	if _, deferred := fields["defer_until_flow_finishes"]; deferred {
		return wanted, refuse(invalid("defer_until_flow_finishes", "The simulator does not simulate deferred changes."))
	}
	for _, field := range []struct {
		name   string
		target *string
	}{{"new_status", &wanted.status}, {"comment", &wanted.comment}, {"feature_type", &wanted.featureType}} {
		text, ok := fields[field.name]
		switch {
		case !ok && field.name == "new_status":
			return wanted, refuse(invalid(field.name, "This field is required."))
		case !ok:
		case bytes.Equal(text, []byte("null")):
			return wanted, refuse(invalid(field.name, "This field may not be null."))
		case json.Unmarshal(text, field.target) != nil:
			return wanted, refuse(invalid(field.name, "Not a valid string."))
		}
	}
	if !slices.Contains(settable, wanted.status) {
		return wanted, refuse(invalid("new_status", fmt.Sprintf("%q is not a valid choice.", wanted.status)))
	}
	return wanted, nil
}

// decodeObject reads a JSON object as Django REST framework does; an empty body is an empty object.
func decodeObject(r *http.Request, body []byte) (map[string]json.RawMessage, *answer) {
	if len(bytes.TrimSpace(body)) == 0 {
		return nil, nil
	}
	mediaType, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || mediaType != jsonType {
		return nil, refuse(detail(http.StatusUnsupportedMediaType,
			fmt.Sprintf("Unsupported media type %q in request.", r.Header.Get("Content-Type"))))
	}
	var document json.RawMessage
	decoder := json.NewDecoder(bytes.NewReader(body))
	if err := decoder.Decode(&document); err != nil {
		return nil, refuse(parseError(err))
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, refuse(parseError(errors.New("extra data")))
	}
	var fields map[string]json.RawMessage
	if json.Unmarshal(document, &fields) != nil || fields == nil {
		return nil, refuse(invalid("non_field_errors", "Invalid data. Expected a dictionary."))
	}
	return fields, nil
}

func parseError(err error) answer {
	return detail(http.StatusBadRequest, "JSON parse error - "+err.Error())
}

func refuse(a answer) *answer { return &a }
