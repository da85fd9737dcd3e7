package probe

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"s403/diagnose"
	"s403/diagnose/message"
)

// kept are the response headers that reasoning or the screen may need.
var kept = []string{
	"Date", "Server", "Content-Type", "Content-Length", "Content-Range", "Last-Modified", "Location", "Etag", "Via",
	"X-Amz-Bucket-Region", "X-Amz-Delete-Marker", "X-Amz-Version-Id", "X-Amz-Storage-Class",
	"X-Amz-Restore", "X-Amz-Archive-Status", "X-Amz-Server-Side-Encryption",
	"X-Amz-Server-Side-Encryption-Aws-Kms-Key-Id", "X-Amz-Server-Side-Encryption-Bucket-Key-Enabled",
	"X-Amz-Server-Side-Encryption-Customer-Algorithm", "X-Amz-Request-Charged", "X-Amz-Error-Code",
	"X-Amz-Error-Message", "X-Amz-Tagging-Count", "X-Amz-Mp-Parts-Count",
}

// maxHeader bounds a header value that is kept.
const maxHeader = 1024

// answer reads the raw answer as diagnose wants it: what the SDK keeps of an
// error body, and the elements that it drops.
func (w *wire) answer() diagnose.Answer {
	a := diagnose.Answer{Status: w.status, Header: map[string]string{}}
	for _, name := range kept {
		if v := w.header.Get(name); v != "" {
			a.Header[strings.ToLower(name)] = v[:min(len(v), maxHeader)]
		}
	}
	if w.status < 300 || w.status == http.StatusNotModified {
		a.HTML = w.portal()
		return a
	}
	w.readError(&a)
	if a.Code == "" {
		a.Code = statusCode(w.status)
	}
	return a
}

// portal tells a success that is no store's: a web page without the ETag that every
// object has and without the id that stores give a request. Login pages of hotels and
// proxies answer so, whatever was asked.
func (w *wire) portal() bool {
	return w.status == http.StatusOK && w.header.Get("Etag") == "" && w.header.Get("X-Amz-Request-Id") == "" &&
		strings.Contains(strings.ToLower(w.header.Get("Content-Type")), "text/html")
}

// readError takes code, message and elements out of the error bodies that AWS's
// services send: S3 and the query services XML, the others JSON.
func (w *wire) readError(a *diagnose.Answer) {
	if looksHTML(w.header.Get("Content-Type"), w.body) {
		a.HTML = true
		return
	}
	if code, text, ok := jsonError(w.header, w.body); ok {
		a.Code, a.Message = printable(message.Redact(code)), printable(message.Redact(text))
		return
	}
	parsed, ok := message.ParseXML(w.body)
	if !ok {
		return
	}
	a.Code, a.Message = printable(parsed.Code), printable(parsed.Message)
	a.Elements = map[string]string{}
	for name, value := range parsed.Elements {
		if name != "Code" && name != "Message" {
			a.Elements[name] = printableLines(value)
		}
	}
}

// statusCode is the code that an answer without a body gets: the SDKs make it
// from the status text ("Forbidden"), so that is what people see.
func statusCode(status int) string {
	return strings.ReplaceAll(http.StatusText(status), " ", "")
}

// looksHTML tells a web page from an error body: a proxy, a login portal or a
// website endpoint answered.
func looksHTML(contentType string, body []byte) bool {
	start := bytes.ToLower(bytes.TrimSpace(body[:min(len(body), 512)]))
	if bytes.HasPrefix(start, []byte("<!doctype html")) || bytes.HasPrefix(start, []byte("<html")) {
		return true
	}
	return strings.Contains(strings.ToLower(contentType), "text/html") && !bytes.Contains(start, []byte("<error>"))
}

// jsonError reads the errors of KMS and Organizations (AWS JSON 1.1).
func jsonError(h http.Header, body []byte) (code, text string, ok bool) {
	if !bytes.HasPrefix(bytes.TrimSpace(body), []byte("{")) {
		return "", "", false
	}
	var e struct {
		Type    string `json:"__type"`
		Code    string `json:"code"`
		Message string `json:"message"` // matches "Message" too
	}
	if json.Unmarshal(body, &e) != nil {
		return "", "", false
	}
	code = e.Type
	if code == "" {
		code = e.Code
	}
	if code == "" {
		code = h.Get("X-Amzn-Errortype")
	}
	_, after, found := strings.Cut(code, "#")
	if found {
		code = after
	}
	code, _, _ = strings.Cut(code, ":")
	return code, e.Message, code != ""
}

// requestID is the id under which AWS finds the request again. S3 and the other
// services spell the header differently.
func (w *wire) requestID() string {
	for _, name := range []string{"X-Amz-Request-Id", "X-Amzn-Requestid", "X-Amzn-Request-Id"} {
		if v := w.header.Get(name); v != "" {
			return v[:min(len(v), maxHeader)]
		}
	}
	parsed, _ := message.ParseXML(w.body)
	return printable(parsed.RequestID)
}

func (w *wire) hostID() string {
	v := w.header.Get("X-Amz-Id-2")
	return v[:min(len(v), maxHeader)]
}

func httpDate(v string) (time.Time, bool) {
	t, err := http.ParseTime(v)
	return t, err == nil
}
