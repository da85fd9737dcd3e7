package diagnose

import (
	"strings"
	"testing"
)

const (
	keyARN     = "arn:aws:kms:eu-west-1:" + ownAccount + ":key/1"
	foreignKey = "arn:aws:kms:eu-west-1:" + otherOne + ":key/2"
	delegates  = `"Sid":"Own","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:root"},"Action":"kms:*","Resource":"*"`
	theirs     = `"Sid":"Own","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::444455556666:root"},"Action":"kms:*","Resource":"*"`
	decrypts   = `"Effect":"Allow","Action":["s3:GetObject","kms:Decrypt"],"Resource":"*"`
	readsOnly  = `"Effect":"Allow","Action":"s3:GetObject","Resource":"*"`
)

// kmsSays is AWS's sentence about the key: with the layer, or the one without.
func kmsSays(tail string) string {
	if tail == "" {
		return "User: " + anaARN + " is not authorized to perform: kms:Decrypt on the resource associated with this ciphertext because the resource does not exist in this Region, no resource-based policies allow access, or a resource-based policy explicitly denies access"
	}
	return "User: " + anaARN + " is not authorized to perform: kms:Decrypt on resource: " + keyARN + " " + tail
}

// key is a KMS key, with its policy unless that may not be read.
func key(arn, policy string) edit {
	return func(e *Evidence) {
		k := KMSKey{ARN: arn, State: "Enabled", Manager: "CUSTOMER", Policy: PolicyDoc{Name: keyPolicyName, ParseErr: "denied"}}
		if policy != "" {
			k.Policy = doc(keyPolicyName, single(policy))
		}
		e.KMSKey = KnownFact(k, Exchange{Operation: "DescribeKey", Service: "kms", Status: 200})
	}
}

// headPasses is an object whose HEAD is allowed, in the caller's own bucket.
func headPasses(e *Evidence) {
	headAnswers(200, "")(e)
	ownBucket(e)
	noBucketPolicy(e)
	ceilingsRead(e)
	e.Encryption = KnownFact(Encryption{Algorithm: "aws:kms"}, Exchange{})
}

// boundaryIs sets a permissions boundary.
func boundaryIs(inside string) edit {
	return func(e *Evidence) { e.Boundary = KnownFact(doc("limits", single(inside)), Exchange{Status: 200}) }
}

// pointIs sends the request through an access point with this policy, none when
// it is empty.
func pointIs(inside string) edit {
	return func(e *Evidence) {
		ap := AccessPoint{ARN: "arn:aws:s3:eu-west-1:" + ownAccount + ":accesspoint/door", Name: "door", Account: ownAccount, Bucket: testBucket, NetworkOrigin: "Internet"}
		if inside != "" {
			ap.Policy = doc(accessPointPolicyName, single(inside))
		}
		e.AccessPoint, e.Target.Kind, e.Target.Bucket = KnownFact(ap, Exchange{Status: 200}), AccessPointTarget, "door-abc-s3alias"
	}
}

func restricting(e *Evidence) {
	e.PublicAccess = KnownFact(PublicAccessBlock{RestrictPublicBuckets: true}, Exchange{Status: 200})
	e.AccountPublic = KnownFact(PublicAccessBlock{}, Exchange{Status: 200})
}

func directory(e *Evidence) {
	e.Target.Kind, e.Target.Bucket = DirectoryBucket, "hot--euw1-az1--x-s3"
	e.DirectorySession = answer("CreateSession", 403, "AccessDenied", "Access Denied")
	e.OwnerOfBucket = KnownFact(ownAccount, Exchange{})
}

// TestFixesOfOtherRequests: what stands behind the refused request, the key, the
// session, the doors, is mended where it is broken, and only there.
func TestFixesOfOtherRequests(t *testing.T) {
	open := `"Sid":"Read","Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::acme-reports/*"`
	for _, c := range []struct {
		name     string
		evidence Evidence
		cause    CauseID
		places   string // the layers that change, in order; + where they are needed together
	}{
		{"the caller's policies do not know the key", refusal(kmsSays("because no identity-based policy allows the kms:Decrypt action"), headPasses, identity(single(readsOnly)), key(keyARN, delegates)), CauseKMSPermission, "identity-based policy"},
		{"the same, and the key policy was not read", refusal(kmsSays("because no identity-based policy allows the kms:Decrypt action"), headPasses, identity(single(readsOnly)), key(keyARN, "")), CauseKMSPermission, "identity-based policy"},
		{"the key policy leaves the account out", refusal(kmsSays(""), headPasses, identity(single(decrypts)), key(keyARN, strings.Replace(delegates, ownAccount, otherOne, 1))), CauseKMSPermission, "key policy"},
		{"another account's key", refusal(kmsSays(""), headPasses, identity(single(decrypts)), key(foreignKey, theirs)), CauseKMSPermission, "key policy"},
		{"another account's key, and no Allow at home", refusal(kmsSays(""), headPasses, identity(single(readsOnly)), key(foreignKey, theirs)), CauseKMSPermission, "key policy + identity-based policy"},
		{"a key policy that nobody here may read", refusal(kmsSays(""), headPasses, identity(single(decrypts)), key(foreignKey, "")), CauseKMSPermission, "key policy"},
		{"a Deny on the key: no Allow", refusal(kmsSays("with an explicit deny in an identity-based policy"), headPasses, identity(single(`"Sid":"NoKeys","Effect":"Deny","Action":"kms:*","Resource":"*"`), single(decrypts)), key(keyARN, delegates)), CauseKMSPermission, "identity-based policy"},
		{"a Deny in the key policy", refusal(kmsSays(""), headPasses, identity(single(decrypts)), key(keyARN, delegates+`},{"Sid":"NotAna","Effect":"Deny","Principal":{"AWS":"arn:aws:iam::111122223333:user/ana"},"Action":"kms:Decrypt","Resource":"*"`)), CauseKMSPermission, "key policy"},
		{"a boundary that leaves KMS out", refusal(kmsSays("because no permissions boundary allows the kms:Decrypt action"), headPasses, identity(single(decrypts)), key(keyARN, delegates), boundaryIs(readsOnly)), CauseKMSPermission, "permissions boundary"},
		{"no session", refusal("Access Denied", directory, ceilingsRead, noBucketPolicy, identity(single(readsOnly))), CauseDirectoryBucketSession, "identity-based policy"},
		{"a session that is denied", refusal("Access Denied", directory, ceilingsRead, noBucketPolicy, identity(single(`"Effect":"Allow","Action":"*","Resource":"*"`), single(`"Sid":"Cold","Effect":"Deny","Action":"s3express:*","Resource":"*"`))), CauseDirectoryBucketSession, "identity-based policy"},
		{"a public policy that is shut", refusal(denied("resource-based policy"), ownedBy(otherOne), bucketPolicy(single(open)), restricting, identity(allowsObject), ceilingsRead), CauseRestrictPublicBuckets, "resource-based policy"},
		{"neither door lets in", refusal(noAllow("resource-based policy"), pointIs(`"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:user/bob"},"Action":"s3:GetObject","Resource":"arn:aws:s3:eu-west-1:111122223333:accesspoint/door/object/*"`), ownedBy(otherOne), bucketPolicy(single(strings.Replace(open, `"*"`, `{"AWS":"arn:aws:iam::444455556666:root"}`, 1))), identity(single(`"Effect":"Allow","Action":"s3:GetObject","Resource":"*"`)), ceilingsRead), CauseAccessPointPolicy, "access point policy + resource-based policy"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := Explain(c.evidence).finding(c.cause)
			var places []string
			for _, fix := range f.Fixes {
				if len(fix.Policy) == 0 {
					continue
				}
				if strings.Contains(string(fix.Policy), `"Allow"`) && strings.Contains(c.name, "Deny") {
					t.Errorf("an Allow for what a Deny blocks:\n%s", fix.Policy)
				}
				if fix.whoCan() == "" || fix.Text == "" {
					t.Errorf("%q says neither who nor how", fix.Title)
				}
				if owner := map[string]Who{keyPolicyName: WhoKeyOwner, layerResource: WhoBucketOwner}[fix.Applies.Layer]; owner != "" && fix.Who != owner {
					t.Errorf("%q is for the %s, want the %s", fix.Title, fix.Who, owner)
				}
				places = append(places, fix.Applies.Layer)
			}
			joint := ", "
			if len(f.Fixes) > 0 && f.Fixes[0].Together {
				joint = " + "
			}
			if got := strings.Join(places, joint); got != c.places {
				t.Errorf("%s (%s): changes %q, want %q", c.cause, f.State, got, c.places)
			}
			promises(t, c.evidence, f)
		})
	}
}

// TestRestoreOfATier: what Intelligent-Tiering archived takes no number of days, and
// with one the request fails.
func TestRestoreOfATier(t *testing.T) {
	for class, days := range map[string]bool{"GLACIER": true, "DEEP_ARCHIVE": true, "INTELLIGENT_TIERING": false} {
		e := refusal("", headAnswers(200, ""), headHeader("x-amz-storage-class", class), getAnswers(403, "InvalidObjectState", "not restored"))
		fix := Explain(e).finding(CauseArchived).Fixes[0]
		if got := strings.Contains(fix.Text, "Days="); got != days {
			t.Errorf("%s: %s", class, fix.Text)
		}
	}
}
