package diagnose

import (
	"fmt"
	"slices"
	"strings"

	"s403/diagnose/policy"
)

func policyLayer(name string) policy.Layer { return policy.Layer(name) }

// denyOf finds the Deny statement of a layer that matches, in the plain
// evaluation or in one of the guesses.
func (r *reading) denyOf(layer string) (policy.Match, bool) {
	for i, d := range r.eval.variants {
		for j, m := range d.Matched {
			if string(m.Layer) != layer || m.Effect != "Deny" {
				continue
			}
			if i > 0 { // what its conditions met was not worked out for every guess
				d = policy.Evaluate(r.eval.guessed[i], r.eval.set)
			}
			return d.Matched[j], true
		}
	}
	return policy.Match{}, false
}

// namedDeny names the statement that denies and what it met, as the tail of a
// sentence; empty when no document shows it.
func (r *reading) namedDeny(layer string) string {
	m, ok := r.denyOf(layer)
	if !ok {
		if arn := r.live.said.PolicyARN; arn != "" && r.live.said.Layer == layer {
			return ": policy " + arn
		}
		return ""
	}
	tail := ": " + statementName(m.Place)
	if len(m.Terms) > 0 {
		tail += " (" + m.Terms[0].Reason + ")"
	}
	return tail
}

// statementName is how a sentence calls a statement: its Sid, else its number.
func statementName(p policy.Place) string {
	name := fmt.Sprintf("statement %d", p.Statement+1)
	if p.Sid != "" {
		name = fmt.Sprintf("statement %q", p.Sid)
	}
	if p.Policy != "" && p.Layer != policy.ResourceBased {
		name += fmt.Sprintf(" of %s", p.Policy)
	}
	return name
}

// denyShown is the live sentence and the statement that denies.
func (r *reading) denyShown(layer string) []Shown {
	var shown []Shown
	if answered(r.Head) || answered(r.Get) {
		shown = append(shown, r.liveShown())
	}
	m, ok := r.denyOf(layer)
	if !ok {
		return shown
	}
	note := "it denies"
	for _, t := range m.Terms {
		note = t.Reason
	}
	return append(shown, r.quoted(m.Place, note, termLines(m.Terms)))
}

// missShown is the live sentence and the statements that nearly allowed.
func (r *reading) missShown(layer string) []Shown {
	var shown []Shown
	if answered(r.Head) || answered(r.Get) {
		shown = append(shown, r.liveShown())
	}
	for _, m := range r.eval.decision.Missed {
		if string(m.Layer) == layer && m.Effect == "Allow" && len(shown) < 4 && r.telling(m) {
			shown = append(shown, r.quoted(m.Place, m.Reason, []int{m.ElementLine}))
		}
	}
	if len(shown) < 2 && r.layerRead(layer) {
		shown = append(shown, show("no statement of "+theLayer(layer)+" allows it", r.layerFact(layer).source))
	}
	return shown
}

// telling tells a near miss that helps to understand: not a statement about
// other services, which misses every request to S3.
func (r *reading) telling(m policy.Miss) bool {
	if m.Element != policy.ElementAction {
		return true
	}
	service, _, _ := strings.Cut(strings.ToLower(r.action), ":")
	return slices.ContainsFunc(m.Patterns, func(p string) bool {
		return strings.HasPrefix(strings.ToLower(p), service+":") || strings.HasPrefix(p, "*")
	})
}

func termLines(terms []policy.Term) []int {
	var lines []int
	for _, t := range terms {
		lines = append(lines, t.Line)
	}
	return lines
}

// quoted shows a statement as it stands in its document, with the lines to look
// at (numbered from 1 in the document) and what they met.
func (r *reading) quoted(p policy.Place, note string, lines []int) Shown {
	source := r.layerFact(string(p.Layer)).source
	if p.Policy == accessPointPolicyName {
		source = r.AccessPoint.Source
	}
	s := show(capital(statementName(p)), source)
	s.Note = note
	doc := r.document(p)
	if doc == nil || p.Statement >= len(doc.Statements) {
		return s
	}
	st := doc.Statements[p.Statement]
	all := strings.Split(string(doc.Source()), "\n")
	if st.Line < 1 || st.EndLine > len(all) || st.EndLine < st.Line {
		return s
	}
	s.Quote = strings.Join(all[st.Line-1:st.EndLine], "\n")
	if st.Line == st.EndLine { // a document without line breaks: the statement alone, laid out
		if whole, ok := r.takeApart(doc); ok && p.Statement < len(whole.statements) {
			s.Quote = string(pretty(whole.statements[p.Statement]))
			return s
		}
	}
	s.Line = st.Line
	for _, l := range lines {
		if l >= st.Line && l <= st.EndLine {
			s.Mark = append(s.Mark, l-st.Line)
		}
	}
	return s
}

// document finds the document that a place of the evaluation points into.
func (r *reading) document(p policy.Place) *policy.Document {
	if p.Layer == policy.ResourceBased {
		if p.Policy == accessPointPolicyName {
			return r.eval.set.AccessPoint
		}
		return r.eval.set.Resource
	}
	lists := [][]policy.Named{}
	switch p.Layer {
	case policy.IdentityBased:
		lists = append(lists, r.eval.set.Identity)
	case policy.Boundary:
		lists = append(lists, r.eval.set.Boundaries)
	case policy.SessionPolicy:
		lists = append(lists, r.eval.set.Session)
	case policy.VPCEndpoint:
		lists = append(lists, r.eval.set.VPCEndpoint)
	case policy.ServiceControl, policy.ResourceControl:
		for _, l := range append(append([]policy.Level{}, r.eval.set.SCPs...), r.eval.set.RCPs...) {
			if p.Level == "" || p.Level == l.Name {
				lists = append(lists, l.Policies)
			}
		}
	}
	for _, list := range lists {
		for _, n := range list {
			if n.Name == p.Policy {
				return n.Document
			}
		}
	}
	return nil
}

// policyShown is the bucket policy as a fact: read, or known to be none.
func (r *reading) policyShown() Shown {
	if r.BucketPolicy.State == Absent {
		return show("the bucket has no policy", r.BucketPolicy.Source)
	}
	return show("the bucket policy was read", r.BucketPolicy.Source)
}

// listingShown is what listing the key showed.
func (r *reading) listingShown() Shown {
	l := r.Listing
	switch {
	case l.Known() && l.Value.Found:
		return show("the key is listed", l.Source)
	case l.Known():
		return show("the listing does not have the key", l.Source)
	default:
		return show("listing: "+l.State.String(), l.Source)
	}
}
