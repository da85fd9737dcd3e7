package diagnose

import (
	"strings"
	"testing"
	"time"
)

// as is another principal's request, judged from policies alone: nothing was sent.
func as(e *Evidence) {
	e.Options.AsPrincipal = anaARN
	e.Head, e.Get, e.HeadBucket, e.Skew = Fact[Answer]{}, Fact[Answer]{}, Fact[Answer]{}, Fact[time.Duration]{}
	e.Credentials = Fact[Credentials]{}
	ceilingsRead(e)
}

const lists = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:GetObject","s3:ListBucket"],"Resource":["arn:aws:s3:::acme-reports","arn:aws:s3:::acme-reports/*"]}]}`

// TestAs: --as judges by the policies alone. A verdict rests on them (computed),
// and what only a live answer shows is "not asked", never "not yet".
func TestAs(t *testing.T) {
	denies := single(`"Effect":"Deny","Action":"s3:GetObject","Resource":"*"`)
	hold(t, []judged{
		{"allowed by all policies", refusal("", as, ownBucket, noBucketPolicy, identity(allowsObject), listed(true)), Allowed, "", Computed},
		{"no Allow", refusal("", as, ownBucket, noBucketPolicy, identity()), CauseIdentityNoAllow, Confirmed, Computed},
		{"a Deny", refusal("", as, ownBucket, noBucketPolicy, identity(allowsObject, denies)), CauseIdentityExplicitDeny, Confirmed, Computed},
		{"a key that is not there, and no right to be told", refusal("", as, ownBucket, noBucketPolicy, identity(allowsObject), listed(false)), CauseMissingKey, Confirmed, Computed},
		{"the same, and the organization was not read", refusal("", as, ownBucket, noBucketPolicy, identity(allowsObject), listed(false), func(e *Evidence) { e.SCPs.State = Denied }), CauseMissingKey, Likely, Computed},
		{"a key that is not there, and the right to be told", refusal("", as, ownBucket, noBucketPolicy, identity(lists), listed(false)), CauseNoSuchKey, Likely, Computed},
		{"nothing could be read", refusal("", as), Undetermined, "", Guess},
	})
	for name, docs := range map[string]edit{"no Allow": identity(), "allowed": identity(allowsObject)} {
		r := Explain(refusal("", as, ownBucket, noBucketPolicy, docs))
		notAsked := 0
		for _, f := range r.Findings {
			if strings.Contains(f.Why, " yet") || strings.Contains(f.Why, "HEAD") {
				t.Errorf("%s: %s speaks of an answer to come: %s", name, f.ID, f.Why)
			}
			if strings.HasPrefix(f.Why, "not asked") {
				notAsked++
			}
			for _, s := range f.Evidence {
				if strings.Contains(s.Fact, "no answer") || s.Source == "HeadObject" {
					t.Errorf("%s: %s rests on a request that was not sent: %+v", name, f.ID, s)
				}
			}
		}
		if notAsked < 5 {
			t.Errorf("%s: only %d causes are not asked", name, notAsked)
		}
		for _, s := range r.Stations {
			if strings.Contains(s.Line, " yet") {
				t.Errorf("%s: station %s: %s", name, s.Name, s.Line)
			}
		}
	}
}
