// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package simulator

import (
	"net/http"
	"net/url"
	"strconv"
)

// defaultPageLimit is how many results a page has where the query names no limit.
const defaultPageLimit = 50

// page is the envelope of every list.
type page[T any] struct {
	Count    int     `json:"count"`
	Next     *string `json:"next"`
	Previous *string `json:"previous"`
	Results  []T     `json:"results"`
}

// pageWindow is the part of a list that a query asks for. Values that are no numbers, or too small, count as absent.
type pageWindow struct{ limit, offset int }

func readPage(query url.Values) pageWindow {
	w := pageWindow{limit: defaultPageLimit}
	if limit, err := strconv.Atoi(query.Get("limit")); err == nil && limit > 0 {
		w.limit = limit
	}
	if offset, err := strconv.Atoi(query.Get("offset")); err == nil && offset > 0 {
		w.offset = offset
	}
	return w
}

// paginate cuts the window out of a list and links to its neighbours.
func paginate[T any](w pageWindow, r *http.Request, all []T) page[T] {
	from := min(w.offset, len(all))
	to := min(from+w.limit, len(all))
	p := page[T]{Count: len(all), Results: all[from:to:to]}
	if p.Results == nil {
		p.Results = []T{}
	}
	if to < len(all) {
		p.Next = w.link(r, w.offset+w.limit)
	}
	if w.offset > 0 {
		p.Previous = w.link(r, w.offset-w.limit)
	}
	return p
}

// link is the absolute address of the page at an offset; the first page has none in it.
func (w pageWindow) link(r *http.Request, offset int) *string {
	query := r.URL.Query()
	query.Set("limit", strconv.Itoa(w.limit))
	query.Del("offset")
	if offset > 0 {
		query.Set("offset", strconv.Itoa(offset))
	}
	scheme := "http://"
	if r.TLS != nil {
		scheme = "https://"
	}
	address := scheme + r.Host + r.URL.EscapedPath() + "?" + query.Encode()
	return &address
}
