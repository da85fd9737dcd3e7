package diagnose

import (
	"slices"
	"strings"
	"testing"
)

// What each judge makes of the answers at the edge of what it knows.

// held is one row: what was seen, and how one cause must stand, whatever the verdict.
type held struct {
	name     string
	evidence Evidence
	cause    CauseID
	state    CauseState
	says     string // of the reason; empty: anything
}

func holdEach(t *testing.T, table []held) {
	t.Helper()
	for _, c := range table {
		if f := Explain(c.evidence).finding(c.cause); f.State != c.state || !strings.Contains(f.Why, c.says) {
			t.Errorf("%s: %s is %s, want %s: %s", c.name, c.cause, f.State, c.state, f.Why)
		}
	}
}

// TestEdgesOfCredentials: HEAD hides the code, a web page is nobody's answer, and what
// only AWS's key ids tell is told at AWS alone.
func TestEdgesOfCredentials(t *testing.T) {
	tokenless := func(e *Evidence) { e.Credentials.Value.Prefix = "ASIA" }
	page := func(e *Evidence) { e.Get.Value.HTML = true }
	holdEach(t, []held{
		{"a web page", refusal("", getAnswers(403, "Forbidden", ""), page), CauseInvalidAccessKey, Unknown, "web page"},
		{"a web page, and the token", refusal("", getAnswers(403, "Forbidden", ""), page), CauseSignatureMismatch, Unknown, "web page"},
		{"HEAD alone, a temporary key without its token", refusal("", blind, tokenless, func(e *Evidence) { e.Caller = Fact[Identity]{} }), CauseMissingSessionToken, Likely, "ASIA"},
		{"the same at a store of unknown make", refusal("", atStore(StoreCompatible, "S3-compatible store"), blind, tokenless), CauseMissingSessionToken, Unknown, "HEAD has no body"},
	})
}

// TestEdgesOfEncryption: what HEAD's status leaves open, and what it does not.
func TestEdgesOfEncryption(t *testing.T) {
	checksums := func(e *Evidence) { e.Options.ChecksumMode = true }
	customer := func(e *Evidence) { e.Options.SSECustomer = true }
	holdEach(t, []held{
		{"checksums, HEAD alone", refusal("", blind, checksums), CauseKMSPermission, Possible, "checksum mode"},
		{"checksums, and the key id is unknown", refusal("", checksums, getAnswers(403, "InvalidAccessKeyId", "")), CauseKMSPermission, RuledOut, ""},
		{"checksums, and there is no object", refusal("", checksums, headAnswers(404, ""), getAnswers(404, "NoSuchKey", "")), CauseKMSPermission, RuledOut, ""},
		{"HEAD alone, 400", refusal("", blind, headAnswers(400, "")), CauseSSECKey, Possible, "a GET would tell"},
		{"HEAD alone, 403", refusal("", blind), CauseSSECKey, RuledOut, "400, not 403"},
		{"a key was sent, HEAD alone, 403", refusal("", blind, customer), CauseSSECKey, Possible, "wrong customer's key"},
		{"a key was sent, and the answer is bare", refusal("Access Denied", customer), CauseSSECKey, Possible, "wrong customer's key"},
		{"another 400 that has a body", refusal("", headAnswers(400, ""), getAnswers(400, "InvalidArgument", "")), CauseSSECKey, RuledOut, ""},
	})
}

// TestEdgesOfOwner: S3 compares the expected owner before it reads a policy, so any
// reason that it gives rules a wrong one out.
func TestEdgesOfOwner(t *testing.T) {
	expects := func(e *Evidence) { e.Options.ExpectedOwner = otherOne }
	lists := strings.ReplaceAll(strings.ReplaceAll(noAllow("identity-based policy"), "s3:GetObject", "s3:ListBucket"), testARN, "arn:aws:s3:::"+testBucket)
	holdEach(t, []held{
		{"a reason", refusal(noAllow("identity-based policy"), expects), CauseExpectedOwnerMismatch, RuledOut, "without a reason"},
		{"s3:ListBucket is named", refusal(lists, expects), CauseExpectedOwnerMismatch, RuledOut, "without a reason"},
		{"bare", refusal("Access Denied", expects), CauseExpectedOwnerMismatch, Possible, ""},
	})
}

// TestEdgesOfAccessPoints: that the two doors do not both allow is proven only with
// both documents read, and by S3's words or another account's request.
func TestEdgesOfAccessPoints(t *testing.T) {
	somebody := `"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:user/bob"},"Action":"s3:GetObject","Resource":"*"`
	everybody := strings.Replace(somebody, `{"AWS":"arn:aws:iam::111122223333:user/bob"}`, `"*"`, 1)
	allows := identity(single(`"Effect":"Allow","Action":"s3:*","Resource":"*"`))
	bucket := bucketPolicy(single(somebody))
	unreadPoint := func(e *Evidence) { e.AccessPoint = Fact[AccessPoint]{State: Denied} }
	bareOf := func(edits ...edit) Evidence { return refusal("Access Denied", append(edits, allows, ceilingsRead)...) }
	holdEach(t, []held{
		{"another account's, all read", bareOf(pointIs(somebody), ownedBy(otherOne), bucket), CauseAccessPointPolicy, Confirmed, "do not both allow"},
		{"S3 names the layer", refusal(noAllow("resource-based policy"), pointIs(somebody), ownedBy(otherOne), bucket, allows), CauseAccessPointPolicy, Confirmed, "do not both allow"},
		{"whose bucket it is, is not known", bareOf(pointIs(somebody), bucket), CauseAccessPointPolicy, Possible, ""},
		{"one door may allow", bareOf(pointIs(everybody), ownedBy(otherOne), bucketPolicy(single(everybody))), CauseAccessPointPolicy, RuledOut, "both allow"},
		{"the access point was not read", bareOf(pointIs(somebody), ownedBy(otherOne), bucket, unreadPoint), CauseAccessPointPolicy, Possible, "was not read"},
	})
}

// TestEdgesOfActions: an action that stands where the right one should is a slip; one
// that is meant for something else is not.
func TestEdgesOfActions(t *testing.T) {
	for action, want := range map[string]CauseID{
		"s3:HeadObject": CauseIdentityWrongAction, "s3:GetObjet": CauseIdentityWrongAction, "s3:ListObjects": CauseIdentityWrongAction,
		"s3:Banana": CauseIdentityWrongAction, "s3:PutObjct": CauseIdentityNoAllow, "s3:DeleteBuket": CauseIdentityNoAllow, "s3:PutObject": CauseIdentityNoAllow,
	} {
		e := refusal(noAllow("identity-based policy"), identity(single(`"Effect":"Allow","Action":"`+action+`","Resource":"arn:aws:s3:::acme-reports/*"`)))
		if got := Explain(e).Verdict.Cause; got != want {
			t.Errorf("%s: %s, want %s", action, got, want)
		}
	}
}

// TestWhoIsForeign: that no resource-based policy allows an action of S3 tells that the
// bucket is another account's; the same said of a KMS key tells only that of the key.
func TestWhoIsForeign(t *testing.T) {
	said := noAllow("resource-based policy")
	for text, want := range map[string]relation{
		said: otherAccount,
		strings.ReplaceAll(said, "s3:GetObject", "s3:ListBucket"): otherAccount,
		strings.ReplaceAll(said, "s3:GetObject", "kms:Decrypt"):   relationUnknown,
		noAllow("identity-based policy"):                          relationUnknown,
		denied("resource-based policy"):                           relationUnknown,
		"Access Denied":                                           relationUnknown,
	} {
		e := refusal(text)
		if got := read(&e).relation; got != want {
			t.Errorf("relation %d, want %d, from %s", got, want, text)
		}
	}
	unasked := refusal(said, ownedBy(ownAccount), func(e *Evidence) { e.Caller = Fact[Identity]{}; e.Target.Kind = AccessPointTarget })
	if r := read(&unasked); r.callerAccount() != ownAccount || r.relation != sameAccount {
		t.Errorf("the account in S3's sentence was not taken: %q, relation %d", r.callerAccount(), r.relation)
	}
}

// TestGetAlone: where no HEAD was sent, for a URL that is signed for GET, GET's answer
// decides, and only a 404 says that nothing is there.
func TestGetAlone(t *testing.T) {
	getOnly := func(e *Evidence) { e.Head, e.Options.Presigned = Fact[Answer]{}, true }
	holdEach(t, []held{
		{"not there", refusal("", getOnly, getAnswers(404, "NoSuchKey", "")), CauseNoSuchKey, Confirmed, ""},
		{"refused", refusal("Access Denied", getOnly), CauseNoSuchKey, RuledOut, "not 404"},
		{"HEAD refused, GET not there", refusal("", getAnswers(404, "NoSuchKey", "")), CauseNoSuchKey, Likely, "as GET says"},
	})
}

// TestHeadAloneElsewhere: at a store that is not AWS a HEAD's 403 may be the key's
// rights, and its 400 may not.
func TestHeadAloneElsewhere(t *testing.T) {
	holdEach(t, []held{
		{"403", refusal("", atStore(StoreMinIO, "MinIO"), blind), CauseIdentityNoAllow, Possible, "MinIO may refuse because the policy of this access key"},
		{"400", refusal("", atStore(StoreMinIO, "MinIO"), blind, headAnswers(400, "")), CauseIdentityNoAllow, Possible, "were not read"},
	})
}

// TestUnreadControlPolicy: the statement for a policy that nobody here may read comes
// with the command that lists those of the caller's account, where that is known.
func TestUnreadControlPolicy(t *testing.T) {
	said := noAllow("service control policy")
	fix := Explain(refusal(said)).finding(CauseSCPNoAllow).Fixes[0]
	if !strings.Contains(fix.Text, "list-policies-for-target --target-id "+ownAccount+" ") {
		t.Errorf("the account's policies are not listed: %s", fix.Text)
	}
	nobody := refusal(strings.ReplaceAll(said, anaARN, "AIDAEXAMPLE"), func(e *Evidence) { e.Caller = Fact[Identity]{} })
	if fix := Explain(nobody).finding(CauseSCPNoAllow).Fixes[0]; strings.Contains(fix.Text, "--target-id") {
		t.Errorf("policies of no account are listed: %s", fix.Text)
	}
}

// TestNearMissesOfOthers: what a Deny, or a ceiling, missed is not what the identity
// Allow lacks.
func TestNearMissesOfOthers(t *testing.T) {
	allow := single(`"Effect":"Allow","Action":"s3:GetObject","Resource":"*","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}`)
	deny := single(`"Effect":"Deny","Action":"s3:GetObject","Resource":"*","Condition":{"StringEquals":{"aws:PrincipalType":"Robot"}}`)
	e := refusal(noAllow("identity-based policy"), identity(deny, allow), boundaryIs(`"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"StringEquals":{"aws:PrincipalType":"Machine"}}`))
	f := Explain(e).finding(CauseIdentityConditionUnmet)
	if len(f.Fixes) == 0 {
		t.Fatalf("%s, and nothing to do about it", f.State)
	}
	for _, fix := range f.Fixes {
		if all := fix.Title + fix.Text; strings.Contains(all, "Robot") || strings.Contains(all, "Machine") || strings.Contains(all, "PrincipalType") {
			t.Errorf("%s: %s", fix.Title, fix.Text)
		}
	}
}

// TestExceptionInItsOwnDocument: a statement of the same number in another document
// is left as it is.
func TestExceptionInItsOwnDocument(t *testing.T) {
	mixed := bucketPolicy(`{"Version":"2012-10-17","Statement":[{"Sid":"Others","Effect":"Allow","Principal":{"AWS":"444455556666"},"Action":"s3:GetObject","Resource":"*"},{"Sid":"Sealed","Effect":"Deny","Principal":"*","Action":"s3:GetObject","Resource":"*"}]}`)
	never := single(`"Sid":"Never","Effect":"Deny","Action":"s3:GetObject","Resource":"*"`)
	sealed := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"},{"Sid":"Sealed","Effect":"Deny","Action":"s3:GetObject","Resource":"*"}]}`
	for cause, e := range map[CauseID]Evidence{
		CauseBucketPolicyExplicitDeny: refusal(denied("resource-based policy"), ownBucket, mixed, identity(never, allowsObject), ceilingsRead),
		CauseIdentityExplicitDeny:     refusal(denied("identity-based policy"), ownBucket, noBucketPolicy, identity(never, sealed), ceilingsRead),
	} {
		changed := 0
		for _, fix := range Explain(e).finding(cause).Fixes {
			if len(fix.After) > 0 {
				changed++
			}
			if before, after := strings.Split(string(fix.Before), "Sealed")[0], strings.Split(string(fix.After), "Sealed")[0]; strings.Contains(string(fix.After), "Sealed") && before != after {
				t.Errorf("%q changes the statement before it too:\n%s", fix.Title, fix.After)
			}
		}
		if changed == 0 {
			t.Errorf("%s: no change is offered", cause)
		}
	}
}

// TestSupposedUnseen: a supposition names the keys that it hinges on, and none where
// the outcome is the same whatever they are.
func TestSupposedUnseen(t *testing.T) {
	guarded := single(`"Effect":"Allow","Action":"s3:GetObject","Resource":"*","Condition":{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}`)
	open := single(`"Effect":"Allow","Action":"s3:GetObject","Resource":"*"`)
	for name, c := range map[string]struct {
		identity edit
		unseen   int
	}{"it hinges": {identity(guarded), 1}, "it does not": {identity(guarded, open), 0}} {
		e := refusal("Access Denied", ownBucket, noBucketPolicy, ceilingsRead, c.identity)
		if s := Suppose(e, nil); len(s.Unseen) != c.unseen {
			t.Errorf("%s: unseen %v", name, s.Unseen)
		}
	}
}

// TestTraceOfWhatWasRead: the trace retells layers that were read and have a say, and no
// others.
func TestTraceOfWhatWasRead(t *testing.T) {
	e := refusal("Access Denied", ownBucket, bucketPolicy(single(`"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*"`)), func(e *Evidence) {
		e.SCPs, e.Boundary.State = Fact[[]PolicyLevel]{State: Absent}, Absent
	})
	for _, step := range Explain(e).Trace {
		if step.Layer != layerTitle(layerResource) {
			t.Errorf("the trace tells of %s: %s", step.Layer, step.Reason)
		}
	}
	if len(Explain(e).Trace) == 0 {
		t.Error("the bucket policy was read, and the trace does not tell of it")
	}
}

// TestProvenAllTheSame: what else S3 would report in the same words is ruled out by whose
// bucket it is, by the switch, or by the policy.
func TestProvenAllTheSame(t *testing.T) {
	deny := `"Sid":"OnlyFromVpce","Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*","Condition":{"StringNotEquals":{"aws:SourceVpce":"vpce-1"}}`
	both := bucketPolicy(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::acme-reports/*"},{` + deny + `}]}`)
	said := denied("resource-based policy")
	off := func(e *Evidence) {
		e.PublicAccess, e.AccountPublic = KnownFact(PublicAccessBlock{}, Exchange{}), KnownFact(PublicAccessBlock{}, Exchange{})
	}
	holdEach(t, []held{
		{"in the bucket's own account", refusal(said, ownBucket, both, restricting), CauseBucketPolicyExplicitDeny, Confirmed, ""},
		{"the switch is off", refusal(said, ownedBy(otherOne), both, off), CauseBucketPolicyExplicitDeny, Confirmed, ""},
		{"the policy is not public", refusal(said, ownedBy(otherOne), bucketPolicy(single(deny)), restricting), CauseBucketPolicyExplicitDeny, Confirmed, ""},
		{"the switch is on, and the policy public", refusal(said, ownedBy(otherOne), both, restricting), CauseBucketPolicyExplicitDeny, Likely, "same words"},
		{"the switch was not read", refusal(said, ownedBy(otherOne), both), CauseBucketPolicyExplicitDeny, Likely, "same words"},
	})
}

// TestSupposedDoors: a VPC endpoint that nobody may read may have a say; one that was
// never asked for has none.
func TestSupposedDoors(t *testing.T) {
	for state, want := range map[State]bool{Denied: true, NotAsked: false, Absent: false, Failed: false} {
		e := refusal("Access Denied", ownBucket, noBucketPolicy, ceilingsRead, identity(allowsObject), func(e *Evidence) { e.VPCEndpoint = Fact[VPCEndpoint]{State: state} })
		if got := slices.Contains(Suppose(e, nil).Unread, layerVPCE); got != want {
			t.Errorf("%s: unread is %t, want %t", state, got, want)
		}
	}
}

// TestDedent: what all lines begin with goes; lines that hold nothing do not count.
func TestDedent(t *testing.T) {
	for in, want := range map[string]string{
		"    a\n\n      b": "a\n\n  b", "  a\n…\n  b": "a\n…\nb", "a\n  b": "a\n  b", "": "", "   ": "",
	} {
		if got := strings.Join(dedent(strings.Split(in, "\n")), "\n"); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}
