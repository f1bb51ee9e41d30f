// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package simulator

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"slices"
)

// fields are the fields of a request's body as it is validated, with the errors so far.
type fields struct {
	values map[string]json.RawMessage
	errors map[string]any
}

// readFields reads the body of a request, as Django REST framework does; an empty body is an empty object.
func readFields(c call) (*fields, *answer) {
	values, refused := decodeObject(c.request, c.body)
	return &fields{values, map[string]any{}}, refused
}

// has reports whether a field was sent, with whatever value.
func (f *fields) has(name string) bool {
	_, sent := f.values[name]
	return sent
}

func (f *fields) invalid(name, message string) { f.errors[name] = []string{message} }

// require reports fields that were not sent.
func (f *fields) require(names ...string) {
	for _, name := range names {
		if !f.has(name) {
			f.invalid(name, "This field is required.")
		}
	}
}

// read decodes a field into target, and reports whether it was sent and could be. message is the API's for a value of
// another type.
func (f *fields) read(name string, target any, message string) bool {
	value, sent := f.values[name]
	switch {
	case !sent:
		return false
	case bytes.Equal(value, []byte("null")):
		f.invalid(name, "This field may not be null.")
	case json.Unmarshal(value, target) != nil:
		f.invalid(name, message)
	default:
		return true
	}
	return false
}

func (f *fields) text(name string) (text string) {
	f.read(name, &text, "Not a valid string.")
	return text
}

func (f *fields) boolean(name string, fallback bool) bool {
	f.read(name, &fallback, "Must be a valid boolean.")
	return fallback
}

// choice reads a field that takes one of several values.
func (f *fields) choice(name string, values []string) string {
	var text string
	if f.read(name, &text, "Not a valid string.") && !slices.Contains(values, text) {
		f.invalid(name, fmt.Sprintf("%q is not a valid choice.", text))
	}
	return text
}

// refused is the 400 that names every field with an error; nil if there is none.
func (f *fields) refused() *answer {
	if len(f.errors) == 0 {
		return nil
	}
	return refuse(object(http.StatusBadRequest, f.errors))
}

func decodeObject(r *http.Request, body []byte) (map[string]json.RawMessage, *answer) {
	if len(bytes.TrimSpace(body)) == 0 {
		return nil, nil
	}
	mediaType, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || mediaType != jsonType {
		return nil, refuse(detail(http.StatusUnsupportedMediaType,
			fmt.Sprintf("Unsupported media type %q in request.", r.Header.Get("Content-Type"))))
	}
	var document json.RawMessage
	decoder := json.NewDecoder(bytes.NewReader(body))
	if err := decoder.Decode(&document); err != nil {
		return nil, refuse(parseError(err))
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, refuse(parseError(errors.New("extra data")))
	}
	var values map[string]json.RawMessage
	if json.Unmarshal(document, &values) != nil || values == nil {
		return nil, refuse(invalid("non_field_errors", "Invalid data. Expected a dictionary."))
	}
	return values, nil
}

func parseError(err error) answer {
	return detail(http.StatusBadRequest, "JSON parse error - "+err.Error())
}

func refuse(a answer) *answer { return &a }
