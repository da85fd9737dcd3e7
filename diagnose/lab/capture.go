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
	requestID, hostID string
	status            int
	body              bytes.Buffer // of an error
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
func (c *capture) held() bool {
	return c.status >= 400 && c.status != http.StatusPreconditionFailed
}

// Write implements io.Writer.
func (c *capture) Write(b []byte) (int, error) {
	if c.status == 0 {
		c.WriteHeader(http.StatusOK)
	}
	if c.held() {
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
	return failure(c.status, e.Code, orElse(e.Message, e.Code))
}
