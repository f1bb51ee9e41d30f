// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/didit-community/terraform-provider-didit/internal/didit"
)

// readSettings reads the settings of a provider block and an environment.
func readSettings(t *testing.T, model providerModel, environment map[string]string) (didit.Config, settingsReader) {
	t.Helper()
	if model.RateLimit.IsNull() {
		model.RateLimit = types.ObjectNull(rateLimitTypes)
	}
	settings := settingsReader{environment: func(name string) string { return environment[name] }}
	return settings.read(t.Context(), model), settings
}

var rateLimitTypes = map[string]attr.Type{"reads_per_minute": types.NumberType, "writes_per_minute": types.NumberType}

func rateLimit(reads, writes types.Number) types.Object {
	return types.ObjectValueMust(rateLimitTypes, map[string]attr.Value{"reads_per_minute": reads, "writes_per_minute": writes})
}

func TestSettings_HaveDocumentedDefaults(t *testing.T) {
	t.Parallel()
	config, settings := readSettings(t, providerModel{}, map[string]string{envAPIKey: "key"})

	if settings.diagnostics.HasError() || len(settings.unknown) > 0 {
		t.Fatalf("%v, unknown %v", settings.diagnostics, settings.unknown)
	}
	if config.APIKey != "key" || config.AccessToken != "" || config.BaseURL.String() != "https://verification.didit.me" ||
		config.RequestTimeout != 30*time.Second || config.MaxRetries != 5 ||
		config.ReadsPerMinute != 600 || config.WritesPerMinute != 300 {
		t.Errorf("the defaults are %+v, base URL %s", config, config.BaseURL)
	}
}

func TestSettings_AreReadFromBlock(t *testing.T) {
	t.Parallel()
	config, settings := readSettings(t, providerModel{
		AccessToken:    types.StringValue(" token\n"),
		BaseURL:        types.StringValue(" https://example.com/gateway// "),
		RequestTimeout: types.StringValue(" 1m30s "),
		MaxRetries:     types.NumberValue(big.NewFloat(0)),
		RateLimit:      rateLimit(types.NumberValue(big.NewFloat(60)), types.NumberNull()),
	}, map[string]string{envAPIKey: "key", envBaseURL: "invalid"})

	if settings.diagnostics.HasError() {
		t.Fatal(settings.diagnostics)
	}
	if config.APIKey != "" || config.AccessToken != "token" || config.BaseURL.String() != "https://example.com/gateway" ||
		config.RequestTimeout != 90*time.Second || config.MaxRetries != 0 ||
		config.ReadsPerMinute != 60 || config.WritesPerMinute != 300 {
		t.Errorf("the settings are %+v, base URL %s", config, config.BaseURL)
	}
}

func TestSettings_UnknownValueDoesNotFallBackToEnvironment(t *testing.T) {
	t.Parallel()
	environment := map[string]string{envAPIKey: "key of the environment", envAccessToken: "token of the environment", envBaseURL: "https://environment.example.com"}
	for name, test := range map[string]struct {
		model   providerModel
		unknown []string
	}{
		"key":               {providerModel{APIKey: types.StringUnknown()}, []string{"api_key"}},
		"token":             {providerModel{AccessToken: types.StringUnknown()}, []string{"access_token"}},
		"key, token known":  {providerModel{APIKey: types.StringUnknown(), AccessToken: types.StringValue("token")}, []string{"api_key"}},
		"base URL":          {providerModel{APIKey: types.StringValue("key"), BaseURL: types.StringUnknown()}, []string{"base_url"}},
		"timeout":           {providerModel{APIKey: types.StringValue("key"), RequestTimeout: types.StringUnknown()}, []string{"request_timeout"}},
		"retries":           {providerModel{APIKey: types.StringValue("key"), MaxRetries: types.NumberUnknown()}, []string{"max_retries"}},
		"limits":            {providerModel{APIKey: types.StringValue("key"), RateLimit: types.ObjectUnknown(rateLimitTypes)}, []string{"rate_limit"}},
		"limit of reads":    {providerModel{APIKey: types.StringValue("key"), RateLimit: rateLimit(types.NumberUnknown(), types.NumberValue(big.NewFloat(1)))}, []string{"rate_limit.reads_per_minute"}},
		"limit of writes":   {providerModel{APIKey: types.StringValue("key"), RateLimit: rateLimit(types.NumberNull(), types.NumberUnknown())}, []string{"rate_limit.writes_per_minute"}},
		"several arguments": {providerModel{APIKey: types.StringUnknown(), BaseURL: types.StringUnknown()}, []string{"base_url", "api_key"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			config, settings := readSettings(t, test.model, environment)

			if settings.diagnostics.HasError() {
				t.Errorf("errors %v, want none for unknown values", settings.diagnostics)
			}
			if !slices.Equal(settings.unknown, test.unknown) {
				t.Errorf("unknown are %v, want %v", settings.unknown, test.unknown)
			}
			if strings.Contains(config.APIKey+config.AccessToken, "environment") {
				t.Errorf("a credential comes from the environment: %q %q", config.APIKey, config.AccessToken)
			}
			if slices.Contains(test.unknown, "base_url") && config.BaseURL.String() != didit.DefaultBaseURL {
				t.Errorf("%s comes from the environment", config.BaseURL)
			}
		})
	}
}

func TestSettings_CredentialOfBlockWins(t *testing.T) {
	t.Parallel()
	const none = ""
	value := types.StringValue
	for name, test := range map[string]struct {
		key, token                       types.String
		environmentKey, environmentToken string
		wantKey, wantToken, wantError    string
	}{
		"none":                                 {types.StringNull(), types.StringNull(), none, none, none, none, "No credential"},
		"environment: key":                     {types.StringNull(), types.StringNull(), "ek", none, "ek", none, none},
		"environment: token":                   {types.StringNull(), types.StringNull(), none, "et", none, "et", none},
		"environment: both":                    {types.StringNull(), types.StringNull(), "ek", "et", "ek", "et", "Two credentials"},
		"environment: key with newline":        {types.StringNull(), types.StringNull(), "ek\r\n", none, "ek", none, none},
		"environment: key with newline inside": {types.StringNull(), types.StringNull(), "ek\nek", none, "ek\nek", none, "Invalid credential"},
		"block: key":                           {value("bk"), types.StringNull(), "ek", "et", "bk", none, none},
		"block: token":                         {types.StringNull(), value("bt"), "ek", "et", none, "bt", none},
		"block: both":                          {value("bk"), value("bt"), "ek", none, none, none, "Two credentials"},
		"block: empty key":                     {value(" "), types.StringNull(), "ek", none, none, none, "Empty credential"},
		"block: empty token":                   {types.StringNull(), value(""), "ek", none, none, none, "Empty credential"},
		"block: key with spaces around":        {value("\t bk \n"), types.StringNull(), none, none, "bk", none, none},
		"block: key with a space":              {value("b k"), types.StringNull(), none, none, "b k", none, "Invalid credential"},
		"block: key with a NUL":                {value("b\x00k"), types.StringNull(), none, none, "b\x00k", none, "Invalid credential"},
		"block: token with non-ASCII":          {types.StringNull(), value("bt…"), none, none, none, "bt…", "Invalid credential"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			config, settings := readSettings(t, providerModel{APIKey: test.key, AccessToken: test.token},
				map[string]string{envAPIKey: test.environmentKey, envAccessToken: test.environmentToken})

			if config.APIKey != test.wantKey || config.AccessToken != test.wantToken {
				t.Errorf("the key is %q and the token %q, want %q and %q", config.APIKey, config.AccessToken, test.wantKey, test.wantToken)
			}
			if test.wantError == none {
				if settings.diagnostics.HasError() {
					t.Error(settings.diagnostics)
				}
				return
			}
			if len(settings.diagnostics) != 1 || settings.diagnostics[0].Summary() != test.wantError {
				t.Fatalf("errors %v, want %q", settings.diagnostics, test.wantError)
			}
			for _, secret := range []string{"bk", "bt", "ek", "et", "b k"} {
				for word := range strings.FieldsSeq(settings.diagnostics[0].Detail()) {
					if word == secret {
						t.Errorf("the error contains %q: %s", secret, settings.diagnostics[0].Detail())
					}
				}
			}
		})
	}
}

func TestSettings_ReportAllErrorsOfBlock(t *testing.T) {
	t.Parallel()
	_, settings := readSettings(t, providerModel{
		APIKey:         types.StringValue(""),
		BaseURL:        types.StringValue("example.com"),
		RequestTimeout: types.StringValue("soon"),
	}, nil)

	if len(settings.diagnostics) != 3 {
		t.Errorf("errors %v, want three", settings.diagnostics)
	}
}
