package diagnose

import (
	"slices"
	"strings"
	"testing"
)

// TestGaps: what was not visible is said once for each reason, with who could see
// it, and only where it bears on the refusal.
func TestGaps(t *testing.T) {
	lists := "User: " + anaARN + " is not authorized to perform: s3:ListBucket on resource: \"arn:aws:s3:::acme-reports\" because no identity-based policy allows the s3:ListBucket action"
	for _, c := range []struct {
		name     string
		evidence Evidence
		want     []string
	}{
		{"blind in the own account", refusal("Access Denied", ownBucket), []string{
			"s3:GetBucketPolicy, s3:ListBucket and s3:GetBucketOwnershipControls were denied, so the bucket policy, whether the key exists and whether ACLs are enabled were not read; the bucket's owner can see them",
			"iam:Get*/List* and iam:GetRole/GetUser were denied, so the caller's identity policies and whether a permissions boundary is set were not read; an administrator of the caller's account can see them",
			"organizations:ListPoliciesForTarget was denied, so the service control policies and the resource control policies were not read; an administrator of the organization can see them",
		}},
		{"S3 asked the organization first", refusal(noAllow("identity-based policy"), noBucketPolicy, identity(), listed(true)), []string{
			"iam:GetRole/GetUser was denied, so whether a permissions boundary is set was not read; an administrator of the caller's account can see it",
		}},
		{"the key alone is in question", refusal(lists), []string{
			"s3:ListBucket was denied, so whether the key exists was not read; the bucket's owner can see it",
		}},
		{"policies let it pass", refusal("", headAnswers(200, ""), getAnswers(403, "InvalidObjectState", "archived")), nil},
		{"not asked, with the reason", refusal("Access Denied", ownBucket, noBucketPolicy, identity(), ceilingsRead, listed(true), func(e *Evidence) {
			e.Ownership = Fact[string]{Note: "the bucket is in another partition"}
		}), []string{"whether ACLs are enabled was not asked for (the bucket is in another partition); the bucket's owner can see it"}},
		{"no answer", refusal("Access Denied", ownBucket, noBucketPolicy, identity(), listed(true), ceilingsRead, func(e *Evidence) {
			e.Ownership.State, e.SCPs = Known, Fact[[]PolicyLevel]{State: Failed, Note: "timeout"}
		}), []string{"organizations:ListPoliciesForTarget got no usable answer (timeout), so the service control policies were not read"}},
	} {
		got := Explain(c.evidence).Gaps
		if !slices.Equal(got, c.want) {
			t.Errorf("%s:\n%s\nwant\n%s", c.name, strings.Join(got, "\n"), strings.Join(c.want, "\n"))
		}
	}
}
