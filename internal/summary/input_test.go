// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package summary_test

import (
	"encoding/binary"
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/didit-community/terraform-provider-didit/internal/summary"
)

// asUTF16 returns the bytes of a text, with a byte order mark first if it has one.
func asUTF16(t *testing.T, order binary.AppendByteOrder, text string) string {
	t.Helper()
	var data []byte
	for _, unit := range utf16.Encode([]rune(text)) {
		data = order.AppendUint16(data, unit)
	}
	return string(data)
}

func TestParsePlan_NamesOtherInput(t *testing.T) {
	t.Parallel()
	data, err := json.Marshal(planOf())
	if err != nil {
		t.Fatal(err)
	}
	plan := string(data)
	const instead = "pass the output of terraform show -json PLAN, and nothing else"
	for name, test := range map[string]struct{ input, want string }{
		"nothing":                {" \n", "it is empty; see whether the command before it failed"},
		"a plan file":            {"PK\x03\x04\x14\x00\x08", "it is a plan file; " + instead},
		"an encrypted plan file": {`{"meta":{"key_provider.pbkdf2.x":"eyJ"},"encrypted_data":"AAAA","encryption_version":"v0"}`, "it is an encrypted plan file; pass the output of tofu show -json PLAN"},
		"compressed":             {"\x1f\x8b\x08\x00\x01\x02", "it is not text, perhaps a plan file that is encrypted or compressed; " + instead},
		"Latin-1":                {"{\"a\": \"\xe4\"}", "it is not text, perhaps"},
		"UTF-16 of PowerShell":   {asUTF16(t, binary.LittleEndian, "\ufeff"+plan), "it is UTF-16, as the > of Windows PowerShell writes"},
		"UTF-16, big-endian":     {asUTF16(t, binary.BigEndian, "\ufeff"+plan), "it is UTF-16"},
		"UTF-16 without a mark":  {asUTF16(t, binary.LittleEndian, plan), "it is UTF-16"},
		"text before":            {"[command]/usr/bin/terraform show -json\n" + plan, "it does not begin with JSON, perhaps because a wrapper of the command wrote something before it; " + instead},
		"a word before":          {"terraform\n" + plan, "it does not begin with JSON"},
		"text after":             {plan + "\n::debug::Terraform exited with code 0.", "there is text after the JSON, as from a wrapper of the command; " + instead},
		"two plans":              {plan + "\n" + plan, "it holds more than one JSON document; pass each plan in a file of its own"},
		"cut off":                {plan[:len(plan)/2], "it is cut off or not JSON (unexpected EOF); " + instead},
		"a log":                  {`{"@level":"info","@message":"Terraform 1.11.4","type":"version"}` + "\n", "it is the log of plan -json; pass it with --log"},
		"a state":                {`{"format_version":"1.0","terraform_version":"1.11.4","values":{"root_module":{}}}`, "it is the JSON of a state, not of a plan; name the plan file: terraform show -json PLAN"},
		"an empty state":         {`{"format_version":"1.0"}`, "it is JSON, but not of a plan; " + instead},
		"a state file":           {`{"version":4,"serial":1,"resources":[]}`, "it is JSON, but not of a plan; " + instead},
		"wrapped by a tool":      {`{"plan":` + plan + `}`, "it is JSON, but not of a plan; " + instead},
		"a list of plans":        {"[" + plan + "]", "it does not begin with JSON"},
		"a format of the future": {strings.Replace(plan, `"1.2"`, `"2.0"`, 1), `it cannot be read as the JSON of a plan: unsupported plan format version: "2.0.0" does not satisfy`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := summary.ParsePlan([]byte(test.input))
			if err == nil || !strings.HasPrefix(err.Error(), test.want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("the error is %v, want %s", err, test.want)
			}
		})
	}
}

func TestParsePlan_IgnoresByteOrderMarkAndSpaceAround(t *testing.T) {
	t.Parallel()
	data, err := json.Marshal(planOf())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := summary.ParsePlan([]byte("\ufeff\n" + string(data) + "\r\n")); err != nil {
		t.Error(err)
	}
}

func TestParseLog_NamesOtherInput(t *testing.T) {
	t.Parallel()
	const line = `{"@level":"info","@message":"Terraform 1.11.4","type":"version"}` + "\n"
	const instead = "pass the output of terraform plan -json, and nothing else"
	for name, test := range map[string]struct{ input, want string }{
		"nothing":         {"", "it is empty; see whether the command before it failed"},
		"plain output":    {"Terraform will perform the following actions:\n", "it does not begin with JSON, perhaps because a wrapper of the command wrote something before it; " + instead},
		"text in between": {line + "::debug::x\n" + line, "its line 2 is not JSON; " + instead},
		"cut off":         {line + line[:20], "its line 2 is not JSON; " + instead},
		"a plan":          {`{"format_version":"1.2","planned_values":{}}`, "it is JSON, but not the log of a plan; " + instead},
		"UTF-16":          {asUTF16(t, binary.LittleEndian, line), "it is UTF-16"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := summary.ParseLog([]byte(test.input)); err == nil || !strings.HasPrefix(err.Error(), test.want) {
				t.Errorf("the error is %v, want %s", err, test.want)
			}
		})
	}
}
