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

// secretComment is a comment. It is sent in bodies, and stored in plan and state, but must
// not be logged.
const secretComment = "Said in confidence."

// tracedWorkspace logs everything that the CLI can log, and collects its output.
type tracedWorkspace struct {
	*acctest.Workspace
	logFile string
	output  strings.Builder
}

// newTracedWorkspace sets the credential ("NAME=value") in the environment, because
// Terraform itself stores values from the configuration in plan files.
func newTracedWorkspace(env *acctest.Env, credential, arguments string, blocks ...string) *tracedWorkspace {
	env.T.Helper()
	ws := &tracedWorkspace{
		Workspace: env.Workspace(acctest.ProviderConfig(fmt.Sprintf("base_url = %q\n  %s", env.URL, arguments), blocks...)),
		logFile:   filepath.Join(env.T.TempDir(), "terraform.log"),
	}
	ws.Variables = []string{credential, "TF_LOG=TRACE", "TF_LOG_PROVIDER=TRACE", "TF_LOG_PATH=" + ws.logFile}
	return ws
}

func (ws *tracedWorkspace) run(arguments ...string) terraformcli.Result {
	ws.T.Helper()
	result := ws.Run(arguments...)
	ws.output.WriteString(result.Output)
	return result
}

// mustRun runs commands that have to succeed.
func (ws *tracedWorkspace) mustRun(commands ...string) {
	ws.T.Helper()
	for _, command := range commands {
		if result := ws.run(strings.Fields(command)...); result.ExitCode != 0 {
			ws.T.Fatalf("%s ended with %d:\n%s", command, result.ExitCode, result.Output)
		}
	}
}

func (ws *tracedWorkspace) log() string {
	ws.T.Helper()
	content, err := os.ReadFile(ws.logFile)
	if err != nil {
		ws.T.Fatal(err)
	}
	return string(content)
}

// records returns everything that the commands have written, by name: the log, the output,
// all files of the workspace, and the contents of the saved plan.
func (ws *tracedWorkspace) records() map[string]string {
	ws.T.Helper()
	records := map[string]string{"log": ws.log(), "output": ws.output.String()}
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

func (ws *tracedWorkspace) unpack(records map[string]string, name string) {
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

// requireNone checks that no record contains one of the secrets.
func (ws *tracedWorkspace) requireNone(secrets ...string) {
	ws.T.Helper()
	for name, record := range ws.records() {
		for _, secret := range secrets {
			if at := strings.Index(record, secret); at >= 0 {
				ws.T.Errorf("%s contains %q: …%s…", name, secret, record[max(0, at-200):min(len(record), at+200)])
			}
		}
	}
}

// requireNoHeaderOrBodyLogged checks that the log contains neither the headers of requests
// nor secretComment, which is in their bodies.
func (ws *tracedWorkspace) requireNoHeaderOrBodyLogged() {
	ws.T.Helper()
	log := strings.ToLower(ws.log())
	for _, text := range []string{secretComment, "x-api-key", "bearer", "user-agent"} {
		if at := strings.Index(log, strings.ToLower(text)); at >= 0 {
			ws.T.Errorf("the log contains %q: …%s…", text, log[max(0, at-200):min(len(log), at+200)])
		}
	}
}

var (
	// requestLine is the log line of an attempt.
	requestLine = regexp.MustCompile(`Didit API request: .*`)
	// logField is one field of a log line.
	logField = regexp.MustCompile(` ([@a-z_]+)=("[^"]*"|\S+)`)
)

// loggedRequests returns the fields of every attempt in the log.
func (ws *tracedWorkspace) loggedRequests() []map[string]string {
	ws.T.Helper()
	var requests []map[string]string
	for _, line := range requestLine.FindAllString(ws.log(), -1) {
		fields := map[string]string{}
		for _, match := range logField.FindAllStringSubmatch(line, -1) {
			fields[match[1]] = strings.Trim(match[2], `"`)
		}
		requests = append(requests, fields)
	}
	return requests
}

// requireEveryRequestLogged compares the log with the simulator's request log, and checks
// that log lines have only the expected fields.
func (ws *tracedWorkspace) requireEveryRequestLogged(env *acctest.Env) {
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
				ws.T.Errorf("unexpected field %s in %v", name, request)
			}
		}
	}
	for _, request := range env.Requests() {
		sent = append(sent, fmt.Sprintf("%s %s %d", request.Method, request.Path, request.Status))
	}
	slices.Sort(logged)
	slices.Sort(sent)
	if len(sent) == 0 || !slices.Equal(logged, sent) {
		ws.T.Errorf("the log has the requests\n  %s\nwant\n  %s", strings.Join(logged, "\n  "), strings.Join(sent, "\n  "))
	}
}

// requireCanaries checks that a session's report contains personal data. Otherwise a test
// that it is not stored would show nothing.
func requireCanaries(env *acctest.Env, session string) {
	env.T.Helper()
	request, err := http.NewRequest(http.MethodGet, env.URL+"/v3/session/"+session+"/decision/", nil)
	if err != nil {
		env.T.Fatal(err)
	}
	request.Header.Set("X-Api-Key", simulator.DefaultAPIKey)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		env.T.Fatal(err)
	}
	defer response.Body.Close()
	report, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		env.T.Fatalf("%d, %v: %s", response.StatusCode, err, report)
	}
	for _, canary := range simulator.Canaries() {
		if !strings.Contains(string(report), canary) {
			env.T.Fatalf("%q is not in the report", canary)
		}
	}
	env.ResetRequests()
}

func TestSecrets_AreNotInLogPlanStateOrOutput(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	ws := newTracedWorkspace(env, "DIDIT_API_KEY="+simulator.DefaultAPIKey, "",
		kinds[0].block("step", "Approved", secretComment),
		sessionKind.block("session", "Declined", secretComment),
		hitKind.block("hit", "Confirmed Match", ""),
		decisionBlock{session: simulator.SessionKYB, node: "feature_aml_1", status: "Declined", comment: secretComment}.hcl("business"),
		decisionBlock{session: simulator.SessionSimple, status: "Approved"}.hcl("simple"),
		decisionDataBlock("kyc", simulator.SessionKYC),
		"data \"didit_sessions\" \"all\" {}\n",
		fmt.Sprintf("data \"didit_session_reviews\" \"kyc\" {\n  session_id = %q\n}\n", simulator.SessionKYC))
	requireCanaries(env, simulator.SessionKYC)

	// Import, plan, apply, drift, change back, destroy.
	ws.mustRun("import "+address("step")+" "+kinds[0].id, "import "+hitKind.at("hit")+" "+hitKind.id, "import "+sessionKind.at("session")+" "+sessionKind.id,
		"plan -out=tfplan", "show -json tfplan", "apply tfplan")
	env.MustDecide(simulator.SessionKYC, "feature_ocr_1", "Declined")
	env.MustReviewHit(simulator.SessionKYC, "feature_aml_1", simulator.HitSanctions, "Inconclusive")
	ws.mustRun("plan", "apply -auto-approve", "show -json", "destroy -auto-approve")

	if got := env.Count(http.MethodPatch); got != 7 {
		t.Errorf("%d PATCHes were sent, want 7: %v", got, env.RequestLines())
	}
	ws.requireEveryRequestLogged(env)
	ws.requireNone(append(simulator.Canaries(), simulator.DefaultAPIKey)...)
	ws.requireNoHeaderOrBodyLogged()
}

func TestSecrets_AreNotPrintedByFailures(t *testing.T) {
	t.Parallel()
	const token = "invented-token-of-a-console-user"
	personal := strings.Join(simulator.Canaries(), " ")
	type failures struct {
		command string
		faults  []simulator.Fault
		// parts are parts of the errors, which show that the faults occurred.
		parts []string
	}
	reads := func(secret string) failures {
		page := "<html>" + personal + " " + secret + "</html>"
		return failures{"plan", []simulator.Fault{
			{Status: http.StatusNotFound, Header: htmlHeader, Body: page},
			{Status: http.StatusInternalServerError, Header: htmlHeader, Body: page},
			{Status: http.StatusBadRequest, Body: fmt.Sprintf(`{"key": [%q, {"of": %q}], "given": {"name": %q}}`, secret, personal, personal)},
			{Status: http.StatusFound, Header: http.Header{"Location": {"https://elsewhere.example.com/?key=" + secret}}, Body: page},
			{Header: htmlHeader, Body: page},
			{Body: page},
			{Body: fmt.Sprintf(`[%q, %q]`, personal, secret)},
			{Body: fmt.Sprintf(`{"session_id": %q, "status": "Approved"}`, personal+secret)},
			{Body: fmt.Sprintf(`{"full_name": %q, "full_name": %q}`, personal, secret)},
			{Cut: simulator.CutBody},
		}, []string{"returned 500", "not a decision report", `redirect to the host "elsewhere.example.com"`, "cut off or not valid JSON"}}
	}
	writes := func(secret string) failures {
		page := "<html>" + personal + " " + secret + "</html>"
		return failures{"apply -auto-approve", []simulator.Fault{
			{Status: http.StatusBadRequest, Body: fmt.Sprintf(`{"comment": ["%s is no comment"]}`, secret)},
			{Status: http.StatusBadRequest, Body: fmt.Sprintf(`{"new_status": "Not for %s", "person": {"name": %q}}`, secret, personal)},
			{Status: http.StatusBadGateway, Header: htmlHeader, Body: page},
			{Header: htmlHeader, Body: page},
			{Body: fmt.Sprintf(`{"new_status": %q}`, personal)},
		}, []string{"comment: [redacted] is no comment.", "new_status: Not for [redacted].", "returned 502", "The outcome of the change is unknown"}}
	}
	// After a refusal, later requests are not sent.
	refusal := func(command string, status int) func(secret string) failures {
		return func(secret string) failures {
			return failures{command, []simulator.Fault{{Status: status, Body: fmt.Sprintf(`{"detail": "%s may not"}`, secret)}}, []string{"[redacted] may not."}}
		}
	}
	type test struct {
		variable, secret string
		failures         failures
	}
	tests := map[string]test{}
	for name, failuresOf := range map[string]func(secret string) failures{
		"reads": reads, "writes": writes, "revoked": refusal("plan", http.StatusUnauthorized),
		"refused read": refusal("plan", http.StatusForbidden), "refused write": refusal("apply -auto-approve", http.StatusForbidden),
	} {
		tests[name+" with a key"] = test{"DIDIT_API_KEY", simulator.DefaultAPIKey, failuresOf(simulator.DefaultAPIKey)}
		tests[name+" with a token"] = test{"DIDIT_ACCESS_TOKEN", token, failuresOf(token)}
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := acctest.New(t, simulator.Options{Credentials: []simulator.Credential{
				{APIKey: simulator.DefaultAPIKey, Read: true, Write: true},
				{AccessToken: token, Read: true, Write: true},
			}})
			var config strings.Builder
			for i, fault := range test.failures.faults {
				session := oneStepSession(i)
				env.AddSession(session)
				fault.Path = session.ID
				if test.failures.command != "plan" {
					fault.Method = http.MethodPatch
				}
				env.Inject(fault)
				config.WriteString(decisionBlock{session: session.ID, node: "feature_aml_1", status: "Approved", comment: secretComment}.hcl(fmt.Sprintf("step_%d", i)))
			}
			ws := newTracedWorkspace(env, test.variable+"="+test.secret, "max_retries = 0", config.String())

			result := ws.run(strings.Fields(test.failures.command)...)

			if failed := strings.Count(result.Output, "\nError: "); result.ExitCode != 1 || failed != len(test.failures.faults) {
				t.Errorf("it ended with %d and %d errors, want %d:\n%s", result.ExitCode, failed, len(test.failures.faults), result.Output)
			}
			acctest.RequireText(t, result.Output, test.failures.parts...)
			ws.requireEveryRequestLogged(env)
			ws.requireNone(append(simulator.Canaries(), test.secret)...)
			ws.requireNoHeaderOrBodyLogged()
		})
	}
}

func TestLog_HasEveryAttempt(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	env.Inject(simulator.Fault{Status: http.StatusServiceUnavailable, Body: `{"detail": "Down."}`})
	env.Inject(simulator.Fault{Body: `{"session_id": "1`})
	ws := newTracedWorkspace(env, "DIDIT_API_KEY="+simulator.DefaultAPIKey, "max_retries = 2", liveness.hcl("liveness"))

	ws.mustRun("plan")

	requests := ws.loggedRequests()
	if len(requests) != 3 {
		t.Fatalf("the log has %v, want three attempts", requests)
	}
	for i, want := range []struct{ status, attempt, failure string }{
		{"503", "1", ""},
		{"200", "2", "The response is cut off or not valid JSON."},
		{"200", "3", ""},
	} {
		got := requests[i]
		if got["method"] != http.MethodGet || got["path"] != "/v3/session/"+simulator.SessionKYC+"/decision/" ||
			got["status"] != want.status || got["attempt"] != want.attempt || got["failure"] != want.failure {
			t.Errorf("attempt %d is logged as %v, want %+v", i+1, got, want)
		}
	}
}

// Without a line in the log, a run that waits for a limit looks as if it hung.
func TestLog_HasLongWaitForLimit(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	env.Inject(simulator.Fault{Status: http.StatusTooManyRequests, Header: http.Header{"Retry-After": {"6"}}, Body: `{"detail": "Slow down."}`})
	ws := newTracedWorkspace(env, "DIDIT_API_KEY="+simulator.DefaultAPIKey, "", liveness.hcl("liveness"))
	ws.Variables = append(ws.Variables, "TF_LOG_PROVIDER=INFO")

	ws.mustRun("plan")

	lines := regexp.MustCompile(`\[(\w+)\].*Waiting for Didit's rate limit: .*`).FindAllStringSubmatch(ws.log(), -1)
	if len(lines) != 1 || lines[0][1] != "INFO" {
		t.Fatalf("the log has %q, want one line of level INFO", lines)
	}
	acctest.RequireText(t, lines[0][0], "limit=reads", "per_minute=600", "after_429=true")
}

func TestUserAgent_NamesVersionsOfProviderAndTerraform(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	ws := env.Workspace(env.Config(kinds[0].block("one", "Approved", "")))

	ws.MustRun("apply", "-auto-approve")

	version := regexp.QuoteMeta(strings.TrimPrefix(ws.CLI.Version, "Terraform v"))
	if ws.CLI.IsOpenTofu() {
		// OpenTofu reports the version of a compatible Terraform.
		version = `\d+\.\d+\.\d+`
	}
	want := regexp.MustCompile(`^terraform-provider-didit/dev \(\+https://github\.com/didit-community/terraform-provider-didit\) Terraform/` + version + `$`)
	if env.Count(http.MethodGet) == 0 || env.Count(http.MethodPatch) != 1 {
		t.Errorf("the requests are %v, want reads and a change", env.RequestLines())
	}
	for _, request := range env.Requests() {
		if !want.MatchString(request.UserAgent) {
			t.Errorf("the user agent of a %s is %q, want %s", request.Method, request.UserAgent, want)
		}
	}
}

func TestDataSources_StoreNoPersonalData(t *testing.T) {
	t.Parallel()
	env := acctest.New(t, simulator.Options{})
	if err := env.DecideFeature(simulator.SessionKYC, "feature_ocr_1", "", "Declined", "A remark."); err != nil {
		t.Fatal(err)
	}
	ws := env.Workspace(env.Config(decisionDataBlock("kyc", simulator.SessionKYC) + decisionDataBlock("kyb", simulator.SessionKYB) +
		"data \"didit_sessions\" \"all\" {}\n" +
		fmt.Sprintf("data \"didit_session_reviews\" \"kyc\" {\n  session_id = %q\n}\n", simulator.SessionKYC)))

	ws.MustRun("apply", "-auto-approve")

	state, err := os.ReadFile(filepath.Join(ws.Folder, "terraform.tfstate"))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(state), simulator.SessionKYB) {
		t.Fatal("the state does not contain the sessions")
	}
	for _, canary := range append(simulator.Canaries(), "A remark.", "customer-1") {
		if strings.Contains(string(state), canary) {
			t.Errorf("the state contains %q", canary)
		}
	}
}
