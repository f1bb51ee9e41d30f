// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package audit

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/didit-community/terraform-provider-didit/internal/decisionrepo"
)

// moved is a version at another path.
func moved(v decisionrepo.Version, path string) decisionrepo.Version {
	v.Path, v.Group = path, strings.Split(path, "/")[1]
	return v
}

func TestRegister_FollowsDecisionsOfASession(t *testing.T) {
	t.Parallel()
	const newName = "groups/2026/decisions/new.yaml"
	otherCase := committed(3, decline)
	otherCase.Text = strings.Replace(otherCase.Text, "000000000001", "000000000002", 1)
	link := committed(3, "")
	link.Deleted = false
	for name, test := range map[string]struct {
		closed   []string
		versions []decisionrepo.Version
		want     []string // SUBJECT DAY STATE
		problem  string
		isUnread bool
	}{
		"one more decision":            {versions: []decisionrepo.Version{committed(2, declinePaper), committed(3, declinePaper+"\n"+decline)}, want: []string{"steps.paper 2 current", "session 3 current"}},
		"another name of the decision": {versions: []decisionrepo.Version{committed(2, declinePaper), committed(3, strings.Replace(declinePaper, "paper", "passport", 1))}, want: []string{"steps.paper 2 current"}},
		"an exception is no decision":  {versions: []decisionrepo.Version{committed(2, declinePaper), committed(3, strings.Replace(declinePaper, "comment", "exception: Agreed., comment", 1))}, want: []string{"steps.paper 2 current"}},
		"another ticket":               {versions: []decisionrepo.Version{committed(2, decline), committed(3, strings.Replace(decline, "CASE-7", "CASE-8", 1))}, want: []string{"session 2 ended", "session 3 current"}},
		"and back again":               {versions: []decisionrepo.Version{committed(2, decline), committed(3, approve), committed(4, decline)}, want: []string{"session 2 ended", "session 3 ended", "session 4 current"}},
		"renamed":                      {versions: []decisionrepo.Version{committed(2, decline), committed(3, ""), moved(committed(3, decline), newName)}, want: []string{"session 2 current"}},
		"renamed, the new name first":  {versions: []decisionrepo.Version{committed(2, decline), moved(committed(3, decline), "groups/2026/decisions/a.yaml"), committed(3, "")}, want: []string{"session 2 current"}},
		"moved to a closed group":      {versions: []decisionrepo.Version{committed(2, decline), committed(3, ""), moved(committed(3, decline), "groups/2025/decisions/case.yaml")}, closed: []string{"2025"}, want: []string{"session 2 record"}},
		"deleted and restored":         {versions: []decisionrepo.Version{committed(2, decline), committed(3, ""), committed(4, decline)}, want: []string{"session 2 current"}},
		"deleted":                      {versions: []decisionrepo.Version{committed(2, decline), committed(3, "")}, want: []string{"session 2 removed"}},
		"the file is another case's":   {versions: []decisionrepo.Version{committed(2, decline), otherCase}, want: []string{"session 2 removed"}},
		"archived":                     {versions: []decisionrepo.Version{committed(2, decline), committed(3, decline+"\narchived: true")}, want: []string{"session 2 record"}},
		"cannot be read any more":      {versions: []decisionrepo.Version{committed(2, decline), committed(3, decline+"\nx: y")}, want: []string{"session 2 current"}, problem: fmt.Sprintf("commit %040d: groups/2026/decisions/case.yaml:3:1: ", 3), isUnread: true},
		"could not be read once":       {versions: []decisionrepo.Version{committed(2, decline+"\nx: y"), committed(3, decline)}, want: []string{"session 3 current"}, problem: ":3:1: "},
		"a link":                       {versions: []decisionrepo.Version{committed(2, decline), link}, want: []string{"session 2 current"}, problem: ":1:1: is a link", isUnread: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRegister(decisionrepo.History{Versions: test.versions, ClosedGroups: test.closed})
			var got []string
			for _, row := range r.sessions[sessionID] {
				shown := newRow(&session{id: sessionID}, row)
				got = append(got, fmt.Sprintf("%s %d %s", shown.Subject, row.version.Commit.At.Day(), shown.State))
			}
			if !slices.Equal(got, test.want) || r.isUnread != test.isUnread || (len(r.problems) > 0) != (test.problem != "") || !strings.Contains(strings.Join(r.problems, "\n"), test.problem) {
				t.Errorf("got %q, problems %q, unread %t\nwant %q, %q, %t", got, r.problems, r.isUnread, test.want, test.problem, test.isUnread)
			}
		})
	}
}
