// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package decisions

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/gofrs/flock"
)

// fileLocks are advisory locks between the processes of one user on one machine. Terraform
// starts a process for each provider configuration. Without these locks, two aliases that
// decided the same twelve sessions decided all of them twice, because both processes read
// a session before either changed it.
//
// They are best effort: where no file can be locked, as on a read-only disk, changes are
// made without a lock.
type fileLocks struct {
	// folders are tried in their order. None: there are no locks.
	folders []string
	// api is the address of the API.
	api string
}

// lockPoll is the interval between two attempts to lock a file that is locked. Waiting in
// the kernel could not be cancelled.
const lockPoll = 50 * time.Millisecond

// LockFolders returns the folders for [Service.ShareLocks]: one below the user's cache
// directory, and one below the temporary directory, for when that has none or cannot be
// written to.
func LockFolders() (folders []string) {
	if cache, err := os.UserCacheDir(); err == nil {
		folders = append(folders, filepath.Join(cache, "terraform-provider-didit", "locks"))
	}
	return append(folders, filepath.Join(os.TempDir(), "terraform-provider-didit", "locks"))
}

// name returns the name of a session's lock. There are 4,096 names, so that there are
// never more files, all empty. Two sessions with the same name wait for each other.
func (l *fileLocks) name(sessionID string) string {
	hash := sha256.Sum256([]byte(strings.ToLower(l.api) + "\n" + sessionID))
	return hex.EncodeToString(hash[:])[:3]
}

// lock waits until no other process holds the lock. The error is the context's.
func (l *fileLocks) lock(ctx context.Context, name string) (unlock func(), err error) {
	for _, folder := range l.folders {
		if os.MkdirAll(folder, 0o700) != nil {
			continue
		}
		file := flock.New(filepath.Join(folder, name))
		if _, err := file.TryLockContext(ctx, lockPoll); err == nil {
			return func() { _ = file.Close() }, nil
		}
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
	}
	return func() {}, nil
}
