package diagnose

import (
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
