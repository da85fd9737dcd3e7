package lab

import (
	"bytes"
	"encoding/xml"
	"net/http"
	"strings"
)

// capture passes gofakes3's answers on, with the request ids of the front. An
// error is held back, for the front to answer in its own way.
type capture struct {
	http.ResponseWriter
	r                 *http.Request
	requestID, hostID string
	etag              string              // in the place of the storage's own, where not empty
	span              *span               // that a HEAD asks for; nil: the whole object
	size              int64               // of the object that is asked for, in bytes
	edit              func([]byte) []byte // what becomes of the body; nil: it stays
	status            int
	body              bytes.Buffer // of an error, or one that is edited
}

// read notes what the answer to a read of the object has to say beyond what the
// storage knows: its ETag, and the range of a HEAD.
func (c *capture) read(s *store, inner *http.Request, bucket string, o *object) {
	if o == nil {
		return
	}
	c.etag = o.etag
	if held := s.held(inner.Context(), bucket, o); held != nil {
		c.size = held.Size
		c.span = rewriteRange(inner, held.Size)
	}
}

// WriteHeader implements http.ResponseWriter.
func (c *capture) WriteHeader(status int) {
	if c.status != 0 {
		return
	}
	h := c.Header()
	h.Set("X-Amz-Request-Id", c.requestID)
	h.Set("X-Amz-Id-2", c.hostID)
	h.Set("Server", "AmazonS3")
	if c.etag != "" && h.Get("ETag") != "" {
		h.Set("ETag", c.etag)
	}
	if c.span != nil && status == http.StatusOK {
		status = c.span.tell(h, c.size)
	}
	c.status = status
	if h.Get("X-Amz-Delete-Marker") == "false" { // S3 says it only where it is true
		h.Del("X-Amz-Delete-Marker")
	}
	for name := range h { // no bucket of the lab has a CORS configuration
		if strings.HasPrefix(name, "Access-Control-") {
			h.Del(name)
		}
	}
	if !c.held() {
		c.ResponseWriter.WriteHeader(status)
	}
}

// held tells whether the answer is an error that the front will give itself.
func (c *capture) held() bool { return c.status >= 400 }

// Write implements io.Writer.
func (c *capture) Write(b []byte) (int, error) {
	if c.status == 0 {
		c.WriteHeader(http.StatusOK)
	}
	if c.held() || c.edit != nil {
		return c.body.Write(b)
	}
	return c.ResponseWriter.Write(b)
}

// failure is the error that gofakes3 answered; nil for success.
func (c *capture) failure() *apiError {
	if c.status == 0 {
		c.WriteHeader(http.StatusOK)
	}
	if !c.held() {
		if c.edit != nil {
			_, _ = c.ResponseWriter.Write(c.edit(c.body.Bytes())) // who has gone away needs no answer
		}
		return nil
	}
	var e struct {
		Code, Message string
	}
	if xml.Unmarshal(c.body.Bytes(), &e) != nil || e.Code == "" {
		e.Code, e.Message = "InternalError", "We encountered an internal error. Please try again."
		if c.status == http.StatusNotFound {
			e.Code, e.Message = "NoSuchKey", "The specified key does not exist."
		}
	}
	return c.worded(failure(c.status, e.Code, orElse(e.Message, e.Code)))
}

// worded says in S3's words what gofakes3 says in its own.
func (c *capture) worded(e *apiError) *apiError {
	switch {
	case c.status == http.StatusPreconditionFailed:
		e.Code, e.Message = "PreconditionFailed", "At least one of the pre-conditions you specified did not hold"
		for _, name := range []string{"If-Match", "If-None-Match", "If-Unmodified-Since", "X-Amz-Copy-Source-If-Match", "X-Amz-Copy-Source-If-None-Match"} {
			if c.r.Header.Get(name) != "" {
				e.Elements = append(e.Elements, element{"Condition", name})
				break
			}
		}
	case c.status == http.StatusRequestedRangeNotSatisfiable:
		return noSuchRange(c.r.Header.Get("Range"), c.size)
	case e.Code == "EntityTooSmall":
		e.Status = http.StatusBadRequest
	case e.Code == "InvalidToken": // which is about a session in S3
		return badArgument("continuation-token", c.r.URL.Query().Get("continuation-token"), "The continuation token provided is incorrect")
	case e.Message == e.Code:
		e.Message = orElse(sentences[e.Code], e.Code)
	}
	return e
}

// sentences are S3's for codes that gofakes3 gives without words ("List of
// error codes").
var sentences = map[string]string{
	"BadDigest":            "The Content-MD5 you specified did not match what we received.",
	"BucketNotEmpty":       "The bucket you tried to delete is not empty",
	"EntityTooLarge":       "Your proposed upload exceeds the maximum allowed size",
	"IncompleteBody":       "You did not provide the number of bytes specified by the Content-Length HTTP header",
	"InvalidBucketName":    "The specified bucket is not valid.",
	"InvalidDigest":        "The Content-MD5 you specified was invalid.",
	"InvalidPart":          "One or more of the specified parts could not be found.  The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.",
	"InvalidPartOrder":     "The list of parts was not in ascending order. Parts must be ordered by part number.",
	"InvalidTag":           "The tag provided was not a valid tag.",
	"KeyTooLongError":      "Your key is too long",
	"MalformedXML":         malformedXML().Message,
	"MetadataTooLarge":     "Your metadata headers exceed the maximum allowed metadata size",
	"NoSuchBucket":         "The specified bucket does not exist",
	"NoSuchKey":            "The specified key does not exist.",
	"NoSuchUpload":         noSuchUpload().Message,
	"NoSuchVersion":        "The specified version does not exist.",
	"InvalidBucketState":   "The request is not valid for the current state of the bucket.",
	"TooManyBuckets":       "You have attempted to create more buckets than allowed",
	"NotImplemented":       "A header you provided implies functionality that is not implemented",
	"InternalError":        "We encountered an internal error. Please try again.",
	"MissingContentLength": "You must provide the Content-Length HTTP header.",
}

// completed adds what gofakes3 leaves out of a listing where it is nought.
func completed(body []byte) []byte {
	more := ""
	if !bytes.Contains(body, []byte("<MaxKeys>")) {
		more = "<MaxKeys>0</MaxKeys>"
	}
	if !bytes.Contains(body, []byte("<KeyCount>")) && !bytes.Contains(body, []byte("<Marker")) { // version 1 has a marker, and no count
		more += "<KeyCount>0</KeyCount>"
	}
	return bytes.Replace(body, []byte("</ListBucketResult>"), []byte(more+"</ListBucketResult>"), 1)
}
