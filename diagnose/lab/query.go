package lab

import (
	"bytes"
	"io"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"time"

	"s403/diagnose/policy"
)

// queryRequest is a request of the query protocol: STS, IAM and EC2.
type queryRequest struct {
	*reply
	lab     *Lab
	st      *state
	now     time.Time
	sig     *signature
	caller  caller
	service string
	form    url.Values
}

// queryService is one service of the query protocol.
type queryService struct {
	namespace string
	actions   map[string]func(*queryRequest) (string, *apiError) // the result element's content
}

var queryServices map[string]queryService

func init() {
	queryServices = map[string]queryService{
		"sts": {"https://sts.amazonaws.com/doc/2011-06-15/", stsActions},
		"iam": {"https://iam.amazonaws.com/doc/2010-05-08/", iamActions},
		"ec2": {"http://ec2.amazonaws.com/doc/2016-11-15/", ec2Actions},
	}
}

// serveQuery answers STS, IAM and EC2.
func (l *Lab) serveQuery(st *state, w http.ResponseWriter, r *http.Request, sig *signature, parsed *apiError) {
	q := &queryRequest{lab: l, st: st, sig: sig, service: "sts", now: l.clock()}
	if sig != nil {
		q.service, q.now = sig.service, l.now(st, sig.keyID)
	}
	q.reply = l.newReply(w, r, q.now)
	w.Header().Set("X-Amzn-Requestid", q.requestID)
	result, err := q.answer(parsed)
	if err != nil {
		q.fail(err)
		return
	}
	action := q.form.Get("Action")
	ns := queryServices[q.service].namespace
	w.Header().Set("Content-Type", "text/xml")
	if q.service == "ec2" {
		_, _ = io.WriteString(w, "<"+action+`Response xmlns="`+ns+`"><requestId>`+q.requestID+"</requestId>"+result+"</"+action+"Response>")
		return
	}
	if result != "" {
		result = "<" + action + "Result>" + result + "</" + action + "Result>"
	}
	_, _ = io.WriteString(w, "<"+action+`Response xmlns="`+ns+`">`+result+"<ResponseMetadata><RequestId>"+q.requestID+"</RequestId></ResponseMetadata></"+action+"Response>")
}

// answer authenticates and carries out.
func (q *queryRequest) answer(parsed *apiError) (string, *apiError) {
	body, err := readAll(q.r.Body, maxContent)
	if err != nil {
		return "", failure(http.StatusRequestEntityTooLarge, "RequestEntityTooLarge", "The request body is too large.")
	}
	q.r.Body = io.NopCloser(bytes.NewReader(body))
	q.form = q.r.URL.Query()
	if isForm(q.r) {
		form, err := url.ParseQuery(string(body))
		if err != nil {
			return "", failure(http.StatusBadRequest, "MalformedQueryString", "The query string contains a syntax error.")
		}
		maps.Copy(q.form, form)
	}
	if parsed != nil {
		return "", parsed
	}
	service, known := queryServices[q.service]
	run := service.actions[q.form.Get("Action")]
	if !known || run == nil {
		return "", failure(http.StatusBadRequest, "InvalidAction", "Could not find operation "+q.form.Get("Action")+" for service "+q.service+".")
	}
	if q.sig == nil {
		return "", failure(http.StatusForbidden, "MissingAuthenticationToken", "Request is missing Authentication Token")
	}
	var refused *apiError
	if q.caller, refused = q.lab.authenticate(q.st, q.r, q.sig, body, q.now); refused != nil {
		return "", refused.elsewhere()
	}
	if refused := q.barred(); refused != nil {
		return "", refused
	}
	return run(q)
}

// elsewhere is an error of authentication in the words of services other than S3.
func (e *apiError) elsewhere() *apiError {
	switch e.Code {
	case "InvalidAccessKeyId", "InvalidToken":
		return failure(http.StatusForbidden, "InvalidClientTokenId", "The security token included in the request is invalid.")
	case "ExpiredToken":
		return failure(http.StatusForbidden, "ExpiredToken", "The security token included in the request is expired")
	case "SignatureDoesNotMatch":
		return failure(http.StatusForbidden, e.Code, "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.")
	case "RequestTimeTooSkewed":
		return failure(http.StatusForbidden, "SignatureDoesNotMatch", "Signature expired: "+e.element("RequestTime")+" is now earlier than "+e.element("ServerTime")+" - 15 min.)")
	}
	return e
}

func (e *apiError) element(name string) string {
	for _, el := range e.Elements {
		if el.Name == name {
			return el.Value
		}
	}
	return ""
}

func (q *queryRequest) fail(e *apiError) {
	q.Header().Set("Content-Type", "text/xml")
	status := e.Status
	if q.service == "ec2" && e.Code == "AccessDenied" {
		e.Code = "UnauthorizedOperation"
		e.Message = "You are not authorized to perform this operation. " + strings.Replace(e.Message, " on resource: *", "", 1)
	}
	q.WriteHeader(status)
	if q.service == "ec2" {
		_, _ = io.WriteString(q, e.ec2Body(q.requestID))
		return
	}
	_, _ = io.WriteString(q, e.queryBody(queryServices[q.service].namespace, q.requestID))
}

// allowed asks for an action on a resource of the caller's own account.
func (q *queryRequest) allowed(action, resource string) *apiError {
	return q.st.allowedElsewhere(q.caller, q.r, q.now, ask{action: action, resource: resource, owner: q.caller.account()})
}

// allowedElsewhere asks for an action of a service other than S3, whose
// refusals say why inside an account and leave the resource unquoted.
func (s *state) allowedElsewhere(c caller, r *http.Request, now time.Time, a ask) *apiError {
	ctx := s.requestContext(c, r, now)
	maps.Copy(ctx, a.context)
	a.context = ctx
	request, d := s.decide(c, a)
	if d.Effect == policy.Allow {
		return nil
	}
	text := policy.Message(request, d)
	return accessDenied(unquote(text, request.Resource))
}

// unquote takes the quotes off the resource: only S3 writes them.
func unquote(text, resource string) string {
	return string(bytes.ReplaceAll([]byte(text), []byte(`"`+resource+`"`), []byte(resource)))
}
