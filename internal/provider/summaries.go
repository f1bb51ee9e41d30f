// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider

// The summaries of errors and warnings, one per cause. They contain no names, so that
// users can search for them: the details do, which also keeps Terraform from dropping
// warnings as identical. The guide templates/guides/messages.md has a section for each.
const (
	summaryAuthentication = "Didit did not accept the credential"
	summaryPermission     = "The credential may not do this"
	summaryNoSession      = "Session not found"
	summaryNoStep         = "Step not found"
	summaryNoHit          = "AML hit not found"
	summaryAmbiguous      = "Several steps match"
	summaryNotAddressable = "Didit cannot tell these apart"
	summaryUnusable       = "Didit does not show this decision"
	summaryOtherType      = "The step has another type"
	summaryAPISession     = "Standalone API sessions cannot be changed"
	summaryRefused        = "Didit refused the request"
	summaryRateLimit      = "Didit's rate limit is used up"
	summaryServer         = "Didit returned a server error"
	summaryConnection     = "Didit could not be reached"
	summaryMalformed      = "Didit's response is cut off or malformed"
	summaryUnexpected     = "Didit's response has an unexpected form"
	summaryNotAPI         = "The response is not from Didit's API"
	summaryInterrupted    = "Interrupted"
	summaryConflict       = "The decision has changed since the plan"
	summaryStanding       = "A decision would be overturned"
	summaryOtherThanFrom  = "Didit has another value than from"
	summaryMadeBefore     = "The decision was made before"
	summaryReplaced       = "A decision cannot be replaced"
	summaryWaits          = "A deferred change of this step waits"
	summaryNoDeferral     = "Didit does not seem to defer changes"
	summaryMadeByOther    = "Another block has made this decision"
	summaryFromUnknown    = "from is not known yet"
	summaryCommentUnknown = "The comment is not known yet"
	summaryMemory         = "The record of made decisions cannot be read"
	summaryAddress        = "A block cannot decide something else"
	summaryNotDecidable   = "The session cannot be decided now"
	summaryOutcomeUnknown = "The outcome of the change is unknown"
	summaryDisagree       = "Two blocks disagree about one decision"
	summaryUnknownAddress = "The address of an adopted decision is unknown"
	summaryUnknownConfig  = "The provider's configuration is not known yet"
	summaryImportID       = "Invalid import ID"
	summaryNoDestination  = "Webhook destination not found"
	summaryDuplicateURL   = "Another webhook destination has this URL"
	summaryMaskedSecret   = "The signing secret is masked"
	summaryTwoBlocks      = "Two blocks for one webhook destination"
	summaryRecreated      = "A webhook destination would be deleted and created at once"
	summaryTooMany        = "More results than max_results"

	summaryRemoved    = "No longer in Didit"
	summarySuperseded = "Didit has another value than was decided"
	summaryGone       = "What was decided is no longer in Didit"
	summaryAlready    = "Didit has the wanted value already"
	summaryAgain      = "Only the comment is new"
	summaryComment    = "The comment will not be recorded"
	summaryOpen       = "The session is not decided yet"
	summaryMonitoring = "Ongoing AML monitoring changes"
	summaryDestroy    = "The decision stays in place"
	summaryStillWaits = "The deferred change is not withdrawn"

	summaryOtherSettings = "Didit returned other settings"
	summaryUnknownEvent  = "Unknown webhook event"

	summaryDeletesData = "Didit deletes captured data"

	summaryTwoCredentials  = "Two credentials"
	summaryNoCredential    = "No credential"      //nolint:gosec // G101: a summary, no credential.
	summaryEmptyCredential = "Empty credential"   //nolint:gosec // G101: a summary, no credential.
	summaryCredential      = "Invalid credential" //nolint:gosec // G101: a summary, no credential.
	summaryBaseURL         = "Invalid base URL"
	summaryDuration        = "Invalid duration"
	summaryProviderData    = "Unexpected provider data"

	summarySessionID    = "Invalid session ID"
	summaryNodeID       = "Invalid node ID"
	summaryFeatureType  = "Invalid feature type"
	summaryHitID        = "Invalid hit ID"
	summaryStatus       = "Invalid status"
	summaryFrom         = "Invalid from"
	summaryDeferral     = "A deferred change needs from"
	summaryReviewStatus = "Invalid review status"
	summaryEmptyComment = "Empty comment"
	summaryWorkflowID   = "Invalid workflow ID"
	summarySearch       = "Invalid search"
	summaryDay          = "Invalid day"
	summaryKind         = "Invalid session kind"
	summaryActivity     = "Invalid activity"
	summaryNewActivity  = "Unknown activity"
	summaryFeature      = "Invalid feature"

	summaryDestinationID  = "Invalid destination ID"
	summaryWebhookLabel   = "Invalid webhook label"
	summaryWebhookURL     = "Invalid webhook URL"
	summaryWebhookEvent   = "Invalid webhook event"
	summaryWebhookVersion = "Invalid webhook version"
)
