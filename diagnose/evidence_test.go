package diagnose

import (
	"fmt"
	"time"

	"s403/diagnose/policy"
)

// Builders of evidence for the tests: a refused HEAD as a blind caller knows it,
// and the facts that are laid over it.

const (
	ownAccount   = "111122223333"
	otherOne     = "444455556666"
	testBucket   = "acme-reports"
	testKey      = "2026/q3/forecast.parquet"
	testARN      = "arn:aws:s3:::" + testBucket + "/" + testKey
	anaARN       = "arn:aws:iam::" + ownAccount + ":user/ana"
	sessionARN   = "arn:aws:sts::" + ownAccount + ":assumed-role/dev/ana"
	allowsObject = `{"Version":"2012-10-17","Statement":[{"Sid":"Read","Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::acme-reports/*"}]}`
)

// An edit lays facts over evidence.
type edit func(*Evidence)

// refusal is a HEAD that AWS answered with 403, a GET that it answered with the
// message, and the identity of user ana; nothing else could be read.
func refusal(message string, edits ...edit) Evidence {
	e := Evidence{
		Target: Target{Bucket: testBucket, Key: testKey, Endpoint: "https://s3.eu-west-1.amazonaws.com", Region: "eu-west-1"},
		Store:  Store{Kind: StoreAWS, Name: "AWS S3", Server: "AmazonS3"},
		Done:   true,
	}
	e.Credentials = Fact[Credentials]{State: Known, Value: Credentials{AccessKeyID: "AKIA…WXYZ", Prefix: "AKIA", Source: "profile dev"}}
	e.Head = answer("HeadObject", 403, "Forbidden", "")
	e.Get = answer("GetObject", 403, "AccessDenied", message)
	e.Caller = KnownFact(Identity{ARN: anaARN, Account: ownAccount, Kind: KindUser}, Exchange{Operation: "GetCallerIdentity", Status: 200})
	e.BucketRegion = KnownFact("eu-west-1", Exchange{Operation: "HeadBucket", Detail: "unsigned", Status: 403})
	e.HeadBucket = answer("HeadBucket", 403, "Forbidden", "")
	e.Skew = KnownFact(time.Second, Exchange{Operation: "HeadObject"})
	for _, denied := range []*State{
		&e.OwnBuckets.State, &e.Listing.State, &e.BucketPolicy.State, &e.PolicyPublic.State, &e.PublicAccess.State,
		&e.Ownership.State, &e.BucketACL.State, &e.RequestPayment.State, &e.ObjectACL.State, &e.ObjectTags.State,
		&e.IdentityPolicies.State, &e.Role.State, &e.Boundary.State, &e.SCPs.State, &e.RCPs.State, &e.VPCEndpoint.State,
	} {
		*denied = Denied
	}
	return with(e, edits...)
}

func with(e Evidence, edits ...edit) Evidence {
	for _, f := range edits {
		f(&e)
	}
	return e
}

func answer(operation string, status int, code, message string) Fact[Answer] {
	x := Exchange{
		Operation: operation, Service: "s3", Status: status, Code: code, Message: message, RequestID: "4Z8H" + operation,
		Start: time.Date(2026, 10, 2, 9, 14, 7, 0, time.UTC),
	}
	if operation == "GetObject" {
		x.Detail = "Range bytes=0-0"
	}
	return KnownFact(Answer{Status: status, Code: code, Message: message, Header: map[string]string{}}, x)
}

// noAllow and denied are the two forms of AWS's sentence.
func noAllow(layer string) string {
	return fmt.Sprintf("User: %s is not authorized to perform: s3:GetObject on resource: %q because no %s allows the s3:GetObject action", anaARN, testARN, layer)
}

func denied(layer string) string {
	return fmt.Sprintf("User: %s is not authorized to perform: s3:GetObject on resource: %q with an explicit deny in a %s", anaARN, testARN, layer)
}

func doc(name, text string) PolicyDoc {
	d, err := policy.Parse([]byte(text))
	if err != nil {
		return PolicyDoc{Name: name, Source: []byte(text), ParseErr: err.Error()}
	}
	return PolicyDoc{Name: name, Source: []byte(text), Document: d}
}

// single is a policy document of one statement, from the inside of its braces.
func single(inside string) string {
	return `{"Version":"2012-10-17","Statement":[{` + inside + `}]}`
}

func identity(texts ...string) edit {
	return func(e *Evidence) {
		docs := []PolicyDoc{}
		for i, text := range texts {
			docs = append(docs, doc(fmt.Sprintf("p%d", i+1), text))
		}
		e.IdentityPolicies = KnownFact(docs, Exchange{Operation: "GetUserPolicy", Status: 200})
	}
}

func bucketPolicy(text string) edit {
	return func(e *Evidence) {
		e.BucketPolicy = KnownFact(doc("bucket policy", text), Exchange{Operation: "GetBucketPolicy", Status: 200})
	}
}

func noBucketPolicy(e *Evidence) {
	e.BucketPolicy = Fact[PolicyDoc]{State: Absent, Source: Exchange{Operation: "GetBucketPolicy", Status: 404, Code: "NoSuchBucketPolicy"}}
	e.PolicyPublic.State = Absent
}

func ownBucket(e *Evidence) {
	e.OwnBuckets = KnownFact(true, Exchange{Operation: "ListBuckets", Status: 200})
	e.OwnerOfBucket = KnownFact(ownAccount, Exchange{Operation: "ListBuckets", Status: 200})
}

func ownedBy(account string) edit {
	return func(e *Evidence) {
		e.OwnerOfBucket = KnownFact(account, Exchange{Operation: "GetBucketPolicy", Status: 200, Reader: true})
	}
}

func listed(found bool) edit {
	return func(e *Evidence) {
		e.Listing = KnownFact(Listing{Found: found, OwnerID: "owner-of-object"}, Exchange{Operation: "ListObjectsV2", Status: 200, Reader: true})
	}
}

// ceilingsRead says that nothing above the identity policies exists.
func ceilingsRead(e *Evidence) {
	e.Boundary.State, e.SCPs.State, e.RCPs.State, e.VPCEndpoint.State = Absent, Absent, Absent, Absent
}

func session(e *Evidence) {
	e.Credentials.Value.Prefix, e.Credentials.Value.SessionToken = "ASIA", true
	e.Caller = KnownFact(Identity{ARN: sessionARN, Account: ownAccount, Kind: KindRoleSession}, Exchange{Operation: "GetCallerIdentity", Status: 200})
}

func unsigned(e *Evidence) {
	e.Options.Unsigned, e.Credentials = true, Fact[Credentials]{State: Known, Value: Credentials{None: true}}
	e.Caller = Fact[Identity]{}
}

func getAnswers(status int, code, message string) edit {
	return func(e *Evidence) { e.Get = answer("GetObject", status, code, message) }
}

func headAnswers(status int, code string) edit {
	return func(e *Evidence) { e.Head = answer("HeadObject", status, code, "") }
}

func headHeader(name, value string) edit {
	return func(e *Evidence) { e.Head.Value.Header[name] = value }
}

func blind(e *Evidence) { e.Get = Fact[Answer]{State: NotAsked} }
