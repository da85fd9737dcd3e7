package lab

import (
	"encoding/xml"
	"fmt"
	"net/http"
	"strings"
)

// apiError is an answer of AWS's that is not success.
type apiError struct {
	Status   int
	Code     string
	Message  string
	Elements []element         // further elements of S3's XML
	Header   map[string]string // further response headers
}

// element is one element of an XML answer.
type element struct{ Name, Value string }

// Error implements error, for tests and logs.
func (e *apiError) Error() string { return fmt.Sprintf("%d %s: %s", e.Status, e.Code, e.Message) }

func failure(status int, code, message string, elements ...element) *apiError {
	return &apiError{Status: status, Code: code, Message: message, Elements: elements}
}

// with adds a response header.
func (e *apiError) with(name, value string) *apiError {
	if e.Header == nil {
		e.Header = map[string]string{}
	}
	e.Header[name] = value
	return e
}

// accessDenied is S3's bare refusal; message replaces the text where AWS
// says more.
func accessDenied(message string) *apiError {
	if message == "" {
		message = "Access Denied"
	}
	return failure(http.StatusForbidden, "AccessDenied", message)
}

// escape makes text safe between XML's tags. Quotation marks become the named
// entity and apostrophes stay, as in AWS's own answers.
func escape(text string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(text)) // a strings.Builder does not fail
	return quotes.Replace(b.String())
}

var quotes = strings.NewReplacer("&#34;", "&quot;", "&#39;", "'")

// s3Body is the error as S3 writes it.
func (e *apiError) s3Body(requestID, hostID string) string {
	var b strings.Builder
	b.WriteString(xml.Header)
	fmt.Fprintf(&b, "<Error><Code>%s</Code><Message>%s</Message>", escape(e.Code), escape(e.Message))
	for _, el := range e.Elements {
		value := strings.ReplaceAll(escape(el.Value), "&#xA;", "\n") // the lines of what was signed are lines
		fmt.Fprintf(&b, "<%s>%s</%s>", el.Name, value, el.Name)
	}
	fmt.Fprintf(&b, "<RequestId>%s</RequestId><HostId>%s</HostId></Error>", requestID, hostID)
	return b.String()
}

// queryBody is the error as the query protocol (STS, IAM) writes it.
func (e *apiError) queryBody(namespace, requestID string) string {
	return fmt.Sprintf("<ErrorResponse xmlns=\"%s\"><Error><Type>Sender</Type><Code>%s</Code><Message>%s</Message></Error><RequestId>%s</RequestId></ErrorResponse>",
		namespace, escape(e.Code), escape(e.Message), requestID)
}

// ec2Body is the error as EC2 writes it.
func (e *apiError) ec2Body(requestID string) string {
	return fmt.Sprintf("%s<Response><Errors><Error><Code>%s</Code><Message>%s</Message></Error></Errors><RequestID>%s</RequestID></Response>",
		xml.Header, escape(e.Code), escape(e.Message), requestID)
}
