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
	// pageSize is the requested number of rows. The API may return fewer.
	pageSize = 100
	// maxStalledPages bounds the number of successive pages without a new row. Rows that
	// are added at the beginning of a list cause such pages.
	maxStalledPages = 20
)

// row is one row of a list. Only the fields that it declares are decoded.
type row interface {
	// key identifies the row in its list; "" if the row does not have it.
	key() string
	// keyName is the API's name of the key.
	keyName() string
}

// page is the envelope of a list.
type page[Row row] struct {
	// Next is the address of the next page. The client does not follow an address from
	// a response, and only checks whether there is one.
	Next    jsontext.Value `json:"next"`
	Results []Row          `json:"results"`
}

func (p page[Row]) isLast() bool { return len(p.Next) == 0 || p.Next.Kind() == 'n' }

// optional is a field that is the zero value if it has an unexpected type.
type optional[T any] struct{ value T }

// UnmarshalJSONFrom reads the next value, of any type.
func (o *optional[T]) UnmarshalJSONFrom(from *jsontext.Decoder) error {
	raw, err := from.ReadValue()
	if err != nil {
		return err
	}
	var value T
	if json.Unmarshal(raw, &value, jsontext.AllowInvalidUTF8(true)) == nil {
		o.value = value
	}
	return nil
}

// decodeObject decodes the next value into a struct. It leaves the struct as it is if
// the value is no object.
func decodeObject(from *jsontext.Decoder, object any) error {
	if kind := from.PeekKind(); kind != '{' {
		return from.SkipValue()
	}
	return json.UnmarshalDecode(from, object)
}

// list yields the rows of a list, and reads a page when its rows are needed. It ends
// after the first error.
//
// Each page begins with the last row of the previous page. If that row is missing, rows
// have left the list, and later rows have moved up past the offset: list goes back
// until a page begins with a known row. So no row is lost, and none is yielded twice.
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
			if page.isLast() || len(rows) == 0 {
				return
			}
			// A page of one row would be read for ever, and so would all pages if the API
			// ignored the offset.
			if len(rows) == 1 || stalled == maxStalledPages {
				yield(none, &Error{Kind: KindUnexpected, Method: http.MethodGet, Path: path, Attempts: 1, StatusCode: http.StatusOK, Detail: "The API returned no new rows on further pages; stopping to avoid an endless loop."})
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
	for _, row := range page.Results {
		if failure == nil && row.key() == "" {
			return rowWithout(row.keyName())
		}
	}
	return failure
}

// rowWithout is the error for a list with a row that cannot be identified. Without it,
// several such rows would be one with the ID "".
func rowWithout(key string) *Error {
	return &Error{Kind: KindUnexpected, Detail: "A row of the list has no usable " + key + "."}
}

// decodeValue decodes a response into a value. what describes the expected response.
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
