package lab

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

// The clock of these tests, and what the requests of a table are made of.
var signedAt = time.Date(2026, 10, 2, 9, 30, 0, 0, time.UTC)

// signing serves the test world with the clock at signedAt.
func signing(t *testing.T) (*Lab, string, Credentials) {
	t.Helper()
	l, err := OpenFile("test.toml", strings.NewReader(testWorld), WithClock(func() time.Time { return signedAt }))
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(l.Handler())
	t.Cleanup(server.Close)
	return l, server.URL, heldBy(t, l, "main/admin")
}

func sha(body string) string {
	sum := sha256.Sum256([]byte(body))
	return hex.EncodeToString(sum[:])
}

// put is a PUT of a body that the SDK's signer has signed at a time, with the
// hash as declared.
func put(t *testing.T, endpoint string, held Credentials, body, declared string, at time.Time, more ...string) *http.Request {
	t.Helper()
	r, err := http.NewRequest(http.MethodPut, endpoint+"/plain/up", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(more); i += 2 {
		r.Header.Set(more[i], more[i+1])
	}
	r.Header.Set("X-Amz-Content-Sha256", declared)
	signer := v4.NewSigner(func(o *v4.SignerOptions) { o.DisableURIPathEscaping = true })
	keys := aws.Credentials{AccessKeyID: held.AccessKeyID, SecretAccessKey: held.SecretAccessKey, SessionToken: held.SessionToken}
	if err := signer.SignHTTP(context.Background(), keys, r, declared, "s3", "eu-west-1", at); err != nil {
		t.Fatal(err)
	}
	return r
}

// answered sends a request and gives the outcome.
func answered(t *testing.T, r *http.Request) outcome {
	t.Helper()
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return outcome{response.StatusCode, between(string(body), "<Code>", "</Code>"), between(string(body), "<Message>", "</Message>")}
}

// TestHeaderSignature tampers with each part of a signed request.
func TestHeaderSignature(t *testing.T) {
	_, endpoint, held := signing(t)
	set := func(name, value string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Set(name, value) }
	}
	replace := func(old, with string) func(*http.Request) {
		return func(r *http.Request) {
			r.Header.Set("Authorization", strings.Replace(r.Header.Get("Authorization"), old, with, 1))
		}
	}
	for _, c := range []struct {
		what     string
		declared string
		at       time.Duration
		tamper   func(*http.Request)
		status   int
		code     string
	}{
		{"as it was signed", sha("hello"), 0, nil, 200, ""},
		{"an unsigned payload", unsignedPayload, 0, nil, 200, ""},
		{"another hash than the body's", sha("other"), 0, nil, 400, "XAmzContentSHA256Mismatch"},
		{"a hash that is none", "abc", 0, nil, 400, "InvalidArgument"},
		{"the hash changed on the way", sha("hello"), 0, set("X-Amz-Content-Sha256", sha("other")), 403, "SignatureDoesNotMatch"},
		{"no hash", sha("hello"), 0, func(r *http.Request) { r.Header.Del("X-Amz-Content-Sha256") }, 400, "InvalidRequest"},
		{"a header that was not signed", sha("hello"), 0, set("X-Amz-Acl", "public-read"), 403, "AccessDenied"},
		{"a header of another kind", sha("hello"), 0, set("X-Request-Source", "proxy"), 200, ""},
		{"the key renamed", sha("hello"), 0, func(r *http.Request) { r.URL.Path = "/plain/other" }, 403, "SignatureDoesNotMatch"},
		{"a query added", sha("hello"), 0, func(r *http.Request) { r.URL.RawQuery = "x=1" }, 403, "SignatureDoesNotMatch"},
		{"the host changed", sha("hello"), 0, func(r *http.Request) { r.Host = "localhost:1" }, 403, "SignatureDoesNotMatch"},
		{"the signature changed", sha("hello"), 0, replace("Signature=", "Signature=0"), 403, "SignatureDoesNotMatch"},
		{"another region in the scope", sha("hello"), 0, replace("/eu-west-1/", "/us-east-1/"), 400, "AuthorizationHeaderMalformed"},
		{"another service in the scope", sha("hello"), 0, replace("/s3/", "/s4/"), 400, "AuthorizationHeaderMalformed"},
		{"a service of the lab in the scope", sha("hello"), 0, replace("/s3/", "/ec2/"), 400, "AuthorizationHeaderMalformed"},
		{"another day in the scope", sha("hello"), 0, replace("/20261002/", "/20261001/"), 400, "AuthorizationHeaderMalformed"},
		{"a scope that is none", sha("hello"), 0, replace("/aws4_request", "/aws3_request"), 400, "AuthorizationHeaderMalformed"},
		{"no signed host", sha("hello"), 0, replace("host;", ""), 403, "AccessDenied"},
		{"no list of headers", sha("hello"), 0, replace("SignedHeaders=", "Headers="), 400, "AuthorizationHeaderMalformed"},
		{"15 minutes late", sha("hello"), -15 * time.Minute, nil, 200, ""},
		{"15 minutes early", sha("hello"), 15 * time.Minute, nil, 200, ""},
		{"a second too late", sha("hello"), -15*time.Minute - time.Second, nil, 403, "RequestTimeTooSkewed"},
		{"a second too early", sha("hello"), 15*time.Minute + time.Second, nil, 403, "RequestTimeTooSkewed"},
		{"signature version 2", sha("hello"), 0, set("Authorization", "AWS AKIA:c2ln"), 400, "InvalidRequest"},
		{"another scheme", sha("hello"), 0, set("Authorization", "Bearer x"), 400, "InvalidArgument"},
		{"an asymmetric signature", sha("hello"), 0, replace("AWS4-HMAC-SHA256", "AWS4-ECDSA-P256-SHA256"), 400, "InvalidArgument"},
		{"a token with a long-term key", sha("hello"), 0, set("X-Amz-Security-Token", "x"), 403, "AccessDenied"},
	} {
		t.Run(c.what, func(t *testing.T) {
			r := put(t, endpoint, held, "hello", c.declared, signedAt.Add(c.at))
			if c.tamper != nil {
				c.tamper(r)
			}
			if got := answered(t, r); got.status != c.status || got.code != c.code {
				t.Errorf("%v, want %d %s", got, c.status, c.code)
			}
		})
	}
}

// TestDateHeader signs as clients did before x-amz-date: the Date header alone
// tells the time, and headers are listed that the SDK would not list.
func TestDateHeader(t *testing.T) {
	_, endpoint, held := signing(t)
	for _, c := range []struct {
		what   string
		at     time.Time
		layout string
		signed []string
		code   string
	}{
		{"GMT", signedAt, http.TimeFormat, []string{"date", "host", "x-amz-content-sha256"}, ""},
		{"with a zone", signedAt.In(time.FixedZone("", 7200)), time.RFC1123Z, []string{"date", "host", "x-amz-content-sha256"}, ""},
		{"with the user agent signed", signedAt, http.TimeFormat, []string{"date", "host", "user-agent", "x-amz-content-sha256"}, ""},
		{"too old", signedAt.Add(-time.Hour), http.TimeFormat, []string{"date", "host", "x-amz-content-sha256"}, "RequestTimeTooSkewed"},
		{"no date at all", signedAt, "never", []string{"host", "x-amz-content-sha256"}, "AccessDenied"},
	} {
		t.Run(c.what, func(t *testing.T) {
			r, err := http.NewRequest(http.MethodGet, endpoint+"/plain?list-type=2", nil)
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Date", c.at.Format(c.layout))
			r.Header.Set("User-Agent", "old  client")
			r.Header.Set("X-Amz-Content-Sha256", sha(""))
			s := &signature{keyID: held.AccessKeyID, date: c.at.UTC().Format("20060102"), region: "eu-west-1", service: "s3", signed: c.signed, at: c.at}
			r.Header.Set("Authorization", fmt.Sprintf("AWS4-HMAC-SHA256 Credential=%s/%s,SignedHeaders=%s,Signature=%s",
				held.AccessKeyID, s.scope(), strings.Join(c.signed, ";"), s.signUnusual(r, held.SecretAccessKey, sha(""), nil)))
			if got := answered(t, r); got.code != c.code {
				t.Errorf("%v, want code %q", got, c.code)
			}
			r.Header.Set("Date", c.at.Add(time.Second).Format(c.layout))
			if got := answered(t, r); c.code == "" && got.code != "SignatureDoesNotMatch" {
				t.Errorf("with the date changed: %v", got)
			}
		})
	}
}

// TestQuerySignature tampers with a presigned URL, and asks at its ends.
func TestQuerySignature(t *testing.T) {
	_, endpoint, held := signing(t)
	link := func(at time.Time, seconds int) string {
		r, _ := http.NewRequest(http.MethodGet, fmt.Sprintf("%s/dotted.name/k?X-Amz-Expires=%d", endpoint, seconds), nil)
		signer := v4.NewSigner(func(o *v4.SignerOptions) { o.DisableURIPathEscaping = true })
		keys := aws.Credentials{AccessKeyID: held.AccessKeyID, SecretAccessKey: held.SecretAccessKey}
		uri, _, err := signer.PresignHTTP(context.Background(), keys, r, unsignedPayload, "s3", "eu-west-1", at)
		if err != nil {
			t.Fatal(err)
		}
		return uri
	}
	now := link(signedAt, 60)
	for _, c := range []struct {
		what, url string
		status    int
		code      string
		message   string
	}{
		{"in time", now, 200, "", ""},
		{"in its last second", link(signedAt.Add(-time.Minute), 60), 200, "", ""},
		{"a second later", link(signedAt.Add(-61*time.Second), 60), 403, "AccessDenied", "Request has expired"},
		{"a week", link(signedAt, 604800), 200, "", ""},
		{"more than a week", link(signedAt, 604801), 400, "AuthorizationQueryParametersError", "X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than 604800 seconds"},
		{"less than nothing", link(signedAt, -1), 400, "AuthorizationQueryParametersError", "X-Amz-Expires must be non-negative"},
		{"from the future", link(signedAt.Add(time.Hour), 60), 403, "AccessDenied", "Request is not valid yet"},
		{"more time than was signed", strings.Replace(now, "Expires=60", "Expires=61", 1), 403, "SignatureDoesNotMatch", ""},
		{"another key", strings.Replace(now, "/k?", "/l?", 1), 403, "SignatureDoesNotMatch", ""},
		{"another algorithm", strings.Replace(now, "HMAC-SHA256", "HMAC-SHA1", 1), 400, "AuthorizationQueryParametersError", ""},
		{"another day", strings.Replace(now, "%2F20261002%2F", "%2F20261003%2F", 1), 400, "AuthorizationQueryParametersError", ""},
		{"another service", strings.Replace(now, "%2Fs3%2F", "%2Fs4%2F", 1), 400, "AuthorizationQueryParametersError", ""},
		{"signature version 2", endpoint + "/dotted.name/k?AWSAccessKeyId=A&Expires=4102444800&Signature=x", 400, "InvalidRequest", "The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256."},
	} {
		t.Run(c.what, func(t *testing.T) {
			got := plainOutcome(t, http.MethodGet, c.url)
			if got.status != c.status || got.code != c.code || c.message != "" && got.message != c.message {
				t.Errorf("%v, want %d %s", got, c.status, c.code)
			}
		})
	}
	r, _ := http.NewRequest(http.MethodGet, now, nil)
	r.Header.Set("X-Amz-Request-Payer", "requester")
	if got := answered(t, r); got.code != "AccessDenied" || !strings.Contains(got.message, "not signed") {
		t.Errorf("a header beside the URL: %v", got)
	}
	r.Header.Set("Authorization", "AWS4-HMAC-SHA256 x")
	if got := answered(t, r); got.code != "InvalidArgument" {
		t.Errorf("two signatures: %v", got)
	}
}

// The example of AWS's documentation, "Signature calculations for the
// Authorization header: transferring payload in multiple chunks", and its
// variant with trailing headers.
const (
	exampleSecret  = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
	exampleSeed    = "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9"
	exampleTrailed = "106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e"
)

// example is the documentation's body: 66,560 times "a" in two chunks.
func example(signatures [3]string, end string) string {
	return "10000;chunk-signature=" + signatures[0] + "\r\n" + strings.Repeat("a", 65536) +
		"\r\n400;chunk-signature=" + signatures[1] + "\r\n" + strings.Repeat("a", 1024) +
		"\r\n0;chunk-signature=" + signatures[2] + "\r\n" + end
}

var (
	exampleChunks = example([3]string{
		"ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648",
		"0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497",
		"b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9",
	}, "\r\n")
	exampleTrailer = example([3]string{
		"b474d8862b1487a5145d686f57f013e54db672cee1c953b3010fb58501ef5aa2",
		"1c1344b170168f8e65b41376b44b20fe354e373826ccbbe2c1d40a8cae51e5c7",
		"2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992",
	}, "x-amz-checksum-crc32c:sOO8/Q==\nx-amz-trailer-signature:d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435\n\r\n")
)

func before(s, mark string) string { s, _, _ = strings.Cut(s, mark); return s }
func after(s, mark string) string  { _, s, _ = strings.Cut(s, mark); return s }

// TestChunks takes the documentation's bodies, and tampers with each part.
func TestChunks(t *testing.T) {
	for _, c := range []struct {
		what, seed, body string
		trailers         bool
		code             string
	}{
		{"as documented", exampleSeed, exampleChunks, false, ""},
		{"with a trailer, as documented", exampleTrailed, exampleTrailer, true, ""},
		{"with an empty line as minio-go writes it", exampleTrailed, strings.Replace(exampleTrailer, "==\n", "==\n\r\n", 1), true, ""},
		{"another seed", exampleTrailed, exampleChunks, false, "SignatureDoesNotMatch"},
		{"a byte changed", exampleSeed, strings.Replace(exampleChunks, "aaa", "aba", 1), false, "SignatureDoesNotMatch"},
		{"a signature changed", exampleSeed, strings.Replace(exampleChunks, "005562", "105562", 1), false, "SignatureDoesNotMatch"},
		{"the last signature changed", exampleSeed, strings.Replace(exampleChunks, "b6c6", "b6c7", 1), false, "SignatureDoesNotMatch"},
		{"no signature", exampleSeed, strings.Replace(exampleChunks, ";chunk-signature=ad80", ";x=", 1), false, "SignatureDoesNotMatch"},
		{"a chunk dropped", exampleSeed, "400;" + after(exampleChunks, "400;"), false, "SignatureDoesNotMatch"},
		{"cut off", exampleSeed, exampleChunks[:70000-3500], false, "IncompleteBody"},
		{"no last chunk", exampleSeed, before(exampleChunks, "0;chunk-signature=b6"), false, "IncompleteBody"},
		{"a length that is none", exampleSeed, "x" + exampleChunks, false, "IncompleteBody"},
		{"a length below nothing", exampleSeed, "-1" + exampleChunks, false, "IncompleteBody"},
		{"a checksum changed", exampleTrailed, strings.Replace(exampleTrailer, "sOO8", "tOO8", 1), true, "SignatureDoesNotMatch"},
		{"no trailer signature", exampleTrailed, strings.Replace(exampleTrailer, "x-amz-trailer-signature:d81f", "x-amz-trailer-signature:0", 1), true, "SignatureDoesNotMatch"},
		{"a trailer that is none", exampleTrailed, strings.Replace(exampleTrailer, "crc32c:", "crc32c=", 1), true, "MalformedTrailerError"},
		{"a trailer that was not announced", exampleSeed, strings.TrimSuffix(exampleChunks, "\r\n") + "a:b\r\n", false, "MalformedTrailerError"},
	} {
		t.Run(c.what, func(t *testing.T) {
			s := &signature{keyID: "AKIAIOSFODNN7EXAMPLE", date: "20130524", region: "us-east-1", service: "s3", value: c.seed, at: time.Date(2013, 5, 24, 0, 0, 0, 0, time.UTC)}
			r := &chunked{in: bufio.NewReader(strings.NewReader(c.body)), limit: maxObject, trailers: c.trailers}
			r.sign(s, exampleSecret)
			body, trailer, err := r.read()
			switch {
			case c.code == "" && err != nil:
				t.Errorf("refused: %v", err)
			case c.code == "" && string(body) != strings.Repeat("a", 66560):
				t.Errorf("the content has %d bytes", len(body))
			case c.code == "" && c.trailers && trailer.Get("X-Amz-Checksum-Crc32c") != "sOO8/Q==":
				t.Errorf("the trailer is %v", trailer)
			case c.code != "" && (err == nil || err.Code != c.code):
				t.Errorf("%v, want %s", err, c.code)
			}
		})
	}
}

// TestStreams sends whole requests in each streaming form.
func TestStreams(t *testing.T) {
	_, endpoint, held := signing(t)
	unsigned := "5\r\nhello\r\n0\r\nx-amz-checksum-crc32:NhCmhg==\r\n\r\n" // CRC-32 of "hello": 3610a686
	for _, c := range []struct {
		what, declared, body, length, trailer, code string
	}{
		{"unsigned with a checksum", streamingUnsigned, unsigned, "5", "x-amz-checksum-crc32", ""},
		{"another checksum", streamingUnsigned, strings.Replace(unsigned, "NhCm", "NhCn", 1), "5", "x-amz-checksum-crc32", "BadDigest"},
		{"a byte changed", streamingUnsigned, strings.Replace(unsigned, "hello", "hellO", 1), "5", "x-amz-checksum-crc32", "BadDigest"},
		{"another checksum than announced", streamingUnsigned, unsigned, "5", "x-amz-checksum-sha1", "MalformedTrailerError"},
		{"another length than announced", streamingUnsigned, unsigned, "6", "x-amz-checksum-crc32", "IncompleteBody"},
		{"no length", streamingUnsigned, unsigned, "", "x-amz-checksum-crc32", "MissingContentLength"},
		{"signed without signatures", streamingSigned, unsigned, "5", "", "SignatureDoesNotMatch"},
		{"asymmetric", "STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD", unsigned, "5", "", "InvalidArgument"},
	} {
		t.Run(c.what, func(t *testing.T) {
			more := []string{"Content-Encoding", "aws-chunked"}
			if c.length != "" {
				more = append(more, "X-Amz-Decoded-Content-Length", c.length)
			}
			if c.trailer != "" {
				more = append(more, "X-Amz-Trailer", c.trailer)
			}
			if got := answered(t, put(t, endpoint, held, c.body, c.declared, signedAt, more...)); got.code != c.code {
				t.Errorf("%v, want %q", got, c.code)
			}
		})
	}
	t.Run("signed", func(t *testing.T) { testSignedStream(t, endpoint, held) })
}

// testSignedStream signs two chunks over the wire, and reads the object back.
func testSignedStream(t *testing.T, endpoint string, held Credentials) {
	content := strings.Repeat("x", minChunk) + "end"
	for _, first := range []int{minChunk, minChunk - 1} {
		r := put(t, endpoint, held, "", streamingSigned, signedAt, "X-Amz-Decoded-Content-Length", fmt.Sprint(len(content)), "Content-Encoding", "aws-chunked")
		sig, failed := parseSignature(r)
		if failed != nil {
			t.Fatal(failed)
		}
		seed, _ := hex.DecodeString(sig.value)
		signer := v4.NewStreamSigner(aws.Credentials{AccessKeyID: held.AccessKeyID, SecretAccessKey: held.SecretAccessKey}, "s3", "eu-west-1", seed)
		var body bytes.Buffer
		for _, part := range []string{content[:first], content[first:], ""} {
			signature, err := signer.GetSignature(context.Background(), nil, []byte(part), signedAt)
			if err != nil {
				t.Fatal(err)
			}
			_, _ = fmt.Fprintf(&body, "%x;chunk-signature=%x\r\n%s\r\n", len(part), signature, part)
		}
		r.Body, r.ContentLength = io.NopCloser(&body), int64(body.Len())
		got := answered(t, r)
		if first == minChunk && got.status != 200 || first < minChunk && got.code != "InvalidChunkSizeError" {
			t.Errorf("with a first chunk of %d bytes: %v", first, got)
		}
	}
	r, _ := http.NewRequest(http.MethodPut, endpoint+"/plain/up", io.NopCloser(strings.NewReader("x")))
	r.ContentLength = -1
	if got := answered(t, r); got.status != 403 {
		t.Errorf("an unsigned body of unknown length: %v", got)
	}
}

// FuzzChunks holds that no body makes the reader panic, read more than its
// limit, or wait.
func FuzzChunks(f *testing.F) {
	f.Add(exampleChunks)
	f.Add(exampleTrailer)
	f.Add("5\r\nhello\r\n0\r\na:b\r\n\r\n")
	f.Fuzz(func(t *testing.T, body string) {
		c := &chunked{in: bufio.NewReader(strings.NewReader(body)), limit: 1 << 10, trailers: true}
		if content, _, err := c.read(); err == nil && len(content) > 1<<10 {
			t.Errorf("%d bytes are read, the limit is 1,024", len(content))
		}
	})
}

// askEC2 sends a request of EC2's query protocol, for which the program uses no
// SDK client.
func askEC2(t *testing.T, held Credentials, endpoint string, form url.Values) outcome {
	t.Helper()
	body := form.Encode()
	r, err := http.NewRequest(http.MethodPost, endpoint+"/", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	keys := aws.Credentials{AccessKeyID: held.AccessKeyID, SecretAccessKey: held.SecretAccessKey}
	if err := v4.NewSigner().SignHTTP(context.Background(), keys, r, sha(body), "ec2", "eu-west-1", time.Now()); err != nil {
		t.Fatal(err)
	}
	return answered(t, r)
}
