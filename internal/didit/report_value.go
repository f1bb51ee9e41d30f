// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package didit

import (
	"bytes"
	"errors"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
)

// maxTextBytes bounds each string that is kept: no name, status or time of the
// API is nearly as long, and all of them can get onto a screen or into a state.
const maxTextBytes = 1 << 10

// errTwice is a field that stands in one object twice: readers would differ about
// which one counts. It is looked for where something is kept.
var errTwice = errors.New("a field stands in the answer twice")

// enterObject begins the object that comes next; what and name together say what
// it would be.
func (r *reportReader) enterObject(what, name string) error {
	if kind := r.json.PeekKind(); isValue(kind) && kind != '{' {
		return shapeError(what + name + " is not an object")
	}
	_, err := r.json.ReadToken()
	return err
}

// nextField puts the name of the object's next member into r.name; its value has to
// be read then. It leaves the object at its end.
func (r *reportReader) nextField() (more bool, err error) {
	if r.json.PeekKind() == '}' {
		_, err := r.json.ReadToken()
		return false, err
	}
	name, err := r.json.ReadValue()
	if err != nil {
		return false, err
	}
	r.name = appendText(r.name[:0], name)
	return true, nil
}

// enterArray begins the array that comes next.
func (r *reportReader) enterArray() error {
	_, err := r.json.ReadToken()
	return err
}

// nextItem tells whether the array has another item, which has to be read then. It
// leaves the array at its end.
func (r *reportReader) nextItem() (more bool, err error) {
	kind := r.json.PeekKind()
	if isValue(kind) {
		return true, nil
	}
	_, err = r.json.ReadToken()
	if kind != ']' {
		err = firstError(err, io.ErrUnexpectedEOF)
	}
	return false, err
}

// isValue is false at the end of the input and where it is broken.
func isValue(kind jsontext.Kind) bool { return kind != 0 && kind != '}' && kind != ']' }

// text reads a string of the report itself; null is "".
func (r *reportReader) text(field string, to *string) error {
	value, problem, err := r.anyText()
	if err == nil && problem != "" {
		err = shapeError(field + problem)
	}
	*to = value
	return err
}

// anyText reads the value that comes next; problem is why it is no text that can
// be kept, else "". null is "".
func (r *reportReader) anyText() (text, problem string, err error) {
	kind := r.json.PeekKind()
	if kind != '"' && kind != 'n' {
		return "", " is not a string", r.json.SkipValue()
	}
	value, err := r.json.ReadValue()
	if err != nil || kind == 'n' {
		return "", "", err
	}
	if len(value) > 6*maxTextBytes+2 { // no escape needs more than six bytes for one
		return "", " is too long", nil
	}
	r.unquoted = appendText(r.unquoted[:0], value)
	switch {
	case len(r.unquoted) > maxTextBytes:
		return "", " is too long", nil
	case bytes.ContainsRune(r.unquoted, utf8.RuneError):
		return "", " is not valid text", nil
	}
	if string(r.unquoted) == r.sessionID {
		return r.sessionID, "", nil
	}
	return intern(r.unquoted), "", nil
}

// integer reads a whole number of the report itself; null is nil.
func (r *reportReader) integer(field string, number *int64, to **int64) error {
	switch kind := r.json.PeekKind(); {
	case kind == 'n':
		return r.json.SkipValue()
	case kind != '0' && isValue(kind):
		return shapeError(field + " is not a whole number")
	}
	value, err := r.json.ReadValue()
	if err != nil {
		return err
	}
	if *number, err = strconv.ParseInt(string(value), 10, 64); err != nil {
		return shapeError(field + " is not a whole number")
	}
	*to = number
	return nil
}

// appendText appends what a JSON string says; U+FFFD stands for what is no valid
// UTF-8 in it, which is all that can be wrong with a string that was read.
func appendText(to, quoted []byte) []byte {
	text, _ := jsontext.AppendUnquote(to, quoted)
	return text
}

// intern gives a text that most reports hold without making it anew.
func intern(text []byte) string {
	if common, ok := commonTexts[string(text)]; ok {
		return common
	}
	return string(text)
}

// commonTexts are kept once, however many reports hold them.
var commonTexts = func() map[string]string {
	texts := map[string]string{}
	for text := range strings.SplitSeq("Approved,Declined,In Review,Not Finished,Expired,Resub Requested,Not Started,In Progress,Awaiting User,"+
		"Resubmitted,Kyc Expired,Abandoned,user,business,live,sandbox", ",") {
		texts[text] = text
	}
	for array := range featureTypes {
		texts[array] = array
	}
	return texts
}()
