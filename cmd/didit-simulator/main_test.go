// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

// running is a running command, with its output line by line.
type running struct {
	lines *bufio.Scanner
	stop  context.CancelFunc
	ended chan error
}

func start(t *testing.T, args ...string) running {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	reader, writer := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		ended <- run(ctx, args, writer, io.Discard)
		_ = writer.Close()
	}()
	t.Cleanup(stop)
	return running{bufio.NewScanner(reader), stop, ended}
}

func (r running) line(t *testing.T) string {
	t.Helper()
	if !r.lines.Scan() {
		t.Fatalf("the output ended: %v", <-r.ended)
	}
	return r.lines.Text()
}

func TestCommand_PrintsItsAddressAndLogsEachRequest(t *testing.T) {
	t.Parallel()
	command := start(t, "-limits=none")

	address := strings.TrimPrefix(command.line(t), "Didit simulator listening on ")
	environment := command.line(t)
	var table []string
	for command.line(t); ; {
		line := command.line(t)
		if line == "" {
			break
		}
		table = append(table, line)
	}

	if environment != "export DIDIT_BASE_URL="+address+" DIDIT_API_KEY="+simulator.DefaultAPIKey {
		t.Errorf("environment %q", environment)
	}
	if len(table) != 43 || !strings.Contains(table[5], "feature_aml_1             "+simulator.HitSanctions+"  Unreviewed") || !strings.HasPrefix(table[0], "SESSION ") || !strings.Contains(table[1], simulator.SessionKYC+"  user        In Review       feature_ocr_1") {
		t.Errorf("table of %d lines:\n%s", len(table), strings.Join(table, "\n"))
	}
	path := "/v3/session/" + simulator.SessionKYC + "/decision/"
	if status := do(t, address+path+"?include=events"); status != 200 {
		t.Errorf("status %d", status)
	}
	if line := command.line(t); !strings.HasSuffix(line, " GET   200 "+path+"?include=events") {
		t.Errorf("log %q", line)
	}
	command.stop()
	if err := <-command.ended; err != nil {
		t.Errorf("it ended with %v", err)
	}
}

func do(t *testing.T, url string) int {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("X-Api-Key", simulator.DefaultAPIKey)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	_, _ = io.Copy(io.Discard, response.Body)
	return response.StatusCode
}

func TestCommand_QuietPrintsTheAddressAndTheEnvironmentOnly(t *testing.T) {
	t.Parallel()
	command := start(t, "-quiet")
	address := strings.TrimPrefix(command.line(t), "Didit simulator listening on ")
	command.line(t)
	do(t, address+"/v3/sessions/")
	command.stop()
	if command.lines.Scan() {
		t.Errorf("more: %q", command.lines.Text())
	}
}

func TestCommand_RefusesBadArguments(t *testing.T) {
	t.Parallel()
	for args, want := range map[string]string{
		"-listen 0.0.0.0:0": "loopback",
		"-listen nonsense":  "missing port",
		"-limits some":      "neither published nor none",
		"-window 0s":        "positive",
		"-window x":         "invalid value",
		"-unknown":          "not defined",
		"extra":             "unexpected argument",
	} {
		err := run(t.Context(), strings.Fields(args), io.Discard, io.Discard)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", args, err, want)
		}
	}
}
