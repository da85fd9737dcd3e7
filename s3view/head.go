package s3view

import (
	"context"
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

// HeadOptions change what a HeadObject asks for and how S3 decides about it.
type HeadOptions struct {
	ExpectedOwner string // x-amz-expected-bucket-owner
	RequestPayer  bool   // x-amz-request-payer: requester; the caller pays
	ChecksumMode  bool   // x-amz-checksum-mode: ENABLED; needs kms:Decrypt for KMS objects
	PartNumber    int32  // one part of a multipart object, from 1; 0 is the whole
}

// A Head is the answer of HeadObject.
type Head struct {
	At           Location
	Size         int64 // bytes
	Modified     time.Time
	ContentType  string
	Encoding     string // Content-Encoding
	ETag         string // without quotes
	Class        string // storage class; STANDARD where S3 leaves it out
	VersionID    string
	Restore      string  // x-amz-restore of an archived object
	Fields       []Field // every field that S3 returned, in a fixed order
	Metadata     []Field // x-amz-meta-*, by name
	MissingMeta  int     // metadata entries that cannot be carried by HTTP headers
	Moved        string  // the bucket's region, when it had to be followed
	RequestTime  time.Time
	RoundTrip    time.Duration // how long the answer took
	Checksummed  bool          // asked with checksum mode
	DeleteMarker bool
}

// HeadOptions returns the options of the session's flags.
func (s *Session) HeadOptions() HeadOptions {
	return HeadOptions{
		ExpectedOwner: s.opts.ExpectedOwner, RequestPayer: s.opts.RequestPayer, ChecksumMode: s.opts.ChecksumMode,
	}
}

// Head asks HeadObject for the object at the location, with the session's options.
func (st *Store) Head(ctx context.Context, at Location) (Head, error) {
	return st.HeadWith(ctx, at, st.session.HeadOptions())
}

// HeadWith asks HeadObject with other options. The action it needs is
// s3:GetObject, or s3:GetObjectVersion with a version id: there is no
// s3:HeadObject (API Reference, HeadObject).
func (st *Store) HeadWith(ctx context.Context, at Location, o HeadOptions) (Head, error) {
	in := headInput(at, o)
	start := time.Now()
	out, moved, err := do(ctx, st, "HeadObject", at, func(ctx context.Context, c *s3.Client) (*s3.HeadObjectOutput, error) {
		return c.HeadObject(ctx, in)
	})
	if err != nil {
		return Head{At: at, Moved: moved}, err
	}
	h := headOf(out)
	h.At, h.Moved, h.RequestTime, h.RoundTrip, h.Checksummed = at, moved, start, time.Since(start), o.ChecksumMode
	return h, nil
}

func headInput(at Location, o HeadOptions) *s3.HeadObjectInput {
	in := &s3.HeadObjectInput{
		Bucket: &at.Bucket, Key: &at.Key, VersionId: optional(at.VersionID), ExpectedBucketOwner: optional(o.ExpectedOwner),
	}
	if o.RequestPayer {
		in.RequestPayer = types.RequestPayerRequester
	}
	if o.ChecksumMode {
		in.ChecksumMode = types.ChecksumModeEnabled
	}
	if o.PartNumber > 0 {
		in.PartNumber = &o.PartNumber
	}
	return in
}

func headOf(out *s3.HeadObjectOutput) Head {
	h := Head{
		Size: aws.ToInt64(out.ContentLength), Modified: aws.ToTime(out.LastModified),
		ContentType: aws.ToString(out.ContentType), Encoding: aws.ToString(out.ContentEncoding),
		ETag: strings.Trim(aws.ToString(out.ETag), `"`), Class: string(out.StorageClass),
		VersionID: aws.ToString(out.VersionId), Restore: aws.ToString(out.Restore),
		MissingMeta: int(aws.ToInt32(out.MissingMeta)), DeleteMarker: aws.ToBool(out.DeleteMarker),
	}
	if h.Class == "" {
		h.Class = "STANDARD"
	}
	h.Fields = headFields(out, h)
	for name, value := range out.Metadata {
		h.Metadata = append(h.Metadata, Field{Name: name, Value: value})
	}
	sort.Slice(h.Metadata, func(i, j int) bool { return h.Metadata[i].Name < h.Metadata[j].Name })
	return h
}

// headFields lists what was returned: content first, then storage, protection,
// checksums and the rest. What S3 did not return is left out here, because an
// absent header says that it is not set.
func headFields(out *s3.HeadObjectOutput, h Head) []Field {
	var f fields
	size := strconv.FormatInt(h.Size, 10)
	f.add("size", size)
	f.text("type", out.ContentType)
	f.time("modified", out.LastModified)
	f.add("etag", h.ETag)
	f.add("storage class", h.Class)
	f.text("version id", out.VersionId)
	f.flag("delete marker", out.DeleteMarker)
	f.text("content encoding", out.ContentEncoding)
	f.text("content language", out.ContentLanguage)
	f.text("content disposition", out.ContentDisposition)
	f.text("content range", out.ContentRange)
	f.text("cache control", out.CacheControl)
	f.text("expires", out.ExpiresString)
	f.text("accept ranges", out.AcceptRanges)
	f.text("website redirect", out.WebsiteRedirectLocation)
	protection(&f, out)
	checksums(&f, out)
	f.number("parts", out.PartsCount)
	f.number("tags", out.TagCount)
	f.number("metadata not shown", out.MissingMeta)
	f.add("request charged", string(out.RequestCharged))
	return f
}

// protection are the fields about encryption, archive, lock and replication.
func protection(f *fields, out *s3.HeadObjectOutput) {
	f.add("encryption", string(out.ServerSideEncryption))
	f.text("KMS key", out.SSEKMSKeyId)
	f.flag("bucket key", out.BucketKeyEnabled)
	f.text("customer key algorithm", out.SSECustomerAlgorithm)
	f.text("customer key MD5", out.SSECustomerKeyMD5)
	f.add("archive status", string(out.ArchiveStatus))
	f.text("restore", out.Restore)
	f.text("expiration", out.Expiration)
	f.add("replication", string(out.ReplicationStatus))
	f.add("lock mode", string(out.ObjectLockMode))
	f.time("locked until", out.ObjectLockRetainUntilDate)
	f.add("legal hold", string(out.ObjectLockLegalHoldStatus))
	f.add("event hold", string(out.ObjectLockEventHold))
	f.number("event hold days", out.ObjectLockEventHoldDurationDays)
	f.number("event hold years", out.ObjectLockEventHoldDurationYears)
}

func checksums(f *fields, out *s3.HeadObjectOutput) {
	f.add("checksum type", string(out.ChecksumType))
	f.text("CRC64NVME", out.ChecksumCRC64NVME)
	f.text("CRC32", out.ChecksumCRC32)
	f.text("CRC32C", out.ChecksumCRC32C)
	f.text("SHA1", out.ChecksumSHA1)
	f.text("SHA256", out.ChecksumSHA256)
	f.text("SHA512", out.ChecksumSHA512)
	f.text("MD5", out.ChecksumMD5)
	f.text("XXHASH3", out.ChecksumXXHASH3)
	f.text("XXHASH64", out.ChecksumXXHASH64)
	f.text("XXHASH128", out.ChecksumXXHASH128)
}

// fields collects what was returned and leaves out what was not.
type fields []Field

func (f *fields) add(name, value string) {
	if value != "" {
		*f = append(*f, Field{Name: name, Value: value})
	}
}

func (f *fields) text(name string, v *string) { f.add(name, aws.ToString(v)) }

func (f *fields) time(name string, v *time.Time) {
	if v != nil && !v.IsZero() {
		f.add(name, v.UTC().Format("2006-01-02 15:04:05 UTC"))
	}
}

func (f *fields) number(name string, v *int32) {
	if v != nil {
		f.add(name, strconv.Itoa(int(*v)))
	}
}

func (f *fields) flag(name string, v *bool) {
	if v != nil {
		f.add(name, strconv.FormatBool(*v))
	}
}
