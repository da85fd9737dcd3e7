package probe

import (
	"net/http"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"s403/diagnose"
	"s403/diagnose/lab"
)

// TestFixesMendTheLab carries every fix that comes with a change out in the lab,
// each in a lab of its own, and asks again: the cause must be gone. Here the
// policies are enforced by a server, not by the code that proposed the change.
// A blind caller gets no fix that does less than one for whom everything is read.
func TestFixesMendTheLab(t *testing.T) {
	tried := 0
	for _, s := range lab.Scenarios() {
		if s.Presign != "" {
			continue // no change of the lab mends a URL that was signed long ago
		}
		for _, by := range []string{"", "reader"} {
			before := explainIn(t, openLab(t, s.Name), s, by)
			for _, change := range changesOf(before.findingOf(before.Verdict.Cause).Fixes) {
				tried++
				t.Run(s.Name+" "+by+"/"+change[0].Title, func(t *testing.T) { mends(t, s, by, before, change) })
			}
		}
	}
	if tried < 50 {
		t.Errorf("only %d fixes could be carried out", tried)
	}
}

// changesOf lists what is to be carried out at once: each change by itself, and
// those that help only together as one.
func changesOf(fixes []diagnose.Fix) [][]diagnose.Fix {
	var all [][]diagnose.Fix
	var together []diagnose.Fix
	for _, f := range fixes {
		switch {
		case len(f.After) == 0 && len(f.Policy) == 0:
		case f.Together:
			together = append(together, f)
		default:
			all = append(all, []diagnose.Fix{f})
		}
	}
	if len(together) > 0 {
		all = append(all, together)
	}
	return all
}

// mends carries a change out and asks again: the request passes, or what is
// missing is the key, or it is refused for what the scenario says waits behind.
func mends(t *testing.T, s lab.Scenario, by string, before labReport, change []diagnose.Fix) {
	t.Helper()
	l := openLab(t, s.Name)
	for _, f := range change {
		if err := l.Apply(f); err != nil {
			t.Fatalf("%v\n%s", err, f.Policy)
		}
	}
	after := explainIn(t, l, s, by)
	t.Logf("%s -> %s", before.Verdict.Cause, after.Verdict.Cause)
	switch after.Verdict.Cause {
	case diagnose.Allowed, diagnose.CauseNoSuchKey:
		return
	}
	for _, b := range s.Behind {
		if string(after.Verdict.Cause) == b.Cause {
			return
		}
	}
	t.Errorf("still refused: %s", after.Verdict.Summary)
	for _, f := range change {
		t.Logf("%s\n%s%s", f.Title, f.Policy, f.After)
	}
}

// inProcessURL is an address, so that the SDK puts no bucket in front of it, as
// it would with the name of a directory bucket.
const inProcessURL = "http://127.0.0.1"

// labReport is a report with a way to find a cause in it.
type labReport struct{ diagnose.Report }

func (r labReport) findingOf(id diagnose.CauseID) diagnose.Finding {
	for _, f := range r.Findings {
		if f.ID == id {
			return f
		}
	}
	return diagnose.Finding{}
}

// explainIn asks why as the scenario's actor, with the named actor as the reader.
func explainIn(t *testing.T, l *lab.Lab, s lab.Scenario, by string) labReport {
	t.Helper()
	client := &http.Client{Transport: inProcess{l.Handler(), 0}}
	config := func(name string) aws.Config {
		a := actor(t, l, s.Name, name)
		cfg := configFor(inProcessURL, a.AccessKeyID, a.SecretAccessKey, a.SessionToken)
		cfg.HTTPClient = client
		return cfg
	}
	c := Config{AWS: config(s.Entry().Actor), S3Options: []func(*s3.Options){pathStyle}, Options: optionsOf(s.Entry().Args)}
	if region := s.Entry().Env["AWS_REGION"]; region != "" {
		c.AWS.Region = region
	}
	if by != "" && hasActor(l, s.Name, by) {
		reading := config(by)
		c.Reader = &reading
	}
	at := target(s.Target)
	at.Kind, at.Region, at.Endpoint = targetKind(at.Bucket), c.AWS.Region, inProcessURL
	return labReport{diagnose.Explain(New(c).Gather(t.Context(), at, nil))}
}
