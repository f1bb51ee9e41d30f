// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package contract_test

import (
	"bufio"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// exchange is one line of the recorded traffic: Exchange in internal/simulator says what the fields
// mean.
type exchange struct {
	Method        string      `json:"method"`
	URL           string      `json:"url"`
	RequestHeader http.Header `json:"request_header"`
	RequestBody   string      `json:"request_body"`
	Status        int         `json:"status"`
	Header        http.Header `json:"header"`
	Body          string      `json:"body"`
	WithoutBody   bool        `json:"without_body"`
	Injected      bool        `json:"injected"`

	// test is the one that it was recorded in.
	test string
}

// apiURL is the URL without what a base_url with a path has put before the API's own.
func (e *exchange) apiURL() string {
	if at := strings.Index(e.URL, "/v3/"); at > 0 {
		return e.URL[at:]
	}
	return e.URL
}

// hasArray reports whether the response is an object with an array of that name.
func (e *exchange) hasArray(name string) bool {
	var fields map[string]json.RawMessage
	return json.Unmarshal([]byte(e.Body), &fields) == nil && strings.HasPrefix(string(fields[name]), "[")
}

// isRestricted reports whether all fields are null in the item of an array that a JSON pointer
// leads into, except those that a restricted response has.
func (e *exchange) isRestricted(pointer string) bool {
	at := strings.Split(pointer, "/") // "", array, index, field
	var report map[string]json.RawMessage
	var items []map[string]any
	if len(at) != 4 || json.Unmarshal([]byte(e.Body), &report) != nil || json.Unmarshal(report[at[1]], &items) != nil {
		return false
	}
	index, err := strconv.Atoi(at[2])
	if err != nil || index >= len(items) {
		return false
	}
	for name, value := range items[index] {
		if value != nil && name != "node_id" && name != "status" && name != "warnings" {
			return false
		}
	}
	return true
}

// recordedTraffic reads all that was recorded.
func recordedTraffic(t *testing.T) (exchanges []*exchange) {
	t.Helper()
	folder := os.Getenv("DIDIT_TRAFFIC")
	if folder == "" {
		t.Skip("DIDIT_TRAFFIC names no folder with recorded traffic: make contract records it first")
	}
	files, err := filepath.Glob(filepath.Join(folder, "*.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		exchanges = append(exchanges, readTraffic(t, file)...)
	}
	if len(exchanges) == 0 {
		t.Fatalf("nothing was recorded in %s", folder)
	}
	return exchanges
}

func readTraffic(t *testing.T, name string) (exchanges []*exchange) {
	t.Helper()
	file, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	decoder := json.NewDecoder(bufio.NewReader(file))
	for decoder.More() {
		test, _, _ := strings.Cut(filepath.Base(name), ".")
		read := &exchange{test: test}
		if err := decoder.Decode(read); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		exchanges = append(exchanges, read)
	}
	return exchanges
}
