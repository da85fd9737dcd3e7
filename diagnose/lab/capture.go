package lab

import (
	"bytes"
	"encoding/xml"
	"net/http"
	"strconv"
	"strings"
)

// capture passes gofakes3's answers on, with the request ids of the front. An
// error is held back, for the front to answer in its own way.
type capture struct {
	http.ResponseWriter
	r                 *http.Request
	requestID, hostID string
	etag              string              // in the place of the storage's own, where not empty
	size              int64               // of the object that is asked for, in bytes
	edit              func([]byte) []byte // what becomes of the body; nil: it stays
	status            int
	body              bytes.Buffer // of an error, or one that is edited
}

// WriteHeader implements http.ResponseWriter.
func (c *capture) WriteHeader(status int) {
	if c.status != 0 {
		return
	}
	c.status = status
	h := c.Header()
	h.Set("X-Amz-Request-Id", c.requestID)
	h.Set("X-Amz-Id-2", c.hostID)
	h.Set("Server", "AmazonS3")
	if c.etag != "" && h.Get("ETag") != "" {
		h.Set("ETag", c.etag)
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
		e.Code, e.Message = "InvalidRange", "The requested range is not satisfiable"
		e.Elements = append(e.Elements, element{"RangeRequested", c.r.Header.Get("Range")}, element{"ActualObjectSize", strconv.FormatInt(c.size, 10)})
	case e.Code == "NoSuchUpload":
		e.Message = noSuchUpload().Message
	case e.Code == "EntityTooSmall":
		e.Status = http.StatusBadRequest
	}
	return e
}

// counted adds the KeyCount that gofakes3 leaves out of a listing of nothing.
func counted(body []byte) []byte {
	if bytes.Contains(body, []byte("<KeyCount>")) {
		return body
	}
	return bytes.Replace(body, []byte("</ListBucketResult>"), []byte("<KeyCount>0</KeyCount></ListBucketResult>"), 1)
}
