// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/didit-community/terraform-provider-didit/internal/didit"
)

// logAttempt writes a request to the provider's log (TF_LOG_PROVIDER=DEBUG).
func logAttempt(ctx context.Context, attempt didit.Attempt) {
	fields := map[string]any{
		"method":      attempt.Method,
		"path":        attempt.Path,
		"status":      attempt.StatusCode,
		"attempt":     attempt.Number,
		"duration_ms": attempt.Duration.Milliseconds(),
	}
	// From 400 on, the failure quotes the body of the response, which is not logged.
	if attempt.Failure != "" && attempt.StatusCode < 400 {
		fields["failure"] = attempt.Failure
	}
	tflog.Debug(ctx, "Didit API request", fields)
}

// logLimitWait writes to the provider's log (TF_LOG_PROVIDER=INFO) that a request waits.
func logLimitWait(ctx context.Context, wait didit.LimitWait) {
	tflog.Info(ctx, "Waiting for Didit's rate limit", map[string]any{"limit": wait.Limit, "per_minute": wait.PerMinute, "after_429": wait.After429})
}

// userAgent returns the provider's and Terraform's names and versions.
func userAgent(version, terraformVersion string) string {
	agent := fmt.Sprintf("terraform-provider-didit/%s (+https://github.com/didit-community/terraform-provider-didit)", version)
	if terraformVersion != "" {
		agent += " Terraform/" + terraformVersion
	}
	return agent
}
