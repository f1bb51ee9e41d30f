// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

// Package simulator is a stateful Didit API in memory, for tests, the demo and benchmarks.
//
// It answers as Didit's published OpenAPI document and pages say: credentials and privileges, scopes, decision reports
// of realistic size with invented personal data, every error shape, the rule that a change must change something, the
// audit trail, and the limits, with a window that can be set. The list in internal/contract names what the document lacks. It knows nothing of the provider.
//
// # The API
//
//	GET   /v3/session/{session_id}/decision/
//	PATCH /v3/session/{session_id}/features/{node_id}/update-status/
//	PATCH /v3/session/{session_id}/update-status/
//	PATCH /v3/session/{session_id}/update-aml-hit-status/
//	GET   /v3/sessions/
//	GET   /v3/sessions/{session_id}/reviews/
//	GET, POST          /v3/webhook/destinations/
//	GET, PATCH, DELETE /v3/webhook/destinations/{destination_uuid}/
//
// Any other path answers 404 with an HTML page.
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
//	server.Requests()  // what was asked, in order
//	server.Trail("")   // what was changed, by whom, and why
//
// Inject makes things go wrong, BeforeResponse lets something happen at the worst moment, Decide is a person in the
// console, and Canaries are the strings that must not leave a report. RecordTraffic writes down what is asked and
// answered, for the test in internal/contract that holds it against the OpenAPI document.
//
// # As a command
//
// cmd/didit-simulator serves Fixtures on a loopback address.
//
// # Control
//
// A process of its own is steered through endpoints beside the API. They answer to loopback addresses only, need no
// credential, and are not in the request log. Field names are those of the Go types in snake case; bodies are JSON, and
// a refusal is {"detail": "…"} with a status of 400 or more.
//
//	GET    /simulator/requests       the request log, oldest first (Request)
//	DELETE /simulator/requests       empties it
//	GET    /simulator/trail          the audit trail, oldest first (Change); ?session_id=… of one session
//	POST   /simulator/console        a decision by a person in the console (Decide):
//	                                 {"session_id", "node_id", "feature_type", "status", "comment"}
//	POST   /simulator/console/session  the same for a session (DecideSession): {"session_id", "status", "comment"}
//	POST   /simulator/console/hit    the same for an AML hit (ReviewHit):
//	                                 {"session_id", "node_id", "hit_id", "review_status"}
//	POST   /simulator/hits           adds or replaces an AML hit (SetHit): {"session_id", "node_id", …fields of Hit}
//	DELETE /simulator/hits/{id}?session_id=…&node_id=…  removes one (RemoveHit)
//	GET    /simulator/sessions       the sessions by ID (Session)
//	POST   /simulator/sessions       adds or replaces one session, or an array of them
//	DELETE /simulator/sessions/{id}  deletes one
//	POST   /simulator/faults         injects a fault (Fault): durations as in "1.5s", "cut" is "reset" or "body"
//	DELETE /simulator/faults         forgets those that are pending
//	GET    /simulator/destinations   the webhook destinations, with their secrets (Destination)
//	POST   /simulator/destinations   adds or replaces one (SetDestination), and returns it
//	DELETE /simulator/destinations/{id}  deletes one
package simulator
