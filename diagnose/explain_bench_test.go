package diagnose

import (
	"fmt"
	"strings"
	"testing"
)

// largePolicy has 200 statements. The resource tells whether they are about the
// object that is asked for; %d in it is the statement's number.
func largePolicy(effect, resource string) string {
	var s []string
	for i := range 200 {
		at := strings.ReplaceAll(resource, "%d", fmt.Sprint(i))
		s = append(s, fmt.Sprintf(`{"Sid":"S%d","Effect":%q,"Principal":"*","Action":["s3:Get*","s3:List*"],"Resource":%q,"Condition":{"StringEquals":{"aws:SourceVpce":"vpce-%d","aws:SourceVpc":"vpc-%d"},"IpAddress":{"aws:SourceIp":"10.%d.0.0/16"}}}`, i, effect, at, i, i, i))
	}
	return `{"Version":"2012-10-17","Statement":[` + strings.Join(s, ",") + `]}`
}

// BenchmarkExplainLarge measures a diagnosis with two policies of 200 statements (60 KB
// each, where a bucket policy may have 20 KB), which happens again at each fact.
func BenchmarkExplainLarge(b *testing.B) {
	far, near := largePolicy("Allow", "arn:aws:s3:::acme-reports/2026/%d/*"), largePolicy("Allow", "arn:aws:s3:::acme-reports/*")
	own := func(text string) string { return strings.ReplaceAll(text, `"Principal":"*",`, "") }
	deny := strings.Replace(near, `"Statement":[`, `"Statement":[{"Sid":"Sealed","Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::acme-reports/*"},`, 1)
	for name, e := range map[string]Evidence{
		"other objects": refusal("Access Denied", ownBucket, identity(allowsObject, own(far)), ceilingsRead, bucketPolicy(far)),
		"this object":   refusal("Access Denied", ownBucket, identity(own(near)), ceilingsRead, bucketPolicy(near)),
		"denied":        refusal(denied("resource-based policy"), ownBucket, identity(allowsObject, own(near)), ceilingsRead, bucketPolicy(deny)),
		"no allow":      refusal(noAllow("identity-based policy"), ownBucket, identity(own(far)), ceilingsRead, bucketPolicy(far)),
		"under way":     refusal("Access Denied", ownBucket, identity(allowsObject, own(near)), bucketPolicy(near), func(e *Evidence) { e.Done = false }),
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Explain(e)
			}
		})
	}
}
