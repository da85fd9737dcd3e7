package diagnose

import (
	"strings"

	"s403/diagnose/message"
)

// A stop is what the live answers alone prove about where the request ended.
type stop uint8

// The stops, from "nothing seen" to the particular.
const (
	stopUnseen    stop = iota // no answer yet, or none is asked for (--as)
	stopAllowed               // HEAD passed, and GET passed or is not known
	stopNoAnswer              // the request never got an answer
	stopThrottled             // 503: not judged now
	stopEarly                 // refused by code before any policy is read: key, signature, clock, token, region
	stopAbsent                // 404 or 405: it is not there, and S3 says so
	stopHeadOnly              // HEAD was refused, GET of the same was allowed
	stopWebPage               // the answer is a web page, not S3's
	stopObject                // HEAD passed, GET stumbles over the object's state (archive)
	stopKMS                   // the sentence or code is about the KMS key
	stopSSEC                  // the object wants the customer's key
	stopListing               // the sentence names s3:ListBucket: S3 may not say whether the key exists
	stopOther                 // an error that is no denial: 400s and 500s of other kinds
	stopReason                // the sentence names layer and effect for the very action that was asked
	stopBare                  // AccessDenied without a reason
	stopBlind                 // HEAD was refused, and nothing with a body has answered
)

// live is the refusal as S3 itself explained it.
type live struct {
	stop  stop
	code  string // the AWS error code with the body, "" when only HEAD spoke
	said  message.Message
	text  string   // the message as it came, redacted
	from  Exchange // the call that said it
	extra map[string]string
}

// listen finds what the live answers prove. The bodied twin is believed before
// HEAD, whose code is only the status spelled out (API_HeadObject).
func listen(e *Evidence) live {
	l := live{from: e.Head.Source}
	if !answered(e.Head) {
		l.stop = unansweredStop(e)
		if l.stop != stopUnseen || !answered(e.Get) {
			return l
		}
	}
	if refused(e.Get) {
		get := e.Get.Value
		l.code, l.text, l.from, l.extra = get.Code, get.Message, e.Get.Source, get.Elements
		l.said = message.Parse([]byte(get.Message))
	} else if refused(e.Head) {
		head := e.Head.Value
		l.text, l.extra = head.Message, head.Elements
		if !genericCode(head.Code) {
			l.code = head.Code
			l.said = message.Parse([]byte(head.Message))
		}
	}
	l.stop = l.classify(e)
	return l
}

// answered tells that some HTTP answer came, be it a refusal: a probe may file
// a refused twin as Known, Denied or Absent.
func answered(f Fact[Answer]) bool { return f.Value.Status != 0 }

// refused tells that the twin was answered, and not let through.
func refused(f Fact[Answer]) bool { return answered(f) && !f.Value.Allowed() }

// allowed tells that the twin was answered and let through.
func allowed(f Fact[Answer]) bool { return answered(f) && f.Value.Allowed() }

// unansweredStop tells a HEAD that failed on the way from one not asked yet.
func unansweredStop(e *Evidence) stop {
	asked := e.Head.State == Failed || e.Head.State == Known // known without a status is no answer
	if asked && !answered(e.Get) {
		return stopNoAnswer
	}
	return stopUnseen
}

// genericCode tells a code that is only the HTTP status text, as SDKs make them
// for answers without a body.
func genericCode(code string) bool {
	switch code {
	case "", "Forbidden", "BadRequest", "NotFound", "MovedPermanently", "TemporaryRedirect",
		"MethodNotAllowed", "PreconditionFailed", "ServiceUnavailable", "Unauthorized":
		return true
	}
	return strings.HasPrefix(code, "http")
}

// classify orders the proofs: what happened to HEAD first, then what the body says.
func (l *live) classify(e *Evidence) stop {
	head, get := e.Head, e.Get
	switch {
	case allowed(head) && !refused(get):
		return stopAllowed
	case l.throttled(e):
		return stopThrottled
	case refused(head) && allowed(get) && head.Value.Status < 500:
		return stopHeadOnly
	case get.Value.HTML || head.Value.HTML:
		return stopWebPage
	case earlyCause(l, e) != "":
		return stopEarly
	case isAbsent(head.Value):
		return stopAbsent
	case head.Value.Status >= 500:
		return stopOther
	case !refused(get) && l.code == "":
		return stopBlind
	}
	return l.classifyBody(e)
}

// classifyBody reads the refusal that came with a body.
func (l *live) classifyBody(e *Evidence) stop {
	action := strings.ToLower(l.said.Action)
	switch {
	case l.code == "InvalidObjectState":
		return stopObject
	case strings.HasPrefix(l.code, "KMS.") || strings.HasPrefix(action, "kms:"):
		return stopKMS
	case wantsCustomerKey(l.code, l.text):
		return stopSSEC
	case listingAction(action) && e.Target.Key != "":
		return stopListing
	case l.said.Layer != "" && l.said.Effect != "":
		return stopReason
	case isAbsent(e.Get.Value):
		return stopAbsent
	case l.from.Status != 401 && l.from.Status != 403 && !strings.Contains(l.code, "AccessDenied"):
		return stopOther
	default:
		return stopBare
	}
}

// listingAction tells the permissions that decide whether S3 may say "not found".
func listingAction(action string) bool {
	return action == "s3:listbucket" || action == "s3:listbucketversions"
}

func isAbsent(a Answer) bool { return a.Status == 404 || a.Status == 405 }

func (l *live) throttled(e *Evidence) bool {
	switch l.code {
	case "SlowDown", "TooManyRequests", "Throttling", "ThrottlingException", "RequestLimitExceeded", "ServiceUnavailable":
		return true
	}
	return e.Head.Value.Status == 503 || e.Head.Value.Status == 429
}

// wantsCustomerKey recognises the texts of SSE-C (facts of API_GetObject: the
// missing headers are a 400 InvalidRequest).
func wantsCustomerKey(code, text string) bool {
	t := strings.ToLower(text)
	return strings.Contains(t, "stored using a form of server side encryption") ||
		strings.Contains(t, "customer provided keys") || strings.Contains(t, "customer-provided") ||
		strings.Contains(t, "sse-c") || strings.HasPrefix(code, "SSECustomer") || code == "InvalidEncryptionAlgorithmError"
}
