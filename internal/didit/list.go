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
	"reflect"
	"strconv"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// pageSize is how many rows a page is asked to have. The API may give fewer.
const pageSize = 100

// page is how the API sends a list; rows keep only the fields that they have
// room for.
type page[Row any] struct {
	// Next is the address of the next page; only whether there is one matters,
	// because an address from an answer is not followed.
	Next    *string `json:"next"`
	Results []Row   `json:"results"`
}

// list reads a list page by page, for as long as the caller wants more. The
// offset counts the rows that came, so that a page that is shorter than asked
// for skips nothing. An error is the last thing that comes.
func list[Row any](ctx context.Context, c *Client, path string, query url.Values) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		var none, first Row
		query.Set("limit", strconv.Itoa(pageSize))
		for offset := 0; ; {
			query.Set("offset", strconv.Itoa(offset))
			rows, err := listPage[Row](ctx, c, path, query)
			if err == nil && offset > 0 && len(rows.Results) > 0 && reflect.DeepEqual(rows.Results[0], first) {
				err = &Error{Kind: KindNotAPI, Method: http.MethodGet, Path: path, Attempts: 1, StatusCode: http.StatusOK, Detail: "The list repeats itself: whoever answers does not page, and it would never end."}
			}
			if err != nil {
				yield(none, err)
				return
			}
			if len(rows.Results) > 0 {
				first = rows.Results[0]
			}
			for _, row := range rows.Results {
				if !yield(row, nil) {
					return
				}
			}
			offset += len(rows.Results)
			if rows.Next == nil || len(rows.Results) == 0 {
				return
			}
		}
	}
}

func listPage[Row any](ctx context.Context, c *Client, path string, query url.Values) (rows page[Row], err error) {
	err = c.send(ctx, call{
		method: http.MethodGet,
		path:   path,
		query:  query.Encode(),
		window: c.reads,
		again:  isWorthReadingAgain,
		accept: func(body io.Reader) *Error {
			rows = page[Row]{}
			return decodePage(body, &rows)
		},
	})
	return rows, err
}

func decodePage[Row any](body io.Reader, rows *page[Row]) *Error {
	var mismatch *json.SemanticError
	err := json.UnmarshalRead(newBoundedReader(body), rows, jsontext.AllowInvalidUTF8(true))
	switch {
	case errors.As(err, &mismatch):
		return &Error{Kind: KindNotAPI, Detail: "The answer is JSON, but not the list that was asked for."}
	case err != nil:
		return reportError(err)
	case rows.Results == nil:
		return &Error{Kind: KindNotAPI, Detail: "The answer is JSON, but not a list: it has no results."}
	}
	return nil
}
