package lab

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"

	"s403/diagnose"
)

func invalid(message string) *apiError {
	return failure(http.StatusBadRequest, "ValidationError", message)
}

// maxSessionPolicy is the length of a session policy, in characters.
const maxSessionPolicy = 2048

// newSession reads what a request for a session may carry: session policies,
// tags and MFA. Tags that a role's session passes on are there from the start.
func (q *queryRequest) newSession() (*credential, *apiError) {
	session := &credential{tags: map[string]string{}}
	var err *apiError
	if session.mfa, err = q.mfa(); err != nil {
		return nil, err
	}
	if session.session, err = q.sessionPolicies(); err != nil {
		return nil, err
	}
	session.transitive = append(slices.Clone(q.caller.cred.transitive), q.members("TransitiveTagKeys.member.%d")...)
	for _, k := range q.caller.cred.transitive {
		session.tags[k] = q.caller.cred.tags[k]
	}
	for i := 1; i <= 50; i++ { // the API takes at most fifty
		k := q.form.Get(fmt.Sprintf("Tags.member.%d.Key", i))
		if k == "" {
			break
		}
		if slices.Contains(q.caller.cred.transitive, k) {
			return nil, failure(http.StatusBadRequest, "InvalidParameterValue", "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from the calling session.")
		}
		session.tags[k] = q.form.Get(fmt.Sprintf("Tags.member.%d.Value", i))
	}
	return session, nil
}

// sessionPolicies are the policies that narrow the session; nil when none was passed.
func (q *queryRequest) sessionPolicies() ([]*document, *apiError) {
	var all []*document
	if text := q.form.Get("Policy"); text != "" {
		if len(text) > maxSessionPolicy {
			return nil, invalid("1 validation error detected: Value at 'policy' failed to satisfy constraint: Member must have length less than or equal to 2048")
		}
		d, err := parse("the request", "session policy", text)
		if err != nil {
			return nil, failure(http.StatusBadRequest, "MalformedPolicyDocument", err.Error())
		}
		all = append(all, d)
	}
	for _, arn := range q.members("PolicyArns.member.%d.arn") {
		d := q.st.managed[arn]
		if d == nil {
			return nil, failure(http.StatusBadRequest, "MalformedPolicyDocument", fmt.Sprintf("policy %q does not exist", arn))
		}
		all = append(all, d)
	}
	return all, nil
}

// limit is the longest life of a session, and what is said to who wants more.
type limit struct {
	most    time.Duration
	refusal string
}

// life is how long the session shall last.
func (q *queryRequest) life(otherwise time.Duration, most limit) (time.Duration, *apiError) {
	text := q.form.Get("DurationSeconds")
	if text == "" {
		return min(otherwise, most.most), nil
	}
	seconds, err := strconv.Atoi(text)
	switch {
	case err != nil || seconds < 900:
		return 0, invalid(fmt.Sprintf("1 validation error detected: Value '%s' at 'durationSeconds' failed to satisfy constraint: Member must have value greater than or equal to 900", text))
	case time.Duration(seconds) > most.most/time.Second:
		return 0, invalid(most.refusal)
	}
	return time.Duration(seconds) * time.Second, nil
}

// grant hands the session out.
func (q *queryRequest) grant(session *credential, life time.Duration, more string) (string, *apiError) {
	q.lab.sessions.add(session, q.now, life)
	return fmt.Sprintf("<Credentials><AccessKeyId>%s</AccessKeyId><SecretAccessKey>%s</SecretAccessKey><SessionToken>%s</SessionToken><Expiration>%s</Expiration></Credentials>%s",
		session.keyID, session.secret, session.token, session.expires.UTC().Format(time.RFC3339), more), nil
}

// barred refuses what temporary credentials of a user cannot be used for: those
// of GetFederationToken for no IAM and no STS but GetCallerIdentity; those of
// GetSessionToken for no IAM without MFA, and of STS for AssumeRole and
// GetCallerIdentity alone ("Compare AWS STS credentials").
func (q *queryRequest) barred() *apiError {
	c, action := q.caller.cred, q.form.Get("Action")
	federated := c.kind == diagnose.KindFederated
	session := c.kind == diagnose.KindUser && c.token != ""
	if q.service == "iam" && (federated || session && !c.mfa) {
		return failure(http.StatusForbidden, "InvalidClientTokenId", "The security token included in the request is invalid.")
	}
	if q.service == "sts" && federated && action != "GetCallerIdentity" {
		return accessDenied("Cannot call " + action + " with federation token credentials")
	}
	return nil
}
