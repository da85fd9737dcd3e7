package message

import (
	"regexp"
	"strconv"
	"strings"
)

// logLine is the part of a line of an S3 server access log that tells who was answered
// what: time, address, requester, request id, operation, key, request line, status,
// error code (S3 User Guide, "Amazon S3 server access log format").
var logLine = regexp.MustCompile(`(\S+) \[\d{2}/[A-Z][a-z]{2}/\d{4}:[0-9: +-]{8,20}\] \S+ (\S+) (\S+) (?:REST|WEBSITE)\.(\w+)\.(\w+) (\S+) ` +
	`"?[A-Z]+ \S+ HTTP/[0-9.]+"? (\d{3}) (\S+)`)

// logOperations are the log's names of the operations that people ask about.
var logOperations = map[string]string{
	"HEAD.OBJECT": "HeadObject", "GET.OBJECT": "GetObject", "PUT.OBJECT": "PutObject", "DELETE.OBJECT": "DeleteObject",
	"COPY.OBJECT": "CopyObject", "HEAD.BUCKET": "HeadBucket", "GET.BUCKET": "ListObjects",
}

// takeLogLine reads a line of an access log, if the text holds one. A requester "-" is
// one who did not sign; an account's canonical id names no principal.
func (r *reading) takeLogLine(flat string) {
	if !strings.Contains(flat, " REST.") && !strings.Contains(flat, " WEBSITE.") {
		return // the pattern costs a third of the whole time on megabytes
	}
	m := logLine.FindStringSubmatch(flat)
	if m == nil {
		return
	}
	bucket, requester, key, code := m[1], m[2], m[6], m[8]
	r.RequestID, r.Operation = m[3], logOperations[m[4]+"."+m[5]]
	r.Status, _ = strconv.Atoi(m[7])
	r.unsigned = requester == "-"
	if strings.HasPrefix(requester, "arn:") && r.Principal == "" {
		r.Principal = requester
	}
	if r.Resource == "" && !strings.Contains(key, "%") { // an encoded key would name another object
		r.Resource = "arn:aws:s3:::" + bucket
		if key != "-" {
			r.Resource += "/" + key
		}
	}
	if r.Code = code; code == "-" {
		r.Code = ""
	}
}
