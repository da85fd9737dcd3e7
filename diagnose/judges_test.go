package diagnose

import (
	"strings"
	"testing"
	"time"
)

// A HEAD's 404 has no body, so that the bucket may be what is missing; a code tells.
func TestAbsentWithoutACode(t *testing.T) {
	unnamed := func(e *Evidence) { e.HeadBucket, e.BucketRegion = Fact[Answer]{}, Fact[string]{} }
	open := refusal("", headAnswers(404, ""), blind, unnamed)
	if f := judgeNoSuchBucket(readingOf(&open, CauseNoSuchBucket)); f.State != Possible {
		t.Errorf("a bare 404 leaves the bucket %s, want %s", f.State, Possible)
	}
	key := refusal("", headAnswers(404, ""), getAnswers(404, "NoSuchKey", ""), unnamed)
	if f := judgeNoSuchBucket(readingOf(&key, CauseNoSuchBucket)); f.State != RuledOut {
		t.Errorf("NoSuchKey leaves the bucket %s, want %s", f.State, RuledOut)
	}
}

// An error of the server is no refusal, from its first status on.
func TestServerErrorIsNoRefusal(t *testing.T) {
	for _, status := range []int{500, 502} {
		e := refusal("", headAnswers(status, ""), blind)
		if got := readingOf(&e, CauseThrottled).live.stop; got != stopOther {
			t.Errorf("HEAD's %d is read as %v, want %v", status, got, stopOther)
		}
	}
}

// The tag's name stands in the fix without its prefix, ready to be set.
func TestTagConditionsNameTheTag(t *testing.T) {
	e := refusal("")
	r := readingOf(&e, CauseIdentityNoAllow)
	for key, want := range map[string]string{
		"s3:ExistingObjectTag/team": "Set the tag team to red ",
		"aws:PrincipalTag/team":     "needs the tag team: red.",
	} {
		if got := r.meet(key, "StringEquals", []string{"red"}); !strings.Contains(got.Text, want) {
			t.Errorf("%s: got %q, want it to hold %q", key, got.Text, want)
		}
	}
}

// Service control policies bind every account but the organization's own.
func TestManagementAccountIsExempt(t *testing.T) {
	for account, want := range map[string]bool{ownAccount: true, otherOne: false, "": false} {
		e := refusal("", func(e *Evidence) { e.ManagementAccount = KnownFact(account, Exchange{}) })
		if got := readingOf(&e, CauseSCPNoAllow).exemptFromSCPs(); got != want {
			t.Errorf("management account %q: exempt is %v, want %v", account, got, want)
		}
	}
}

// A policy that nobody could read can only be where its kind can be.
func TestLayersOfACaller(t *testing.T) {
	for kind, want := range map[CallerKind][2]bool{ // a session policy, an identity policy
		KindUser: {false, true}, KindRoleSession: {true, true}, KindFederated: {true, false}, KindUnknown: {false, true}, KindAnonymous: {false, false},
	} {
		e := refusal("", func(e *Evidence) { e.Caller.Value.Kind = kind })
		r := readingOf(&e, CauseIdentityNoAllow)
		if got := [2]bool{r.mayApply(layerSession), r.mayApply(layerIdentity)}; got != want {
			t.Errorf("%s: session and identity policies may apply: %v, want %v", kind, got, want)
		}
	}
}

// A Date header that is far off proves nothing when permissions were judged: a wrong
// clock is refused before them, by a code of its own.
func TestLyingDateHeader(t *testing.T) {
	off := func(e *Evidence) { e.Skew.Value = 227005 * time.Hour }
	for _, c := range []struct {
		name     string
		evidence Evidence
		want     CauseState
	}{
		{"a bare denial", refusal("Access Denied", off), Possible},
		{"a denial with a reason", refusal(noAllow("identity-based policy"), off), Possible},
		{"a HEAD alone", refusal("", off, blind), Likely},
	} {
		r := Explain(c.evidence)
		if f := r.finding(CauseClockSkew); f.State != c.want || (r.Verdict.Cause == CauseClockSkew) != (c.want == Likely) {
			t.Errorf("%s: the verdict is %s, the clock is %s: %s", c.name, r.Verdict.Cause, f.State, f.Why)
		}
	}
}
