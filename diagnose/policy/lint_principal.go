package policy

import "strings"

// principals looks for NotPrincipal, which seldom does what was meant, and for
// principals that never match again.
func (l *linter) principals() {
	p := l.statement.Principals
	if p == nil {
		return
	}
	for _, one := range p.List {
		switch {
		case one.Type != "AWS" || one.Text == "*" || isAccountID(one.Text) || splitARN(one.Text).ok:
		case isDeletedID(one.Text):
			l.remark(one.Line, "deleted-principal", "", "%s is the id of a user or role that was deleted; it matches nobody, not even a new one of the same name", one.Text)
		default:
			l.remark(one.Line, "unknown-principal", "", "%s is neither an ARN nor the id of an account, so it matches nobody", one.Text)
		}
	}
	if !p.Not {
		return
	}
	if l.statement.Effect == "Allow" {
		l.remark(p.Line, "allow-not-principal", "", "Allow with NotPrincipal allows everyone else, anonymous callers too")
		return
	}
	l.notPrincipalDeny(p)
}

// isDeletedID tells whether a principal is the unique id that takes the place
// of a deleted user or role (IAM User Guide, "IAM identifiers": unique identifiers).
func isDeletedID(text string) bool {
	return (strings.HasPrefix(text, "AIDA") || strings.HasPrefix(text, "AROA")) && !strings.Contains(text, ":")
}

// notPrincipalDeny checks that those to be spared are listed with all that
// contains them (IAM User Guide, "NotPrincipal").
func (l *linter) notPrincipalDeny(p *Principals) {
	const instead = `"ArnNotEquals": {"aws:PrincipalArn": …} with "Principal": "*"`
	accounts := make(map[string]bool)
	for _, one := range p.List {
		switch a := splitARN(one.Text); {
		case isAccountID(one.Text):
			accounts[one.Text] = true
		case a.resource() == "root":
			accounts[a.account()] = true
		}
	}
	for _, one := range p.List {
		who := newCaller(one.Text)
		switch {
		case who.kind == callerRoot || who.account == "":
		case !accounts[who.account]:
			l.remark(one.Line, "not-principal-without-account", instead,
				"the Deny may catch %s all the same: NotPrincipal must list the account %s beside it", one.Text, who.account)
		case who.role != "" && !listsSession(p, &who):
			l.remark(one.Line, "not-principal-without-session", instead,
				"the Deny catches the sessions of %s: NotPrincipal must list each session's ARN beside the role", one.Text)
		}
	}
	l.remark(p.Line, "not-principal", instead,
		"NotPrincipal with Deny refuses everyone who has a permissions boundary, listed or not")
}

// listsSession tells whether any session of a role stands beside it in the
// list.
func listsSession(p *Principals, role *caller) bool {
	for _, one := range p.List {
		who := newCaller(one.Text)
		if who.kind == callerSession && who.role == "" && who.name == role.name && who.account == role.account {
			return true
		}
	}
	return false
}
