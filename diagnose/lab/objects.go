package lab

import (
	"context"
	"encoding/hex"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/rclone/gofakes3"
)

// readObject answers HeadObject, GetObject and GetObjectAttributes.
func (q *s3Request) readObject() *apiError {
	o := q.object()
	if err := q.allowed(q.op.action, q.key, o); err != nil {
		return err
	}
	if q.op.name == "GetObjectAttributes" {
		if err := q.allowed(strings.Replace(q.op.action, "Attributes", "", 1), q.key, o); err != nil {
			return err
		}
	}
	if err := q.exists(o); err != nil {
		return err
	}
	if err := q.readable(o); err != nil {
		return err
	}
	q.describe(o)
	q.tellLock(o)
	return q.hand()
}

// object is the version that the request names; nil when there is none.
func (q *s3Request) object() *object {
	if q.bucket == nil || q.key == "" {
		return nil
	}
	if q.version != "" {
		return q.store.version(q.bucket.Name, q.key, q.version)
	}
	return q.store.current(q.bucket.Name, q.key)
}

// permitted is the object that an operation on its settings is about, once the
// caller has been found to be allowed it and the object to be there.
func (q *s3Request) permitted() (*object, *apiError) {
	o := q.object()
	if err := q.allowed(q.op.action, q.key, o); err != nil {
		return nil, err
	}
	if err := q.exists(o); err != nil {
		return nil, err
	}
	return o, nil
}

// exists answers for a key or version that is not there: 404 to those who may
// list the bucket, 403 to all others ("if you don't have the s3:ListBucket
// permission, Amazon S3 returns an HTTP status code 403", API_HeadObject).
func (q *s3Request) exists(o *object) *apiError {
	if o != nil && !o.Marker {
		return nil
	}
	list := "s3:ListBucket"
	if q.version != "" {
		list = "s3:ListBucketVersions"
	}
	if err := q.allowed(list, "", nil); err != nil && (o == nil || q.version == "") {
		return err
	}
	switch {
	case o == nil && q.version != "":
		return failure(http.StatusNotFound, "NoSuchVersion", "The specified version does not exist.", element{"Key", q.key}, element{"VersionId", q.version})
	case o == nil:
		return failure(http.StatusNotFound, "NoSuchKey", "The specified key does not exist.", element{"Key", q.key})
	case q.version != "":
		return failure(http.StatusMethodNotAllowed, "MethodNotAllowed", "The specified method is not allowed against this resource.",
			element{"Method", q.r.Method}, element{"ResourceType", "DeleteMarker"}).
			with("X-Amz-Delete-Marker", "true").with("X-Amz-Version-Id", o.Version).with("Allow", "DELETE").with("Last-Modified", o.modified())
	}
	return failure(http.StatusNotFound, "NoSuchKey", "The specified key does not exist.").
		with("X-Amz-Delete-Marker", "true").with("X-Amz-Version-Id", o.Version)
}

// modified is when a delete marker was set, as a header has it.
func (o *object) modified() string {
	at, err := time.Parse(time.RFC3339, orElse(o.Modified, defaultDate))
	if err != nil {
		return ""
	}
	return at.UTC().Format(http.TimeFormat)
}

// archived tells whether the object has to be restored before it can be read.
func (o *object) archived() bool {
	return (o.Class == "GLACIER" || o.Class == "DEEP_ARCHIVE") && !o.Restored
}

// readable checks what stands between an allowed request and the object's
// bytes: the customer's key, the archive, the KMS key.
func (q *s3Request) readable(o *object) *apiError {
	if err := q.customerKey(o); err != nil {
		return err
	}
	head := q.r.Method == http.MethodHead
	if o.archived() && !head {
		return failure(http.StatusForbidden, "InvalidObjectState", "The operation is not valid for the object's storage class",
			element{"StorageClass", o.Class})
	}
	// A HEAD needs the KMS key only to show the checksum (API_HeadObject, ChecksumMode).
	if o.KMSKey == "" || head && !strings.EqualFold(q.r.Header.Get("X-Amz-Checksum-Mode"), "ENABLED") {
		return nil
	}
	return q.useKey(o.KMSKey, "kms:Decrypt")
}

const sseCPrefix = "X-Amz-Server-Side-Encryption-Customer-"

// customerKey holds the SSE-C headers against the object's key.
func (q *s3Request) customerKey(o *object) *apiError {
	h := q.r.Header
	given := h.Get(sseCPrefix+"Key-Md5") != "" || h.Get(sseCPrefix+"Key") != ""
	switch {
	case o.md5 == "" && given:
		return failure(http.StatusBadRequest, "InvalidRequest", "The encryption parameters are not applicable to this object.")
	case o.md5 == "":
		return nil
	case !given:
		return failure(http.StatusBadRequest, "InvalidRequest", "The object was stored using a form of Server Side Encryption. The correct parameters must be provided to retrieve the object.")
	case h.Get(sseCPrefix+"Key-Md5") != o.md5:
		return accessDenied("")
	}
	for _, name := range []string{"Algorithm", "Key", "Key-Md5"} {
		h.Del(sseCPrefix + name) // gofakes3 knows nothing of them
	}
	q.Header().Set(sseCPrefix+"Algorithm", "AES256")
	q.Header().Set(sseCPrefix+"Key-Md5", o.md5)
	return nil
}

// describe adds the headers that tell about the object beyond what gofakes3 keeps.
func (q *s3Request) describe(o *object) {
	h := q.Header()
	q.tellEncryption(o.KMSKey, o.md5)
	if o.Class != "" && o.Class != "STANDARD" {
		h.Set("X-Amz-Storage-Class", o.Class)
	}
	if o.Restored {
		h.Set("X-Amz-Restore", `ongoing-request="false", expiry-date="Fri, 01 Jan 2100 00:00:00 GMT"`)
	}
}

// The headers that tell how an object is encrypted.
const (
	encryptionHeader    = "X-Amz-Server-Side-Encryption"
	encryptionKeyHeader = encryptionHeader + "-Aws-Kms-Key-Id"
	bucketKeyHeader     = encryptionHeader + "-Bucket-Key-Enabled"
)

// tellEncryption says how an object is encrypted: with the KMS key of that name,
// with a key of the customer's whose MD5 is given, or else with S3's own keys, as
// every object is ("Amazon S3 now automatically encrypts all new objects").
func (q *s3Request) tellEncryption(key, md5 string) {
	h := q.Header()
	switch {
	case key != "":
		h.Set(encryptionHeader, "aws:kms")
		if k := q.st.keys[key]; k != nil {
			h.Set(encryptionKeyHeader, k.arn)
		}
		if q.bucket.BucketKey {
			h.Set(bucketKeyHeader, "true")
		}
	case md5 != "":
		h.Set(sseCPrefix+"Algorithm", "AES256")
		h.Set(sseCPrefix+"Key-Md5", md5)
	default:
		h.Set(encryptionHeader, "AES256")
	}
}

// hand gives the request to gofakes3, once it has been decided. Operations on
// objects come here when readObject and putObject have asked already.
func (q *s3Request) hand() *apiError {
	switch q.op.name {
	case "HeadObject", "GetObject", "GetObjectAttributes", "PutObject", "CreateMultipartUpload", "CompleteMultipartUpload", "DeleteObjects", "CreateBucket", "DeleteBucket":
	default:
		if err := q.allowed(q.op.action, q.key, q.object()); err != nil {
			return err
		}
	}
	if q.op.name == "DeleteObject" {
		if err := q.deletable(q.key, q.object(), q.version); err != nil {
			return err
		}
	}
	w := write{version: q.version}
	if q.op.name == "UploadPart" {
		if err := q.copySource(&w); err != nil {
			return err
		}
	}
	return q.deliver(w)
}

// deliver has gofakes3 carry the request out.
func (q *s3Request) deliver(w write) *apiError {
	if w.owner == nil {
		w.owner = q.ownerOfNew()
	}
	if q.r.Method == http.MethodPut && q.r.ContentLength < 0 {
		return missingLength()
	}
	body, refused := q.payload(maxObject)
	if refused != nil {
		return refused
	}
	inner := q.inner(w)
	unwrap(inner, body)
	o := q.object()
	q.store.translate(inner.Header, q.bucketName(), o, "If-Match", "If-None-Match")
	c := &capture{ResponseWriter: q.ResponseWriter, r: q.r, requestID: q.requestID, hostID: q.hostID}
	switch q.op.name {
	case "GetObject", "HeadObject":
		c.read(q.store, inner, q.bucketName(), o)
	case "ListObjects":
		c.edit = completed
	}
	q.store.handler.ServeHTTP(c, inner)
	return c.failure()
}

// inner is the request in gofakes3's form: path style, no signature.
func (q *s3Request) inner(w write) *http.Request {
	inner := q.r.Clone(withWrite(q.r.Context(), w))
	inner.URL.Path, inner.URL.RawPath = "/"+q.name+"/"+q.key, ""
	if q.bucket != nil {
		inner.URL.Path = "/" + q.bucket.Name
		if q.key != "" {
			inner.URL.Path += "/" + q.key
		}
	}
	query := inner.URL.Query()
	for name := range query {
		if strings.HasPrefix(name, "X-Amz-") || name == "x-id" {
			query.Del(name)
		}
	}
	inner.URL.RawQuery = query.Encode()
	return inner
}

func (q *s3Request) bucketName() string {
	if q.bucket == nil {
		return q.name
	}
	return q.bucket.Name
}

// held is the object as the storage has it, without its content; nil: it has none.
func (s *store) held(ctx context.Context, bucket string, o *object) *gofakes3.Object {
	held, err := s.HeadObjectVersion(bucket, o.Key, o.internal)
	if o.internal == "" {
		held, err = s.Backend.HeadObject(ctx, bucket, o.Key)
	}
	if err != nil {
		return nil
	}
	return held
}

// translate puts the storage's own ETag of an object in the place of the one
// that a multipart upload gave it, in the headers that state a condition.
func (s *store) translate(h http.Header, bucket string, o *object, names ...string) {
	if o == nil || o.etag == "" {
		return
	}
	held := s.held(context.Background(), bucket, o)
	if held == nil {
		return
	}
	for _, name := range names {
		if v := h.Get(name); v != "" {
			h.Set(name, strings.ReplaceAll(v, strings.Trim(o.etag, `"`), hex.EncodeToString(held.Hash)))
		}
	}
}

// ownerOfNew is the account that owns what the request writes: the bucket's
// owner, unless ACLs are on and say otherwise ("Controlling ownership of objects").
func (q *s3Request) ownerOfNew() *account {
	if q.bucket == nil {
		return q.caller.account()
	}
	acl := q.r.Header.Get("X-Amz-Acl")
	if q.bucket.enforced() || q.caller.anonymous() || q.bucket.Ownership == "BucketOwnerPreferred" && acl == "bucket-owner-full-control" {
		return q.bucket.account
	}
	return q.caller.account()
}

// headBucket answers HeadBucket, which says the region to anybody.
func (q *s3Request) headBucket() *apiError {
	q.Header().Set("X-Amz-Access-Point-Alias", fmt.Sprint(q.point != nil))
	if err := q.allowed(q.op.action, "", nil); err != nil {
		return err
	}
	q.WriteHeader(http.StatusOK)
	return nil
}
