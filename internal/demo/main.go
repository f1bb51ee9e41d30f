// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

// Command demo tells a story that a compliance team lives, with a real Terraform
// or OpenTofu, the provider of this checkout, and a simulated Didit: it needs no
// account. It fails if anything happens otherwise than the story says.
//
// "demo" tells of decisions, "demo review" of pull requests that propose them.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"strings"
	"syscall"

	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	// A reader who leaves early (make demo | head) ends the story in the same way.
	signal.Ignore(syscall.SIGPIPE)
	ctx, leave := context.WithCancel(ctx)
	told, err := chosen(os.Args[1:])
	if err == nil {
		err = run(ctx, told, &reader{os.Stdout, leave}, hasColours(os.Stdout))
	}
	leave()
	stop()
	switch {
	case errors.Is(err, context.Canceled):
		fmt.Fprintln(os.Stderr, "\nInterrupted. The story ends here, and its temporary folder is removed.")
		os.Exit(1)
	case err != nil:
		fmt.Fprintf(os.Stderr, "\n%v\n", err)
		os.Exit(1)
	}
}

// chosen is the story that the arguments ask for.
func chosen(arguments []string) (story, error) {
	switch {
	case len(arguments) == 0:
		return ofDecisions, nil
	case len(arguments) == 1 && arguments[0] == "review":
		return ofReviews, nil
	}
	return story{}, fmt.Errorf("there is no story %q: the demo knows one without a name, and review", strings.Join(arguments, " "))
}

// run tells the story to a reader. The last line stands only below a story that
// has come true and is cleaned up.
func run(ctx context.Context, told story, reader io.Writer, colours bool) error {
	didit, err := startDidit()
	if err != nil {
		return err
	}
	defer didit.Close()
	page := page{reader, colours}
	if err := tell(ctx, told, didit, page, os.TempDir()); err != nil {
		return err
	}
	page.verdict("Everything happened as the story says.")
	return nil
}

// startDidit starts a simulated Didit of this process's own, with the invented
// sessions in it.
func startDidit() (*simulator.Server, error) {
	didit, err := simulator.Start(simulator.Options{})
	if err != nil {
		return nil, err
	}
	for _, session := range simulator.Fixtures() {
		didit.AddSession(session)
	}
	return didit, nil
}

// tell sets the stage up in a new folder below another one, plays the story on
// it, and removes the folder, however the story ends.
func tell(ctx context.Context, told story, didit *simulator.Server, page page, below string) (err error) {
	folder, err := os.MkdirTemp(below, "didit-demo-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	stage, err := newStage(ctx, told, didit, page, folder)
	if err != nil {
		return err
	}
	return stage.play(told)
}

// reader is who the story is told to. After they have left, what is still said
// is lost, and fails nobody who is about to end.
type reader struct {
	writer io.Writer
	leave  context.CancelFunc
}

func (r *reader) Write(text []byte) (int, error) {
	if _, err := r.writer.Write(text); err != nil {
		r.leave()
	}
	return len(text), nil
}

// hasColours tells whether the reader sits at a terminal, and has not asked for
// plain text. Windows would have to be told what to make of the codes.
func hasColours(file *os.File) bool {
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0 &&
		os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb" && runtime.GOOS != "windows"
}
