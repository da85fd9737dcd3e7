package probe

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"unicode"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"s403/diagnose"
)

// Bounds on the search for keys that resemble the one asked for.
const (
	nearPage = 1000
	maxNear  = 5
)

// askListing looks for the key: three listings side by side. The first shows the
// key and its owner, the second its surroundings, the third a delete marker.
func askListing(ctx context.Context, r *run, seen diagnose.Evidence) diagnose.Fact[diagnose.Listing] {
	marker := make(chan bool, 1)
	near := make(chan []string, 1)
	askers := r.listers(&seen)
	if len(askers) == 0 {
		return diagnose.Fact[diagnose.Listing]{Note: "nobody here may list"}
	}
	go func() {
		found := slices.Concat(parallel(askers, func(w who) []string { return r.nearKeys(ctx, w, &seen) })...)
		slices.Sort(found)
		found = slices.Compact(found)
		near <- found[:min(maxNear, len(found))]
	}()
	go func() {
		marker <- slices.Contains(parallel(askers, func(w who) bool { return r.deleteMarker(ctx, w, &seen) }), true)
	}()
	f := eitherOf(askers, func(w who) diagnose.Fact[diagnose.Listing] { return r.listKey(ctx, w, &seen) })
	f.Value.Near, f.Value.DeleteMarker = <-near, <-marker
	if f.State == diagnose.Denied {
		f.Value.LockedOut = true
	}
	// What the reader, or ours in place of --as, may not list says nothing about
	// the caller.
	if (f.Source.Reader || seen.Options.AsPrincipal != "") && f.State == diagnose.Denied {
		f.State, f.Value.LockedOut = diagnose.Failed, false
	}
	return f
}

// listers may be asked for a listing: the caller also without a signature.
func (r *run) listers(seen *diagnose.Evidence) []who {
	askers := r.askers(seen)
	if seen.Options.AsPrincipal == "" && !r.foreign && (len(askers) == 0 || askers[0] != caller) {
		askers = append([]who{caller}, askers...)
	}
	return askers
}

// listKey lists the key itself: a listing is in the order of the bytes, so the
// key comes first among those that begin with it.
func (r *run) listKey(ctx context.Context, w who, seen *diagnose.Evidence) diagnose.Fact[diagnose.Listing] {
	q := question{operation: "ListObjectsV2", detail: "prefix " + printable(r.target.Key), service: "s3", who: w, region: r.region(seen)}
	q.cli = append([]string{"s3api", "list-objects-v2", "--max-keys", "1", "--fetch-owner"}, option("--bucket", r.target.Bucket)...)
	q.cli = append(append(q.cli, option("--prefix", r.target.Key)...), r.payerWords()...)
	in := &s3.ListObjectsV2Input{Bucket: &r.target.Bucket, Prefix: &r.target.Key, MaxKeys: aws.Int32(1), FetchOwner: aws.Bool(true), RequestPayer: r.payer()}
	var out *s3.ListObjectsV2Output
	rep := r.call(ctx, q, func(ctx context.Context) (err error) {
		out, err = r.s3(w, r.region(seen)).ListObjectsV2(ctx, in)
		return err
	})
	return factOf(rep, "s3:ListBucket", func() (l diagnose.Listing) {
		for _, o := range out.Contents {
			if aws.ToString(o.Key) != r.target.Key {
				continue
			}
			l.Found, l.Size, l.StorageClass = true, aws.ToInt64(o.Size), printable(string(o.StorageClass))
			if o.Owner != nil {
				l.OwnerID = printable(aws.ToString(o.Owner.ID))
			}
		}
		return l
	})
}

// nearKeys lists the parent of the key for names that a person could mistake
// for it.
func (r *run) nearKeys(ctx context.Context, w who, seen *diagnose.Evidence) []string {
	parent := r.target.Key[:strings.LastIndexByte(strings.TrimSuffix(r.target.Key, "/"), '/')+1]
	q := question{operation: "ListObjectsV2", detail: "prefix " + printable(parent), service: "s3", who: w, region: r.region(seen)}
	q.cli = append([]string{"s3api", "list-objects-v2", "--max-keys", "1000"}, option("--bucket", r.target.Bucket)...)
	q.cli = append(append(q.cli, option("--prefix", parent)...), r.payerWords()...)
	in := &s3.ListObjectsV2Input{Bucket: &r.target.Bucket, MaxKeys: aws.Int32(nearPage), Prefix: &parent, RequestPayer: r.payer()}
	var out *s3.ListObjectsV2Output
	rep := r.call(ctx, q, func(ctx context.Context) (err error) {
		out, err = r.s3(w, r.region(seen)).ListObjectsV2(ctx, in)
		return err
	})
	if rep.err != nil || out == nil {
		return nil
	}
	var keys []string
	for _, o := range out.Contents {
		keys = append(keys, aws.ToString(o.Key))
	}
	return resembling(r.target.Key, keys)
}

// resembling picks the keys that differ from the one asked for only in case,
// encoding, spaces, slashes or the like.
func resembling(key string, keys []string) []string {
	var near []string
	folded := fold(key)
	for _, k := range keys {
		if k != key && fold(k) == folded && len(near) < maxNear {
			near = append(near, k)
		}
	}
	return near
}

// fold reduces a key to what people remember of it.
func fold(key string) string {
	if decoded, err := url.QueryUnescape(key); err == nil {
		key = decoded
	}
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r), unicode.IsControl(r), r == '+', r == '-', r == '_', r == '/', r == '\\', r == '.', unicode.Is(unicode.Mn, r):
			return -1
		}
		return unicode.ToLower(r)
	}, key)
}

// deleteMarker tells whether the key's current version is a delete marker.
func (r *run) deleteMarker(ctx context.Context, w who, seen *diagnose.Evidence) bool {
	q := question{operation: "ListObjectVersions", detail: "prefix " + printable(r.target.Key), service: "s3", who: w, region: r.region(seen)}
	q.cli = append([]string{"s3api", "list-object-versions", "--max-keys", "10"}, option("--bucket", r.target.Bucket)...)
	q.cli = append(append(q.cli, option("--prefix", r.target.Key)...), r.payerWords()...)
	// S3 sends the newest version first; other stores sort as they like.
	in := &s3.ListObjectVersionsInput{Bucket: &r.target.Bucket, Prefix: &r.target.Key, MaxKeys: aws.Int32(10), RequestPayer: r.payer()}
	var out *s3.ListObjectVersionsOutput
	rep := r.call(ctx, q, func(ctx context.Context) (err error) {
		out, err = r.s3(w, r.region(seen)).ListObjectVersions(ctx, in)
		return err
	})
	if rep.err != nil || out == nil {
		return false
	}
	for _, m := range out.DeleteMarkers {
		if aws.ToString(m.Key) == r.target.Key && aws.ToBool(m.IsLatest) {
			return true
		}
	}
	return false
}

// askObjectACL reads who was granted what by the object's owner. It is the
// effective ACL: what IgnorePublicAcls hides does not show.
func askObjectACL(ctx context.Context, r *run, seen diagnose.Evidence) diagnose.Fact[diagnose.ACL] {
	return either(r, &seen, func(w who) diagnose.Fact[diagnose.ACL] {
		q := question{operation: "GetObjectAcl", service: "s3", who: w, region: r.region(&seen)}
		q.cli = append(append(r.objectWords("get-object-acl"), option("--version-id", r.config.Options.VersionID)...), r.payerWords()...)
		in := &s3.GetObjectAclInput{
			Bucket: &r.target.Bucket, Key: &r.target.Key, VersionId: optional(r.config.Options.VersionID), RequestPayer: r.payer(),
		}
		var out *s3.GetObjectAclOutput
		rep := r.call(ctx, q, func(ctx context.Context) (err error) {
			out, err = r.s3(w, r.region(&seen)).GetObjectAcl(ctx, in)
			return err
		})
		return factOf(rep, "s3:GetObjectAcl", func() diagnose.ACL { return aclOf(out.Owner, out.Grants) })
	})
}

// askObjectTags reads the tags that s3:ExistingObjectTag conditions look at.
func askObjectTags(ctx context.Context, r *run, seen diagnose.Evidence) diagnose.Fact[map[string]string] {
	return either(r, &seen, func(w who) diagnose.Fact[map[string]string] {
		q := question{operation: "GetObjectTagging", service: "s3", who: w, region: r.region(&seen)}
		q.cli = append(append(r.objectWords("get-object-tagging"), option("--version-id", r.config.Options.VersionID)...), r.payerWords()...)
		in := &s3.GetObjectTaggingInput{
			Bucket: &r.target.Bucket, Key: &r.target.Key, VersionId: optional(r.config.Options.VersionID), RequestPayer: r.payer(),
		}
		var out *s3.GetObjectTaggingOutput
		rep := r.call(ctx, q, func(ctx context.Context) (err error) {
			out, err = r.s3(w, r.region(&seen)).GetObjectTagging(ctx, in)
			return err
		})
		return factOf(rep, "s3:GetObjectTagging", func() map[string]string { return tagMap(out.TagSet) })
	})
}
