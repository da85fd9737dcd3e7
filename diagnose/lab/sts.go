package lab

import (
	"fmt"
	"strings"
	"time"

	"s403/diagnose"
	"s403/diagnose/policy"
)

var stsActions = map[string]func(*queryRequest) (string, *apiError){
	"GetCallerIdentity":  getCallerIdentity,
	"AssumeRole":         assumeRole,
	"GetSessionToken":    getSessionToken,
	"GetFederationToken": getFederationToken,
}

// getCallerIdentity needs no permission.
func getCallerIdentity(q *queryRequest) (string, *apiError) {
	c := q.caller.cred
	return fmt.Sprintf("<Arn>%s</Arn><UserId>%s</UserId><Account>%s</Account>", escape(c.arn), escape(c.userID), c.account.ID), nil
}

// assumeRole asks both sides: the role's trust policy and the caller's own
// policies. In one account a trust policy that names the caller is enough.
func assumeRole(q *queryRequest) (string, *apiError) {
	arn, name := q.form.Get("RoleArn"), q.form.Get("RoleSessionName")
	if err := q.checkAssume(arn, name); err != nil {
		return "", err
	}
	session, err := q.newSession()
	if err != nil {
		return "", err
	}
	role := q.st.principals[arn]
	if role == nil || role.kind != "role" { // AWS does not say whether the role exists
		return "", accessDenied(fmt.Sprintf("User: %s is not authorized to perform: sts:AssumeRole on resource: %s", q.caller.arn(), arn))
	}
	for _, action := range q.assumeActions(session) {
		if err := q.trusted(role, action, session); err != nil {
			return "", err
		}
	}
	life, err := q.life(time.Hour, role.longest(q.caller.cred))
	if err != nil {
		return "", err
	}
	session.become(role, name)
	session.mfa = false // a role's session says nothing of MFA ("Secure API access with MFA")
	session.ip, session.vpce, session.clock = q.caller.cred.ip, q.caller.cred.vpce, q.caller.cred.clock
	return q.grant(session, life, fmt.Sprintf("<AssumedRoleUser><AssumedRoleId>%s</AssumedRoleId><Arn>%s</Arn></AssumedRoleUser>", escape(session.userID), escape(session.arn)))
}

// checkAssume refuses what cannot be an AssumeRole.
func (q *queryRequest) checkAssume(arn, name string) *apiError {
	switch {
	case q.caller.cred.kind == diagnose.KindRoot:
		return accessDenied("Roles may not be assumed by root accounts.")
	case !strings.HasPrefix(arn, "arn:aws:iam::"):
		return invalid(arn + " is invalid")
	}
	return checkName("roleSessionName", name, 64)
}

// checkName holds the name of a session against the API's pattern.
func checkName(field, name string, most int) *apiError {
	failed := ""
	switch bad := strings.Trim(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_+=,.@-"); {
	case len(name) < 2:
		failed = "length greater than or equal to 2"
	case len(name) > most:
		failed = fmt.Sprintf("length less than or equal to %d", most)
	case bad != "":
		return invalid(fmt.Sprintf(`1 validation error detected: Value '%s' at '%s' failed to satisfy constraint: Member must satisfy regular expression pattern: [\w+=,.@-]*`, name, field))
	default:
		return nil
	}
	return invalid(fmt.Sprintf("1 validation error detected: Value '%s' at '%s' failed to satisfy constraint: Member must have %s", name, field, failed))
}

// assumeActions are the actions that the trust policy has to allow: tags and a
// source identity are actions of their own ("Pass session tags in AWS STS").
func (q *queryRequest) assumeActions(session *credential) []string {
	actions := []string{"sts:AssumeRole"}
	if len(session.tags) > 0 {
		actions = append(actions, "sts:TagSession")
	}
	if q.form.Get("SourceIdentity") != "" {
		actions = append(actions, "sts:SetSourceIdentity")
	}
	return actions
}

// trusted asks for an action on the role; nil is yes.
func (q *queryRequest) trusted(role *principal, action string, session *credential) *apiError {
	ctx := q.st.requestContext(q.caller, q.r, q.now)
	optional(ctx, "sts:ExternalId", q.form.Get("ExternalId"))
	optional(ctx, "sts:RoleSessionName", q.form.Get("RoleSessionName"))
	optional(ctx, "sts:SourceIdentity", q.form.Get("SourceIdentity"))
	if session.mfa {
		ctx["aws:MultiFactorAuthPresent"], ctx["aws:MultiFactorAuthAge"] = []string{"true"}, []string{"0"}
	}
	for k, v := range session.tags {
		ctx["aws:RequestTag/"+k] = []string{v}
		ctx["aws:TagKeys"] = append(ctx["aws:TagKeys"], k)
	}
	ctx["sts:TransitiveTagKeys"] = session.transitive
	request, d := q.st.decide(q.caller, ask{action: action, resource: role.arn, owner: role.account, context: ctx, document: role.trust.parsed})
	switch {
	case d.Effect == policy.Allow && trusts(d):
		return nil
	case d.Effect == policy.ExplicitDeny && d.DecidedBy == policy.ResourceBased:
		return accessDenied(fmt.Sprintf("User: %s is not authorized to perform: %s with an explicit deny in the role trust policy", q.caller.arn(), action))
	case d.Effect == policy.Allow, d.DecidedBy == policy.ResourceBased:
		return accessDenied(fmt.Sprintf("User: %s is not authorized to perform: %s on resource: %s because no role trust policy allows the %s action", q.caller.arn(), action, role.arn, action))
	}
	return accessDenied(unquote(policy.Message(request, d), role.arn))
}

// trusts tells whether the trust policy itself allowed, without which no
// identity policy opens a role.
func trusts(d policy.Decision) bool {
	for _, m := range d.Matched {
		if m.Layer == policy.ResourceBased && m.Effect == "Allow" {
			return true
		}
	}
	return false
}

// longest is the longest session of the role for a caller: one hour when a role
// assumes a role.
func (p *principal) longest(from *credential) limit {
	if from.token != "" {
		return limit{time.Hour, "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining."}
	}
	return limit{max(p.longestSession, time.Hour), "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."}
}

// longestToken is the longest life of GetSessionToken and GetFederationToken.
var longestToken = limit{36 * time.Hour, "1 validation error detected: Value at 'durationSeconds' failed to satisfy constraint: Member must have value less than or equal to 129600"}

// getSessionToken gives a long-term key a session of the same user.
func getSessionToken(q *queryRequest) (string, *apiError) {
	if q.caller.cred.token != "" {
		return "", accessDenied("Cannot call GetSessionToken with session credentials")
	}
	mfa, err := q.mfa()
	if err != nil {
		return "", err
	}
	life, err := q.life(12*time.Hour, longestToken)
	if err != nil {
		return "", err
	}
	from := *q.caller.cred
	from.mfa, from.tags = mfa, nil
	return q.grant(&from, life, "")
}

// getFederationToken gives a session that the user's policies and the session
// policy must both allow.
func getFederationToken(q *queryRequest) (string, *apiError) {
	name := q.form.Get("Name")
	if q.caller.cred.token != "" {
		return "", accessDenied("Cannot call GetFederationToken with session credentials")
	}
	if err := checkName("name", name, 32); err != nil {
		return "", err
	}
	if err := q.allowed("sts:GetFederationToken", fmt.Sprintf("arn:aws:sts::%s:federated-user/%s", q.caller.account().ID, name)); err != nil {
		return "", err
	}
	session, err := q.newSession()
	if err != nil {
		return "", err
	}
	life, err := q.life(12*time.Hour, longestToken)
	if err != nil {
		return "", err
	}
	from := *q.caller.cred
	from.session, from.tags, from.mfa = session.session, session.tags, false
	from.federate(name)
	return q.grant(&from, life, fmt.Sprintf("<FederatedUser><FederatedUserId>%s</FederatedUserId><Arn>%s</Arn></FederatedUser>", escape(from.userID), escape(from.arn)))
}
