package diagnose

import (
	"sort"
	"strings"

	"s403/diagnose/policy"
)

// maxVariants bounds the guesses about unseen keys: four keys of three values.
const maxVariants = 81

// tryUnseen evaluates the request once for every combination of guesses about
// the keys that policies ask for and only AWS can see: absent, each value that
// a policy mentions, and a value that none mentions. Where all variants agree
// the decision does not hinge on what is unseen.
func (r *reading) tryUnseen(ev evaluation) ([]policy.Decision, []string) {
	guesses, spelled := map[string][]string{}, map[string]string{}
	eachDocument(ev.set, func(d *policy.Document) { r.collectUnseen(d, guesses, spelled) })
	variants := []policy.Decision{ev.decision}
	if len(guesses) == 0 {
		return variants, nil
	}
	keys := make([]string, 0, len(guesses))
	for k := range guesses {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	forEachGuess(keys, guesses, func(chosen map[string]string) bool {
		req := ev.request
		req.Context = make(map[string][]string, len(ev.request.Context)+len(chosen))
		for k, v := range ev.request.Context {
			req.Context[k] = v
		}
		for k, v := range chosen {
			req.Context[k] = []string{v}
		}
		variants = append(variants, policy.Evaluate(req, ev.set))
		return len(variants) < maxVariants
	})
	for i, k := range keys {
		keys[i] = spelled[k]
	}
	return variants, keys
}

// forEachGuess walks the combinations; a key that is not in chosen is absent.
// The first combination, all absent, is left out: it is the decision itself.
func forEachGuess(keys []string, guesses map[string][]string, try func(chosen map[string]string) bool) {
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
		if !try(chosen) {
			return
		}
	}
}

// collectUnseen notes the unseen keys of a document, as the policy spells them,
// with values worth trying.
func (r *reading) collectUnseen(d *policy.Document, guesses map[string][]string, spelled map[string]string) {
	for _, s := range d.Statements {
		for _, c := range s.Conditions {
			if r.inContext(c.Key) || r.knowable(c.Key) {
				continue
			}
			key := strings.ToLower(c.Key)
			if _, ok := guesses[key]; !ok {
				guesses[key], spelled[key] = []string{outsider(key, c.Operator)}, c.Key
			}
			for _, v := range c.Values {
				guesses[key] = addGuess(guesses[key], concrete(v.Text))
			}
		}
	}
}

func (r *reading) inContext(key string) bool {
	for k := range r.eval.request.Context {
		if strings.EqualFold(k, key) {
			return true
		}
	}
	return false
}

// addGuess keeps at most three values a key, so that the combinations stay few.
func addGuess(list []string, v string) []string {
	for _, have := range list {
		if have == v {
			return list
		}
	}
	if len(list) >= 3 {
		return list
	}
	return append(list, v)
}

// outsider is a value of the key that no policy would mention: an address from
// the documentation range (RFC 5737), "false", or a word.
func outsider(key, operator string) string {
	op := strings.ToLower(operator)
	switch {
	case strings.Contains(op, "ipaddress"):
		return "203.0.113.250"
	case strings.Contains(op, "bool"):
		return "false"
	case strings.Contains(op, "numeric"):
		return "0"
	case strings.Contains(op, "date"):
		return "2000-01-01T00:00:00Z"
	case strings.Contains(op, "arn"):
		return "arn:aws:iam::000000000000:role/none"
	default:
		return "none-of-" + key[strings.IndexByte(key, ':')+1:]
	}
}

// concrete makes a value that a condition's pattern matches.
func concrete(pattern string) string {
	if addr, _, ok := strings.Cut(pattern, "/"); ok && strings.Trim(addr, "0123456789.:abcdefABCDEF") == "" {
		return addr
	}
	return strings.NewReplacer("*", "x", "?", "x").Replace(pattern)
}

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

// hinges names the unseen keys in a phrase.
func (r *reading) hinges() string {
	if len(r.eval.unseen) == 0 {
		return "what is not visible from here"
	}
	return strings.Join(r.eval.unseen, ", ") + ", which only AWS sees"
}
