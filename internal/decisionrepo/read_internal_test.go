// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package decisionrepo

import (
	"io/fs"
	"testing"
	"testing/fstest"
)

// locked is a working tree in which another user owns what has this name.
type locked struct {
	fstest.MapFS
	name string
}

func (l locked) Open(name string) (fs.File, error) {
	if name == l.name {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrPermission}
	}
	return l.MapFS.Open(name)
}

func (l locked) ReadDir(name string) ([]fs.DirEntry, error) {
	if _, err := l.Open(name); err != nil {
		return nil, err
	}
	return l.MapFS.ReadDir(name)
}

func TestElsewhere_LeavesOutWhatCannotBeRead(t *testing.T) {
	t.Parallel()
	misplaced := &fstest.MapFile{Data: []byte("session_id: 11111111-2222-4333-8444-000000000001\n")}
	for _, name := range []string{"cache", "cache/decisions", "cache/decisions/one.yaml"} {
		r := reader{files: locked{fstest.MapFS{"cache/decisions/one.yaml": misplaced, "old/decisions/two.yaml": misplaced}, name}}

		r.elsewhere()

		if r.err != nil || len(r.problems) != 1 || r.problems[0].File != "old/decisions/two.yaml" {
			t.Errorf("%s cannot be read: %v, %v", name, r.problems, r.err)
		}
	}
}
