// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package simulator

import "net/http"

// retrieveDecision is GET /v3/session/{sessionId}/decision/ (OpenAPI operation get_v3_session_decision).
// An unknown session is found out before the credential is looked at. The parameter include=events is not simulated.
func (s *Simulator) retrieveDecision(c call) answer {
	found := s.lookup(c.id)
	switch {
	case found == nil:
		return detail(http.StatusNotFound, detailNotFound)
	case c.caller.credential == nil:
		return detail(http.StatusForbidden, detailNoCredential)
	case !c.caller.mayRead():
		return detail(http.StatusForbidden, detailNoPrivilege)
	case !c.caller.credential.sees(found):
		return detail(http.StatusNotFound, detailNoSession)
	}
	return raw(http.StatusOK, jsonType, report(found))
}
