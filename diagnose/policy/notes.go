package policy

// maxNotes bounds how many matches and misses one Decision carries. Real sets
// have a dozen statements; the bound is for hostile ones.
const maxNotes = 256

// notes collects what Evaluate tells beside the effect.
type notes struct {
	matchedOnly bool // for EvaluateMatched
	matched     []Match
	missed      []Miss
}

// note records what became of a statement: that it matched, or what kept it
// from matching when that was one element only.
func (c *call) note(at Place, d *Document, g grade) {
	st, s := &d.Statements[at.Statement], &d.ready[at.Statement]
	at.Sid, at.Effect, at.Line = st.Sid, st.Effect, st.Line
	if g != noMatch {
		if len(c.notes.matched) >= maxNotes {
			return
		}
		m := Match{Place: at}
		if !c.notes.matchedOnly {
			m.Terms = c.terms(st, s)
		}
		c.notes.matched = append(c.notes.matched, m)
		return
	}
	if !c.notes.matchedOnly && len(c.notes.missed) < maxNotes {
		c.notes.missed = append(c.notes.missed, c.nearMiss(at, d, st, s)...)
	}
}

// terms tells for each condition of a matched statement what it met.
func (c *call) terms(st *Statement, s *compiled) []Term {
	var list []Term
	for i := range s.tests {
		cond, t := &st.Conditions[i], &s.tests[i]
		met := c.values(t.name, t.key)
		list = append(list, Term{Key: cond.Key, Operator: cond.Operator, Line: cond.Line,
			Patterns: texts(cond.Values), Met: met, Reason: t.metReason(cond, met)})
	}
	return list
}

// nearMiss tells what kept a statement from matching, when one element did.
func (c *call) nearMiss(at Place, d *Document, st *Statement, s *compiled) []Miss {
	target := c.targetOf(at.Layer, at.Policy)
	action := s.coversAction(c)
	resource := s.coversResource(c, target)
	principal := s.names(at.Layer, c) != noMatch
	wrong := 0
	for _, right := range []bool{action, resource, principal} {
		if !right {
			wrong++
		}
	}
	if wrong > 1 {
		return nil // no condition need be looked at
	}
	var failed []int
	for i := range s.tests {
		if !s.tests[i].holds(c) {
			if wrong > 0 {
				return nil
			}
			failed = append(failed, i)
		}
	}
	switch {
	case !action && resource && principal && failed == nil:
		return []Miss{c.missAction(at, st)}
	case action && !resource && principal && failed == nil:
		return []Miss{c.missResource(at, d, st, s, target)}
	case action && resource && !principal && failed == nil:
		return []Miss{c.missPrincipal(at, st)}
	case action && resource && principal:
		return c.missConditions(at, st, s, failed)
	}
	return nil
}

// missAction is a statement that would have matched another action.
func (c *call) missAction(at Place, st *Statement) Miss {
	m := Miss{Place: at, Element: ElementAction, ElementLine: st.Actions.Line,
		Patterns: texts(st.Actions.List), Met: []string{c.req.Action}}
	if st.Actions.Not {
		m.Element = ElementNotAction
	}
	m.Reason = actionReason(st.Actions, c.req.Action)
	return m
}

// missResource is a statement that would have matched another resource.
func (c *call) missResource(at Place, d *Document, st *Statement, s *compiled, t *target) Miss {
	m := Miss{Place: at, Element: ElementResource, ElementLine: st.Resources.Line,
		Patterns: texts(st.Resources.List), Met: []string{t.text}}
	if st.Resources.Not {
		m.Element = ElementNotResource
	}
	m.Reason = c.resourceReason(d, st, s, t)
	return m
}

// missPrincipal is a statement that would have matched another caller.
func (c *call) missPrincipal(at Place, st *Statement) Miss {
	m := Miss{Place: at, Element: ElementPrincipal, Met: []string{c.who.text}}
	if st.Principals != nil {
		m.ElementLine = st.Principals.Line
		for _, p := range st.Principals.List {
			m.Patterns = append(m.Patterns, p.Text)
		}
		if st.Principals.Not {
			m.Element = ElementNotPrincipal
		}
	}
	m.Reason = c.principalReason(st.Principals, m.Patterns)
	return m
}

// missConditions is a statement of which only conditions failed: an entry for
// each, since each must be met.
func (c *call) missConditions(at Place, st *Statement, s *compiled, failed []int) []Miss {
	var list []Miss
	for _, i := range failed {
		cond, t := &st.Conditions[i], &s.tests[i]
		met := c.values(t.name, t.key)
		list = append(list, Miss{Place: at, Element: ElementCondition, ElementLine: cond.Line,
			Key: cond.Key, Operator: cond.Operator, Patterns: texts(cond.Values), Met: met,
			Reason: t.unmetReason(c, cond, met)})
	}
	return list
}

func texts(list []Value) []string {
	out := make([]string, len(list))
	for i := range list {
		out[i] = list[i].Text
	}
	return out
}
