package policy

import "strings"

// callerKind is what sort of principal makes the request.
type callerKind uint8

const (
	callerOther callerKind = iota // an ARN of a shape that is not known
	callerUser
	callerSession
	callerFederated
	callerRoot
	callerAnonymous
	callerService
)

// caller is the principal of a request, taken apart.
type caller struct {
	kind    callerKind
	text    string // as the request has it
	account string
	part    string // partition
	name    string // user without path, role, or federated user
	role    string // ARN of the role, when a role stands for any session of it
}

// newCaller takes a principal apart. The shapes are those of "AWS JSON policy
// elements: Principal" and "IAM identifiers" in the IAM User Guide.
func newCaller(text string) caller {
	c := caller{text: text}
	a := splitARN(text)
	switch {
	case strings.EqualFold(text, "anonymous") || text == "":
		c.kind = callerAnonymous
		return c
	case !a.ok && isService(text):
		c.kind = callerService
		return c
	case !a.ok:
		return c
	}
	c.account, c.part = a.account(), a.partition()
	kind, rest, _ := strings.Cut(a.resource(), "/")
	switch {
	case a.service() == "iam" && a.resource() == "root":
		c.kind = callerRoot
	case a.service() == "iam" && kind == "user":
		c.kind = callerUser
		c.name = rest[strings.LastIndexByte(rest, '/')+1:]
	case a.service() == "iam" && kind == "role":
		// A request is never made by a role but by a session of it; who asks
		// about a role means any session.
		c.kind, c.role = callerSession, text
		c.name = rest[strings.LastIndexByte(rest, '/')+1:]
	case a.service() == "sts" && kind == "assumed-role":
		c.kind = callerSession
		c.name, _, _ = strings.Cut(rest, "/")
	case a.service() == "sts" && kind == "federated-user":
		c.kind = callerFederated
		c.name = rest
	}
	return c
}

// isService tells a service principal: service-name.amazonaws.com, with the
// partition's own ending in China and Europe, and the few elder ones under
// amazon.com ("AWS JSON policy elements: Principal": AWS service principals).
func isService(text string) bool {
	return strings.Contains(text, ".amazonaws.") || strings.HasSuffix(text, ".amazon.com")
}

// hasIdentity tells whether identity policies, boundary, session policy and
// service control policies have a say about the caller: they have none about
// anonymous requests and AWS services.
func (c *caller) hasIdentity() bool {
	return c.kind != callerAnonymous && c.kind != callerService
}

// grade says how directly a statement names the caller, which decides what an
// Allow of a bucket policy overrides in the same account (IAM User Guide, "How
// AWS enforcement code logic evaluates requests", the table of resource-based
// policies and implicit denies).
type grade uint8

const (
	noMatch   grade = iota
	byAccount       // delegates to the account: overrides nothing
	byRole          // names the role of a session, or the user who federated: overrides identity policies
	byName          // names this very principal, or everyone: overrides boundary and session too
)

// principalPattern is one principal of a statement, compiled.
type principalPattern struct {
	everyone bool
	service  string
	account  string // of an account principal
	arn      string // of a user, role, session or federated user
	named    caller // the same taken apart
}

// newPrincipalPattern sorts a principal of a policy by what it can match.
func newPrincipalPattern(p Principal) principalPattern {
	switch p.Type {
	case "*":
		return principalPattern{everyone: true}
	case "Service":
		return principalPattern{service: p.Text}
	case "AWS":
		a := splitARN(p.Text)
		switch {
		case p.Text == "*":
			return principalPattern{everyone: true}
		case isAccountID(p.Text):
			return principalPattern{account: p.Text}
		case a.ok && a.service() == "iam" && a.resource() == "root":
			return principalPattern{account: a.account()}
		case a.ok:
			return principalPattern{arn: p.Text, named: newCaller(p.Text)}
		}
	}
	// A canonical user id, an identity provider, and the id that stands for a
	// deleted user or role (AIDA…, AROA…) are never the caller of a request
	// that names its principal by ARN.
	return principalPattern{}
}

func isAccountID(s string) bool {
	if len(s) != 12 {
		return false
	}
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// grade tells whether and how the pattern names the caller.
func (p *principalPattern) grade(c *call) grade {
	switch {
	case p.everyone:
		return byName
	case p.account != "":
		if p.account == c.who.account {
			return byAccount
		}
	case p.service != "":
		if c.who.kind == callerService && p.service == c.who.text {
			return byName
		}
	case p.arn != "":
		return p.gradeARN(c)
	}
	return noMatch
}

// gradeARN compares an ARN. A role's ARN names all of its sessions. A user's
// ARN names the federated users whom that user made; the request does not say
// which user that was, and the same name is taken for it.
func (p *principalPattern) gradeARN(c *call) grade {
	switch {
	case p.arn == c.who.text && c.who.role == "":
		return byName
	case c.who.kind == callerSession && p.isRole(c):
		return byRole
	case c.who.kind == callerFederated && p.named.kind == callerUser && p.sameName(c):
		return byRole
	}
	return noMatch
}

// isRole tells whether the ARN is that of the session's role. A session's ARN has
// lost the path of its role; but "names of users, groups, roles … must be unique
// within the account" whatever their path ("IAM and AWS STS quotas"), so the name
// tells, unless the request gives the whole ARN.
func (p *principalPattern) isRole(c *call) bool {
	if p.arn == c.principalARN() {
		return true
	}
	if c.who.role != "" || len(c.given("aws:PrincipalArn", "aws:principalarn")) > 0 {
		return false
	}
	return p.named.role != "" && p.named.part == c.who.part && p.sameName(c)
}

// sameName tells whether the ARN's user or role has the caller's account and name.
func (p *principalPattern) sameName(c *call) bool {
	return p.named.account == c.who.account && p.named.name == c.who.name
}

// grade tells whether a Principal or NotPrincipal element covers the caller,
// and how directly.
func (s *compiled) grade(c *call) grade {
	if s.notPrincipal {
		return s.gradeNot(c)
	}
	best := noMatch
	for i := range s.principals {
		best = max(best, s.principals[i].grade(c))
	}
	return best
}

// gradeNot covers everyone but those listed. With Deny, whoever is to be spared
// must be listed with all that contains her: a session with its role and its
// account, a user with her account; and one who has a permissions boundary is
// denied whatever is listed (IAM User Guide, "NotPrincipal"). With Allow, the
// stricter reading is taken: to be listed in any way is to be left out.
func (s *compiled) gradeNot(c *call) grade {
	if s.deny {
		if c.set.Boundaries != nil && c.who.hasIdentity() || !s.spares(c) {
			return byName
		}
		return noMatch
	}
	for i := range s.principals {
		if s.principals[i].grade(c) != noMatch {
			return noMatch
		}
	}
	return byName
}

// spares tells whether the list names the caller and all that contains her.
func (s *compiled) spares(c *call) bool {
	var account, role, name bool
	for i := range s.principals {
		if s.principals[i].everyone {
			return true
		}
		switch s.principals[i].grade(c) {
		case byAccount:
			account = true
		case byRole:
			role = true
		case byName:
			name = true
		}
	}
	switch c.who.kind {
	case callerAnonymous, callerService:
		return name
	case callerRoot:
		return account
	case callerSession:
		return (name || c.who.role != "") && role && account
	default:
		return name && account
	}
}
