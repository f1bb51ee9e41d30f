// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package examples_test

import (
	"crypto/sha256"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/didit-community/terraform-provider-didit/internal/acctest"
)

func TestFetchPlanSummary_NeedsTheChecksum(t *testing.T) {
	t.Parallel()
	other := strings.Repeat("0", 64)
	for test, checksum := range map[string]func(sum string) string{
		"right":      func(sum string) string { return sum },
		"one of two": func(sum string) string { return other + " " + sum },
		"missing":    func(string) string { return "" },
		"wrong":      func(string) string { return other },
	} {
		t.Run(test, func(t *testing.T) {
			t.Parallel()
			p := newPipeline(t)
			p.program("didit-plan-summary", "the command")
			sum := p.release(summaryArchive, checksum)

			output, code := p.run("scripts/fetch-plan-summary")

			_, err := os.Stat(filepath.Join(p.Folder, "bin/didit-plan-summary"))
			isRight := test == "right" || test == "one of two"
			if isFetched := err == nil; isFetched != isRight || isFetched != (code == 0) {
				t.Errorf("it was fetched: %t; exit code %d: %s", isFetched, code, output)
			}
			switch test {
			case "missing":
				acctest.RequireText(t, output, "summary_sha256='"+sum+"'")
			case "wrong":
				acctest.RequireText(t, output, "summary_sha256='"+other+" "+sum+"'")
			}
		})
	}
}

// A Mac has another platform, and shasum instead of sha256sum.
func TestFetchPlanSummary_TakesThePlatformOfTheMachine(t *testing.T) {
	t.Parallel()
	p := newPipeline(t)
	sha256sum, err := exec.LookPath("sha256sum")
	noError(t, err)
	p.program("uname", "#!/bin/sh\n[ \"$1\" = -m ] && echo arm64 || echo Darwin\n")
	p.program("shasum", "#!/bin/sh\nexec "+sha256sum+" \"$3\"\n")
	p.program("sha256sum", "#!/bin/sh\nexit 127\n")
	p.program("didit-plan-summary", "the command")
	p.release("didit-plan-summary_0.1.0_darwin_arm64.tar.gz", func(sum string) string { return sum })

	p.mustRun(0, "scripts/fetch-plan-summary")

	if got := p.Read("bin/didit-plan-summary"); got != "the command" {
		t.Errorf("the command is %q", got)
	}
}

// summaryArchive is the archive of didit-plan-summary for this machine.
const summaryArchive = "didit-plan-summary_0.1.0_" + runtime.GOOS + "_" + runtime.GOARCH + ".tar.gz"

// release makes scripts/fetch-plan-summary find a release with this archive, which holds
// the stub of didit-plan-summary. settings returns what scripts/settings has as checksums.
func (p *pipeline) release(archive string, settings func(sum string) string) (sum string) {
	p.T.Helper()
	p.respond(archive, "")
	path := filepath.Join(p.stubs.Folder, "responses", archive)
	output, err := exec.CommandContext(p.T.Context(), "tar", "-czf", path, "-C", filepath.Join(p.stubs.Folder, "programs"), "didit-plan-summary").CombinedOutput()
	if err != nil {
		p.T.Fatalf("%v: %s", err, output)
	}
	sum = fmt.Sprintf("%x", sha256.Sum256([]byte(p.stubs.Read("responses/"+archive))))
	p.Write("scripts/settings", strings.Replace(p.Read("scripts/settings"), "summary_sha256=''", "summary_sha256='"+settings(sum)+"'", 1))
	return sum
}
