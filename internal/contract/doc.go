// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

// Package contract holds what the provider asks, and what the simulator answers, against Didit's published OpenAPI
// document. It has a test only, and is a module of its own: the validator stays out of the provider's dependencies.
//
// The acceptance tests record their traffic (Traffic in internal/simulator) where DIDIT_TRAFFIC names a folder; the test
// here reads that folder. "make contract" does both. The document is Didit's, and no part of this repository: the test
// looks for it where DIDIT_OPENAPI says, else at ../shared/api/didit-openapi.json beside the checkout.
package contract
