package diagnose

import (
	"strings"

	"s403/diagnose/policy"
)

// A roleName is the role of a session whose path is not known: a session's ARN has
// lost it, and only iam:GetRole tells (IAM User Guide, "IAM identifiers"). Conditions
// on aws:PrincipalArn see the role's ARN with its path.
type roleName struct{ account, name string } // "arn:aws:iam::111122223333", "dev"

// pathless is the caller's role where key is aws:PrincipalArn and the role's path is
// not known.
func (r *reading) pathless(key string) (role roleName, ok bool) {
	if key != "aws:principalarn" || r.pathKnown() {
		return roleName{}, false
	}
	role.account, role.name, ok = strings.Cut(r.identityARN(), ":role/")
	return role, ok
}

// at is the role's ARN with a path; "" is none.
func (role roleName) at(path string) string {
	if path != "" {
		path += "/"
	}
	return role.account + ":role/" + path + role.name
}

// meant is the ARN of the role with the path that a pattern gives it; without one
// where the pattern means no path of this role.
func (role roleName) meant(pattern string) string {
	_, rest, found := strings.Cut(pattern, ":role/")
	if !found {
		rest = strings.TrimLeft(pattern, "*")
	}
	rest = strings.Trim(wildcardsFilled.Replace(rest), "/")
	for _, path := range []string{rest[:max(strings.LastIndexByte(rest, '/'), 0)], rest} {
		if arn := role.at(path); policy.MatchWildcard(pattern, arn) {
			return arn
		}
	}
	return role.at("")
}

// telltale tells that the path of the caller's role can decide a condition. For all
// other keys, and callers of whom the whole ARN is known, it is true.
func (r *reading) telltale(key string, c policy.Condition) bool {
	role, ok := r.pathless(key)
	if !ok {
		return true
	}
	for _, v := range c.Values {
		met := policy.MatchWildcard(v.Text, role.at(""))
		if strings.Contains(v.Text, "${") || met != policy.MatchWildcard(v.Text, role.at("unknown")) || met != policy.MatchWildcard(v.Text, role.meant(v.Text)) {
			return true
		}
	}
	return false
}

// retagged tells that a session may carry another value of a tag than its role has:
// session tags override those of the role (IAM User Guide, "Pass session tags in AWS
// STS"), and no API shows them.
func (r *reading) retagged(key string) bool {
	kind := r.caller().Kind
	return strings.HasPrefix(key, "aws:principaltag/") && (kind == KindRoleSession || kind == KindFederated)
}

// toldBy is the call that tells a key of the caller's, in lower case; empty for those
// that no call tells.
func (r *reading) toldBy(key string) string {
	if _, ok := r.pathless(key); ok {
		return "iam:GetRole"
	}
	if key == "aws:userid" && r.caller().ARN != "" {
		return "sts:GetCallerIdentity"
	}
	return ""
}
