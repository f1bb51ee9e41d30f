// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package simulator

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"slices"
)

// fields are the fields of a request's body while it is validated, with the errors so far, as in
// Django REST framework.
type fields struct {
	values map[string]json.RawMessage
	errors map[string]any
}

// readFields reads a body, which has to be a JSON object; an empty one has no fields.
func readFields(c call) (*fields, *response) {
	read := &fields{errors: map[string]any{}}
	if len(bytes.TrimSpace(c.body)) == 0 {
		return read, nil
	}
	declared := c.request.Header.Get("Content-Type")
	if mediaType, _, err := mime.ParseMediaType(declared); err != nil || mediaType != jsonType {
		return nil, detailResponse(http.StatusUnsupportedMediaType, fmt.Sprintf("Unsupported media type %q in request.", declared))
	}
	err := json.Unmarshal(c.body, &read.values)
	var syntax *json.SyntaxError
	switch {
	case errors.As(err, &syntax):
		return nil, detailResponse(http.StatusBadRequest, "JSON parse error - "+err.Error())
	case err != nil || read.values == nil:
		return nil, invalidResponse("non_field_errors", "Invalid data. Expected a dictionary.")
	}
	return read, nil
}

// has reports whether a field was sent, even as null.
func (f *fields) has(name string) bool {
	_, sent := f.values[name]
	return sent
}

func (f *fields) invalid(name, message string) { f.errors[name] = []string{message} }

// require adds an error for each field that was not sent.
func (f *fields) require(names ...string) {
	for _, name := range names {
		if !f.has(name) {
			f.invalid(name, "This field is required.")
		}
	}
}

// read decodes a field into target, and reports whether it was sent and could be. message is the
// API's for a value of another type.
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

// requiredText reads a field that has to be sent and may not be "".
func (f *fields) requiredText(name string) (text string) {
	f.require(name)
	if f.read(name, &text, "Not a valid string.") && text == "" {
		f.invalid(name, "This field may not be blank.")
	}
	return text
}

func (f *fields) boolean(name string, fallback bool) bool {
	f.read(name, &fallback, "Must be a valid boolean.")
	return fallback
}

// choice reads a field that takes one of several values.
func (f *fields) choice(name string, values []string) (text string) {
	if f.read(name, &text, "Not a valid string.") && !slices.Contains(values, text) {
		f.invalid(name, fmt.Sprintf("%q is not a valid choice.", text))
	}
	return text
}

// rejected returns the 400 that lists every field with an error; nil if there is none.
func (f *fields) rejected() *response {
	if len(f.errors) == 0 {
		return nil
	}
	return jsonResponse(http.StatusBadRequest, f.errors)
}
