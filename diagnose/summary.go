package diagnose

import (
	"fmt"
	"strings"
)

// summary is the verdict as one sentence that a person can act on: what is true,
// how it is known, and what to do first.
func (r *reading) summary(f Finding) string {
	s := strings.TrimSuffix(f.Why, ".")
	if f.State != Confirmed {
		s = "Probably: " + lowerFirst(s)
	}
	s += ". " + r.fill(r.act(f.ID))
	if hidden := r.Credentials.Value.Hidden; len(hidden) > 0 && wrongProfile(f.ID) {
		s += "; mind which credentials won: " + hidden[0]
	}
	return s + "."
}

// wrongProfile tells the causes that are often simply the wrong credentials: the
// environment wins over a profile.
func wrongProfile(id CauseID) bool {
	switch id {
	case CauseBucketPolicyNoAllow, CauseBucketNotYours, CauseIdentityNoAllow, CauseInvalidAccessKey, CauseExpiredCredentials:
		return true
	}
	return false
}

// lowerFirst makes the beginning of a sentence fit its middle; names and
// abbreviations keep their capitals.
func lowerFirst(s string) string {
	if len(s) < 2 || s[1] >= 'A' && s[1] <= 'Z' || s[1] >= '0' && s[1] <= '9' {
		return s
	}
	return strings.ToLower(s[:1]) + s[1:]
}

// fill puts the names of this request into a phrase.
func (r *reading) fill(phrase string) string {
	account := r.callerAccount()
	if account == "" {
		account = "your account"
	} else {
		account = "account " + account
	}
	region := r.bucketRegion()
	if region == "" {
		region = "the bucket's region"
	}
	return strings.NewReplacer(
		"{action}", r.action, "{object}", r.resource, "{bucket}", r.Target.Bucket, "{who}", r.who(),
		"{account}", account, "{region}", region, "{store}", r.store(), "{key}", fmt.Sprintf("%q", r.Target.Key),
	).Replace(phrase)
}

// act says what to do first about a cause, at this store.
func (r *reading) act(id CauseID) string {
	if r.store() == "S3" {
		return acts[id]
	}
	return firstOf(elsewhere[id].act, acts[id])
}

// acts says, for each cause, what to do first. Never an Allow where a Deny or a
// ceiling refuses.
var acts = map[CauseID]string{
	CauseIdentityNoAllow:          "An administrator of {account} can allow it",
	CauseIdentityWrongResource:    "Correct the Resource of that statement so that it covers {object}",
	CauseIdentityWrongAction:      "Grant {action} instead",
	CauseIdentityConditionUnmet:   "Make the request meet the condition, or have the condition changed",
	CauseIdentityExplicitDeny:     "Another Allow does not help: the Deny must be narrowed, or the request must keep out of it",
	CauseBucketPolicyExplicitDeny: "Another Allow does not help: come the way the policy asks for, or have the bucket's owner narrow that Deny",
	CauseBucketPolicyNoAllow:      "Check first that this is the right profile; if it is, the bucket's owner must allow {who} in the bucket policy",
	CauseSCPNoAllow:               "Only an administrator of the organization can change this; an Allow in the account does not help",
	CauseSCPExplicitDeny:          "Only an administrator of the organization can change this; an Allow in the account does not help",
	CauseRCPExplicitDeny:          "Only an administrator of the bucket's organization can change this; an Allow in the account does not help",
	CauseBoundaryNoAllow:          "Whoever set the boundary must allow it there; an Allow in another policy does not help",
	CauseBoundaryExplicitDeny:     "Whoever set the boundary must narrow that Deny; an Allow does not help",
	CauseSessionNoAllow:           "Assume the role again with a session policy that allows {action}, or without one",
	CauseSessionExplicitDeny:      "Assume the role again with a session policy that does not deny {action}",
	CauseVPCENoAllow:              "The network's administrator can allow {bucket} in the endpoint's policy, or take another way to S3",
	CauseVPCEExplicitDeny:         "The network's administrator can narrow that Deny, or take another way to S3",
	CauseAccessPointPolicy:        "The bucket's owner must let the request through at the access point and at the bucket",
	CauseRestrictPublicBuckets:    "The bucket's owner can make the policy name fixed accounts or principals; then it is not public any more",
	CauseIgnorePublicACLs:         "The bucket's owner can grant the access by a bucket policy instead of a public ACL",
	CauseObjectOwnership:          "The bucket's owner can set BucketOwnerEnforced, or the account that wrote the object can share it by the ACL bucket-owner-full-control",
	CauseObjectACL:                "The object's owner can grant it, or the bucket's owner can disable ACLs and use a policy",
	CauseMissingKey:               "Check the key's spelling; with s3:ListBucket on the bucket you would see 404",
	CauseVersionPermission:        "Allow s3:GetObjectVersion on {object}, or ask without the versionId",
	CauseExpectedOwnerMismatch:    "Correct --expected-bucket-owner, and make sure that {bucket} is the bucket you mean",
	CauseBucketNotYours:           "Check the bucket's name; if it is right, its owner must let you in",
	CauseAnonymous:                "Configure credentials (aws configure, aws sso login, AWS_PROFILE), or drop --no-sign-request",
	CauseRequesterPays:            "Send --request-payer requester if you accept the cost",
	CauseDirectoryBucketSession:   "Allow s3express:CreateSession on the bucket",
	CauseKMSPermission:            "The key's policy must let the caller or the account use the key, and as a rule the caller's own policies must allow kms:Decrypt too",
	CauseKMSKeyState:              "The key's owner must enable it, or cancel its deletion",
	CauseSSECKey:                  "Send the customer's key with which the object was stored",
	CauseArchived:                 "Restore it first (aws s3api restore-object)",
	CauseInvalidAccessKey:         "Use a key that is active, of this partition and of this store",
	CauseMissingSessionToken:      "Set AWS_SESSION_TOKEN (or aws_session_token in the profile) beside the key and secret",
	CauseSignatureMismatch:        "Set the secret again; if it is right, look for a proxy that changes requests",
	CauseClockSkew:                "Set the clock (NTP)",
	CauseExpiredCredentials:       "Log in again (aws sso login, or assume the role again)",
	CauseInvalidToken:             "Get fresh credentials, from the regional STS endpoint",
	CausePresignedExpired:         "Ask for a new URL",
	CauseSignatureVersion:         "Use a client that signs with AWS4-HMAC-SHA256",
	CauseRegionMismatch:           "Use --region {region}",
	CauseAccountProblem:           "Check the bucket's name, then the account's billing with AWS Support",
	CauseWebsiteEndpoint:          "Use the REST endpoint, s3.REGION.amazonaws.com",
	CauseProxyInterference:        "Ask without the proxy or CDN, or have it leave HEAD as it is",
	CauseNoSuchKey:                "Check the key's spelling",
	CauseNoSuchBucket:             "Check the bucket's name and the profile",
	CauseDeleteMarker:             "Ask for an earlier version, or remove the marker",
	CauseThrottled:                "Try again later, with fewer requests at once",
	CauseNetwork:                  "Check the endpoint, the proxy settings and the network",
}
