package lab

import (
	"maps"
	"net/http"
)

// operation is one S3 API operation.
type operation struct {
	name     string // as the API reference has it
	action   string // the IAM action it needs ("Amazon S3: actions defined")
	anywhere bool   // it needs no bucket to exist
	run      func(*s3Request) *apiError
}

// subresources are the query parameters that select an operation, in the order
// in which they are looked for.
var subresources = []string{
	"session", "acl", "tagging", "attributes", "uploads", "uploadId", "restore", "retention", "legal-hold", "versions",
	"location", "policyStatus", "policy", "ownershipControls", "requestPayment", "publicAccessBlock", "encryption",
	"versioning", "abac", "object-lock", "delete", "cors", "lifecycle", "website", "logging", "notification",
	"replication", "accelerate", "inventory", "analytics", "metrics", "intelligent-tiering", "torrent",
}

// operation finds the operation that a request asks for.
func (q *s3Request) operation() (operation, bool) {
	query := q.r.URL.Query()
	sub := ""
	for _, name := range subresources {
		if query.Has(name) {
			sub = "?" + name
			break
		}
	}
	what := "object"
	switch {
	case q.name == "":
		what = "service"
	case q.key == "":
		what = "bucket"
	}
	op, ok := operations[q.r.Method+" "+what+sub]
	if what == "object" && q.version != "" && op.action != "" {
		op.action = versioned(op.action)
	}
	return op, ok
}

// versioned is the action that is needed when a versionId is sent
// (API_GetObject: "s3:GetObjectVersion"; s3:GetObject is then not needed).
func versioned(action string) string {
	switch action {
	case "s3:GetObject", "s3:DeleteObject", "s3:GetObjectAcl", "s3:PutObjectAcl", "s3:GetObjectAttributes":
		if action == "s3:GetObjectAcl" || action == "s3:PutObjectAcl" {
			return action[:len(action)-3] + "VersionAcl"
		}
		if action == "s3:GetObjectAttributes" {
			return "s3:GetObjectVersionAttributes"
		}
		return action + "Version"
	case "s3:GetObjectTagging", "s3:PutObjectTagging", "s3:DeleteObjectTagging":
		return action[:len(action)-7] + "VersionTagging"
	}
	return action
}

// operations is filled in by init, because handlers refer back to it.
var operations map[string]operation

func init() {
	store := (*s3Request).hand
	operations = map[string]operation{
		http.MethodGet + " service": {"ListBuckets", "s3:ListAllMyBuckets", true, (*s3Request).listBuckets},

		"HEAD object":           {"HeadObject", "s3:GetObject", false, (*s3Request).readObject},
		"GET object":            {"GetObject", "s3:GetObject", false, (*s3Request).readObject},
		"GET object?attributes": {"GetObjectAttributes", "s3:GetObjectAttributes", false, (*s3Request).readObject},
		"PUT object":            {"PutObject", "s3:PutObject", false, (*s3Request).putObject},
		"DELETE object":         {"DeleteObject", "s3:DeleteObject", false, store},
		"GET object?acl":        {"GetObjectAcl", "s3:GetObjectAcl", false, (*s3Request).getObjectACL},
		"PUT object?acl":        {"PutObjectAcl", "s3:PutObjectAcl", false, (*s3Request).putObjectACL},
		"GET object?tagging":    {"GetObjectTagging", "s3:GetObjectTagging", false, (*s3Request).objectTagging},
		"PUT object?tagging":    {"PutObjectTagging", "s3:PutObjectTagging", false, (*s3Request).objectTagging},
		"DELETE object?tagging": {"DeleteObjectTagging", "s3:DeleteObjectTagging", false, (*s3Request).objectTagging},
		"GET object?retention":  {"GetObjectRetention", "s3:GetObjectRetention", false, (*s3Request).getRetention},
		"GET object?legal-hold": {"GetObjectLegalHold", "s3:GetObjectLegalHold", false, (*s3Request).getLegalHold},
		"POST object?restore":   {"RestoreObject", "s3:RestoreObject", false, (*s3Request).restoreObject},

		"POST object?uploads":    {"CreateMultipartUpload", "s3:PutObject", false, (*s3Request).putObject},
		"PUT object?uploadId":    {"UploadPart", "s3:PutObject", false, store},
		"POST object?uploadId":   {"CompleteMultipartUpload", "s3:PutObject", false, (*s3Request).putObject},
		"DELETE object?uploadId": {"AbortMultipartUpload", "s3:AbortMultipartUpload", false, store},
		"GET object?uploadId":    {"ListParts", "s3:ListMultipartUploadParts", false, (*s3Request).listParts},

		"HEAD bucket":           {"HeadBucket", "s3:ListBucket", false, (*s3Request).headBucket},
		"GET bucket":            {"ListObjects", "s3:ListBucket", false, (*s3Request).listObjects},
		"GET bucket?versions":   {"ListObjectVersions", "s3:ListBucketVersions", false, store},
		"GET bucket?uploads":    {"ListMultipartUploads", "s3:ListBucketMultipartUploads", false, (*s3Request).listUploads},
		"POST bucket?delete":    {"DeleteObjects", "s3:DeleteObject", false, (*s3Request).deleteObjects},
		"PUT bucket":            {"CreateBucket", "s3:CreateBucket", true, (*s3Request).createBucket},
		"DELETE bucket":         {"DeleteBucket", "s3:DeleteBucket", false, (*s3Request).deleteBucket},
		"GET bucket?session":    {"CreateSession", "s3express:CreateSession", false, (*s3Request).createSession},
		"PUT bucket?versioning": {"PutBucketVersioning", "s3:PutBucketVersioning", false, store},
	}
	maps.Copy(operations, settings)
}
