package lab

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// checkSigned refuses a request whose signature leaves out what it has to
// cover: the host, and every x-amz-… header that is sent. Otherwise somebody on
// the way could add, say, an ACL. S3 also wants to know the body's hash.
func (s *signature) checkSigned(r *http.Request) *apiError {
	if !s.forS3() {
		return nil
	}
	var missing []string
	if !slices.Contains(s.signed, "host") {
		missing = append(missing, "host")
	}
	for name := range r.Header {
		lower := strings.ToLower(name)
		if !strings.HasPrefix(lower, "x-amz-") || slices.Contains(s.signed, lower) || s.presigned && lower == "x-amz-content-sha256" {
			continue
		}
		missing = append(missing, lower)
	}
	if len(missing) > 0 {
		slices.Sort(missing)
		return failure(http.StatusForbidden, "AccessDenied", "There were headers present in the request which were not signed",
			element{"HeadersNotSigned", strings.Join(missing, ", ")})
	}
	return checkDeclared(r.Header.Get("X-Amz-Content-Sha256"), s.presigned)
}

// checkService refuses a request to S3 that was signed for another service.
func (s *signature) checkService() *apiError {
	if s == nil || s.forS3() {
		return nil
	}
	return s.wrongScope(`incorrect service "` + s.service + `". This endpoint belongs to "s3".`)
}

// wrongScope is the answer to a request that was signed for another service or region
// than it reached: in the words for the header, or for the query of a presigned URL.
func (s *signature) wrongScope(what string, elements ...element) *apiError {
	code, text := "AuthorizationHeaderMalformed", "The authorization header is malformed; "
	if s.presigned {
		code, text = "AuthorizationQueryParametersError", "Error parsing the X-Amz-Credential parameter; "
	}
	return failure(http.StatusBadRequest, code, text+what, elements...)
}

// neverSigned are the headers that the SDK's signer leaves out of a signature
// whoever lists them; other clients may sign them.
var neverSigned = []string{"authorization", "user-agent", "x-amzn-trace-id", "expect", "transfer-encoding"}

// usual tells whether the SDK's signer can recompute the signature as it is: it
// always signs x-amz-date, and never some others.
func (s *signature) usual() bool {
	return s.presigned || slices.Contains(s.signed, "x-amz-date") && !slices.ContainsFunc(s.signed, func(name string) bool {
		return slices.Contains(neverSigned, name)
	})
}

// signUnusual recomputes a signature whose list of headers the SDK's signer
// would not make, such as one of a Date header alone. Method, path and query are
// the SDK's; the headers are written out as listed.
func (s *signature) signUnusual(r *http.Request, secret, payload string, log *signingLog) string {
	var usual signingLog
	s.sign(r, secret, payload, &usual)
	lines := strings.SplitN(usual.canonical, "\n", 4)
	if len(lines) < 4 {
		return ""
	}
	var canonical strings.Builder
	canonical.WriteString(strings.Join(lines[:3], "\n") + "\n")
	for _, name := range s.signed {
		canonical.WriteString(name + ":" + s.headerValue(r, name) + "\n")
	}
	canonical.WriteString("\n" + strings.Join(s.signed, ";") + "\n" + payload)
	sum := sha256.Sum256([]byte(canonical.String()))
	toSign := strings.Join([]string{algorithmV4, s.at.UTC().Format(amzTime), s.scope(), hex.EncodeToString(sum[:])}, "\n")
	if log != nil {
		log.canonical, log.toSign = canonical.String(), toSign
	}
	return s.seal(secret, toSign)
}

// headerValue is a header as a canonical request has it: values joined by
// commas, runs of blanks made one.
func (s *signature) headerValue(r *http.Request, name string) string {
	switch name {
	case "host":
		return r.Host
	case "content-length":
		return strconv.FormatInt(r.ContentLength, 10)
	}
	var values []string
	for _, v := range r.Header.Values(name) {
		values = append(values, strings.Join(strings.Fields(v), " "))
	}
	return strings.Join(values, ",")
}
