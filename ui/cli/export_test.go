package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"

	"s403/diagnose"
	"s403/diagnose/lab"
)

// unexported are the causes that no world of policies and settings shows again.
var unexported = strings.Fields(`invalid-access-key missing-session-token expired-credentials invalid-token signature-mismatch
	signature-version presigned-expired clock-skew network proxy-interference website-endpoint throttled account-problem
	no-such-bucket sse-c-key access-point-policy directory-bucket-session`)

// TestExportedWorlds exports what the bucket owner's reader can see of each
// refusal of the lab, loads it into a lab of its own and asks again, with account
// ids as they are and masked: the same cause. Then what the diagnosis offers is
// applied there, until the request passes.
func TestExportedWorlds(t *testing.T) {
	l, endpoint := startLab(t)
	for _, s := range l.Scenarios() {
		for _, mask := range []string{"--mask-accounts=false", "--mask-accounts=true"} {
			t.Run(s.Name+" "+mask, func(t *testing.T) {
				file := filepath.Join(t.TempDir(), "world.toml")
				asked := s
				asked.Args = append(slices.Clone(s.Args), "--export-world", file, mask)
				if got := whyOf(t, l, asked, withReader(l, s, endpoint)); got.Verdict.Cause != s.Cause {
					t.Fatalf("why names %q, want %q", got.Verdict.Cause, s.Cause)
				}
				text, err := os.ReadFile(file)
				if slices.Contains(unexported, s.Cause) {
					if err == nil {
						t.Errorf("a world was written for %q, which no world shows", s.Cause)
					}
					return
				}
				if err != nil {
					t.Fatal(err)
				}
				keepsSecrets(t, l, s, text, mask == "--mask-accounts=true")
				mendExported(t, text, s)
			})
		}
	}
}

// realIDs are the account ids of the lab's base world.
var realIDs = regexp.MustCompile(`111122223333|444455556666|555566667777|777788889999`)

// keepsSecrets holds that the file has no credentials in it and, masked, no account id.
func keepsSecrets(t *testing.T, l *lab.Lab, s lab.Scenario, text []byte, masked bool) {
	t.Helper()
	if id := realIDs.Find(text); masked != (id == nil) && s.Cause != "anonymous" { // who has no account to name
		t.Errorf("account ids masked: want %t; the file holds %q", masked, id)
	}
	for _, c := range l.ActorsOf(s) {
		for _, secret := range []string{c.AccessKeyID, c.SecretAccessKey, c.SessionToken} {
			if secret != "" && bytes.Contains(text, []byte(secret)) {
				t.Errorf("the file holds a secret of %s", c.Actor)
			}
		}
	}
}

// mendExported serves the file, asks why as its actor, and applies what is offered
// for the cause, until the request passes or only another request would.
func mendExported(t *testing.T, text []byte, s lab.Scenario) {
	t.Helper()
	exported, err := lab.OpenFile("world.toml", bytes.NewReader(text))
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	isolate(t, aws.Credentials{})
	own := served(t, exported)
	report := explained(t, exported, own)
	if string(report.Verdict.Cause) != s.Cause {
		t.Fatalf("in the exported world the cause is %q, want %q: %s\n%s", report.Verdict.Cause, s.Cause, report.Verdict.Summary, text)
	}
	for range 4 {
		if !applyOffered(t, exported, report) && !applyOwn(t, exported, own) {
			break
		}
		if report = explained(t, exported, own); report.Verdict.Cause == diagnose.Allowed {
			return
		}
	}
	if !s.AsksOtherwise() {
		t.Errorf("it does not come to green: %s: %s", report.Verdict.Cause, report.Verdict.Summary)
	}
}

// served serves the lab until the test ends, and gives its scenario.
func served(t *testing.T, l *lab.Lab) lab.Scenario {
	t.Helper()
	listener, err := l.Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- l.Serve(ctx, listener) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return l.Scenarios()[0]
}

// explained is the report of the scenario's request, with the reader's help.
func explained(t *testing.T, l *lab.Lab, s lab.Scenario) diagnose.Report {
	t.Helper()
	lesson := newLabLesson(l, Streams{})
	f, at, err := lesson.request(s)
	if err != nil {
		t.Fatal(err)
	}
	f.readerKeys = lesson.readers(s)["reader"]
	session, err := f.connect(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	p, err := f.proberOf(t.Context(), session, at, nil)
	if err != nil {
		t.Fatal(err)
	}
	return diagnose.Explain(p.Gather(t.Context(), diagnosed(session, at), nil))
}

// applyOffered applies the first fix of the cause that is a change of the world,
// with those that go together with it. It tells whether there was one.
func applyOffered(t *testing.T, l *lab.Lab, r diagnose.Report) bool {
	t.Helper()
	applied := false
	for _, f := range r.Findings {
		if f.ID != r.Verdict.Cause {
			continue
		}
		for _, fix := range f.Fixes {
			if len(fix.After)+len(fix.Policy) == 0 || applied && !fix.Together {
				continue
			}
			if err := l.Apply(fix); err != nil {
				t.Fatalf("%v\n%s", err, fix.After)
			}
			applied = true
		}
	}
	return applied
}

// applyOwn carries out the mends that were exported: where nobody could read a
// document the diagnosis offers no change of it.
func applyOwn(t *testing.T, l *lab.Lab, s lab.Scenario) bool {
	t.Helper()
	for _, m := range s.Mend {
		if err := l.Change(m); err != nil {
			t.Fatal(err)
		}
	}
	return len(s.Mend) > 0
}

// TestServeExportedWorld goes the whole way on the command line: a masked export,
// `s403 lab --world FILE`, and `why` with the credentials that it prints.
func TestServeExportedWorld(t *testing.T) {
	l, endpoint := startLab(t)
	s, err := lab.Find("scp-explicit-deny")
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "world.toml")
	s.Args = []string{"--export-world", file, "--mask-accounts"}
	whyOf(t, l, s, withReader(l, s, endpoint))
	ctx, stop := context.WithCancel(t.Context())
	out, in := io.Pipe()
	ended := make(chan int, 1)
	go func() {
		ended <- RunOn(ctx, []string{"lab", "--world", file, "--output", "json"}, Streams{In: strings.NewReader(""), Out: in, Err: io.Discard})
	}()
	var card lab.Card
	if err := json.NewDecoder(out).Decode(&card); err != nil {
		t.Fatal(err)
	}
	caller := card.Scenarios[0].Actors[0]
	isolate(t, aws.Credentials{AccessKeyID: caller.AccessKeyID, SecretAccessKey: caller.SecretAccessKey, SessionToken: caller.SessionToken})
	t.Setenv("AWS_ENDPOINT_URL", card.Endpoint)
	t.Setenv("AWS_REGION", "eu-west-1")
	if code, text, _ := runWhy(t, card.Scenarios[0].Target, "--output", "json"); code != exitDenied || !strings.Contains(text, `"cause": "scp-explicit-deny"`) {
		t.Errorf("exit %d: %s", code, text)
	}
	stop()
	if code := <-ended; code != exitOK {
		t.Errorf("the lab ends with exit %d when it is asked to stop", code)
	}
}

// TestExportRefuses holds that what cannot be exported is one line, and that the
// diagnosis is told all the same.
func TestExportRefuses(t *testing.T) {
	for scenario, actor := range map[string]string{"access-point-policy": "xenia", "expired-credentials": "kira"} {
		asActor(t, scenario, actor)
		s, err := lab.Find(scenario)
		if err != nil {
			t.Fatal(err)
		}
		code, out, stderr := runWhy(t, s.Target, "--output", "json", "--export-world", filepath.Join(t.TempDir(), "w"))
		if code != exitFailed || strings.Count(stderr, "\n") != 1 || !strings.Contains(stderr, "export") || !strings.Contains(out, s.Cause) {
			t.Errorf("%s: exit %d, stdout %q, stderr %q", scenario, code, out, stderr)
		}
	}
}
