// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package decisionrepo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// git runs git at the top of one working tree.
type git struct{ directory string }

// openGit fails if the directory is not the top of a git working tree: paths in commits are
// relative to it.
func openGit(ctx context.Context, directory string) (git, error) {
	g := git{directory}
	prefix, err := g.line(ctx, "rev-parse", "--show-prefix")
	if err == nil && prefix != "" {
		err = fmt.Errorf("%s is not the top of its git repository: name the top with --directory", directory)
	}
	return g, err
}

// run returns what git prints. No command of this package makes git write a file or the index, so
// no filter, hook or line-ending conversion applies.
func (g git) run(ctx context.Context, stdin io.Reader, args ...string) (string, error) {
	settings := []string{"--no-pager", "--literal-pathspecs", "-c", "core.fsmonitor=false"}
	command := exec.CommandContext(ctx, "git", append(settings, args...)...) //nolint:gosec // G204: the name of a commit comes behind --end-of-options.
	command.Dir = g.directory
	command.Stdin = stdin
	command.Env = append(os.Environ(), "LC_ALL=C", "GIT_OPTIONAL_LOCKS=0", "GIT_NO_REPLACE_OBJECTS=1", "GIT_TERMINAL_PROMPT=0")
	output, err := command.Output()
	if failed, ok := errors.AsType[*exec.ExitError](err); ok && len(failed.Stderr) > 0 {
		err = fmt.Errorf("git %s: %s (%w)", args[0], strings.TrimSpace(string(failed.Stderr)), err)
	} else if err != nil {
		err = fmt.Errorf("git %s: %w", args[0], err)
	}
	return string(output), err
}

// line returns what git prints as one line.
func (g git) line(ctx context.Context, args ...string) (string, error) {
	output, err := g.run(ctx, nil, args...)
	return strings.TrimSuffix(output, "\n"), err
}

// list returns the parts of an output that end with a zero byte, as after -z.
func (g git) list(ctx context.Context, args ...string) ([]string, error) {
	output, err := g.run(ctx, nil, args...)
	if output == "" {
		return nil, err
	}
	return strings.Split(strings.TrimSuffix(output, "\x00"), "\x00"), err
}

// commit returns the ID of the commit that a user names. A name that looks like an option of git is
// only a name.
func (g git) commit(ctx context.Context, name string) (string, error) {
	id, err := g.line(ctx, "rev-parse", "--verify", "--quiet", "--end-of-options", name+"^{commit}")
	if exitCode(err) == 1 {
		return "", fmt.Errorf("there is no commit %q in this clone: fetch it first", name)
	}
	return id, err
}

// refuseShallow returns an error in a shallow clone. what is what needs the history.
func (g git) refuseShallow(ctx context.Context, what string) error {
	shallow, err := g.line(ctx, "rev-parse", "--is-shallow-repository")
	if err == nil && shallow == "true" {
		err = fmt.Errorf("the clone is shallow, and %s needs the history: git fetch --unshallow (GitHub: fetch-depth: 0, GitLab: GIT_DEPTH: 0)", what)
	}
	return err
}

// rawChange is a changed path: the mode as git writes it, and the ID of the blob.
type rawChange struct{ mode, blob, path string }

// deleted is the mode of a file that is no longer there.
const deleted = "000000"

// isFile reports whether a mode is that of a regular file, not of a link or a submodule.
func isFile(mode string) bool { return mode == "100644" || mode == "100755" }

// parseRaw reads what git prints for --raw -z: a field ":MODE MODE ID ID STATUS", from before and
// after, then one with the path. rest begins with the first field that is something else.
func parseRaw(fields []string) (changes []rawChange, rest []string) {
	for len(fields) > 1 {
		facts := strings.Fields(fields[0])
		if len(facts) != 5 || !strings.HasPrefix(facts[0], ":") {
			break
		}
		changes = append(changes, rawChange{facts[1], facts[3], fields[1]})
		fields = fields[2:]
	}
	return changes, fields
}

// exitCode is -1 where git did not run to its end.
func exitCode(err error) int {
	if failed, ok := errors.AsType[*exec.ExitError](err); ok {
		return failed.ExitCode()
	}
	return -1
}

// hasFile reports whether there is a file or link of this path in the working tree.
func (g git) hasFile(file string) bool {
	_, err := os.Lstat(filepath.Join(g.directory, file))
	return err == nil
}
