package s3view

import (
	"context"
	"crypto/md5"  //nolint:gosec // what S3 has, not what we would choose
	"crypto/sha1" //nolint:gosec // as above
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"hash"
	"hash/crc32"
	"hash/crc64"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

// A check is what S3 says of the content, and how to say it of what arrived.
type check struct {
	name  string
	sum   func() hash.Hash // nil: there is nothing to compare, for the reason in why
	want  []byte
	parts int // 0: of the whole; else of the sums of so many parts, one after the other
	etag  bool
	why   string
}

// The checksums of S3 (User Guide, "Checking object integrity in Amazon S3").
// XXHASH is not among the standard library's hashes.
var checksumKinds = []struct {
	name  string
	value func(*s3.GetObjectOutput) *string
	sum   func() hash.Hash
}{
	{"CRC64NVME", func(o *s3.GetObjectOutput) *string { return o.ChecksumCRC64NVME }, newCRC64NVME},
	{"SHA512", func(o *s3.GetObjectOutput) *string { return o.ChecksumSHA512 }, sha512.New},
	{"SHA256", func(o *s3.GetObjectOutput) *string { return o.ChecksumSHA256 }, sha256.New},
	{"SHA1", func(o *s3.GetObjectOutput) *string { return o.ChecksumSHA1 }, sha1.New},
	{"MD5", func(o *s3.GetObjectOutput) *string { return o.ChecksumMD5 }, md5.New},
	{"CRC32C", func(o *s3.GetObjectOutput) *string { return o.ChecksumCRC32C }, func() hash.Hash { return crc32.New(crc32.MakeTable(crc32.Castagnoli)) }},
	{"CRC32", func(o *s3.GetObjectOutput) *string { return o.ChecksumCRC32 }, func() hash.Hash { return crc32.NewIEEE() }},
}

// newCRC64NVME is the CRC-64 of the NVM Express specification, which S3 uses.
func newCRC64NVME() hash.Hash { return crc64.New(crc64.MakeTable(0x9a6c9329ac4bc9b5)) }

// checkOf chooses what to compare: a checksum of the whole object, else its ETag
// where that is an MD5, else either of its parts.
func checkOf(out *s3.GetObjectOutput, at Location) check {
	var byParts check
	for _, k := range checksumKinds {
		want, parts, ok := checksumValue(aws.ToString(k.value(out)), out)
		switch c := (check{name: k.name, sum: k.sum, want: want, parts: parts}); {
		case !ok || len(want) != k.sum().Size():
		case parts == 0:
			return c
		case byParts.sum == nil:
			byParts = c
		}
	}
	etag := etagCheck(out, at)
	if byParts.sum != nil && (etag.sum == nil || etag.parts > 0) {
		return byParts
	}
	return etag
}

// checksumValue reads "base64" of the whole, or "base64-N" of N parts. A store
// that leaves the N out of a composite checksum has it in the ETag.
func checksumValue(value string, out *s3.GetObjectOutput) (want []byte, parts int, ok bool) {
	text, count, composite := strings.Cut(value, "-")
	if !composite && out.ChecksumType == types.ChecksumTypeComposite {
		_, count, composite = strings.Cut(strings.Trim(aws.ToString(out.ETag), `"`), "-")
		if !composite {
			return nil, 0, false
		}
	}
	if composite {
		if parts, ok = partCount(count); !ok {
			return nil, 0, false
		}
	}
	want, err := base64.StdEncoding.DecodeString(text)
	return want, parts, err == nil && value != ""
}

// maxParts is the most that a multipart upload has ("Amazon S3 multipart upload limits").
const maxParts = 10_000

func partCount(text string) (n int, ok bool) {
	n, err := strconv.Atoi(text)
	return n, err == nil && n >= 1 && n <= maxParts
}

// etagCheck compares the ETag where it is the MD5 of the content, or of the MD5s
// of its parts: not with KMS or a customer's key (API Reference, Object, ETag),
// and never in a directory bucket.
func etagCheck(out *s3.GetObjectOutput, at Location) check {
	switch {
	case strings.HasPrefix(string(out.ServerSideEncryption), "aws:kms"):
		return check{why: "it is encrypted with KMS, so its ETag is no MD5, and it has no checksum"}
	case out.SSECustomerAlgorithm != nil:
		return check{why: "it is encrypted with a customer's key, so its ETag is no MD5, and it has no checksum"}
	case at.Kind() == DirectoryBucketKind:
		return check{why: "ETags of directory buckets are no MD5, and it has no checksum"}
	}
	text, count, composite := strings.Cut(strings.Trim(aws.ToString(out.ETag), `"`), "-")
	want, err := hex.DecodeString(text)
	c := check{name: "MD5 (ETag)", sum: md5.New, want: want, etag: true}
	ok := true
	if composite {
		c.parts, ok = partCount(count)
	}
	if err != nil || len(want) != md5.Size || !ok {
		return check{why: "its ETag is no MD5, and it has no checksum"}
	}
	return c
}

// verify compares what arrived with what S3 said: verified is what matched,
// unverified why nothing could be compared. An error means that it is not the
// same content.
func (r *receiver) verify(ctx context.Context) (verified, unverified string, err error) {
	switch {
	case r.check.sum == nil:
		return "", r.check.why, nil
	case r.check.parts > 0:
		return r.verifyParts(ctx)
	case string(r.sum.Sum(nil)) != string(r.check.want):
		return "", "", r.mismatch()
	}
	return r.check.name, "", nil
}

func (r *receiver) mismatch() error {
	return &Error{Op: "GetObject", Location: r.at, Hint: "download it again",
		Message: fmt.Sprintf("what arrived does not match its %s, so it changed on its way; it was thrown away", r.check.name)}
}
