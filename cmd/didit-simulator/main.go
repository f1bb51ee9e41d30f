// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

// Command didit-simulator serves a Didit API in memory on a loopback address, with a few invented
// sessions.
//
//	didit-simulator [-listen 127.0.0.1:0] [-limits published|none] [-window 60s] [-quiet]
//
// It prints its address, the environment that a client needs, the sessions with their steps and AML
// hits, and then one line for each request, until it is interrupted. The package comment of
// internal/simulator describes the endpoints under /simulator/ that control it.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"text/tabwriter"

	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "didit-simulator:", err)
		os.Exit(1)
	}
}

// run serves until the context is done.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	var options simulator.Options
	flags := flag.NewFlagSet("didit-simulator", flag.ContinueOnError)
	flags.SetOutput(stderr)
	listen := flags.String("listen", "127.0.0.1:0", "loopback `address` to listen on; port 0 is a free one")
	limits := flags.String("limits", "published", "which `limits`: published (600 reads and 300 writes per window and credential) or none")
	flags.DurationVar(&options.Window, "window", simulator.PublishedWindow, "sliding `window` of the limits")
	quiet := flags.Bool("quiet", false, "print the address and the environment only")
	err := flags.Parse(args)
	switch {
	case err != nil:
		return err
	case flags.NArg() > 0:
		return fmt.Errorf("unexpected argument %q", flags.Arg(0))
	case options.Window <= 0:
		return fmt.Errorf("-window %v is not a positive duration", options.Window)
	case *limits == "none":
		options.ReadsPerMinute, options.WritesPerMinute = -1, -1
	case *limits != "published":
		return fmt.Errorf("-limits %q is neither published nor none", *limits)
	}
	server, err := simulator.Listen(*listen, simulator.New(options))
	if err != nil {
		return err
	}
	defer server.Close()
	server.AddDemoData()
	greeting := fmt.Sprintf("Didit simulator listening on %[1]s\nexport DIDIT_BASE_URL=%[1]s DIDIT_API_KEY=%[2]s\n", server.URL, simulator.DefaultAPIKey)
	if !*quiet {
		greeting += sessionTable(server.Sessions())
		logger := log.New(stdout, "", log.Ltime)
		server.AfterResponse(func(r simulator.Request) { logger.Print(describe(r)) })
	}
	if _, err := io.WriteString(stdout, greeting); err != nil {
		return err
	}
	<-ctx.Done()
	return nil
}

func sessionTable(sessions []simulator.Session) string {
	var text strings.Builder
	table := tabwriter.NewWriter(&text, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprint(table, "\nSESSION\tKIND\tSESSION STATUS\tNODE\tFEATURE TYPE OR AML HIT\tSTATUS\n")
	for _, session := range sessions {
		row := func(node, what, status string) {
			kind := session.Kind
			if session.API {
				kind += " (API)"
			}
			_, _ = fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\n", session.ID, kind, session.Status, node, what, status)
		}
		for _, feature := range session.Features {
			row(feature.Node(), feature.FeatureType(), feature.Status)
			for _, hit := range feature.Hits {
				row(feature.Node(), hit.ID, hit.ReviewStatus)
			}
		}
	}
	_, _ = fmt.Fprintln(table)
	_ = table.Flush()
	return text.String()
}

func describe(r simulator.Request) string {
	path, status := r.Path, strconv.Itoa(r.Status)
	if r.Query != "" {
		path += "?" + r.Query
	}
	if r.Status == 0 {
		status = "cut"
	}
	if r.Fault != "" {
		path += fmt.Sprintf(" fault %q", r.Fault)
	}
	return fmt.Sprintf("%-5s %s %s", r.Method, status, path)
}
