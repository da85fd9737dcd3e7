package lab

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

// The headers that tell how an object is locked.
const (
	lockModeHeader  = "X-Amz-Object-Lock-Mode"
	lockUntilHeader = "X-Amz-Object-Lock-Retain-Until-Date"
	legalHoldHeader = "X-Amz-Object-Lock-Legal-Hold"
)

// Retention is how long a version of an object may not be deleted ("Locking
// objects with Object Lock").
type Retention struct {
	Mode  string `toml:"mode"`  // GOVERNANCE or COMPLIANCE
	Until string `toml:"until"` // RFC 3339
}

// end is when the retention is over.
func (r Retention) end() time.Time {
	at, err := time.Parse(time.RFC3339, r.Until)
	if err != nil {
		return time.Time{} // checked when the world was read
	}
	return at.UTC()
}

// checkLocks holds a bucket's and its objects' locks against what S3 can have.
func (b Bucket) checkLocks() error {
	if b.ObjectLock && b.Versioning != "Enabled" {
		return fmt.Errorf("bucket %q: object-lock needs versioning (add versioning = \"Enabled\")", b.Name)
	}
	for _, o := range b.Objects {
		if (o.Retention != nil || o.LegalHold) && !b.ObjectLock {
			return fmt.Errorf("bucket %q: object %q has a lock, but the bucket has none (add object-lock = true)", b.Name, o.Key)
		}
		if err := o.Retention.check(); err != nil {
			return fmt.Errorf("bucket %q: object %q: %w", b.Name, o.Key, err)
		}
	}
	return nil
}

func (r *Retention) check() error {
	if r == nil {
		return nil
	}
	if !slices.Contains([]string{"GOVERNANCE", "COMPLIANCE"}, r.Mode) {
		return fmt.Errorf("retention mode %q is neither GOVERNANCE nor COMPLIANCE", r.Mode)
	}
	if _, err := time.Parse(time.RFC3339, r.Until); err != nil {
		return fmt.Errorf("read the retention's until %q (write it as %q): %w", r.Until, defaultDate, err)
	}
	return nil
}

// getLock answers GetObjectLockConfiguration.
func getLock(q *s3Request) *apiError {
	if !q.bucket.ObjectLock {
		return failure(http.StatusNotFound, "ObjectLockConfigurationNotFoundError", "Object Lock configuration does not exist for this bucket", element{"BucketName", q.name})
	}
	return q.xml("<ObjectLockConfiguration " + s3Namespace + "><ObjectLockEnabled>Enabled</ObjectLockEnabled></ObjectLockConfiguration>")
}

// locked is the object that the request asks the lock of, which the bucket has
// to be made for.
func (q *s3Request) locked() (*object, *apiError) {
	o, err := q.permitted()
	if err == nil && !q.bucket.ObjectLock {
		return nil, failure(http.StatusBadRequest, "InvalidRequest", "Bucket is missing Object Lock Configuration")
	}
	return o, err
}

func noLock() *apiError {
	return failure(http.StatusNotFound, "NoSuchObjectLockConfiguration", "The specified object does not have a ObjectLock configuration")
}

// getRetention answers GetObjectRetention.
func (q *s3Request) getRetention() *apiError {
	o, err := q.locked()
	switch {
	case err != nil:
		return err
	case o.Retention == nil:
		return noLock()
	}
	return q.xml(fmt.Sprintf("<Retention %s><Mode>%s</Mode><RetainUntilDate>%s</RetainUntilDate></Retention>", s3Namespace, o.Retention.Mode, o.Retention.end().Format(time.RFC3339)))
}

// getLegalHold answers GetObjectLegalHold.
func (q *s3Request) getLegalHold() *apiError {
	o, err := q.locked()
	switch {
	case err != nil:
		return err
	case !o.LegalHold:
		return noLock()
	}
	return q.xml("<LegalHold " + s3Namespace + "><Status>ON</Status></LegalHold>")
}

// tellLock adds the headers that tell about the object's lock, to those who may
// read it (API_HeadObject: "only returned if the requester has the permission").
func (q *s3Request) tellLock(o *object) {
	h := q.Header()
	if o.Retention != nil && q.allowed("s3:GetObjectRetention", q.key, o) == nil {
		h.Set(lockModeHeader, o.Retention.Mode)
		h.Set(lockUntilHeader, o.Retention.end().Format(time.RFC3339))
	}
	if o.LegalHold && q.allowed("s3:GetObjectLegalHold", q.key, o) == nil {
		h.Set(legalHoldHeader, "ON")
	}
}

// deletable refuses to delete a locked version. A deletion without a version id
// only sets a delete marker, and needs no asking.
func (q *s3Request) deletable(key string, o *object, version string) *apiError {
	if o == nil || version == "" {
		return nil
	}
	held := o.LegalHold
	if r := o.Retention; r != nil && q.now.Before(r.end()) {
		bypass := r.Mode == "GOVERNANCE" && strings.EqualFold(q.r.Header.Get("X-Amz-Bypass-Governance-Retention"), "true") &&
			q.allowed("s3:BypassGovernanceRetention", key, o) == nil
		held = held || !bypass
	}
	if held {
		return accessDenied("Access Denied because object protected by object lock.")
	}
	return nil
}
