package policy

import (
	"bufio"
	"encoding/json"
	"os"
	"testing"
)

// vector is one line of the files in testdata: a case of `simulate` and the
// answer that is expected.
type vector struct {
	ID      string `json:"id"`
	Request struct {
		Principal       string              `json:"principal"`
		Action          string              `json:"action"`
		Resource        string              `json:"resource"`
		ResourceAccount string              `json:"resourceAccount"`
		Context         map[string][]string `json:"context"`
	} `json:"request"`
	Identity   []vectorPolicy  `json:"identityPolicies"`
	Resource   json.RawMessage `json:"resourcePolicy"`
	Boundaries []vectorPolicy  `json:"permissionsBoundaries"`
	Session    []vectorPolicy  `json:"sessionPolicies"`
	SCPs       []vectorLevel   `json:"serviceControlPolicies"`
	RCPs       []vectorLevel   `json:"resourceControlPolicies"`
	VPCE       []vectorPolicy  `json:"vpcEndpointPolicies"`
	Block      struct {
		Restrict bool `json:"restrictPublicBuckets"`
	} `json:"blockPublicAccess"`
	Expect struct {
		Decision Effect `json:"decision"`
		Layer    Layer  `json:"layer"`
	} `json:"expect"`
	Tags []string `json:"tags"`
	Cite string   `json:"cite"`
}

type vectorPolicy struct {
	Name   string          `json:"name"`
	Policy json.RawMessage `json:"policy"`
}

type vectorLevel struct {
	Level    string         `json:"level"`
	Policies []vectorPolicy `json:"policies"`
}

func mustParse(t testing.TB, raw []byte) *Document {
	t.Helper()
	d, err := Parse(raw)
	if err != nil {
		t.Fatalf("parsing %s: %v", raw, err)
	}
	return d
}

func (v *vector) named(t testing.TB, list []vectorPolicy) []Named {
	if list == nil {
		return nil
	}
	out := make([]Named, 0, len(list))
	for _, p := range list {
		out = append(out, Named{p.Name, mustParse(t, p.Policy)})
	}
	return out
}

func (v *vector) levels(t testing.TB, list []vectorLevel) []Level {
	if list == nil {
		return nil
	}
	out := make([]Level, 0, len(list))
	for _, l := range list {
		out = append(out, Level{l.Level, v.named(t, l.Policies)})
	}
	return out
}

func (v *vector) request() Request {
	r := v.Request
	return Request{Principal: r.Principal, Action: r.Action, Resource: r.Resource,
		ResourceAccount: r.ResourceAccount, Context: r.Context}
}

func (v *vector) set(t testing.TB) Set {
	s := Set{
		Identity: v.named(t, v.Identity), Boundaries: v.named(t, v.Boundaries), Session: v.named(t, v.Session),
		SCPs: v.levels(t, v.SCPs), RCPs: v.levels(t, v.RCPs), VPCEndpoint: v.named(t, v.VPCE),
		RestrictPublicBuckets: v.Block.Restrict,
	}
	if v.Resource != nil {
		s.Resource = mustParse(t, v.Resource)
	}
	return s
}

func readVectors(t testing.TB, name string) []vector {
	t.Helper()
	f, err := os.Open("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	var list []vector
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var v vector
		if err := json.Unmarshal(lines.Bytes(), &v); err != nil {
			t.Fatal(err)
		}
		list = append(list, v)
	}
	if lines.Err() != nil || len(list) == 0 {
		t.Fatalf("%s: %d cases, %v", name, len(list), lines.Err())
	}
	return list
}

// TestVectors holds the engine to every case of both files.
func TestVectors(t *testing.T) {
	for _, name := range []string{"policy-documented.jsonl", "policy-open.jsonl"} {
		t.Run(name, func(t *testing.T) {
			agreed := 0
			list := readVectors(t, name)
			for i := range list {
				v := &list[i]
				d := Evaluate(v.request(), v.set(t))
				if d.Effect == v.Expect.Decision && (v.Expect.Layer == "" || d.DecidedBy == v.Expect.Layer) {
					agreed++
					continue
				}
				t.Errorf("%s: %s by %s, want %s by %s (%v)\n%s", v.ID, d.Effect, d.DecidedBy,
					v.Expect.Decision, v.Expect.Layer, v.Tags, v.Cite)
			}
			t.Logf("%d of %d agree", agreed, len(list))
		})
	}
}
