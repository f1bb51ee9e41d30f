// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package didit

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"testing"
)

func TestError_IsFoundThroughWrapping(t *testing.T) {
	t.Parallel()
	cause := errors.New("cause")
	failure := &Error{Kind: KindRateLimit, Method: http.MethodGet, Path: "/v3/", StatusCode: 429, Attempts: 6, Detail: "Slow down.", Err: cause}
	wrapped := fmt.Errorf("reading: %w", errors.Join(errors.New("first"), failure))

	if AsError(wrapped) != failure || !IsKind(wrapped, KindRateLimit) || !errors.Is(wrapped, cause) {
		t.Errorf("%v was not found in %v", failure, wrapped)
	}
	if IsKind(wrapped, KindServer) || IsKind(nil, KindRateLimit) || IsKind(cause, KindRateLimit) || IsKind(context.Canceled, 0) {
		t.Error("IsKind is true for another kind or error")
	}
	if AsError(nil) != nil || AsError(cause) != nil {
		t.Error("AsError returned an error for a chain without a client error")
	}
	if got, want := failure.Error(), "GET /v3/: 429 (6 attempts): Slow down."; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}
