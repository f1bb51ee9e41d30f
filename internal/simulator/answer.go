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

// answer is what the API says to one request, made completely before anything of it is sent, so that a fault can
// replace, delay or cut it.
type answer struct {
	status int
	header http.Header
	body   []byte
}

func (a answer) send(w http.ResponseWriter) {
	a.sendHeader(w)
	_, _ = w.Write(a.body) // the client may be gone; there is nobody else to tell
}

// sendHalf promises the whole body and breaks off in the middle of it.
func (a answer) sendHalf(w http.ResponseWriter) {
	a.sendHeader(w)
	_, _ = w.Write(a.body[:len(a.body)/2])
	_ = http.NewResponseController(w).Flush()
	panic(http.ErrAbortHandler)
}

func (a answer) sendHeader(w http.ResponseWriter) {
	maps.Copy(w.Header(), a.header)
	w.Header().Set("Content-Length", strconv.Itoa(len(a.body)))
	w.WriteHeader(a.status)
}

func raw(status int, contentType string, body []byte) answer {
	return answer{status: status, header: http.Header{"Content-Type": {contentType}}, body: body}
}

// object answers with a value that is known to marshal.
func object(status int, value any) answer {
	body, err := json.Marshal(value)
	if err != nil {
		panic(fmt.Sprintf("simulator: an answer that is no JSON: %v", err))
	}
	return raw(status, jsonType, body)
}

// detail is the API's usual error: {"detail": "…"}.
func detail(status int, text string) answer {
	return object(status, map[string]string{"detail": text})
}

// invalid is a validation error in its usual shape: {"<field>": ["…"]}.
func invalid(field, text string) answer {
	return object(http.StatusBadRequest, map[string][]string{field: {text}})
}

// notFoundPage is what the server says before any API is reached: a path or an identifier that no route matches.
func notFoundPage() answer {
	return raw(http.StatusNotFound, htmlType, []byte("\n<!doctype html>\n<html lang=\"en\">\n<head>\n  <title>Not Found</title>\n</head>\n"+
		"<body>\n  <h1>Not Found</h1><p>The requested resource was not found on this server.</p>\n</body>\n</html>\n"))
}

// redirectToSlash sends a request without the trailing slash to the path with it, and never carries it out.
func redirectToSlash(path, query string) answer {
	if query != "" {
		query = "?" + query
	}
	a := raw(http.StatusMovedPermanently, htmlType, nil)
	a.header.Set("Location", path+"/"+query)
	return a
}
