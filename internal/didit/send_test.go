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
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

// script gives its answers one after the other, the last one for ever, and keeps
// when it was asked.
type script struct {
	answers []answerFunc

	mu    sync.Mutex
	times []time.Time
}

type answerFunc func(*http.Request) (*http.Response, error)

func (s *script) RoundTrip(r *http.Request) (*http.Response, error) {
	s.mu.Lock()
	answer := s.answers[min(len(s.times), len(s.answers)-1)]
	s.times = append(s.times, time.Now())
	s.mu.Unlock()
	return answer(r)
}

func (s *script) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.times)
}

// gaps are the times between two requests.
func (s *script) gaps() (gaps []time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.times[1:] {
		gaps = append(gaps, s.times[i+1].Sub(s.times[i]))
	}
	return gaps
}

func with(status int, body string, header ...string) answerFunc {
	return func(r *http.Request) (*http.Response, error) {
		fields := http.Header{}
		for i := 0; i < len(header); i += 2 {
			fields.Set(header[i], header[i+1])
		}
		return newResponse(r, status, fields, body), nil
	}
}

func fails(err error) answerFunc {
	return func(*http.Request) (*http.Response, error) { return nil, err }
}

// never answers; nor does its body end.
func never(r *http.Request) (*http.Response, error) {
	<-r.Context().Done()
	return nil, r.Context().Err()
}

func neverEnds(r *http.Request) (*http.Response, error) {
	response := newResponse(r, http.StatusOK, nil, "")
	response.Body = io.NopCloser(io.MultiReader(strings.NewReader(testReport[:10]), readerFunc(func([]byte) (int, error) {
		<-r.Context().Done()
		return 0, r.Context().Err()
	})))
	return response, nil
}

type readerFunc func([]byte) (int, error)

func (read readerFunc) Read(p []byte) (int, error) { return read(p) }

func success(r *http.Request) (*http.Response, error) {
	return newResponse(r, http.StatusOK, nil, fullResponse(r.Method)), nil
}

func retrying(times int, random float64) func(*Config) {
	return func(config *Config) {
		config.MaxRetries = times
		config.Random = func() float64 { return random }
	}
}

// Counts of attempts per failure, each of which goes on for ever.
func TestRetry_OnlyTransientFailuresOfReads(t *testing.T) {
	t.Parallel()
	const retries = 3
	for name, test := range map[string]struct {
		answer        answerFunc
		reads, writes int
	}{
		"400":                {with(400, `{"detail": "no"}`), 1, 1},
		"401":                {with(401, `{"detail": "no"}`), 1, 1},
		"403":                {with(403, `{"detail": "no"}`), 1, 1},
		"404":                {with(404, `{"detail": "Not found."}`), 1, 1},
		"404 HTML":           {with(404, html, "Content-Type", "text/html"), 1, 1},
		"408":                {with(408, `{"detail": "no"}`), 1, 1},
		"409":                {with(409, `{"detail": "no"}`), 1, 1},
		"302":                {with(302, "", "Location", "https://example.com/"), 1, 1},
		"429":                {with(429, ""), 1 + retries, 1 + retries},
		"429 Retry-After":    {with(429, "", "Retry-After", "7"), 1 + retries, 1 + retries},
		"429 too long":       {with(429, "", "Retry-After", "301"), 1, 1},
		"500":                {with(500, html, "Content-Type", "text/html"), 1 + retries, 1},
		"502":                {with(502, ""), 1 + retries, 1},
		"503":                {with(503, "", "Retry-After", "3"), 1 + retries, 1},
		"503 too long":       {with(503, "", "Retry-After", "301"), 1, 1},
		"504":                {with(504, ""), 1 + retries, 1},
		"cut":                {with(200, `{"session_id"`), 1 + retries, 1},
		"HTML":               {with(200, html, "Content-Type", "text/html"), 1, 1},
		"other shape":        {with(200, `[]`), 1, 1},
		"refused":            {fails(syscall.ECONNREFUSED), 1 + retries, 1},
		"reset":              {fails(syscall.ECONNRESET), 1 + retries, 1},
		"broken off":         {fails(io.ErrUnexpectedEOF), 1 + retries, 1},
		"no answer":          {never, 1 + retries, 1},
		"answer never ends":  {neverEnds, 1 + retries, 1},
		"something is wrong": {fails(errors.New("something")), 1 + retries, 1},
	} {
		for method, want := range map[string]int{http.MethodGet: test.reads, http.MethodPatch: test.writes} {
			t.Run(name+" "+method, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					api := &script{answers: []answerFunc{test.answer}}
					client := newTestClient(t, "https://api.example.invalid", through(api), retrying(retries, 0.5))

					failure := mustFail(t, operations[method](t.Context(), client))

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
		for _, answer := range []answerFunc{with(429, "", "Retry-After", "7"), with(503, ""), fails(io.EOF), never} {
			synctest.Test(t, func(t *testing.T) {
				api := &script{answers: []answerFunc{answer}}
				failure := mustFail(t, operation(t.Context(), newTestClient(t, "https://api.example.invalid", through(api))))
				if api.count() != 1 || failure.Attempts != 1 {
					t.Errorf("%s: sent %d times, %d in the error, want 1: %v", method, api.count(), failure.Attempts, failure)
				}
			})
		}
	}
}

func TestRetry_SucceedsAfterFailedAttempts(t *testing.T) {
	t.Parallel()
	for method, answers := range map[string][]answerFunc{
		http.MethodGet:   {with(503, ""), fails(io.EOF), with(429, ""), neverEnds, with(200, "{"), success},
		http.MethodPatch: {with(429, ""), with(429, "", "Retry-After", "40"), with(429, ""), with(429, ""), with(429, "", "Retry-After", "1"), success},
	} {
		synctest.Test(t, func(t *testing.T) {
			api := &script{answers: answers}
			client := newTestClient(t, "https://api.example.invalid", through(api), retrying(5, 0.5))

			if err := operations[method](t.Context(), client); err != nil {
				t.Errorf("%s: %v", method, err)
			}
			if api.count() != len(answers) {
				t.Errorf("%s: sent %d times, want %d", method, api.count(), len(answers))
			}
		})
	}
}

func TestRetry_WaitsBetweenAttempts(t *testing.T) {
	t.Parallel()
	inTwentySeconds := func(r *http.Request) (*http.Response, error) {
		return with(503, "", "Retry-After", time.Now().Add(20*time.Second).UTC().Format(http.TimeFormat))(r)
	}
	for name, test := range map[string]struct {
		answer      answerFunc
		least, most string // the waits with the least and the greatest chance there is
	}{
		"failures":        {with(503, ""), "250ms 500ms 1s 2s 4s 8s 15s 15s 15s 15s 15s", "500ms 1s 2s 4s 8s 16s 30s 30s 30s 30s 30s"},
		"Retry-After":     {with(503, "", "Retry-After", "10"), "10.25s 10.5s 11s 12s", "10.5s 11s 12s 14s"},
		"as a date":       {inTwentySeconds, "20.25s 20.5s 21s", "20.5s 21s 22s"},
		"limit":           {with(429, ""), "2s 4s 8s 16s 32s 64s 128s 256s 300s 300s 300s", "2.2s 4.4s 8.8s 17.6s 35.2s 70.4s 140.8s 281.6s 330s 330s 330s"},
		"limit, asked":    {with(429, "", "Retry-After", "10"), "10s 14s 18s 26s 42s", "11s 15.4s 19.8s 28.6s 46.2s"},
		"limit, at most":  {with(429, "", "Retry-After", "300"), "300s 304s", "330s 334.4s"},
		"limit, now":      {with(429, "", "Retry-After", "0"), "2s 4s", "2.2s 4.4s"},
		"limit, nonsense": {with(429, "", "Retry-After", "soon"), "2s 4s", "2.2s 4.4s"},
		"timeouts":        {never, "30.25s 30.5s 31s", "30.5s 31s 32s"},
	} {
		for random, want := range map[float64]string{0: test.least, 0.999999: test.most} {
			t.Run(name+" "+strconv.FormatFloat(random, 'f', 0, 64), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					waits := durations(t, want)
					api := &script{answers: []answerFunc{test.answer}}
					client := newTestClient(t, "https://api.example.invalid", through(api), retrying(len(waits), random))

					_ = mustFail(t, operations[http.MethodGet](t.Context(), client))

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

func durations(t *testing.T, texts string) (durations []time.Duration) {
	t.Helper()
	for text := range strings.FieldsSeq(texts) {
		duration, err := time.ParseDuration(text)
		if err != nil {
			t.Fatal(err)
		}
		durations = append(durations, duration)
	}
	return durations
}

func TestRequestTimeout_BoundsOneAttempt(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]answerFunc{"no answer": never, "answer never ends": neverEnds} {
		synctest.Test(t, func(t *testing.T) {
			api := &script{answers: []answerFunc{answer}}
			client := newTestClient(t, "https://api.example.invalid", through(api), retrying(2, 0), func(config *Config) { config.RequestTimeout = 10 * time.Second })
			begin := time.Now()

			failure := mustFail(t, operations[http.MethodGet](t.Context(), client))

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
			api := &script{answers: []answerFunc{with(429, `{"detail": "Slow down."}`, "Retry-After", "3600"), success}}
			client := newTestClient(t, "https://api.example.invalid", through(api), retrying(5, 0))
			begin := time.Now()

			failure := mustFail(t, operation(t.Context(), client))

			if want := "Slow down. The API asks to wait 1h0m0s, which is longer than this provider waits (5m0s)."; failure.Detail != want || failure.Kind != KindRateLimit || failure.RetryAfter != time.Hour {
				t.Errorf("%s: %+v, want %s", method, failure, want)
			}
			if err := operation(t.Context(), client); err != nil || time.Since(begin) != 0 {
				t.Errorf("%s: the next call waits %s, %v", method, time.Since(begin), err)
			}
		})
	}
}
