// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package contract_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"
)

// document is the published OpenAPI document, read more strictly than it is written: a query
// parameter, or a field of an object whose fields it lists, that it does not name is a problem.
type document struct {
	router  routers.Router
	options *openapi3filter.Options
}

// problem is one thing that an exchange does not keep to.
type problem struct {
	side  string // request or response
	what  string // route, security, query, status, media type, or the keyword of a schema
	value string // the value that is wrong, where a deviation needs it
	at    string // JSON pointer into the body
	text  string
}

func (p problem) is(side, what, value string) bool {
	return p.side == side && p.what == what && (value == "" || p.value == value)
}

func (p problem) String() string {
	return strings.TrimSpace(fmt.Sprintf("%s: %s %s: %s", p.side, p.what, p.at, p.text))
}

func loadDocument(t *testing.T) *document {
	t.Helper()
	path := os.Getenv("DIDIT_OPENAPI")
	if path == "" {
		path = "../../../shared/api/didit-openapi.json"
	}
	if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
		t.Skipf("Didit's OpenAPI document is not at %s: put it there, or name it in DIDIT_OPENAPI", path)
	}
	read, err := openapi3.NewLoader().LoadFromFile(path)
	if err != nil {
		t.Fatal(err)
	}
	read.Servers = openapi3.Servers{{URL: "/"}} // the traffic goes to simulators on hosts of their own
	router, err := gorillamux.NewRouter(read)
	if err != nil {
		t.Fatal(err)
	}
	for _, item := range read.Paths.Map() {
		for _, operation := range item.Operations() {
			nameAllFields(operation)
		}
	}
	return &document{router, &openapi3filter.Options{
		MultiError:                        true,
		IncludeResponseStatus:             true,
		RejectWhenRequestBodyNotSpecified: true,
		SkipSettingDefaults:               true,
		AuthenticationFunc:                isAuthenticated,
		SchemaValidationOptions:           []openapi3.SchemaValidationOption{openapi3.WithStringFormatValidators(formats)},
	}}
}

// formats are those that the document uses; the validator checks none unless one is given.
var formats = map[string]openapi3.StringFormatValidator{
	"uuid":      openapi3.NewRegexpFormatValidator(openapi3.FormatOfStringForUUIDOfRFC4122),
	"date":      openapi3.NewRegexpFormatValidator(openapi3.FormatOfStringDate),
	"date-time": openapi3.NewRegexpFormatValidator(openapi3.FormatOfStringDateTime),
	"uri":       openapi3.NewRegexpFormatValidator(`^[a-z]+://[^\s]+$`),
}

// isAuthenticated requires the header that a scheme of the document names.
func isAuthenticated(_ context.Context, input *openapi3filter.AuthenticationInput) error {
	name := input.SecurityScheme.Name
	if input.RequestValidationInput.Request.Header.Get(name) == "" {
		return fmt.Errorf("no %s is sent", name)
	}
	return nil
}

// nameAllFields makes every object of an operation whose fields are listed take no other fields.
func nameAllFields(operation *openapi3.Operation) {
	var contents []openapi3.Content
	if operation.RequestBody != nil {
		contents = append(contents, operation.RequestBody.Value.Content)
	}
	for _, response := range operation.Responses.Map() {
		contents = append(contents, response.Value.Content)
	}
	seen := map[*openapi3.Schema]bool{}
	for _, content := range contents {
		for _, media := range content {
			closeSchema(media.Schema, seen)
		}
	}
}

func closeSchema(ref *openapi3.SchemaRef, seen map[*openapi3.Schema]bool) {
	if ref == nil || ref.Value == nil || seen[ref.Value] {
		return
	}
	schema := ref.Value
	seen[schema] = true
	if len(schema.Properties) > 0 && len(schema.AllOf) == 0 && schema.AdditionalProperties.Has == nil && schema.AdditionalProperties.Schema == nil {
		no := false
		schema.AdditionalProperties.Has = &no
	}
	for _, property := range schema.Properties {
		closeSchema(property, seen)
	}
	closeSchema(schema.Items, seen)
	// The parts of an allOf complete each other: none of them names all fields.
	for _, alternative := range append(schema.OneOf, schema.AnyOf...) {
		closeSchema(alternative, seen)
	}
}

// validate finds everything in an exchange that does not keep to the document, and names the
// operation.
func (d *document) validate(e *exchange) (problems []problem, operation string) {
	request, err := http.NewRequestWithContext(context.Background(), e.Method, e.apiURL(), strings.NewReader(e.RequestBody))
	if err != nil {
		return []problem{{side: "request", what: "route", text: err.Error()}}, ""
	}
	request.Header = e.RequestHeader.Clone()
	route, parameters, err := d.router.FindRoute(request)
	if err != nil {
		return []problem{{side: "request", what: "route", text: err.Error()}}, ""
	}
	operation = e.Method + " " + route.Path
	for name := range request.URL.Query() {
		if route.Operation.Parameters.GetByInAndName(openapi3.ParameterInQuery, name) == nil {
			problems = append(problems, problem{side: "request", what: "query", value: name, text: "the document knows no parameter " + name})
		}
	}
	input := &openapi3filter.RequestValidationInput{Request: request, PathParams: parameters, Route: route, Options: d.options}
	problems = append(problems, found("request", openapi3filter.ValidateRequest(request.Context(), input))...)
	if e.Status != 0 {
		problems = append(problems, d.validateResponse(e, input)...)
	}
	return problems, operation
}

func (d *document) validateResponse(e *exchange, input *openapi3filter.RequestValidationInput) []problem {
	status := strconv.Itoa(e.Status)
	response := input.Route.Operation.Responses.Status(e.Status)
	if response == nil {
		return []problem{{side: "response", what: "status", value: status, text: "the document knows no " + status}}
	}
	mediaType := e.Header.Get("Content-Type")
	if content := response.Value.Content; len(content) > 0 && content.Get(mediaType) == nil {
		return []problem{{side: "response", what: "media type", value: mediaType, text: "the document knows no " + mediaType}}
	}
	options := *d.options
	options.ExcludeResponseBody = e.WithoutBody
	checked := &openapi3filter.ResponseValidationInput{RequestValidationInput: input, Status: e.Status, Header: e.Header, Options: &options}
	checked.SetBodyBytes([]byte(e.Body))
	return found("response", openapi3filter.ValidateResponse(input.Request.Context(), checked))
}

// found takes the validator's error apart.
func found(side string, err error) []problem {
	var several openapi3.MultiError
	var security *openapi3filter.SecurityRequirementsError
	var schema *openapi3.SchemaError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &several):
		var problems []problem
		for _, one := range several {
			problems = append(problems, found(side, one)...)
		}
		return problems
	case errors.As(err, &security):
		return []problem{{side: side, what: "security", text: security.Error()}}
	case errors.As(err, &schema):
		at := ""
		if pointer := schema.JSONPointer(); len(pointer) > 0 {
			at = "/" + strings.Join(pointer, "/")
		}
		p := problem{side: side, what: schema.SchemaField, at: at, text: schema.Reason}
		if name := quoted.FindStringSubmatch(schema.Reason); schema.SchemaField == "properties" && name != nil {
			p.value = name[1]
		}
		return []problem{p}
	}
	return []problem{{side: side, what: "form", text: err.Error()}}
}

// quoted finds the name in the validator's sentence on a property that the document does not name.
var quoted = regexp.MustCompile(`"([^"]+)"`)
