package diagnose_test

import (
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"s403/diagnose"
	"s403/diagnose/lab"
	"s403/diagnose/probe"
)

// TestFixesMendTheLab carries every computed fix out in the lab, each in a lab
// of its own, and asks again: the cause must be gone. Here the policies are
// enforced by a server, not by the code that proposed the change.
func TestFixesMendTheLab(t *testing.T) {
	tried := 0
	for _, s := range lab.Scenarios() {
		if len(s.Args) > 0 || len(s.Env) > 0 || s.Presign != "" || strings.Contains(s.Target, "--x-s3") {
			continue // the request itself is at fault
		}
		before := diagnoseIn(t, openLab(t, s), s)
		for _, f := range verdictOf(before).Fixes {
			if len(f.After) == 0 {
				continue
			}
			tried++
			t.Run(s.Name+"/"+f.Title, func(t *testing.T) {
				l := openLab(t, s)
				if err := l.Apply(f); err != nil {
					t.Fatal(err)
				}
				after := diagnoseIn(t, l, s)
				if after.Verdict.Cause == before.Verdict.Cause && f.Applies.Layer != "key policy" && before.Verdict.Cause != diagnose.CauseKMSPermission {
					t.Errorf("still %s: %s\n%s", after.Verdict.Cause, after.Verdict.Summary, f.After)
				}
				t.Logf("%s -> %s", before.Verdict.Cause, after.Verdict.Cause)
			})
		}
	}
	if tried < 8 {
		t.Errorf("only %d fixes could be carried out", tried)
	}
}

func openLab(t *testing.T, s lab.Scenario) *lab.Lab {
	t.Helper()
	l, err := lab.New([]lab.Scenario{s})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func verdictOf(r diagnose.Report) diagnose.Finding {
	for _, f := range r.Findings {
		if f.ID == r.Verdict.Cause {
			return f
		}
	}
	return diagnose.Finding{}
}

// diagnoseIn asks why as the scenario's actor, with the reader of the bucket's account.
func diagnoseIn(t *testing.T, l *lab.Lab, s lab.Scenario) diagnose.Report {
	t.Helper()
	server := httptest.NewServer(l.Handler())
	defer server.Close()
	config := probe.Config{S3Options: []func(*s3.Options){func(o *s3.Options) { o.UsePathStyle = true }}}
	for _, a := range l.ActorsOf(s) {
		c := aws.Config{
			Region: "eu-west-1", BaseEndpoint: aws.String(server.URL),
			Credentials: credentials.NewStaticCredentialsProvider(a.AccessKeyID, a.SecretAccessKey, a.SessionToken),
		}
		if a.Actor == s.Actor {
			config.AWS = c
		} else if strings.HasSuffix(a.Actor, "reader") {
			config.Reader = &c
		}
	}
	if config.AWS.BaseEndpoint == nil {
		t.Skipf("%s has no actor with credentials", s.Name)
	}
	bucket, key, _ := strings.Cut(strings.TrimPrefix(s.Target, "s3://"), "/")
	target := diagnose.Target{Bucket: bucket, Key: key, Region: "eu-west-1", Endpoint: server.URL}
	return diagnose.Explain(probe.New(config).Gather(t.Context(), target, nil))
}
