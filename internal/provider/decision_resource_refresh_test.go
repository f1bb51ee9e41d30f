// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"

	"github.com/didit-community/terraform-provider-didit/internal/acctest"
	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

func TestDrift_IsPlannedAndChangedBack(t *testing.T) {
	forEachKind(t, func(t *testing.T, kind decisionKind) {
		env := acctest.New(t, simulator.Options{})
		config := env.Config(kind.block("one", kind.wanted, "Forged."))
		runSteps(env,
			resource.TestStep{Config: config},
			resource.TestStep{
				PreConfig:          func() { kind.decideInConsole(env, kind.other) },
				RefreshState:       true,
				ExpectNonEmptyPlan: true,
				RefreshPlanChecks: resource.RefreshPlanChecks{PostRefresh: []plancheck.PlanCheck{
					plancheck.ExpectResourceAction(kind.at("one"), plancheck.ResourceActionUpdate),
				}},
			},
			resource.TestStep{Config: config},
		)
		if got := env.Count(http.MethodPatch); got != 2 {
			t.Errorf("%d PATCHes were sent, want 2", got)
		}
		env.RequireTrail(
			kind.byTerraform(kind.open, kind.wanted, "Forged."),
			kind.byConsole(kind.wanted, kind.other),
			kind.byTerraform(kind.other, kind.wanted, "Forged."))
	})
}

func TestRefresh_UnchangedSubjectPlansToNothing(t *testing.T) {
	forEachKind(t, func(t *testing.T, kind decisionKind) {
		env := acctest.New(t, simulator.Options{})
		ws := env.Workspace(env.Config(kind.block("one", kind.wanted, "Forged.")))
		ws.MustRun("apply", "-auto-approve")

		env.MustSetFeatureStatus(simulator.SessionKYC, "feature_poa_1", "Not Finished")
		for _, status := range []string{"In Progress", "Approved", "Kyc Expired"} {
			if kind.name != "session" {
				env.SetSessionStatus(simulator.SessionKYC, status)
			}
			ws.RunJSON("plan", "-detailed-exitcode").RequireSuccess().RequireNoWarnings()
		}
	})
}

func TestRefresh_StoresValueInDiditsSpelling(t *testing.T) {
	set := map[string]func(env *acctest.Env, value string){
		"step": func(env *acctest.Env, value string) {
			env.MustSetFeatureStatus(simulator.SessionKYC, "feature_ocr_1", value)
		},
		"session": func(env *acctest.Env, value string) { env.SetSessionStatus(simulator.SessionKYC, value) },
		"AML hit": func(env *acctest.Env, value string) {
			env.MustSetHit(simulator.SessionKYC, "feature_aml_1", simulator.Hit{ID: simulator.HitSanctions, ReviewStatus: value})
		},
	}
	forEachKind(t, func(t *testing.T, kind decisionKind) {
		env := acctest.New(t, simulator.Options{})
		ws := env.Workspace(env.Config(kind.block("one", kind.wanted, "Forged.")))
		ws.MustRun("apply", "-auto-approve")

		for _, value := range []string{"Not Finished", "Invented Status"} {
			set[kind.name](env, value)
			ws.RunJSON("apply", "-refresh-only", "-auto-approve").RequireSuccess().RequireNoWarnings()
			ws.RequireState(kind.at("one"), kind.state(value, "Forged."))
		}
	})
}

func TestRefresh_RemovesMissingSubjectWithWarning(t *testing.T) {
	forEachKind(t, func(t *testing.T, kind decisionKind) {
		for name, test := range map[string]struct {
			remove  func(*acctest.Env)
			warning []string
			summary string
			parts   []string
		}{
			"session deleted": {
				func(env *acctest.Env) { env.DeleteSession(simulator.SessionKYC) },
				[]string{"Didit has no such session any more", "was deleted", "scope of the key hides it"},
				"Session not found",
				[]string{"404", "Didit has no such session", "scope of the key"},
			},
			"subject removed": {
				kind.remove,
				[]string{"as after a resubmission"},
				kind.notFound,
				[]string{kind.listLine},
			},
			"session out of scope": {
				func(env *acctest.Env) { env.SetSessionStatus(simulator.SessionKYC, "Abandoned") },
				[]string{"Didit has no such session any more", "was deleted", "scope of the key hides it"},
				"Session not found",
				[]string{"the scope of the key (some workflows or statuses) hides it"},
			},
		} {
			if test.remove == nil {
				continue // the subject is the session
			}
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				env := acctest.New(t, simulator.Options{Credentials: []simulator.Credential{
					{APIKey: simulator.DefaultAPIKey, Read: true, Write: true, Statuses: []string{"In Review"}},
				}})
				ws := kind.managed(env)
				test.remove(env)
				warning := slices.Concat(test.warning, []string{simulator.SessionKYC, kind.label[1:], "remove its block or file"})

				result := ws.RunJSON("plan")

				result.RequireError(test.summary, append(test.parts, simulator.SessionKYC, kind.label[1:], "remove its block or file")...)
				result.RequireWarning("No longer in Didit", warning...)

				ws.RunJSON("apply", "-refresh-only", "-auto-approve").RequireSuccess().RequireWarning("No longer in Didit", warning...)
				ws.RequireNoState()
				ws.Write("main.tf", env.Config())
				ws.RunJSON("apply", "-auto-approve").RequireSuccess().RequireNoWarnings()
				if got := env.Count(http.MethodPatch); got != 0 {
					t.Errorf("%d PATCHes were sent, want 0", got)
				}
			})
		}
	})
}

// Django's own 404 is word for word Didit's.
func TestRefresh_WrongBaseURLKeepsState(t *testing.T) {
	forEachKind(t, func(t *testing.T, kind decisionKind) {
		env := acctest.New(t, simulator.Options{})
		ws := kind.managed(env)
		env.Inject(simulator.Fault{Status: http.StatusNotFound, Body: `{"detail": "Not found."}`, Times: -1})
		env.ResetRequests()

		ws.RunJSON("apply", "-refresh-only", "-auto-approve").
			RequireError("The response is not from Didit's API", kind.label[1:], "The state is unchanged", "GET /v3/sessions/ returned 404", "base_url").RequireNoWarnings()

		env.RequireRequests(2, 0)
		env.ClearFaults()
		ws.RequireState(kind.at("one"), kind.state(kind.open, ""))
	})
}

// reportOf is a report of the session of all kinds with these members, as the API returns
// it to a fault.
func reportOf(members string) simulator.Fault {
	return simulator.Fault{Path: "/decision/", Times: -1, Body: `{"session_id": "` + simulator.SessionKYC + `", "status": "IN_REVIEW"` + members + `}`}
}

func TestRefresh_HiddenHitsAreNotGone(t *testing.T) {
	t.Parallel()
	for name, checks := range map[string]string{
		"hits are null":          `[{"node_id": "feature_aml_1", "status": "In Review", "hits": null}]`,
		"hits are missing":       `[{"node_id": "feature_aml_1", "status": "In Review"}]`,
		"status and hits":        `[{"node_id": "feature_aml_1", "status": null, "hits": null}]`,
		"the check is null":      `[null]`,
		"the hit has no status":  `[{"node_id": "feature_aml_1", "status": "In Review", "hits": [{"id": "` + simulator.HitSanctions + `", "review_status": null}]}]`,
		"a hit has a numeric ID": `[{"node_id": "feature_aml_1", "status": "In Review", "hits": [{"id": 17, "review_status": "Unreviewed"}]}]`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := acctest.New(t, simulator.Options{})
			kind := kinds[slices.IndexFunc(kinds, func(kind decisionKind) bool { return kind.name == "AML hit" })]
			ws := kind.managed(env)
			env.Inject(reportOf(`, "aml_screenings": ` + checks))

			for _, command := range [][]string{{"plan"}, {"apply", "-refresh-only", "-auto-approve"}} {
				ws.RunJSON(command...).RequireError("Didit does not show this decision", kind.label[1:], "The state is unchanged").RequireNoWarnings()
			}

			ws.RequireState(kind.at("one"), kind.state(kind.open, ""))
		})
	}
}

// One unusable item, and fields of odd types, affect no other decision of the session.
func TestRefresh_OddReportAffectsOnlyUnusableItem(t *testing.T) {
	forEachKind(t, func(t *testing.T, kind decisionKind) {
		env := acctest.New(t, simulator.Options{})
		ws := kind.managed(env)
		env.Inject(reportOf(`, "session_number": "17", "created_at": 7, "features": "OCR + AML", "liveness_checks": [null, "x", {}], "face_matches": {},
			"questionnaire_responses": [{"sections": []}], "id_verifications": [{"node_id": "feature_ocr_1", "status": "in_review"}],
			"aml_screenings": [{"node_id": 7, "status": "Approved", "hits": null}, {"node_id": "feature_aml_1", "status": null,
			"hits": [null, {"id": 1}, {"id": "` + simulator.HitSanctions + `", "review_status": "UNREVIEWED", "match_score": "98"}]}]`))

		ws.RunJSON("apply", "-refresh-only", "-auto-approve").RequireSuccess().RequireNoWarnings()

		ws.RequireState(kind.at("one"), kind.state(kind.open, ""))
	})
}

// Didit's pages write APPROVED and IN_REVIEW, too.
func TestRefresh_OtherSpellingIsNoChange(t *testing.T) {
	forEachKind(t, func(t *testing.T, kind decisionKind) {
		env := acctest.New(t, simulator.Options{})
		ws := kind.applied(env, "Forged.")
		spelling := strings.ToUpper(strings.ReplaceAll(kind.wanted, " ", "_"))
		env.Inject(simulator.Fault{Path: "/decision/", Times: -1, Body: `{"session_id": "` + simulator.SessionKYC + `", "status": "` + spelling + `",
			"id_verifications": [{"node_id": "feature_ocr_1", "status": "` + spelling + `"}],
			"aml_screenings": [{"node_id": "feature_aml_1", "status": "IN_REVIEW", "hits": [{"id": "` + simulator.HitSanctions + `", "review_status": "` + spelling + `"}]}]}`})
		env.ResetRequests()

		ws.MustRun("plan", "-detailed-exitcode")
		ws.MustRun("apply", "-auto-approve")
		ws.RequireState(kind.at("one"), kind.state(kind.wanted, "Forged."))
		ws.Write("main.tf", env.Config(kind.block("other", kind.wanted, "Forged.")))
		ws.MustRun("apply", "-auto-approve")

		if got := env.Count(http.MethodPatch); got != 0 {
			t.Errorf("%d PATCHes were sent, want 0", got)
		}
	})
}

func TestRefresh_FailureIsErrorAndKeepsState(t *testing.T) {
	t.Parallel()
	kind := kinds[0] // a failed read is the same for all kinds
	for name, test := range map[string]struct {
		fault   simulator.Fault
		summary string
		parts   []string
	}{
		"404 page of a proxy": {
			simulator.Fault{Status: http.StatusNotFound, Body: "<html>not here</html>", Header: htmlHeader},
			"The response is not from Didit's API",
			[]string{"404", "base_url", "The state is unchanged"},
		},
		"404 of another service": {
			simulator.Fault{Status: http.StatusNotFound, Body: `{"detail":"Not Found"}`},
			"The response is not from Didit's API",
			[]string{"404", "base_url", "The state is unchanged"},
		},
		"401": {
			simulator.Fault{Status: http.StatusUnauthorized, Body: `{"detail":"Token expired."}`},
			"Didit did not accept the credential",
			[]string{"401", "Token expired.", "DIDIT_API_KEY"},
		},
		"403": {
			simulator.Fault{Status: http.StatusForbidden, Body: `{"detail":"You do not have permission to perform this action."}`},
			"The credential may not do this",
			[]string{"403", "read:sessions"},
		},
		"429 with too long Retry-After": {
			simulator.Fault{Status: http.StatusTooManyRequests, Body: `{"detail":"Slow down."}`, Header: http.Header{"Retry-After": {"3600"}}},
			"Didit's rate limit is used up",
			[]string{"429", "1h0m0s", "longer than this provider waits"},
		},
		"500": {
			simulator.Fault{Status: http.StatusInternalServerError, Body: "<html>oops</html>", Header: htmlHeader},
			"Didit returned a server error",
			[]string{"500", "later"},
		},
		"login page": {
			simulator.Fault{Status: http.StatusOK, Body: "<html>log in</html>", Header: htmlHeader},
			"The response is not from Didit's API",
			[]string{"not JSON", "base_url"},
		},
		"report cut off": {
			simulator.Fault{Cut: simulator.CutBody},
			"Didit's response is cut off or malformed",
			[]string{"proxies"},
		},
		"no connection": {
			simulator.Fault{Cut: simulator.CutReset},
			"Didit could not be reached",
			[]string{"No response came from", "base_url"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := acctest.New(t, simulator.Options{})
			ws := env.Workspace(env.ConfigWith(withoutRetries, kind.block("one", kind.wanted, "Forged.")))
			ws.MustRun("apply", "-auto-approve")
			test.fault.Name, test.fault.Times = name, -1
			env.Inject(test.fault)

			for _, command := range [][]string{{"plan"}, {"apply", "-refresh-only", "-auto-approve"}} {
				ws.RunJSON(command...).RequireError(test.summary, append(test.parts, simulator.SessionKYC, kind.label[1:])...).RequireNoWarnings()
			}

			ws.RequireState(kind.at("one"), kind.state(kind.wanted, "Forged."))
			env.ClearFaults()
			acctest.RequireText(t, ws.MustRun("plan"), "No changes.")
		})
	}
}

func TestRefresh_SkippingItKeepsConflictCheck(t *testing.T) {
	forEachKind(t, func(t *testing.T, kind decisionKind) {
		env := acctest.New(t, simulator.Options{})
		ws := kind.managed(env)
		ws.Write("main.tf", env.Config(kind.block("one", kind.wanted, "")))

		ws.MustRun("plan", "-refresh=false", "-out=tfplan")

		env.RequireRequests(0, 0)
		kind.decideInConsole(env, kind.other)
		ws.RunJSON("apply", "tfplan").RequireError("The decision has changed since the plan", `was "`+kind.open+`"`, `is "`+kind.other+`" now`, `"`+kind.wanted+`" is wanted`)
		env.RequireRequests(1, 0)
	})
}
