// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package check_test

import (
	"strings"
	"testing"

	"github.com/didit-community/terraform-provider-didit/internal/check"
)

const sessionID = "aaaaaaaa-2222-4333-8444-00000000000b"

var checks = map[string]func(text string) string{
	"session ID": check.SessionID, "node ID": check.NodeID, "hit ID": check.HitID, "feature type": check.FeatureType,
	"status": check.OneOf("", "Approved", "Declined", "In Review"),
}

func TestChecks_AcceptDiditsSpelling(t *testing.T) {
	t.Parallel()
	for name, texts := range map[string][]string{
		"session ID":   {sessionID, "00000000-0000-0000-0000-000000000000"},
		"node ID":      {"default", "feature_ocr_1", "Feature-OCR.1", "two words", "50%", "a?b#c", "…", "ü", "%2F", `\`, "...", "~"},
		"hit ID":       {"hit_7c1e9a40b2d35f86e0a4c912", "1", "a.b-c", "ü"},
		"feature type": {"LIVENESS", "ID_VERIFICATION", "AML", "X2", "DOCUMENT_AI"},
		"status":       {"Approved", "Declined", "In Review"},
	} {
		for _, text := range texts {
			if problem := checks[name](text); problem != "" {
				t.Errorf("%s %q: %s, want it accepted", name, text, problem)
			}
		}
	}
}

func TestChecks_RejectOtherSpellings(t *testing.T) {
	t.Parallel()
	for name, texts := range map[string][]string{
		"session ID": {
			"", "x", sessionID[1:], sessionID + "0", sessionID + "/", strings.ToUpper(sessionID), "g" + sessionID[1:],
			sessionID + "\n", "{" + sessionID + "}", strings.ReplaceAll(sessionID, "-", ""), sessionID + "\n" + sessionID,
		},
		"node ID": {
			"", ".", "..", "/", "a/b", "/a", "a/", "../a", " ", " a", "a ", "\t", "a\tb", "a\n", "a\rb", "a\x00", "a\x7f", "a\u0085b", "\u00a0a", "a\u200b", "\ufeffa", "a\u2028b", "a\u202eb",
			"a\u3164", "a\ufe0fb",
		},
		"hit ID":       {"", "a/b", " a", "a b", "a\n", "\u2800", "a\u200b"},
		"feature type": {"", "liveness", "Liveness", "FaceMatch", "FACE-MATCH", "FACE MATCH", " AML", "AML\n", "1AML", "_AML", "ÄML", "A/B"},
		"status":       {"", "approved", "APPROVED", "Approved ", "In review", "InReview", "Resubmitted", "Not Finished", "Resub Requested", "Expired"},
	} {
		for _, text := range texts {
			problem := checks[name](text)
			if !strings.HasPrefix(problem, "must ") || strings.ContainsFunc(problem, check.Hidden) {
				t.Errorf("%s %q: problem %q, want one that can be read", name, text, problem)
			}
		}
	}
}

func TestSessionID_SuggestsDiditsSpelling(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		strings.ToUpper(sessionID), "{" + sessionID + "}", "urn:uuid:" + sessionID, "URN:UUID:" + strings.ToUpper(sessionID),
		strings.ReplaceAll(sessionID, "-", ""),
	} {
		problem := check.SessionID(text)
		if !strings.Contains(problem, `"`+sessionID+`" instead of`) {
			t.Errorf("%q: %s, want Didit's spelling in it", text, problem)
		}
	}
}

func TestOneOf_SuggestsDiditsSpelling(t *testing.T) {
	t.Parallel()
	for text, right := range map[string]string{
		"approved": "Approved", "APPROVED": "Approved", " Approved": "Approved", "declined\n": "Declined",
		"in review": "In Review", "InReview": "In Review", "IN_REVIEW": "In Review", "in-review": "In Review", "In  Review": "In Review",
	} {
		if problem := checks["status"](text); !strings.HasPrefix(problem, `must be written "`+right+`"`) {
			t.Errorf("%q: %s, want %q in it", text, problem, right)
		}
	}
}

func TestOneOf_ListsAllowedValuesAndExplainsOthers(t *testing.T) {
	t.Parallel()
	problem := check.OneOf(": the rest is read-only", "A", "B", "C")("x")
	if want := `must be "A", "B" or "C", not "x": the rest is read-only`; problem != want {
		t.Errorf("problem %s, want %s", problem, want)
	}
}

func TestHidden_CharactersThatAReaderDoesNotSee(t *testing.T) {
	t.Parallel()
	for _, r := range "\x00\t\n\r\x7f\u0085\u00a0\u00ad\u034f\u061c\u115f\u1160\u1680\u180b\u180e\u2000\u2007\u200b\u200d\u200e\u2028\u2029\u202e\u202f\u205f\u2060\u2066\u2800\u3000\u3164\ufe00\ufe0f\ufeff\uffa0\ufff9\U0001d159\U000e0041\U000e0100" {
		if !check.Hidden(r) {
			t.Errorf("U+%04X is not hidden", r)
		}
	}
	for _, r := range " aZ0ß“…ü中کא\u0301\U0001f600�" {
		if check.Hidden(r) {
			t.Errorf("U+%04X is hidden", r)
		}
	}
}

func TestQuote_IsOneBoundedLine(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"": `""`, "a\"b": `"a\"b"`, "a\nb": `"a\nb"`, "\u3164a\ufe0f": `"\u3164a\ufe0f"`, "\u202e": `"\u202e"`, "ü中": `"ü中"`, "\U0001d159": `"\U0001d159"`,
		strings.Repeat("ü", 5000): `"` + strings.Repeat("ü", 200) + `"…`,
	} {
		if got := check.Quote(text); got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
}

// The difference cannot be seen in a message about case or form.
func TestChecks_NameSpaceAtAnEnd(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{"session ID": sessionID, "hit ID": "hit_1", "feature type": "AML"} {
		for _, blank := range []string{" ", "\t", "\n", "\u00a0", "\u200b", " \ufeff"} {
			if problem := checks[name](blank + text); !strings.HasPrefix(problem, "must not begin with a space or an invisible character, as ") {
				t.Errorf("%s %q: %s", name, blank+text, problem)
			}
			if problem := checks[name](text + blank); !strings.HasPrefix(problem, "must not end with a space or an invisible character, as ") {
				t.Errorf("%s %q: %s", name, text+blank, problem)
			}
		}
	}
}

func TestOneOf_ShowsLettersThatOnlyLookRight(t *testing.T) {
	t.Parallel()
	if problem := checks["status"]("\u0410pproved"); !strings.HasSuffix(problem, `, not "\u0410pproved"`) {
		t.Errorf("problem %s, want the number of the Cyrillic letter", problem)
	}
}
