package policy

import "strings"

// compiled is a statement made ready for evaluation.
type compiled struct {
	deny         bool
	notPrincipal bool
	notAction    bool
	notResource  bool
	principals   []principalPattern
	actions      []glob // in lower case
	resources    []arnPattern
	tests        []test // as Statement.Conditions
}

// compile makes the statements ready, so that an evaluation allocates nothing.
func (d *Document) compile() {
	how := wildcards | variables
	// Policy variables came with version 2012-10-17; before, and where the
	// Version is missing, ${…} is plain text ("IAM JSON policy elements:
	// Version").
	if d.Version != version2012 {
		how = wildcards
	}
	d.ready = make([]compiled, len(d.Statements))
	for i := range d.Statements {
		d.ready[i] = compileStatement(&d.Statements[i], how)
	}
	d.public, d.publicWhy = publicStatement(d)
}

// compileStatement turns the strings of a statement into what can be compared
// without reading them again. Actions are put in lower case here and in the
// request, for they are compared without regard to case.
func compileStatement(s *Statement, how syntax) compiled {
	c := compiled{
		deny:        s.Effect == "Deny",
		notAction:   s.Actions.Not,
		notResource: s.Resources.Not,
	}
	if s.Principals != nil {
		c.notPrincipal = s.Principals.Not
		for _, p := range s.Principals.List {
			c.principals = append(c.principals, newPrincipalPattern(p))
		}
	}
	c.actions = make([]glob, 0, len(s.Actions.List))
	for _, v := range s.Actions.List {
		c.actions = append(c.actions, newGlob(strings.ToLower(v.Text), wildcards))
	}
	c.resources = make([]arnPattern, 0, len(s.Resources.List))
	for _, v := range s.Resources.List {
		c.resources = append(c.resources, newResourcePattern(v.Text, how))
	}
	if len(s.Conditions) > 0 {
		c.tests = make([]test, 0, len(s.Conditions))
	}
	for i := range s.Conditions {
		c.tests = append(c.tests, newTest(&s.Conditions[i], how))
	}
	return c
}
