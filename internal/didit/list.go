// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package didit

import (
	"context"
	"errors"
	"io"
	"iter"
	"net/http"
	"net/url"
	"strconv"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

const (
	// pageSize is the number of rows to ask for. The API may return fewer.
	pageSize = 100
	// maxStalledPages bounds the pages in a row that bring no new row, as new rows
	// at the beginning of a list can make them.
	maxStalledPages = 20
)

// row is one row of a list. It keeps only the fields that it declares.
type row interface {
	// key identifies the row in its list.
	key() string
}

// page is the envelope of a list.
type page[Row row] struct {
	// Next is the address of the next page. Only whether there is one matters: an
	// address from a response is not followed.
	Next    *string `json:"next"`
	Results []Row   `json:"results"`
}

// list reads a list page by page, for as long as the caller wants more. An error
// is the last thing that it yields.
//
// Each page begins with the last row of the page before. If that row is no longer
// there, rows have left the list meanwhile, and others have moved up past the
// offset: list goes back until it finds a row that it knows. So no row is lost,
// and none is yielded twice.
func list[Row row](ctx context.Context, c *Client, path string, query url.Values) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		var none Row
		seen := map[string]bool{}
		step, stalled := pageSize, 0
		query.Set("limit", strconv.Itoa(pageSize))
		for offset := 0; ; {
			query.Set("offset", strconv.Itoa(offset))
			page, err := readPage[Row](ctx, c, path, query)
			if err != nil {
				yield(none, err)
				return
			}
			rows := page.Results
			if offset > 0 && (len(rows) == 0 || !seen[rows[0].key()]) {
				offset = max(0, offset-step)
				continue
			}
			stalled++
			for _, row := range rows {
				if seen[row.key()] {
					continue
				}
				seen[row.key()], stalled = true, 0
				if !yield(row, nil) {
					return
				}
			}
			if page.Next == nil || len(rows) == 0 {
				return
			}
			// Without an overlap, or if the API ignores the offset, it would never end.
			if len(rows) == 1 || stalled == maxStalledPages {
				yield(none, &Error{Kind: KindNotAPI, Method: http.MethodGet, Path: path, Attempts: 1, StatusCode: http.StatusOK, Detail: "The API returned no new rows on further pages; stopping to avoid an endless loop."})
				return
			}
			step = len(rows) - 1
			offset += step
		}
	}
}

func readPage[Row row](ctx context.Context, c *Client, path string, query url.Values) (found page[Row], err error) {
	err = c.read(ctx, call{path: path, query: query.Encode(), decode: func(body io.Reader) *Error {
		found = page[Row]{}
		return decodePage(body, &found)
	}})
	return found, err
}

func decodePage[Row row](body io.Reader, page *page[Row]) *Error {
	failure := decodeValue(body, page, "the requested list")
	if failure == nil && page.Results == nil {
		return notA("the requested list")
	}
	return failure
}

// decodeValue reads a response into a value, which keeps only the fields that it
// declares. what describes a right response.
func decodeValue(body io.Reader, value any, what string) *Error {
	var mismatch *json.SemanticError
	err := json.UnmarshalRead(newBoundedReader(body), value, jsontext.AllowInvalidUTF8(true))
	switch {
	case errors.As(err, &mismatch):
		return notA(what)
	case err != nil:
		return reportError(err)
	}
	return nil
}

func notA(what string) *Error {
	return &Error{Kind: KindNotAPI, Detail: "The response is JSON, but not " + what + "."}
}
