package lab

import (
	"bufio"
	"bytes"
	"crypto/sha1" //nolint:gosec // one of the checksums that S3 takes
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"hash"
	"hash/crc32"
	"hash/crc64"
	"io"
	"net/http"
	"strconv"
	"strings"
)

// What x-amz-content-sha256 can say instead of a hash ("Authenticating requests:
// using the Authorization header").
const (
	unsignedPayload   = "UNSIGNED-PAYLOAD"
	streamingSigned   = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"
	streamingTrailer  = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER"
	streamingUnsigned = "STREAMING-UNSIGNED-PAYLOAD-TRAILER"
)

// checkDeclared holds x-amz-content-sha256 against the forms that S3 takes.
// A presigned URL may do without it.
func checkDeclared(declared string, presigned bool) *apiError {
	switch declared {
	case unsignedPayload, streamingSigned, streamingTrailer, streamingUnsigned:
		return nil
	case "":
		if presigned {
			return nil
		}
		return failure(http.StatusBadRequest, "InvalidRequest", "Missing required header for this request: x-amz-content-sha256")
	}
	if sum, err := hex.DecodeString(declared); err == nil && len(sum) == sha256.Size {
		return nil
	}
	return failure(http.StatusBadRequest, "InvalidArgument",
		"x-amz-content-sha256 must be UNSIGNED-PAYLOAD, STREAMING-UNSIGNED-PAYLOAD-TRAILER, STREAMING-AWS4-HMAC-SHA256-PAYLOAD, STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER, STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD, STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD-TRAILER or a valid sha256 value.",
		element{"ArgumentName", "x-amz-content-sha256"}, element{"ArgumentValue", declared})
}

// checkHash holds a body against the hash that the request declared for it.
func checkHash(declared string, body []byte) *apiError {
	sum := sha256.Sum256(body)
	computed := hex.EncodeToString(sum[:])
	if len(declared) != len(computed) || strings.EqualFold(declared, computed) {
		return nil
	}
	return failure(http.StatusBadRequest, "XAmzContentSHA256Mismatch", "The provided 'x-amz-content-sha256' header does not match what was computed.",
		element{"ClientComputedContentSHA256", declared}, element{"S3ComputedContentSHA256", computed})
}

func tooLarge() *apiError {
	return failure(http.StatusBadRequest, "EntityTooLarge", "Your proposed upload exceeds the maximum allowed size")
}

// payload reads what the request carries, at most limit bytes, takes it out of
// its aws-chunked encoding, and holds it against its hash, its chunks'
// signatures and its checksums. It is called when the request has been allowed,
// for S3 refuses before it reads.
func (q *s3Request) payload(limit int64) ([]byte, *apiError) {
	declared := q.r.Header.Get("X-Amz-Content-Sha256")
	if strings.HasPrefix(declared, "STREAMING-") {
		return q.stream(declared, limit)
	}
	body, err := readAll(q.r.Body, limit)
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF):
		return nil, incompleteBody()
	case err != nil:
		return nil, tooLarge()
	}
	if err := checkHash(declared, body); err != nil {
		return nil, err
	}
	return body, q.checkSums(body)
}

// stream reads a body in aws-chunked encoding, and puts the trailing checksum
// among the headers, where it would stand had it been known at first.
func (q *s3Request) stream(declared string, limit int64) ([]byte, *apiError) {
	length := decodedLength(q.r.Header)
	if length < 0 {
		return nil, missingLength()
	}
	c := &chunked{in: bufio.NewReader(q.r.Body), limit: limit, trailers: declared != streamingSigned}
	if declared != streamingUnsigned && q.sig != nil {
		c.sign(q.sig, q.caller.cred.secret)
	}
	body, trailer, err := c.read()
	if err != nil {
		return nil, err
	}
	if int64(len(body)) != length {
		return nil, failure(http.StatusBadRequest, "IncompleteBody", "You did not provide the number of bytes specified by the Content-Length HTTP header")
	}
	for name := range strings.SplitSeq(q.r.Header.Get("X-Amz-Trailer"), ",") {
		if name = strings.TrimSpace(name); name != "" && trailer.Get(name) == "" {
			return nil, malformedTrailer()
		}
	}
	for name := range trailer {
		q.r.Header.Set(name, trailer.Get(name))
	}
	return body, q.checkSums(body)
}

func missingLength() *apiError {
	return failure(http.StatusLengthRequired, "MissingContentLength", "You must provide the Content-Length HTTP header.")
}

// checksums are the algorithms of x-amz-checksum-… ("Checking object integrity").
var checksums = map[string]func() hash.Hash{
	"Crc32":     func() hash.Hash { return crc32.NewIEEE() },
	"Crc32c":    func() hash.Hash { return crc32.New(crc32.MakeTable(crc32.Castagnoli)) },
	"Crc64nvme": func() hash.Hash { return crc64.New(crc64.MakeTable(0x9a6c9329ac4bc9b5)) },
	"Sha1":      sha1.New,
	"Sha256":    sha256.New,
}

// checkSums holds the body against the checksums that came with it. Those of
// CompleteMultipartUpload speak of the object that the parts make, not of the body.
func (q *s3Request) checkSums(body []byte) *apiError {
	if q.op.name == "CompleteMultipartUpload" {
		return nil
	}
	for name, algorithm := range checksums {
		given := q.r.Header.Get("X-Amz-Checksum-" + name)
		if given == "" {
			continue
		}
		sum := algorithm()
		_, _ = sum.Write(body) // a hash does not fail
		if base64.StdEncoding.EncodeToString(sum.Sum(nil)) != given {
			return failure(http.StatusBadRequest, "BadDigest", "The "+strings.ToUpper(name)+" you specified did not match the calculated checksum.")
		}
	}
	return nil
}

// unwrap gives the storage the body as it was before the client wrapped it for
// its way: plain, with its length, and without the headers of the wrapping.
func unwrap(r *http.Request, body []byte) {
	r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	r.TransferEncoding = nil
	h := r.Header
	for _, name := range []string{"X-Amz-Content-Sha256", "X-Amz-Decoded-Content-Length", "X-Amz-Trailer", "X-Amz-Sdk-Checksum-Algorithm"} {
		h.Del(name)
	}
	if r.Method == http.MethodPut || r.Method == http.MethodPost {
		h.Set("Content-Length", strconv.Itoa(len(body)))
	}
	kept := strings.TrimSuffix(strings.TrimPrefix(strings.TrimPrefix(h.Get("Content-Encoding"), "aws-chunked"), ","), ",aws-chunked")
	h.Del("Content-Encoding")
	if kept != "" {
		h.Set("Content-Encoding", strings.TrimSpace(kept))
	}
}
