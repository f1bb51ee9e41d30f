// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package simulator

import (
	"cmp"
	"net/http"
	"slices"
)

// maxBusinessCount is where the count of business rows stops.
const maxBusinessCount = 100

// listSessions is GET /v3/sessions/ (OpenAPI operation get_v3_sessions). A wrong credential and a missing privilege
// have one text here.
func (s *Simulator) listSessions(c call) answer {
	if !c.caller.mayRead() {
		return detail(http.StatusForbidden, detailNoPrivilege)
	}
	query := c.request.URL.Query()
	filter, refused := readFilter(query)
	if refused != nil {
		return *refused
	}
	users, businesses := s.selectSessions(c.caller.credential, filter)
	window := readPage(query)
	if filter.kind == KindBusiness {
		p := paginate(window, c.request, businesses)
		p.Count = min(p.Count, maxBusinessCount)
		return object(http.StatusOK, rows(p))
	}
	p := paginate(window, c.request, users)
	if filter.kind == kindAll {
		// The page of each kind, one behind the other; next and previous are those of the user rows.
		more := paginate(window, c.request, businesses)
		p.Count += min(more.Count, maxBusinessCount)
		p.Results = append(slices.Clone(p.Results), more.Results...)
	}
	return object(http.StatusOK, rows(p))
}

// selectSessions finds the sessions of each kind that a credential sees and a filter keeps, newest first.
func (s *Simulator) selectSessions(credential *Credential, filter filter) (users, businesses []*session) {
	s.world.mu.Lock()
	defer s.world.mu.Unlock()
	for _, found := range s.world.sessions {
		switch {
		case !credential.sees(found) || !filter.keeps(found):
		case found.Kind == KindBusiness:
			businesses = append(businesses, found.snapshot())
		default:
			users = append(users, found.snapshot())
		}
	}
	newestFirst := func(a, b *session) int { return cmp.Or(cmp.Compare(b.Number, a.Number), cmp.Compare(a.ID, b.ID)) }
	slices.SortFunc(users, newestFirst)
	slices.SortFunc(businesses, newestFirst)
	return users, businesses
}

func rows(p page[*session]) page[any] {
	made := page[any]{Count: p.Count, Next: p.Next, Previous: p.Previous, Results: []any{}}
	for _, s := range p.Results {
		if s.Kind == KindBusiness {
			made.Results = append(made.Results, newBusinessRow(s))
		} else {
			made.Results = append(made.Results, newUserRow(s))
		}
	}
	return made
}
