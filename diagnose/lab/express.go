package lab

import (
	"net/http"
	"slices"
	"time"

	"s403/diagnose/policy"
)

// Directory buckets (S3 Express One Zone): their data is reached through sessions.

// expressLife is how long a session of a directory bucket lasts.
const expressLife = 5 * time.Minute

// The modes of a session (API_CreateSession).
const (
	readWrite = "ReadWrite"
	readOnly  = "ReadOnly"
)

// readsOfSession are the operations that a ReadOnly session is good for
// (API_CreateSession), and the one that asks for the bucket alone.
var readsOfSession = map[string]bool{
	"GetObject": true, "HeadObject": true, "ListObjects": true, "GetObjectAttributes": true, "ListParts": true,
	"ListMultipartUploads": true, "HeadBucket": true,
}

// allowedDirectory asks for a directory bucket, whose only action of the data
// plane is s3express:CreateSession, and whose refusals never say why. A request
// outside any session is judged by the session that it would need.
func (q *s3Request) allowedDirectory() *apiError {
	modes := []string{readWrite, readOnly}
	if !readsOfSession[q.op.name] {
		modes = []string{readWrite}
	}
	switch {
	case q.caller.anonymous() || q.caller.cred.bucket == "":
		if q.sessionMode(modes) != "" {
			return nil
		}
	case q.caller.cred.bucket == q.bucket.Name && slices.Contains(modes, q.caller.cred.mode):
		return nil
	}
	return accessDenied("")
}

// sessionMode is the first of the modes in which the caller may open a session;
// empty: in none.
func (q *s3Request) sessionMode(modes []string) string {
	a := ask{action: "s3express:CreateSession", resource: q.bucket.arn(), owner: q.bucket.account, context: q.context("", nil), network: true}
	if q.bucket.policy != nil {
		a.document = q.bucket.policy.parsed
	}
	for _, mode := range modes {
		a.context["s3express:SessionMode"] = []string{mode}
		if _, d := q.st.decide(q.caller, a); d.Effect == policy.Allow {
			return mode
		}
	}
	return ""
}

// createSession answers CreateSession, the door of directory buckets: with the mode
// that was asked for, or else the greatest that is allowed (API_CreateSession).
func (q *s3Request) createSession() *apiError {
	if !q.bucket.directory() {
		return failure(http.StatusMethodNotAllowed, "MethodNotAllowed", "The specified method is not allowed against this resource.")
	}
	modes := []string{readWrite, readOnly}
	if asked := q.r.Header.Get("X-Amz-Create-Session-Mode"); asked != "" {
		modes = []string{asked}
	}
	mode := q.sessionMode(modes)
	if mode == "" || q.caller.anonymous() || q.caller.cred.bucket != "" {
		return accessDenied("")
	}
	session := *q.caller.cred
	session.bucket, session.mode = q.bucket.Name, mode
	q.lab.sessions.add(&session, q.now, expressLife)
	return q.xml(`<CreateSessionResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Credentials><SessionToken>` + session.token +
		"</SessionToken><SecretAccessKey>" + session.secret + "</SecretAccessKey><AccessKeyId>" + session.keyID +
		"</AccessKeyId><Expiration>" + session.expires.UTC().Format(time.RFC3339) + "</Expiration></Credentials></CreateSessionResult>")
}
