package diagnose

import (
	"fmt"
	"strings"
	"testing"
)

// BenchmarkExplainLarge measures a diagnosis with two policies of 200 statements.
func BenchmarkExplainLarge(b *testing.B) {
	var s []string
	for i := range 200 {
		s = append(s, fmt.Sprintf(`{"Effect":"Allow","Principal":"*","Action":["s3:Get*","s3:List*"],"Resource":"arn:aws:s3:::acme-reports/2026/%d/*","Condition":{"StringEquals":{"aws:SourceVpce":"vpce-%d","aws:SourceVpc":"vpc-%d"},"IpAddress":{"aws:SourceIp":"10.%d.0.0/16"}}}`, i, i, i, i))
	}
	text := `{"Version":"2012-10-17","Statement":[` + strings.Join(s, ",") + `]}`
	e := refusal("Access Denied", ownBucket, identity(allowsObject, strings.ReplaceAll(text, `"Principal":"*",`, "")), ceilingsRead, bucketPolicy(text))
	b.ReportAllocs()
	for b.Loop() {
		Explain(e)
	}
}
