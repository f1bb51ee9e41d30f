// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package didit

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// scriptedChange is a change whose requests and checks end as scripted; after the last
// entry, they succeed and show that the change was not made. It records the order.
type scriptedChange struct {
	sends   []error
	checks  []scriptedCheck
	acquire error // of the second request
	calls   []string
}

type scriptedCheck struct {
	isKnown bool
	err     error
}

func (s *scriptedChange) make(ctx context.Context, maxRetries int, once bool) error {
	return Change{
		Acquire: func(_ context.Context, sent Attempts) (*WritePermit, error) {
			s.calls = append(s.calls, "acquire")
			if sent.Count > 0 && s.acquire != nil {
				return nil, s.acquire
			}
			return new(WritePermit), nil
		},
		Check: func(Attempts) (bool, error) {
			s.calls = append(s.calls, "check")
			check, rest := next(s.checks)
			s.checks = rest
			return check.isKnown, check.err
		},
		Send: func(*WritePermit) error {
			s.calls = append(s.calls, "send")
			err, rest := next(s.sends)
			s.sends = rest
			return err
		},
		MaxRetries: maxRetries, Once: once,
	}.Make(ctx)
}

func next[T any](script []T) (first T, rest []T) {
	if len(script) == 0 {
		return first, nil
	}
	return script[0], script[1:]
}

func TestChange_EndsWhenOutcomeIsKnown(t *testing.T) {
	t.Parallel()
	var (
		lost     = &Error{Kind: KindConnection, OutcomeUnknown: true, Detail: "lost"}
		accepted = &Error{Kind: KindNotAPI, StatusCode: 200, OutcomeUnknown: true, Detail: "accepted"}
		replaced = &Error{Kind: KindNotAPI, NotFromAPI: true, Detail: "replaced"}
		refused  = &Error{Kind: KindValidation, Detail: "refused"}
		limited  = &Error{Kind: KindRateLimit, Detail: "limited"}
		unread   = errors.New("unread")
		verdict  = errors.New("verdict")
	)
	open, made := scriptedCheck{}, scriptedCheck{isKnown: true}
	failed, forbidden := scriptedCheck{err: unread}, scriptedCheck{isKnown: true, err: verdict}
	for name, test := range map[string]struct {
		sends   []error
		checks  []scriptedCheck
		acquire error
		once    bool
		calls   string
		want    error
		unknown bool // want is wrapped
	}{
		"sent once":                          {calls: "acquire check send"},
		"needs no request":                   {checks: []scriptedCheck{made}, calls: "acquire check"},
		"must not be made":                   {checks: []scriptedCheck{forbidden}, calls: "acquire check", want: verdict},
		"first read fails":                   {checks: []scriptedCheck{failed}, calls: "acquire check", want: unread},
		"lost and made":                      {sends: []error{lost}, checks: []scriptedCheck{open, made}, calls: "acquire check send acquire check"},
		"lost and not made":                  {sends: []error{lost}, calls: "acquire check send acquire check send"},
		"lost, then a verdict":               {sends: []error{lost}, checks: []scriptedCheck{open, forbidden}, calls: "acquire check send acquire check", want: verdict},
		"lost, then unread":                  {sends: []error{lost}, checks: []scriptedCheck{open, failed}, calls: "acquire check send acquire check", want: unread, unknown: true},
		"lost, then cancelled":               {sends: []error{lost}, acquire: context.Canceled, calls: "acquire check send acquire", want: context.Canceled, unknown: true},
		"lost, never again":                  {sends: []error{lost}, once: true, calls: "acquire check send check", want: lost, unknown: true},
		"lost until the retries are used up": {sends: []error{lost, lost, lost}, calls: "acquire check send acquire check send acquire check send check", want: lost, unknown: true},
		"lost, then refused":                 {sends: []error{lost, refused}, calls: "acquire check send acquire check send check", want: refused},
		"lost, refused, unread":              {sends: []error{lost, refused}, checks: []scriptedCheck{open, open, failed}, calls: "acquire check send acquire check send check", want: unread, unknown: true},
		"2xx, made":                          {sends: []error{accepted}, checks: []scriptedCheck{open, made}, calls: "acquire check send acquire check"},
		"2xx, made later":                    {sends: []error{accepted}, checks: []scriptedCheck{open, open, made}, calls: "acquire check send acquire check acquire check"},
		"2xx, not made":                      {sends: []error{accepted}, calls: "acquire check send acquire check acquire check", want: accepted, unknown: true},
		"2xx, then a verdict":                {sends: []error{accepted}, checks: []scriptedCheck{open, forbidden}, calls: "acquire check send acquire check", want: verdict},
		"2xx, then unread":                   {sends: []error{accepted}, checks: []scriptedCheck{open, failed}, calls: "acquire check send acquire check", want: unread, unknown: true},
		"2xx, then cancelled":                {sends: []error{accepted}, acquire: context.Canceled, calls: "acquire check send acquire", want: context.Canceled, unknown: true},
		"2xx, never again":                   {sends: []error{accepted}, once: true, calls: "acquire check send check", want: accepted, unknown: true},
		"lost, then 2xx":                     {sends: []error{lost, accepted}, calls: "acquire check send acquire check send acquire check", want: accepted, unknown: true},
		"refused":                            {sends: []error{refused}, calls: "acquire check send check", want: refused},
		"refused, then made":                 {sends: []error{refused}, checks: []scriptedCheck{open, made}, calls: "acquire check send check"},
		"refused, then a verdict":            {sends: []error{refused}, checks: []scriptedCheck{open, forbidden}, calls: "acquire check send check", want: verdict},
		"refused, then unread":               {sends: []error{refused}, checks: []scriptedCheck{open, failed}, calls: "acquire check send check", want: refused},
		"refused by a proxy":                 {sends: []error{replaced}, calls: "acquire check send check", want: replaced},
		"refused by a proxy, then unread":    {sends: []error{replaced}, checks: []scriptedCheck{open, failed}, calls: "acquire check send check", want: unread, unknown: true},
		"limited":                            {sends: []error{limited}, calls: "acquire check send acquire check send"},
		"limited, then unread":               {sends: []error{limited}, checks: []scriptedCheck{open, failed}, calls: "acquire check send acquire check", want: unread},
		"limited, then cancelled":            {sends: []error{limited}, acquire: context.Canceled, calls: "acquire check send acquire", want: context.Canceled},
		"limited, once":                      {sends: []error{limited}, once: true, calls: "acquire check send acquire check send"},
		"not a client's error":               {sends: []error{unread}, once: true, calls: "acquire check send check", want: unread, unknown: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			change := &scriptedChange{sends: test.sends, checks: test.checks, acquire: test.acquire}

			err := change.make(t.Context(), 2, test.once)

			if _, isUnknown := errors.AsType[*OutcomeUnknownError](err); !errors.Is(err, test.want) || isUnknown != test.unknown {
				t.Errorf("error %v, want %v, unknown outcome: %t", err, test.want, test.unknown)
			}
			if calls := strings.Join(change.calls, " "); calls != test.calls {
				t.Errorf("calls: %s, want: %s", calls, test.calls)
			}
		})
	}
}

// A permit that is not used would block its slot for ever.
func TestChange_ReturnsSlotOfUnusedPermit(t *testing.T) {
	t.Parallel()
	for name, check := range map[string]scriptedCheck{
		"needs no request": {isKnown: true},
		"must not be made": {isKnown: true, err: errors.New("verdict")},
		"read fails":       {err: errors.New("unread")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				client := newTestClient(t, testURL, withTransport(&script{}), func(config *Config) { config.WritesPerMinute = 1 })
				ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
				defer cancel()
				for range 2 {
					err := Change{
						Acquire: client.AcquireWrite,
						Check:   func(Attempts) (bool, error) { return check.isKnown, check.err },
						Send:    func(*WritePermit) error { panic("sent") },
					}.Make(ctx)
					if !errors.Is(err, check.err) {
						t.Errorf("error %v, want %v", err, check.err)
					}
				}
			})
		})
	}
}

func TestOutcomeUnknownError_WrapsBothCauses(t *testing.T) {
	t.Parallel()
	write, read := &Error{Kind: KindServer, Detail: "down"}, errors.New("unread")
	for _, causes := range [][]error{{write}, {write, read}} {
		err := &OutcomeUnknownError{Attempts: 2, WriteErr: write}
		if len(causes) == 2 {
			err.ReadErr = read
		}
		if !slices.Equal(err.Unwrap(), causes) || !strings.Contains(err.Error(), "2 attempts") || !strings.Contains(err.Error(), causes[len(causes)-1].Error()) {
			t.Errorf("%v, want both causes and the number of attempts", err)
		}
	}
}
