// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json" //nolint:depguard // Private state is JSON, too; it is none of the API.
	"fmt"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"
)

const (
	memoryKey     = "decisions"
	memoryVersion = 1
)

// decisionMemory has the decisions that a block with from has made, in the block's
// private state. It keeps all of them and not only the last one: a pipeline of an old
// commit, run again, would repeat the decision of that commit.
type decisionMemory struct {
	// made are the keys of the decisions, in the order in which they were made.
	made []string
}

// storedMemory is the memory in the private state. The keys are hashes, because comments
// are free text.
type storedMemory struct {
	Version int      `json:"version"`
	Made    []string `json:"made"`
}

// readMemory returns the memory of a block with this state. isStored is false for a block
// that is not in the state, and after an import. A memory that cannot be read is an error:
// taken for an empty one, it would make all decisions of the block again. A tool that
// rewrites states can have dropped it.
func readMemory(ctx context.Context, private interface {
	GetKey(ctx context.Context, key string) ([]byte, diag.Diagnostics)
}, state decision,
) (memory decisionMemory, isStored bool, diagnostics diag.Diagnostics) {
	text, diagnostics := private.GetKey(ctx, memoryKey)
	if text == nil && !state.from.IsNull() {
		diagnostics.Append(memoryUnreadable("it is missing"))
	}
	if diagnostics.HasError() || text == nil {
		return memory, false, diagnostics
	}
	var stored storedMemory
	err := json.Unmarshal(text, &stored)
	switch {
	case err != nil:
		diagnostics.Append(memoryUnreadable("it is damaged"))
	case stored.Version != memoryVersion:
		diagnostics.Append(memoryUnreadable(fmt.Sprintf("it has version %d, and this release of the provider knows version %d", stored.Version, memoryVersion)))
	}
	return decisionMemory{stored.Made}, true, diagnostics
}

// store sets the memory in the private state of a block.
func (m decisionMemory) store(ctx context.Context, private interface {
	SetKey(ctx context.Context, key string, value []byte) diag.Diagnostics
},
) (diagnostics diag.Diagnostics) {
	text, err := json.Marshal(storedMemory{memoryVersion, slices.Concat([]string{}, m.made)})
	if err != nil {
		diagnostics.Append(memoryUnreadable(err.Error()))
		return diagnostics
	}
	return private.SetKey(ctx, memoryKey, text)
}

// isEmpty reports whether no decision was made.
func (m decisionMemory) isEmpty() bool { return len(m.made) == 0 }

// has reports whether a decision was made. The key "" is of a decision that is not known
// yet.
func (m decisionMemory) has(key string) bool { return slices.Contains(m.made, key) }

// isLast reports whether a decision was made, and no other one since.
func (m decisionMemory) isLast(key string) bool {
	return len(m.made) > 0 && m.made[len(m.made)-1] == key
}

// with returns the memory after a decision.
func (m decisionMemory) with(key string) decisionMemory {
	return decisionMemory{append(slices.Clip(m.made), key)}
}

// memoryKeyOf returns the key of a decision. Two decisions with the same values and
// comment are the same decision.
func memoryKeyOf(from, wanted string, comment *string) string {
	text, err := json.Marshal([]any{from, wanted, comment})
	if err != nil {
		panic(err) // texts can be marshalled
	}
	hash := sha256.Sum256(text)
	return hex.EncodeToString(hash[:16])
}
