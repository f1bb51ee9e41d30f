// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

// Command didit-simulator serves a Didit API in memory on a loopback address, with a small invented world in it.
//
//	didit-simulator [-listen 127.0.0.1:0] [-limits published|none] [-window 60s] [-quiet]
//
// It prints its address, the environment that a client needs, the sessions and steps of its world, and then one line
// for each request, until it is interrupted. The endpoints under /simulator/ steer it; the package
// internal/simulator describes them.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strconv"
	"sync"
	"syscall"
	"text/tabwriter"
	"time"

	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	switch {
	case errors.Is(err, flag.ErrHelp):
	case err != nil:
		fmt.Fprintln(os.Stderr, "didit-simulator:", err)
		os.Exit(1)
	}
}

// run serves until the context is done.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	settings, err := parse(args, stderr)
	if err != nil {
		return err
	}
	world := simulator.New(settings.options)
	for _, session := range simulator.Fixtures() {
		world.AddSession(session)
	}
	out := &lines{w: stdout}
	if !settings.quiet {
		world.AfterAnswer(out.request)
	}
	server, err := simulator.Listen(settings.listen, world)
	if err != nil {
		return err
	}
	defer server.Close()
	out.greeting(server, settings.quiet)
	<-ctx.Done()
	return nil
}

type settings struct {
	listen  string
	options simulator.Options
	quiet   bool
}

func parse(args []string, stderr io.Writer) (settings, error) {
	var s settings
	flags := flag.NewFlagSet("didit-simulator", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.StringVar(&s.listen, "listen", "127.0.0.1:0", "loopback `address` to listen on; port 0 is a free one")
	limits := flags.String("limits", "published", "which `limits`: published (600 reads and 300 writes per window and credential) or none")
	flags.DurationVar(&s.options.Window, "window", simulator.PublishedWindow, "sliding `window` of the limits")
	flags.BoolVar(&s.quiet, "quiet", false, "print the address and the environment only")
	if err := flags.Parse(args); err != nil {
		return s, err
	}
	if flags.NArg() > 0 {
		return s, fmt.Errorf("unexpected argument %q", flags.Arg(0))
	}
	if s.options.Window <= 0 {
		return s, fmt.Errorf("-window %v is not a positive duration", s.options.Window)
	}
	switch *limits {
	case "published":
	case "none":
		s.options.ReadsPerMinute, s.options.WritesPerMinute = -1, -1
	default:
		return s, fmt.Errorf("-limits %q is neither published nor none", *limits)
	}
	return s, nil
}

// lines writes whole lines from any goroutine. What cannot be printed is lost; the API goes on.
type lines struct {
	mu sync.Mutex
	w  io.Writer
}

func (l *lines) greeting(server *simulator.Server, quiet bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	_, _ = fmt.Fprintf(l.w, "Didit simulator listening on %s\n", server.URL)
	_, _ = fmt.Fprintf(l.w, "export DIDIT_BASE_URL=%s DIDIT_API_KEY=%s\n", server.URL, simulator.DefaultAPIKey)
	if quiet {
		return
	}
	table := tabwriter.NewWriter(l.w, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprint(table, "\nSESSION\tKIND\tSESSION STATUS\tNODE\tFEATURE TYPE OR AML HIT\tSTATUS\n")
	for _, session := range server.Sessions() {
		kind := session.Kind
		if session.API {
			kind += " (API)"
		}
		for _, step := range session.Features {
			_, _ = fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\n",
				session.ID, kind, session.Status, step.Node(), step.FeatureType(), step.Status)
			for _, hit := range step.Hits {
				_, _ = fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\n",
					session.ID, kind, session.Status, step.Node(), hit.ID, hit.ReviewStatus)
			}
		}
	}
	_ = table.Flush()
	_, _ = fmt.Fprintln(l.w)
}

func (l *lines) request(r simulator.Request) {
	l.mu.Lock()
	defer l.mu.Unlock()
	path := r.Path
	if r.Query != "" {
		path += "?" + r.Query
	}
	status := "cut"
	if r.Status != 0 {
		status = strconv.Itoa(r.Status)
	}
	fault := ""
	if r.Fault != "" {
		fault = fmt.Sprintf(" fault %q", r.Fault)
	}
	_, _ = fmt.Fprintf(l.w, "%s %-5s %s %s%s\n", r.Time.Format(time.TimeOnly), r.Method, status, path, fault)
}
