// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"cmp"
	"errors"
	"fmt"
	"strings"

	"github.com/didit-community/terraform-provider-didit/internal/didit"
)

// environmentHelp describes the variables of newClient, which are those of the provider.
const environmentHelp = `It needs a key that may read sessions, from the environment: DIDIT_API_KEY, or
DIDIT_ACCESS_TOKEN for a console user's token. DIDIT_BASE_URL names another
address than ` + didit.DefaultBaseURL + `.`

// newClient returns a client with the credential of the environment. It sends nothing.
func newClient(environment func(string) string) (*didit.Client, error) {
	config := didit.Config{
		APIKey:          strings.TrimSpace(environment("DIDIT_API_KEY")),
		AccessToken:     strings.TrimSpace(environment("DIDIT_ACCESS_TOKEN")),
		UserAgent:       "didit-decisions/" + version,
		RequestTimeout:  didit.DefaultRequestTimeout,
		MaxRetries:      didit.DefaultMaxRetries,
		ReadsPerMinute:  didit.DefaultReadsPerMinute,
		WritesPerMinute: didit.DefaultWritesPerMinute,
	}
	switch {
	case config.APIKey == "" && config.AccessToken == "":
		return nil, errors.New("there is no credential: set DIDIT_API_KEY, or DIDIT_ACCESS_TOKEN for a console user's token")
	case config.APIKey != "" && config.AccessToken != "":
		return nil, errors.New("the environment sets DIDIT_API_KEY and DIDIT_ACCESS_TOKEN: unset one of them")
	case strings.ContainsFunc(config.APIKey+config.AccessToken, func(r rune) bool { return r <= ' ' || r > '~' }):
		return nil, errors.New("the credential has spaces or characters that it cannot have: copy it again from the Didit console")
	}
	address, err := didit.ParseBaseURL(cmp.Or(strings.TrimSpace(environment("DIDIT_BASE_URL")), didit.DefaultBaseURL))
	if err != nil {
		return nil, fmt.Errorf("DIDIT_BASE_URL cannot be used: %w", err)
	}
	config.BaseURL = address
	return didit.New(config), nil
}
