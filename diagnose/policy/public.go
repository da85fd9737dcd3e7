package policy

import (
	"fmt"
	"net/netip"
	"strings"
)

// IsPublic tells whether S3 takes a bucket policy for public, and in one
// sentence why. "Amazon S3 begins by assuming that the policy is public", and a
// policy is non-public only when each Allow grants to fixed values, without
// wildcard or policy variable, of a principal or of one of a few condition keys
// (Amazon S3 User Guide, "Blocking public access": the meaning of "public").
func IsPublic(d *Document) (bool, string) {
	if d == nil {
		return false, "there is no bucket policy"
	}
	return d.public >= 0, d.publicWhy
}

// publicStatement finds the first statement that makes a policy public, or -1.
func publicStatement(d *Document) (int, string) {
	for i := range d.Statements {
		s := &d.Statements[i]
		if s.Effect != "Allow" || s.Principals == nil || !openToAll(s.Principals) || len(s.Actions.List) == 0 {
			continue
		}
		if !restricts(s.Conditions) {
			return i, fmt.Sprintf("statement %d allows everyone, and no condition holds it to fixed accounts, networks or sources", i)
		}
	}
	return -1, "no statement allows everyone without a condition that holds it to fixed values"
}

// openToAll tells whether a Principal element names no fixed principal.
func openToAll(p *Principals) bool {
	if p.Not {
		return true
	}
	for _, one := range p.List {
		if (one.Type == "*" || one.Type == "AWS") && one.Text == "*" {
			return true
		}
	}
	return false
}

// trusted is the condition keys whose fixed values make a grant non-public.
// The page gives aws:PrincipalOrgID as an example of "an AWS principal, user,
// role, or service principal"; the other keys that name principals, accounts
// and organizations in the same way are read alike.
var trusted = map[string]bool{
	"aws:principalorgid": true, "aws:principalorgpaths": true, "aws:principalarn": true,
	"aws:principalaccount": true, "aws:sourceip": true, "aws:sourcearn": true,
	"aws:sourcevpc": true, "aws:sourcevpce": true, "aws:sourceowner": true,
	"aws:sourceaccount": true, "aws:sourceorgid": true, "aws:sourceorgpaths": true,
	"aws:userid": true, "aws:vpceaccount": true, "aws:vpceorgid": true, "aws:sourcevpcarn": true,
	"s3:x-amz-server-side-encryption-aws-kms-key-id": true,
	"s3:dataaccesspointaccount":                      true, "s3:dataaccesspointarn": true,
}

// restricts tells whether a Condition holds a statement to fixed values.
func restricts(list []Condition) bool {
	for i := range list {
		c := &list[i]
		op, _ := newOperator(c.Operator)
		key := strings.ToLower(c.Key)
		// A negated operator, one that a missing key satisfies, and a set
		// operator that an empty set satisfies hold nobody off.
		if op.negated || op.ifExists || op.set == forAll || !trusted[key] || len(c.Values) == 0 {
			continue
		}
		switch op.base {
		case opString, opStringFold, opStringLike, opArn, opIP:
		default:
			continue
		}
		if allFixed(key, op, c.Values) {
			return true
		}
	}
	return false
}

// allFixed asks it of every value: the values are ORed, so one that is open
// opens the statement.
func allFixed(key string, op operator, values []Value) bool {
	for _, v := range values {
		if !fixed(key, op, v.Text) {
			return false
		}
	}
	return true
}

// fixed tells whether a value is held narrow enough to count.
func fixed(key string, op operator, text string) bool {
	switch {
	case key == "aws:sourceip":
		return op.base == opIP && narrowNetwork(text)
	case op.base == opIP, strings.Contains(text, "${"):
		return false
	case key == "s3:dataaccesspointarn":
		// The name of the access point may be a wildcard, as long as the
		// account is fixed.
		a := splitARN(text)
		return a.ok && !strings.ContainsAny(a.account(), "*?") && a.account() != ""
	}
	return !strings.ContainsAny(text, "*?")
}

// narrowNetwork tells whether a range is no broader than /8 (IPv4) or /32
// (IPv6), beyond which S3 takes it for everyone.
func narrowNetwork(text string) bool {
	if !strings.Contains(text, "/") {
		_, err := netip.ParseAddr(text)
		return err == nil
	}
	p, err := netip.ParsePrefix(text)
	if err != nil {
		return false
	}
	if p.Addr().Is4() {
		return p.Bits() >= 8
	}
	return p.Bits() >= 32
}
