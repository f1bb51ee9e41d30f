// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

// Package contract checks what the provider sends, and what the simulator returns, against Didit's
// published OpenAPI document. It has a test only, and is a module of its own: the validator stays
// out of the provider's dependencies.
//
// The tests record their traffic (TrafficRecorder in internal/simulator) if DIDIT_TRAFFIC names a
// folder; the test here reads that folder. "make contract" does both. The document is Didit's, and
// no part of this repository: the test looks for it at the path in DIDIT_OPENAPI, else at
// ../shared/api/didit-openapi.json beside the checkout. Where traffic may differ from it, and why,
// is the list in deviation_test.go.
package contract
