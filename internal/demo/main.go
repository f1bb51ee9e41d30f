// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

// Command demo shows the work of a compliance team, with a real Terraform or OpenTofu,
// the provider of this checkout, and a simulated Didit: it needs no account. The stories
// are the pages beside this file. The command prints one of them while it follows it, and
// fails at the first difference from the page.
package main

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/didit-community/terraform-provider-didit/internal/pages"
	"github.com/didit-community/terraform-provider-didit/internal/simulator"
	"github.com/didit-community/terraform-provider-didit/internal/terraformcli"
)

//go:embed *.md
var stories embed.FS

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	// A closed pipe (make demo | head) ends the story in the same way: see output.
	signal.Ignore(syscall.SIGPIPE)
	ctx, cancel := context.WithCancel(ctx)
	err := demo(ctx, os.Args[1:], pages.Printer{Writer: &output{os.Stdout, cancel}, Colours: isTerminal(os.Stdout)})
	cancel()
	stop()
	if errors.Is(err, context.Canceled) {
		err = errors.New("Interrupted. The temporary folder is removed.") //nolint:revive,staticcheck // It is a sentence for the user.
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "\n%v\n", err)
		os.Exit(1)
	}
}

// demo follows the story that the arguments name.
func demo(ctx context.Context, arguments []string, printer pages.Printer) error {
	story, err := readStory(strings.Join(arguments, " "))
	if err != nil {
		return err
	}
	didit, err := startDidit()
	if err != nil {
		return err
	}
	defer didit.Close()
	return follow(ctx, story, didit, printer, os.TempDir())
}

func readStory(name string) (string, error) {
	if name == "" {
		name = "decisions"
	}
	story, err := stories.ReadFile(name + ".md")
	if err != nil {
		return "", fmt.Errorf("there is no story %q: the demo has decisions, which needs no argument, and review", name)
	}
	return string(story), nil
}

// startDidit starts a simulated Didit with the demo's sessions.
func startDidit() (*simulator.Server, error) {
	didit, err := simulator.Start(simulator.Options{})
	if err != nil {
		return nil, err
	}
	didit.AddDemoData()
	return didit, nil
}

// follow follows a story in a new folder below another one, and removes the folder.
func follow(ctx context.Context, story string, didit *simulator.Server, printer pages.Printer, below string) (err error) {
	home, err := os.MkdirTemp(below, "didit-demo-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(home)) }()
	checkout, err := terraformcli.ModuleRoot()
	if err != nil {
		return err
	}
	runner, err := pages.NewRunner(ctx, pages.Options{
		Didit: didit, Home: home, Checkout: checkout, Printer: printer, Strict: true,
		Replace: strings.NewReplacer("http://127.0.0.1:8080", didit.URL).Replace,
	})
	if err != nil {
		return err
	}
	blocks, err := pages.Parse(story)
	if err != nil {
		return err
	}
	for _, block := range blocks {
		if err := runner.Follow(ctx, block); err != nil {
			return err
		}
	}
	return nil
}

// output cancels the story when it cannot be written to, and ignores later writes.
type output struct {
	writer io.Writer
	cancel context.CancelFunc
}

func (o *output) Write(text []byte) (int, error) {
	if _, err := o.writer.Write(text); err != nil {
		o.cancel()
	}
	return len(text), nil
}

// isTerminal reports whether a file is a terminal whose user wants colours.
func isTerminal(file *os.File) bool {
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0 && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
}
