package message

import "strings"

// The causes that one word of AWS leaves possible, the most likely first.
var (
	// "No identity-based policy allows" is said alike when there is no Allow at
	// all and when one misses the resource, the action or its own condition.
	identityGap = []string{"identity-no-allow", "identity-wrong-resource", "identity-condition-unmet", "identity-wrong-action"}

	// bareRead is what "Access Denied" leaves open for a request to an object.
	bareRead = []string{
		"identity-no-allow", "missing-key", "bucket-policy-no-allow", "bucket-policy-explicit-deny",
		"identity-wrong-resource", "requester-pays", "kms-permission", "identity-condition-unmet",
		"identity-wrong-action", "identity-explicit-deny", "anonymous", "bucket-not-yours", "object-ownership",
		"restrict-public-buckets", "ignore-public-acls", "object-acl", "vpce-no-allow", "vpce-explicit-deny",
		"scp-no-allow", "scp-explicit-deny", "rcp-explicit-deny", "boundary-no-allow", "boundary-explicit-deny",
		"session-no-allow", "session-explicit-deny", "access-point-policy", "version-permission",
		"expected-owner-mismatch", "directory-bucket-session",
	}
	// onlyObjects are those of them that a request to a bucket cannot have.
	onlyObjects = map[string]bool{
		"missing-key": true, "kms-permission": true, "object-ownership": true, "object-acl": true,
		"version-permission": true, "sse-c-key": true, "archived": true,
	}
	// noBody is what a 403 without a body leaves open besides: authentication
	// fails with the same status, and there is no code to tell.
	noBody = []string{
		"invalid-access-key", "missing-session-token", "signature-mismatch", "clock-skew",
		"presigned-expired", "sse-c-key", "account-problem", "proxy-interference", "website-endpoint",
	}
	badRequest = []string{
		"expired-credentials", "region-mismatch", "sse-c-key", "invalid-token", "signature-version", "kms-key-state",
	}
	webPage = []string{"proxy-interference", "website-endpoint", "bucket-not-yours"}
)

// reading is a message with the text that it came from, while causes are sought.
type reading struct {
	Message
	clause    clauseKind
	low       string // the whole text, folded
	temporary bool   // it shows a key id of temporary credentials: ASIA…
	longTerm  bool   // it shows a key id of a user: AKIA…
	unsigned  bool   // a CloudTrail event, or a line of an access log, of an anonymous caller
}

// causes names what the text proves or leaves possible, the most likely first.
func (r reading) causes() []string {
	if r.clause != noClause {
		return r.sentenceCauses()
	}
	for _, says := range clockSigns {
		if strings.Contains(r.low, says) {
			return []string{"clock-skew"}
		}
	}
	known := codeCauses[r.Code]
	switch {
	case r.Code == "MethodNotAllowed" && strings.Contains(r.low, "<resourcetype>") && !strings.Contains(r.low, "<resourcetype>deletemarker"):
		return nil // the method does not go with that resource
	case len(known) > 0 && !vagueCode(r.Code):
		return known
	}
	switch r.Code {
	case "InvalidAccessKeyId", "InvalidAccessKeyID":
		return r.keyCauses()
	case "AuthorizationHeaderMalformed":
		return r.malformedCauses()
	}
	for _, p := range phrases {
		if strings.Contains(r.low, p.says) {
			return p.causes
		}
	}
	if strings.Contains(r.low, "does not exist in our records") {
		return r.keyCauses()
	}
	return r.bareCauses()
}

// sentenceCauses reads an enhanced message: layer and effect name the cause.
func (r reading) sentenceCauses() []string {
	service, _, _ := strings.Cut(strings.ToLower(r.Action), ":")
	switch {
	case r.clause == bySetting:
		return nil // BlockPublicAcls and its like refuse writes only; no cause of a read
	case service == "kms":
		return r.kmsCauses()
	case service == "s3express":
		return append([]string{"directory-bucket-session"}, r.layerCauses()...)
	case service == "s3-object-lambda":
		return append([]string{"access-point-policy"}, r.layerCauses()...)
	case service != "s3":
		return nil // another service's refusal
	}
	found := r.layerCauses()
	if strings.Contains(r.Resource, ":accesspoint/") && r.Layer == LayerResource {
		found = append([]string{"access-point-policy"}, found...)
	} else if strings.Contains(r.Resource, ":accesspoint/") {
		found = append(found, "access-point-policy")
	}
	if strings.EqualFold(r.Principal, "anonymous") {
		found = append(found, "anonymous")
	}
	switch {
	case strings.EqualFold(r.Action, "s3:GetObjectVersion"):
		found = append(found, "version-permission")
	case strings.EqualFold(r.Action, "s3:ListBucket") && objectOperation(r.Operation):
		found = append([]string{"missing-key"}, found...)
	case strings.EqualFold(r.Action, "s3:ListBucket") && r.Operation == "":
		found = append(found, "missing-key")
	}
	return found
}

// kmsCauses: a refused kms: action. The sentence that KMS gives when the key
// policy is silent also fits a key that is gone or stands in another region.
func (r reading) kmsCauses() []string {
	found := []string{"kms-permission"}
	if r.clause == kmsGone || strings.Contains(r.low, "does not exist in this region") {
		found = append(found, "kms-key-state")
	}
	switch r.Layer {
	case LayerIdentity, LayerResource, "":
		return found
	}
	return append(found, r.layerCauses()...)
}

// layerCauses turns layer and effect into causes.
func (r reading) layerCauses() []string {
	deny := r.Effect == ExplicitDeny
	switch r.Layer {
	case LayerIdentity:
		if deny {
			return []string{"identity-explicit-deny"}
		}
		return append([]string(nil), identityGap...)
	case LayerResource:
		if deny {
			return []string{"bucket-policy-explicit-deny", "restrict-public-buckets"}
		}
		return []string{"bucket-policy-no-allow", "ignore-public-acls"}
	case LayerRCP:
		return []string{"rcp-explicit-deny"}
	}
	prefix := map[string]string{
		LayerSCP: "scp", LayerBoundary: "boundary", LayerSession: "session", LayerVPCE: "vpce",
	}[r.Layer]
	switch {
	case prefix == "":
		return nil
	case deny:
		return []string{prefix + "-explicit-deny"}
	}
	return []string{prefix + "-no-allow"}
}

// keyCauses: an unknown key id. Ids that begin with ASIA are temporary and
// unknown to S3 without their session token.
func (r reading) keyCauses() []string {
	switch {
	case r.temporary:
		return []string{"missing-session-token", "invalid-access-key"}
	case r.longTerm:
		return []string{"invalid-access-key"}
	}
	return []string{"invalid-access-key", "missing-session-token"}
}

// malformedCauses: AuthorizationHeaderMalformed means another region only when
// it says which; else the key id or the scope is garbled.
func (r reading) malformedCauses() []string {
	if r.Region != "" || strings.Contains(r.low, "is wrong") {
		return []string{"region-mismatch"}
	}
	return []string{"invalid-access-key", "signature-mismatch"}
}

// bareCauses is for refusals without any reason.
func (r reading) bareCauses() []string {
	page := strings.Contains(r.low, "<html")
	switch {
	case r.Operation != "" && !s3Operation(r.Operation):
		return nil // another service's refusal
	case page && strings.Contains(r.low, "code: accessdenied"): // the error page of a website endpoint
		return append([]string{"website-endpoint"}, bareRead...)
	case page:
		return webPage
	case strings.EqualFold(r.Code, "InvalidRequest"):
		return []string{"sse-c-key", "signature-version"}
	case r.unsigned:
		return append([]string{"anonymous"}, r.forOperation(bareRead)...)
	case strings.HasPrefix(strings.ToLower(r.Action), "s3:"),
		r.Code == "AccessDenied" && (!strings.HasPrefix(r.Operation, "Head") || r.Kind == CloudTrail):
		return r.forOperation(bareRead)
	case r.Code == "AccessDenied", r.Code == "Forbidden", r.Status == 403, r.Code == "Unauthorized", r.Status == 401:
		return r.forOperation(withNoBody())
	case r.Status == 400 || r.Code == "BadRequest":
		return r.forOperation(badRequest)
	case r.Status == 301 || r.Status == 307:
		return []string{"region-mismatch"}
	case r.Status == 404 || r.Code == "NotFound":
		return r.forOperation(codeCauses["NotFound"])
	case r.Status == 405:
		return []string{"delete-marker"}
	case r.Status == 503:
		return []string{"throttled"}
	case r.Code == "AccessDeniedException" && namesS3(r.low): // Java's own, of Hadoop's S3A
		return r.forOperation(withNoBody())
	case denied(r.low):
		return r.forOperation(bareRead)
	}
	return nil
}

// withNoBody puts the causes of authentication behind the six commonest of all.
func withNoBody() []string {
	const commonest = 6
	all := append([]string(nil), bareRead[:commonest]...)
	all = append(all, noBody...)
	return append(all, bareRead[commonest:]...)
}

// forOperation drops what a request to a bucket cannot have.
func (r reading) forOperation(all []string) []string {
	var kept []string
	if strings.Contains(r.low, "--x-s3") || r.Operation == "CreateSession" {
		kept = append(kept, "directory-bucket-session") // directory buckets never give a reason
	}
	bucket := r.Operation != "" && !objectOperation(r.Operation)
	for _, id := range all {
		if (bucket && onlyObjects[id]) || len(kept) > 0 && kept[0] == id {
			continue
		}
		if id == "missing-key" && writes(r.Operation) {
			continue
		}
		kept = append(kept, id)
	}
	return kept
}

// objectOperation tells requests for one object from those for a bucket.
func objectOperation(op string) bool {
	switch op {
	case "ListObjects", "ListObjectsV2", "ListObjectVersions", "DeleteObjects", "ListMultipartUploads",
		"GetObjectLockConfiguration", "PutObjectLockConfiguration":
		return false
	}
	if strings.Contains(op, "Bucket") { // GetBucketObjectLockConfiguration of CloudTrail
		return false
	}
	return strings.Contains(op, "Object") || strings.Contains(op, "Multipart") || strings.HasPrefix(op, "UploadPart")
}

func writes(op string) bool {
	return strings.HasPrefix(op, "Put") || strings.HasPrefix(op, "Create") || strings.HasPrefix(op, "Upload") ||
		strings.HasPrefix(op, "Complete") || strings.HasPrefix(op, "Delete") || strings.HasPrefix(op, "Abort")
}

func s3Operation(op string) bool {
	return s3Operations[op] || strings.Contains(op, "Bucket") || strings.Contains(op, "Object") ||
		strings.Contains(op, "PublicAccessBlock") || strings.Contains(op, "AccessPoint")
}
