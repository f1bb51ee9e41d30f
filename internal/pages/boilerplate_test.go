// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package pages

import (
	"fmt"
	"strings"
	"testing"
)

const printed = `Initializing the backend...
Initializing provider plugins...
- Installed didit-community/didit v0.0.1 (unauthenticated)

` + "\x1b[32mTerraform has been successfully initialized!\x1b[0m\n" + `

You may now begin working with Terraform. Try running "terraform plan" to see
any changes that are required for your infrastructure.
`

const planned = `didit_session_status.case: Refreshing state... [id=11111111-2222-4333-8444-000000000001]

Terraform used the selected providers to generate the following execution
plan. Resource actions are indicated with the following symbols:
  + create

Terraform will perform the following actions:

  # didit_session_status.case will be created
  + resource "didit_session_status" "case" {
      + comment = "On a list: see the AML step..."
    }

Plan: 1 to add, 0 to change, 0 to destroy.

Warning: Ongoing AML monitoring changes

─────────────────────────────────────────

Saved the plan to: reviewed.tfplan
`

func TestBoilerplate_IsDroppedHoweverItArrives(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ output, want string }{
		{printed, "\x1b[32mTerraform has been successfully initialized!\x1b[0m\n\n"},
		{planned, `  # didit_session_status.case will be created
  + resource "didit_session_status" "case" {
      + comment = "On a list: see the AML step..."
    }

Plan: 1 to add, 0 to change, 0 to destroy.

Warning: Ongoing AML monitoring changes

`},
		{"didit_session_status.case: Creating...\ndidit_session_status.case: Creation complete after 0s [id=1]", "didit_session_status.case: Creation complete after 0s [id=1]"},
	} {
		for _, size := range []int{1, 7, 1000} {
			t.Run(fmt.Sprintf("%.20s, %d bytes at a time", test.output, size), func(t *testing.T) {
				t.Parallel()
				var text strings.Builder
				shown := &boilerplate{writer: &text}

				for output := test.output; output != ""; {
					n, err := shown.Write([]byte(output[:min(size, len(output))]))
					if err != nil {
						t.Fatal(err)
					}
					output = output[n:]
				}
				if err := shown.close(); err != nil {
					t.Fatal(err)
				}

				if text.String() != test.want {
					t.Errorf("got %q, want %q", text.String(), test.want)
				}
			})
		}
	}
}
