// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"
)

// comparison is a piece of work, done as often by the provider as by the floor.
type comparison struct {
	work     work
	job      job
	parallel int
	pairs    []pair
}

// pair is a run of the provider, and one of the floor right after it.
type pair struct{ provider, floor figures }

// compare lets the two take turns, so that whatever else the machine does meets
// both.
func compare(ctx context.Context, below string, provider, floor side, c comparison, runs int) (comparison, error) {
	for range runs {
		var (
			taken pair
			err   error
		)
		if taken.provider, err = measure(ctx, below, provider, c.job, c.work, c.parallel); err != nil {
			return c, err
		}
		if err := checkAlone(taken.provider.counts); err != nil {
			return c, fmt.Errorf("%s: %w", c.work.name, err)
		}
		if taken.floor, err = measure(ctx, below, floor, c.job, c.work, c.parallel); err != nil {
			return c, err
		}
		c.pairs = append(c.pairs, taken)
	}
	return c, nil
}

var comparisonColumns = columns{
	{"work", 22},
	{"steps", 5},
	{"sessions", 8},
	{"shape", 5},
	{"parallel", 8},
	{"reads", 9},
	{"writes", 6},
	{"429s", 4},
	{"wall time", 9},
	{"floor's", 7},
	{"ratio", 16},
	{"CPU ratio", 16},
	{"peak memory", 11},
	{"floor's", 7},
}

func (c comparison) cells() []string {
	return []string{
		c.work.name, strconv.Itoa(c.job.steps), strconv.Itoa(c.job.sessions()), "count", strconv.Itoa(c.parallel),
		span(c.each(func(p pair) float64 { return float64(p.provider.reads) }), 0),
		span(c.each(func(p pair) float64 { return float64(p.provider.writes) }), 0),
		span(c.each(func(p pair) float64 { return float64(p.provider.limited) }), 0),
		seconds(median(c.each(func(p pair) float64 { return p.provider.wall.Seconds() }))),
		seconds(median(c.each(func(p pair) float64 { return p.floor.wall.Seconds() }))),
		ratios(c.each(func(p pair) float64 { return ratio(p.provider.wall, p.floor.wall) })),
		ratios(c.each(func(p pair) float64 { return ratio(p.provider.cpu, p.floor.cpu) })),
		megabytes(slices.Max(c.each(func(p pair) float64 { return float64(p.provider.peak) }))),
		megabytes(slices.Max(c.each(func(p pair) float64 { return float64(p.floor.peak) }))),
	}
}

// each gives one figure of every pair.
func (c comparison) each(figure func(pair) float64) []float64 {
	all := make([]float64, len(c.pairs))
	for n, taken := range c.pairs {
		all[n] = figure(taken)
	}
	return all
}

func ratio(a, b time.Duration) float64 { return a.Seconds() / b.Seconds() }
