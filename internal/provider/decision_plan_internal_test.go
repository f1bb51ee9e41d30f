// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"slices"
	"sync/atomic"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/didit-community/terraform-provider-didit/internal/decisions"
	"github.com/didit-community/terraform-provider-didit/internal/didit"
)

const (
	graphSession = "aaaaaaaa-2222-4333-8444-000000000001"
	plainSession = "aaaaaaaa-2222-4333-8444-000000000002"
	openSession  = "aaaaaaaa-2222-4333-8444-000000000003"
)

// fakeSessions is an API with three sessions. All calls but the read of a decision
// panic, because a plan must not make them.
type fakeSessions struct {
	decisions.API
	reads atomic.Int64
}

func (f *fakeSessions) RetrieveDecision(_ context.Context, sessionID string) (*didit.Decision, error) {
	f.reads.Add(1)
	switch sessionID {
	case graphSession:
		return &didit.Decision{SessionID: sessionID, Status: "In Review", Features: []didit.Feature{
			{NodeID: "feature_ocr_1", Type: "ID_VERIFICATION", Status: "In Review"},
			{NodeID: "feature_face_1", Type: "FACE_MATCH", Status: "Approved"},
		}}, nil
	case plainSession:
		return &didit.Decision{SessionID: sessionID, Status: "In Review", Features: []didit.Feature{
			{NodeID: didit.DefaultNodeID, Type: "ID_VERIFICATION", Status: "In Review"},
		}}, nil
	case openSession:
		return &didit.Decision{SessionID: sessionID, Status: "Awaiting User", Features: []didit.Feature{
			{NodeID: "feature_ocr_1", Type: "ID_VERIFICATION", Status: "In Review"},
		}}, nil
	}
	return nil, &didit.Error{Kind: didit.KindSessionNotFound, StatusCode: 404, Detail: "Not found."}
}

var (
	null    = types.StringNull()
	unknown = types.StringUnknown()
)

func known(text string) types.String { return types.StringValue(text) }

// stepBlock is a didit_session_feature_status in configuration, plan or state.
type stepBlock struct {
	ID          types.String `tfsdk:"id"`
	SessionID   types.String `tfsdk:"session_id"`
	NodeID      types.String `tfsdk:"node_id"`
	FeatureType types.String `tfsdk:"feature_type"`
	From        types.String `tfsdk:"from"`
	Outcome     types.String `tfsdk:"outcome"`
	Status      types.String `tfsdk:"status"`
	Comment     types.String `tfsdk:"comment"`

	Deferred      types.Bool   `tfsdk:"defer_until_flow_finishes"`
	OverrideID    types.String `tfsdk:"override_id"`
	OverrideState types.String `tfsdk:"override_state"`
}

// planCase is one call of ModifyPlan and its expected result.
type planCase struct {
	// state is nil for a create, config nil for a destroy.
	state, config *stepBlock
	// isRead: the refresh in this process has read the session.
	isRead bool
	// isProviderUnknown: the provider block has unknown values.
	isProviderUnknown bool

	want     stepBlock // the plan, if there is no error
	failure  string    // summary of the error
	warnings []string  // summaries
	reads    int64
}

func TestModifyPlan_ReturnsPlanAndDiagnostics(t *testing.T) {
	t.Parallel()
	ocr := func(status, comment types.String) *stepBlock {
		return &stepBlock{SessionID: known(graphSession), NodeID: known("feature_ocr_1"), FeatureType: null, Status: status, Comment: comment}
	}
	stored := func(status string, comment types.String) *stepBlock {
		return &stepBlock{
			ID: known(graphSession + "/feature_ocr_1"), SessionID: known(graphSession), NodeID: known("feature_ocr_1"),
			FeatureType: known("ID_VERIFICATION"), Status: known(status), Comment: comment,
		}
	}
	planned := func(status, comment types.String) stepBlock {
		model := *stored("", comment)
		model.Status = status
		return model
	}
	created := func(status, comment types.String) stepBlock {
		model := planned(status, comment)
		model.FeatureType = unknown // the node can have a step of another type by the time of the apply
		return model
	}
	plain := func(session, node, featureType, status types.String) *stepBlock {
		return &stepBlock{SessionID: session, NodeID: node, FeatureType: featureType, Status: status, Comment: null}
	}

	for name, c := range map[string]planCase{
		"create": {
			config: ocr(known("Declined"), known("Forged.")),
			want:   created(known("Declined"), known("Forged.")), reads: 1,
		},
		"create with the current status": {
			config: ocr(known("In Review"), null),
			want:   created(known("In Review"), null), reads: 1,
		},
		"create with the current status and a comment": {
			config: ocr(known("In Review"), known("Seen.")),
			want:   created(known("In Review"), known("Seen.")), warnings: []string{summaryComment}, reads: 1,
		},
		"create with the current status, comment unknown": {
			config: ocr(known("In Review"), unknown),
			want:   created(known("In Review"), unknown), reads: 1,
		},
		"create, status unknown": {
			config: ocr(unknown, known("Forged.")),
			want:   created(unknown, known("Forged.")), reads: 1,
		},
		"create, session unknown": {
			config: plain(unknown, known("feature_ocr_1"), null, known("Declined")),
			want:   stepBlock{ID: unknown, SessionID: unknown, NodeID: known("feature_ocr_1"), FeatureType: unknown, Status: known("Declined"), Comment: null},
		},
		"create, session unknown, type known": {
			config: plain(unknown, known("default"), known("LIVENESS"), known("Declined")),
			want:   stepBlock{ID: unknown, SessionID: unknown, NodeID: known("default"), FeatureType: known("LIVENESS"), Status: known("Declined"), Comment: null},
		},
		"create, node unknown": {
			config: plain(known(graphSession), unknown, null, known("Declined")),
			want:   stepBlock{ID: unknown, SessionID: known(graphSession), NodeID: unknown, FeatureType: unknown, Status: known("Declined"), Comment: null}, reads: 1,
		},
		"create, node unknown, no such session": {
			config: plain(known("aaaaaaaa-2222-4333-8444-000000000009"), unknown, null, known("Declined")), failure: summaryNoSession, reads: 1,
		},
		"create, default, type unknown": {
			config: plain(known(plainSession), known("default"), unknown, known("Declined")),
			want:   stepBlock{ID: unknown, SessionID: known(plainSession), NodeID: known("default"), FeatureType: unknown, Status: known("Declined"), Comment: null}, reads: 1,
		},
		"create, node, type unknown": {
			config: plain(known(graphSession), known("feature_ocr_1"), unknown, known("Declined")),
			want:   stepBlock{ID: known(graphSession + "/feature_ocr_1"), SessionID: known(graphSession), NodeID: known("feature_ocr_1"), FeatureType: unknown, Status: known("Declined"), Comment: null}, reads: 1,
		},
		"create, default, type read in the apply": {
			config: plain(known(plainSession), known("default"), null, known("Declined")),
			want:   stepBlock{ID: unknown, SessionID: known(plainSession), NodeID: known("default"), FeatureType: unknown, Status: known("Declined"), Comment: null}, reads: 1,
		},
		"create, default, alias of type": {
			config: plain(known(plainSession), known("default"), known("ID_VERIFICATIONS"), known("Declined")),
			want:   stepBlock{ID: known(plainSession + "/default/ID_VERIFICATIONS"), SessionID: known(plainSession), NodeID: known("default"), FeatureType: known("ID_VERIFICATIONS"), Status: known("Declined"), Comment: null}, reads: 1,
		},
		"create, everything unknown": {
			config: plain(unknown, unknown, unknown, unknown),
			want:   stepBlock{ID: unknown, SessionID: unknown, NodeID: unknown, FeatureType: unknown, Status: unknown, Comment: null},
		},
		"create, provider unknown": {
			config: ocr(known("Declined"), null), isProviderUnknown: true,
			want: stepBlock{ID: known(graphSession + "/feature_ocr_1"), SessionID: known(graphSession), NodeID: known("feature_ocr_1"), FeatureType: unknown, Status: known("Declined"), Comment: null},
		},
		"create that overturns a decision": {
			config: plain(known(graphSession), known("feature_face_1"), null, known("Declined")), failure: summaryStanding, reads: 1,
		},
		"create in an open session": {
			config:   plain(known(openSession), known("feature_ocr_1"), null, known("Declined")),
			want:     stepBlock{ID: known(openSession + "/feature_ocr_1"), SessionID: known(openSession), NodeID: known("feature_ocr_1"), FeatureType: unknown, Status: known("Declined"), Comment: null},
			warnings: []string{summaryOpen}, reads: 1,
		},

		"update": {
			state: stored("In Review", null), config: ocr(known("Declined"), known("Forged.")),
			want: planned(known("Declined"), known("Forged.")),
		},
		"no change": {
			state: stored("Declined", known("Forged.")), config: ocr(known("Declined"), known("Forged.")),
			want: planned(known("Declined"), known("Forged.")),
		},
		"new comment": {
			state: stored("Declined", known("Forged.")), config: ocr(known("Declined"), known("Forged, surely.")),
			want: planned(known("Declined"), known("Forged, surely.")), warnings: []string{summaryComment},
		},
		"removed comment": {
			state: stored("Declined", known("Forged.")), config: ocr(known("Declined"), null),
			want: planned(known("Declined"), null),
		},
		"unknown comment": {
			state: stored("Declined", known("Forged.")), config: ocr(known("Declined"), unknown),
			want: planned(known("Declined"), unknown),
		},
		"update, status unknown, new comment": {
			state: stored("Declined", known("Forged.")), config: ocr(unknown, known("Forged, surely.")),
			want: planned(unknown, known("Forged, surely.")),
		},
		"update from a status that cannot be set": {
			state: stored("Not Finished", null), config: ocr(known("Approved"), null),
			want: planned(known("Approved"), null),
		},
		"update, provider unknown": {
			state: stored("In Review", null), config: ocr(known("Declined"), null), isProviderUnknown: true,
			want: planned(known("Declined"), null),
		},
		"update in an open session that was read": {
			state:  &stepBlock{ID: known(openSession + "/feature_ocr_1"), SessionID: known(openSession), NodeID: known("feature_ocr_1"), FeatureType: known("ID_VERIFICATION"), Status: known("In Review"), Comment: null},
			isRead: true, config: plain(known(openSession), known("feature_ocr_1"), null, known("Declined")),
			want:     stepBlock{ID: known(openSession + "/feature_ocr_1"), SessionID: known(openSession), NodeID: known("feature_ocr_1"), FeatureType: known("ID_VERIFICATION"), Status: known("Declined"), Comment: null},
			warnings: []string{summaryOpen}, reads: 1,
		},
		"update, type in the state differs from the report": {
			state:  &stepBlock{ID: known(graphSession + "/feature_ocr_1"), SessionID: known(graphSession), NodeID: known("feature_ocr_1"), FeatureType: known("OCR_CHECKS"), Status: known("In Review"), Comment: null},
			config: ocr(known("Declined"), null),
			want:   stepBlock{ID: known(graphSession + "/feature_ocr_1"), SessionID: known(graphSession), NodeID: known("feature_ocr_1"), FeatureType: known("OCR_CHECKS"), Status: known("Declined"), Comment: null},
		},

		"another node": {
			state: stored("In Review", null), config: plain(known(graphSession), known("feature_face_1"), null, known("Declined")), failure: summaryAddress,
		},
		"another type": {
			state: stored("In Review", null), config: plain(known(graphSession), known("feature_ocr_1"), known("LIVENESS"), known("Declined")), failure: summaryAddress,
		},
		"alias of the type": {
			state: stored("In Review", null), config: plain(known(graphSession), known("feature_ocr_1"), known("ID_VERIFICATIONS"), known("Declined")),
			want: planned(known("Declined"), null),
		},
		"an unknown session": {
			state: stored("In Review", null), config: plain(unknown, known("feature_ocr_1"), null, known("Declined")), failure: summaryUnknownAddress,
		},
		"an unknown node": {
			state: stored("In Review", null), config: plain(known(graphSession), unknown, null, known("Declined")), failure: summaryUnknownAddress,
		},
		"update, comment unknown": {
			state: stored("In Review", null), config: ocr(known("Declined"), unknown), failure: summaryCommentUnknown,
		},

		"destroy": {
			state: stored("Declined", known("Forged.")), warnings: []string{summaryDestroy},
		},
		"destroy, provider unknown": {
			state: stored("Declined", known("Forged.")), isProviderUnknown: true, warnings: []string{summaryDestroy},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c.check(t)
		})
	}
}

func (c planCase) check(t *testing.T) {
	t.Helper()
	api := &fakeSessions{}
	data := &providerData{planned: newPlannedDecisions(), unknown: []string{"base_url"}}
	if !c.isProviderUnknown {
		data = &providerData{planned: newPlannedDecisions(), service: decisions.New(api, 0)}
	}
	if c.isRead {
		if _, err := data.service.Decision(t.Context(), c.state.SessionID.ValueString()); err != nil {
			t.Fatal(err)
		}
	}

	got, diagnostics := modifyPlan(t, data, c.state, c.config)

	var failures, warnings []string
	for _, diagnostic := range diagnostics {
		if diagnostic.Severity() == diag.SeverityError {
			failures = append(failures, diagnostic.Summary())
		} else {
			warnings = append(warnings, diagnostic.Summary())
		}
	}
	assertSummaries(t, "errors", failures, c.failure)
	assertSummaries(t, "warnings", warnings, c.warnings...)
	if c.failure == "" && c.config != nil && got != c.want {
		t.Errorf("the plan is\n  %v\nwant\n  %v", got, c.want)
	}
	if api.reads.Load() != c.reads {
		t.Errorf("the plan read %d times, want %d", api.reads.Load(), c.reads)
	}
}

func assertSummaries(t *testing.T, severity string, got []string, want ...string) {
	t.Helper()
	if len(want) == 1 && want[0] == "" {
		want = nil
	}
	if !slices.Equal(got, want) {
		t.Errorf("%s: %q, want %q", severity, got, want)
	}
}

// modifyPlan calls ModifyPlan as the framework does: computed values that are not
// configured are unknown in the proposed plan, unless nothing changes.
func modifyPlan(t *testing.T, data *providerData, state, config *stepBlock) (stepBlock, diag.Diagnostics) {
	t.Helper()
	feature := newDecisionResource(sessionFeatureStatusKind)
	feature.data = data
	var schema resource.SchemaResponse
	feature.Schema(t.Context(), resource.SchemaRequest{}, &schema)
	empty := tftypes.NewValue(schema.Schema.Type().TerraformType(t.Context()), nil)
	raw := func(model *stepBlock) tftypes.Value {
		state := tfsdk.State{Raw: empty, Schema: schema.Schema}
		if model != nil {
			if diagnostics := state.Set(t.Context(), *model); diagnostics.HasError() {
				t.Fatal(diagnostics)
			}
		}
		return state.Raw
	}

	proposed := config
	if config != nil {
		copied := *config
		proposed = &copied
		if copied.FeatureType.IsNull() {
			copied.FeatureType = unknown
		}
		copied.ID, copied.OverrideID, copied.OverrideState = unknown, unknown, unknown
		if state != nil && config.Status.Equal(state.Status) && config.Comment.Equal(state.Comment) {
			copied = *state
		}
	}
	request := resource.ModifyPlanRequest{
		Config: tfsdk.Config{Raw: raw(config), Schema: schema.Schema},
		State:  tfsdk.State{Raw: raw(state), Schema: schema.Schema},
		Plan:   tfsdk.Plan{Raw: raw(proposed), Schema: schema.Schema},
	}
	response := resource.ModifyPlanResponse{Plan: request.Plan}
	feature.ModifyPlan(t.Context(), request, &response)

	var planned stepBlock
	if config != nil {
		response.Diagnostics.Append(response.Plan.Get(t.Context(), &planned)...)
	}
	return planned, response.Diagnostics
}
