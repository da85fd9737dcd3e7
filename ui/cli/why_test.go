package cli

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"

	"s403/diagnose"
	"s403/diagnose/lab"
)

// asActor puts the credentials of an actor of the lab into the environment.
func asActor(t *testing.T, scenario, name string) lab.Credentials {
	t.Helper()
	l, err := lab.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(l.Handler())
	t.Cleanup(server.Close)
	for _, s := range l.Scenarios() {
		for _, a := range l.ActorsOf(s) {
			if s.Name == scenario && a.Actor == name {
				isolate(t, aws.Credentials{AccessKeyID: a.AccessKeyID, SecretAccessKey: a.SecretAccessKey, SessionToken: a.SessionToken})
				t.Setenv("AWS_ENDPOINT_URL", server.URL)
				t.Setenv("AWS_REGION", "eu-west-1")
				return a
			}
		}
	}
	t.Fatalf("the lab has no %s in %s", name, scenario)
	return lab.Credentials{}
}

// TestWhyExitCodes: scripts go by the exit code alone.
func TestWhyExitCodes(t *testing.T) {
	asActor(t, "missing-key", "mia")
	for _, c := range []struct {
		name string
		args []string
		code int
	}{
		{"allowed", []string{"s3://acme-invoices/2026/q3/Summary.csv"}, exitOK},
		{"denied", []string{"s3://acme-invoices/2026/q3/summary.csv"}, exitDenied},
		{"denied, as markdown", []string{"--output", "markdown", "s3://acme-invoices/2026/q3/summary.csv"}, exitDenied},
		{"no such bucket", []string{"s3://acme-no-such-bucket-anywhere/k"}, exitAbsent},
		{"of another principal", []string{"--as", "arn:aws:iam::111122223333:user/ben", "s3://acme-metrics/daily/2026-10-01.parquet"}, exitDenied},
	} {
		t.Run(c.name, func(t *testing.T) {
			code, out, stderr := runWhy(t, c.args...)
			if code != c.code {
				t.Errorf("exit %d, want %d:\n%s%s", code, c.code, out, stderr)
			}
			if out == "" || stderr != "" {
				t.Errorf("a report goes to stdout and nothing to stderr: %q, %q", out, stderr)
			}
		})
	}
}

// TestWhyFailures: what cannot be done is one line on stderr that says what to do.
func TestWhyFailures(t *testing.T) {
	isolate(t, aws.Credentials{})
	for _, c := range []struct {
		name string
		args []string
		says string
	}{
		{"no target", nil, "give one object"},
		{"two targets", []string{"s3://a/b", "s3://c/d"}, "give one object"},
		{"no URI", []string{"nonsense"}, "s3://"},
		{"no bucket", []string{"s3://"}, "names no bucket"},
		{"escape sequences", []string{"s3://\x1b[31m"}, "s403:"},
		{"no credentials", []string{"s3://bucket/key"}, "--no-sign-request"},
		{"no format", []string{"--output", "yaml", "s3://bucket/key"}, "markdown"},
		{"no profile", []string{"--profile", "none-such", "s3://bucket/key"}, "none-such"},
		{"no reader", []string{"--reader-profile", "none-such", "--no-sign-request", "s3://bucket/key"}, "none-such"},
		{"no ARN", []string{"--as", "ana", "s3://bucket/key"}, "ARN"},
		{"no flag", []string{"--colour", "s3://bucket/key"}, "colour"},
		{"dead endpoint", []string{"--no-sign-request", "--endpoint-url", "http://127.0.0.1:1", "s3://bucket/key"}, "refused"},
	} {
		t.Run(c.name, func(t *testing.T) {
			code, out, stderr := runWhy(t, c.args...)
			if code != exitFailed || out != "" {
				t.Errorf("exit %d, stdout %q; want 1 and nothing", code, out)
			}
			if strings.Count(stderr, "\n") != 1 || !strings.Contains(stderr, c.says) || strings.Contains(stderr, "\x1b") {
				t.Errorf("stderr is %q, want one line with %q", stderr, c.says)
			}
		})
	}
}

// TestWhyUnreachableJSON: a script gets its object also where nothing answered.
func TestWhyUnreachableJSON(t *testing.T) {
	isolate(t, aws.Credentials{AccessKeyID: "AKIAIOSFODNN7EXAMPLE", SecretAccessKey: "secret-of-the-test-0123456789"})
	code, out, stderr := runWhy(t, "--endpoint-url", "http://127.0.0.1:1", "--output", "json", "s3://bucket/key")
	var r whyJSON
	if err := json.Unmarshal([]byte(out), &r); err != nil {
		t.Fatal(err)
	}
	if code != exitFailed || r.Verdict.Cause != "network" || strings.Count(stderr, "\n") != 1 {
		t.Errorf("exit %d, verdict %q, stderr %q", code, r.Verdict.Cause, stderr)
	}
}

// TestWhyHidesSecrets: a server that echoes all that it was sent does not get it
// into any form of the report.
func TestWhyHidesSecrets(t *testing.T) {
	const secret, token = "uNg3ssAb1eS3cr3tK3y0fTheT3st/ABCDEF+xyz", "FwoGZXIvYXdzEBYaDTOKENTOKENTOKEN0123456789abcdefghijklmnopqrstuvwxyzABCDEF//////=="
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusBadRequest)
		_, _ = w.Write([]byte("<Error><Code>ExpiredToken</Code><Message>" + r.Header.Get("Authorization") + "</Message><Token-0>" +
			r.Header.Get("X-Amz-Security-Token") + "</Token-0><Secret>" + secret + "</Secret></Error>"))
	}))
	defer server.Close()
	isolate(t, aws.Credentials{AccessKeyID: "ASIAIOSFODNN7EXAMPLE", SecretAccessKey: secret, SessionToken: token})
	t.Setenv("AWS_ENDPOINT_URL", server.URL)
	for _, form := range []string{"text", "json", "markdown"} {
		_, out, stderr := runWhy(t, "--output", form, "s3://bucket/key")
		for _, hidden := range []string{secret, token, token[:30], "ASIAIOSFODNN7EXAMPLE"} {
			if strings.Contains(out+stderr, hidden) {
				t.Errorf("%s shows %q", form, hidden)
			}
		}
		if shown := regexp.MustCompile(`Signature=[0-9a-f]{8}`).FindString(out); shown != "" {
			t.Errorf("%s shows %s", form, shown)
		}
	}
}

// TestWhyCode holds verdicts against the contract's exit codes.
func TestWhyCode(t *testing.T) {
	for _, c := range []struct {
		cause  diagnose.CauseID
		status int
		code   int
	}{
		{diagnose.Allowed, 200, exitOK},
		{"missing-key", 403, exitDenied},
		{"archived", 200, exitDenied},
		{"no-such-key", 404, exitAbsent},
		{"delete-marker", 405, exitAbsent},
		{"throttled", 503, exitFailed},
		{"network", 0, exitFailed},
		{diagnose.Undetermined, 403, exitDenied},
		{diagnose.Undetermined, 404, exitAbsent},
		{diagnose.Undetermined, 0, exitFailed},
		{diagnose.Undetermined, 500, exitFailed},
	} {
		r := diagnose.Report{Verdict: diagnose.Verdict{Cause: c.cause}, Outcome: diagnose.Exchange{Status: c.status}}
		if got := whyCode(r); got != c.code {
			t.Errorf("%s with status %d exits %d, want %d", c.cause, c.status, got, c.code)
		}
	}
}

// A login page that answers 200 to everything is no store that allows the request;
// an object that is a web page is.
func TestWhyLoginPage(t *testing.T) {
	for etag, want := range map[string]string{"": "proxy-interference", `"9b2cf535f27731c974343645a3985328"`: "allowed"} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			if etag != "" {
				w.Header().Set("ETag", etag)
			}
			_, _ = w.Write([]byte("<html><body>Please log in</body></html>"))
		}))
		t.Cleanup(server.Close)
		_, out, errs := runWith(t.Context(), nil, "why", "--output", "json", "--no-sign-request", "--endpoint-url", server.URL, "s3://b/k")
		if !strings.Contains(out, `"verdict":{"cause":"`+want+`"`) && !strings.Contains(out, `"cause": "`+want+`"`) {
			t.Errorf("with ETag %q: %.600s %s", etag, out, errs)
		}
	}
}
