package policy

import (
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// The naive evaluator answers the same questions as the engine, from the parsed
// document and in the plainest way: regular expressions for patterns, no
// compilation, no early end. It knows the operators that generated cases use.
type naive struct {
	r Request
	s Set
}

func (n naive) context(key string) []string {
	for k, v := range n.r.Context {
		if strings.EqualFold(k, key) {
			return v
		}
	}
	if strings.EqualFold(key, "aws:username") && strings.Contains(n.r.Principal, ":user/") {
		return []string{n.r.Principal[strings.LastIndex(n.r.Principal, "/")+1:]}
	}
	return nil
}

// pattern matches with a regular expression. Variables are replaced first; one
// without a value makes the pattern match nothing.
func (n naive) pattern(pattern, s string, wild bool) bool {
	var re strings.Builder
	re.WriteString(`(?s)\A`)
	for i := 0; i < len(pattern); i++ {
		rest := pattern[i:]
		switch {
		case strings.HasPrefix(rest, "${"):
			end := strings.Index(rest, "}")
			v := n.context(rest[2:end])
			if len(v) != 1 {
				return false
			}
			re.WriteString(regexp.QuoteMeta(v[0]))
			i += end
		case wild && rest[0] == '*':
			re.WriteString(".*")
		case wild && rest[0] == '?':
			re.WriteString(".")
		default:
			re.WriteString(regexp.QuoteMeta(rest[:1]))
		}
	}
	return regexp.MustCompile(re.String() + `\z`).MatchString(s)
}

func (n naive) condition(c Condition) bool {
	met := n.context(c.Key)
	op := c.Operator
	if op == "Null" {
		return (len(met) == 0) == (c.Values[0].Text == "true")
	}
	all, isAll := strings.CutPrefix(op, "ForAllValues:")
	any1, isAny := strings.CutPrefix(all, "ForAnyValue:")
	base, ifExists := strings.CutSuffix(any1, "IfExists")
	not := strings.Contains(base, "Not")
	if len(met) == 0 {
		return ifExists || isAll || not && !isAny
	}
	one := func(v string) bool {
		hit := slices.ContainsFunc(c.Values, func(w Value) bool {
			switch strings.Replace(base, "Not", "", 1) {
			case "StringEquals":
				return n.pattern(w.Text, v, false)
			case "StringLike":
				return n.pattern(w.Text, v, true)
			case "Bool":
				return v == w.Text
			}
			panic(base)
		})
		return hit != not
	}
	hits := 0
	for _, v := range met {
		if one(v) {
			hits++
		}
	}
	switch {
	case isAll || not && !isAny:
		return hits == len(met)
	default:
		return hits > 0
	}
}

func (n naive) statement(s Statement) bool {
	action := slices.ContainsFunc(s.Actions.List, func(v Value) bool {
		return n.pattern(strings.ToLower(v.Text), strings.ToLower(n.r.Action), true)
	})
	resource := slices.ContainsFunc(s.Resources.List, func(v Value) bool { return n.pattern(v.Text, n.r.Resource, true) })
	conditions := !slices.ContainsFunc(s.Conditions, func(c Condition) bool { return !n.condition(c) })
	return action != s.Actions.Not && resource != s.Resources.Not && conditions
}

// says is what a list of policies says: denied, and how strongly it allows
// (0 not, 1 to the account, 2 to the role, 3 to the caller).
func (n naive) says(list []Named, who func(Statement) int) (deny bool, allow int) {
	for _, p := range list {
		for _, s := range p.Document.Statements {
			g := who(s)
			if g == 0 || !n.statement(s) {
				continue
			}
			if s.Effect == "Deny" {
				deny = true
			} else {
				allow = max(allow, g)
			}
		}
	}
	return deny, allow
}

func everyone(Statement) int { return 3 }

// named grades the Principal of a statement.
func (n naive) named(s Statement) int {
	best := 0
	for _, p := range s.Principals.List {
		account := strings.Split(n.r.Principal, ":")[4]
		role := "arn:aws:iam::" + account + ":role/dev"
		switch {
		case p.Text == "*" || p.Text == n.r.Principal:
			best = 3
		case p.Text == role && strings.Contains(n.r.Principal, ":assumed-role/dev/"):
			best = max(best, 2)
		case p.Text == account || p.Text == "arn:aws:iam::"+account+":root":
			best = max(best, 1)
		}
	}
	return best
}

func (n naive) effect() Effect {
	denied := false
	ask := func(list []Named, who func(Statement) int) int {
		deny, allow := n.says(list, who)
		denied = denied || deny
		return allow
	}
	scp := true
	for _, l := range n.s.SCPs {
		scp = ask(l.Policies, everyone) > 0 && scp
	}
	for _, l := range n.s.RCPs {
		ask(l.Policies, everyone)
	}
	vpce := ask(n.s.VPCEndpoint, everyone) > 0 || n.s.VPCEndpoint == nil
	resource := 0
	if n.s.Resource != nil {
		resource = ask([]Named{{"", n.s.Resource}}, n.named)
	}
	identity := ask(n.s.Identity, everyone) > 0
	boundary := ask(n.s.Boundaries, everyone) > 0 || n.s.Boundaries == nil
	session := ask(n.s.Session, everyone) > 0 || n.s.Session == nil
	if denied {
		return ExplicitDeny
	}
	same := strings.Split(n.r.Principal, ":")[4] == n.r.ResourceAccount
	limits := boundary && session
	ok := identity && limits && resource > 0
	if same {
		ok = identity && limits || resource == 3 || resource == 2 && limits
	}
	if ok && scp && vpce {
		return Allow
	}
	return ImplicitDeny
}

// generator makes cases out of few words, so that they meet often.
type generator struct{ *rand.Rand }

func (g generator) pick(list ...string) string { return list[g.IntN(len(list))] }

func (g generator) statement(principal bool) string {
	var b strings.Builder
	b.WriteString(`{"Effect":"` + g.pick("Allow", "Allow", "Allow", "Deny") + `",`)
	if principal {
		b.WriteString(`"Principal":` + g.pick(`"*"`, `{"AWS":"*"}`, `{"AWS":"111111111111"}`,
			`{"AWS":"arn:aws:iam::111111111111:root"}`, `{"AWS":"arn:aws:iam::111111111111:user/ana"}`,
			`{"AWS":["arn:aws:iam::111111111111:role/dev","222222222222"]}`,
			`{"AWS":"arn:aws:sts::111111111111:assumed-role/dev/s1"}`) + `,`)
	}
	b.WriteString(`"` + g.pick("Action", "Action", "Action", "NotAction") + `":` +
		g.pick(`"s3:GetObject"`, `"s3:*"`, `"*"`, `"S3:get*"`, `["s3:PutObject","s3:Get?bject"]`, `"s3:PutObject"`) + `,`)
	b.WriteString(`"` + g.pick("Resource", "Resource", "Resource", "NotResource") + `":` +
		g.pick(`"*"`, `"arn:aws:s3:::b/*"`, `"arn:aws:s3:::b"`, `"arn:aws:s3:::b/x?/*"`,
			`["arn:aws:s3:::c/*","arn:aws:s3:::b/x1/k"]`, `"arn:aws:s3:::b/*/k"`, `"arn:aws:s3:::b/${aws:username}/*"`))
	if g.IntN(2) == 0 {
		b.WriteString(`,"Condition":{"` + g.pick("", "ForAnyValue:", "ForAllValues:") +
			g.pick("StringEquals", "StringNotEquals", "StringLike", "StringNotLike") + g.pick("", "IfExists") + `":{"` +
			g.pick("aws:a", "AWS:B", "aws:c") + `":` + g.pick(`"x"`, `["x","y*"]`, `"?"`, `"${aws:username}"`) + `}`)
		if g.IntN(3) == 0 {
			b.WriteString(`,"` + g.pick("Null", "Bool", "BoolIfExists") + `":{"aws:a":"` + g.pick("true", "false") + `"}`)
		}
		b.WriteString(`}`)
	}
	return b.String() + `}`
}

func (g generator) document(t testing.TB, principal bool) *Document {
	var list []string
	for range 1 + g.IntN(3) {
		list = append(list, g.statement(principal))
	}
	return mustParse(t, []byte(`{"Version":"2012-10-17","Statement":[`+strings.Join(list, ",")+`]}`))
}

func (g generator) named(t testing.TB, principal bool) []Named {
	if g.IntN(3) > 0 {
		return nil
	}
	list := []Named{}
	for range g.IntN(3) {
		list = append(list, Named{"p", g.document(t, principal)})
	}
	return list
}

func (g generator) scene(t testing.TB) (Request, Set) {
	r := Request{
		Principal: g.pick("arn:aws:iam::111111111111:user/ana", "arn:aws:sts::111111111111:assumed-role/dev/s1",
			"arn:aws:sts::111111111111:assumed-role/dev/s2"),
		Action: g.pick("s3:GetObject", "s3:PutObject"), Resource: g.pick("arn:aws:s3:::b/x1/k", "arn:aws:s3:::b/ana/é", "arn:aws:s3:::b"),
		ResourceAccount: g.pick("111111111111", "111111111111", "222222222222"),
		Context:         map[string][]string{},
	}
	for _, key := range []string{"aws:a", "aws:b", "aws:C"} {
		switch g.IntN(4) {
		case 0:
			r.Context[key] = []string{g.pick("x", "yes", "true", "ana")}
		case 1:
			r.Context[key] = []string{"x", g.pick("q", "y1")}
		case 2:
			r.Context[key] = []string{}
		}
	}
	s := Set{Boundaries: g.named(t, false), Session: g.named(t, false), VPCEndpoint: g.named(t, true)}
	for range g.IntN(3) {
		s.Identity = append(s.Identity, Named{"id", g.document(t, false)})
	}
	if g.IntN(2) == 0 {
		s.Resource = g.document(t, true)
	}
	if g.IntN(3) == 0 {
		s.SCPs = []Level{{"root", []Named{{"full", mustParse(t, []byte(allowAll))}}}, {"account", []Named{{"p", g.document(t, false)}}}}
	}
	return r, s
}

const allowAll = `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}`

// TestNaiveAgrees holds the engine to the naive evaluator on generated cases.
func TestNaiveAgrees(t *testing.T) {
	g := generator{rand.New(rand.NewPCG(4, 3))}
	seen := map[Effect]int{}
	for i := range 6_000 {
		r, s := g.scene(t)
		// The naive evaluator reads a VPC endpoint's Principal as everyone.
		for _, p := range s.VPCEndpoint {
			for j := range p.Document.ready {
				p.Document.ready[j].principals = []principalPattern{{everyone: true}}
			}
		}
		want := naive{r, s}.effect()
		d := Evaluate(r, s)
		seen[want]++
		if effect, layer := Decide(&r, &s); effect != d.Effect || layer != d.DecidedBy {
			t.Fatalf("case %d: Decide says %s by %s, Evaluate %s by %s", i, effect, layer, d.Effect, d.DecidedBy)
		}
		if d.Effect != want {
			t.Fatalf("case %d: %s by %s, want %s\n%+v\n%s", i, d.Effect, d.DecidedBy, want, r, sources(s))
		}
	}
	for _, e := range []Effect{Allow, ExplicitDeny, ImplicitDeny} {
		if seen[e] < 300 {
			t.Errorf("only %d cases of %s: the generator misses its aim", seen[e], e)
		}
	}
}

func sources(s Set) string {
	var b strings.Builder
	add := func(layer string, list []Named) {
		for _, p := range list {
			b.WriteString(layer + " " + string(p.Document.Source()) + "\n")
		}
	}
	add("identity", s.Identity)
	add("boundary", s.Boundaries)
	add("session", s.Session)
	add("vpce", s.VPCEndpoint)
	for _, l := range s.SCPs {
		add("scp", l.Policies)
	}
	if s.Resource != nil {
		add("resource", []Named{{"", s.Resource}})
	}
	return b.String()
}

// TestProperties: a Deny more never allows, an Allow more never denies what was
// allowed, and the order of statements and policies changes nothing.
func TestProperties(t *testing.T) {
	g := generator{rand.New(rand.NewPCG(1, 2))}
	deny := mustParse(t, []byte(strings.Replace(allowAll, "Allow", "Deny", 1)))
	allow := mustParse(t, []byte(allowAll))
	for range 1_500 {
		r, s := g.scene(t)
		before := Evaluate(r, s).Effect

		more := s
		more.Identity = append(slices.Clone(s.Identity), Named{"deny", deny})
		if e := Evaluate(r, more).Effect; e != ExplicitDeny {
			t.Fatalf("with a Deny more: %s\n%s", e, sources(s))
		}
		more.Identity = append(slices.Clone(s.Identity), Named{"allow", allow})
		if e := Evaluate(r, more).Effect; before == Allow && e != Allow || before == ExplicitDeny && e != ExplicitDeny {
			t.Fatalf("with an Allow more: %s became %s\n%s", before, e, sources(s))
		}
		turned := s
		turned.Identity = slices.Clone(s.Identity)
		slices.Reverse(turned.Identity)
		if s.Resource != nil {
			turned.Resource = reversed(t, s.Resource)
		}
		a, b := Evaluate(r, s), Evaluate(r, turned)
		if a.Effect != b.Effect || a.DecidedBy != b.DecidedBy || len(a.Matched) != len(b.Matched) || len(a.Missed) != len(b.Missed) {
			t.Fatalf("in another order: %s by %s became %s by %s\n%s", a.Effect, a.DecidedBy, b.Effect, b.DecidedBy, sources(s))
		}
	}
}

// reversed is a document with its statements in the opposite order.
func reversed(t testing.TB, d *Document) *Document {
	t.Helper()
	copied := *d
	copied.Statements, copied.ready = slices.Clone(d.Statements), slices.Clone(d.ready)
	slices.Reverse(copied.Statements)
	slices.Reverse(copied.ready)
	return &copied
}
