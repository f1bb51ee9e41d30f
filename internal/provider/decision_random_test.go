// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/didit-community/terraform-provider-didit/internal/acctest"
	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

// Under any mix of commits, old commits, decisions in the console, resubmissions, lost
// responses and killed applies, a block sends each of its decisions at most once, from
// the value in from only, and outcome says what became of it.
//
// FAULT_SCHEDULES is the number of histories for each kind. FAULT_SEED is the seed of the
// first one.
func TestFaults_BlockMakesEachDecisionOnce(t *testing.T) {
	histories, first := randomNumber(t, "FAULT_SCHEDULES", 20), randomNumber(t, "FAULT_SEED", rand.Uint64N(1<<48))
	t.Logf("%d histories from FAULT_SEED=%d", histories, first)
	forEachKind(t, func(t *testing.T, kind decisionKind) {
		total := map[string]int{}
		for n := range histories {
			newHistory(t, kind, first+n).run(total)
		}
		t.Log(total)
		for _, event := range []string{"sent", "superseded", "gone", "made before", "other than from", "killed", "lost response", "old commit", "saved plan", "sent without from", "replacement refused", "rename refused", "renamed"} {
			if total[event] == 0 && histories >= 20 {
				t.Errorf("%q did not occur, so the test shows too little", event)
			}
		}
	})
}

func randomNumber(t *testing.T, name string, fallback uint64) uint64 {
	t.Helper()
	text := os.Getenv(name)
	if text == "" {
		return fallback
	}
	number, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return number
}

// history is a random life of one block.
type history struct {
	*driver
	kind    decisionKind
	seed    uint64
	random  *rand.Rand
	commits []commit
	// sent are the decisions with from that were sent and stored.
	sent map[commit]bool
	// isMissing: the session is deleted.
	isMissing bool
	total     map[string]int
}

// commit is a version of the configuration.
type commit struct{ from, wanted, comment string }

func newHistory(t *testing.T, kind decisionKind, seed uint64) *history {
	t.Helper()
	env := acctest.New(t, acctest.Unlimited)
	return &history{driver: newDriver(t, env, kind.resource), kind: kind, seed: seed, random: rand.New(rand.NewPCG(seed, 0)), sent: map[commit]bool{}}
}

func (h *history) errorf(format string, arguments ...any) {
	h.t.Helper()
	h.t.Errorf("FAULT_SEED=%d: %s", h.seed, fmt.Sprintf(format, arguments...))
}

func (h *history) run(total map[string]int) {
	h.t.Helper()
	h.total = total
	h.commit()
	for range 25 {
		switch h.random.IntN(9) {
		case 0, 1:
			h.console()
		case 2, 3, 4:
			h.commit()
		case 5:
			h.deleteOrRestore()
		case 6:
			h.replace()
		case 7:
			h.rename()
		}
		h.command()
		if h.t.Failed() {
			return
		}
	}
	h.env.Close()
}

func (h *history) values() []string { return []string{h.kind.open, h.kind.wanted, h.kind.other} }

func (h *history) pick(values ...string) string { return values[h.random.IntN(len(values))] }

// console sets another value.
func (h *history) console() {
	if value := h.pick(h.values()...); !h.isMissing && value != h.value() {
		h.kind.set(h.env, value)
	}
}

// value returns Didit's value; "" if the session is deleted.
func (h *history) value() string {
	session, found := h.env.Session(simulator.SessionKYC)
	if !found {
		return ""
	}
	switch h.kind.name {
	case "session":
		return session.Status
	case "step":
		return h.env.FeatureStatus(simulator.SessionKYC, "feature_ocr_1", "")
	}
	for _, feature := range session.Features {
		for _, hit := range feature.Hits {
			if hit.ID == simulator.HitSanctions {
				return hit.ReviewStatus
			}
		}
	}
	return ""
}

// commit adds a version, or goes back to an old one.
func (h *history) commit() {
	if len(h.commits) > 1 && h.random.IntN(3) == 0 {
		h.total["old commit"]++
		h.commits = append(h.commits, h.commits[h.random.IntN(len(h.commits))])
		return
	}
	next := commit{h.pick(h.values()...), h.pick(h.kind.wanted, h.kind.other), h.pick("a", "b", "c")}
	if value := h.value(); value != "" && h.random.IntN(2) == 0 {
		next.from = value // as a careful reviewer writes it
	}
	if h.random.IntN(6) == 0 {
		next.from = ""
	}
	h.commits = append(h.commits, next)
}

func (h *history) deleteOrRestore() {
	if h.isMissing {
		h.env.AddSession(fixture(simulator.SessionKYC))
	} else {
		h.env.DeleteSession(simulator.SessionKYC)
	}
	h.isMissing = !h.isMissing
}

// command plans and applies the last commit, and checks what that did.
func (h *history) command() {
	h.t.Helper()
	now := h.commits[len(h.commits)-1]
	server, refreshed := h.process(), h.random.IntN(5) > 0
	if refreshed {
		if diagnostics := h.refresh(server); hasError(diagnostics) {
			h.errorf("refresh: %s", diagnostics[0].Summary)
			return
		}
	}
	plan, diagnostics := h.plan(server, h.configuration(now))
	if h.count(diagnostics); hasError(diagnostics) {
		return
	}
	if h.random.IntN(4) == 0 {
		h.total["saved plan"]++
		h.console()
		server = h.process()
	}
	if h.applyPlan(server, plan, now) {
		h.checkOutcome(now)
	}
}

// configuration returns the block of a version.
func (h *history) configuration(version commit) tftypes.Value {
	arguments := map[string]string{"from": version.from, h.kind.attribute: version.wanted, "comment": version.comment}
	for _, argument := range h.kind.address {
		arguments[argument.name] = argument.value
	}
	return h.object(arguments)
}

// replace plans a replacement, which is refused if the block has made a decision.
func (h *history) replace() {
	h.t.Helper()
	isMade := !h.stored.object.IsNull() && texts(h.t, h.stored.object)["outcome"] != ""
	kept := h.stored
	h.stored.object = tftypes.NewValue(h.objectType, nil) // Terraform's second plan of it has no state
	_, diagnostics := h.plan(h.process(), h.configuration(h.commits[len(h.commits)-1]))
	h.stored = kept
	if isMade && !hasError(diagnostics) {
		h.errorf("a block that has made a decision could be replaced: %v", texts(h.t, h.stored.object))
	}
	if isMade {
		h.total["replacement refused"]++
	}
}

// rename destroys the block and creates it under another address, in this or the other
// order. That is refused if it would send a decision again.
func (h *history) rename() {
	h.t.Helper()
	now, server, before := h.commits[len(h.commits)-1], h.process(), h.stored
	if before.object.IsNull() {
		return
	}
	var refusals []*tfprotov6.Diagnostic
	destroy := func() {
		h.stored = before
		refusals = append(refusals, h.planDestroy(server)...)
	}
	isFirst := h.random.IntN(2) == 0
	if isFirst {
		destroy()
	}
	h.stored = stored{object: tftypes.NewValue(h.objectType, nil)}
	plan, diagnostics := h.plan(server, h.configuration(now))
	refusals = append(refusals, diagnostics...)
	if !isFirst {
		destroy()
	}
	h.stored = before
	if hasError(refusals) {
		h.total["rename refused"]++
		return
	}
	trail := len(h.env.Trail(""))
	after, diagnostics := h.change(server, plan)
	if hasError(diagnostics) {
		return
	}
	for _, entry := range h.env.Trail("")[trail:] {
		h.checkEntry(now, entry, false)
	}
	h.total["renamed"]++
	h.stored = after
	clear(h.sent) // the new block knows only its own decisions
	h.sent[now] = now.from != ""
}

// applyPlan applies a plan, perhaps with a fault, and checks the trail. It reports whether
// the state is that of the configuration.
func (h *history) applyPlan(server tfprotov6.ProviderServer, plan planned, now commit) (isApplied bool) {
	h.t.Helper()
	if !plan.prior.object.IsNull() && plan.object.Equal(plan.prior.object) {
		return true // Terraform calls the provider for changes only
	}
	isKilled, isLost := h.random.IntN(8) == 0, h.random.IntN(8) == 0
	if isLost {
		h.total["lost response"]++
		h.env.Inject(simulator.Fault{Name: "lost", Method: http.MethodPatch, Cut: simulator.CutReset, After: h.random.IntN(2) == 0, Times: 1})
	}
	trail := len(h.env.Trail(""))
	after, diagnostics := h.apply(server, plan)
	h.env.ClearFaults()
	h.count(diagnostics)
	entries := h.env.Trail("")[trail:]
	if len(entries) > 1 {
		h.errorf("%+v: %d entries on the trail: %+v", now, len(entries), entries)
	}
	for _, entry := range entries {
		h.checkEntry(now, entry, isKilled || hasError(diagnostics))
	}
	if isKilled {
		h.total["killed"]++
		return false
	}
	h.stored = after
	return !hasError(diagnostics)
}

// checkEntry checks an entry that an apply has added to the trail.
func (h *history) checkEntry(now commit, entry simulator.TrailEntry, isForgotten bool) {
	h.t.Helper()
	if now.from == "" {
		h.total["sent without from"]++
		return
	}
	h.total["sent"]++
	if entry.From != now.from || entry.To != now.wanted {
		h.errorf("%+v sent %+v", now, entry)
	}
	if h.sent[now] {
		h.errorf("%+v was sent again: %+v", now, entry)
	}
	// A killed apply has not written what it made.
	h.sent[now] = !isForgotten
}

// checkOutcome checks the state after an apply and a refresh.
func (h *history) checkOutcome(now commit) {
	h.t.Helper()
	if diagnostics := h.refresh(h.process()); hasError(diagnostics) {
		h.errorf("refresh: %s", diagnostics[0].Summary)
	}
	if h.stored.object.IsNull() {
		if now.from != "" || !h.isMissing {
			h.errorf("%+v is not in the state any more", now)
		}
		return
	}
	state, want := texts(h.t, h.stored.object), ""
	switch value := h.value(); {
	case now.from == "":
	case h.isMissing:
		want = "gone"
	case value == now.wanted:
		want = "stands"
	default:
		want = "superseded"
	}
	if got := state["outcome"]; got != want {
		h.errorf("%+v: outcome is %q, want %q: %v", now, got, want, state)
	}
	h.total[state["outcome"]]++
}

// count counts the errors of the plan.
func (h *history) count(diagnostics []*tfprotov6.Diagnostic) {
	for _, diagnostic := range diagnostics {
		switch {
		case diagnostic.Summary == summaryMadeBefore:
			h.total["made before"]++
		case diagnostic.Summary == summaryOtherThanFrom:
			h.total["other than from"]++
		case strings.Contains(diagnostic.Detail, "This is a bug"):
			h.errorf("%s: %s", diagnostic.Summary, diagnostic.Detail)
		}
	}
}
