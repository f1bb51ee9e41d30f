// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/didit-community/terraform-provider-didit/internal/acctest"
	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

// secretPart is part of all secrets in this file. It must not be printed.
const secretPart = "invented-secret"

// providerAddress is the address of the provider in diagnostics.
const providerAddress = `provider["registry.terraform.io/didit-community/didit"]`

// liveness is a step that has the wanted status, so that a plan costs one read.
var liveness = decisionBlock{session: simulator.SessionKYC, node: "feature_liveness_1", status: "Approved"}

// invalidProvider is a provider block with one error.
type invalidProvider struct {
	alias, arguments string
	// argument is the argument whose line the error shows, or "provider". It is "" for
	// nested arguments, for which older CLIs show the line of the outer one.
	argument string
	summary  string
	parts    []string
}

// requireInvalidProviders checks the error of each block. It plans once, with one
// resource for each block.
func requireInvalidProviders(env *acctest.Env, cases []invalidProvider) {
	env.T.Helper()
	var config strings.Builder
	config.WriteString(acctest.ProviderConfig(fmt.Sprintf("  api_key = %q\n  base_url = %q", simulator.DefaultAPIKey, env.URL), ""))
	for _, test := range cases {
		fmt.Fprintf(&config, "provider \"didit\" {\n  alias = %q\n%s\n}\n", test.alias, test.arguments)
		block := liveness
		block.extra = "  provider = didit." + test.alias
		config.WriteString(block.hcl(test.alias))
	}
	ws := env.Workspace(config.String())
	// The environment sets the other arguments, so that each block has one error.
	variables := []string{"DIDIT_BASE_URL=" + env.URL, "DIDIT_API_KEY=" + simulator.DefaultAPIKey}

	result := ws.RunJSONWith(variables, "plan")

	if result.ExitCode == 0 || len(result.Errors) != len(cases) {
		env.T.Errorf("the plan ended with %d and %d errors, want %d: %v", result.ExitCode, len(result.Errors), len(cases), result.Errors)
	}
	for _, test := range cases {
		found := false
		for _, err := range result.Errors {
			if err.Address == providerAddress+"."+test.alias {
				found = true
				err.Require(env.T, test.summary, test.parts...)
				err.RequireAttribute(env.T, err.Address, test.argument)
			}
		}
		if !found {
			env.T.Errorf("%s has no error", test.alias)
		}
	}
	if strings.Contains(result.Output, secretPart) {
		env.T.Errorf("a secret is printed:\n%s", result.Output)
	}
	env.RequireRequests(0, 0)
}

func TestProviderBlock_RejectsInvalidValuesWithoutPrintingSecrets(t *testing.T) {
	t.Parallel()
	const (
		notURL            = "Invalid base URL"
		unusable          = "Invalid credential"
		copyAgain         = "Copy it again from the Didit console"
		likeThis          = "https://verification.didit.me"
		invalidCharacters = "contains spaces or other characters that a credential cannot have"
	)
	requireInvalidProviders(acctest.New(t, simulator.Options{}), []invalidProvider{
		{"both", `  api_key = "invented-secret-1"` + "\n" + `  access_token = "invented-secret-2"`, "provider", "Two credentials", []string{"api_key and access_token", "Remove one"}},
		{"key_empty", `  api_key = ""`, "api_key", "Empty credential", []string{"api_key is set, but empty", "DIDIT_API_KEY"}},
		{"key_is_white_space", `  api_key = " \n"`, "api_key", "Empty credential", []string{"api_key is set, but empty"}},
		{"token_empty", `  access_token = ""`, "access_token", "Empty credential", []string{"access_token is set, but empty", "DIDIT_ACCESS_TOKEN"}},
		{"key_with_space", `  api_key = "invented-secret 1"`, "provider", unusable, []string{"api_key " + invalidCharacters, copyAgain}},
		{"key_with_newline", `  api_key = "invented-secret\n1"`, "provider", unusable, []string{"api_key " + invalidCharacters}},
		{"key_not_ascii", `  api_key = "invented-secret-ü"`, "provider", unusable, []string{"api_key " + invalidCharacters}},
		{"token_with_newline", `  access_token = "invented-secret\r\nX-Other: 1"`, "provider", unusable, []string{"access_token " + invalidCharacters}},

		{"url_without_scheme", `  base_url = "verification.didit.me"`, "base_url", notURL, []string{"must begin with https://", likeThis}},
		{"url_with_host_and_port", `  base_url = "localhost:8080"`, "base_url", notURL, []string{"must begin with https://"}},
		{"url_with_other_scheme", `  base_url = "ftp://example.com"`, "base_url", notURL, []string{"must begin with https://"}},
		{"url_empty", `  base_url = ""`, "base_url", notURL, []string{"must begin with https://"}},
		{"url_without_host", `  base_url = "https:///v3"`, "base_url", notURL, []string{"has no host", likeThis}},
		{"url_with_version", `  base_url = "https://verification.didit.me/v3/"`, "base_url", notURL, []string{"must not end with /v3", likeThis}},
		{"url_with_space", `  base_url = "https://exa mple.com"`, "base_url", notURL, []string{"cannot be read as a URL", likeThis}},
		{"url_with_plain_http", `  base_url = "http://example.com"`, "base_url", notURL, []string{"clear text", "use https", "127.0.0.1"}},
		{"url_similar_to_loopback", `  base_url = "http://127.0.0.1.example.com"`, "base_url", notURL, []string{"clear text"}},
		{"url_with_user", `  base_url = "https://someone:invented-secret@example.com"`, "provider", notURL, []string{"must not contain a user name or password", "api_key or access_token"}},
		{"url_with_user_and_invalid_escape", `  base_url = "https://someone:invented-secret%zz@example.com"`, "provider", notURL, []string{"cannot be read as a URL"}},
		{"url_with_query", `  base_url = "https://example.com/?key=invented-secret"`, "provider", notURL, []string{"must not have a query"}},
		{"url_with_fragment", `  base_url = "https://example.com/#invented-secret"`, "provider", notURL, []string{"must not have a query or a fragment"}},
	})
}

func TestProviderBlock_RejectsValuesOutOfRange(t *testing.T) {
	t.Parallel()
	const (
		notDuration = "Invalid duration"
		notNumber   = "Invalid number"
		from1sTo10m = "from 1s to 10m, written like 30s or 2m"
	)
	requireInvalidProviders(acctest.New(t, simulator.Options{}), []invalidProvider{
		{"timeout_without_unit", `  request_timeout = "30"`, "request_timeout", notDuration, []string{from1sTo10m, `not "30"`}},
		{"timeout_zero", `  request_timeout = "0s"`, "request_timeout", notDuration, []string{from1sTo10m, `not "0s"`}},
		{"timeout_below_zero", `  request_timeout = "-5s"`, "request_timeout", notDuration, []string{from1sTo10m}},
		{"timeout_too_short", `  request_timeout = "999ms"`, "request_timeout", notDuration, []string{from1sTo10m}},
		{"timeout_too_long", `  request_timeout = "10m1s"`, "request_timeout", notDuration, []string{from1sTo10m, `not "10m1s"`}},
		{"timeout_empty", `  request_timeout = ""`, "request_timeout", notDuration, []string{from1sTo10m}},
		{"retries_below_zero", `  max_retries = -1`, "max_retries", notNumber, []string{"max_retries", "a whole number from 0 to 20, not -1."}},
		{"retries_too_many", `  max_retries = 21`, "max_retries", notNumber, []string{"from 0 to 20, not 21."}},
		{"retries_fraction", `  max_retries = 1.5`, "max_retries", notNumber, []string{"from 0 to 20, not 1.5."}},
		{"retries_huge", `  max_retries = 1e300`, "max_retries", notNumber, []string{"from 0 to 20, not 1e+300."}},
		{"reads_zero", "  rate_limit = {\n    reads_per_minute = 0\n  }", "", notNumber, []string{"rate_limit.reads_per_minute", "from 1 to 100000, not 0."}},
		{"writes_too_many", "  rate_limit = {\n    writes_per_minute = 100001\n  }", "", notNumber, []string{"rate_limit.writes_per_minute", "from 1 to 100000, not 100001."}},
	})
}

func TestEnvironment_RejectsInvalidValuesWithoutPrintingSecrets(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		arguments string
		variables []string
		summary   string
		parts     []string
	}{
		"no credential":              {"", nil, "No credential", []string{"DIDIT_API_KEY", "DIDIT_ACCESS_TOKEN", "api_key (or access_token) in the provider block"}},
		"empty credentials":          {"", []string{"DIDIT_API_KEY=", "DIDIT_ACCESS_TOKEN= \n"}, "No credential", []string{"DIDIT_API_KEY"}},
		"both credentials":           {"", []string{"DIDIT_API_KEY=invented-secret-1", "DIDIT_ACCESS_TOKEN=invented-secret-2"}, "Two credentials", []string{"DIDIT_API_KEY and DIDIT_ACCESS_TOKEN", "Unset one", "provider block, which wins over both"}},
		"key with a space":           {"", []string{"DIDIT_API_KEY=invented-secret 1"}, "Invalid credential", []string{"environment variable DIDIT_API_KEY contains spaces"}},
		"token with a newline":       {"", []string{"DIDIT_ACCESS_TOKEN=invented-secret\n1"}, "Invalid credential", []string{"environment variable DIDIT_ACCESS_TOKEN contains spaces"}},
		"base URL without scheme":    {`api_key = "k"`, []string{"DIDIT_BASE_URL=verification.didit.me"}, "Invalid base URL", []string{"environment variable DIDIT_BASE_URL", "must begin with https://"}},
		"base URL with a password":   {`api_key = "k"`, []string{"DIDIT_BASE_URL=https://someone:invented-secret@example.com"}, "Invalid base URL", []string{"environment variable DIDIT_BASE_URL", "must not contain a user name or password"}},
		"base URL with plain http":   {`api_key = "k"`, []string{"DIDIT_BASE_URL=http://example.com"}, "Invalid base URL", []string{"environment variable DIDIT_BASE_URL", "clear text"}},
		"base URL of an empty block": {"api_key = \"k\"\n  base_url = \"\"", []string{"DIDIT_BASE_URL=https://example.com"}, "Invalid base URL", []string{"base_url cannot be used"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ws := acctest.New(t, simulator.Options{}).Workspace(acctest.ProviderConfig("  "+test.arguments, liveness.hcl("liveness")))

			result := ws.RunJSONWith(test.variables, "plan")

			result.RequireError(test.summary, test.parts...)
			if result.Errors[0].Address != providerAddress {
				t.Errorf("the error is on %q, want the provider", result.Errors[0].Address)
			}
			if strings.Contains(result.Output, secretPart) {
				t.Errorf("a secret is printed:\n%s", result.Output)
			}
		})
	}
}

func TestCredential_BlockWinsOverEnvironment(t *testing.T) {
	t.Parallel()
	const blockKey, environmentKey, token = "invented-key-of-the-block", "invented-key-of-the-environment", "invented-token"
	options := simulator.Options{Credentials: []simulator.Credential{
		{APIKey: blockKey, Actor: "key of the block", Read: true},
		{APIKey: environmentKey, Actor: "key of the environment", Read: true},
		{AccessToken: token, Actor: "token", Read: true},
	}}
	for name, test := range map[string]struct {
		arguments string
		variables []string
		want      string
	}{
		"key in the block":                        {fmt.Sprintf("api_key = %q", "  "+blockKey+"\r\n"), nil, "key of the block"},
		"key in the environment":                  {"", []string{"DIDIT_API_KEY=" + environmentKey + "\n", "DIDIT_ACCESS_TOKEN="}, "key of the environment"},
		"token in the environment":                {"", []string{"DIDIT_ACCESS_TOKEN=\n" + token + "\n"}, "token"},
		"token in the block, key in environment":  {fmt.Sprintf("access_token = %q", token), []string{"DIDIT_API_KEY=" + environmentKey}, "token"},
		"key in the block, both in environment":   {fmt.Sprintf("api_key = %q", blockKey), []string{"DIDIT_API_KEY=" + environmentKey, "DIDIT_ACCESS_TOKEN=" + token}, "key of the block"},
		"key in the block, invalid one elsewhere": {fmt.Sprintf("api_key = %q", blockKey), []string{"DIDIT_API_KEY=a b"}, "key of the block"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := acctest.New(t, options)
			ws := env.Workspace(env.ConfigWith(test.arguments, liveness.hcl("liveness")))

			ws.RunJSONWith(test.variables, "plan").RequireSuccess()

			requests := env.Requests()
			if len(requests) != 1 || requests[0].Credential != test.want {
				t.Errorf("the requests are %+v, want one with the %s", requests, test.want)
			}
		})
	}
}

func TestCredential_DistinguishesInvalidKeyFromMissingPrivilege(t *testing.T) {
	t.Parallel()
	const readOnly, writeOnly = "invented-key-that-reads", "invented-key-that-writes"
	options := simulator.Options{Credentials: []simulator.Credential{{APIKey: readOnly, Read: true}, {APIKey: writeOnly, Write: true}}}
	for name, test := range map[string]struct {
		key     string
		command string
		summary string
		parts   []string
		gets    int
		patches int
	}{
		"invalid key (403)":          {"invented-key-that-is-wrong", "plan", "Didit did not accept the credential", []string{"returned 403", "were not provided or are invalid", "Check api_key or access_token"}, 1, 0},
		"key without read:sessions":  {writeOnly, "plan", "The credential may not do this", []string{"returned 403", "read:sessions"}, 1, 0},
		"key without write:sessions": {readOnly, "apply", "The credential may not do this", []string{"PATCH", "returned 403", "write:sessions"}, 4, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := acctest.New(t, options)
			ws := env.Workspace(env.ConfigWith(fmt.Sprintf("api_key = %q", test.key),
				decisionBlock{session: simulator.SessionKYC, node: "feature_ocr_1", status: "Approved", comment: "Checked."}.hcl("ocr")))
			command := []string{test.command}
			if test.command == "apply" {
				command = append(command, "-auto-approve")
			}

			result := ws.RunJSON(command...)

			result.RequireError(test.summary, append(test.parts, `Step "feature_ocr_1"`, simulator.SessionKYC)...)
			if strings.Contains(result.Output, test.key) {
				t.Errorf("the key is printed:\n%s", result.Output)
			}
			env.RequireRequests(test.gets, test.patches)
			env.RequireTrail()
			ws.RequireNoState()
		})
	}
}

// One cause is one long error, and one request.
func TestCredential_RefusalEndsFurtherRequests(t *testing.T) {
	t.Parallel()
	const steps = 12
	for name, test := range map[string]struct {
		status  int
		detail  string
		summary string
	}{
		"401":                     {http.StatusUnauthorized, "Token is revoked.", "Didit did not accept the credential"},
		"403, missing or invalid": {http.StatusForbidden, "Authentication credentials were not provided or are invalid.", "Didit did not accept the credential"},
		"403, no permission":      {http.StatusForbidden, "You do not have permission to perform this action.", "The credential may not do this"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := acctest.New(t, simulator.Options{})
			env.Inject(simulator.Fault{Status: test.status, Body: fmt.Sprintf(`{"detail": %q}`, test.detail), Times: -1})
			var blocks strings.Builder
			for i := range steps {
				blocks.WriteString(decisionBlock{session: manySession(i), node: "feature_aml_1", status: "Approved"}.hcl(fmt.Sprintf("step_%d", i)))
			}
			ws := env.Workspace(env.Config(blocks.String()))

			result := ws.RunJSON("plan", "-parallelism=1")

			var long, short int
			for _, diagnostic := range result.Errors {
				switch {
				case diagnostic.Summary != test.summary:
					t.Errorf("%s: %s", diagnostic.Summary, diagnostic.Detail)
				case strings.Contains(diagnostic.Detail, test.detail):
					long++
				default:
					short++
				}
			}
			if long != 1 || short != steps-1 {
				t.Errorf("%d long and %d short errors, want 1 and %d", long, short, steps-1)
			}
			env.RequireRequests(1, 0)
		})
	}
}

func TestBaseURL_AcceptsPathAndTrailingSlashes(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		path      string
		variables func(url string) []string
	}{
		"trailing slashes":            {"///", nil},
		"path":                        {"/gateway/didit", nil},
		"path and trailing slash":     {"/gateway/didit/", nil},
		"trailing space":              {" ", nil},
		"path in the environment":     {"", func(url string) []string { return []string{"DIDIT_BASE_URL=" + url + "/gateway/didit/\n"} }},
		"block wins over environment": {"/", func(string) []string { return []string{"DIDIT_BASE_URL=invalid"} }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := acctest.New(t, simulator.Options{})
			mux := http.NewServeMux()
			mux.Handle("/gateway/didit/", http.StripPrefix("/gateway/didit", env.Simulator))
			mux.Handle("/v3/", env.Simulator)
			gateway := httptest.NewServer(mux)
			t.Cleanup(gateway.Close)
			arguments := fmt.Sprintf("  api_key = %q", simulator.DefaultAPIKey)
			if test.path != "" {
				arguments += fmt.Sprintf("\n  base_url = %q", gateway.URL+test.path)
			}
			var variables []string
			if test.variables != nil {
				variables = test.variables(gateway.URL)
			}
			ws := env.Workspace(acctest.ProviderConfig(arguments, liveness.hcl("liveness")))

			ws.RunJSONWith(variables, "plan").RequireSuccess()

			env.RequireRequests(1, 0)
		})
	}
}

func TestBaseURL_WrongPathFailsPlan(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	ws := env.Workspace(acctest.ProviderConfig(fmt.Sprintf("  api_key = %q\n  base_url = %q", simulator.DefaultAPIKey, env.URL+"/api"), liveness.hcl("liveness")))

	result := ws.RunJSON("plan")

	if result.ExitCode == 0 || len(result.Errors) != 1 || !strings.Contains(result.Errors[0].Detail, "Check base_url") {
		t.Errorf("the errors are %v, want one that names base_url", result.Errors)
	}
	env.RequireTrail()
}

func TestConfigure_SendsNothing(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	ws := env.Workspace(env.Config(`output "nothing" { value = 1 }`))

	ws.MustRun("plan")

	env.RequireRequests(0, 0)
}
