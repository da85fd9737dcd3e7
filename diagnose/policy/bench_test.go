package policy

import (
	"fmt"
	"strings"
	"testing"
)

// policyOf makes an identity policy of n statements, of which the last allows
// what getObject asks for.
func policyOf(t testing.TB, n int) []Named {
	t.Helper()
	var list []string
	for i := range n - 1 {
		list = append(list, fmt.Sprintf(`{"Sid":"S%d","Effect":"Allow","Action":["s3:GetObject","s3:ListBucket"],"Resource":"arn:aws:s3:::bucket-%d/*"}`, i, i))
	}
	list = append(list, `{"Effect":"Allow","Action":"s3:Get*","Resource":"arn:aws:s3:::b/*","Condition":{"Bool":{"aws:SecureTransport":"true"}}}`)
	return []Named{{"p", mustParse(t, []byte(`{"Version":"2012-10-17","Statement":[`+strings.Join(list, ",")+`]}`))}}
}

// TestAllocations: a request of the usual kind is allowed without allocating.
func TestAllocations(t *testing.T) {
	r := getObject(userAna, "aws:SecureTransport", "true", "aws:SourceIp", "203.0.113.9")
	bucket := mustParse(t, []byte(`{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":["arn:aws:s3:::b","arn:aws:s3:::b/*"],
		"Condition":{"NotIpAddress":{"aws:SourceIp":"203.0.113.0/24"},"StringNotEquals":{"aws:PrincipalAccount":"111122223333"}}},
		{"Effect":"Allow","Principal":{"AWS":"`+userAna+`"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::b/home/${aws:username}/*"}]}`))
	s := Set{Identity: policyOf(t, 200), Resource: bucket, Boundaries: everything(t)}
	effect := ImplicitDeny
	if n := testing.AllocsPerRun(200, func() { effect, _ = Decide(&r, &s) }); n != 0 || effect != Allow {
		t.Errorf("%v allocations, %s", n, effect)
	}
}

func benchmarkDecide(b *testing.B, s Set) {
	r := getObject(userAna, "aws:SecureTransport", "true", "aws:SourceIp", "203.0.113.9")
	b.ReportAllocs()
	for b.Loop() {
		if effect, _ := Decide(&r, &s); effect != Allow {
			b.Fatal(effect)
		}
	}
}

func BenchmarkDecideSmall(b *testing.B) { benchmarkDecide(b, Set{Identity: policyOf(b, 3)}) }
func BenchmarkDecideLarge(b *testing.B) { benchmarkDecide(b, Set{Identity: policyOf(b, 200)}) }

func BenchmarkEvaluateSmall(b *testing.B) {
	r, s := getObject(userAna, "aws:SecureTransport", "true"), Set{Identity: policyOf(b, 3)}
	b.ReportAllocs()
	for b.Loop() {
		Evaluate(r, s)
	}
}

func BenchmarkParseSmall(b *testing.B) { benchmarkParse(b, policyOf(b, 3)[0].Document.Source()) }
func BenchmarkParseLarge(b *testing.B) { benchmarkParse(b, policyOf(b, 200)[0].Document.Source()) }

func benchmarkParse(b *testing.B, source []byte) {
	b.SetBytes(int64(len(source)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Parse(source); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkVectors decides every case of the open vectors, parsed beforehand.
func BenchmarkVectors(b *testing.B) {
	list := readVectors(b, "policy-open.jsonl")
	requests, sets := make([]Request, len(list)), make([]Set, len(list))
	for i := range list {
		requests[i], sets[i] = list[i].request(), list[i].set(b)
	}
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		for i := range requests {
			Decide(&requests[i], &sets[i])
		}
		n += len(requests)
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "evaluations/s")
}

// BenchmarkManyStars is a pattern that a backtracking matcher never finishes.
func BenchmarkManyStars(b *testing.B) {
	pattern, s := strings.Repeat("*a", 30)+"b", strings.Repeat("a", 1024)
	for b.Loop() {
		MatchWildcard(pattern, s)
	}
}
