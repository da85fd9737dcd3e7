package lab

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"s403/diagnose/policy"
)

// putObject answers PutObject, CopyObject and the ends of a multipart upload.
func (q *s3Request) putObject() *apiError {
	if err := q.allowed(q.op.action, q.key, nil); err != nil {
		return err
	}
	w := write{owner: q.ownerOfNew(), class: q.r.Header.Get("X-Amz-Storage-Class")}
	if err := q.copySource(&w); err != nil {
		return err
	}
	if q.copiesOntoItself() {
		return failure(http.StatusBadRequest, "InvalidRequest", "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.")
	}
	if err := q.encrypt(&w); err != nil {
		return err
	}
	if acl := q.r.Header.Get("X-Amz-Acl"); acl != "" {
		if err := q.allowed("s3:PutObjectAcl", q.key, nil); err != nil {
			return err
		}
		if q.bucket.enforced() && acl != "bucket-owner-full-control" && acl != "private" {
			return failure(http.StatusBadRequest, "AccessControlListNotSupported", "The bucket does not allow ACLs")
		}
		w.acl = q.canned(acl)
		if err := q.blockPublicACL(w.acl); err != nil {
			return err
		}
	}
	return q.deliver(w)
}

// encrypt takes the encryption headers off the request, which gofakes3 knows
// nothing of, and asks for the key.
func (q *s3Request) encrypt(w *write) *apiError {
	h := q.r.Header
	w.kmsKey = q.bucket.Encryption
	if id := h.Get("X-Amz-Server-Side-Encryption-Aws-Kms-Key-Id"); id != "" {
		w.kmsKey = id
	}
	if h.Get("X-Amz-Server-Side-Encryption") == "AES256" {
		w.kmsKey = ""
	}
	w.md5 = h.Get(sseCPrefix + "Key-Md5")
	if w.md5 != "" {
		w.kmsKey = ""
	}
	for _, name := range []string{"X-Amz-Server-Side-Encryption", "X-Amz-Server-Side-Encryption-Aws-Kms-Key-Id", sseCPrefix + "Algorithm", sseCPrefix + "Key", sseCPrefix + "Key-Md5"} {
		h.Del(name)
	}
	if q.op.name != "CompleteMultipartUpload" { // which was told when it began
		q.tellEncryption(w.kmsKey, w.md5)
	}
	if w.kmsKey == "" {
		return nil
	}
	return q.useKey(w.kmsKey, "kms:GenerateDataKey")
}

// canned is a canned ACL as grants beside the owner's own.
func (q *s3Request) canned(name string) []Grant {
	switch name {
	case "public-read":
		return []Grant{{"AllUsers", "READ"}}
	case "public-read-write":
		return []Grant{{"AllUsers", "READ"}, {"AllUsers", "WRITE"}}
	case "authenticated-read":
		return []Grant{{"AuthenticatedUsers", "READ"}}
	case "bucket-owner-read":
		return []Grant{{q.bucket.account.Name, "READ"}}
	case "bucket-owner-full-control":
		return []Grant{{q.bucket.account.Name, "FULL_CONTROL"}}
	}
	return nil
}

// objectTagging answers the three tagging operations.
func (q *s3Request) objectTagging() *apiError {
	if _, err := q.permitted(); err != nil {
		return err
	}
	return q.deliver(write{version: q.version})
}

// tags are the object's tags as they are now.
func (s *store) tags(ctx context.Context, bucket string, o *object) map[string]string {
	if o.Marker {
		return nil
	}
	held := s.held(ctx, bucket, o)
	if held == nil {
		return nil
	}
	values, err := url.ParseQuery(held.Metadata["X-Amz-Tagging"])
	if err != nil {
		return nil
	}
	tags := map[string]string{}
	for k := range values {
		tags[k] = values.Get(k)
	}
	return tags
}

// createBucket answers CreateBucket: the bucket is the caller's account's.
func (q *s3Request) createBucket() *apiError {
	if q.caller.anonymous() {
		return accessDenied("")
	}
	mine := q.caller.account()
	if q.bucket != nil && !q.caller.in(q.bucket.account) {
		return failure(http.StatusConflict, "BucketAlreadyExists", "The requested bucket name is not available. The bucket namespace is shared by all users of the system. Please select a different name and try again.")
	}
	if q.bucket != nil {
		return failure(http.StatusConflict, "BucketAlreadyOwnedByYou", "Your previous request to create the named bucket succeeded and you already own it.")
	}
	a := ask{action: q.op.action, resource: "arn:aws:s3:::" + q.name, owner: mine, context: q.st.requestContext(q.caller, q.r, q.now), network: true}
	if request, d := q.st.decide(q.caller, a); d.Effect != policy.Allow {
		return q.st.refusal(q.caller, mine, request, d)
	}
	region := q.sig.region
	if err := q.deliver(write{}); err != nil {
		return err
	}
	return q.edited(func(w *World) bool {
		w.Buckets = append(w.Buckets, Bucket{Name: q.name, Account: mine.Name, Region: region, Created: q.now.UTC().Format(time.RFC3339), PublicAccess: allPublicSettings})
		return true
	})
}

// edited changes the world, after storage has been changed alike.
func (q *s3Request) edited(f func(*World) bool) *apiError {
	if err := q.lab.edit(f); err != nil {
		return failure(http.StatusInternalServerError, "InternalError", err.Error())
	}
	return nil
}

// deleteBucket answers DeleteBucket.
func (q *s3Request) deleteBucket() *apiError {
	if err := q.allowed(q.op.action, "", nil); err != nil {
		return err
	}
	if err := q.deliver(write{}); err != nil {
		return err
	}
	return q.edited(func(w *World) bool {
		for i, b := range w.Buckets {
			if b.Name == q.bucket.Name {
				w.Buckets = append(w.Buckets[:i:i], w.Buckets[i+1:]...)
				return true
			}
		}
		return false
	})
}
