package s3view

import "strings"

// partitions are AWS's, with what their regions begin with and their DNS suffix
// (General Reference, "Amazon Resource Names"; the SDK's partitions.json).
var partitions = []struct{ name, region, suffix string }{
	{"aws-cn", "cn-", "amazonaws.com.cn"},
	{"aws-us-gov", "us-gov-", "amazonaws.com"},
	{"aws-iso-b", "us-isob-", "sc2s.sgov.gov"},
	{"aws-iso-f", "us-isof-", "csp.hci.ic.gov"},
	{"aws-iso-e", "eu-isoe-", "cloud.adc-e.uk"},
	{"aws-iso", "us-iso-", "c2s.ic.gov"},
	{"aws-eusc", "eusc-", "amazonaws.eu"},
	{"aws", "", "amazonaws.com"},
}

// PartitionOf tells the partition of a region: ARNs begin with it. Unknown and
// empty regions are in "aws".
func PartitionOf(region string) string {
	for _, p := range partitions {
		if strings.HasPrefix(region, p.region) {
			return p.name
		}
	}
	return "aws"
}
