package lab

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// s3Request is one request to S3 on its way through the lab's front.
type s3Request struct {
	*reply
	lab    *Lab
	st     *state
	store  *store
	now    time.Time
	sig    *signature
	caller caller

	name    string       // the bucket or access point as it was addressed
	key     string       // empty: the bucket itself
	version string       // versionId
	bucket  *bucket      // nil: there is none of the name
	point   *accessPoint // when asked through one
	op      operation
}

// serveS3 answers one S3 request: the front first, then whoever carries it out.
func (l *Lab) serveS3(st *state, w http.ResponseWriter, r *http.Request, sig *signature, parsed *apiError) {
	q := &s3Request{lab: l, st: st, store: l.store.Load(), sig: sig, version: r.URL.Query().Get("versionId")}
	q.name, q.key = address(r)
	q.find()
	q.now = l.clock()
	switch {
	case q.bucket != nil && q.bucket.Clock != 0:
		q.now = q.now.Add(time.Duration(q.bucket.Clock))
	case sig != nil:
		q.now = l.now(st, sig.keyID)
	}
	q.reply = l.newReply(w, r, q.now)
	h := w.Header()
	h.Set("X-Amz-Id-2", q.hostID)
	h.Set("Server", "AmazonS3")
	if q.front() {
		return
	}
	if err := q.serve(parsed); err != nil {
		q.fail(err)
	}
}

// find looks up what the request is addressed to.
func (q *s3Request) find() {
	if p := q.st.points[q.name]; p != nil {
		q.point, q.bucket = p, p.bucket
		return
	}
	q.bucket = q.st.buckets[q.name]
}

// front is what stands between the caller and the bucket. It tells whether it
// has answered in S3's place.
func (q *s3Request) front() bool {
	if q.bucket == nil {
		return false
	}
	switch q.bucket.Front {
	case "drop":
		panic(http.ErrAbortHandler) // net/http closes the connection without an answer
	case "website":
		q.website()
		return true
	case "head-to-get":
		if q.r.Method == http.MethodHead && q.key != "" {
			changed := *q.r
			changed.Method = http.MethodGet
			q.r = &changed
			q.ResponseWriter = headWriter{q.ResponseWriter}
		}
	}
	return false
}

// headWriter drops a body: the answer to a GET on its way back to who sent a HEAD.
type headWriter struct{ http.ResponseWriter }

// Write implements io.Writer.
func (h headWriter) Write(b []byte) (int, error) { return len(b), nil }

// website answers as the bucket's website endpoint does: HTML, no signatures.
func (q *s3Request) website() {
	h := q.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("X-Amz-Error-Code", "AccessDenied")
	h.Set("X-Amz-Error-Message", "Access Denied")
	q.WriteHeader(http.StatusForbidden)
	if q.r.Method == http.MethodHead {
		return
	}
	_, _ = fmt.Fprintf(q, "<html>\n<head><title>403 Forbidden</title></head>\n<body>\n<h1>403 Forbidden</h1>\n<ul>\n<li>Code: AccessDenied</li>\n<li>Message: Access Denied</li>\n<li>RequestId: %s</li>\n<li>HostId: %s</li>\n</ul>\n<hr/>\n</body>\n</html>\n", q.requestID, q.hostID)
}

// maxKey is the longest key, in bytes of UTF-8 ("Naming Amazon S3 objects").
const maxKey = 1024

// serve takes the request through the stations, in S3's order.
func (q *s3Request) serve(parsed *apiError) *apiError {
	if q.bucket != nil && q.bucket.Status == "SlowDown" {
		return failure(http.StatusServiceUnavailable, "SlowDown", "Please reduce your request rate.")
	}
	if parsed != nil {
		return parsed
	}
	if err := q.sig.checkService(); err != nil {
		return err
	}
	if err := q.region(); err != nil {
		return err
	}
	var err *apiError
	if q.caller, err = q.lab.authenticate(q.st, q.r, q.sig, nil, q.now); err != nil {
		return err
	}
	if err := q.accounts(); err != nil {
		return err
	}
	op, ok := q.operation()
	if !ok {
		return failure(http.StatusMethodNotAllowed, "MethodNotAllowed", "The specified method is not allowed against this resource.")
	}
	q.op = op
	if len(q.key) > maxKey {
		return failure(http.StatusBadRequest, "KeyTooLongError", sentences["KeyTooLongError"],
			element{"Size", strconv.Itoa(len(q.key))}, element{"MaxSizeAllowed", strconv.Itoa(maxKey)})
	}
	if q.bucket == nil && !op.anywhere {
		return failure(http.StatusNotFound, "NoSuchBucket", "The specified bucket does not exist", element{"BucketName", q.name})
	}
	if q.bucket != nil {
		if err := q.preconditions(); err != nil {
			return err
		}
	}
	return op.run(q)
}

// region holds the region that the request was signed for against the bucket's.
// A request that was signed for another region than us-east-1 is one that was
// sent to that region's endpoint, which redirects; one signed for us-east-1 went
// to the global endpoint, from where it reaches the bucket with a wrong scope.
func (q *s3Request) region() *apiError {
	if q.bucket == nil {
		return nil
	}
	home := q.bucket.Region
	if q.key == "" || q.sig != nil && q.sig.region != home {
		q.Header().Set("X-Amz-Bucket-Region", home)
	}
	if q.sig == nil || q.sig.region == home || q.key == "" && q.r.Method == http.MethodGet && q.r.URL.Query().Has("location") {
		return nil // GetBucketLocation is answered everywhere
	}
	if q.sig.region == "us-east-1" || !looksLikeRegion(q.sig.region) {
		return q.sig.wrongScope(fmt.Sprintf("the region '%s' is wrong; expecting '%s'", q.sig.region, home), element{"Region", home})
	}
	return failure(http.StatusMovedPermanently, "PermanentRedirect",
		"The bucket you are attempting to access must be addressed using the specified endpoint. Please send all future requests to this endpoint.",
		element{"Endpoint", fmt.Sprintf("%s.s3.%s.amazonaws.com", q.bucket.Name, home)}, element{"Bucket", q.bucket.Name})
}

// looksLikeRegion tells a region from a slip such as "us_east_1".
func looksLikeRegion(name string) bool {
	return strings.Count(name, "-") >= 2 && !strings.ContainsAny(name, "_ /.")
}

// accounts refuses what AWS has shut down.
func (q *s3Request) accounts() *apiError {
	if a := q.caller.account(); a != nil && a.Status != "" {
		return shutDown(a.Status)
	}
	if q.bucket == nil {
		return nil
	}
	if q.bucket.Status != "" {
		return shutDown(q.bucket.Status)
	}
	return nil
}

func shutDown(code string) *apiError {
	text := map[string]string{
		"NotSignedUp":       "Your account is not signed up for the S3 service. You must sign up before you can use S3.",
		"AccountProblem":    "There is a problem with your AWS account that prevents the operation from completing successfully. Contact AWS Support for further assistance.",
		"InvalidPayer":      "All access to this object has been disabled.",
		"AllAccessDisabled": "All access to this object has been disabled",
	}
	return failure(http.StatusForbidden, code, orElse(text[code], "Access has been disabled."))
}

// preconditions are the checks that S3 makes of the request's own options,
// before any policy: the expected owner, then who pays.
func (q *s3Request) preconditions() *apiError {
	if want := q.r.Header.Get("X-Amz-Expected-Bucket-Owner"); want != "" && want != q.bucket.account.ID {
		return accessDenied("")
	}
	if !q.bucket.RequesterPays || q.caller.in(q.bucket.account) {
		return nil
	}
	payer := q.r.Header.Get("X-Amz-Request-Payer") + q.r.URL.Query().Get("x-amz-request-payer")
	if unpaid[q.op.name] || strings.HasPrefix(q.op.name, "GetBucket") {
		return nil // these take no x-amz-request-payer, so nobody pays for them
	}
	if q.caller.anonymous() || !strings.EqualFold(payer, "requester") {
		return accessDenied("")
	}
	q.Header().Set("X-Amz-Request-Charged", "requester")
	return nil
}

// unpaid are the operations beside reading a bucket's settings for which the
// API knows no x-amz-request-payer.
var unpaid = map[string]bool{"HeadBucket": true, "GetPublicAccessBlock": true}

// fail answers with the error; a HEAD gets no body.
func (q *s3Request) fail(e *apiError) {
	h := q.Header()
	for _, stale := range []string{"Content-Length", "ETag", "Last-Modified", "Content-Range", encryptionHeader, encryptionKeyHeader, bucketKeyHeader,
		sseCPrefix + "Algorithm", sseCPrefix + "Key-Md5", lockModeHeader, lockUntilHeader, legalHoldHeader} {
		h.Del(stale)
	}
	for name, value := range e.Header {
		h.Set(name, value)
	}
	h.Set("Content-Type", "application/xml") // on HEAD too, where no document follows
	if q.r.Method == http.MethodHead {
		q.WriteHeader(e.Status)
		return
	}
	elements := slices.Clone(e.Elements)
	if e.Code == "NoSuchKey" && e.element("Key") == "" {
		elements = append(elements, element{"Key", q.key})
	}
	shown := *e
	shown.Elements = elements
	q.WriteHeader(e.Status)
	_, _ = q.Write([]byte(shown.s3Body(q.requestID, q.hostID)))
}

// xml answers with a document.
func (q *s3Request) xml(body string) *apiError {
	q.Header().Set("Content-Type", "application/xml")
	q.WriteHeader(http.StatusOK)
	_, _ = q.Write([]byte("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + body))
	return nil
}
