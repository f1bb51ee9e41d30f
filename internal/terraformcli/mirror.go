// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package terraformcli

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Mirror is a folder of providers that a CLI's init installs from, as it would
// from a registry: what a user sees is an ordinary run.
type Mirror struct {
	// address is the provider's full one.
	address string
	// folder is where this CLI looks for the provider's executable.
	folder string
}

// mirroredVersion is what init says that it installs; 0.0.0 would mean "none".
const mirroredVersion = "0.0.1"

// NewMirrored makes a CLI whose configuration, written into folder, installs
// providers from a mirror beside it, and nothing from anywhere else. The mirror
// is empty until Build.
func NewMirrored(ctx context.Context, folder string) (*CLI, Mirror, error) {
	cli, err := configured(ctx, folder)
	if err != nil {
		return nil, Mirror{}, err
	}
	host := "registry.terraform.io"
	if cli.IsOpenTofu() {
		host = "registry.opentofu.org"
	}
	root := filepath.Join(folder, "mirror")
	mirror := Mirror{
		address: host + "/didit-community/didit",
		folder:  filepath.Join(root, host, "didit-community", "didit", mirroredVersion, cli.platform),
	}
	return cli, mirror, cli.configure(fmt.Sprintf(`  filesystem_mirror {
    path = %q
  }`, root))
}

// Build builds the provider of the module that the working directory is in, and
// gives the .terraform.lock.hcl that a team would keep beside its configuration.
func (m Mirror) Build(ctx context.Context) (lockFile string, err error) {
	if err := os.MkdirAll(m.folder, 0o750); err != nil {
		return "", err
	}
	if err := BuildProvider(ctx, m.folder); err != nil {
		return "", err
	}
	hash, err := hashFolder(m.folder)
	if err != nil {
		return "", err
	}
	// A lock file that knows one platform makes init warn of all the others: the
	// second hash stands for those. Sorted, as init itself would write them.
	hashes := []string{hash, hashOf("")}
	slices.Sort(hashes)
	return fmt.Sprintf(`provider %q {
  version = %q
  hashes = [
    %q,
    %q,
  ]
}
`, m.address, mirroredVersion, hashes[0], hashes[1]), nil
}

// hashFolder is the h1 of lock files, a hash of the hashes of the files. Here
// there are no folders in the folder.
func hashFolder(folder string) (string, error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return "", err
	}
	var sums strings.Builder
	for _, entry := range entries { // sorted by name
		content, err := os.ReadFile(filepath.Join(folder, entry.Name())) //nolint:gosec // G304: the executable that was just built.
		if err != nil {
			return "", err
		}
		fmt.Fprintf(&sums, "%x  %s\n", sha256.Sum256(content), entry.Name())
	}
	return hashOf(sums.String()), nil
}

func hashOf(sums string) string {
	hash := sha256.Sum256([]byte(sums))
	return "h1:" + base64.StdEncoding.EncodeToString(hash[:])
}
