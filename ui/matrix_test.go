package ui

import (
	"strconv"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"s403/diagnose"
	"s403/diagnose/policy"
)

// matrixEvidence is a user who may list and read one bucket by her own policy,
// whose bucket policy could not be read, and whose GET was answered.
func matrixEvidence(t *testing.T) diagnose.Evidence {
	t.Helper()
	text := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:GetObject*","s3:ListBucket"],"Resource":"*"},{"Effect":"Deny","Action":"s3:Delete*","Resource":"*"}]}`
	doc, err := policy.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	get := diagnose.Exchange{Operation: "GetObject", Status: 206}
	e := diagnose.Evidence{Target: diagnose.Target{Bucket: "b", Key: "k"}, Store: diagnose.Store{Kind: diagnose.StoreAWS}, Done: true, Exchanges: []diagnose.Exchange{get}}
	e.Caller = diagnose.KnownFact(diagnose.Identity{ARN: "arn:aws:iam::111122223333:user/ana", Account: "111122223333", Kind: diagnose.KindUser}, diagnose.Exchange{})
	e.OwnerOfBucket = diagnose.KnownFact("111122223333", diagnose.Exchange{})
	e.Get = diagnose.KnownFact(diagnose.Answer{Status: 206}, get)
	e.IdentityPolicies = diagnose.KnownFact([]diagnose.PolicyDoc{{Name: "mine", Source: []byte(text), Document: doc}}, diagnose.Exchange{})
	e.BucketPolicy = diagnose.Fact[diagnose.PolicyDoc]{State: diagnose.Denied, Source: diagnose.Exchange{Operation: "GetBucketPolicy", Status: 403}}
	e.Boundary.State, e.SCPs.State, e.RCPs.State = diagnose.Absent, diagnose.Absent, diagnose.Absent
	return e
}

func TestMatrixClaimsOnlyWhatIsKnown(t *testing.T) {
	m := newMatrix("s3://b/k")
	m.setEvidence(matrixEvidence(t))
	want := map[string]may{
		"GetObject":       mayAllowed, // answered
		"GetBucketPolicy": mayDenied,  // answered
		"DeleteObject":    mayDenied,  // an explicit deny, whatever the bucket policy says
		"DeleteBucket":    mayDenied,
		"GetObjectAcl":    mayUnknown, // allowed by her own, but the bucket policy was not read
		"PutObject":       mayUnknown, // the bucket policy might grant it
		"ListBucket":      mayUnknown,
	}
	for _, r := range m.rows {
		if y, ok := want[r.name]; ok && r.may != y {
			t.Errorf("s3:%s is %s (%s), want %s", r.name, r.may, r.how, y)
		}
		if r.how == "" {
			t.Errorf("s3:%s does not say how it is known", r.name)
		}
		if !policy.ActionExists("s3:" + r.name) {
			t.Errorf("there is no action s3:%s", r.name)
		}
	}
}

func TestMatrixOfAnotherStoreClaimsNoAWSLogic(t *testing.T) {
	e := matrixEvidence(t)
	e.Store = diagnose.Store{Kind: diagnose.StoreMinIO, CustomEndpoint: true}
	m := newMatrix("s3://b/k")
	m.setEvidence(e)
	for _, r := range m.rows {
		if r.may != mayUnknown && !strings.HasPrefix(r.how, "answered") {
			t.Errorf("s3:%s is %s by %s", r.name, r.may, r.how)
		}
	}
}

func TestMatrixGoldens(t *testing.T) {
	for _, size := range [][2]int{{80, 23}, {120, 35}} {
		m := newMatrix("s3://b/k")
		m.setEvidence(matrixEvidence(t))
		name := "matrix-" + strconv.Itoa(size[0]) + "x" + strconv.Itoa(size[1]+1) + ".txt"
		golden(t, name, ansi.Strip(strings.Join(m.view(NewTheme(whyThemes["dark"]), size[0], size[1]), "\n"))+"\n")
	}
	for _, size := range [][2]int{{40, 9}, {1, 1}, {99, 11}, {300, 99}} {
		for _, look := range whyThemes {
			m := newMatrix("s3://b/\x1b[2Jk")
			checkCells(t, "empty matrix", m.view(NewTheme(look), size[0], size[1]), size[0], size[1])
			m.setEvidence(matrixEvidence(t))
			checkCells(t, "matrix", m.view(NewTheme(look), size[0], size[1]), size[0], size[1])
		}
	}
}
