// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package decisionrepo

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"

	"github.com/didit-community/terraform-provider-didit/internal/decisionfile"
)

// Group is a folder groups/GROUP.
type Group struct {
	Name string
	// Closed groups have a file named closed, and are neither checked nor planned: their Files are not
	// read.
	Closed bool
	// Files are the decision files in the order of their names; File.Name is the path,
	// groups/GROUP/decisions/NAME.yaml.
	Files []decisionfile.File
	// Valid are those of the Files that a plan of the group has, as [decisionfile.Valid] says: another
	// group does not matter.
	Valid []decisionfile.File
}

// Read reads the groups of a working tree, with their decision files. problems are in the order of
// files and lines; a place that is wrong is a problem in line 1, column 1. It needs no git, and
// follows no link.
func Read(directory string) (groups []Group, problems []decisionfile.Problem, err error) {
	root, err := os.OpenRoot(directory)
	if err != nil {
		return nil, nil, err
	}
	defer func() { _ = root.Close() }()
	if info, err := root.Lstat(groupsFolder); errors.Is(err, fs.ErrNotExist) || err == nil && !info.IsDir() {
		return nil, nil, fmt.Errorf("there is no folder groups in %s: name the top of the repository of decisions with --directory", directory)
	} else if err != nil {
		return nil, nil, err
	}
	r := reader{files: root.FS()}
	for _, entry := range r.list(groupsFolder) {
		folder := path.Join(groupsFolder, entry.Name())
		switch {
		case !entry.IsDir():
			r.problem(folder, "is not the folder of a group: below groups/ are folders only, one for each group")
		case !validName(entry.Name()):
			r.problem(folder, "cannot be the folder of a group: "+nameRule)
		default:
			r.group(folder)
		}
	}
	r.elsewhere()
	// A session in two files is a problem also where each group has one of them: a module sees its own
	// group only.
	var files []decisionfile.File
	for _, group := range r.groups {
		files = append(files, group.Files...)
	}
	r.problems = append(r.problems, decisionfile.SharedSessions(files)...)
	slices.SortStableFunc(r.problems, func(a, b decisionfile.Problem) int {
		return cmp.Or(strings.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	return r.groups, r.problems, r.err
}

// OpenGroups returns the names of the groups that are not closed. problems are about folders that
// are no group; those of files are left to Read's callers, so that one file does not keep other
// groups from being planned.
func OpenGroups(directory string) (names, problems []string, err error) {
	groups, found, err := Read(directory)
	for _, group := range groups {
		if !group.Closed {
			names = append(names, group.Name)
		}
	}
	for _, p := range found {
		if path.Dir(p.File) == groupsFolder || p.File == mainFile(groupOf(p.File)) {
			problems = append(problems, Shown(p.File)+": "+p.Text)
		}
	}
	return names, problems, err
}

// elsewhere reports decision files that look as if they were in a group, such as
// group/2026/decisions/case-7.yaml: nothing would plan them, and no plan would say so. Only files
// that name a session count, in a folder named decisions. What cannot be read is left out: a
// working tree can have a cache of another user, and that must not stop every command.
func (r *reader) elsewhere() {
	err := fs.WalkDir(r.files, ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case name == ".":
			return err
		case err != nil || entry.IsDir() && (name == groupsFolder || strings.HasPrefix(entry.Name(), ".")):
			return fs.SkipDir
		case !entry.Type().IsRegular() || !isYAML(name) || !strings.EqualFold(path.Base(path.Dir(name)), "decisions"):
			return nil
		}
		text, _ := readBounded(r.files, name)
		if file, _ := decisionfile.Read(name, text); file.SessionID != "" {
			r.problem(name, "is not in a group, so nothing plans it: decision files are groups/GROUP/decisions/NAME.yaml")
		}
		return nil
	})
	r.err = cmp.Or(r.err, err)
}

// reader reads one working tree. err is the first failure to read it.
type reader struct {
	files    fs.FS
	groups   []Group
	problems []decisionfile.Problem
	err      error
}

func (r *reader) problem(file, text string) {
	r.problems = append(r.problems, decisionfile.Problem{File: file, Line: 1, Column: 1, Text: text})
}

// list returns what is in a folder, without what is left alone, and reports names that differ only
// in case: they are one file on macOS and Windows.
func (r *reader) list(folder string) []fs.DirEntry {
	entries, err := fs.ReadDir(r.files, folder)
	r.err = cmp.Or(r.err, err)
	entries = slices.DeleteFunc(entries, func(entry fs.DirEntry) bool { return isScratch(entry.Name(), entry.IsDir()) })
	seen := map[string]string{}
	for _, entry := range entries {
		folded := strings.ToLower(entry.Name())
		if twin, twice := seen[folded]; twice {
			r.problem(path.Join(folder, entry.Name()), "its name differs from "+Shown(twin)+" only in case")
		}
		seen[folded] = entry.Name()
	}
	return entries
}

// group reads the folder of a group. A folder with nothing in it is what git leaves behind of a
// group that another branch has.
func (r *reader) group(folder string) {
	entries := r.list(folder)
	if len(entries) == 0 {
		return
	}
	group := Group{Name: path.Base(folder), Closed: slices.ContainsFunc(entries, func(entry fs.DirEntry) bool {
		return entry.Name() == "closed" && entry.Type().IsRegular()
	})}
	if group.Closed {
		r.groups = append(r.groups, group)
		return
	}
	hasMain := false
	for _, entry := range entries {
		file := path.Join(folder, entry.Name())
		switch {
		case entry.IsDir() && entry.Name() == "decisions":
			group.Files, group.Valid = r.decisions(file)
		case entry.Type()&fs.ModeSymlink != 0:
			r.problem(file, "is a link: put the file or the folder itself there")
		case !entry.Type().IsRegular() || !isGroupFile(entry.Name()):
			r.problem(file, "has no place in the folder of a group, which has decisions/NAME.yaml, *.tf, .terraform.lock.hcl, README.md and closed")
		}
		hasMain = hasMain || entry.Name() == "main.tf"
	}
	if hasMain {
		r.groups = append(r.groups, group)
	} else {
		r.problem(mainFile(group.Name), "is missing: without it, nothing plans the decisions of the group "+group.Name+"; copy it from another group")
	}
}

func (r *reader) decisions(folder string) (files, valid []decisionfile.File) {
	var problems []decisionfile.Problem
	for _, entry := range r.list(folder) {
		name := path.Join(folder, entry.Name())
		switch {
		case entry.Type()&fs.ModeSymlink != 0:
			r.problem(name, "is a link: put the file itself there")
		case entry.IsDir():
			r.problem(name, "is a folder: decision files are in groups/GROUP/decisions/ itself")
		case !entry.Type().IsRegular() || !isDecision(name):
			r.problem(name, "is not a decision file, NAME.yaml; "+nameRule)
		default:
			text, err := readBounded(r.files, name)
			r.err = cmp.Or(r.err, err)
			file, found := decisionfile.Read(name, text)
			files, problems = append(files, file), append(problems, found...)
		}
	}
	r.problems = append(r.problems, problems...)
	valid, _ = decisionfile.Valid(files, problems)
	return files, valid
}

// largestFile is in bytes, and far more than a decision file may have.
const largestFile = 1 << 20

// readBounded reads what the reader of decision files accepts, and enough more for it to refuse.
func readBounded(files fs.FS, name string) ([]byte, error) {
	file, err := files.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	return io.ReadAll(io.LimitReader(file, largestFile))
}
