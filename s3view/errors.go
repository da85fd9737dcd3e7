package s3view

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"

	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/smithy-go"
)

// An Error is one call that S3 refused or did not answer. Methods of Store
// return no other kind.
type Error struct {
	Op          string   // the API operation: "HeadObject"
	Location    Location // what was asked for
	Status      int      // HTTP status; 0 when no answer came
	Code        string   // AWS error code; "Forbidden" and its like for a HEAD, which has no body
	Message     string   // one line; holds no secret
	RequestID   string   // x-amz-request-id
	HostID      string   // x-amz-id-2
	Region      string   // x-amz-bucket-region of the answer
	SignedFor   string   // the region that the request was signed for
	DeleteMark  bool     // x-amz-delete-marker: the version asked for is a delete marker
	Hint        string   // what to do now; may be empty
	Err         error    // the cause, for errors.Is; never shown as it is
	Login       string   // the command that logs in, where that is all that is missing
	credentials bool     // no request was sent: there were no credentials to sign it
	unsent      bool     // no request was sent: the credentials could not be fetched
}

// Error is one line: the operation, the place, the answer, and what to do.
func (e *Error) Error() string {
	text := e.Op + ": " + e.answer()
	if !e.Location.Root() {
		text = fmt.Sprintf("%s %q: %s", e.Op, e.Location.String(), e.answer())
	}
	if e.Hint != "" {
		text += "; " + e.Hint
	}
	return text
}

// answer is what came back, without what was asked.
func (e *Error) answer() string {
	switch {
	case e.Status == 0:
		return e.Message
	case e.Message == "" || e.Message == e.Code:
		return fmt.Sprintf("%d %s", e.Status, e.Code)
	}
	return fmt.Sprintf("%d %s: %s", e.Status, e.Code, e.Message)
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// Denied tells whether S3 said that this caller may not (401 or 403).
func (e *Error) Denied() bool {
	return e.Status == http.StatusForbidden || e.Status == http.StatusUnauthorized
}

// NotFound tells whether S3 said that there is no such thing (404).
func (e *Error) NotFound() bool { return e.Status == http.StatusNotFound }

// Diagnosable tells whether a diagnosis of this request can say more than the
// error does: refusals, redirects, bad requests and absences, but no throttling
// and no dead network.
func (e *Error) Diagnosable() bool {
	return e.Status >= 300 && e.Status < 500 && !e.Throttled()
}

// Throttled tells whether S3 asked to slow down.
func (e *Error) Throttled() bool {
	return e.Code == "SlowDown" || e.Code == "TooManyRequests" || e.Code == "ThrottlingException" ||
		e.Status == http.StatusServiceUnavailable || e.Status == http.StatusTooManyRequests
}

// NotSupported tells whether the store does not have the operation at all, as
// many S3-compatible stores have no tags, ownership controls or policies.
func (e *Error) NotSupported() bool {
	switch e.Code {
	case "NotImplemented", "UnsupportedOperation", "XNotImplemented", "NotSupported":
		return true
	}
	return e.Status == http.StatusNotImplemented || e.Status == http.StatusMethodNotAllowed && !e.DeleteMark
}

// Canceled tells whether the person gave up waiting.
func (e *Error) Canceled() bool { return errors.Is(e.Err, context.Canceled) }

// NoCredentials tells whether nothing was sent because nothing could sign it.
func (e *Error) NoCredentials() bool { return e.credentials }

// NotSent tells whether nothing was sent because the credentials of the profile
// could not be fetched, and may be another time.
func (e *Error) NotSent() bool { return e.unsent }

// AsError finds the *Error in err, or nil.
func AsError(err error) *Error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	return nil
}

// newError makes an *Error of what the SDK returned. It is nil for a nil err.
func newError(op string, at Location, err error) *Error {
	if err == nil {
		return nil
	}
	if known := AsError(err); known != nil {
		return known
	}
	e := &Error{Op: op, Location: at, Err: err}
	if refused := new(sessionRefused); errors.As(err, refused) {
		e.Op = createSession
	}
	if !answered(err) || credentialCall(err) != "" {
		if text, advice := credentialTrouble(err); text != "" {
			return e.notSent(text, advice)
		}
	}
	var api smithy.APIError
	if errors.As(err, &api) {
		e.Code, e.Message = api.ErrorCode(), oneLine(api.ErrorMessage())
	}
	var answer *awshttp.ResponseError
	if errors.As(err, &answer) && answer.Response != nil {
		e.fromResponse(answer.Response.Response, answer.RequestID)
	}
	if e.Status == 0 {
		e.Message, e.Hint = noAnswer(err)
	}
	return e
}

// notSent is the error of a request that nothing could sign. What refused to
// give credentials is not what was asked, so its status is not the answer.
func (e *Error) notSent(message, hint string) *Error {
	e.Message, e.Hint, e.unsent = message, hint, true
	e.credentials = noCredentials(e.Err)
	var login *loginEnded
	if errors.As(e.Err, &login) {
		e.Login = login.command
	}
	return e
}

func (e *Error) fromResponse(r *http.Response, requestID string) {
	if r == nil {
		return
	}
	e.Status, e.RequestID = r.StatusCode, requestID
	e.HostID = r.Header.Get("X-Amz-Id-2")
	e.Region = r.Header.Get("X-Amz-Bucket-Region")
	e.DeleteMark = r.Header.Get("X-Amz-Delete-Marker") == "true"
	if e.RequestID == "" {
		e.RequestID = r.Header.Get("X-Amz-Request-Id")
	}
	if e.Code == "" {
		e.Code = strings.ReplaceAll(http.StatusText(e.Status), " ", "")
	}
	e.Hint = e.advice()
}

// advice says what to do about an answer that does not say it itself.
func (e *Error) advice() string {
	switch {
	case e.Code == "ExpiredToken" || e.Code == "TokenRefreshRequired":
		return "the session is over: log in again"
	case e.Status >= 200 && e.Status < 300:
		return "the answer is not one of S3: check that the endpoint is a store's, and that no proxy or login page answers in its place"
	case e.Status >= 300 && e.Status < 400 && e.Region == "":
		return "the request was sent elsewhere: check the endpoint, and that no proxy or login page answers in its place"
	case e.Throttled():
		return "ask again later, or less at once"
	case e.Status == http.StatusProxyAuthRequired:
		return "give the proxy's user and password in HTTPS_PROXY"
	case e.Status >= 500 && !e.NotSupported():
		return "the store, or a proxy before it, is in trouble: try again later"
	}
	return ""
}

// noAnswer says in one line why no answer came, without the URL, which may be
// presigned, and what to look at.
func noAnswer(err error) (message, hint string) {
	var dns *net.DNSError
	var op *net.OpError
	var ue *url.Error
	switch {
	case errors.Is(err, context.Canceled):
		return "canceled", ""
	case errors.As(err, &dns):
		return fmt.Sprintf("the host %q was not found", dns.Name), "check the endpoint, the region and the network"
	case isTimeout(err):
		return "no answer within the time allowed", "check the endpoint, the network and the proxy"
	}
	if text := tlsTrouble(err); text != "" {
		return text, "give the store's certificate authority with --ca-bundle"
	}
	switch {
	case errors.As(err, &op):
		return oneLine(op.Err.Error()) + addressOf(op), "check that the endpoint is up, and the proxy"
	case errors.As(err, &ue):
		return oneLine(ue.Err.Error()), "check the endpoint and the network"
	}
	return oneLine(innermost(err).Error()), ""
}

func isTimeout(err error) bool {
	var timeout interface{ Timeout() bool }
	return errors.Is(err, context.DeadlineExceeded) || errors.As(err, &timeout) && timeout.Timeout()
}

func addressOf(op *net.OpError) string {
	if op.Addr == nil {
		return ""
	}
	return " (" + op.Addr.String() + ")"
}

// innermost unwraps to the last error: the SDK wraps each in several layers that
// say nothing to a person.
func innermost(err error) error {
	for {
		next := errors.Unwrap(err)
		if next == nil {
			return err
		}
		err = next
	}
}

// oneLine joins the lines of a text, so that an error stays one line.
func oneLine(s string) string { return clip(strings.Join(strings.Fields(s), " "), 2000) }
