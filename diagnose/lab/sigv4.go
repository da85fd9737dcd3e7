package lab

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/smithy-go/encoding/httpbinding"
	"github.com/aws/smithy-go/logging"
)

const (
	algorithmV4  = "AWS4-HMAC-SHA256"
	amzTime      = "20060102T150405Z"
	maxSkew      = 15 * time.Minute   // RequestTimeTooSkewed beyond it (900,000 ms)
	maxPresigned = 7 * 24 * time.Hour // the longest life of a presigned URL
)

// signature is what a request says about who signed it, and how.
type signature struct {
	keyID, date, region, service string
	signed                       []string // the signed headers, lower case
	value                        string
	token                        string
	presigned                    bool
	at                           time.Time
	expires                      time.Duration // of a presigned URL
}

// parseSignature reads the signature of a request in header or query form. It
// returns nil without an error for a request that is not signed.
func parseSignature(r *http.Request) (*signature, *apiError) {
	query := r.URL.Query()
	header := r.Header.Get("Authorization")
	switch {
	case query.Has("X-Amz-Signature") && header != "":
		return nil, failure(400, "InvalidArgument", "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query string parameter or the Authorization header should be specified")
	case query.Has("X-Amz-Signature") || query.Has("X-Amz-Algorithm"):
		return parsePresigned(query)
	case query.Has("Signature") && query.Has("AWSAccessKeyId"), strings.HasPrefix(header, "AWS "):
		return nil, failure(400, "InvalidRequest", "The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.")
	case header == "":
		return nil, nil
	case !strings.HasPrefix(header, algorithmV4):
		return nil, failure(400, "InvalidArgument", "Unsupported Authorization Type", element{"ArgumentName", "Authorization"})
	}
	return parseHeader(r, strings.TrimPrefix(header, algorithmV4))
}

// parseHeader reads the Authorization header behind its algorithm.
func parseHeader(r *http.Request, rest string) (*signature, *apiError) {
	s := &signature{token: r.Header.Get("X-Amz-Security-Token")}
	for part := range strings.SplitSeq(rest, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		switch name {
		case "Credential":
			if !s.setScope(value) {
				return nil, malformedScope(value)
			}
		case "SignedHeaders":
			s.signed = strings.Split(strings.ToLower(value), ";")
		case "Signature":
			s.value = value
		}
	}
	if s.keyID == "" || s.value == "" || len(s.signed) == 0 {
		return nil, failure(400, "AuthorizationHeaderMalformed", "The authorization header is malformed; the authorization header requires three components: Credential, SignedHeaders, and Signature.")
	}
	at, err := dated(orElse(r.Header.Get("X-Amz-Date"), r.Header.Get("Date")))
	if err != nil {
		return nil, failure(403, "AccessDenied", "AWS authentication requires a valid Date or x-amz-date header")
	}
	s.at = at
	if day := at.UTC().Format("20060102"); day != s.date {
		return nil, failure(400, "AuthorizationHeaderMalformed", fmt.Sprintf(
			"The authorization header is malformed; Invalid credential date %q. This date is not the same as X-Amz-Date: %q.", s.date, day))
	}
	return s, nil
}

func malformedScope(value string) *apiError {
	return failure(400, "AuthorizationHeaderMalformed",
		"The authorization header is malformed; the Credential is mal-formed; expecting \"<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request\".",
		element{"Credential", redactCredential(value)})
}

// redactCredential keeps the first characters of what may be a key id.
func redactCredential(value string) string {
	if len(value) > 8 {
		return value[:4] + "…"
	}
	return value
}

// setScope reads "KEYID/DATE/REGION/SERVICE/aws4_request".
func (s *signature) setScope(value string) bool {
	parts := strings.Split(value, "/")
	if len(parts) != 5 || parts[4] != "aws4_request" {
		return false
	}
	s.keyID, s.date, s.region, s.service = parts[0], parts[1], parts[2], parts[3]
	return s.keyID != "" && len(s.date) == 8
}

// parsePresigned reads the X-Amz-… parameters of a presigned URL.
func parsePresigned(query url.Values) (*signature, *apiError) {
	bad := func(message string) (*signature, *apiError) {
		return nil, failure(400, "AuthorizationQueryParametersError", message)
	}
	s := &signature{presigned: true, value: query.Get("X-Amz-Signature"), token: query.Get("X-Amz-Security-Token")}
	if query.Get("X-Amz-Algorithm") != algorithmV4 {
		return bad("X-Amz-Algorithm only supports \"AWS4-HMAC-SHA256\"")
	}
	if !s.setScope(query.Get("X-Amz-Credential")) {
		return bad("Error parsing the X-Amz-Credential parameter; the Credential is mal-formed; expecting \"<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request\".")
	}
	at, err := time.Parse(amzTime, query.Get("X-Amz-Date"))
	if err != nil {
		return bad("X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\"")
	}
	seconds, err := strconv.Atoi(query.Get("X-Amz-Expires"))
	switch {
	case err != nil:
		return bad("X-Amz-Expires should be a number")
	case seconds < 0:
		return bad("X-Amz-Expires must be non-negative")
	case time.Duration(seconds) > maxPresigned/time.Second:
		return bad("X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than 604800 seconds")
	}
	s.at, s.expires = at, time.Duration(seconds)*time.Second
	s.signed = strings.Split(strings.ToLower(query.Get("X-Amz-SignedHeaders")), ";")
	if day := at.UTC().Format("20060102"); day != s.date {
		return bad(fmt.Sprintf("Error parsing the X-Amz-Credential parameter; Invalid credential date %q. This date is not the same as X-Amz-Date: %q.", s.date, day))
	}
	return s, nil
}

// checkTime holds the signing time against the lab's clock.
func (s *signature) checkTime(now time.Time, header http.Header) *apiError {
	if s.presigned {
		return s.checkExpiry(now)
	}
	if skew := now.Sub(s.at); skew <= maxSkew && skew >= -maxSkew {
		return nil
	}
	said := header.Get("X-Amz-Date")
	if said == "" {
		said = header.Get("Date")
	}
	return failure(403, "RequestTimeTooSkewed", "The difference between the request time and the current time is too large.",
		element{"RequestTime", said}, element{"ServerTime", now.UTC().Format(time.RFC3339)},
		element{"MaxAllowedSkewMilliseconds", strconv.FormatInt(maxSkew.Milliseconds(), 10)})
}

func (s *signature) checkExpiry(now time.Time) *apiError {
	end := s.at.Add(s.expires)
	switch {
	case now.After(end):
		return failure(403, "AccessDenied", "Request has expired",
			element{"X-Amz-Expires", strconv.Itoa(int(s.expires.Seconds()))},
			element{"Expires", end.UTC().Format(time.RFC3339)}, element{"ServerTime", now.UTC().Format(time.RFC3339)})
	case s.at.Sub(now) > maxSkew:
		return failure(403, "AccessDenied", "Request is not valid yet",
			element{"ServerTime", now.UTC().Format(time.RFC3339)})
	}
	return nil
}

// twin rebuilds the request as its signer saw it: the signed headers alone, and
// the path escaped once, as S3 does.
func (s *signature) twin(r *http.Request) *http.Request {
	query := r.URL.Query()
	query.Del("X-Amz-Signature")
	t := &http.Request{Method: r.Method, Host: r.Host, Header: http.Header{}, URL: &url.URL{
		Host: r.Host, Opaque: "//" + r.Host + httpbinding.EscapePath(r.URL.Path, false), RawQuery: query.Encode(),
	}}
	for _, name := range s.signed {
		switch name {
		case "host":
		case "content-length":
			t.ContentLength = r.ContentLength
		default:
			if values := r.Header.Values(name); len(values) > 0 {
				t.Header[http.CanonicalHeaderKey(name)] = slices.Clone(values)
			}
		}
	}
	return t
}

// sign recomputes the signature of the request with the SDK's own signer. log
// is nil, or receives the canonical request and the string to sign.
func (s *signature) sign(r *http.Request, secret, payload string, log *signingLog) string {
	options := func(o *v4.SignerOptions) {
		o.DisableURIPathEscaping = s.forS3()
		o.DisableHeaderHoisting = true
		o.DisableSessionToken = true // the token is in the request already
		if log != nil {
			o.LogSigning, o.Logger = true, log
		}
	}
	keys := aws.Credentials{AccessKeyID: s.keyID, SecretAccessKey: secret}
	signer, twin, ctx := v4.NewSigner(options), s.twin(r), r.Context()
	if s.presigned {
		uri, _, err := signer.PresignHTTP(ctx, keys, twin, payload, s.service, s.region, s.at)
		if err != nil {
			return ""
		}
		_, value, _ := strings.Cut(uri, "&X-Amz-Signature=")
		return value
	}
	if err := signer.SignHTTP(ctx, keys, twin, payload, s.service, s.region, s.at); err != nil {
		return ""
	}
	_, value, _ := strings.Cut(twin.Header.Get("Authorization"), "Signature=")
	return value
}

// verify holds the request's signature against the one that the secret gives.
func (s *signature) verify(r *http.Request, secret, payload string) *apiError {
	sign := s.sign
	if !s.usual() {
		sign = s.signUnusual
	}
	if subtle.ConstantTimeCompare([]byte(sign(r, secret, payload, nil)), []byte(s.value)) == 1 {
		return nil
	}
	var log signingLog
	sign(r, secret, payload, &log)
	return failure(403, "SignatureDoesNotMatch",
		"The request signature we calculated does not match the signature you provided. Check your key and signing method.",
		element{"AWSAccessKeyId", s.keyID}, element{"StringToSign", log.toSign},
		element{"SignatureProvided", s.value}, element{"CanonicalRequest", log.canonical})
}

// forS3 tells whether the signature's scope is S3's.
func (s *signature) forS3() bool { return s.service == "s3" || s.service == "s3express" }

// signingLog takes what the SDK's signer logs about its work, which is how the
// canonical request gets into the answer without being built a second time.
type signingLog struct{ canonical, toSign string }

// Logf implements logging.Logger.
func (l *signingLog) Logf(_ logging.Classification, _ string, args ...any) {
	if len(args) < 2 {
		return
	}
	l.canonical, _ = args[0].(string)
	l.toSign, _ = args[1].(string)
}

// payloadHash is the hash that the signature covers. S3 takes it from the
// request, and compares it with the body when it reads that; the other services
// hash the body, which is given as they read it.
func payloadHash(r *http.Request, s *signature, body []byte) string {
	if s.forS3() {
		return orElse(r.Header.Get("X-Amz-Content-Sha256"), unsignedPayload)
	}
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:])
}
