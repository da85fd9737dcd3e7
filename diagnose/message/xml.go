package message

import (
	"html"
	"strings"
)

// Error is an S3 error body (S3 API reference, "Error responses"), redacted.
type Error struct {
	Code      string
	Message   string
	RequestID string
	HostID    string
	// Elements holds every element of the body by its name, also those above.
	Elements map[string]string
}

// Bounds on what is taken from one body; real bodies hold a dozen elements.
const (
	maxElements = 64
	maxElement  = 64 << 10
	maxTags     = 512
)

// ParseXML reads an S3 error body out of body, wherever in it the <Error>
// element begins and even if it is cut off, and redacts it. It reports false
// when there is no <Error> with a code or a message. It is a flat scan and not an XML parser:
// no entity is ever defined, and no depth can exhaust the stack.
func ParseXML(body []byte) (Error, bool) {
	return parseXML(string(body))
}

func parseXML(text string) (Error, bool) {
	e := Error{Elements: map[string]string{}}
	start := strings.Index(text, "<Error")
	if start < 0 {
		return e, false
	}
	scanElements(text[start+1:], e.Elements)
	e.Code, e.Message = e.Elements["Code"], e.Elements["Message"]
	e.RequestID, e.HostID = e.Elements["RequestId"], e.Elements["HostId"]
	if e.RequestID == "" {
		e.RequestID = e.Elements["RequestID"]
	}
	return e, e.Code != "" || e.Message != ""
}

// scanElements collects <Name>text</Name> pairs that hold no further element.
// The first of a name wins, for bodies quoted twice.
func scanElements(text string, into map[string]string) {
	for range maxTags {
		open := strings.IndexByte(text, '<')
		if open < 0 || len(into) == maxElements {
			return
		}
		text = text[open+1:]
		if strings.HasPrefix(text, "/Error>") {
			return
		}
		name := elementName(text)
		if name == "" {
			continue
		}
		value := text[len(name)+1:]
		length, leaf := valueLength(value, name)
		if !leaf {
			continue
		}
		if _, seen := into[name]; !seen {
			into[name] = redactElement(name, value[:length])
		}
		text = value[length:]
	}
}

// elementName returns the name of the start tag that text begins with, without
// attributes; empty when it begins with none.
func elementName(text string) string {
	for i := range min(len(text), 64) {
		if !wordByte(text[i]) {
			if text[i] == '>' {
				return text[:i]
			}
			return ""
		}
	}
	return ""
}

// valueLength is the length of the text up to the end tag of name, up to the
// next element when end tags were lost, or up to the end of a body that was cut
// off. It reports false for an element that holds elements. A message may itself
// hold a '<', as in <your-key>, so only S3's own elements end a value.
func valueLength(value, name string) (int, bool) {
	value = value[:min(len(value), maxElement)]
	for at := 0; ; at++ {
		next := strings.IndexByte(value[at:], '<')
		if next < 0 {
			return len(value), true
		}
		at += next
		rest := value[at+1:]
		if closes(rest, name) || strings.HasPrefix(rest, "/Error>") {
			return at, true
		}
		if bodyElements[elementName(rest)] {
			return at, strings.TrimSpace(value[:at]) != ""
		}
	}
}

// closes tells whether rest begins with the end tag of name, whole or cut off.
func closes(rest, name string) bool {
	tag, ok := strings.CutPrefix(rest, "/")
	if !ok {
		return false
	}
	n := 0
	for n < len(tag) && n < len(name) && tag[n] == name[n] {
		n++
	}
	return n == len(name) || n > 0 && (n == len(tag) || !wordByte(tag[n]))
}

// bodyElements are the elements of S3 error bodies.
var bodyElements = map[string]bool{
	"Error": true, "Code": true, "Message": true, "RequestId": true, "HostId": true,
	"Resource": true, "Key": true, "BucketName": true, "Bucket": true, "Region": true,
	"Endpoint": true, "AWSAccessKeyId": true, "StringToSign": true, "SignatureProvided": true,
	"StringToSignBytes": true, "CanonicalRequest": true, "CanonicalRequestBytes": true,
	"Token-0": true, "Expires": true, "ServerTime": true, "RequestTime": true,
	"X-Amz-Expires": true, "MaxAllowedSkewMilliseconds": true, "Method": true,
	"ResourceType": true, "StorageClass": true, "AccessTier": true, "VersionId": true,
	"Type": true, "Errors": true, "RequestID": true, "ArgumentName": true,
	"ArgumentValue": true, "Condition": true, "Header": true, "Details": true,
}

// redactElement undoes the five entities of XML and hides what is secret.
func redactElement(name, value string) string {
	value = strings.TrimSpace(html.UnescapeString(value))
	switch folded := plainName(name); {
	case value == "":
		return ""
	case secretNames[folded]:
		return hidden
	case keyIDNames[folded]:
		return maskKeyID(value)
	}
	return Redact(value)
}
