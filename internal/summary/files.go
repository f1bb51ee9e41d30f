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

// caseFile is the file of a session.
type caseFile struct {
	name string
	// isChanged: the pull request changes it, or that is not known.
	isChanged bool
}

// fileDecision is a decision in a file.
type fileDecision struct {
	decisionfile.Decision

	file      string
	isPlanned bool
}

// joinFiles finds the decision in a file for each one in the plan, and those in files
// that are not in the plan.
func (s *Summary) joinFiles() {
	if s.files == nil {
		return
	}
	decided := map[Subject]*fileDecision{}
	var all []*fileDecision
	for _, file := range s.files.Files {
		name := path.Base(file.Name)
		s.caseFiles[file.SessionID] = caseFile{name, s.files.Changed == nil || slices.Contains(s.files.Changed, file.Name)}
		for _, d := range file.Decisions {
			if !file.Archived {
				found := &fileDecision{Decision: d, file: name}
				all = append(all, found)
				decided[subjectOf(file, d).identity()] = found
			}
		}
	}
	for _, list := range [][]decision{s.decisions, s.unchanged} {
		for i := range list {
			d := &list[i]
			if d.file = decided[d.identity()]; d.file != nil {
				d.file.isPlanned = true
				if d.effect == superseded {
					d.to = Text(d.file.To)
				}
			}
		}
	}
	for _, found := range all {
		if !found.isPlanned {
			s.unplanned = append(s.unplanned, problem{found.file, found.Subject()})
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
// far as that is known: the session of a deleted file is not known.
func (s *Summary) isOfPullRequest(d decision) bool {
	if file, found := s.caseFiles[d.SessionID.Text]; found || s.files.Changed == nil {
		return s.files.Changed == nil || file.isChanged
	}
	return d.effect == forgotten && slices.ContainsFunc(s.files.Changed, func(name string) bool {
		isThere := slices.ContainsFunc(s.files.Files, func(file decisionfile.File) bool { return file.Name == name })
		return path.Dir(name) == "groups/"+s.group+"/decisions" && !isThere
	})
}

// otherFiles returns the paths that the pull request changes besides decision files.
// No plan shows what they do: a module, a backend, a pipeline.
func (f *Files) otherFiles() (others []problem) {
	for _, name := range f.Changed {
		if isDecision, _ := path.Match("groups/*/decisions/*.yaml", name); !isDecision {
			others = append(others, problem{text: name})
		}
	}
	return others
}
