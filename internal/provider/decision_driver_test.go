// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"maps"
	"slices"
	"strconv"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/didit-community/terraform-provider-didit/internal/acctest"
	"github.com/didit-community/terraform-provider-didit/internal/provider"
	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

// driver calls the provider for one block as Terraform does, without its processes. It is
// for tests with thousands of commands; what Terraform itself does is tested with the CLI.
type driver struct {
	t        *testing.T
	env      *acctest.Env
	resource string
	// computed are the attributes that are computed if the configuration does not set them.
	computed   []string
	objectType tftypes.Object
	stored     stored
}

// stored is a block in the state. Its object is null for a block that is not there.
type stored struct {
	object  tftypes.Value
	private []byte
}

// planned is a planned change of a block.
type planned struct {
	stored
	prior  stored
	config tftypes.Value
}

func newDriver(t *testing.T, env *acctest.Env, resource string) *driver {
	t.Helper()
	schemas, err := provider.NewServer("test")().GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		t.Fatal(err)
	}
	block := schemas.ResourceSchemas[resource]
	d := &driver{t: t, env: env, resource: resource}
	d.objectType, _ = block.ValueType().(tftypes.Object)
	for _, attribute := range block.Block.Attributes {
		if attribute.Computed {
			d.computed = append(d.computed, attribute.Name)
		}
	}
	d.stored.object = tftypes.NewValue(d.objectType, nil)
	return d
}

// process returns a configured provider, as each command and each alias has its own.
func (d *driver) process() tfprotov6.ProviderServer {
	d.t.Helper()
	server := provider.NewServer("test")()
	schemas, err := server.GetProviderSchema(d.t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		d.t.Fatal(err)
	}
	settings := map[string]tftypes.Value{}
	configType, _ := schemas.Provider.ValueType().(tftypes.Object)
	for name, attribute := range configType.AttributeTypes {
		settings[name] = tftypes.NewValue(attribute, nil)
	}
	settings["base_url"] = tftypes.NewValue(tftypes.String, d.env.URL)
	settings["api_key"] = tftypes.NewValue(tftypes.String, simulator.DefaultAPIKey)
	settings["max_retries"] = tftypes.NewValue(tftypes.Number, 0)
	response, err := server.ConfigureProvider(d.t.Context(), &tfprotov6.ConfigureProviderRequest{Config: d.encode(configType, tftypes.NewValue(configType, settings))})
	if err != nil || len(response.Diagnostics) > 0 {
		d.t.Fatalf("%v: %+v", err, response)
	}
	return server
}

// object returns a configuration with these arguments.
func (d *driver) object(arguments map[string]string) tftypes.Value {
	attributes := map[string]tftypes.Value{}
	for name := range d.objectType.AttributeTypes {
		attributes[name] = tftypes.NewValue(d.objectType.AttributeTypes[name], nil)
		if value, isSet := arguments[name]; isSet && value != "" {
			attributes[name] = tftypes.NewValue(tftypes.String, value)
		}
	}
	return tftypes.NewValue(d.objectType, attributes)
}

// refresh reads the block. It is nothing for a block that is not in the state.
func (d *driver) refresh(server tfprotov6.ProviderServer) []*tfprotov6.Diagnostic {
	d.t.Helper()
	if d.stored.object.IsNull() {
		return nil
	}
	response, err := server.ReadResource(d.t.Context(), &tfprotov6.ReadResourceRequest{TypeName: d.resource, CurrentState: d.encode(d.objectType, d.stored.object), Private: d.stored.private})
	if err != nil {
		d.t.Fatal(err)
	}
	if !hasError(response.Diagnostics) {
		d.stored = stored{d.decode(response.NewState), response.Private}
	}
	return response.Diagnostics
}

// plan plans the configuration.
func (d *driver) plan(server tfprotov6.ProviderServer, config tftypes.Value) (planned, []*tfprotov6.Diagnostic) {
	d.t.Helper()
	response, err := server.PlanResourceChange(d.t.Context(), &tfprotov6.PlanResourceChangeRequest{
		TypeName: d.resource, Config: d.encode(d.objectType, config), PriorPrivate: d.stored.private,
		PriorState: d.encode(d.objectType, d.stored.object), ProposedNewState: d.encode(d.objectType, d.proposed(config)),
	})
	if err != nil {
		d.t.Fatal(err)
	}
	plan := planned{prior: d.stored, config: config}
	if !hasError(response.Diagnostics) {
		plan.stored = stored{d.decode(response.PlannedState), response.PlannedPrivate}
		d.requireValid(plan)
	}
	return plan, response.Diagnostics
}

// planDestroy plans the destruction of the block.
func (d *driver) planDestroy(server tfprotov6.ProviderServer) []*tfprotov6.Diagnostic {
	d.t.Helper()
	nothing := d.encode(d.objectType, tftypes.NewValue(d.objectType, nil))
	response, err := server.PlanResourceChange(d.t.Context(), &tfprotov6.PlanResourceChangeRequest{
		TypeName: d.resource, Config: nothing, PriorPrivate: d.stored.private, PriorState: d.encode(d.objectType, d.stored.object), ProposedNewState: nothing,
	})
	if err != nil {
		d.t.Fatal(err)
	}
	return response.Diagnostics
}

// requireValid checks what Terraform demands of a plan: a configured argument has its
// value, or that of the state.
func (d *driver) requireValid(plan planned) {
	d.t.Helper()
	after, config, before := texts(d.t, plan.object), texts(d.t, plan.config), texts(d.t, plan.prior.object)
	for name, value := range config {
		isConfigured := value != "" || !slices.Contains(d.computed, name)
		if isConfigured && after[name] != value && (plan.prior.object.IsNull() || after[name] != before[name]) {
			d.t.Errorf("invalid plan: %s is %q, configured %q, before %q", name, after[name], value, before[name])
		}
	}
}

// apply plans again, as Terraform does before each change, and applies.
func (d *driver) apply(server tfprotov6.ProviderServer, saved planned) (stored, []*tfprotov6.Diagnostic) {
	d.t.Helper()
	d.stored = saved.prior
	final, diagnostics := d.plan(server, saved.config)
	if hasError(diagnostics) {
		return d.stored, diagnostics
	}
	if !final.object.Equal(saved.object) {
		d.t.Errorf("inconsistent final plan: %s, want %s", final.object, saved.object)
	}
	return d.change(server, final)
}

// change applies a final plan.
func (d *driver) change(server tfprotov6.ProviderServer, final planned) (stored, []*tfprotov6.Diagnostic) {
	d.t.Helper()
	response, err := server.ApplyResourceChange(d.t.Context(), &tfprotov6.ApplyResourceChangeRequest{
		TypeName: d.resource, Config: d.encode(d.objectType, final.config), PlannedPrivate: final.private,
		PriorState: d.encode(d.objectType, final.prior.object), PlannedState: d.encode(d.objectType, final.object),
	})
	if err != nil {
		d.t.Fatal(err)
	}
	after := stored{d.decode(response.NewState), response.Private}
	if !hasError(response.Diagnostics) {
		got := texts(d.t, after.object)
		for name, value := range texts(d.t, final.object) {
			if value != unknownText && got[name] != value {
				d.t.Errorf("inconsistent result: %s is %q, planned %q", name, got[name], value)
			}
		}
	}
	return after, response.Diagnostics
}

// proposed returns the configuration with the computed values of the state.
func (d *driver) proposed(config tftypes.Value) tftypes.Value {
	attributes, before := attributesOf(d.t, config), attributesOf(d.t, d.stored.object)
	for _, name := range d.computed {
		if attributes[name].IsNull() && !d.stored.object.IsNull() {
			attributes[name] = before[name]
		}
	}
	return tftypes.NewValue(d.objectType, attributes)
}

func (d *driver) encode(as tftypes.Type, value tftypes.Value) *tfprotov6.DynamicValue {
	d.t.Helper()
	encoded, err := tfprotov6.NewDynamicValue(as, value)
	if err != nil {
		d.t.Fatal(err)
	}
	return &encoded
}

func (d *driver) decode(value *tfprotov6.DynamicValue) tftypes.Value {
	d.t.Helper()
	decoded, err := value.Unmarshal(d.objectType)
	if err != nil {
		d.t.Fatal(err)
	}
	return decoded
}

const unknownText = "(known after apply)"

// texts returns the attributes of an object; "" for null.
func texts(t *testing.T, object tftypes.Value) map[string]string {
	t.Helper()
	texts := map[string]string{}
	for name, value := range attributesOf(t, object) {
		var text string
		if !value.IsKnown() {
			text = unknownText
		} else if !value.IsNull() {
			if value.Type().Is(tftypes.Bool) {
				var is bool
				if err := value.As(&is); err != nil {
					t.Fatal(err)
				}
				text = strconv.FormatBool(is)
			} else if err := value.As(&text); err != nil {
				t.Fatal(err)
			}
		}
		texts[name] = text
	}
	return texts
}

func attributesOf(t *testing.T, object tftypes.Value) (attributes map[string]tftypes.Value) {
	t.Helper()
	if err := object.As(&attributes); err != nil {
		t.Fatal(err)
	}
	return maps.Clone(attributes) // As returns the object's own map
}

func hasError(diagnostics []*tfprotov6.Diagnostic) bool {
	return slices.ContainsFunc(diagnostics, func(d *tfprotov6.Diagnostic) bool { return d.Severity == tfprotov6.DiagnosticSeverityError })
}
