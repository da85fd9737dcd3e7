package lab

import (
	"context"
	"crypto/md5"
	"encoding/base64"
	"encoding/hex"
	"io"
	"net/url"

	"github.com/rclone/gofakes3"
)

// write is what the front knows of a request that gofakes3 carries out.
type write struct {
	owner   *account // of objects that it makes
	version string   // the versionId of the request, or of a copy's source
	class   string
	kmsKey  string
	md5     string // of the customer's key
	acl     []Grant
	etag    string // of an object that a multipart upload makes
}

type writeKey struct{}

func withWrite(ctx context.Context, w write) context.Context {
	return context.WithValue(ctx, writeKey{}, w)
}

func writeOf(ctx context.Context) write {
	w, _ := ctx.Value(writeKey{}).(write)
	return w
}

// HeadObject implements gofakes3.Backend. gofakes3 does not pass the versionId
// of a HEAD on, so it comes with the context.
func (s *store) HeadObject(ctx context.Context, bucket, key string) (*gofakes3.Object, error) {
	if id := writeOf(ctx).version; s.internalID(bucket, key, gofakes3.VersionID(id)) != "" { // "null" is the current one
		return s.HeadObjectVersion(bucket, key, gofakes3.VersionID(id))
	}
	o, err := s.Backend.HeadObject(ctx, bucket, key)
	if current := s.current(bucket, key); err == nil && current != nil && current.internal == "" {
		o.VersionID = "" // the backend numbers objects in buckets without versioning too
	}
	return s.renamed(o, err)(bucket, key)
}

// GetObject implements gofakes3.Backend.
func (s *store) GetObject(ctx context.Context, bucket, key string, r *gofakes3.ObjectRangeRequest) (*gofakes3.Object, error) {
	if o := s.version(bucket, key, writeOf(ctx).version); o != nil && o.internal != "" { // gofakes3 takes "null" for the current one
		return s.GetObjectVersion(bucket, key, o.internal, r)
	}
	return s.renamed(s.Backend.GetObject(ctx, bucket, key, r))(bucket, key)
}

// GetObjectVersion implements gofakes3.VersionedBackend.
func (s *store) GetObjectVersion(bucket, key string, id gofakes3.VersionID, r *gofakes3.ObjectRangeRequest) (*gofakes3.Object, error) {
	return s.renamed(s.Backend.GetObjectVersion(bucket, key, s.internalID(bucket, key, id), r))(bucket, key)
}

// HeadObjectVersion implements gofakes3.VersionedBackend.
func (s *store) HeadObjectVersion(bucket, key string, id gofakes3.VersionID) (*gofakes3.Object, error) {
	return s.renamed(s.Backend.HeadObjectVersion(bucket, key, s.internalID(bucket, key, id)))(bucket, key)
}

// renamed gives the object the version id that clients know it by.
func (s *store) renamed(o *gofakes3.Object, err error) func(bucket, key string) (*gofakes3.Object, error) {
	return func(bucket, key string) (*gofakes3.Object, error) {
		if err == nil && o.VersionID != "" {
			if known := s.version(bucket, key, string(o.VersionID)); known != nil {
				o.VersionID = gofakes3.VersionID(known.Version)
			}
		}
		return o, err
	}
}

// internalID is the backend's name for a version.
func (s *store) internalID(bucket, key string, id gofakes3.VersionID) gofakes3.VersionID {
	if o := s.version(bucket, key, string(id)); o != nil {
		return o.internal
	}
	return id
}

// PutObject implements gofakes3.Backend.
func (s *store) PutObject(ctx context.Context, bucket, key string, meta map[string]string, body io.Reader, size int64) (gofakes3.PutObjectResult, error) {
	result, err := s.Backend.PutObject(ctx, bucket, key, meta, body, size)
	if err != nil {
		return result, err
	}
	w := writeOf(ctx)
	s.remember(bucket, key, &object{
		Object:   Object{Key: key, Class: w.class, KMSKey: w.kmsKey, ACL: w.acl},
		owner:    w.owner,
		internal: result.VersionID, md5: w.md5, etag: w.etag,
	}, result.VersionID != "")
	if s.replaceNull(bucket, key) {
		result.VersionID = nullVersion
	}
	result.ETag = w.etag
	return result, nil
}

// CopyObject implements gofakes3.Backend by way of PutObject, so that the copy
// is remembered.
func (s *store) CopyObject(ctx context.Context, fromBucket, fromKey, toBucket, toKey string, meta map[string]string) (gofakes3.CopyObjectResult, error) {
	from, err := s.source(ctx, fromBucket, fromKey)
	if err != nil {
		return gofakes3.CopyObjectResult{}, err
	}
	defer func() { _ = from.Contents.Close() }()
	if _, err := s.PutObject(ctx, toBucket, toKey, meta, from.Contents, from.Size); err != nil {
		return gofakes3.CopyObjectResult{}, err
	}
	return gofakes3.CopyObjectResult{ETag: etag(from.Hash), LastModified: gofakes3.NewContentTime(s.clock.Now())}, nil
}

// source opens what a copy is made of: the version that the request names, or
// the current one.
func (s *store) source(ctx context.Context, bucket, key string) (*gofakes3.Object, error) {
	if id := s.internalID(bucket, key, gofakes3.VersionID(writeOf(ctx).version)); id != "" {
		return s.Backend.GetObjectVersion(bucket, key, id, nil)
	}
	return s.Backend.GetObject(ctx, bucket, key, nil)
}

// DeleteObject implements gofakes3.Backend.
func (s *store) DeleteObject(ctx context.Context, bucket, key string) (gofakes3.ObjectDeleteResult, error) {
	if o := s.version(bucket, key, writeOf(ctx).version); o != nil && o.internal != "" {
		return s.DeleteObjectVersion(bucket, key, gofakes3.VersionID(o.Version))
	}
	result, err := s.Backend.DeleteObject(ctx, bucket, key)
	if err != nil {
		return result, err
	}
	if result.IsDeleteMarker {
		s.remember(bucket, key, &object{Object: Object{Key: key, Marker: true}, owner: writeOf(ctx).owner, internal: result.VersionID}, true)
		if s.replaceNull(bucket, key) {
			result.VersionID = nullVersion
		}
	} else {
		s.forget(bucket, key, "")
	}
	return result, nil
}

// DeleteObjectVersion implements gofakes3.VersionedBackend.
func (s *store) DeleteObjectVersion(bucket, key string, id gofakes3.VersionID) (gofakes3.ObjectDeleteResult, error) {
	internal := s.internalID(bucket, key, id)
	if o := s.before(bucket, key, internal); o != nil {
		if err := s.raise(bucket, key, o); err != nil {
			return gofakes3.ObjectDeleteResult{}, err
		}
	}
	result, err := s.Backend.DeleteObjectVersion(bucket, key, internal)
	if err == nil {
		s.forget(bucket, key, string(id))
		result.VersionID = id
	}
	return result, err
}

// DeleteMulti implements gofakes3.Backend.
func (s *store) DeleteMulti(ctx context.Context, bucket string, keys ...string) (gofakes3.MultiDeleteResult, error) {
	var all gofakes3.MultiDeleteResult
	for _, key := range keys {
		if _, err := s.DeleteObject(ctx, bucket, key); err != nil {
			all.Error = append(all.Error, gofakes3.ErrorResultFromError(err))
			continue
		}
		all.Deleted = append(all.Deleted, gofakes3.ObjectID{Key: key})
	}
	return all, nil
}

func etag(hash []byte) string {
	return `"` + hex.EncodeToString(hash) + `"`
}

// customerKeyMD5 is what x-amz-server-side-encryption-customer-key-MD5 says of a key.
func customerKeyMD5(key string) string {
	sum := md5.Sum([]byte(key))
	return base64.StdEncoding.EncodeToString(sum[:])
}

// encodeTags writes tags as the x-amz-tagging header has them.
func encodeTags(tags map[string]string) string {
	v := url.Values{}
	for k, t := range tags {
		v.Set(k, t)
	}
	return v.Encode()
}
