package lab

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"s403/diagnose/policy"
)

const s3Namespace = `xmlns="http://s3.amazonaws.com/doc/2006-03-01/"`

// allPublicSettings are the four settings of Block Public Access, which a new
// bucket has on since April 2023.
var allPublicSettings = []string{"BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"}

// setting makes an operation on a bucket's settings: the caller is asked for,
// then read or written.
func setting(name, action string, run func(*s3Request) *apiError) operation {
	return operation{name: name, action: action, run: func(q *s3Request) *apiError {
		if err := q.allowed(q.op.action, "", nil); err != nil {
			return err
		}
		return run(q)
	}}
}

// policySetting makes an operation on the bucket policy itself.
func policySetting(name, action string, run func(*s3Request) *apiError) operation {
	return operation{name: name, action: action, run: func(q *s3Request) *apiError {
		if err := q.allowedPolicy(); err != nil {
			return err
		}
		return run(q)
	}}
}

// absent makes an operation for a setting that no bucket of the lab has.
func absent(name, action, code, message string) operation {
	return setting(name, action, func(q *s3Request) *apiError {
		return failure(http.StatusNotFound, code, message, element{"BucketName", q.name})
	})
}

// empty makes an operation for a setting that every bucket has and nobody has set
// in the lab: it answers with the element alone.
func empty(name, action, root string) operation {
	return setting(name, action, func(q *s3Request) *apiError {
		return q.xml("<" + root + " " + s3Namespace + "></" + root + ">")
	})
}

// list makes an operation for configurations that go by an id, of which no bucket
// of the lab has any.
func list(name, action, root string) operation {
	return setting(name, action, func(q *s3Request) *apiError {
		if q.r.URL.Query().Has("id") {
			return failure(http.StatusNotFound, "NoSuchConfiguration", "The specified configuration does not exist.")
		}
		return q.xml("<" + root + " " + s3Namespace + "><IsTruncated>false</IsTruncated></" + root + ">")
	})
}

// settings are the operations on a bucket's settings.
var settings = map[string]operation{
	"GET bucket?location":             {name: "GetBucketLocation", action: "s3:GetBucketLocation", run: getLocation},
	"GET bucket?policy":               policySetting("GetBucketPolicy", "s3:GetBucketPolicy", getPolicy),
	"PUT bucket?policy":               policySetting("PutBucketPolicy", "s3:PutBucketPolicy", putPolicy),
	"DELETE bucket?policy":            policySetting("DeleteBucketPolicy", "s3:DeleteBucketPolicy", deletePolicy),
	"GET bucket?policyStatus":         setting("GetBucketPolicyStatus", "s3:GetBucketPolicyStatus", getPolicyStatus),
	"GET bucket?acl":                  setting("GetBucketAcl", "s3:GetBucketAcl", getBucketACL),
	"GET bucket?ownershipControls":    setting("GetBucketOwnershipControls", "s3:GetBucketOwnershipControls", getOwnership),
	"PUT bucket?ownershipControls":    setting("PutBucketOwnershipControls", "s3:PutBucketOwnershipControls", putOwnership),
	"GET bucket?requestPayment":       setting("GetBucketRequestPayment", "s3:GetBucketRequestPayment", getPayment),
	"PUT bucket?requestPayment":       setting("PutBucketRequestPayment", "s3:PutBucketRequestPayment", putPayment),
	"GET bucket?publicAccessBlock":    setting("GetPublicAccessBlock", "s3:GetBucketPublicAccessBlock", getPublicAccess),
	"PUT bucket?publicAccessBlock":    setting("PutPublicAccessBlock", "s3:PutBucketPublicAccessBlock", putPublicAccess),
	"DELETE bucket?publicAccessBlock": setting("DeletePublicAccessBlock", "s3:PutBucketPublicAccessBlock", deletePublicAccess),
	"GET bucket?encryption":           setting("GetBucketEncryption", "s3:GetEncryptionConfiguration", getEncryption),
	"GET bucket?versioning":           setting("GetBucketVersioning", "s3:GetBucketVersioning", getVersioning),
	"GET bucket?tagging":              setting("GetBucketTagging", "s3:GetBucketTagging", getBucketTags),
	"GET bucket?abac":                 setting("GetBucketAbac", "s3:GetBucketAbac", getABAC),
	"GET bucket?object-lock":          setting("GetObjectLockConfiguration", "s3:GetBucketObjectLockConfiguration", getLock),
	"GET bucket?cors":                 absent("GetBucketCors", "s3:GetBucketCORS", "NoSuchCORSConfiguration", "The CORS configuration does not exist"),
	"GET bucket?lifecycle":            absent("GetBucketLifecycleConfiguration", "s3:GetLifecycleConfiguration", "NoSuchLifecycleConfiguration", "The lifecycle configuration does not exist"),
	"GET bucket?logging":              empty("GetBucketLogging", "s3:GetBucketLogging", "BucketLoggingStatus"),
	"GET bucket?notification":         empty("GetBucketNotificationConfiguration", "s3:GetBucketNotification", "NotificationConfiguration"),
	"GET bucket?accelerate":           empty("GetBucketAccelerateConfiguration", "s3:GetAccelerateConfiguration", "AccelerateConfiguration"),
	"GET bucket?inventory":            list("ListBucketInventoryConfigurations", "s3:GetInventoryConfiguration", "ListInventoryConfigurationsResult"),
	"GET bucket?analytics":            list("ListBucketAnalyticsConfigurations", "s3:GetAnalyticsConfiguration", "ListBucketAnalyticsConfigurationResult"),
	"GET bucket?metrics":              list("ListBucketMetricsConfigurations", "s3:GetMetricsConfiguration", "ListMetricsConfigurationsResult"),
	"GET bucket?intelligent-tiering":  list("ListBucketIntelligentTieringConfigurations", "s3:GetIntelligentTieringConfiguration", "ListBucketIntelligentTieringConfigurationsOutput"),
	"GET bucket?website":              absent("GetBucketWebsite", "s3:GetBucketWebsite", "NoSuchWebsiteConfiguration", "The specified bucket does not have a website configuration"),
	"GET bucket?replication":          absent("GetBucketReplication", "s3:GetReplicationConfiguration", "ReplicationConfigurationNotFoundError", "The replication configuration was not found"),
}

func getLocation(q *s3Request) *apiError {
	region := q.bucket.Region
	var refused *apiError
	if q.sig != nil && q.sig.region != region {
		refused = q.allowedAfar()
	} else {
		refused = q.allowed(q.op.action, "", nil)
	}
	if refused != nil {
		return refused
	}
	if region == "us-east-1" { // the null location, as it has always been
		region = ""
	}
	return q.xml(fmt.Sprintf("<LocationConstraint %s>%s</LocationConstraint>", s3Namespace, region))
}

func getPolicy(q *s3Request) *apiError {
	if q.bucket.policy == nil {
		return failure(http.StatusNotFound, "NoSuchBucketPolicy", "The bucket policy does not exist", element{"BucketName", q.name})
	}
	q.Header().Set("Content-Type", "application/json")
	q.WriteHeader(http.StatusOK)
	_, _ = q.Write([]byte(q.bucket.policy.text))
	return nil
}

func getPolicyStatus(q *s3Request) *apiError {
	if q.bucket.policy == nil {
		return failure(http.StatusNotFound, "NoSuchBucketPolicy", "The bucket policy does not exist", element{"BucketName", q.name})
	}
	return q.xml(fmt.Sprintf("<PolicyStatus %s><IsPublic>%t</IsPublic></PolicyStatus>", s3Namespace, isPublic(q.bucket.policy.parsed)))
}

// editBucket changes the bucket's entry in the world.
func (q *s3Request) editBucket(f func(*Bucket)) *apiError {
	err := q.lab.edit(func(w *World) bool {
		for i := range w.Buckets {
			if w.Buckets[i].Name == q.bucket.Name {
				f(&w.Buckets[i])
				return true
			}
		}
		return false
	})
	if err != nil {
		return failure(http.StatusBadRequest, "MalformedPolicy", err.Error())
	}
	return nil
}

// noContent answers a write that has nothing to say.
func (q *s3Request) noContent(err *apiError) *apiError {
	if err == nil {
		q.WriteHeader(http.StatusNoContent)
	}
	return err
}

func putPolicy(q *s3Request) *apiError {
	body, refused := q.payload(maxContent)
	if refused != nil {
		return refused
	}
	if len(body) == 0 || body[0] != '{' {
		return failure(http.StatusBadRequest, "MalformedPolicy", "Policies must be valid JSON and the first byte must be '{'")
	}
	parsed, err := policy.Parse(body)
	if err != nil {
		return failure(http.StatusBadRequest, "MalformedPolicy", err.Error())
	}
	if q.publicSetting("BlockPublicPolicy") && isPublic(parsed) {
		return accessDenied(fmt.Sprintf("User: %s is not authorized to perform: s3:PutBucketPolicy on resource: \"%s\" because public policies are prevented by the BlockPublicPolicy setting in S3 Block Public Access.", q.caller.arn(), q.bucket.arn()))
	}
	return q.noContent(q.editBucket(func(b *Bucket) { b.Policy = string(body) }))
}

func deletePolicy(q *s3Request) *apiError {
	return q.noContent(q.editBucket(func(b *Bucket) { b.Policy = "" }))
}

func getOwnership(q *s3Request) *apiError {
	return q.xml(fmt.Sprintf("<OwnershipControls %s><Rule><ObjectOwnership>%s</ObjectOwnership></Rule></OwnershipControls>", s3Namespace, orElse(q.bucket.Ownership, "BucketOwnerEnforced")))
}

// readXML reads a small XML body into v.
func (q *s3Request) readXML(v any) *apiError {
	body, refused := q.payload(maxContent)
	if refused != nil {
		return refused
	}
	if xml.Unmarshal(body, v) != nil {
		return malformedXML()
	}
	return nil
}

func malformedXML() *apiError {
	return failure(http.StatusBadRequest, "MalformedXML", "The XML you provided was not well-formed or did not validate against our published schema")
}

func putOwnership(q *s3Request) *apiError {
	var in struct {
		Mode string `xml:"Rule>ObjectOwnership"`
	}
	if err := q.readXML(&in); err != nil {
		return err
	}
	if !slices.Contains([]string{"BucketOwnerEnforced", "BucketOwnerPreferred", "ObjectWriter"}, in.Mode) {
		return malformedXML()
	}
	return q.ok(q.editBucket(func(b *Bucket) { b.Ownership = in.Mode }))
}

// ok answers a write with an empty 200.
func (q *s3Request) ok(err *apiError) *apiError {
	if err == nil {
		q.WriteHeader(http.StatusOK)
	}
	return err
}

func getPayment(q *s3Request) *apiError {
	payer := "BucketOwner"
	if q.bucket.RequesterPays {
		payer = "Requester"
	}
	return q.xml(fmt.Sprintf("<RequestPaymentConfiguration %s><Payer>%s</Payer></RequestPaymentConfiguration>", s3Namespace, payer))
}

func putPayment(q *s3Request) *apiError {
	var in struct{ Payer string }
	if err := q.readXML(&in); err != nil {
		return err
	}
	return q.ok(q.editBucket(func(b *Bucket) { b.RequesterPays = in.Payer == "Requester" }))
}

// publicAccessXML is a Block Public Access configuration.
func publicAccessXML(on map[string]bool, attribute string) string {
	var b strings.Builder
	for _, name := range allPublicSettings {
		fmt.Fprintf(&b, "<%s>%t</%s>", name, on[name], name)
	}
	return "<PublicAccessBlockConfiguration " + attribute + ">" + b.String() + "</PublicAccessBlockConfiguration>"
}

func getPublicAccess(q *s3Request) *apiError {
	if len(q.bucket.publicSet) == 0 {
		return failure(http.StatusNotFound, "NoSuchPublicAccessBlockConfiguration", "The public access block configuration was not found", element{"BucketName", q.name})
	}
	return q.xml(publicAccessXML(q.bucket.publicSet, s3Namespace))
}

// publicAccessOf reads a Block Public Access configuration.
type publicAccessOf struct {
	BlockPublicAcls, IgnorePublicAcls, BlockPublicPolicy, RestrictPublicBuckets bool
}

// on lists the settings that are on.
func (p publicAccessOf) on() []string {
	var names []string
	for i, on := range []bool{p.BlockPublicAcls, p.IgnorePublicAcls, p.BlockPublicPolicy, p.RestrictPublicBuckets} {
		if on {
			names = append(names, allPublicSettings[i])
		}
	}
	return names
}

func putPublicAccess(q *s3Request) *apiError {
	var in publicAccessOf
	if err := q.readXML(&in); err != nil {
		return err
	}
	return q.ok(q.editBucket(func(b *Bucket) { b.PublicAccess = in.on() }))
}

func deletePublicAccess(q *s3Request) *apiError {
	return q.noContent(q.editBucket(func(b *Bucket) { b.PublicAccess = nil }))
}

func getEncryption(q *s3Request) *apiError {
	rule := "<SSEAlgorithm>AES256</SSEAlgorithm>"
	if q.bucket.key != nil {
		rule = "<SSEAlgorithm>aws:kms</SSEAlgorithm><KMSMasterKeyID>" + q.bucket.key.arn + "</KMSMasterKeyID>"
	}
	return q.xml(fmt.Sprintf("<ServerSideEncryptionConfiguration %s><Rule><ApplyServerSideEncryptionByDefault>%s</ApplyServerSideEncryptionByDefault><BucketKeyEnabled>%t</BucketKeyEnabled></Rule></ServerSideEncryptionConfiguration>", s3Namespace, rule, q.bucket.BucketKey))
}

func getVersioning(q *s3Request) *apiError {
	status := ""
	if v, err := q.store.VersioningConfiguration(q.bucket.Name); err == nil && v.Status != "" {
		status = "<Status>" + string(v.Status) + "</Status>"
	}
	return q.xml(fmt.Sprintf("<VersioningConfiguration %s>%s</VersioningConfiguration>", s3Namespace, status))
}

func getBucketTags(q *s3Request) *apiError {
	if len(q.bucket.Tags) == 0 {
		return failure(http.StatusNotFound, "NoSuchTagSet", "The TagSet does not exist", element{"BucketName", q.name})
	}
	return q.xml("<Tagging " + s3Namespace + "><TagSet>" + tagsXML(q.bucket.Tags, "Tag") + "</TagSet></Tagging>")
}

func getABAC(q *s3Request) *apiError {
	status := "Disabled"
	if q.bucket.ABAC {
		status = "Enabled"
	}
	return q.xml(fmt.Sprintf("<AbacStatus %s><Status>%s</Status></AbacStatus>", s3Namespace, status))
}

// compact writes a policy document without white space, as IAM keeps it.
func compact(text string) string {
	var v json.RawMessage
	if json.Unmarshal([]byte(text), &v) != nil {
		return text
	}
	out, err := json.Marshal(v)
	if err != nil {
		return text
	}
	return string(out)
}
