// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"fmt"
	"net/http"
	"strconv"
	"text/tabwriter"

	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

// epilogue shows the audit trail, and holds it against the requests.
func epilogue(s *stage) {
	requests, trail := s.didit.Requests(), s.didit.Trail("")
	s.narrate(`Its audit trail: "API Client" is the key that Terraform was given, "console" a person.`)
	s.page.trail(trail)
	s.page.line("")
	byKey := 0
	for _, change := range trail {
		if change.Actor != "console" {
			byKey++
		}
	}
	if writes := count(requests, http.MethodPatch); writes != byKey {
		s.err = s.failure("the audit trail", &difference{fmt.Sprintf("one change for each PATCH: %d", writes), strconv.Itoa(byKey)})
		return
	}
	s.narrate(fmt.Sprintf(`All in all Didit got %s. There is one PATCH for each change by "API Client".`, requestCount(requests)))
}

// trail is the audit trail as a table, oldest first.
func (p page) trail(changes []simulator.TrailEntry) {
	table := tabwriter.NewWriter(p.quoting(), 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(table, "BY\tSESSION\tNODE\tFROM\tTO\tCOMMENT")
	for _, c := range changes {
		_, _ = fmt.Fprintf(table, "%s\t…%s\t%s\t%s\t%s\t%s\n", c.Actor, c.SessionID[len(c.SessionID)-4:], c.NodeID, c.From, c.To, c.Comment)
	}
	_ = table.Flush()
}
