package diagnose

import "testing"

// TestNotProven: what fits, and is not proven, for something that was not read would
// look the same. Each row names a cause that must not be confirmed, and what else may be.
func TestNotProven(t *testing.T) {
	everybody := `"Sid":"Open","Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::acme-reports/*"`
	fromVPCE := `"Sid":"OnlyFromVpce","Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*","Condition":{"StringNotEquals":{"aws:SourceVpce":"vpce-1"}}`
	delegates := single(`"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"*","Condition":{"StringEquals":{"s3:DataAccessPointAccount":"111122223333"}}`)
	both := `{"Version":"2012-10-17","Statement":[{` + everybody + `},{` + fromVPCE + `}]}`
	hiddenPoint := func(e *Evidence) {
		pointIs("")(e)
		e.AccessPoint.Value.Policy = PolicyDoc{Name: accessPointPolicyName, ParseErr: "s3:GetAccessPointPolicy was denied"}
	}
	foreignObject := func(e *Evidence) {
		e.Ownership = KnownFact("ObjectWriter", Exchange{})
		e.BucketACL, e.ObjectACL = KnownFact(ACL{OwnerID: "bucket"}, Exchange{}), KnownFact(ACL{OwnerID: "writer"}, Exchange{})
	}
	expects := func(e *Evidence) { e.Options.ExpectedOwner = otherOne; e.OwnerOfBucket = Fact[string]{State: Denied} }
	sessionCode := func(code string) edit {
		return func(e *Evidence) {
			directory(e)
			e.DirectorySession = answer("CreateSession", 403, code, "")
		}
	}
	for _, c := range []struct {
		name     string
		evidence Evidence
		cause    CauseID
	}{
		{"no relation known, and the switch does not bind the bucket's own account", refusal("Access Denied", bucketPolicy(single(everybody)), restricting), CauseRestrictPublicBuckets},
		{"the access point's policy was not read, and may deny", refusal(denied("resource-based policy"), hiddenPoint, ownedBy(otherOne), bucketPolicy(single(everybody)), restricting), CauseRestrictPublicBuckets},
		{"the access point's policy was not read, and the bucket's Deny may not match", refusal(denied("resource-based policy"), hiddenPoint, ownedBy(otherOne), bucketPolicy(single(fromVPCE))), CauseBucketPolicyExplicitDeny},
		{"the switch denies in the same words, and the Deny may not match", refusal(denied("resource-based policy"), ownedBy(otherOne), bucketPolicy(both), restricting), CauseBucketPolicyExplicitDeny},
		{"the access point's policy was not read, and may allow", refusal("Access Denied", hiddenPoint, ownedBy(otherOne), bucketPolicy(delegates), identity(single(`"Effect":"Allow","Action":"*","Resource":"*"`)), ceilingsRead), CauseAccessPointPolicy},
		{"the same, and the bucket is blamed", refusal("Access Denied", hiddenPoint, ownedBy(otherOne), bucketPolicy(delegates), identity(single(`"Effect":"Allow","Action":"*","Resource":"*"`)), ceilingsRead), CauseBucketPolicyNoAllow},
		{"the same, and the caller's own policies are blamed, which it may make up for", refusal("Access Denied", hiddenPoint, ownBucket, noBucketPolicy, identity(), ceilingsRead), CauseIdentityNoAllow},
		{"a foreign object, and the caller's own policies were not read", refusal("Access Denied", ownedBy(otherOne), foreignObject, bucketPolicy(single(everybody))), CauseObjectOwnership},
		{"a foreign object, and the caller's own policies do not allow", refusal("Access Denied", ownedBy(otherOne), foreignObject, bucketPolicy(single(everybody)), identity(), ceilingsRead, func(e *Evidence) {
			e.RequestPayment = KnownFact("BucketOwner", Exchange{})
		}), CauseObjectOwnership},
		{"an ACL that names others, and whose bucket it is, is not known", refusal("Access Denied", noBucketPolicy, ceilingsRead, func(e *Evidence) {
			foreignObject(e)
			e.ObjectACL.Value.OwnerID = "bucket"
		}), CauseObjectACL},
		{"a foreign object, and ceilings were not read", refusal("Access Denied", ownBucket, foreignObject, noBucketPolicy, identity(allowsObject)), CauseObjectOwnership},
		{"the owner that is expected may be wrong", refusal("Access Denied", expects, identity(), noBucketPolicy, ceilingsRead, func(e *Evidence) { e.OwnBuckets = Fact[bool]{State: Denied} }), CauseIdentityNoAllow},
		{"the owner that is expected may be wrong, and the key is missing", refusal("Access Denied", expects, identity(allowsObject), noBucketPolicy, ceilingsRead, listed(false)), CauseMissingKey},
		{"another account's bucket, whose readers may have to pay", refusal("Access Denied", ownedBy(otherOne), identity(allowsObject), bucketPolicy(single(everybody)), ceilingsRead, listed(false)), CauseMissingKey},
		{"an unknown key opens no session either", refusal("Access Denied", sessionCode("InvalidAccessKeyId")), CauseDirectoryBucketSession},
		{"a wrong clock opens no session either", refusal("Access Denied", sessionCode("RequestTimeTooSkewed")), CauseDirectoryBucketSession},
		{"HEAD through Object Lambda is a function's to answer", refusal("", getAnswers(206, "", ""), func(e *Evidence) {
			e.HeadAgain, e.Target.Kind = answer("HeadObject", 403, "Forbidden", ""), ObjectLambda
		}), CauseProxyInterference},
		{"a public ACL may stand behind the switch that hides it", refusal("Access Denied", unsigned, bucketPolicy(single(`"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"s3:GetObject","Resource":"*"`)), func(e *Evidence) {
			e.Ownership, e.PublicAccess = KnownFact("ObjectWriter", Exchange{}), KnownFact(PublicAccessBlock{IgnorePublicACLs: true}, Exchange{})
		}), CauseAnonymous},
	} {
		if f := Explain(c.evidence).finding(c.cause); f.State == Confirmed {
			t.Errorf("%s: %s is confirmed: %s", c.name, c.cause, f.Why)
		}
	}
}
