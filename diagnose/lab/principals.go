package lab

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"s403/diagnose"
)

// principal is a user, group or role with the policies that it carries.
type principal struct {
	Carrier
	kind     string // "user", "group", "role"
	name     string // without the account
	arn, id  string
	account  *account
	inline   []*document
	attached []*document
	boundary *document
	groups   []*principal
	trust    *document
	mfa      bool // of a user: she has an MFA device

	longestSession time.Duration // of a role; 0: one hour
}

// credential is an access key that the lab knows, and whose it is.
type credential struct {
	keyID, secret, token string
	garbled              bool      // what the holder sends as a token is not the token
	expires              time.Time // zero: a long-term key
	issued               time.Time
	inactive             bool

	account   *account
	principal string // ARN of the user or role behind it; empty for root
	arn       string // the caller as policies and GetCallerIdentity see her
	userID    string
	kind      diagnose.CallerKind
	session   []*document // session policies; nil: none were passed
	tags      map[string]string

	transitive []string // keys of the tags that go on to the next role
	mfa        bool

	ip, vpce string
	clock    time.Duration
	actor    string
	bucket   string // of an S3 Express session: the only bucket it opens
	mode     string // of an S3 Express session: ReadWrite or ReadOnly
}

func (s *state) addManaged() error {
	for _, p := range s.world.Policies {
		acct, name, ok := strings.Cut(p.Name, "/")
		id := "aws"
		if acct != "aws" {
			a := s.accounts[acct]
			if !ok || a == nil {
				return fmt.Errorf("policy %q: there is no account %q", p.Name, acct)
			}
			id = a.ID
		}
		d, err := parse("the account "+acct, p.Name, p.Document)
		if err != nil {
			return err
		}
		if d == nil {
			return fmt.Errorf("policy %q has no document", p.Name)
		}
		d.name, d.path = name, slashed(p.Path)
		d.arn = "arn:aws:iam::" + id + ":policy" + d.path + name
		s.managed[d.arn], s.managed[p.Name] = d, d
	}
	return nil
}

// slashed is an IAM path: it begins and ends with a slash.
func slashed(path string) string {
	if path == "" {
		return "/"
	}
	return "/" + strings.Trim(path, "/") + "/"
}

// policyNamed finds a managed policy: "account/name", "aws/name", its ARN, or
// the bare name of one in the account.
func (s *state) policyNamed(acct, name string) *document {
	for _, full := range []string{name, acct + "/" + name, "aws/" + name} {
		if d := s.managed[full]; d != nil {
			return d
		}
	}
	return nil
}

// carrier builds what users, groups and roles have in common.
func (s *state) carrier(kind, prefix string, c Carrier) (*principal, error) {
	acct, name, err := s.place(kind, c.Name)
	if err != nil {
		return nil, err
	}
	c.Path = slashed(c.Path)
	p := &principal{
		Carrier: c, kind: kind, name: name, account: acct, id: uniqueID(prefix, kind+" "+c.Name),
		arn: fmt.Sprintf("arn:aws:iam::%s:%s%s%s", acct.ID, kind, c.Path, name),
	}
	if s.principals[p.arn] != nil || s.named(kind, acct, name) != nil {
		return nil, fmt.Errorf("%s %q stands twice", kind, c.Name)
	}
	for _, title := range slices.Sorted(maps.Keys(c.Inline)) {
		d, err := parse(kind+" "+c.Name, title, c.Inline[title])
		if err != nil {
			return nil, err
		}
		if d != nil {
			p.inline = append(p.inline, d)
		}
	}
	for _, title := range c.Policies {
		d := s.policyNamed(acct.Name, title)
		if d == nil {
			return nil, fmt.Errorf("%s %q: there is no managed policy %q", kind, c.Name, title)
		}
		p.attached = append(p.attached, d)
	}
	if c.Boundary != "" {
		if p.boundary = s.policyNamed(acct.Name, c.Boundary); p.boundary == nil {
			return nil, fmt.Errorf("%s %q: there is no managed policy %q for a boundary", kind, c.Name, c.Boundary)
		}
	}
	s.principals[p.arn] = p
	return p, nil
}

// named finds a user, group or role by its name in an account.
func (s *state) named(kind string, acct *account, name string) *principal {
	for _, p := range s.principals {
		if p.kind == kind && p.account == acct && p.name == name {
			return p
		}
	}
	return nil
}

func (s *state) addGroups() error {
	for _, g := range s.world.Groups {
		if _, err := s.carrier("group", "AGPA", g.Carrier); err != nil {
			return err
		}
	}
	return nil
}

func (s *state) addUsers() error {
	for _, u := range s.world.Users {
		p, err := s.carrier("user", "AIDA", u.Carrier)
		if err != nil {
			return err
		}
		p.mfa = u.MFA
		for _, g := range u.Groups {
			acct, name, err := s.place("group", g)
			if err != nil {
				return err
			}
			group := s.named("group", acct, name)
			if group == nil {
				return fmt.Errorf("user %q: there is no group %q", u.Name, g)
			}
			p.groups = append(p.groups, group)
		}
	}
	return nil
}

func (s *state) addRoles() error {
	for _, r := range s.world.Roles {
		p, err := s.carrier("role", "AROA", r.Carrier)
		if err != nil {
			return err
		}
		if r.Trust == "" {
			r.Trust = fmt.Sprintf(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"%s"},"Action":["sts:AssumeRole","sts:TagSession"]}]}`, p.account.root())
		}
		if p.trust, err = parse("role "+r.Name, "trust policy", anyResource(r.Trust)); err != nil {
			return err
		}
		p.trust.text, p.longestSession = r.Trust, time.Duration(r.Longest)
	}
	return nil
}

// anyResource gives every statement of a trust policy the Resource that it
// leaves out because it can only mean the role, so that the evaluator, which
// knows policies of resources, reads it.
func anyResource(text string) string {
	var doc map[string]any
	if json.Unmarshal([]byte(text), &doc) != nil {
		return text // the parser says what is wrong
	}
	statements, ok := doc["Statement"].([]any)
	if !ok {
		statements = []any{doc["Statement"]}
	}
	for _, s := range statements {
		if m, ok := s.(map[string]any); ok && m["Resource"] == nil {
			m["Resource"] = "*"
		}
	}
	doc["Statement"] = statements
	out, err := json.Marshal(doc)
	if err != nil {
		return text
	}
	return string(out)
}
