// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/diag"
)

// fakePrivate is the private state of a block.
type fakePrivate map[string][]byte

func (p fakePrivate) GetKey(_ context.Context, key string) ([]byte, diag.Diagnostics) {
	return p[key], nil
}

func (p fakePrivate) SetKey(_ context.Context, key string, value []byte) diag.Diagnostics {
	p[key] = value
	return nil
}

func TestMemory_KeepsAllDecisionsInOrder(t *testing.T) {
	t.Parallel()
	comment := "Forged."
	first, second := memoryKeyOf("In Review", "Declined", &comment), memoryKeyOf("Declined", "Approved", nil)
	private := fakePrivate{}
	if diagnostics := (decisionMemory{}).with(first).with(second).store(t.Context(), private); diagnostics.HasError() {
		t.Fatal(diagnostics)
	}

	memory, isStored, diagnostics := readMemory(t.Context(), private, decision{})

	if diagnostics.HasError() || !isStored {
		t.Fatalf("stored: %t, %v", isStored, diagnostics)
	}
	if !memory.has(first) || !memory.has(second) || memory.isLast(first) || !memory.isLast(second) || memory.has("") || memory.isLast("") {
		t.Errorf("%+v", memory)
	}
	if strings.Contains(string(private[memoryKey]), comment) {
		t.Errorf("the memory contains the comment: %s", private[memoryKey])
	}
}

func TestMemory_OfNewBlockIsEmptyAndNotStored(t *testing.T) {
	t.Parallel()
	memory, isStored, diagnostics := readMemory(t.Context(), fakePrivate{}, decision{})
	if isStored || !memory.isEmpty() || diagnostics.HasError() {
		t.Errorf("stored: %t, %+v, %v", isStored, memory, diagnostics)
	}
}

func TestMemory_UnreadableIsError(t *testing.T) {
	t.Parallel()
	for _, text := range []string{`[]`, `"x"`, `{"version": 1, "made": "x"}`, `{"version": 2, "made": []}`, `{}`, `null`} {
		_, _, diagnostics := readMemory(t.Context(), fakePrivate{memoryKey: []byte(text)}, decision{})
		if !diagnostics.HasError() || diagnostics[0].Summary() != summaryMemory {
			t.Errorf("%s: %v", text, diagnostics)
		}
	}
}

func TestMemoryKey_DistinguishesPartsOfDecision(t *testing.T) {
	t.Parallel()
	text := func(text string) *string { return &text }
	seen := map[string]int{}
	for i, key := range []string{
		memoryKeyOf("a", "b", nil), memoryKeyOf("b", "a", nil), memoryKeyOf("a", "b", text("")), memoryKeyOf("a", "b", text("c")),
		memoryKeyOf("ab", "", nil), memoryKeyOf("a", `b","c`, nil), memoryKeyOf("a", "b", text("C")),
	} {
		if other, found := seen[key]; found {
			t.Errorf("decisions %d and %d have the same key", other, i)
		}
		seen[key] = i
	}
	if again := memoryKeyOf("a", "b", text("c")); seen[again] != 3 {
		t.Error("the same decision has two keys")
	}
}

// A release with other keys would make all decisions again that an earlier one has made.
func TestMemoryKey_IsTheSameInEveryRelease(t *testing.T) {
	t.Parallel()
	comment := "Forged."
	for key, want := range map[string]string{
		memoryKeyOf("In Review", "Declined", nil):      "bb9f51a19dd33e9b70b992a48d1b602d",
		memoryKeyOf("In Review", "Declined", &comment): "f5abb0b456e7536ee3d42d68a0a56cd5",
	} {
		if key != want {
			t.Errorf("the key is %s, want %s", key, want)
		}
	}
}
