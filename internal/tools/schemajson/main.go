// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

// Command schemajson prints the provider's schemas in the form of "terraform providers
// schema -json". The generator of docs/ reads them from here and not from a CLI, because
// its pages must not depend on the CLI at hand: Terraform before 1.14 leaves out
// identity, list resources and actions, and OpenTofu some of them in every version.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"log"
	"os"
	"strings"

	tfjson "github.com/hashicorp/terraform-json"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/didit-community/terraform-provider-didit/internal/provider"
)

func main() {
	provider.QuietUnusedLogs()
	schemas, err := providerSchema(context.Background(), provider.NewServer("dev")()) //nolint:forbidigo // A program is where contexts begin.
	if err != nil {
		log.Fatal("schemajson: ", err)
	}
	encoder := json.NewEncoder(os.Stdout) //nolint:forbidigo // A program prints.
	encoder.SetIndent("", "  ")
	// tfplugindocs finds a provider that is not HashiCorp's by its short name only.
	document := tfjson.ProviderSchemas{FormatVersion: "1.0", Schemas: map[string]*tfjson.ProviderSchema{"didit": schemas}}
	if err := encoder.Encode(document); err != nil {
		log.Fatal("schemajson: ", err)
	}
}

// providerSchema returns everything that the provider has, or an error: pages that left
// something out would be wrong.
func providerSchema(ctx context.Context, server tfprotov6.ProviderServer) (*tfjson.ProviderSchema, error) {
	schemas, err := server.GetProviderSchema(ctx, &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		return nil, err
	}
	identities, err := server.GetResourceIdentitySchemas(ctx, &tfprotov6.GetResourceIdentitySchemasRequest{})
	if err != nil {
		return nil, err
	}
	for _, diagnostic := range append(schemas.Diagnostics, identities.Diagnostics...) {
		if diagnostic.Severity == tfprotov6.DiagnosticSeverityError {
			return nil, errors.New(diagnostic.Summary + ": " + diagnostic.Detail)
		}
	}
	return &tfjson.ProviderSchema{
		ConfigSchema:             schema(schemas.Provider),
		ResourceSchemas:          convert(schemas.ResourceSchemas, schema),
		DataSourceSchemas:        convert(schemas.DataSourceSchemas, schema),
		EphemeralResourceSchemas: convert(schemas.EphemeralResourceSchemas, schema),
		ListResourceSchemas:      convert(schemas.ListResourceSchemas, schema),
		ActionSchemas: convert(schemas.ActionSchemas, func(action *tfprotov6.ActionSchema) *tfjson.ActionSchema {
			return &tfjson.ActionSchema{Block: schema(action.Schema).Block}
		}),
		Functions:               convert(schemas.Functions, function),
		ResourceIdentitySchemas: convert(identities.IdentitySchemas, identity),
	}, nil
}

func schema(from *tfprotov6.Schema) *tfjson.Schema {
	if len(from.Block.BlockTypes) > 0 {
		panic("a schema has nested blocks: convert them here")
	}
	return &tfjson.Schema{
		Version: uint64(from.Version), //nolint:gosec // G115: versions begin at 0.
		Block: &tfjson.SchemaBlock{
			Attributes:      attributes(from.Block.Attributes),
			Description:     from.Block.Description,
			DescriptionKind: kind(from.Block.DescriptionKind),
			Deprecated:      from.Block.Deprecated,
		},
	}
}

func attributes(from []*tfprotov6.SchemaAttribute) map[string]*tfjson.SchemaAttribute {
	to := map[string]*tfjson.SchemaAttribute{}
	for _, a := range from {
		to[a.Name] = &tfjson.SchemaAttribute{
			Description: a.Description, DescriptionKind: kind(a.DescriptionKind), Deprecated: a.Deprecated,
			Required: a.Required, Optional: a.Optional, Computed: a.Computed, Sensitive: a.Sensitive, WriteOnly: a.WriteOnly,
		}
		if nested := a.NestedType; nested != nil {
			to[a.Name].AttributeNestedType = &tfjson.SchemaNestedAttributeType{
				Attributes: attributes(nested.Attributes), NestingMode: tfjson.SchemaNestingMode(strings.ToLower(nested.Nesting.String())),
			}
		} else {
			convertType(a.Type, &to[a.Name].AttributeType)
		}
	}
	return to
}

func identity(from *tfprotov6.ResourceIdentitySchema) *tfjson.IdentitySchema {
	to := &tfjson.IdentitySchema{Version: uint64(from.Version), Attributes: map[string]*tfjson.IdentityAttribute{}} //nolint:gosec // G115: versions begin at 0.
	for _, a := range from.IdentityAttributes {
		to.Attributes[a.Name] = &tfjson.IdentityAttribute{
			Description: a.Description, RequiredForImport: a.RequiredForImport, OptionalForImport: a.OptionalForImport,
		}
		convertType(a.Type, &to.Attributes[a.Name].IdentityType)
	}
	return to
}

func function(from *tfprotov6.Function) *tfjson.FunctionSignature {
	if from.VariadicParameter != nil {
		panic("a function has a variadic parameter: convert it here")
	}
	to := &tfjson.FunctionSignature{Description: from.Description, Summary: from.Summary, DeprecationMessage: from.DeprecationMessage}
	convertType(from.Return.Type, &to.ReturnType)
	for _, p := range from.Parameters {
		parameter := &tfjson.FunctionParameter{Name: p.Name, Description: p.Description, IsNullable: p.AllowNullValue}
		convertType(p.Type, &parameter.Type)
		to.Parameters = append(to.Parameters, parameter)
	}
	return to
}

// convertType goes through JSON, in which both kinds of types are written in the same
// way.
func convertType(from tftypes.Type, to json.Unmarshaler) {
	text, err := json.Marshal(from)
	if err == nil {
		err = to.UnmarshalJSON(text)
	}
	if err != nil {
		panic(err)
	}
}

func kind(from tfprotov6.StringKind) tfjson.SchemaDescriptionKind {
	return tfjson.SchemaDescriptionKind(strings.ToLower(from.String()))
}

// convert returns a map with the same keys and converted values.
func convert[From, To any](from map[string]From, value func(From) To) map[string]To {
	to := make(map[string]To, len(from))
	for key := range from {
		to[key] = value(from[key])
	}
	return to
}
