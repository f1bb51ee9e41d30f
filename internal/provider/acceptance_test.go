// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"fmt"
	"net/http"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/didit-community/terraform-provider-didit/internal/acctest"
	"github.com/didit-community/terraform-provider-didit/internal/didit"
	"github.com/didit-community/terraform-provider-didit/internal/provider"
	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

func TestMain(m *testing.M) { os.Exit(acctest.Main(m)) }

// runSteps runs a test case of terraform-plugin-testing, which serves the provider in
// this process and stops at the first failure.
func runSteps(env *acctest.Env, steps ...resource.TestStep) {
	t, ok := env.T.(*testing.T)
	if !ok {
		env.T.Fatal("a test case needs a *testing.T")
	}
	t.Helper()
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: map[string]func() (tfprotov6.ProviderServer, error){
			"didit": func() (tfprotov6.ProviderServer, error) { return provider.NewServer("test")(), nil },
		},
		Steps: steps,
	})
}

// decisionBlock is a block of didit_session_feature_status. Empty arguments are omitted.
// A value that begins with = is an expression, any other value a string.
type decisionBlock struct {
	session, node, featureType, status, comment string
	// extra is HCL that is added to the block.
	extra string
}

// hcl returns the resource block.
func (d decisionBlock) hcl(name string) string {
	return hclBlock("didit_session_feature_status", name, d.extra,
		argument{"session_id", d.session}, argument{"node_id", d.node}, argument{"feature_type", d.featureType},
		argument{"status", d.status}, argument{"comment", d.comment})
}

type argument struct{ name, value string }

// hclBlock returns a resource block. Empty arguments are omitted. A value that begins
// with = is an expression, any other value a string.
func hclBlock(resourceType, name, extra string, arguments ...argument) string {
	var block strings.Builder
	fmt.Fprintf(&block, "resource %q %q {\n", resourceType, name)
	for _, argument := range arguments {
		if argument.value != "" {
			fmt.Fprintf(&block, "  %s = %s\n", argument.name, hclValue(argument.value))
		}
	}
	return block.String() + extra + "\n}\n"
}

// hclValue returns a string, or the expression of a value that begins with =.
func hclValue(value string) string {
	if expression, isExpression := strings.CutPrefix(value, "="); isExpression {
		return expression
	}
	return strconv.Quote(value)
}

// adopted returns the resource block and an import block for it.
func (d decisionBlock) adopted(name string) string {
	node := d.node
	if node == "" {
		node = didit.DefaultNodeID
	}
	id := d.session + "/" + node
	if d.node == "" && d.featureType != "" {
		id += "/" + d.featureType
	}
	return importBlock(address(name), id) + d.hcl(name)
}

func importBlock(address, id string) string {
	return fmt.Sprintf("import {\n  to = %s\n  id = %q\n}\n", address, id)
}

// address returns the address of a block of didit_session_feature_status.
func address(name string) string { return "didit_session_feature_status." + name }

// withoutRetries are provider arguments for tests of failures.
var withoutRetries = fmt.Sprintf("api_key = %q\n  max_retries = 0", simulator.DefaultAPIKey)

// unknownSession is the ID of a session that the simulator does not have.
const unknownSession = "99999999-2222-4333-8444-000000000009"

func decisionDataBlock(name, session string) string {
	return fmt.Sprintf("data \"didit_session_decision\" %q {\n  session_id = %q\n}\n", name, session)
}

func expectData(source, attribute string, check knownvalue.Check) statecheck.StateCheck {
	return statecheck.ExpectKnownValue("data.didit_"+source, tfjsonpath.New(attribute), check)
}

var htmlHeader = http.Header{"Content-Type": {"text/html"}}

func oneStepSession(number int) simulator.Session {
	return simulator.Session{
		ID:       manySession(number),
		Features: []simulator.Feature{{Array: "aml_screenings", NodeID: "feature_aml_1", Status: "In Review"}},
	}
}

// manySessionFormat is the format of the IDs of manySession.
const manySessionFormat = "22222222-2222-4333-8444-%012d"

func manySession(number int) string { return fmt.Sprintf(manySessionFormat, number) }
