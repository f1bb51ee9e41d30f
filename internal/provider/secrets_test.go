// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"archive/zip"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/didit-community/terraform-provider-didit/internal/acctest"
	"github.com/didit-community/terraform-provider-didit/internal/simulator"
	"github.com/didit-community/terraform-provider-didit/internal/terraformcli"
)

// secretComment is sent in a body: it is in plan and state, and in no log.
const secretComment = "Said in confidence."

// witness is a project whose commands leave nothing out of the log, and that
// remembers what was result. The credential comes from the environment: what is
// written into a configuration, Terraform itself puts into plan files.
type witness struct {
	*acctest.Workspace
	variables []string
	logFile   string
	result    strings.Builder
}

func newWitness(env *acctest.Env, credential, arguments, blocks string) *witness {
	env.T.Helper()
	ws := &witness{Workspace: env.Workspace(acctest.ProviderConfig(fmt.Sprintf("  base_url = %q\n  %s", env.URL, arguments), blocks))}
	ws.logFile = filepath.Join(env.T.TempDir(), "terraform.log")
	ws.variables = []string{credential, "TF_LOG=TRACE", "TF_LOG_PROVIDER=TRACE", "TF_LOG_PATH=" + ws.logFile}
	return ws
}

// tell runs a command and remembers its output.
func (ws *witness) tell(arguments ...string) terraformcli.Result {
	ws.T.Helper()
	result := ws.RunWith(ws.variables, arguments...)
	ws.result.WriteString(result.Output)
	return result
}

// tellAll runs commands that have to succeed.
func (ws *witness) tellAll(commands ...string) {
	ws.T.Helper()
	for _, command := range commands {
		if result := ws.tell(strings.Fields(command)...); result.ExitCode != 0 {
			ws.T.Fatalf("%s ended with %d:\n%s", command, result.ExitCode, result.Output)
		}
	}
}

func (ws *witness) log() string {
	ws.T.Helper()
	content, err := os.ReadFile(ws.logFile)
	if err != nil {
		ws.T.Fatal(err)
	}
	return string(content)
}

// records are all that the commands have left behind, by what they are: the log,
// what was result, and every file of the project, saved plans unpacked.
func (ws *witness) records() map[string]string {
	ws.T.Helper()
	records := map[string]string{"log": ws.log(), "output": ws.result.String()}
	files := os.DirFS(ws.Folder)
	err := fs.WalkDir(files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := fs.ReadFile(files, name)
		records[name] = string(content)
		return err
	})
	if err != nil {
		ws.T.Fatal(err)
	}
	if _, saved := records["tfplan"]; saved {
		ws.unpack(records, "tfplan")
	}
	return records
}

func (ws *witness) unpack(records map[string]string, name string) {
	ws.T.Helper()
	archive, err := zip.OpenReader(filepath.Join(ws.Folder, name))
	if err != nil {
		ws.T.Fatal(err)
	}
	defer func() { _ = archive.Close() }()
	for _, file := range archive.File {
		content, err := archive.Open(file.Name)
		if err != nil {
			ws.T.Fatal(err)
		}
		text, err := io.ReadAll(content)
		if err != nil {
			ws.T.Fatal(err)
		}
		records[name+"/"+file.Name] = string(text)
	}
}

// expectNothingOf asserts that no record holds one of the texts.
func (ws *witness) expectNothingOf(secrets ...string) {
	ws.T.Helper()
	for name, record := range ws.records() {
		for _, secret := range secrets {
			if at := strings.Index(record, secret); at >= 0 {
				ws.T.Errorf("%s holds %q: …%s…", name, secret, record[max(0, at-200):min(len(record), at+200)])
			}
		}
	}
}

// expectNoHeaderOrBodyLogged looks for the headers that every request has, and
// for the comment, which is in the body of every change.
func (ws *witness) expectNoHeaderOrBodyLogged() {
	ws.T.Helper()
	log := strings.ToLower(ws.log())
	for _, text := range []string{secretComment, "x-api-key", "bearer", "user-agent"} {
		if at := strings.Index(log, strings.ToLower(text)); at >= 0 {
			ws.T.Errorf("the log holds %q: …%s…", text, log[max(0, at-200):min(len(log), at+200)])
		}
	}
}

// requestLine is how the provider logs one attempt.
var requestLine = regexp.MustCompile(`Didit API request: .*`)

// field is one of a log line's fields.
var field = regexp.MustCompile(` ([@a-z_]+)=("[^"]*"|\S+)`)

// loggedRequests are the fields of every attempt in the log.
func (ws *witness) loggedRequests() []map[string]string {
	ws.T.Helper()
	var requests []map[string]string
	for _, line := range requestLine.FindAllString(ws.log(), -1) {
		fields := map[string]string{}
		for _, match := range field.FindAllStringSubmatch(line, -1) {
			fields[match[1]] = strings.Trim(match[2], `"`)
		}
		requests = append(requests, fields)
	}
	return requests
}

// expectEveryRequestLogged compares the log with what the simulator was asked,
// and wants nothing but what is to be logged in it.
func (ws *witness) expectEveryRequestLogged(env *acctest.Env) {
	ws.T.Helper()
	known := []string{"method", "path", "status", "attempt", "duration_ms", "failure", "timestamp", "@module", "@caller"}
	var logged, sent []string
	for _, request := range ws.loggedRequests() {
		logged = append(logged, request["method"]+" "+request["path"]+" "+request["status"])
		if request["attempt"] == "" || request["duration_ms"] == "" {
			ws.T.Errorf("attempt or duration is missing in %v", request)
		}
		for name := range request {
			if !slices.Contains(known, name) && !strings.HasPrefix(name, "tf_") {
				ws.T.Errorf("%s does not belong into %v", name, request)
			}
		}
	}
	for _, request := range env.Requests() {
		sent = append(sent, fmt.Sprintf("%s %s %d", request.Method, request.Path, request.Status))
	}
	slices.Sort(logged)
	slices.Sort(sent)
	if len(sent) == 0 || !slices.Equal(logged, sent) {
		ws.T.Errorf("the log has the requests\n  %s\nsent were\n  %s", strings.Join(logged, "\n  "), strings.Join(sent, "\n  "))
	}
}

// report is what the API tells of a session.
func reportOf(env *acctest.Env, session string) string {
	env.T.Helper()
	request, err := http.NewRequest(http.MethodGet, env.URL+"/v3/session/"+session+"/decision/", nil)
	if err != nil {
		env.T.Fatal(err)
	}
	request.Header.Set("X-Api-Key", simulator.DefaultAPIKey)
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		env.T.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK {
		env.T.Fatalf("%d, %v: %s", answer.StatusCode, err, body)
	}
	return string(body)
}

func TestNeitherKeyNorPersonalDataReachLogPlanStateOrOutput(t *testing.T) {
	t.Parallel()
	const key = "DIDIT_API_KEY=" + simulator.DefaultAPIKey
	env := acctest.New(t, simulator.Options{})
	ws := newWitness(env, key, "", strings.Join([]string{
		decisionBlock{session: simulator.SessionKYC, node: "feature_ocr_1", status: "Approved", comment: secretComment}.hcl("imported"),
		decisionBlock{session: simulator.SessionKYB, node: "feature_aml_1", status: "Declined", comment: secretComment}.hcl("business"),
		decisionBlock{session: simulator.SessionSimple, status: "Approved"}.hcl("simple"),
	}, "\n"))

	// Given reports that do hold personal data
	report := reportOf(env, simulator.SessionKYC)
	for _, canary := range simulator.Canaries() {
		if !strings.Contains(report, canary) {
			t.Fatalf("%q is not in the report: nothing would be proved", canary)
		}
	}
	env.ResetRequests()

	// When a team lives through all that can happen to a decision
	ws.tellAll(
		"import "+address("imported")+" "+simulator.SessionKYC+"/feature_ocr_1",
		"plan -out=tfplan",
		"show -json tfplan",
		"apply tfplan",
	)
	env.MustDecide(simulator.SessionKYC, "feature_ocr_1", "Declined")
	ws.tellAll("plan", "apply -auto-approve", "show -json", "destroy -auto-approve")

	// Then it did happen, and everything about it was logged
	if got := env.Count(http.MethodPatch); got != 4 {
		t.Errorf("%d PATCHes were sent, want 4: %v", got, env.RequestLines())
	}
	ws.expectEveryRequestLogged(env)
	// And nothing of it is secret
	ws.expectNothingOf(append(simulator.Canaries(), simulator.DefaultAPIKey)...)
	ws.expectNoHeaderOrBodyLogged()
}

func TestFailuresGiveAwayNeitherCredentialNorPersonalData(t *testing.T) {
	t.Parallel()
	const token = "invented-token-of-a-console-user"
	personal := strings.Join(simulator.Canaries(), " ")
	html := http.Header{"Content-Type": {"text/html"}}
	type failing struct {
		command string
		faults  []simulator.Fault
		// words are of the errors: the faults did strike.
		words []string
	}
	// what the API, or whoever answers in its place, knows of the credential
	// and of people
	reads := func(secret string) failing {
		page := "<html>" + personal + " " + secret + "</html>"
		return failing{"plan", []simulator.Fault{
			{Status: http.StatusUnauthorized, Body: fmt.Sprintf(`{"detail": "%s is revoked"}`, secret)},
			{Status: http.StatusForbidden, Body: fmt.Sprintf(`{"detail": "%s may not"}`, secret)},
			{Status: http.StatusNotFound, Header: html, Body: page},
			{Status: http.StatusInternalServerError, Header: html, Body: page},
			{Status: http.StatusBadRequest, Body: fmt.Sprintf(`{"key": [%q, {"of": %q}], "given": {"name": %q}}`, secret, personal, personal)},
			{Status: http.StatusFound, Header: http.Header{"Location": {"https://elsewhere.example.com/?key=" + secret}}, Body: page},
			{Header: html, Body: page},
			{Body: page},
			{Body: fmt.Sprintf(`[%q, %q]`, personal, secret)},
			{Body: fmt.Sprintf(`{"session_id": %q, "status": "Approved"}`, personal+secret)},
			{Body: fmt.Sprintf(`{"full_name": %q, "full_name": %q}`, personal, secret)},
			{Cut: simulator.CutBody},
		}, []string{"[redacted] is revoked.", "[redacted] may not.", "returned 500", "no decision report", `redirect to the host "elsewhere.example.com"`, "cut or garbled"}}
	}
	writes := func(secret string) failing {
		page := "<html>" + personal + " " + secret + "</html>"
		return failing{"apply -auto-approve", []simulator.Fault{
			{Status: http.StatusBadRequest, Body: fmt.Sprintf(`{"comment": ["%s is no comment"]}`, secret)},
			{Status: http.StatusBadRequest, Body: fmt.Sprintf(`{"new_status": "Not for %s", "person": {"name": %q}}`, secret, personal)},
			{Status: http.StatusForbidden, Body: fmt.Sprintf(`{"detail": "%s may not"}`, secret)},
			{Status: http.StatusBadGateway, Header: html, Body: page},
			{Header: html, Body: page},
			{Body: fmt.Sprintf(`{"new_status": %q}`, personal)},
		}, []string{"comment: [redacted] is no comment.", "new_status: Not for [redacted].", "[redacted] may not.", "returned 502", "The outcome of the change is unknown"}}
	}
	for name, test := range map[string]struct {
		variable, secret string
		failing          failing
	}{
		"reads with a key":    {"DIDIT_API_KEY", simulator.DefaultAPIKey, reads(simulator.DefaultAPIKey)},
		"reads with a token":  {"DIDIT_ACCESS_TOKEN", token, reads(token)},
		"writes with a key":   {"DIDIT_API_KEY", simulator.DefaultAPIKey, writes(simulator.DefaultAPIKey)},
		"writes with a token": {"DIDIT_ACCESS_TOKEN", token, writes(token)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := acctest.New(t, simulator.Options{Credentials: []simulator.Credential{
				{APIKey: simulator.DefaultAPIKey, Read: true, Write: true},
				{AccessToken: token, Read: true, Write: true},
			}})
			var config strings.Builder
			for i, fault := range test.failing.faults {
				session := oneStepSession(i)
				env.AddSession(session)
				fault.Path = session.ID
				if test.failing.command != "plan" {
					fault.Method = http.MethodPatch
				}
				env.Inject(fault)
				config.WriteString(decisionBlock{session: session.ID, node: "feature_aml_1", status: "Approved", comment: secretComment}.hcl(fmt.Sprintf("step_%d", i)))
			}
			ws := newWitness(env, test.variable+"="+test.secret, "max_retries = 0", config.String())

			result := ws.tell(strings.Fields(test.failing.command)...)

			if failed := strings.Count(result.Output, "\nError: "); result.ExitCode != 1 || failed != len(test.failing.faults) {
				t.Errorf("it ended with %d and %d errors, want %d:\n%s", result.ExitCode, failed, len(test.failing.faults), result.Output)
			}
			acctest.RequireText(t, result.Output, test.failing.words...)
			ws.expectEveryRequestLogged(env)
			ws.expectNothingOf(append(simulator.Canaries(), test.secret)...)
			ws.expectNoHeaderOrBodyLogged()
		})
	}
}

func TestEveryAttemptIsLoggedWithWhatBecameOfIt(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	env.Inject(simulator.Fault{Status: http.StatusServiceUnavailable, Body: `{"detail": "Down."}`})
	env.Inject(simulator.Fault{Body: `{"session_id": "1`})
	ws := newWitness(env, "DIDIT_API_KEY="+simulator.DefaultAPIKey, "max_retries = 2", liveness.hcl("liveness"))

	ws.tellAll("plan")

	requests := ws.loggedRequests()
	for i, want := range []struct{ status, attempt, failure string }{
		{"503", "1", ""},
		{"200", "2", "The decision report is cut or garbled."},
		{"200", "3", ""},
	} {
		if len(requests) != 3 {
			t.Fatalf("the log has %v, want three attempts", requests)
		}
		got := requests[i]
		if got["method"] != http.MethodGet || got["path"] != "/v3/session/"+simulator.SessionKYC+"/decision/" ||
			got["status"] != want.status || got["attempt"] != want.attempt || got["failure"] != want.failure {
			t.Errorf("attempt %d is logged as %v, want %+v", i+1, got, want)
		}
	}
}

func TestUserAgentNamesTheProviderAndTerraformWithTheirVersions(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	ws := env.Workspace(env.Config(decisionBlock{session: simulator.SessionKYC, node: "feature_ocr_1", status: "Approved"}.hcl("ocr")))

	ws.MustRun("apply", "-auto-approve")

	version := regexp.QuoteMeta(strings.TrimPrefix(ws.CLI.Version, "Terraform v"))
	if strings.HasPrefix(ws.CLI.Version, "OpenTofu") {
		// It tells providers of a Terraform that it is like, not of itself.
		version = `\d+\.\d+\.\d+`
	}
	want := regexp.MustCompile(`^terraform-provider-didit/dev \(\+https://github\.com/didit-community/terraform-provider-didit\) Terraform/` + version + `$`)
	if env.Count(http.MethodGet) == 0 || env.Count(http.MethodPatch) != 1 {
		t.Errorf("sent were %v, want reads and a change", env.RequestLines())
	}
	for _, request := range env.Requests() {
		if !want.MatchString(request.UserAgent) {
			t.Errorf("%s was sent by %q, want %s", request.Method, request.UserAgent, want)
		}
	}
}
