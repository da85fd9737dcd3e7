package simulate

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"strings"
	"testing"
)

// run gives lines to a Runner and returns its answers as lines.
func run(t *testing.T, n Runner, in string) (lines []string, bad int) {
	t.Helper()
	var out bytes.Buffer
	bad, err := n.Run(context.Background(), strings.NewReader(in), &out)
	if err != nil {
		t.Fatal(err)
	}
	if out.Len() == 0 {
		return nil, bad
	}
	return strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n"), bad
}

const usual = `"request":{"principal":"arn:aws:iam::111122223333:user/ana","action":"s3:GetObject",` +
	`"resource":"arn:aws:s3:::b/k","resourceAccount":"111122223333"}`

// TestContractExample holds the answer to the example of the contract, byte for byte.
func TestContractExample(t *testing.T) {
	lines, bad := run(t, Runner{}, `{"id":"c1",`+usual+`}`)
	want := `{"id":"c1","decision":"implicit-deny","decidedBy":"identity-based policy","matched":[],` +
		`"message":"User: arn:aws:iam::111122223333:user/ana is not authorized to perform: s3:GetObject ` +
		`on resource: \"arn:aws:s3:::b/k\" because no identity-based policy allows the s3:GetObject action"}`
	if bad != 0 || len(lines) != 1 || lines[0] != want {
		t.Errorf("got %d bad, %q\nwant %q", bad, lines, want)
	}
}

// TestVectorsInOrder runs both vector files and checks that every answer is
// there, in order, with the decision that is expected.
func TestVectorsInOrder(t *testing.T) {
	for _, name := range []string{"policy-documented.jsonl", "policy-open.jsonl"} {
		in, err := os.ReadFile("../testdata/" + name)
		if err != nil {
			t.Fatal(err)
		}
		lines, bad := run(t, Runner{Workers: 4}, string(in))
		cases := strings.Split(strings.TrimSpace(string(in)), "\n")
		if bad != 0 || len(lines) != len(cases) {
			t.Fatalf("%s: %d bad, %d answers to %d cases", name, bad, len(lines), len(cases))
		}
		for i := range cases {
			var want struct {
				ID     string
				Expect struct{ Decision string }
			}
			var got struct{ ID, Decision string }
			if err := json.Unmarshal([]byte(cases[i]), &want); err != nil {
				t.Fatal(err)
			}
			if err := json.Unmarshal([]byte(lines[i]), &got); err != nil {
				t.Fatalf("answer %d is not JSON: %v", i, err)
			}
			if got.ID != want.ID || got.Decision != want.Expect.Decision {
				t.Errorf("answer %d: %s %s, want %s %s", i, got.ID, got.Decision, want.ID, want.Expect.Decision)
			}
		}
	}
}

// TestBadLines checks that a bad line says which line, policy and element is at
// fault, keeps its id, and leaves the other lines alone.
func TestBadLines(t *testing.T) {
	deep := strings.Repeat("[", 10_000)
	policy := func(p string) string {
		return `{"id":"x",` + usual + `,"identityPolicies":[{"name":"p1","policy":` + p + `}]}`
	}
	stmt := func(body string) string {
		return policy(`{"Version":"2012-10-17","Statement":[{` + body + `}]}`)
	}
	tests := []struct{ name, line, want string }{
		{"not JSON", `nonsense`, `line 1, column 1: expected an object`},
		{"trailing text", `{"id":"x",` + usual + `} {}`, `follows the end`},
		{"no request", `{"id":"x"}`, `the case has no request`},
		{"no action", `{"id":"x","request":{"principal":"anonymous","resource":"arn:aws:s3:::b"}}`, `has no action`},
		{"object for an id", `{"id":{"a" 1},` + usual + `}`, `the id must be a string or number`},
		{"wrong type", `{"id":"x","request":{"principal":7}}`, `request.principal: expected a string, found a number`},
		{"account as a number", `{"id":"x","request":{"principal":"anonymous","resourceAccount":111122223333}}`, `request.resourceAccount: expected a string`},
		{"name for a principal", `{"id":"x","request":{"principal":"ana","action":"s3:GetObject","resource":"*"}}`, `principal "ana" is neither an ARN`},
		{"action of no service", `{"id":"x","request":{"principal":"anonymous","action":"GetObject","resource":"*"}}`, `action "GetObject" has no service prefix`},
		{"context in context", `{"id":"x","request":{"principal":"anonymous","context":{"aws:SourceIp":[{}]}}}`, `request.context.aws:SourceIp: expected a value, found an object`},
		{"policies without a list", `{"id":"x",` + usual + `,"identityPolicies":{"name":"p"}}`, `identityPolicies: expected a list, found an object`},
		{"policy in a string", policy(`"{}"`), `"p1": policy line 1, column 1: expected an object, found a string`},
		{"setting in quotes", `{"id":"x",` + usual + `,"blockPublicAccess":{"restrictPublicBuckets":"true"}}`, `restrictPublicBuckets must be true or false, not a string`},
		{"cut line", `{"id":"x",` + usual + `,"identityPolicies":[{"name":"p1","policy":{"Statement":[`, `column 215: identityPolicies.policy: the text ends inside a value`},
		{"id twice", `{"id":"x","id":"y",` + usual + `}`, `"id" is given twice`},
		{"statement as a string", policy(`{"Statement":"x"}`), `Statement: expected an object, found a string`},
		{"action as a number", stmt(`"Effect":"Allow","Action":7,"Resource":"*"`), `Statement.Action: expected a string, found a number`},
		{"condition as a string", stmt(`"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"StringEquals":"x"}`), `Statement.Condition.StringEquals: expected an object, found a string`},
		{"condition value as an object", stmt(`"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"StringEquals":{"aws:x":{}}}`), `Condition key "aws:x" needs a string, number or boolean, not an object`},
		{"null effect", stmt(`"Effect":null,"Action":"s3:*","Resource":"*"`), `Statement.Effect: expected a string, found null`},
		{"no statement", policy(`{"Version":"2012-10-17"}`), `identityPolicies[0] "p1": policy line 1, column 1: the policy has no Statement`},
		{"unknown element", stmt(`"Efect":"Allow"`), `unknown element "Efect"`},
		{"no effect", stmt(`"Action":"s3:*","Resource":"*"`), `the statement has no Effect`},
		{"effect in lower case", stmt(`"Effect":"allow","Action":"s3:*","Resource":"*"`), `Effect "allow"`},
		{"both actions", stmt(`"Effect":"Allow","Action":"s3:*","NotAction":"s3:*","Resource":"*"`), `both Action and NotAction`},
		{"no resource", stmt(`"Effect":"Allow","Action":"s3:*"`), `neither Resource nor NotResource`},
		{"action without prefix", stmt(`"Effect":"Allow","Action":"GetObject","Resource":"*"`), `Action "GetObject" has no service prefix`},
		{"resource without ARN", stmt(`"Effect":"Allow","Action":"s3:*","Resource":"b/*"`), `Resource "b/*" is neither`},
		{"unknown operator", stmt(`"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"StringMatches":{"aws:x":"y"}}`), `operator "StringMatches" is unknown`},
		{"element twice", stmt(`"Effect":"Allow","Effect":"Deny","Action":"s3:*","Resource":"*"`), `"Effect" is given twice`},
		{"principal in an identity policy", stmt(`"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"*"`), `Principal does not belong in an identity-based policy`},
		{"version", policy(`{"Version":"2013-10-17","Statement":[]}`), `Version "2013-10-17"`},
		{"partial wildcard", `{"id":"x",` + usual + `,"resourcePolicy":{"Statement":{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:user/*"},"Action":"s3:*","Resource":"*"}}}`, `resourcePolicy: policy line 1`},
		{"deep nesting", `{"id":"x",` + usual + `,"other":` + deep, `nested more than 64 levels deep`},
		{"deep policy", policy(strings.Repeat(`{"Statement":`, 10_000)), `nested more than 64`},
		{"large policy", policy(`{"Statement":[` + strings.Repeat(" ", 10<<20) + `]}`), `larger than 256 KiB`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			lines, bad := run(t, Runner{}, test.line+"\n"+`{"id":"next",`+usual+"}\n")
			if bad != 1 || len(lines) != 2 {
				t.Fatalf("%d bad, %d answers: %.300q", bad, len(lines), lines)
			}
			if !strings.Contains(lines[0], `"error":"`) || !strings.Contains(unquote(t, lines[0]), test.want) {
				t.Errorf("got %.300s\nwant %s", lines[0], test.want)
			}
			if strings.HasPrefix(test.line, `{"id":"x"`) && !strings.HasPrefix(lines[0], `{"id":"x"`) && !strings.Contains(test.name, "deep") {
				t.Errorf("the id is lost: %.200s", lines[0])
			}
			if !strings.HasPrefix(lines[1], `{"id":"next","decision":`) {
				t.Errorf("the next line: %.200s", lines[1])
			}
		})
	}
}

func unquote(t *testing.T, line string) string {
	t.Helper()
	var v struct{ Error string }
	if err := json.Unmarshal([]byte(line), &v); err != nil {
		t.Fatal(err)
	}
	return v.Error
}

// TestLongLine evaluates a line of more than 10 MB, and refuses one beyond the limit.
func TestLongLine(t *testing.T) {
	pad := strings.Repeat("x", 11<<20)
	lines, bad := run(t, Runner{}, `{"id":"long","note":"`+pad+`",`+usual+"}\n")
	if bad != 0 || len(lines) != 1 || !strings.HasPrefix(lines[0], `{"id":"long","decision"`) {
		t.Errorf("%d bad, %.200q", bad, lines)
	}
	key := strings.Replace(usual, "b/k", "b/"+strings.Repeat("a", 10<<20), 1)
	lines, bad = run(t, Runner{}, `{"id":"key",`+key+`,"identityPolicies":[{"name":"p","policy":{"Statement":`+
		`{"Effect":"Allow","Action":"*","Resource":"arn:aws:s3:::b/`+strings.Repeat("*a", 200)+`b"}}}]}`)
	if bad != 0 || len(lines) != 1 || !strings.Contains(lines[0], "implicit-deny") {
		t.Errorf("%d bad, %d lines", bad, len(lines))
	}
}

// TestForm: blank lines, Windows line ends and a byte order mark do no harm, and
// nulls are as good as absent.
func TestForm(t *testing.T) {
	lines, bad := run(t, Runner{}, "\xef\xbb\xbf{\"id\":1,"+usual+",\"resourcePolicy\":null,\"sessionPolicies\":null,"+
		`"serviceControlPolicies":[{"level":null,"policies":null}],"identityPolicies":[{"name":null,"policy":{"Statement":[]},"note":[]}]}`+
		"\r\n\r\n  \n{\"id\":\"<&>\","+usual+"}")
	if bad != 0 || len(lines) != 2 || !strings.HasPrefix(lines[0], `{"id":1,`) || !strings.HasPrefix(lines[1], `{"id":"<&>",`) {
		t.Errorf("%d bad, %q", bad, lines)
	}
	if lines, bad := run(t, Runner{}, ""); bad != 0 || lines != nil {
		t.Errorf("of nothing: %d bad, %q", bad, lines)
	}
}

// TestExplain checks that --explain adds the near-misses.
func TestExplain(t *testing.T) {
	lines, _ := run(t, Runner{Explain: true}, `{"id":"e",`+usual+`,"identityPolicies":[{"name":"p","policy":`+
		`{"Statement":{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b"}}}]}`)
	if want := `it lacks /*"`; len(lines) != 1 || !strings.Contains(lines[0], want) {
		t.Errorf("%q, want %s", lines, want)
	}
}

// TestCancel checks that a run whose input never ends stops when it is told to.
func TestCancel(t *testing.T) {
	ctx, stop := context.WithCancel(context.Background())
	stop()
	block, out := make(chan struct{}), new(bytes.Buffer)
	defer close(block)
	n := Runner{}
	if _, err := n.Run(ctx, blocked(block), out); err == nil {
		t.Error("no error")
	}
}

// blocked is a reader that waits.
type blocked chan struct{}

func (b blocked) Read([]byte) (int, error) { <-b; return 0, nil }

func BenchmarkSimulate(b *testing.B) {
	in, err := os.ReadFile("../testdata/policy-open.jsonl")
	if err != nil {
		b.Fatal(err)
	}
	n := Runner{Workers: 1}
	b.SetBytes(int64(len(in)))
	lines := 0
	for b.Loop() {
		if _, err := n.Run(context.Background(), bytes.NewReader(in), new(bytes.Buffer)); err != nil {
			b.Fatal(err)
		}
		lines += bytes.Count(in, []byte("\n"))
	}
	b.ReportMetric(float64(lines)/b.Elapsed().Seconds(), "lines/s")
}

// FuzzRun checks that every line gets exactly one answer, and that it is JSON.
func FuzzRun(f *testing.F) {
	f.Add(`{"id":"c1",` + usual + `}`)
	f.Add(`{"id":{"a":[1,"\ud83d\ude00"]},` + usual + `,"resourcePolicy":{"Statement":[]}}`)
	f.Add("x\n\n{}\n[")
	f.Fuzz(func(t *testing.T, in string) {
		lines, _ := run(t, Runner{Workers: 1, Explain: true}, in)
		want := 0
		for l := range strings.SplitSeq(in, "\n") {
			if strings.TrimSpace(l) != "" {
				want++
			}
		}
		if len(lines) != want {
			t.Fatalf("%d answers to %d lines", len(lines), want)
		}
		for _, l := range lines {
			if !json.Valid([]byte(l)) {
				t.Fatalf("not JSON: %q", l)
			}
		}
	})
}
