// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package simulator

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"strconv"
)

const (
	jsonType = "application/json"
	htmlType = "text/html; charset=utf-8"
)

// response is what the API returns to one request. It is complete before any of it is sent, so that
// a fault can replace, delay or cut it.
type response struct {
	status int
	header http.Header
	body   []byte
	// isInvented: it has Raw items, which need not keep to the OpenAPI document.
	isInvented bool
}

// send writes the response. If it is cut, the connection is closed in the middle of the body that
// the header promises.
func (r *response) send(w http.ResponseWriter, isCut bool) {
	maps.Copy(w.Header(), r.header)
	w.Header().Set("Content-Length", strconv.Itoa(len(r.body)))
	w.WriteHeader(r.status)
	body := r.body
	if isCut {
		body = body[:len(body)/2]
	}
	_, _ = w.Write(body) //nolint:gosec // G705: the client may have disconnected; it is no browser.
	if isCut {
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	}
}

func rawResponse(status int, contentType string, body []byte) *response {
	return &response{status: status, header: http.Header{"Content-Type": {contentType}}, body: body}
}

// jsonResponse returns a response with the JSON of a value.
func jsonResponse(status int, value any) *response {
	return rawResponse(status, jsonType, []byte(marshal(value)))
}

// detailResponse is the API's usual error: {"detail": "…"}.
func detailResponse(status int, text string) *response {
	return jsonResponse(status, map[string]string{"detail": text})
}

// invalidResponse is a validation error in its usual shape: {"<field>": ["…"]}.
func invalidResponse(field, text string) *response {
	return jsonResponse(http.StatusBadRequest, map[string][]string{field: {text}})
}

// notFoundPage is the web server's 404, for a path or an identifier that no route matches.
func notFoundPage() *response {
	return rawResponse(http.StatusNotFound, htmlType, []byte("\n<!doctype html>\n<html lang=\"en\">\n<head>\n  <title>Not Found</title>\n</head>\n"+
		"<body>\n  <h1>Not Found</h1><p>The requested resource was not found on this server.</p>\n</body>\n</html>\n"))
}

// redirectToSlash redirects a request without the trailing slash to the path with it; the request
// is not executed.
func redirectToSlash(path, query string) *response {
	if query != "" {
		query = "?" + query
	}
	r := rawResponse(http.StatusMovedPermanently, htmlType, nil)
	r.header.Set("Location", path+"/"+query)
	return r
}

// marshal returns the JSON of a value that is known to have one.
func marshal(value any) string {
	text, err := json.Marshal(value)
	if err != nil {
		panic(fmt.Sprintf("simulator: a value without JSON: %v", err))
	}
	return string(text)
}
