// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	tfjson "github.com/hashicorp/terraform-json"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

// formatVersion is what Terraform writes today.
const formatVersion = "1.0"

// documentOf puts everything that the provider has into Terraform's form. What
// this provider does not have is refused: pages without it would be wrong.
func documentOf(address string, schemas *tfprotov6.GetProviderSchemaResponse, identities *tfprotov6.GetResourceIdentitySchemasResponse) (*tfjson.ProviderSchemas, error) {
	if len(schemas.Functions)+len(schemas.EphemeralResourceSchemas)+len(schemas.ActionSchemas) > 0 {
		return nil, errors.New("the provider has functions, ephemeral resources or actions: teach internal/schemajson to write them")
	}
	var all failures
	document := &tfjson.ProviderSchema{
		ConfigSchema:            all.schema(schemas.Provider),
		ResourceSchemas:         mapped(schemas.ResourceSchemas, all.schema),
		DataSourceSchemas:       mapped(schemas.DataSourceSchemas, all.schema),
		ListResourceSchemas:     mapped(schemas.ListResourceSchemas, all.schema),
		ResourceIdentitySchemas: mapped(identities.IdentitySchemas, all.identity),
	}
	return &tfjson.ProviderSchemas{
		FormatVersion: formatVersion,
		Schemas:       map[string]*tfjson.ProviderSchema{address: document},
	}, errors.Join(all...)
}

// failures are what could not be put into Terraform's form.
type failures []error

func (f *failures) schema(schema *tfprotov6.Schema) *tfjson.Schema {
	block := schema.Block
	if len(block.BlockTypes) > 0 {
		*f = append(*f, errors.New("a schema has nested blocks: teach internal/schemajson to write them"))
	}
	return &tfjson.Schema{
		Version: uint64(schema.Version), //nolint:gosec // G115: versions begin at 0.
		Block: &tfjson.SchemaBlock{
			Attributes:      f.attributes(block.Attributes),
			Description:     block.Description,
			DescriptionKind: kindOf(block.DescriptionKind),
			Deprecated:      block.Deprecated,
		},
	}
}

func (f *failures) attributes(attributes []*tfprotov6.SchemaAttribute) map[string]*tfjson.SchemaAttribute {
	all := make(map[string]*tfjson.SchemaAttribute, len(attributes))
	for _, attribute := range attributes {
		all[attribute.Name] = f.attribute(attribute)
	}
	return all
}

func (f *failures) attribute(attribute *tfprotov6.SchemaAttribute) *tfjson.SchemaAttribute {
	written := &tfjson.SchemaAttribute{
		Description:     attribute.Description,
		DescriptionKind: kindOf(attribute.DescriptionKind),
		Deprecated:      attribute.Deprecated,
		Required:        attribute.Required,
		Optional:        attribute.Optional,
		Computed:        attribute.Computed,
		Sensitive:       attribute.Sensitive,
		WriteOnly:       attribute.WriteOnly,
	}
	if nested := attribute.NestedType; nested != nil {
		written.AttributeNestedType = &tfjson.SchemaNestedAttributeType{
			Attributes:  f.attributes(nested.Attributes),
			NestingMode: tfjson.SchemaNestingMode(strings.ToLower(nested.Nesting.String())),
		}
		return written
	}
	f.convert(attribute.Name, attribute.Type, &written.AttributeType)
	return written
}

func (f *failures) identity(schema *tfprotov6.ResourceIdentitySchema) *tfjson.IdentitySchema {
	written := &tfjson.IdentitySchema{
		Version:    uint64(schema.Version), //nolint:gosec // G115: versions begin at 0.
		Attributes: make(map[string]*tfjson.IdentityAttribute, len(schema.IdentityAttributes)),
	}
	for _, attribute := range schema.IdentityAttributes {
		identity := &tfjson.IdentityAttribute{
			Description:       attribute.Description,
			RequiredForImport: attribute.RequiredForImport,
			OptionalForImport: attribute.OptionalForImport,
		}
		f.convert(attribute.Name, attribute.Type, &identity.IdentityType)
		written.Attributes[attribute.Name] = identity
	}
	return written
}

// convert turns the protocol's type into that of Terraform's JSON: both are
// written in the same way.
func (f *failures) convert(name string, from any, to json.Unmarshaler) {
	written, err := json.Marshal(from)
	if err == nil {
		err = to.UnmarshalJSON(written)
	}
	if err != nil {
		*f = append(*f, fmt.Errorf("the type of %s: %w", name, err))
	}
}

func kindOf(kind tfprotov6.StringKind) tfjson.SchemaDescriptionKind {
	return tfjson.SchemaDescriptionKind(strings.ToLower(kind.String()))
}

// mapped is a map with the same keys and converted values.
func mapped[From, To any](from map[string]From, convert func(From) To) map[string]To {
	to := make(map[string]To, len(from))
	for key, value := range from {
		to[key] = convert(value)
	}
	return to
}
