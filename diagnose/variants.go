package diagnose

import (
	"fmt"
	"maps"
	"slices"
	"sort"
	"strings"

	"s403/diagnose/policy"
)

// What bounds the guesses about unseen keys: values a key, evaluations a report,
// and statements evaluated in all, so that large policies stay within a frame.
const (
	maxGuesses    = 5
	maxVariants   = 64
	maxStatements = 2000
)

// tryUnseen evaluates the request once for every combination of guesses about
// the keys that policies ask for and only AWS can see: absent, values that a
// policy mentions, and a value that none mentions. Where all variants agree the
// decision does not hinge on what is unseen.
func (r *reading) tryUnseen(ev *evaluation) {
	asked, statements := map[string][]policy.Condition{}, 1
	eachDocument(ev.set, func(d *policy.Document) {
		r.collectUnseen(d, asked)
		statements += len(d.Statements)
	})
	ev.variants, ev.guessed = []policy.Decision{ev.decision}, []policy.Request{ev.request}
	ev.unseen, ev.partial = nil, false
	guesses := map[string][]string{}
	for k, conditions := range asked {
		list, cut := r.guessesOf(k, conditions)
		guesses[k], ev.partial = list, ev.partial || cut
		ev.unseen = append(ev.unseen, k)
	}
	sort.Strings(ev.unseen)
	most := max(maxGuesses+1, min(maxVariants, maxStatements/statements))
	forEachGuess(ev.unseen, guesses, func(chosen map[string]string) bool {
		if len(ev.variants) >= most {
			ev.partial = true
			return false
		}
		req := ev.request
		req.Context = maps.Clone(ev.request.Context)
		for k, v := range chosen {
			req.Context[r.spelling(k)] = []string{v}
		}
		ev.variants, ev.guessed = append(ev.variants, policy.EvaluateLayers(&req, &ev.set)), append(ev.guessed, req)
		return true
	})
	for i, k := range ev.unseen {
		ev.unseen[i] = asked[k][0].Key // as the policy spells it
	}
}

// guessesOf lists the values to try for a key: one that no policy mentions, the
// first of each condition and, where several conditions ask for the key, the
// others too, since two may have to hold at once. cut: there are more.
func (r *reading) guessesOf(key string, conditions []policy.Condition) (list []string, cut bool) {
	list = outsiders(key, conditions)
	fill := concrete
	if role, ok := r.pathless(key); ok {
		list, fill = []string{role.at("unknown")}, role.meant
	}
	add := func(text string) (more bool) {
		v := fill(text)
		switch {
		case slices.Contains(list, v):
		case len(list) >= maxGuesses:
			cut = true
		default:
			list = append(list, v)
		}
		return !cut
	}
	for _, c := range conditions {
		if len(c.Values) > 0 && !add(c.Values[0].Text) {
			return list, cut
		}
	}
	for _, c := range conditions {
		for i := 1; i < len(c.Values) && len(conditions) > 1; i++ {
			if !add(c.Values[i].Text) {
				return list, cut
			}
		}
	}
	return list, cut
}

// forEachGuess walks the guesses, the telling ones first: all keys as the
// policies ask for them, then one key at a time, then all combinations. A key
// that is not in chosen is absent.
func forEachGuess(keys []string, guesses map[string][]string, try func(chosen map[string]string) bool) {
	if len(keys) == 0 {
		return
	}
	for j := range maxGuesses {
		chosen := map[string]string{}
		for _, k := range keys {
			chosen[k] = guesses[k][min(len(guesses[k])-1, j)]
		}
		if !try(chosen) {
			return
		}
	}
	if len(keys) == 1 {
		return
	}
	for _, k := range keys {
		for _, v := range guesses[k] {
			if !try(map[string]string{k: v}) {
				return
			}
		}
	}
	combine(keys, guesses, try)
}

// combine walks all combinations of two keys or more.
func combine(keys []string, guesses map[string][]string, try func(chosen map[string]string) bool) {
	index := make([]int, len(keys))
	for {
		at := 0
		for at < len(index) {
			if index[at]++; index[at] <= len(guesses[keys[at]]) {
				break
			}
			index[at] = 0
			at++
		}
		if at == len(index) {
			return
		}
		chosen := map[string]string{}
		for i, k := range keys {
			if index[i] > 0 {
				chosen[k] = guesses[k][index[i]-1]
			}
		}
		if len(chosen) > 1 && !try(chosen) {
			return
		}
	}
}

// collectUnseen notes, by lower-case key, the conditions of a document that ask
// for an unseen key and bear on the request.
func (r *reading) collectUnseen(d *policy.Document, asked map[string][]policy.Condition) {
	action := strings.ToLower(r.eval.request.Action)
	lower := map[string]string{} // each spelling of a key, "" for those that are seen
	for i := range d.Statements {
		s := &d.Statements[i]
		if len(s.Conditions) == 0 || !r.bears(s, action) {
			continue
		}
		for _, c := range s.Conditions {
			key, met := lower[c.Key]
			if !met {
				if key = strings.ToLower(c.Key); r.inContext(key) && !r.retagged(key) || r.knowable(key) {
					key = ""
				}
				lower[c.Key] = key
			}
			if key != "" && r.telltale(key, c) {
				asked[key] = append(asked[key], c)
			}
		}
	}
}

// bears tells that a statement can match the request but for its conditions and
// principals; a pattern with a variable may. action is in lower case.
func (r *reading) bears(s *policy.Statement, action string) bool {
	req := &r.eval.request
	covered := len(s.Resources.List) == 0 || anyCovers(s.Resources, req.Resource, nil) || req.BucketResource != "" && anyCovers(s.Resources, req.BucketResource, nil)
	return covered && anyCovers(s.Actions, action, strings.ToLower)
}

// anyCovers tells whether one of the patterns covers the value, or, for NotAction
// and NotResource, whether none does.
func anyCovers(v policy.Values, value string, fold func(string) string) bool {
	for _, p := range v.List {
		text := p.Text
		if fold != nil {
			text = fold(text)
		}
		if strings.Contains(text, "${") || policy.MatchWildcard(text, value) {
			return !v.Not || strings.Contains(text, "${")
		}
	}
	return v.Not
}

func (r *reading) inContext(key string) bool {
	_, ok := r.eval.request.Context[r.spelling(key)]
	return ok
}

// spelling is a key as the context of the request spells it; the key itself where it is
// not there.
func (r *reading) spelling(key string) string {
	for k := range r.eval.request.Context {
		if strings.EqualFold(k, key) {
			return k
		}
	}
	return key
}

// outsiders are values of the key that no policy would mention, for each sort of
// operator that asks for it: an address from the documentation range (RFC 5737), a word,
// or, where values have an order, one below and one above them all.
func outsiders(key string, conditions []policy.Condition) []string {
	var all, operators []string
	for _, c := range conditions {
		if slices.Contains(operators, c.Operator) {
			continue
		}
		operators = append(operators, c.Operator)
		for _, v := range outsidersOf(key, strings.ToLower(c.Operator)) {
			if !slices.Contains(all, v) {
				all = append(all, v)
			}
		}
	}
	return all
}

func outsidersOf(key, operator string) []string {
	switch {
	case strings.Contains(operator, "ipaddress"):
		return []string{"203.0.113.250"}
	case strings.Contains(operator, "bool"):
		return []string{"false", "true"}
	case strings.Contains(operator, "numeric"):
		return []string{"0", "999999999999"}
	case strings.Contains(operator, "date"):
		return []string{"2000-01-01T00:00:00Z", "2999-01-01T00:00:00Z"}
	case strings.Contains(operator, "arn"):
		return []string{"arn:aws:iam::000000000000:role/none"}
	default:
		return []string{"none-of-" + key[strings.IndexByte(key, ':')+1:]}
	}
}

// concrete makes a value that a condition's pattern matches.
func concrete(pattern string) string {
	if addr, _, ok := strings.Cut(pattern, "/"); ok && strings.Trim(addr, "0123456789.:abcdefABCDEF") == "" {
		return addr
	}
	return wildcardsFilled.Replace(pattern)
}

var wildcardsFilled = strings.NewReplacer("*", "x", "?", "x")

// eachDocument visits every document of a set.
func eachDocument(s policy.Set, visit func(*policy.Document)) {
	lists := [][]policy.Named{s.Identity, s.Boundaries, s.Session, s.VPCEndpoint}
	for _, l := range append(append([]policy.Level{}, s.SCPs...), s.RCPs...) {
		lists = append(lists, l.Policies)
	}
	for _, list := range lists {
		for _, n := range list {
			if n.Document != nil {
				visit(n.Document)
			}
		}
	}
	for _, d := range []*policy.Document{s.Resource, s.AccessPoint} {
		if d != nil {
			visit(d)
		}
	}
}

// ownAddress says of aws:SourceIp what holds: it is in every request that comes by
// no VPC endpoint, but only AWS sees which address it is (IAM user guide, "AWS
// global condition context keys").
func ownAddress(d *policy.Decision) {
	said := func(reason *string, key string, met, patterns []string) {
		if strings.EqualFold(key, "aws:SourceIp") && len(met) == 0 && len(patterns) > 0 {
			*reason = fmt.Sprintf("%s, the address that AWS sees, is not in %s", key, strings.Join(patterns, " or "))
		}
	}
	for i := range d.Matched {
		for j := range d.Matched[i].Terms {
			t := &d.Matched[i].Terms[j]
			said(&t.Reason, t.Key, t.Met, t.Patterns)
		}
	}
	for i := range d.Missed {
		m := &d.Missed[i]
		said(&m.Reason, m.Key, m.Met, m.Patterns)
	}
}

// hinges names the unseen keys in a phrase.
func (r *reading) hinges() string {
	var said, unseen []string
	for _, key := range r.eval.unseen {
		if by := r.toldBy(strings.ToLower(key)); by != "" {
			said = append(said, key+", which "+by+" tells")
		} else {
			unseen = append(unseen, key)
		}
	}
	if len(unseen) > 0 {
		said = append(said, strings.Join(unseen, ", ")+", which only AWS sees")
	}
	if len(said) == 0 {
		return "what is not visible from here"
	}
	return strings.Join(said, ", and ")
}
