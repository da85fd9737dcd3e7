package lab

import (
	"fmt"
	"net/http"
	"strconv"
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
	arn := q.form.Get("RoleArn")
	session, err := q.newSession()
	if err != nil {
		return "", err
	}
	name := q.form.Get("RoleSessionName")
	if name == "" {
		return "", invalid("RoleSessionName is required")
	}
	denied := accessDenied(fmt.Sprintf("User: %s is not authorized to perform: sts:AssumeRole on resource: %s", q.caller.arn(), arn))
	role := q.st.principals[arn]
	if role == nil || role.kind != "role" {
		return "", denied // AWS does not say whether the role exists
	}
	ctx := q.st.requestContext(q.caller, q.r, q.now)
	optional(ctx, "sts:ExternalId", q.form.Get("ExternalId"))
	optional(ctx, "sts:RoleSessionName", name)
	request, d := q.st.decide(q.caller, ask{action: "sts:AssumeRole", resource: arn, owner: role.account, context: ctx, document: role.trust.parsed})
	if d.Effect != policy.Allow || !trusts(d) {
		if d.Effect == policy.Allow || d.DecidedBy == policy.ResourceBased {
			return "", accessDenied(denied.Message + " because no role trust policy allows the sts:AssumeRole action")
		}
		return "", accessDenied(unquote(policy.Message(request, d), arn))
	}
	session.become(role, name)
	session.ip, session.vpce, session.clock = q.caller.cred.ip, q.caller.cred.vpce, q.caller.cred.clock
	return q.grant(session, fmt.Sprintf("<AssumedRoleUser><AssumedRoleId>%s</AssumedRoleId><Arn>%s</Arn></AssumedRoleUser>", escape(session.userID), escape(session.arn)))
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

func invalid(message string) *apiError {
	return failure(http.StatusBadRequest, "ValidationError", message)
}

// newSession reads what a request for a session may carry: session policies,
// tags and MFA.
func (q *queryRequest) newSession() (*credential, *apiError) {
	session := &credential{tags: map[string]string{}, mfa: q.form.Get("SerialNumber") != "" || q.caller.cred.mfa}
	if text := q.form.Get("Policy"); text != "" {
		d, err := parse("the request", "session policy", text)
		if err != nil {
			return nil, failure(http.StatusBadRequest, "MalformedPolicyDocument", err.Error())
		}
		session.session = append(session.session, d)
	}
	for i := 1; ; i++ {
		arn := q.form.Get(fmt.Sprintf("PolicyArns.member.%d.arn", i))
		if arn == "" {
			break
		}
		d := q.st.managed[arn]
		if d == nil {
			return nil, failure(http.StatusBadRequest, "MalformedPolicyDocument", fmt.Sprintf("policy %q does not exist", arn))
		}
		session.session = append(session.session, d)
	}
	for i := 1; ; i++ {
		k := q.form.Get(fmt.Sprintf("Tags.member.%d.Key", i))
		if k == "" {
			break
		}
		session.tags[k] = q.form.Get(fmt.Sprintf("Tags.member.%d.Value", i))
	}
	return session, nil
}

// grant hands the session out.
func (q *queryRequest) grant(session *credential, more string) (string, *apiError) {
	life := time.Hour
	if text := q.form.Get("DurationSeconds"); text != "" {
		seconds, err := strconv.Atoi(text)
		if err != nil || seconds < 900 || seconds > 129600 {
			return "", invalid("DurationSeconds is out of range (900 to 129600)")
		}
		life = time.Duration(seconds) * time.Second
	}
	q.lab.sessions.add(session, q.now, life)
	return fmt.Sprintf("<Credentials><AccessKeyId>%s</AccessKeyId><SecretAccessKey>%s</SecretAccessKey><SessionToken>%s</SessionToken><Expiration>%s</Expiration></Credentials>%s",
		session.keyID, session.secret, session.token, session.expires.UTC().Format(time.RFC3339), more), nil
}

// getSessionToken gives a long-term key a session of the same user.
func getSessionToken(q *queryRequest) (string, *apiError) {
	if q.caller.cred.token != "" {
		return "", accessDenied("Cannot call GetSessionToken with session credentials")
	}
	session, err := q.newSession()
	if err != nil {
		return "", err
	}
	from := *q.caller.cred
	from.mfa, from.tags = session.mfa, nil
	return q.grant(&from, "")
}

// getFederationToken gives a session that the user's policies and the session
// policy must both allow.
func getFederationToken(q *queryRequest) (string, *apiError) {
	if err := q.allowed("sts:GetFederationToken", "*"); err != nil {
		return "", err
	}
	name := q.form.Get("Name")
	if name == "" || strings.ContainsAny(name, "/:") || q.caller.cred.kind != diagnose.KindUser {
		return "", invalid("Name is required, and only an IAM user may call GetFederationToken")
	}
	session, err := q.newSession()
	if err != nil {
		return "", err
	}
	from := *q.caller.cred
	from.session, from.tags, from.token = session.session, session.tags, ""
	from.federate(name)
	return q.grant(&from, fmt.Sprintf("<FederatedUser><FederatedUserId>%s</FederatedUserId><Arn>%s</Arn></FederatedUser>", escape(from.userID), escape(from.arn)))
}
