// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"

	"github.com/didit-community/terraform-provider-didit/internal/terraformcli"
)

// side is one of the two that are compared: a CLI that uses the provider, or one
// that uses the floor under its name.
type side struct {
	cli *terraformcli.CLI
	// executable is the provider that its CLI starts.
	executable string
	// asks is false for the floor, which asks nobody.
	asks bool
}

// newSides builds the provider and the floor into folders of their own below
// another one.
func newSides(ctx context.Context, below string) (provider, floor side, err error) {
	if provider, err = newSide(ctx, filepath.Join(below, "provider"), "github.com/didit-community/terraform-provider-didit"); err != nil {
		return side{}, side{}, err
	}
	provider.asks = true
	floor, err = newSide(ctx, filepath.Join(below, "floor"), "github.com/didit-community/terraform-provider-didit/internal/bench/floor")
	return provider, floor, err
}

func newSide(ctx context.Context, folder, provider string) (side, error) {
	binaries := filepath.Join(folder, "bin")
	if err := os.MkdirAll(binaries, 0o700); err != nil {
		return side{}, err
	}
	executable := filepath.Join(binaries, "terraform-provider-didit")
	if runtime.GOOS == "windows" {
		executable += ".exe"
	}
	build := exec.CommandContext(ctx, "go", "build", "-buildvcs=false", "-o", executable, provider)
	if output, err := build.CombinedOutput(); err != nil {
		return side{}, fmt.Errorf("building %s: %w\n%s", provider, err, output)
	}
	cli, err := terraformcli.New(ctx, folder, binaries)
	return side{cli: cli, executable: executable}, err
}
