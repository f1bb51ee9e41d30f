// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

// Package simulator is a stateful Didit API in memory, for tests, the demo and benchmarks. It does
// not depend on the provider.
//
// It behaves as Didit's published OpenAPI document and pages say: credentials, privileges and
// scopes, decision reports of realistic size with invented personal data, every error shape, the
// rules for a change, the audit trail, and the limits, with a window that can be set.
// internal/contract lists where it differs from the document.
//
// # The API
//
//	GET   /v3/session/{session_id}/decision/
//	PATCH /v3/session/{session_id}/update-status/
//	PATCH /v3/session/{session_id}/update-aml-hit-status/
//	PATCH /v3/session/{session_id}/features/{node_id}/update-status/
//	GET   /v3/session/{session_id}/features/overrides/
//	POST  /v3/session/{session_id}/features/overrides/{override_id}/cancel/
//	GET   /v3/sessions/
//	GET   /v3/sessions/{session_id}/reviews/
//	GET, POST          /v3/webhook/destinations/
//	GET, PATCH, DELETE /v3/webhook/destinations/{destination_uuid}/
//
// # In a test
//
//	server, err := simulator.Start(simulator.Options{})
//	…
//	defer server.Close()
//	for _, session := range simulator.Fixtures() {
//		server.AddSession(session)
//	}
//	// … point a client at server.URL with simulator.DefaultAPIKey …
//	server.Requests() // the requests, in order
//	server.Trail("")  // the decisions: by whom, from what to what, and why
//	server.Decide(simulator.Decision{ // plants one of another actor, at any time
//		By: simulator.ConsoleUser("Ada"), At: monday, SessionID: simulator.SessionKYC, Status: "Declined",
//	})
//
// # Control
//
// The command cmd/didit-simulator serves AddDemoData on a loopback address. Endpoints beside the API
// control it. They respond to loopback addresses only, need no credential, and are not in the
// request log. Bodies are JSON with the field names of the Go types in snake case; an error is
// {"detail": "…"}.
//
//	GET    /simulator/requests              the request log, oldest first (Request)
//	DELETE /simulator/requests              empties it
//	GET    /simulator/trail                 the audit trail, oldest first (TrailEntry); ?session_id=… of one session
//	GET    /simulator/sessions              the sessions by ID (Session)
//	POST   /simulator/sessions              adds or replaces one
//	DELETE /simulator/sessions/{id}         deletes one
//	POST   /simulator/console               a person decides a step: session_id, node_id, feature_type, status, comment
//	POST   /simulator/console/session       … a session: session_id, status, comment
//	POST   /simulator/console/hit           … an AML hit: session_id, node_id, hit_id, review_status
//	POST   /simulator/console/override/cancel … withdraws a deferred change: session_id, override_id
//	POST   /simulator/flow/finish           the person finishes the flow (FinishFlow): session_id
//	POST   /simulator/decide                any actor decides anything, at any time (Decision)
//	POST   /simulator/monitoring            monitoring finds a hit, on the feed: session_id, node_id, hit (Hit), at
//	POST   /simulator/time                  stops the clock of what is stored: time; empty: it runs again (SetTime)
//	POST   /simulator/hits                  monitoring adds or replaces an AML hit: session_id, node_id, hit (Hit)
//	DELETE /simulator/hits/{id}             … removes one: ?session_id=…&node_id=…
//	GET    /simulator/destinations          the webhook destinations, with their secrets (Destination)
//	POST   /simulator/destinations          adds or replaces one, and returns it
//	DELETE /simulator/destinations/{id}     deletes one
//	POST   /simulator/faults                injects a fault (Fault, without delays and cuts)
//	DELETE /simulator/faults                deletes those that are pending
package simulator
