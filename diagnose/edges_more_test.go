package diagnose

import (
	"fmt"
	"strings"
	"testing"
)

// TestSafeText: what moves a terminal's cursor or turns its text around is shown as what
// it is, and the letters of all languages stay.
func TestSafeText(t *testing.T) {
	for in, want := range map[string]string{
		"\x1b[2J": "\uFFFD[2J", "a\tb": "a b", "a\nb": "a\uFFFDb", "\x7f": "\uFFFD", "\u0085": "\uFFFD", "\u009b": "\uFFFD", "\u00a0": "\u00a0",
		"\u202a\u202e": "\uFFFD\uFFFD", "\u2029": "\u2029", "\u202f": "\u202f", "\u2065": "\u2065", "\u2066\u2069": "\uFFFD\uFFFD", "\u206a": "\u206a",
		"é日本~": "é日本~",
	} {
		if got := safe(in); got != want {
			t.Errorf("%q is shown as %q, want %q", in, got, want)
		}
	}
}

// TestEdgesOfTheKey: the state of a key, and the class of an object, decide by themselves.
func TestEdgesOfTheKey(t *testing.T) {
	state := func(s string) edit {
		return func(e *Evidence) { key(keyARN, delegates)(e); e.KMSKey.Value.State = s }
	}
	class := func(name, value string) Evidence {
		return refusal("", headAnswers(200, ""), headHeader(name, value), blind)
	}
	holdEach(t, []held{
		{"pending", refusal(kmsSays(""), headPasses, state("PendingDeletion")), CauseKMSKeyState, Confirmed, "waiting for its deletion"},
		{"enabled", refusal(kmsSays(""), headPasses, state("Enabled")), CauseKMSKeyState, RuledOut, "the key is enabled"},
		{"no state", refusal(kmsSays(""), headPasses, state("")), CauseKMSKeyState, RuledOut, "the key is enabled"},
		{"glacier", class("x-amz-storage-class", "GLACIER"), CauseArchived, Likely, "(GLACIER)"},
		{"deep archive", class("x-amz-storage-class", "DEEP_ARCHIVE"), CauseArchived, Likely, "(DEEP_ARCHIVE)"},
		{"an archive tier", class("x-amz-archive-status", "ARCHIVE_ACCESS"), CauseArchived, Likely, ""},
		{"no archive", class("x-amz-storage-class", "STANDARD_IA"), CauseArchived, RuledOut, ""},
		{"restored", with(class("x-amz-storage-class", "GLACIER"), headHeader("x-amz-restore", `ongoing-request="false", expiry-date="x"`)), CauseArchived, RuledOut, ""},
		{"on its way", with(class("x-amz-storage-class", "GLACIER"), headHeader("x-amz-restore", `ongoing-request="true"`)), CauseArchived, Likely, ""},
		{"instant retrieval", class("x-amz-storage-class", "GLACIER_IR"), CauseArchived, RuledOut, ""},
	})
}

// TestCustomersKeyTexts: the words by which S3 asks for the customer's key.
func TestCustomersKeyTexts(t *testing.T) {
	for text, want := range map[string]bool{
		"The object was stored using a form of Server Side Encryption. The correct parameters must be provided": true,
		"Server Side Encryption with Customer provided keys":                                                    true, "a customer-provided key": true, "SSE-C is asked for": true,
		"The customer is always right": false, "": false,
	} {
		if got := wantsCustomerKey("InvalidRequest", text); got != want {
			t.Errorf("%q: %t", text, got)
		}
	}
	if !wantsCustomerKey("InvalidEncryptionAlgorithmError", "") || wantsCustomerKey("InvalidRequest", "") {
		t.Error("the code alone decides wrongly")
	}
}

// TestBucketPart: the bucket that a Resource of a policy means.
func TestBucketPart(t *testing.T) {
	for in, want := range map[string]string{
		"arn:aws:s3:::b/k": "b", "arn:aws-cn:s3:::b": "b", "arn:aws:*:::b/*": "b", "s3://b/k": "b", "b/k": "b", "arn:aws:sqs:eu-west-1:1:q": "", "": "",
	} {
		if got := bucketPart(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

// TestEdgesOfTheRest holds what no other table does.
func TestEdgesOfTheRest(t *testing.T) {
	notThere := single(`"Effect":"Allow","Action":"s3:HeadObject","NotResource":"arn:aws:s3:::billing/*"`)
	office := single(`"Effect":"Allow","Action":"s3:GetObject","Resource":"*","Condition":{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}`)
	others := single(`"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:user/bob"},"Action":"s3:GetObject","Resource":"*"`)
	denies := `"Sid":"Shut","Effect":"Deny","Principal":"*","Action":"s3:GetObject","Resource":"*"`
	holdEach(t, []held{
		{"an action that does not exist, on all but a bucket", refusal(noAllow("identity-based policy"), identity(notThere)), CauseIdentityWrongAction, RuledOut, ""},
		{"an address that only AWS sees", refusal("Access Denied", ownBucket, noBucketPolicy, ceilingsRead, identity(office)), CauseIdentityConditionUnmet, Likely, "that hinges on aws:SourceIp"},
		{"HEAD's 403 elsewhere, and no region known", refusal("", atStore(StoreMinIO, "MinIO"), blind), CauseRegionMismatch, Unknown, ""},
		{"a missing key, in the caller's own bucket whose policy is for others", refusal("Access Denied", ownBucket, bucketPolicy(others), ceilingsRead, listed(false)), CauseMissingKey, Likely, "says 403 instead of 404"},
		{"a missing key, and no Allow in the caller's own account", refusal("Access Denied", ownBucket, noBucketPolicy, identity(), ceilingsRead, listed(false)), CauseMissingKey, Likely, "either"},
		{"a missing key, and a Deny", refusal("Access Denied", ownBucket, noBucketPolicy, identity(single(`"Effect":"Deny","Action":"s3:*","Resource":"*"`), allowsObject), ceilingsRead, listed(false)), CauseMissingKey, Likely, "either"},
		{"a Deny whose policy S3 names and nobody here may read", refusal(denied("service control policy") + ": arn:aws:organizations::1:policy/o-1/service_control_policy/p-1"), CauseSCPExplicitDeny, Confirmed, "policy arn:aws:organizations::1:policy/o-1/service_control_policy/p-1"},
		{"a Deny of no named policy", refusal(denied("service control policy")), CauseSCPExplicitDeny, Confirmed, "to user ana"},
		{"a key that the bucket does not use", refusal(noAllow("permissions boundary"), identity(single(readsOnly)), key(keyARN, theirs), func(e *Evidence) { e.Encryption = KnownFact(Encryption{Algorithm: "AES256"}, Exchange{}) }), CauseKMSPermission, RuledOut, ""},
		{"a key that it does, and that leaves the caller out", refusal(noAllow("permissions boundary"), identity(single(readsOnly)), key(keyARN, theirs), func(e *Evidence) { e.Encryption = KnownFact(Encryption{Algorithm: "aws:kms"}, Exchange{}) }), CauseKMSPermission, Likely, "waits behind"},
		{"the access point alone denies", refusal(denied("resource-based policy"), pointIs(denies), ownedBy(otherOne), bucketPolicy(others)), CauseAccessPointPolicy, Confirmed, `"Shut"`},
		{"the same, and the bucket is asked", refusal(denied("resource-based policy"), pointIs(denies), ownedBy(otherOne), bucketPolicy(others)), CauseBucketPolicyExplicitDeny, RuledOut, "not in the bucket's"},
		{"the access point denies, and S3 gives no reason", refusal("Access Denied", pointIs(denies), ownedBy(otherOne), bucketPolicy(others), identity(single(`"Effect":"Deny","Action":"s3:*","Resource":"*"`))), CauseAccessPointPolicy, Likely, `"Shut"`},
	})
}

// TestNoAllowAtADoorThatDenies: where S3 reports a Deny at an access point and nobody
// may read the policies, no Allow is offered.
func TestNoAllowAtADoorThatDenies(t *testing.T) {
	f := Explain(refusal(denied("resource-based policy"), pointIs(""), ownedBy(otherOne))).finding(CauseAccessPointPolicy)
	if len(f.Fixes) == 0 {
		t.Fatalf("%s: nothing is offered", f.State)
	}
	for _, fix := range f.Fixes {
		if strings.Contains(string(fix.Policy), "Allow") {
			t.Errorf("%q offers an Allow:\n%s", fix.Title, fix.Policy)
		}
	}
}

// TestUndeterminedNamesAFew: of what is possible four are named, of more three and how
// many there are besides.
func TestUndeterminedNamesAFew(t *testing.T) {
	e := refusal("Access Denied")
	r := read(&e)
	var all []Finding
	for i, want := range []string{"", "possible: a.", "possible: a, b.", "possible: a, b, c.", "possible: a, b, c, d.", "possible: a, b, c, 2 more."} {
		if i > 0 {
			all = append(all, Finding{ID: CauseID(rune('a' + i - 1)), State: Possible})
		}
		if got := r.undetermined(all).Summary; !strings.Contains(got, want) {
			t.Errorf("%d possible: %s", i, got)
		}
	}
}

// TestNearlyEqual: names that differ by one slip of the pen, and no others.
func TestNearlyEqual(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"reports", "reports", true}, {"reports", "report", true}, {"report", "reports", true}, {"reports", "repprts", true}, {"reports", "erports", true},
		{"reports", "repo", false}, {"reports", "stroper", false}, {"reports", "reportsxy", false}, {"repxxts", "reports", false}, {"a*bc", "a*bd", false}, {"abc", "abd", false},
	} {
		if got := nearlyEqual(c.a, c.b); got != c.want {
			t.Errorf("%s and %s: %t", c.a, c.b, got)
		}
	}
}

// TestPublicByACL: what is granted to everybody, or to everybody with an account, who
// signs; and only the right to read counts.
func TestPublicByACL(t *testing.T) {
	const all, authenticated = "http://acs.amazonaws.com/groups/global/AllUsers", "http://acs.amazonaws.com/groups/global/AuthenticatedUsers"
	for _, c := range []struct {
		grantee, permission string
		unsigned, want      bool
	}{
		{all, "READ", false, true}, {all, "READ", true, true}, {all, "FULL_CONTROL", true, true}, {all, "WRITE", true, false}, {all, "READ_ACP", true, false},
		{authenticated, "READ", false, true}, {authenticated, "READ", true, false}, {"79a59df900b949e5", "READ", false, false},
	} {
		e := refusal("", func(e *Evidence) {
			e.ObjectACL, e.Options.Unsigned = KnownFact(ACL{Grants: []Grant{{c.grantee, "Group", c.permission}}}, Exchange{}), c.unsigned
		})
		if got := read(&e).publicByACL(); got != c.want {
			t.Errorf("%s to %s, unsigned %t: public is %t", c.permission, c.grantee, c.unsigned, got)
		}
	}
}

// TestGuessesAreAllTried: each key absent, or with each of its guesses, in every
// combination, until somebody has seen enough.
func TestGuessesAreAllTried(t *testing.T) {
	guesses := map[string][]string{"a": {"1", "2"}, "b": {"x", "y"}, "c": {"z"}}
	seen := map[string]bool{}
	forEachGuess([]string{"a", "b", "c"}, guesses, func(chosen map[string]string) bool {
		seen[fmt.Sprint(chosen["a"], ",", chosen["b"], ",", chosen["c"])] = true
		return true
	})
	if len(seen) != 3*3*2-1 || seen[",,"] { // all but the one where all are absent, which was tried before
		t.Errorf("%d combinations: %v", len(seen), seen)
	}
	for enough := range 12 {
		tried := 0
		forEachGuess([]string{"a", "b", "c"}, guesses, func(map[string]string) bool { tried++; return tried <= enough })
		if tried != enough+1 {
			t.Errorf("%d were tried after enough at %d", tried, enough)
		}
	}
}

// TestStatementOfNoDocument: there is no statement before the first and behind the last.
func TestStatementOfNoDocument(t *testing.T) {
	doc, ok := openDocument([]byte(allowsObject))
	for i, want := range map[int]bool{-1: false, 0: true, 1: false, 2: false} {
		if _, found := doc.statement(i); found != want || !ok {
			t.Errorf("statement %d: %t", i, found)
		}
	}
}

// TestSettingsShowNoDocument: what a command sets is in the command; the document that
// the lab is given is not shown beside it.
func TestSettingsShowNoDocument(t *testing.T) {
	for kind, want := range map[FixKind]bool{FixCommand: false, FixSetting: false, FixPolicy: true, FixAsk: true} {
		f := Fix{Kind: kind, After: []byte(`{"Restored":true}`)}
		if got := len(f.change()) > 0; got != want {
			t.Errorf("%s: shown is %t", kind, got)
		}
	}
}

// TestTraceNamesTheLevel: of an organization's levels the one that does not allow is named.
func TestTraceNamesTheLevel(t *testing.T) {
	full := doc("FullAWSAccess", fullSCP)
	e := refusal("Access Denied", ownBucket, noBucketPolicy, identity(allowsObject), func(e *Evidence) {
		e.SCPs = KnownFact([]PolicyLevel{{Level: "root", Policies: []PolicyDoc{full}}, {Level: "ou-data", Policies: []PolicyDoc{doc("p", single(`"Effect":"Allow","Action":"ec2:*","Resource":"*"`))}}}, Exchange{})
	})
	var told strings.Builder
	for _, step := range Explain(e).Trace {
		told.WriteString(step.Reason + "\n")
	}
	if !strings.Contains(told.String(), "nothing at the level ou-data allows it") || strings.Contains(told.String(), "level root") {
		t.Error(told.String())
	}
}
