// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package bench

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/didit-community/terraform-provider-didit/internal/terraformcli"
)

// group is the part of the repository that is measured.
const group = "groups/2026"

// writeRepository writes a copy of the compliance repository with generated files in one
// group, one per session, in which the first steps of the session are Approved.
func writeRepository(folder string, files, stepsPerFile int) error {
	root, err := terraformcli.ModuleRoot()
	if err != nil {
		return err
	}
	decisions := filepath.Join(folder, group, "decisions")
	err = errors.Join(
		os.CopyFS(folder, os.DirFS(filepath.Join(root, "examples", "compliance-repo"))),
		os.RemoveAll(decisions), os.Mkdir(decisions, 0o700))
	for n := 0; n < files && err == nil; n++ {
		var file strings.Builder
		fmt.Fprintf(&file, "session_id: %s\nsteps:\n", sessionID(n))
		for i, node := range nodes[:stepsPerFile] {
			fmt.Fprintf(&file, "  step-%d:\n    node_id: %s\n    from: In Review\n    to: Approved\n    comment: Seen on a video call.\n    ticket: CASE-7\n", i+1, node.NodeID)
		}
		err = os.WriteFile(filepath.Join(decisions, fmt.Sprintf("case-%05d.yaml", n+1)), []byte(file.String()), 0o600)
	}
	return err
}
