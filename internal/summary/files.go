// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package summary

import (
	"path"
	"slices"

	"github.com/didit-community/terraform-provider-didit/internal/decisionfile"
)

// Files are the decision files of a group, as they are where the plan was made.
type Files struct {
	// Files are those without a problem; Problems are those of all others.
	Files    []decisionfile.File
	Problems []decisionfile.Problem
	// Changed are the paths that a pull request changes, relative to the repository, with
	// slashes; nil if that is not known.
	Changed []string
}

// fileDecision is a decision in a file.
type fileDecision struct {
	decisionfile.Decision

	file    decisionfile.File
	planned bool
	// isChanged: the pull request changes the file, or that is not known.
	isChanged bool
}

// joinFiles gives each decision what its file says, and returns the decisions of files
// that are not in the plan.
func (s *Summary) joinFiles() {
	if s.files == nil {
		return
	}
	decided := map[Subject]*fileDecision{}
	var all []*fileDecision
	for _, file := range s.files.Files {
		s.fileNames[file.SessionID] = path.Base(file.Name)
		isChanged := s.files.Changed == nil || slices.Contains(s.files.Changed, file.Name)
		if isChanged {
			s.changedSessions[file.SessionID] = true
		}
		if file.Archived {
			continue
		}
		for _, d := range file.Decisions {
			found := &fileDecision{Decision: d, file: file, isChanged: isChanged}
			all = append(all, found)
			decided[subjectOf(file, d).identity()] = found
		}
	}
	for _, list := range [][]decision{s.decisions, s.unchanged} {
		for i := range list {
			d := &list[i]
			if d.file = decided[d.identity()]; d.file != nil {
				d.file.planned = true
				if d.effect == superseded {
					d.to = Text(d.file.To)
				}
			}
		}
	}
	for _, found := range all {
		if !found.planned {
			s.unplanned = append(s.unplanned, path.Base(found.file.Name)+": "+found.Subject())
		}
	}
}

func subjectOf(file decisionfile.File, d decisionfile.Decision) Subject {
	subject := Subject{SessionID: Text(file.SessionID)}
	switch d.Kind {
	case decisionfile.Hit:
		subject.Kind, subject.NodeID, subject.HitID = Hit, Text(d.NodeID), Text(d.HitID)
	case decisionfile.Step:
		subject.Kind, subject.NodeID, subject.FeatureType = Feature, Text(d.NodeID), textOrNone(d.FeatureType)
	default:
		subject.Kind = Session
	}
	return subject
}

// fileMarks returns the marks of a planned decision that are about its file.
func (s *Summary) fileMarks(d decision) []string {
	if s.files == nil || !d.effect.isPlanned() || d.Kind == Resubmission {
		return nil
	}
	var found []string
	if d.file != nil && d.file.Exception != "" {
		found = append(found, markException)
	}
	switch {
	case d.effect == forgotten && d.file == nil:
	case d.file == nil:
		found = append(found, markNoFile)
	case differs(d.to, d.file.To), d.from.Kind == Known && differs(d.from, d.file.From) && d.effect != restored, differs(d.comment, d.file.Recorded()):
		found = append(found, markFileDiffers)
	}
	if !s.isOfPullRequest(d) {
		found = append(found, markNotInPullRequest)
	}
	return found
}

// differs reports whether a value in the plan is another one than in the file.
func differs(planned Value, inFile string) bool {
	return planned.Kind <= Known && planned.Text != inFile
}

// isOfPullRequest reports whether the pull request changes the file of a decision, as
// far as that is known: a deleted file does not say which session it was about.
func (s *Summary) isOfPullRequest(d decision) bool {
	if s.files.Changed == nil || d.file != nil && d.file.isChanged || s.changedSessions[d.SessionID.Text] {
		return true
	}
	return d.effect == forgotten && s.hasDeletedFile()
}

// hasDeletedFile reports whether the pull request deletes a decision file.
func (s *Summary) hasDeletedFile() bool {
	return slices.ContainsFunc(s.files.Changed, func(name string) bool {
		isThere := slices.ContainsFunc(s.files.Files, func(file decisionfile.File) bool { return file.Name == name })
		return isDecisionPath(name) && path.Base(path.Dir(path.Dir(name))) == s.group && !isThere
	})
}

func isDecisionPath(name string) bool {
	matched, _ := path.Match("groups/*/decisions/*.yaml", name)
	return matched
}

// otherFiles returns the paths that the pull request changes besides decision files.
// No plan shows what they do: a module, a backend, a pipeline.
func (s *Summary) otherFiles() []string {
	if s.files == nil {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(s.files.Changed), isDecisionPath)
}
