// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"

	"github.com/didit-community/terraform-provider-didit/internal/didit"
)

// Environment variables for arguments that the provider block does not set.
//
//nolint:gosec // G101: names of variables, no credentials.
const (
	envAPIKey      = "DIDIT_API_KEY"
	envAccessToken = "DIDIT_ACCESS_TOKEN"
	envBaseURL     = "DIDIT_BASE_URL"
)

// messagesPage is the guide that explains all messages of the provider.
const messagesPage = "https://registry.terraform.io/providers/didit-community/didit/latest/docs/guides/messages"

// settingsReader builds the client's configuration from a provider block and the
// environment.
type settingsReader struct {
	environment func(string) string
	diagnostics diag.Diagnostics
	// unknown names the arguments whose values are unknown at plan time.
	unknown []string
}

func (s *settingsReader) read(ctx context.Context, model providerModel) didit.Config {
	var limits rateLimitModel
	if s.isSet("rate_limit", model.RateLimit) {
		s.diagnostics.Append(model.RateLimit.As(ctx, &limits, basetypes.ObjectAsOptions{})...)
	}
	config := didit.Config{
		BaseURL:         s.baseURL(model.BaseURL),
		RequestTimeout:  s.duration("request_timeout", model.RequestTimeout, didit.DefaultRequestTimeout),
		MaxRetries:      s.number("max_retries", model.MaxRetries, didit.DefaultMaxRetries),
		ReadsPerMinute:  s.number("rate_limit.reads_per_minute", limits.ReadsPerMinute, didit.DefaultReadsPerMinute),
		WritesPerMinute: s.number("rate_limit.writes_per_minute", limits.WritesPerMinute, didit.DefaultWritesPerMinute),
	}
	config.APIKey, config.AccessToken = s.credential(model.APIKey, model.AccessToken)
	return config
}

// isSet reports whether the block sets the argument, and records an unknown value.
func (s *settingsReader) isSet(argument string, value interface {
	IsNull() bool
	IsUnknown() bool
},
) bool {
	if value.IsUnknown() {
		s.unknown = append(s.unknown, argument)
		return false
	}
	return !value.IsNull()
}

// credential returns the API key or the access token. A credential in the block, even an
// unknown one, wins over the environment.
func (s *settingsReader) credential(apiKey, accessToken types.String) (key, token string) {
	hasKey, hasToken := s.isSet("api_key", apiKey), s.isSet("access_token", accessToken)
	switch {
	case hasKey && hasToken:
		s.addSecretError(summaryTwoCredentials, "The provider block sets api_key and access_token. Remove one of them.")
	case apiKey.IsUnknown() || accessToken.IsUnknown():
	case hasKey:
		key = s.credentialArgument("api_key", apiKey)
	case hasToken:
		token = s.credentialArgument("access_token", accessToken)
	default:
		key, token = s.credentialFromEnvironment()
	}
	return key, token
}

// addSecretError adds an error without an attribute, because Terraform would print the
// line of the attribute, which contains a secret.
func (s *settingsReader) addSecretError(summary, detail string) {
	s.diagnostics.AddError(summary, detail)
}

func (s *settingsReader) credentialArgument(argument string, value types.String) string {
	credential := strings.TrimSpace(value.ValueString())
	if credential == "" {
		s.diagnostics.AddAttributeError(path.Root(argument), summaryEmptyCredential,
			fmt.Sprintf("%s is set, but empty. Give it a value, or remove it to use the environment variable %s or %s.", argument, envAPIKey, envAccessToken))
	} else if !isHeaderText(credential) {
		s.addSecretError(summaryCredential,
			fmt.Sprintf("%s contains spaces or other characters that a credential cannot have. Copy it again from the Didit console.", argument))
	}
	return credential
}

func (s *settingsReader) credentialFromEnvironment() (key, token string) {
	key, token = s.credentialVariable(envAPIKey), s.credentialVariable(envAccessToken)
	switch {
	case key != "" && token != "":
		s.diagnostics.AddError(summaryTwoCredentials,
			fmt.Sprintf("The environment sets %s and %s. Unset one of them, or set api_key or access_token in the provider block, which wins over both.", envAPIKey, envAccessToken))
	case key == "" && token == "":
		s.diagnostics.AddError(summaryNoCredential,
			fmt.Sprintf("The provider needs a Didit API key or access token. Set the environment variable %s (or %s for a console user's token), "+
				"or api_key (or access_token) in the provider block. See %s", envAPIKey, envAccessToken, messagesPage))
	}
	return key, token
}

func (s *settingsReader) credentialVariable(name string) string {
	credential := strings.TrimSpace(s.environment(name))
	if !isHeaderText(credential) {
		s.diagnostics.AddError(summaryCredential,
			fmt.Sprintf("The value of the environment variable %s contains spaces or other characters that a credential cannot have. Copy it again from the Didit console.", name))
	}
	return credential
}

// isHeaderText reports whether a text is visible ASCII. Go's HTTP stack rejects other
// header values, and its error would contain the credential.
func isHeaderText(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r > '~' })
}

func (s *settingsReader) baseURL(value types.String) *url.URL {
	if s.isSet("base_url", value) {
		address := strings.TrimSpace(value.ValueString())
		parsed, err := didit.ParseBaseURL(address)
		if err != nil {
			s.addBaseURLError(address, "base_url cannot be used: "+err.Error()+".")
		}
		return parsed
	}
	address := strings.TrimSpace(s.environment(envBaseURL))
	if address == "" || value.IsUnknown() {
		address = didit.DefaultBaseURL
	}
	parsed, err := didit.ParseBaseURL(address)
	if err != nil {
		s.diagnostics.AddError(summaryBaseURL, "The value of the environment variable "+envBaseURL+" cannot be used: "+err.Error()+".")
	}
	return parsed
}

// addBaseURLError adds an error on base_url, or without an attribute if the address may
// contain a password or key.
func (s *settingsReader) addBaseURLError(address, detail string) {
	if strings.ContainsAny(address, "@?#") {
		s.addSecretError(summaryBaseURL, detail)
		return
	}
	s.diagnostics.AddAttributeError(path.Root("base_url"), summaryBaseURL, detail)
}

func (s *settingsReader) duration(argument string, value types.String, fallback time.Duration) time.Duration {
	if !s.isSet(argument, value) {
		return fallback
	}
	duration, problem := parseTimeout(value.ValueString())
	if problem != "" {
		s.diagnostics.AddAttributeError(path.Root(argument), summaryDuration, argument+" "+problem+".")
	}
	return duration
}

func (s *settingsReader) number(argument string, value types.Number, fallback int) int {
	if !s.isSet(argument, value) {
		return fallback
	}
	number, _ := value.ValueBigFloat().Int64()
	return int(number)
}
