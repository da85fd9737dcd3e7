package diagnose

import (
	"strings"
	"testing"

	"s403/diagnose/policy"
)

const (
	allowRead = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"}]}`
	denyAll   = `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*"}]}`
	fullSCP   = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`
)

func supposeDoc(t *testing.T, name, text string) PolicyDoc {
	t.Helper()
	d, err := policy.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return PolicyDoc{Name: name, Source: []byte(text), Document: d}
}

// supposeEvidence is a user of the bucket's own account, with the given identity
// and bucket policies ("" for none) and every other layer read.
func supposeEvidence(t *testing.T, identity, bucket string) Evidence {
	t.Helper()
	e := Evidence{Target: Target{Bucket: "b", Key: "k"}, Store: Store{Kind: StoreAWS}, Done: true}
	e.Caller = Fact[Identity]{State: Known, Value: Identity{ARN: "arn:aws:iam::111122223333:user/ana", Account: "111122223333", Kind: KindUser}}
	e.OwnerOfBucket = Fact[string]{State: Known, Value: "111122223333"}
	e.IdentityPolicies.State, e.BucketPolicy.State = Known, Absent
	if identity != "" {
		e.IdentityPolicies.Value = []PolicyDoc{supposeDoc(t, "mine", identity)}
	}
	if bucket != "" {
		e.BucketPolicy = Fact[PolicyDoc]{State: Known, Value: supposeDoc(t, "bucket policy", bucket)}
	}
	e.Boundary.State, e.SessionPolicies.State = Absent, Absent
	e.SCPs.State, e.RCPs.State = Absent, Absent
	e.VPCEndpoint.State = Absent
	return e
}

func TestSuppose(t *testing.T) {
	tests := []struct {
		name, identity, bucket string
		lifted                 []string
		effect, by             string
	}{
		{"nothing lifted, nothing granted", "", "", nil, "implicit-deny", "identity-based policy"},
		{"the missing Allow lifted", "", "", []string{"identity-based policy"}, "allow", "identity-based policy"},
		{"a deny on top of a grant", allowRead, denyAll, nil, "explicit-deny", "resource-based policy"},
		{"the deny lifted shows the grant", allowRead, denyAll, []string{"resource-based policy"}, "allow", "identity-based policy"},
		{"the deny lifted shows what is missing behind it", "", denyAll, []string{"resource-based policy"}, "implicit-deny", "identity-based policy"},
		{"both lifted", "", denyAll, []string{"resource-based policy", "identity-based policy"}, "allow", "identity-based policy"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := Suppose(supposeEvidence(t, tt.identity, tt.bucket), tt.lifted)
			if s.Effect != tt.effect || s.DecidedBy != tt.by || !s.Certain {
				t.Errorf("got %s by %s (certain %v, unread %v), want %s by %s", s.Effect, s.DecidedBy, s.Certain, s.Unread, tt.effect, tt.by)
			}
		})
	}
}

func TestPermissionIsNotCertainOfWhatWasNotRead(t *testing.T) {
	e := supposeEvidence(t, allowRead, "")
	if s := Permission(e, "s3:GetObject", false); s.Effect != "allow" || !s.Certain {
		t.Errorf("everything read: %+v", s)
	}
	if s := Permission(e, "s3:PutObject", false); s.Effect != "implicit-deny" || !s.Certain {
		t.Errorf("not granted: %+v", s)
	}
	if s := Permission(e, "s3:ListBucket", true); s.Effect != "implicit-deny" {
		t.Errorf("the grant is on objects, not on the bucket: %+v", s)
	}
	e.BucketPolicy = Fact[PolicyDoc]{State: Denied}
	s := Permission(e, "s3:GetObject", false)
	if s.Certain || !strings.Contains(strings.Join(s.Unread, ","), "resource-based policy") {
		t.Errorf("the bucket policy was not read, and yet: %+v", s)
	}
	e.SCPs = Fact[[]PolicyLevel]{State: Known, Value: []PolicyLevel{{Level: "root"}}}
	if s := Permission(e, "s3:GetObject", false); s.Effect != "implicit-deny" || !s.Certain {
		t.Errorf("a ceiling that allows nothing stays, whatever the bucket policy says: %+v", s)
	}
	e.SCPs.Value[0].Policies = []PolicyDoc{supposeDoc(t, "FullAWSAccess", fullSCP)}
	if s := Permission(e, "s3:GetObject", false); s.Effect != "allow" || s.Certain {
		t.Errorf("the bucket policy may still deny: %+v", s)
	}
}
