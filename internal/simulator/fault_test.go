// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package simulator_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

func TestFault_HitsBeforeOrAfterTheChange(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fault   simulator.Fault
		made    bool
		status  int   // of the response; 0: none
		failure error // of the request
		logged  int
	}{
		"503 before":            {simulator.Fault{Status: 503, Body: "<h1>busy</h1>"}, false, 503, nil, 503},
		"503 after":             {simulator.Fault{Status: 503, After: true}, true, 503, nil, 503},
		"garbled":               {simulator.Fault{Body: `{"new_sta`, After: true}, true, 200, nil, 200},
		"reset before":          {simulator.Fault{Cut: simulator.CutReset}, false, 0, syscall.ECONNRESET, 0},
		"reset after":           {simulator.Fault{Cut: simulator.CutReset, After: true}, true, 0, syscall.ECONNRESET, 0},
		"real response cut":     {simulator.Fault{Cut: simulator.CutBody}, true, 200, io.ErrUnexpectedEOF, 200},
		"invented response cut": {simulator.Fault{Cut: simulator.CutBody, Status: 200, Body: `{"a":1,"b":2}`}, false, 200, io.ErrUnexpectedEOF, 200},
		"slow":                  {simulator.Fault{Delay: time.Millisecond, DelayAfter: time.Millisecond}, true, 200, nil, 200},
		"headers only":          {simulator.Fault{Header: http.Header{"retry-after": {"7"}}}, true, 200, nil, 200},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := start(t, simulator.Options{})
			c.fault.Name = name
			server.Inject(c.fault)

			got, err := send(t, server, "PATCH", updatePath(simulator.SessionKYC, "feature_ocr_1"), `{"new_status":"Declined"}`, nil)

			if !errors.Is(err, c.failure) || got.status != c.status {
				t.Errorf("status %d, error %v; want %d, %v", got.status, err, c.status, c.failure)
			}
			if made := len(server.Trail("")) == 1; made != c.made {
				t.Errorf("change made: %v", made)
			}
			if log := server.Requests(); len(log) != 1 || log[0].Fault != name || log[0].Status != c.logged {
				t.Errorf("log %+v", log)
			}
			if name == "headers only" && got.header.Get("Retry-After") != "7" {
				t.Errorf("headers %v", got.header)
			}
			if name == "503 before" && got.body != "<h1>busy</h1>" {
				t.Errorf("body %q", got.body)
			}
		})
	}
}

func TestFaults_AreMatchedInTheirOrder(t *testing.T) {
	t.Parallel()
	server := start(t, simulator.Options{})
	server.Inject(simulator.Fault{Name: "writes", Method: "PATCH", Status: 500})
	server.Inject(simulator.Fault{Name: "second", Path: simulator.SessionKYB, Skip: 1, Times: 2, Status: 502})
	server.Inject(simulator.Fault{Name: "always", Path: "/decision/", Times: -1, Status: 504})

	var got []string
	for _, id := range []string{"kyc", "kyb", "kyb", "kyb", "kyb"} {
		get(t, server, decisionPath(map[string]string{"kyc": simulator.SessionKYC, "kyb": simulator.SessionKYB}[id]))
	}
	patch(t, server, simulator.SessionKYC, "feature_ocr_1", `{}`)
	server.ClearFaults()
	get(t, server, decisionPath(simulator.SessionKYC))

	for _, entry := range server.Requests() {
		got = append(got, entry.Fault)
	}
	if want := "always,always,second,second,always,writes,"; strings.Join(got, ",") != want {
		t.Errorf("faults %q, want %q", strings.Join(got, ","), want)
	}
}

func TestFault_DelayEndsWhenTheClientDisconnects(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fault simulator.Fault
		made  bool
	}{
		"before": {simulator.Fault{Delay: time.Hour}, false},
		"after":  {simulator.Fault{DelayAfter: time.Hour}, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := start(t, simulator.Options{})
			reached := func() bool { return len(server.Requests()) == 1 && (!c.made || len(server.Trail("")) == 1) }
			ended := make(chan simulator.Request, 1)
			server.AfterResponse(func(r simulator.Request) { ended <- r })
			server.Inject(c.fault)
			ctx, leave := context.WithCancel(t.Context())
			defer leave()
			go func() {
				for !reached() && ctx.Err() == nil {
					time.Sleep(time.Millisecond)
				}
				leave()
			}()
			request, err := http.NewRequestWithContext(ctx, http.MethodPatch, server.URL+updatePath(simulator.SessionKYC, "feature_ocr_1"),
				strings.NewReader(`{"new_status":"Declined"}`))
			if err != nil {
				t.Fatal(err)
			}
			request.Header.Set("X-Api-Key", simulator.DefaultAPIKey)
			request.Header.Set("Content-Type", "application/json")

			response, err := client.Do(request)
			if !errors.Is(err, context.Canceled) {
				t.Fatalf("error %v", err)
			}
			if response != nil {
				_ = response.Body.Close()
			}

			if r := <-ended; r.Status != 0 {
				t.Errorf("log %+v", r)
			}
			if made := len(server.Trail("")) == 1; made != c.made {
				t.Errorf("change made: %v", made)
			}
		})
	}
}

func TestFault_BeforeTheRequestDoesNotCountAgainstALimit(t *testing.T) {
	t.Parallel()
	server := start(t, simulator.Options{ReadsPerMinute: 1})
	server.Inject(simulator.Fault{Status: 503, Times: 3})
	for _, status := range []int{503, 503, 503, 200, 429} {
		if got := get(t, server, decisionPath(simulator.SessionKYC)); got.status != status {
			t.Errorf("status %d, want %d", got.status, status)
		}
	}
}
