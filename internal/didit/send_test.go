// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package didit

import (
	"context"
	"errors"
	"io"
	"net/http"
	"reflect"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

// Every case fails for ever. A change is retried here only after a 429; package
// decisions retries it after an unknown outcome.
func TestRetry_OnlyTransientFailuresOfReads(t *testing.T) {
	t.Parallel()
	const retries = 3
	for name, test := range map[string]struct {
		respond       transportFunc
		reads, writes int
	}{
		"400":                           {returns(400, `{"detail": "no"}`), 1, 1},
		"401":                           {returns(401, `{"detail": "no"}`), 1, 1},
		"403":                           {returns(403, `{"detail": "no"}`), 1, 1},
		"404":                           {returns(404, `{"detail": "Not found."}`), 1, 1},
		"404 HTML":                      {returns(404, html, "Content-Type", "text/html"), 1, 1},
		"408":                           {returns(408, `{"detail": "no"}`), 1, 1},
		"409":                           {returns(409, `{"detail": "no"}`), 1, 1},
		"302":                           {returns(302, "", "Location", "https://example.com/"), 1, 1},
		"429":                           {returns(429, ""), 1 + retries, 1 + retries},
		"429 with Retry-After":          {returns(429, "", "Retry-After", "7"), 1 + retries, 1 + retries},
		"429 with too long Retry-After": {returns(429, "", "Retry-After", "301"), 1, 1},
		"500":                           {returns(500, html, "Content-Type", "text/html"), 1 + retries, 1},
		"502":                           {returns(502, ""), 1 + retries, 1},
		"503 with Retry-After":          {returns(503, "", "Retry-After", "3"), 1 + retries, 1},
		"503 with too long Retry-After": {returns(503, "", "Retry-After", "301"), 1, 1},
		"504":                           {returns(504, ""), 1 + retries, 1},
		"cut off":                       {returns(200, `{"session_id"`), 1 + retries, 1},
		"HTML":                          {returns(200, html, "Content-Type", "text/html"), 1, 1},
		"other shape":                   {returns(200, `[]`), 1, 1},
		"connection refused":            {fails(syscall.ECONNREFUSED), 1 + retries, 1},
		"connection reset":              {fails(syscall.ECONNRESET), 1 + retries, 1},
		"connection closed":             {fails(io.ErrUnexpectedEOF), 1 + retries, 1},
		"no response":                   {neverResponds, 1 + retries, 1},
		"body never ends":               {bodyNeverEnds, 1 + retries, 1},
		"unknown error":                 {fails(errors.New("something")), 1 + retries, 1},
	} {
		for method, want := range map[string]int{http.MethodGet: test.reads, http.MethodPatch: test.writes} {
			t.Run(name+" "+method, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					api := &script{responses: []transportFunc{test.respond}}
					client := newTestClient(t, testURL, withTransport(api), withRetries(retries, 0.5))

					failure := requireError(t, operations[method](t.Context(), client))

					if n := api.count(); n != want || failure.Attempts != want {
						t.Errorf("sent %d times, %d in the error, want %d: %v", n, failure.Attempts, want, failure)
					}
				})
			})
		}
	}
}

func TestRetry_NoneIfMaxRetriesIsZero(t *testing.T) {
	t.Parallel()
	for method, operation := range operations {
		for _, respond := range []transportFunc{returns(429, "", "Retry-After", "7"), returns(503, ""), fails(io.EOF), neverResponds} {
			synctest.Test(t, func(t *testing.T) {
				api := &script{responses: []transportFunc{respond}}
				failure := requireError(t, operation(t.Context(), newTestClient(t, testURL, withTransport(api))))
				if api.count() != 1 || failure.Attempts != 1 {
					t.Errorf("%s: sent %d times, %d in the error, want 1: %v", method, api.count(), failure.Attempts, failure)
				}
			})
		}
	}
}

func TestRetry_SucceedsAfterFailedAttempts(t *testing.T) {
	t.Parallel()
	for method, responses := range map[string][]transportFunc{
		http.MethodGet:   {returns(503, ""), fails(io.EOF), returns(429, ""), bodyNeverEnds, returns(200, "{"), success},
		http.MethodPatch: {returns(429, ""), returns(429, "", "Retry-After", "40"), returns(429, ""), returns(429, ""), returns(429, "", "Retry-After", "1"), success},
	} {
		synctest.Test(t, func(t *testing.T) {
			api := &script{responses: responses}
			client := newTestClient(t, testURL, withTransport(api), withRetries(5, 0.5))

			if err := operations[method](t.Context(), client); err != nil {
				t.Errorf("%s: %v", method, err)
			}
			if api.count() != len(responses) {
				t.Errorf("%s: sent %d times, want %d", method, api.count(), len(responses))
			}
		})
	}
}

func TestRetry_WaitsBetweenAttempts(t *testing.T) {
	t.Parallel()
	inTwentySeconds := func(r *http.Request) (*http.Response, error) {
		return returns(503, "", "Retry-After", time.Now().Add(20*time.Second).UTC().Format(http.TimeFormat))(r)
	}
	for name, test := range map[string]struct {
		respond     transportFunc
		least, most string // the waits with the smallest and the greatest jitter
	}{
		"failures":                 {returns(503, ""), "250ms 500ms 1s 2s 4s 8s 15s 15s 15s 15s 15s", "500ms 1s 2s 4s 8s 16s 30s 30s 30s 30s 30s"},
		"Retry-After":              {returns(503, "", "Retry-After", "10"), "10.25s 10.5s 11s 12s", "10.5s 11s 12s 14s"},
		"Retry-After as a date":    {inTwentySeconds, "20.25s 20.5s 21s", "20.5s 21s 22s"},
		"429":                      {returns(429, ""), "2s 4s 8s 16s 32s 64s 128s 256s 300s 300s 300s", "2.2s 4.4s 8.8s 17.6s 35.2s 70.4s 140.8s 281.6s 330s 330s 330s"},
		"429, Retry-After":         {returns(429, "", "Retry-After", "10"), "10s 14s 18s 26s 42s", "11s 15.4s 19.8s 28.6s 46.2s"},
		"429, longest Retry-After": {returns(429, "", "Retry-After", "300"), "300s 304s", "330s 334.4s"},
		"429, zero Retry-After":    {returns(429, "", "Retry-After", "0"), "2s 4s", "2.2s 4.4s"},
		"429, invalid Retry-After": {returns(429, "", "Retry-After", "soon"), "2s 4s", "2.2s 4.4s"},
		"timeouts":                 {neverResponds, "30.25s 30.5s 31s", "30.5s 31s 32s"},
	} {
		for random, want := range map[float64]string{0: test.least, 0.999999: test.most} {
			t.Run(name+" "+strconv.FormatFloat(random, 'f', 0, 64), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					waits := durations(t, want)
					api := &script{responses: []transportFunc{test.respond}}
					client := newTestClient(t, testURL, withTransport(api), withRetries(len(waits), random))

					_ = requireError(t, operations[http.MethodGet](t.Context(), client))

					gaps := api.gaps()
					for i := range gaps {
						gaps[i] = gaps[i].Round(time.Millisecond)
					}
					if !reflect.DeepEqual(gaps, waits) {
						t.Errorf("waited %v, want %v", gaps, waits)
					}
				})
			})
		}
	}
}

func TestRequestTimeout_BoundsOneAttempt(t *testing.T) {
	t.Parallel()
	for name, respond := range map[string]transportFunc{"no response": neverResponds, "body never ends": bodyNeverEnds} {
		synctest.Test(t, func(t *testing.T) {
			api := &script{responses: []transportFunc{respond}}
			client := newTestClient(t, testURL, withTransport(api), withRetries(2, 0), func(config *Config) { config.RequestTimeout = 10 * time.Second })
			begin := time.Now()

			failure := requireError(t, operations[http.MethodGet](t.Context(), client))

			if took, want := time.Since(begin), 3*10*time.Second+750*time.Millisecond; took != want {
				t.Errorf("%s: three attempts took %s, want %s", name, took, want)
			}
			if failure.Kind != KindConnection || !failure.OutcomeUnknown || failure.Detail != "No complete response came within 10s." || !errors.Is(failure, context.DeadlineExceeded) {
				t.Errorf("%s: %+v", name, failure)
			}
		})
	}
}

func TestRetryAfter_BeyondFiveMinutesIsAnError(t *testing.T) {
	t.Parallel()
	for method, operation := range operations {
		synctest.Test(t, func(t *testing.T) {
			api := &script{responses: []transportFunc{returns(429, `{"detail": "Slow down."}`, "Retry-After", "3600"), success}}
			client := newTestClient(t, testURL, withTransport(api), withRetries(5, 0))
			begin := time.Now()

			failure := requireError(t, operation(t.Context(), client))

			if want := "Slow down. The API asks to wait 1h0m0s, which is longer than this provider waits (5m0s)."; failure.Detail != want || failure.Kind != KindRateLimit || failure.RetryAfter != time.Hour {
				t.Errorf("%s: %+v, want %s", method, failure, want)
			}
			if err := operation(t.Context(), client); err != nil || time.Since(begin) != 0 {
				t.Errorf("%s: the next call waited %s, want none (%v)", method, time.Since(begin), err)
			}
		})
	}
}

func TestCancel_EndsAnyWaitAtOnce(t *testing.T) {
	t.Parallel()
	for name, respond := range map[string]transportFunc{
		"the response":        neverResponds,
		"the end of the body": bodyNeverEnds,
		"the limit":           returns(429, "", "Retry-After", "300"),
		"the next attempt":    returns(503, "", "Retry-After", "300"),
	} {
		for method, operation := range operations {
			synctest.Test(t, func(t *testing.T) {
				api := &script{responses: []transportFunc{respond}}
				client := newTestClient(t, testURL, withTransport(api), withRetries(5, 0))
				ctx, cancel := context.WithCancelCause(t.Context())
				begin := time.Now()
				time.AfterFunc(7*time.Second, func() { cancel(http.ErrServerClosed) })

				err := operation(ctx, client)

				if took := time.Since(begin); err == nil || took > 7*time.Second {
					t.Errorf("%s, waiting for %s: ended after %s with %v", method, name, took, err)
				}
				if failure := AsError(err); failure != nil && failure.Kind == KindConnection && failure.Detail != "The request was interrupted." {
					t.Errorf("%s, waiting for %s: %v", method, name, err)
				}
				if api.count() != 1 {
					t.Errorf("%s, waiting for %s: sent %d times, want once", method, name, api.count())
				}
			})
		}
	}
}

func TestCancel_OfChangeInFlightIsOutcomeUnknown(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client := newTestClient(t, testURL, withTransport(transportFunc(neverResponds)))
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)

		failure := requireError(t, operations[http.MethodPatch](ctx, client))

		if !failure.OutcomeUnknown || failure.StatusCode != 0 {
			t.Errorf("%+v, want an unknown outcome", failure)
		}
	})
}

func TestCancel_WhileWaitingForSlotSendsNothing(t *testing.T) {
	t.Parallel()
	for method, operation := range operations {
		synctest.Test(t, func(t *testing.T) {
			api := &script{responses: []transportFunc{success}}
			client := newTestClient(t, testURL, withTransport(api), withLimit(1))
			if err := operation(t.Context(), client); err != nil {
				t.Fatal(err)
			}
			cancelled, cancel := context.WithCancel(t.Context())
			cancel()
			short, cancel := context.WithTimeout(t.Context(), 5*time.Second)
			defer cancel()

			for _, ctx := range []context.Context{cancelled, short} {
				if err := operation(ctx, client); AsError(err) != nil || !errors.Is(err, ctx.Err()) {
					t.Errorf("%s: %v, want the context's own error", method, err)
				}
			}
			if api.count() != 1 {
				t.Errorf("%s: sent %d times, want once", method, api.count())
			}
		})
	}
}

// A body that is not closed blocks its connection for ever.
func TestClient_ClosesEveryBody(t *testing.T) {
	t.Parallel()
	for method, operation := range operations {
		for _, respond := range []transportFunc{
			success, returns(204, ""), returns(200, "["), returns(200, "[]"), returns(200, html, "Content-Type", "text/html"), returns(302, html, "Location", "/"),
			returns(400, html, "Content-Type", "text/html"), returns(404, `{"detail": "Not found."}`), returns(429, "{}"), returns(503, strings.Repeat("x", 2*maxErrorBytes)), returns(101, ""),
		} {
			var body countingCloser
			client := newTestClient(t, testURL, withTransport(transportFunc(func(r *http.Request) (*http.Response, error) {
				response, err := respond(r)
				body.ReadCloser = response.Body
				response.Body = &body
				return response, err
			})))

			err := operation(t.Context(), client)

			if body.closed != 1 {
				t.Errorf("%s: the body was closed %d times, want once (%v)", method, body.closed, err)
			}
		}
	}
}

type countingCloser struct {
	io.ReadCloser
	closed int
}

func (c *countingCloser) Close() error {
	c.closed++
	return c.ReadCloser.Close()
}
