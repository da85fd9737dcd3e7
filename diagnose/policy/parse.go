package policy

import (
	"bytes"
	"errors"
	"strings"

	"s403/diagnose/policy/internal/scan"
)

// MaxDocument is the size in bytes beyond which a document is refused unread.
// The largest that AWS takes is 20 KB, a bucket policy (IAM User Guide, "IAM
// and AWS STS quotas"; white space counts for none of the others).
const MaxDocument = 256 << 10

// SyntaxError says what is wrong with a policy document, and where.
type SyntaxError struct {
	Line, Column int    // from 1; columns count bytes
	Text         string // what is wrong there, naming the element
}

func (e *SyntaxError) Error() string {
	return (&scan.Error{Pos: scan.Pos{Line: e.Line, Column: e.Column}, Text: e.Text}).Error()
}

// Parse reads a policy document. It is lenient where IAM is: a string or a list
// of strings, one statement or a list of them, booleans and numbers without
// quotes as condition values, elements in any order. It is strict where IAM is:
// element names in their exact case, no element twice, no unknown element or
// operator, both Effect and an action and a resource in every statement. Its
// errors are of type *SyntaxError.
//
// What only one place of a policy asks for, such as the Principal of a bucket
// policy, is left to Check.
func Parse(data []byte) (*Document, error) {
	if len(data) > MaxDocument {
		head := data[:MaxDocument]
		line := bytes.Count(head, []byte{'\n'}) + 1
		return nil, &SyntaxError{Line: line, Column: MaxDocument - bytes.LastIndexByte(head, '\n'),
			Text: "the document is larger than 256 KiB; the largest policy that AWS takes is 20 KB"}
	}
	p := parser{Scanner: scan.New(data)}
	d, err := p.document()
	if err != nil {
		var at *scan.Error
		if errors.As(err, &at) {
			err = &SyntaxError{Line: at.Line, Column: at.Column, Text: at.Text}
		}
		return nil, err
	}
	d.source = bytes.Clone(data)
	d.compile()
	return d, nil
}

// parser reads the elements of a document (IAM User Guide, "Grammar of the IAM
// JSON policy language").
type parser struct{ *scan.Scanner }

// document reads the outermost object.
func (p parser) document() (*Document, error) {
	d := new(Document)
	start := p.Pos()
	seen := false
	err := p.Object(func(name string, at scan.Pos) (err error) {
		switch name {
		case "Version":
			d.Version, err = p.version()
		case "Id":
			d.ID, err = p.String()
		case "Statement":
			seen = true
			err = p.statements(d)
		default:
			err = scan.Errorf(at, "unknown element %.120q; a policy has Version, Id and Statement", name)
		}
		return scan.Within(name, err)
	})
	switch {
	case err != nil:
		return nil, err
	case !seen:
		return nil, scan.Errorf(start, "the policy has no Statement")
	}
	return d, p.End()
}

// version reads the language version. There are two; a date of one's own is the
// commonest mistake here, and IAM refuses it.
func (p parser) version() (string, error) {
	at := p.Pos()
	v, err := p.String()
	if err == nil && v != version2012 && v != version2008 {
		err = scan.Errorf(at, "Version %.120q is none of 2012-10-17 and 2008-10-17", v)
	}
	return v, err
}

const (
	version2012 = "2012-10-17"
	version2008 = "2008-10-17"
)

// statements reads a list of statements, or a single one without the brackets.
func (p parser) statements(d *Document) error {
	one := func() error {
		s, err := p.statement()
		if err == nil {
			s.Index = len(d.Statements)
			d.Statements = append(d.Statements, s)
		}
		return err
	}
	if p.Peek() == '[' {
		return p.Array(one)
	}
	return one()
}

// elements tells which elements of a statement were there.
type elements struct{ effect, action, notAction, resource, notResource, principal, notPrincipal bool }

// statement reads one statement. Its elements may come in any order, so what is
// missing or contradicts itself shows only at its end.
func (p parser) statement() (Statement, error) {
	var s Statement
	var has elements
	start := p.Pos()
	s.Line = start.Line
	err := p.Object(func(name string, at scan.Pos) error { return p.element(&s, &has, name, at) })
	s.EndLine = p.Line()
	if err != nil {
		return s, err
	}
	return s, has.check(start)
}

// element reads one element of a statement.
func (p parser) element(s *Statement, has *elements, name string, at scan.Pos) (err error) {
	switch name {
	case "Sid":
		s.Sid, err = p.String()
	case "Effect":
		has.effect = true
		s.Effect, err = p.effect()
	case "Action", "NotAction":
		has.action = has.action || name == "Action"
		has.notAction = has.notAction || name == "NotAction"
		s.Actions, err = p.values(name, at, checkAction)
	case "Resource", "NotResource":
		has.resource = has.resource || name == "Resource"
		has.notResource = has.notResource || name == "NotResource"
		s.Resources, err = p.values(name, at, checkResource)
	case "Principal", "NotPrincipal":
		has.principal = has.principal || name == "Principal"
		has.notPrincipal = has.notPrincipal || name == "NotPrincipal"
		s.Principals, err = p.principals(name, at)
	case "Condition":
		s.Conditions, err = p.conditions()
	default:
		err = scan.Errorf(at, "unknown element %.120q in a statement", name)
	}
	return scan.Within(name, err)
}

// check tells what a statement lacks or has too much of.
func (h elements) check(at scan.Pos) error {
	switch {
	case !h.effect:
		return scan.Errorf(at, "the statement has no Effect")
	case h.action && h.notAction:
		return scan.Errorf(at, "the statement has both Action and NotAction")
	case !h.action && !h.notAction:
		return scan.Errorf(at, "the statement has neither Action nor NotAction")
	case h.resource && h.notResource:
		return scan.Errorf(at, "the statement has both Resource and NotResource")
	case !h.resource && !h.notResource:
		return scan.Errorf(at, "the statement has neither Resource nor NotResource")
	case h.principal && h.notPrincipal:
		return scan.Errorf(at, "the statement has both Principal and NotPrincipal")
	}
	return nil
}

// effect reads the Effect, whose value is case-sensitive ("IAM JSON policy
// elements: Effect").
func (p parser) effect() (string, error) {
	at := p.Pos()
	v, err := p.String()
	if err == nil && v != "Allow" && v != "Deny" {
		err = scan.Errorf(at, "Effect %.120q is neither \"Allow\" nor \"Deny\"", v)
	}
	return v, err
}

// values reads a string or a list of strings.
func (p parser) values(name string, at scan.Pos, check func(string) string) (Values, error) {
	v := Values{Not: strings.HasPrefix(name, "Not"), Line: at.Line}
	err := p.oneOrMore(func() error {
		at := p.Pos()
		text, err := p.String()
		if err != nil {
			return err
		}
		if fault := check(text); fault != "" {
			return scan.Errorf(at, "%s %.120q %s", name, text, fault)
		}
		v.List = append(v.List, Value{Text: text, Line: at.Line})
		return nil
	})
	return v, err
}

// oneOrMore reads a value or a list of values, which IAM takes alike.
func (p parser) oneOrMore(one func() error) error {
	if p.Peek() == '[' {
		return p.Array(one)
	}
	return one()
}

// checkAction asks for the service's prefix, as IAM does: "Actions/Conditions
// must be prefaced by a vendor".
func checkAction(text string) string {
	if strings.Trim(text, "*") == "" && text != "" {
		return ""
	}
	if service, name, ok := strings.Cut(text, ":"); !ok || service == "" || name == "" {
		return "has no service prefix; write it as \"s3:GetObject\""
	}
	return ""
}

// checkResource asks for an ARN or "*", as IAM does.
func checkResource(text string) string {
	if strings.HasPrefix(text, "arn:") || strings.Trim(text, "*") == "" && text != "" {
		return ""
	}
	return "is neither an ARN nor \"*\""
}

// principals reads "*" or an object of kinds of principal. A bare string other
// than "*" is refused by IAM, though it looks natural: {"AWS": …} is needed
// around it.
func (p parser) principals(name string, at scan.Pos) (*Principals, error) {
	ps := &Principals{Not: name == "NotPrincipal", Line: at.Line}
	here := p.Pos()
	if p.Peek() == '"' {
		text, err := p.String()
		if err == nil && text != "*" {
			err = scan.Errorf(here, "%s %.120q must be \"*\" or an object such as {\"AWS\": …}", name, text)
		}
		ps.List = []Principal{{Type: "*", Value: Value{Text: text, Line: here.Line}}}
		return ps, err
	}
	err := p.Object(func(kind string, at scan.Pos) error {
		switch kind {
		case "AWS", "Service", "Federated", "CanonicalUser":
		default:
			return scan.Errorf(at, "unknown kind of principal %.120q; there are AWS, Service, Federated and CanonicalUser", kind)
		}
		return p.oneOrMore(func() error { return p.principal(ps, kind) })
	})
	return ps, err
}

// principal reads one name of one kind.
func (p parser) principal(ps *Principals, kind string) error {
	at := p.Pos()
	text, err := p.String()
	if err != nil {
		return err
	}
	if kind == "AWS" {
		if fault := checkPrincipal(text); fault != "" {
			return scan.Errorf(at, "principal %.120q %s", text, fault)
		}
	}
	ps.List = append(ps.List, Principal{Type: kind, Value: Value{Text: text, Line: at.Line}})
	return nil
}

// checkPrincipal refuses what "AWS JSON policy elements: Principal" does: a
// wildcard as a part of a name or ARN.
func checkPrincipal(text string) string {
	switch {
	case text == "*":
		return ""
	case text == "":
		return "is empty"
	case strings.ContainsAny(text, "*?"):
		return "has a wildcard in it; name the principal whole, or use \"*\" with a condition on aws:PrincipalArn"
	}
	return ""
}

// conditions reads a Condition block: operators, in them keys, in them values.
// Operators and keys are all ANDed, so they become one list.
func (p parser) conditions() ([]Condition, error) {
	var list []Condition
	err := p.Object(func(operator string, at scan.Pos) error {
		if _, err := newOperator(operator); err != "" {
			return scan.Errorf(at, "Condition operator %.120q %s", operator, err)
		}
		err := p.Object(func(key string, at scan.Pos) error {
			c := Condition{Operator: operator, Key: key, Line: at.Line}
			if !strings.Contains(key, ":") {
				return scan.Errorf(at, "Condition key %.120q has no service prefix; write it as \"aws:SourceIp\"", key)
			}
			err := p.oneOrMore(func() error { return p.conditionValue(&c) })
			list = append(list, c)
			return scan.Within(key, err)
		})
		return scan.Within(operator, err)
	})
	return list, err
}

// conditionValue reads a string, or a number or boolean without its quotes.
func (p parser) conditionValue(c *Condition) (err error) {
	v := Value{Line: p.Pos().Line}
	at := p.Pos()
	switch c0 := p.Peek(); c0 {
	case '"':
		v.Text, err = p.String()
	case '{', '[', 'n':
		err = scan.Errorf(at, "Condition key %.120q needs a string, number or boolean, not %s", c.Key, p.Kind())
	default:
		v.Text, err = p.Scalar()
	}
	c.Values = append(c.Values, v)
	return err
}
