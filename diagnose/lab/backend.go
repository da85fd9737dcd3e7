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
	version string   // the versionId of the request
	class   string
	kmsKey  string
	md5     string // of the customer's key
	acl     []Grant
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

// ListBucket implements gofakes3.Backend: it adds owners and storage classes.
func (s *store) ListBucket(ctx context.Context, bucket string, prefix *gofakes3.Prefix, page gofakes3.ListBucketPage) (*gofakes3.ObjectList, error) {
	list, err := s.Backend.ListBucket(ctx, bucket, prefix, page)
	if err != nil {
		return list, err
	}
	kept := list.Contents[:0]
	for _, c := range list.Contents {
		o := s.current(bucket, c.Key)
		if o == nil || o.Marker {
			continue // the backend lists keys under a delete marker
		}
		c.StorageClass = gofakes3.StorageClass(orElse(o.Class, "STANDARD"))
		c.Owner = &gofakes3.UserInfo{ID: o.owner.canonical}
		kept = append(kept, c)
	}
	list.Contents = kept
	return list, nil
}

// ListBucketVersions implements gofakes3.VersionedBackend.
func (s *store) ListBucketVersions(bucket string, prefix *gofakes3.Prefix, page *gofakes3.ListBucketVersionsPage) (*gofakes3.ListBucketVersionsResult, error) {
	if page != nil && page.HasVersionIDMarker {
		p := *page
		p.VersionIDMarker = s.internalID(bucket, page.KeyMarker, page.VersionIDMarker)
		page = &p
	}
	result, err := s.Backend.ListBucketVersions(bucket, prefix, page)
	if err != nil {
		return result, err
	}
	for _, item := range result.Versions {
		switch v := item.(type) {
		case *gofakes3.Version:
			if o := s.version(bucket, v.Key, string(v.VersionID)); o != nil {
				v.VersionID, v.Owner = gofakes3.VersionID(o.Version), &gofakes3.UserInfo{ID: o.owner.canonical}
				v.StorageClass = gofakes3.StorageClass(orElse(o.Class, "STANDARD"))
			}
		case *gofakes3.DeleteMarker:
			if o := s.version(bucket, v.Key, string(v.VersionID)); o != nil {
				v.VersionID = gofakes3.VersionID(o.Version)
			}
		}
	}
	return result, nil
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
		internal: result.VersionID, md5: w.md5,
	}, result.VersionID != "")
	return result, nil
}

// CopyObject implements gofakes3.Backend by way of PutObject, so that the copy
// is remembered.
func (s *store) CopyObject(ctx context.Context, fromBucket, fromKey, toBucket, toKey string, meta map[string]string) (gofakes3.CopyObjectResult, error) {
	from, err := s.Backend.GetObject(ctx, fromBucket, fromKey, nil)
	if err != nil {
		return gofakes3.CopyObjectResult{}, err
	}
	defer func() { _ = from.Contents.Close() }()
	if _, err := s.PutObject(ctx, toBucket, toKey, meta, from.Contents, from.Size); err != nil {
		return gofakes3.CopyObjectResult{}, err
	}
	return gofakes3.CopyObjectResult{ETag: etag(from.Hash), LastModified: gofakes3.NewContentTime(s.clock.Now())}, nil
}

// DeleteObject implements gofakes3.Backend.
func (s *store) DeleteObject(ctx context.Context, bucket, key string) (gofakes3.ObjectDeleteResult, error) {
	result, err := s.Backend.DeleteObject(ctx, bucket, key)
	if err != nil {
		return result, err
	}
	if result.IsDeleteMarker {
		s.remember(bucket, key, &object{Object: Object{Key: key, Marker: true}, owner: writeOf(ctx).owner, internal: result.VersionID}, true)
	} else {
		s.forget(bucket, key, "")
	}
	return result, nil
}

// DeleteObjectVersion implements gofakes3.VersionedBackend.
func (s *store) DeleteObjectVersion(bucket, key string, id gofakes3.VersionID) (gofakes3.ObjectDeleteResult, error) {
	result, err := s.Backend.DeleteObjectVersion(bucket, key, s.internalID(bucket, key, id))
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
