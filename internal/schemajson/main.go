// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

// Command schemajson writes the provider's schemas as a current Terraform does
// ("terraform providers schema -json"), without one: the generator of docs/ reads
// them, and its pages must not depend on which Terraform is at hand. One before
// 1.14 knows neither identity nor list resources.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log"
	"os"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/didit-community/terraform-provider-didit/internal/provider"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("schemajson: ")
	// tfplugindocs looks a provider of somebody else than HashiCorp up by its short name only.
	address := flag.String("address", "registry.terraform.io/didit-community/didit", "write the schemas under this `address`")
	flag.Parse()
	provider.QuietUnusedLogs()
	if err := write(context.Background(), os.Stdout, *address, provider.NewServer("dev")()); err != nil { //nolint:forbidigo // A program prints, and is where contexts begin.
		log.Fatal(err)
	}
}

// write asks the server for its schemas, as Terraform would.
func write(ctx context.Context, to io.Writer, address string, server tfprotov6.ProviderServer) error {
	schemas, err := server.GetProviderSchema(ctx, &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		return err
	}
	identities, err := server.GetResourceIdentitySchemas(ctx, &tfprotov6.GetResourceIdentitySchemasRequest{})
	if err != nil {
		return err
	}
	for _, diagnostic := range append(schemas.Diagnostics, identities.Diagnostics...) {
		if diagnostic.Severity == tfprotov6.DiagnosticSeverityError {
			return fmt.Errorf("%s: %s", diagnostic.Summary, diagnostic.Detail)
		}
	}
	document, err := documentOf(address, schemas, identities)
	if err != nil {
		return err
	}
	encoder := json.NewEncoder(to)
	encoder.SetIndent("", "  ")
	return encoder.Encode(document)
}
