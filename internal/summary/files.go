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

// joinFiles finds the decision in a file for each one in the plan, and those in files
// that are not in the plan.
func (s *Summary) joinFiles() {
	if s.in.Files == nil {
		return
	}
	decided := map[subject]*decisionfile.Decision{}
	for _, file := range s.in.Files.Files {
		s.caseFiles[file.SessionID] = file
		for i, d := range file.Decisions {
			if !file.Archived {
				decided[subjectOf(file, d).identity()] = &file.Decisions[i]
			}
		}
	}
	isPlanned := map[*decisionfile.Decision]bool{}
	for _, list := range [][]decision{s.decisions, s.unchanged} {
		for i := range list {
			d := &list[i]
			d.file = decided[d.identity()]
			isPlanned[d.file] = true
			if d.file != nil && d.effect == superseded {
				d.to = knownText(d.file.To)
			}
		}
	}
	for _, file := range s.in.Files.Files {
		for i, d := range file.Decisions {
			if !file.Archived && !isPlanned[&file.Decisions[i]] {
				s.unplanned = append(s.unplanned, entry{address: path.Base(file.Name), text: d.Subject()})
			}
		}
	}
}

func subjectOf(file decisionfile.File, d decisionfile.Decision) subject {
	subject := subject{SessionID: knownText(file.SessionID)}
	switch d.Kind {
	case decisionfile.Hit:
		subject.Kind, subject.NodeID, subject.HitID = hit, knownText(d.NodeID), knownText(d.HitID)
	case decisionfile.Step:
		subject.Kind, subject.NodeID, subject.FeatureType = feature, knownText(d.NodeID), textOrNone(d.FeatureType)
	default:
		subject.Kind = session
	}
	return subject
}

// fileMarks returns the marks of a planned decision that are about its file.
func (s *Summary) fileMarks(d decision) []string {
	if s.in.Files == nil || !d.effect.isPlanned() || d.Kind == resubmission {
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
	case differs(d.to, d.file.To), d.from.Kind == known && differs(d.from, d.file.From) && d.effect != restored, differs(d.comment, d.file.Recorded()):
		found = append(found, markFileDiffers)
	}
	if !s.isOfPullRequest(d) {
		found = append(found, markNotInPullRequest)
	}
	return found
}

// differs reports whether a value in the plan is another one than in the file.
func differs(planned value, inFile string) bool {
	return planned.Kind <= known && planned.Text != inFile
}

// isOfPullRequest reports whether the pull request changes the file of a decision, as
// far as that is known: the session of a deleted file is not known.
func (s *Summary) isOfPullRequest(d decision) bool {
	changed := s.in.Files.Changed
	if file, found := s.caseFiles[d.SessionID.Text]; found || changed == nil {
		return changed == nil || slices.Contains(changed, file.Name)
	}
	return d.effect == forgotten && slices.ContainsFunc(changed, func(name string) bool {
		isThere := slices.ContainsFunc(s.in.Files.Files, func(file decisionfile.File) bool { return file.Name == name })
		return path.Dir(name) == "groups/"+s.in.Group+"/decisions" && !isThere
	})
}

// otherFiles returns the paths that the pull request changes besides decision files.
// No plan shows what they do: a module, a backend, a pipeline.
func (f *Files) otherFiles() (others []entry) {
	for _, name := range f.Changed {
		if isDecision, _ := path.Match("groups/*/decisions/*.yaml", name); !isDecision {
			others = append(others, entry{text: name})
		}
	}
	return others
}
