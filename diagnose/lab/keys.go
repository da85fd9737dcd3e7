package lab

import (
	"fmt"
	"net/http"

	"s403/diagnose/policy"
)

// useKey asks whether the caller may use a KMS key on behalf of S3; nil is yes.
// The status of KMS errors as S3 passes them on is 400.
func (q *s3Request) useKey(name, action string) *apiError {
	k := q.st.keys[name]
	if k == nil {
		return failure(http.StatusBadRequest, "KMS.NotFoundException", fmt.Sprintf("Key '%s' does not exist", name))
	}
	if q.caller.anonymous() {
		return failure(http.StatusBadRequest, "InvalidArgument", "Requests specifying Server Side Encryption with AWS KMS managed keys require AWS Signature Version 4.")
	}
	ctx := q.st.requestContext(q.caller, q.r, q.now)
	ctx["kms:ViaService"] = []string{"s3." + q.bucket.Region + ".amazonaws.com"}
	ctx["kms:CallerAccount"] = []string{q.caller.account().ID}
	encrypted := q.bucket.arn() + "/" + q.key
	if q.bucket.BucketKey { // with S3 Bucket Keys the encryption context is the bucket
		encrypted = q.bucket.arn()
	}
	ctx["kms:EncryptionContext:aws:s3:arn"] = []string{encrypted}
	if d, ok := q.st.mayUseKey(q.caller, k, action, ctx); !ok {
		return q.keyRefusal(k, action, d)
	}
	switch k.State {
	case "Enabled":
		return nil
	case "Disabled":
		return failure(http.StatusBadRequest, "KMS.DisabledException", k.arn+" is disabled.")
	}
	return failure(http.StatusBadRequest, "KMS.KMSInvalidStateException", fmt.Sprintf("%s is %s.", k.arn, stateWords[k.State]))
}

// stateWords are KMS's key states as its messages put them.
var stateWords = map[string]string{"PendingDeletion": "pending deletion", "PendingImport": "pending import", "Unavailable": "unavailable"}

// mayUseKey evaluates a KMS action. A key is the exception to the rule that in
// one account either side may allow: identity policies count only where the key
// policy lets the account decide (KMS Developer Guide, "Key policies").
func (s *state) mayUseKey(c caller, k *key, action string, ctx map[string][]string) (policy.Decision, bool) {
	a := ask{action: action, resource: k.arn, owner: k.account, context: ctx, document: k.policy.parsed}
	_, d := s.decide(c, a)
	if d.Effect != policy.Allow || !c.in(k.account) {
		return d, d.Effect == policy.Allow
	}
	for _, m := range d.Matched {
		if m.Layer == policy.ResourceBased && m.Effect == "Allow" {
			return d, true // the key policy names the caller, or lets the account decide
		}
	}
	d.Effect, d.DecidedBy = policy.ImplicitDeny, policy.ResourceBased
	return d, false
}

// keyRefusal is S3's text for a key that the caller may not use.
func (q *s3Request) keyRefusal(k *key, action string, d policy.Decision) *apiError {
	who := "User: " + q.caller.arn() + " is not authorized to perform: " + action
	switch {
	case !q.caller.in(k.account) || d.DecidedBy == policy.ResourceBased:
		return accessDenied(who + " on the resource associated with this ciphertext because the resource does not exist in this Region, no resource-based policies allow access, or a resource-based policy explicitly denies access")
	case d.Effect == policy.ExplicitDeny:
		return accessDenied(fmt.Sprintf("%s on resource: %s with an explicit deny in %s %s", who, k.arn, article(d.DecidedBy), d.DecidedBy))
	}
	return accessDenied(fmt.Sprintf("%s on resource: %s because no %s allows the %s action", who, k.arn, d.DecidedBy, action))
}

// article is the word that AWS's messages put before a layer.
func article(l policy.Layer) string {
	if l == policy.IdentityBased {
		return "an"
	}
	return "a"
}
