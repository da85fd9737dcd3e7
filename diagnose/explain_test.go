package diagnose

import (
	"testing"
	"time"
)

// judged is one row: what is known, and the verdict that it must lead to.
// state is how the cause must stand; the confidence is the verdict's.
type judged struct {
	name       string
	evidence   Evidence
	cause      CauseID
	state      CauseState
	confidence Confidence
}

// hold runs a table: the cause named, its state and confidence, and that nothing
// else is confirmed.
func hold(t *testing.T, table []judged) {
	t.Helper()
	for _, c := range table {
		t.Run(c.name, func(t *testing.T) {
			r := Explain(c.evidence)
			if r.Verdict.Cause != c.cause || r.Verdict.Confidence != c.confidence {
				t.Errorf("verdict %s (%s), want %s (%s): %s", r.Verdict.Cause, r.Verdict.Confidence, c.cause, c.confidence, r.Verdict.Summary)
			}
			for _, f := range r.Findings {
				if f.ID == c.cause && f.State != c.state {
					t.Errorf("%s is %s, want %s: %s", f.ID, f.State, c.state, f.Why)
				}
				if f.ID != c.cause && f.State == Confirmed {
					t.Errorf("%s is confirmed, and is not the cause: %s", f.ID, f.Why)
				}
			}
		})
	}
}

// A blind caller may read nothing: only the live answers speak.
func TestBlindCaller(t *testing.T) {
	kms := "User: " + anaARN + " is not authorized to perform: kms:Decrypt on resource: arn:aws:kms:eu-west-1:111122223333:key/1 because no identity-based policy allows the kms:Decrypt action"
	lists := "User: " + anaARN + " is not authorized to perform: s3:ListBucket on resource: \"arn:aws:s3:::acme-reports\" because no identity-based policy allows the s3:ListBucket action"
	hold(t, []judged{
		{"no identity policy: the family's plainest, not more than likely", refusal(noAllow("identity-based policy")), CauseIdentityNoAllow, Likely, Inferred},
		{"identity deny", refusal(denied("identity-based policy")), CauseIdentityExplicitDeny, Confirmed, Reported},
		{"scp", refusal(noAllow("service control policy")), CauseSCPNoAllow, Confirmed, Reported},
		{"scp deny", refusal(denied("service control policy")), CauseSCPExplicitDeny, Confirmed, Reported},
		{"rcp deny", refusal(denied("resource control policy")), CauseRCPExplicitDeny, Confirmed, Reported},
		{"boundary", refusal(noAllow("permissions boundary")), CauseBoundaryNoAllow, Confirmed, Reported},
		{"boundary deny", refusal(denied("permissions boundary")), CauseBoundaryExplicitDeny, Confirmed, Reported},
		{"session", refusal(noAllow("session policy"), session), CauseSessionNoAllow, Confirmed, Reported},
		{"session deny", refusal(denied("session policy"), session), CauseSessionExplicitDeny, Confirmed, Reported},
		{"vpce", refusal(noAllow("VPC endpoint policy")), CauseVPCENoAllow, Confirmed, Reported},
		{"vpce deny", refusal(denied("VPC endpoint policy")), CauseVPCEExplicitDeny, Confirmed, Reported},
		{"a deny at the bucket may be Block Public Access", refusal(denied("resource-based policy")), CauseBucketPolicyExplicitDeny, Likely, Inferred},
		{"not in one's own account", refusal(denied("resource-based policy"), ownBucket), CauseBucketPolicyExplicitDeny, Confirmed, Reported},
		{"no bucket policy, ACLs not known", refusal(noAllow("resource-based policy")), CauseBucketPolicyNoAllow, Likely, Inferred},
		{"missing key", refusal(lists), CauseMissingKey, Confirmed, Reported},
		{"bare and nothing else", refusal("Access Denied"), Undetermined, "", Guess},
		{"HEAD alone", refusal("", blind), Undetermined, "", Guess},
		{"kms on GET", refusal(kms, headAnswers(200, "")), CauseKMSPermission, Confirmed, Reported},
		{"kms on HEAD with checksums", refusal(kms, func(e *Evidence) { e.Options.ChecksumMode = true }), CauseKMSPermission, Confirmed, Reported},
		{"key disabled", refusal("", headAnswers(200, ""), getAnswers(400, "KMS.DisabledException", "arn:aws:kms:eu-west-1:111122223333:key/1 is disabled.")), CauseKMSKeyState, Confirmed, Reported},
		{"archived", refusal("", headAnswers(200, ""), getAnswers(403, "InvalidObjectState", "The operation is not valid for the object's storage class")), CauseArchived, Confirmed, Reported},
		{"sse-c", refusal("", headAnswers(400, "BadRequest"), getAnswers(400, "InvalidRequest", "The object was stored using a form of Server Side Encryption. The correct parameters must be provided to retrieve the object.")), CauseSSECKey, Confirmed, Reported},
		{"anonymous", refusal("Access Denied", unsigned), CauseAnonymous, Likely, Inferred},
	})
}

// What S3 refuses before it reads any policy shows in its code.
func TestBeforePolicies(t *testing.T) {
	early := func(status int, code, message string, edits ...edit) Evidence {
		return refusal("", append([]edit{headAnswers(status, ""), getAnswers(status, code, message)}, edits...)...)
	}
	tokenless := func(e *Evidence) {
		e.Credentials.Value.Prefix, e.Credentials.Value.AccessKeyID = "ASIA", "ASIA…WXYZ"
	}
	skewed := func(e *Evidence) { e.Skew.Value = 20 * time.Minute }
	hold(t, []judged{
		{"unknown key", early(403, "InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist in our records."), CauseInvalidAccessKey, Confirmed, Reported},
		{"temporary key without token", early(403, "InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist in our records.", tokenless), CauseMissingSessionToken, Confirmed, Reported},
		{"signature", early(403, "SignatureDoesNotMatch", "The request signature we calculated does not match"), CauseSignatureMismatch, Confirmed, Reported},
		{"skew", early(403, "RequestTimeTooSkewed", "The difference between the request time and the current time is too large.", skewed), CauseClockSkew, Confirmed, Reported},
		{"skew that the Date header does not show", early(403, "RequestTimeTooSkewed", "The difference between the request time and the current time is too large."), CauseClockSkew, Confirmed, Reported},
		{"skew that healed", refusal("", skewed, getAnswers(206, "", "")), CauseClockSkew, Confirmed, Reported},
		{"expired token", early(400, "ExpiredToken", "The provided token has expired.", session), CauseExpiredCredentials, Confirmed, Reported},
		{"broken token", early(400, "InvalidToken", "The provided token is malformed or otherwise invalid.", session), CauseInvalidToken, Confirmed, Reported},
		{"presigned", early(403, "AccessDenied", "Request has expired", func(e *Evidence) { e.Options.Presigned = true }), CausePresignedExpired, Confirmed, Reported},
		{"version 2", early(400, "InvalidRequest", "The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256."), CauseSignatureVersion, Confirmed, Reported},
		{"other region", early(301, "PermanentRedirect", "The bucket you are attempting to access must be addressed using the specified endpoint.", func(e *Evidence) { e.BucketRegion.Value = "us-west-2" }), CauseRegionMismatch, Confirmed, Reported},
		{"signed for another region", early(400, "AuthorizationHeaderMalformed", "The authorization header is malformed; the region 'us-east-1' is wrong; expecting 'eu-west-1'"), CauseRegionMismatch, Confirmed, Reported},
		{"a scope that is no scope", early(400, "AuthorizationHeaderMalformed", "The authorization header is malformed; the Credential is mal-formed"), CauseSignatureMismatch, Confirmed, Reported},
		{"account", early(403, "AllAccessDisabled", "All access to this object has been disabled"), CauseAccountProblem, Confirmed, Reported},
		{"slow down", early(503, "SlowDown", "Please reduce your request rate."), CauseThrottled, Confirmed, Reported},
		{"no answer", refusal("", blind, func(e *Evidence) {
			e.Head = Fact[Answer]{State: Failed, Source: Exchange{Operation: "HeadObject", Err: "lookup s3.example: no such host"}}
		}), CauseNetwork, Confirmed, Reported},
		{"a page from in between", refusal("", getAnswers(403, "Forbidden", ""), func(e *Evidence) { e.Get.Value.HTML = true }), CauseProxyInterference, Likely, Inferred},
		{"a website of S3", refusal("", getAnswers(403, "Forbidden", ""), func(e *Evidence) {
			e.Get.Value.HTML, e.Get.Value.Header["server"] = true, "AmazonS3"
		}), CauseWebsiteEndpoint, Confirmed, Reported},
		{"HEAD refused twice, GET not", refusal("", getAnswers(206, "", ""), func(e *Evidence) { e.HeadAgain = answer("HeadObject", 403, "Forbidden", "") }), CauseProxyInterference, Confirmed, Reported},
		{"HEAD refused once: it was spreading", refusal("", getAnswers(206, "", ""), func(e *Evidence) { e.HeadAgain = answer("HeadObject", 200, "", "") }), Allowed, "", Reported},
	})
}

func TestNotDenied(t *testing.T) {
	hold(t, []judged{
		{"allowed", refusal("", headAnswers(200, ""), getAnswers(206, "", "")), Allowed, "", Reported},
		{"empty object", refusal("", headAnswers(200, ""), getAnswers(416, "InvalidRange", "The requested range is not satisfiable")), Allowed, "", Reported},
		{"no key", refusal("", headAnswers(404, "NotFound"), getAnswers(404, "NoSuchKey", "The specified key does not exist.")), CauseNoSuchKey, Confirmed, Reported},
		{"no bucket", refusal("", headAnswers(404, "NotFound"), getAnswers(404, "NoSuchBucket", "The specified bucket does not exist"), func(e *Evidence) { e.BucketRegion.State = Absent }), CauseNoSuchBucket, Confirmed, Reported},
		{"deleted", refusal("", headAnswers(404, "NotFound"), headHeader("x-amz-delete-marker", "true"), getAnswers(404, "NoSuchKey", "")), CauseDeleteMarker, Confirmed, Reported},
	})
}

// Requests whose headers or target change the decision.
func TestRequestOptions(t *testing.T) {
	version := func(e *Evidence) { e.Options.VersionID = "v1" }
	owner := func(e *Evidence) { e.Options.ExpectedOwner = otherOne }
	directory := func(e *Evidence) {
		e.Target.Kind = DirectoryBucket
		e.DirectorySession = answer("CreateSession", 403, "AccessDenied", "Access Denied")
	}
	hold(t, []judged{
		{"a version, and without it allowed", refusal("Access Denied", version, func(e *Evidence) { e.HeadWithoutVersion = answer("HeadObject", 200, "", "") }), CauseVersionPermission, Likely, Inferred},
		{"a version that is not there", refusal("User: x is not authorized to perform: s3:ListBucketVersions on resource: \"arn:aws:s3:::acme-reports\" because no identity-based policy allows the s3:ListBucketVersions action", version, func(e *Evidence) { e.HeadWithoutVersion = answer("HeadObject", 200, "", "") }), CauseMissingKey, Confirmed, Reported},
		{"expected owner, and without it allowed", refusal("Access Denied", owner, func(e *Evidence) { e.HeadWithoutOwner = answer("HeadObject", 200, "", "") }), CauseExpectedOwnerMismatch, Confirmed, Reported},
		{"expected owner, and the real one known", refusal("Access Denied", owner, ownBucket), CauseExpectedOwnerMismatch, Confirmed, Computed},
		{"requester pays", refusal("Access Denied", ownedBy(otherOne), func(e *Evidence) {
			e.RequestPayment = KnownFact("Requester", Exchange{Operation: "GetBucketRequestPayment"})
		}), CauseRequesterPays, Confirmed, Computed},
		{"directory bucket", refusal("Access Denied", directory), CauseDirectoryBucketSession, Confirmed, Reported},
		{"checksum mode, and without it allowed", refusal("", blind, func(e *Evidence) {
			e.Options.ChecksumMode, e.HeadWithoutChecksum = true, answer("HeadObject", 200, "", "")
		}), CauseKMSPermission, Confirmed, Reported},
	})
}
