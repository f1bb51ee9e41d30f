// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"errors"
	"net/http"
	"os/exec"
	"strings"
	"testing"

	"github.com/didit-community/terraform-provider-didit/internal/simulator"
)

func newReviewTelling(t *testing.T) *telling {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("the story of pull requests needs git")
	}
	return newTelling(t)
}

func TestStoryOfReviewsComesTrue(t *testing.T) {
	t.Parallel()
	story := newReviewTelling(t)

	if err := story.tell(t.Context(), t, ofReviews); err != nil {
		t.Fatalf("%v\n\nThe story so far:\n%s", err, &story.output)
	}

	if writes := story.didit.Count(http.MethodPatch); writes != 2 {
		t.Errorf("%d PATCH were sent; only the reviewed pull request has 2", writes)
	}
	for _, secret := range []string{story.below, "Author identity unknown"} {
		if strings.Contains(story.output.String(), secret) {
			t.Errorf("%q is in what the reader sees:\n%s", secret, &story.output)
		}
	}
}

func TestStoryOfReviewsFailsWhereNobodyInterferes(t *testing.T) {
	t.Parallel()
	story := newReviewTelling(t)
	// The officer's decision stands from the beginning: the third plan is another.
	if err := story.didit.SetFeatureStatus(company, "feature_kyb_documents_1", "", simulator.StatusApproved); err != nil {
		t.Fatal(err)
	}

	err := story.tell(t.Context(), t, ofReviews)

	failure, isWrongTurn := errors.AsType[*wrongTurnError](err)
	if !isWrongTurn || !strings.HasPrefix(failure.act, "Act 5") {
		t.Errorf("the story ended with %v", err)
	}
}

func TestArgumentsChooseTheStory(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		arguments []string
		acts      int
	}{
		"none":        {nil, len(ofDecisions.acts)},
		"review":      {[]string{"review"}, len(ofReviews.acts)},
		"another one": {[]string{"revue"}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			told, err := chosen(test.arguments)

			if len(told.acts) != test.acts || (err == nil) != (test.acts > 0) {
				t.Errorf("got %d acts, %v", len(told.acts), err)
			}
		})
	}
}
