package s3view

import (
	"context"
	"strings"
	"sync"

	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// storageNames are the fields of a head that say how an object is kept.
var storageNames = map[string]bool{
	"size": true, "storage class": true, "archive status": true, "restore": true, "expiration": true, "replication": true,
	"encryption": true, "KMS key": true, "bucket key": true, "customer key algorithm": true, "version id": true, "parts": true,
}

// Storage tells how an object is kept: class, encryption, lock, checksums. A head
// leaves the lock out where the caller may not see it, and the checksums where
// they are not asked for, so each of these is asked by itself; the error is that
// of the head.
func (st *Store) Storage(ctx context.Context, at Location) ([]Field, error) {
	var head Head
	var headErr error
	var retention, hold Field
	var sums []Field
	var asked sync.WaitGroup
	asked.Go(func() { head, headErr = st.Head(ctx, at) })
	asked.Go(func() { retention = st.retention(ctx, at) })
	asked.Go(func() { hold = st.legalHold(ctx, at) })
	asked.Go(func() { sums = st.checksums(ctx, at) })
	asked.Wait()
	if headErr != nil {
		return nil, headErr
	}
	var out []Field
	told := map[string]bool{}
	for _, f := range head.Fields {
		if storageNames[f.Name] {
			out, told[f.Name] = append(out, f), true
		}
	}
	for _, name := range []string{"restore", "replication"} {
		if !told[name] {
			out = append(out, Field{Name: name, State: NotConfigured})
		}
	}
	return append(append(out, retention, hold), sums...), nil
}

// noLock are the codes by which S3 says that an object, or its bucket, has no
// lock (API Reference, GetObjectRetention, GetObjectLegalHold: a bucket without
// Object Lock answers InvalidRequest).
var noLock = []string{"NoSuchObjectLockConfiguration", "ObjectLockConfigurationNotFoundError", "InvalidRequest"}

func (st *Store) retention(ctx context.Context, at Location) Field {
	in := &s3.GetObjectRetentionInput{Bucket: &at.Bucket, Key: &at.Key, VersionId: optional(at.VersionID),
		ExpectedBucketOwner: optional(st.session.opts.ExpectedOwner), RequestPayer: st.payer()}
	out, _, err := do(ctx, st, "GetObjectRetention", at, func(ctx context.Context, c *s3.Client) (*s3.GetObjectRetentionOutput, error) {
		return c.GetObjectRetention(ctx, in)
	})
	const action = "s3:GetObjectRetention"
	if err != nil {
		return unknown("lock", action, err, noLock...)
	}
	f := Field{Name: "lock", State: NotConfigured, Action: action}
	if r := out.Retention; r != nil && r.Mode != "" {
		f.State, f.Value = Known, strings.ToLower(string(r.Mode))
		if r.RetainUntilDate != nil {
			f.Value += " until " + r.RetainUntilDate.UTC().Format("2006-01-02 15:04:05 UTC")
		}
	}
	return f
}

func (st *Store) legalHold(ctx context.Context, at Location) Field {
	in := &s3.GetObjectLegalHoldInput{Bucket: &at.Bucket, Key: &at.Key, VersionId: optional(at.VersionID),
		ExpectedBucketOwner: optional(st.session.opts.ExpectedOwner), RequestPayer: st.payer()}
	out, _, err := do(ctx, st, "GetObjectLegalHold", at, func(ctx context.Context, c *s3.Client) (*s3.GetObjectLegalHoldOutput, error) {
		return c.GetObjectLegalHold(ctx, in)
	})
	const action = "s3:GetObjectLegalHold"
	if err != nil {
		return unknown("legal hold", action, err, noLock...)
	}
	f := Field{Name: "legal hold", State: NotConfigured, Action: action}
	if out.LegalHold != nil {
		f = known("legal hold", strings.ToLower(string(out.LegalHold.Status)))
		f.Action = action
	}
	return f
}

// checksums asks a head for checksums, which needs kms:Decrypt where the object
// is encrypted with KMS (API Reference, HeadObject, x-amz-checksum-mode).
func (st *Store) checksums(ctx context.Context, at Location) []Field {
	o := st.session.HeadOptions()
	o.ChecksumMode = true
	in := headInput(at, o)
	out, _, err := do(ctx, st, "HeadObject", at, func(ctx context.Context, c *s3.Client) (*s3.HeadObjectOutput, error) {
		return c.HeadObject(ctx, in)
	})
	const action = "kms:Decrypt"
	if err != nil {
		return []Field{unknown("checksum", action, err)}
	}
	var f fields
	checksums(&f, out)
	if len(f) == 0 {
		return []Field{{Name: "checksum", State: NotConfigured}}
	}
	return f
}
