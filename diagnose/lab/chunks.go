package lab

import (
	"bufio"
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

// The bounds of a body in aws-chunked encoding ("Signature calculations for the
// Authorization header: transferring payload in multiple chunks").
const (
	minChunk   = 8 << 10  // bytes of every signed chunk but the last
	maxTrailer = 16 << 10 // bytes of all trailing headers
)

// chunked reads a body in aws-chunked encoding: pieces that each say their
// length and, where the stream is signed, bear a signature that covers the one
// before, so that no piece can be changed, dropped or moved unseen.
type chunked struct {
	in       *bufio.Reader
	limit    int64 // bytes of content
	trailers bool  // trailing headers follow the last chunk

	sig    *signature       // nil: chunks bear no signatures
	signer *v4.StreamSigner // makes the signatures that the chunks should bear
	secret string
	last   []byte // the signature before the next one
}

// sign makes the reader verify chunks against the request's own signature,
// which is the seed of the first. S3 signs chunks as the SDK signs the events
// of a stream without headers, so the SDK recomputes them.
func (c *chunked) sign(s *signature, secret string) {
	c.sig, c.secret = s, secret
	c.last, _ = hex.DecodeString(s.value) // a signature that is not hex has been refused already
	keys := aws.Credentials{AccessKeyID: s.keyID, SecretAccessKey: secret}
	c.signer = v4.NewStreamSigner(keys, s.service, s.region, c.last)
}

func incompleteBody() *apiError {
	return failure(http.StatusBadRequest, "IncompleteBody", "The request body terminated unexpectedly")
}

// read returns the content and the trailing headers, verified.
func (c *chunked) read() ([]byte, http.Header, *apiError) {
	var content bytes.Buffer
	for {
		size, given, err := c.header()
		if err != nil {
			return nil, nil, err
		}
		if size > c.limit-int64(content.Len()) {
			return nil, nil, tooLarge()
		}
		before := content.Len()
		if n, err := io.CopyN(&content, c.in, size); err != nil || n < size {
			return nil, nil, incompleteBody()
		}
		if err := c.verify(content.Bytes()[before:], given); err != nil {
			return nil, nil, err
		}
		if size == 0 {
			trailer, err := c.trailer()
			return content.Bytes(), trailer, err
		}
		if next, err := c.in.ReadString('\n'); err != nil || strings.TrimRight(next, "\r\n") != "" {
			return nil, nil, incompleteBody()
		}
		if err := c.tooSmall(size); err != nil {
			return nil, nil, err
		}
	}
}

// header reads "SIZE;chunk-signature=SIGNATURE", or the size alone.
func (c *chunked) header() (size int64, given string, failed *apiError) {
	line, err := c.in.ReadSlice('\n')
	if err != nil {
		return 0, "", incompleteBody()
	}
	number, rest, _ := strings.Cut(strings.TrimRight(string(line), "\r\n"), ";")
	size, err = strconv.ParseInt(number, 16, 64)
	if err != nil || size < 0 {
		return 0, "", incompleteBody()
	}
	return size, strings.TrimPrefix(rest, "chunk-signature="), nil
}

// tooSmall refuses a signed chunk below the least size, unless the last one
// (of no bytes) follows it.
func (c *chunked) tooSmall(size int64) *apiError {
	if c.sig == nil || size >= minChunk {
		return nil
	}
	if head, err := c.in.Peek(1); err != nil || head[0] == '0' {
		return nil
	}
	return failure(http.StatusForbidden, "InvalidChunkSizeError", "Only the last chunk is allowed to have a size less than 8192 bytes",
		element{"BadChunkSize", strconv.FormatInt(size, 10)})
}

// verify holds a chunk against the signature that it bears.
func (c *chunked) verify(data []byte, given string) *apiError {
	if c.sig == nil {
		return nil
	}
	want, err := c.signer.GetSignature(context.Background(), nil, data, c.sig.at)
	if err != nil || !hmac.Equal([]byte(hex.EncodeToString(want)), []byte(given)) {
		return chunkMismatch(c.sig.keyID, given)
	}
	c.last = want
	return nil
}

func chunkMismatch(keyID, given string) *apiError {
	return failure(http.StatusForbidden, "SignatureDoesNotMatch",
		"The request signature we calculated does not match the signature you provided. Check your key and signing method.",
		element{"AWSAccessKeyId", keyID}, element{"SignatureProvided", given})
}

// errTrailer says that what follows the last chunk is not what was announced.
var errTrailer = errors.New("malformed trailer")

// trailer reads the headers behind the last chunk. Clients part them with line
// feeds or with carriage returns and line feeds, and minio-go puts an empty
// line before the signature, so empty lines mean nothing.
func (c *chunked) trailer() (http.Header, *apiError) {
	rest, err := readAll(c.in, maxTrailer)
	if err != nil {
		return nil, malformedTrailer()
	}
	trailer, signed, given, err := parseTrailer(string(rest))
	switch {
	case err != nil, !c.trailers && len(trailer) > 0:
		return nil, malformedTrailer()
	case c.trailers && c.sig != nil && !hmac.Equal([]byte(c.trailerSignature(signed)), []byte(given)):
		return nil, chunkMismatch(c.sig.keyID, given)
	}
	return trailer, nil
}

// parseTrailer splits trailing headers from their signature; signed is the text
// that it covers.
func parseTrailer(text string) (trailer http.Header, signed, given string, err error) {
	trailer = http.Header{}
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n")
		if line == "" {
			continue
		}
		name, value, ok := strings.Cut(line, ":")
		if !ok {
			return nil, "", "", errTrailer
		}
		if strings.EqualFold(name, "x-amz-trailer-signature") {
			given = strings.TrimSpace(value)
			continue
		}
		trailer.Set(name, strings.TrimSpace(value))
		signed += strings.ToLower(name) + ":" + strings.TrimSpace(value) + "\n"
	}
	return trailer, signed, given, nil
}

func malformedTrailer() *apiError {
	return failure(http.StatusBadRequest, "MalformedTrailerError", "The request contained trailing data that was not well-formed or did not conform to our published schema.")
}

// trailerSignature is what x-amz-trailer-signature should be. The SDK has no
// signer for it.
func (c *chunked) trailerSignature(signed string) string {
	sum := sha256.Sum256([]byte(signed))
	return c.sig.seal(c.secret, strings.Join([]string{
		"AWS4-HMAC-SHA256-TRAILER", c.sig.at.UTC().Format(amzTime), c.sig.scope(), hex.EncodeToString(c.last), hex.EncodeToString(sum[:]),
	}, "\n"))
}

// scope is the credential scope: "DATE/REGION/SERVICE/aws4_request".
func (s *signature) scope() string {
	return strings.Join([]string{s.date, s.region, s.service, "aws4_request"}, "/")
}

// seal signs a text with the key that the secret gives for the scope.
func (s *signature) seal(secret, text string) string {
	key := []byte("AWS4" + secret)
	for _, part := range []string{s.date, s.region, s.service, "aws4_request", text} {
		mac := hmac.New(sha256.New, key)
		_, _ = mac.Write([]byte(part)) // a hash does not fail
		key = mac.Sum(nil)
	}
	return hex.EncodeToString(key)
}

// decodedLength is what x-amz-decoded-content-length announces; -1 when absent.
func decodedLength(h http.Header) int64 {
	n, err := strconv.ParseInt(h.Get("X-Amz-Decoded-Content-Length"), 10, 64)
	if err != nil || n < 0 {
		return -1
	}
	return n
}

// dated parses a signing time: x-amz-date's form, or a Date header's.
func dated(text string) (time.Time, error) {
	if at, err := time.Parse(amzTime, text); err == nil {
		return at, nil
	}
	if at, err := time.Parse(time.RFC1123Z, text); err == nil {
		return at, nil
	}
	return http.ParseTime(text)
}
