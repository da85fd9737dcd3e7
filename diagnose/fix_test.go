package diagnose

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"s403/diagnose/message"
	"s403/diagnose/policy"
)

var update = flag.Bool("update", false, "write the goldens anew")

// TestFixes explains each refusal of testdata/fixes with all of its policies at
// hand, compares the fixes with the golden "want", and puts every computed one
// to the proof.
func TestFixes(t *testing.T) {
	files, err := filepath.Glob("testdata/fixes/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no cases", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			e := evidenceOf(t, archive)
			report := Explain(e)
			fixes := report.finding(report.Verdict.Cause).Fixes
			p := &page{width: 100}
			p.line("", string(report.Verdict.Cause))
			for _, f := range fixes {
				p.heading(f.Title + " (" + f.whoCan() + " can)")
				p.fix(f)
			}
			golden(t, file, archive, p.String())
			for _, f := range fixes {
				prove(t, e, f)
			}
		})
	}
}

// golden compares got with the section "want" of the archive.
func golden(t *testing.T, file string, a *txtar.Archive, got string) {
	t.Helper()
	if *update {
		a.Files = append(keep(a.Files, "want"), txtar.File{Name: "want", Data: []byte(got)})
		if err := os.WriteFile(file, txtar.Format(a), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if want := string(section(a, "want")); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func keep(files []txtar.File, without string) []txtar.File {
	var out []txtar.File
	for _, f := range files {
		if f.Name != without {
			out = append(out, f)
		}
	}
	return out
}

func section(a *txtar.Archive, name string) []byte {
	for _, f := range a.Files {
		if f.Name == name {
			return f.Data
		}
	}
	return nil
}

// evidenceOf builds what a reader of everything would see, and the answer of
// S3 that follows from it.
func evidenceOf(t *testing.T, a *txtar.Archive) Evidence {
	t.Helper()
	head := map[string]string{}
	for line := range strings.SplitSeq(string(a.Comment), "\n") {
		if name, value, ok := strings.Cut(line, ": "); ok {
			head[name] = value
		}
	}
	e := Evidence{
		Target: Target{Bucket: "b", Key: "in/k.csv", Region: "eu-west-1", Endpoint: "https://s3.eu-west-1.amazonaws.com"},
		Store:  Store{Kind: StoreAWS, Name: "AWS S3"}, Done: true,
		Credentials:   KnownFact(Credentials{Prefix: "AKIA", Source: "profile dev"}, Exchange{}),
		Caller:        KnownFact(Identity{ARN: head["principal"], Account: arnAccount(head["principal"])}, Exchange{}),
		OwnerOfBucket: KnownFact(head["owner"], Exchange{}),
		BucketRegion:  KnownFact("eu-west-1", Exchange{}),
		Boundary:      Fact[PolicyDoc]{State: Absent}, BucketPolicy: Fact[PolicyDoc]{State: Absent},
		SCPs: Fact[[]PolicyLevel]{State: Absent}, RCPs: Fact[[]PolicyLevel]{State: Absent},
		VPCEndpoint: Fact[VPCEndpoint]{State: Absent}, SessionPolicies: Fact[[]PolicyDoc]{State: Absent},
	}
	for _, f := range a.Files {
		place(t, &e, f)
	}
	if head["bucketPolicy"] == "denied" {
		e.BucketPolicy = Fact[PolicyDoc]{State: Denied}
	}
	refuse(&e)
	return e
}

// place puts one document of the archive where it belongs.
func place(t *testing.T, e *Evidence, f txtar.File) {
	t.Helper()
	layer, ok := strings.CutSuffix(f.Name, ".json")
	if !ok {
		return
	}
	d := PolicyDoc{Name: layer, Source: f.Data}
	var err error
	if d.Document, err = policy.Parse(f.Data); err != nil {
		t.Fatalf("%s: %v", f.Name, err)
	}
	put(e, layer, d)
}

// put stores the document of a layer; the goldens and the proofs share it.
func put(e *Evidence, layer string, d PolicyDoc) {
	switch layer {
	case "identity", layerIdentity:
		d.Name, d.Attached = "identity", "user ana"
		e.IdentityPolicies = KnownFact([]PolicyDoc{d}, Exchange{})
	case "bucket", layerResource:
		e.BucketPolicy = KnownFact(d, Exchange{})
	case "boundary", layerBoundary:
		d.Name, d.ARN = "boundary", "arn:aws:iam::111122223333:policy/boundary"
		e.Boundary = KnownFact(d, Exchange{})
	case "session", layerSession:
		d.Name = "session"
		e.SessionPolicies = KnownFact([]PolicyDoc{d}, Exchange{})
	case "vpce", layerVPCE:
		d.Name = "vpce"
		e.VPCEndpoint = KnownFact(VPCEndpoint{ID: "vpce-9", VPC: "vpc-9", Policy: d}, Exchange{})
	case "scp", layerSCP:
		d.Name = "scp"
		e.SCPs = KnownFact([]PolicyLevel{{Level: "account", Policies: []PolicyDoc{d}}}, Exchange{})
	case "rcp", layerRCP:
		d.Name = "rcp"
		e.RCPs = KnownFact([]PolicyLevel{{Level: "account", Policies: []PolicyDoc{d}}}, Exchange{})
	}
}

// refuse answers as S3 would by the policies of the evidence.
func refuse(e *Evidence) {
	r := read(e)
	d := policy.Evaluate(r.eval.request, r.eval.set)
	x := Exchange{Operation: "HeadObject", Service: "s3", Status: 403, Code: "Forbidden", RequestID: "REQ1"}
	e.Head = KnownFact(Answer{Status: 403, Code: "Forbidden"}, x)
	if e.BucketPolicy.State == Denied {
		d.DecidedBy, d.Effect = policy.ResourceBased, policy.ImplicitDeny
	}
	text := policy.Message(r.eval.request, d)
	x = Exchange{Operation: "GetObject", Detail: "Range bytes=0-0", Service: "s3", Status: 403, Code: "AccessDenied", Message: text, RequestID: "REQ2"}
	e.Get = KnownFact(Answer{Status: 403, Code: "AccessDenied", Message: text}, x)
}

// prove holds a computed fix to what the report promises: with it the request
// passes, for others nothing changes, and no Allow stands where a Deny blocks.
func prove(t *testing.T, e Evidence, f Fix) {
	t.Helper()
	for _, secretOrWrong := range []string{"s3:HeadObject", `"Resource": "*"`} {
		if bytes.Contains(f.Policy, []byte(secretOrWrong)) && !bytes.Contains(f.Before, []byte(secretOrWrong)) {
			t.Errorf("%q holds %q:\n%s", f.Title, secretOrWrong, f.Policy)
		}
	}
	if len(f.After) == 0 || f.Kind != FixPolicy {
		return
	}
	document, err := policy.Parse(f.After)
	if err != nil {
		t.Fatalf("%q: %v\n%s", f.Title, err, f.After)
	}
	before := read(&e)
	mended := e
	if f.Applies.Layer == layerIdentity && len(f.Before) == 0 {
		list := append([]PolicyDoc{}, e.IdentityPolicies.Value...)
		mended.IdentityPolicies = KnownFact(append(list, PolicyDoc{Name: "new", Document: document, Source: f.After}), Exchange{})
	} else {
		put(&mended, f.Applies.Layer, PolicyDoc{Source: f.After, Document: document})
	}
	after := read(&mended)
	if got := policy.Evaluate(after.eval.request, after.eval.set); got.Effect != policy.Allow {
		t.Errorf("%q leaves the request refused: %s by the %s", f.Title, got.Effect, got.DecidedBy)
	}
	for _, who := range []string{"arn:aws:iam::111122223333:user/bob", "arn:aws:iam::999988887777:user/eve", "anonymous"} {
		stranger := before.eval.request
		stranger.Principal = who
		was, is := before.eval.set, after.eval.set
		is.Identity, is.Boundaries, is.Session = was.Identity, was.Boundaries, was.Session // they carry their own
		if policy.Evaluate(stranger, was).Effect != policy.Evaluate(stranger, is).Effect {
			t.Errorf("%q changes what %s may do", f.Title, who)
		}
	}
}

// TestFixNeverAllowsWhatADenyBlocks looks at every fix of every explicit deny.
func TestFixNeverAllowsWhatADenyBlocks(t *testing.T) {
	files, _ := filepath.Glob("testdata/fixes/*-explicit-deny.txtar")
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		report := Explain(evidenceOf(t, archive))
		for _, f := range report.finding(report.Verdict.Cause).Fixes {
			if bytes.Contains(f.Policy, []byte(`"Allow"`)) {
				t.Errorf("%s: %q is an Allow:\n%s", file, f.Title, f.Policy)
			}
		}
	}
}

// TestRenderingsLeakNothing puts secrets where a store might echo them.
func TestRenderingsLeakNothing(t *testing.T) {
	const token = "IQoJb3JpZ2luX2VjEXAMPLETOKENEXAMPLETOKENEXAMPLETOKEN"
	r := Report{
		Target:  Target{Bucket: "b", Key: "k", Endpoint: "https://b.s3.amazonaws.com/k?X-Amz-Signature=" + strings.Repeat("ab", 32)},
		Verdict: Verdict{Cause: CauseInvalidToken, Summary: "x-amz-security-token: " + token},
		Findings: []Finding{{ID: CauseInvalidToken, State: Confirmed, Why: "<Token-0>" + token + "</Token-0>",
			Evidence: []Shown{{Fact: "X-Amz-Security-Token=" + token, CLI: "curl 'https://b?X-Amz-Security-Token=" + token + "'", Quote: `"SessionToken": "` + token + `"`}},
			Fixes:    []Fix{{Title: "t", Kind: FixCommand, Text: "export AWS_SESSION_TOKEN=" + token}}}},
		Gaps: []string{"aws_session_token=" + token},
	}
	encoded, err := r.JSON()
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"json": string(encoded), "text": r.Text(80), "markdown": r.Markdown()} {
		if strings.Contains(text, "EXAMPLETOKEN") || strings.Contains(text, "abababab") {
			t.Errorf("the %s leaks:\n%s", name, text)
		}
	}
	if message.Redact(token) == token && len(token) > 100 {
		t.Error("a bare token stays")
	}
}

// TestExceptionForReadingAlone: the exception in a Deny of many actions is one for
// reading, and the others stay denied; where no statement can say that without denying
// more than before, the exception is whole.
func TestExceptionForReadingAlone(t *testing.T) {
	for name, c := range map[string]struct {
		deny   string
		splits bool
	}{
		"all of S3, on a bucket":           {`"Effect":"Deny","Action":"s3:*","Resource":"arn:aws:s3:::acme-reports/*"`, true},
		"everything":                       {`"Effect":"Deny","Action":"*","Resource":"*"`, true},
		"all but one":                      {`"Effect":"Deny","NotAction":"iam:*","Resource":"*"`, true},
		"this action alone":                {`"Effect":"Deny","Action":"s3:GetObject","Resource":"*"`, false},
		"all of S3, on whatever there is":  {`"Effect":"Deny","Action":"s3:*","Resource":"*"`, false},
		"all of S3, but for some resource": {`"Effect":"Deny","Action":"s3:*","NotResource":"arn:aws:s3:::billing/*"`, false},
		"every Get":                        {`"Effect":"Deny","Action":"s3:Get*","Resource":"arn:aws:s3:::acme-reports/*"`, false},
	} {
		e := refusal(denied("identity-based policy"), ownBucket, noBucketPolicy, ceilingsRead, identity(single(c.deny), single(`"Effect":"Allow","Action":"*","Resource":"*"`)))
		f := Explain(e).finding(CauseIdentityExplicitDeny)
		var after strings.Builder
		for _, fix := range f.Fixes {
			after.WriteString(string(fix.After))
		}
		if after.String() == "" || strings.Contains(after.String(), `"ArnEquals"`) != c.splits {
			t.Errorf("%s: split should be %t:\n%s", name, c.splits, after.String())
		}
		if c.splits {
			promises(t, e, f)
		}
	}
}
