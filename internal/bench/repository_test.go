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

// prepareRepository copies the compliance repository, without its decisions.
func prepareRepository(folder string) (root string, err error) {
	checkout, err := terraformcli.ModuleRoot()
	if err != nil {
		return "", err
	}
	root = filepath.Join(folder, "groups", "2026")
	decisions := filepath.Join(root, "decisions")
	return root, errors.Join(
		os.CopyFS(folder, os.DirFS(filepath.Join(checkout, "examples", "compliance-repo"))),
		os.RemoveAll(decisions), os.Mkdir(decisions, 0o700))
}

// writeRepository writes a file for each session that is not decided yet, in which its
// first steps are Approved.
func writeRepository(root string, w workload) (err error) {
	for n := w.decided; n < w.sessions && err == nil; n++ {
		var file strings.Builder
		fmt.Fprintf(&file, "session_id: %s\nsteps:\n", sessionID(n))
		for i, node := range nodes[:w.stepsPerSession] {
			fmt.Fprintf(&file, "  step-%d:\n    node_id: %s\n    from: In Review\n    to: Approved\n    comment: Seen on a video call.\n    ticket: CASE-7\n", i+1, node.NodeID)
		}
		err = os.WriteFile(filepath.Join(root, "decisions", fmt.Sprintf("case-%05d.yaml", n+1)), []byte(file.String()), 0o600)
	}
	return err
}
