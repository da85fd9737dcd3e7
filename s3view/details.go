package s3view

import (
	"cmp"
	"context"
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

// Tags returns the object's tags by name, or one field "tags" that says why
// there are none to show.
func (st *Store) Tags(ctx context.Context, at Location) []Field {
	action := "s3:GetObjectTagging"
	if at.VersionID != "" {
		action = "s3:GetObjectVersionTagging"
	}
	in := &s3.GetObjectTaggingInput{Bucket: &at.Bucket, Key: &at.Key, VersionId: optional(at.VersionID),
		ExpectedBucketOwner: optional(st.session.opts.ExpectedOwner), RequestPayer: st.payer()}
	out, _, err := do(ctx, st, "GetObjectTagging", at, func(ctx context.Context, c *s3.Client) (*s3.GetObjectTaggingOutput, error) {
		return c.GetObjectTagging(ctx, in)
	})
	if err != nil {
		return []Field{unknown("tags", action, err, "NoSuchTagSet", "NoSuchTagSetError")}
	}
	return tagFields(out.TagSet, action)
}

func tagFields(tags []types.Tag, action string) []Field {
	if len(tags) == 0 {
		return []Field{{Name: "tags", State: NotConfigured, Action: action}}
	}
	fields := make([]Field, len(tags))
	for i := range tags {
		fields[i] = Field{Name: aws.ToString(tags[i].Key), Value: aws.ToString(tags[i].Value), Action: action}
	}
	sort.Slice(fields, func(i, j int) bool { return fields[i].Name < fields[j].Name })
	return fields
}

// payer is the header by which the caller agrees to pay.
func (st *Store) payer() types.RequestPayer {
	if st.session.opts.RequestPayer {
		return types.RequestPayerRequester
	}
	return ""
}

// ACL returns the object's owner and grants, or the bucket's when the location
// has no key.
func (st *Store) ACL(ctx context.Context, at Location) []Field {
	owner, grants, action, err := st.acl(ctx, at)
	if err != nil {
		return []Field{unknown("owner and grants", action, err, "AccessControlListNotSupported")}
	}
	fields := []Field{{Name: "owner", Value: nameOfOwner(owner), Action: action}}
	for i := range grants {
		g := &grants[i]
		fields = append(fields, Field{Name: granteeName(g.Grantee), Value: string(g.Permission), Action: action})
	}
	return fields
}

func (st *Store) acl(ctx context.Context, at Location) (*types.Owner, []types.Grant, string, error) {
	if at.Key == "" {
		in := &s3.GetBucketAclInput{Bucket: &at.Bucket, ExpectedBucketOwner: optional(st.session.opts.ExpectedOwner)}
		out, _, err := do(ctx, st, "GetBucketAcl", at, func(ctx context.Context, c *s3.Client) (*s3.GetBucketAclOutput, error) {
			return c.GetBucketAcl(ctx, in)
		})
		if err != nil {
			return nil, nil, "s3:GetBucketAcl", err
		}
		return out.Owner, out.Grants, "s3:GetBucketAcl", nil
	}
	action := "s3:GetObjectAcl"
	if at.VersionID != "" {
		action = "s3:GetObjectVersionAcl"
	}
	in := &s3.GetObjectAclInput{Bucket: &at.Bucket, Key: &at.Key, VersionId: optional(at.VersionID),
		ExpectedBucketOwner: optional(st.session.opts.ExpectedOwner), RequestPayer: st.payer()}
	out, _, err := do(ctx, st, "GetObjectAcl", at, func(ctx context.Context, c *s3.Client) (*s3.GetObjectAclOutput, error) {
		return c.GetObjectAcl(ctx, in)
	})
	if err != nil {
		return nil, nil, action, err
	}
	return out.Owner, out.Grants, action, nil
}

// unnamed is whom an ACL does not name: MinIO answers with one that has a grant
// and no names.
const unnamed = "(not named)"

func nameOfOwner(o *types.Owner) string {
	if o == nil {
		return unnamed
	}
	if name := aws.ToString(o.DisplayName); name != "" {
		return name + " (" + aws.ToString(o.ID) + ")"
	}
	return cmp.Or(aws.ToString(o.ID), unnamed)
}

// granteeName says who a grant is for. The two predefined groups make an object
// public (User Guide, "Access control list overview").
func granteeName(g *types.Grantee) string {
	if g == nil {
		return unnamed
	}
	switch uri := aws.ToString(g.URI); {
	case strings.HasSuffix(uri, "/AllUsers"):
		return "everyone (public)"
	case strings.HasSuffix(uri, "/AuthenticatedUsers"):
		return "anyone with an AWS account (public)"
	case uri != "":
		return uri[strings.LastIndexByte(uri, '/')+1:]
	}
	return cmp.Or(aws.ToString(g.DisplayName), aws.ToString(g.EmailAddress), aws.ToString(g.ID), unnamed)
}

// A Version is one version of an object, or a delete marker.
type Version struct {
	Key          string
	ID           string // "null" for one written before versioning
	Latest       bool   // what a request without a version id gets
	DeleteMarker bool   // stands for "deleted here": has no content
	Size         int64
	Modified     time.Time
	ETag         string
	Class        string
}

// Versions are one page of versions, of each key the newest first.
type Versions struct {
	Entries []Version
	Next    string // token of the next page; "" after the last
}

// Versions lists the versions and delete markers of the object at the location,
// or of everything below it when it is a prefix.
func (st *Store) Versions(ctx context.Context, at Location, token string) (Versions, error) {
	key, id, _ := strings.Cut(token, "\x00")
	in := &s3.ListObjectVersionsInput{Bucket: &at.Bucket, Prefix: optional(at.Key), KeyMarker: optional(key),
		VersionIdMarker: optional(id), EncodingType: types.EncodingTypeUrl, RequestPayer: st.payer(),
		ExpectedBucketOwner: optional(st.session.opts.ExpectedOwner)}
	out, _, err := do(ctx, st, "ListObjectVersions", at, func(ctx context.Context, c *s3.Client) (*s3.ListObjectVersionsOutput, error) {
		return c.ListObjectVersions(ctx, in)
	})
	if err != nil {
		return Versions{}, err
	}
	page := versionsOf(out)
	if !at.IsPrefix() {
		return page.only(at.Key), nil
	}
	return page, nil
}

func versionsOf(out *s3.ListObjectVersionsOutput) Versions {
	encoded := out.EncodingType == types.EncodingTypeUrl
	var page Versions
	for i := range out.Versions {
		v := &out.Versions[i]
		page.Entries = append(page.Entries, Version{Key: keyOf(v.Key, encoded), ID: aws.ToString(v.VersionId),
			Latest: aws.ToBool(v.IsLatest), Size: aws.ToInt64(v.Size), Modified: aws.ToTime(v.LastModified),
			ETag: strings.Trim(aws.ToString(v.ETag), `"`), Class: string(v.StorageClass)})
	}
	for i := range out.DeleteMarkers {
		m := &out.DeleteMarkers[i]
		page.Entries = append(page.Entries, Version{Key: keyOf(m.Key, encoded), ID: aws.ToString(m.VersionId),
			Latest: aws.ToBool(m.IsLatest), DeleteMarker: true, Modified: aws.ToTime(m.LastModified)})
	}
	slices.SortStableFunc(page.Entries, func(a, b Version) int {
		latest := 0
		if a.Latest != b.Latest {
			latest = map[bool]int{true: -1, false: 1}[a.Latest]
		}
		return cmp.Or(strings.Compare(a.Key, b.Key), latest, b.Modified.Compare(a.Modified))
	})
	if aws.ToBool(out.IsTruncated) {
		page.Next = keyOf(out.NextKeyMarker, encoded) + "\x00" + aws.ToString(out.NextVersionIdMarker)
	}
	return page
}

// only keeps one key's versions. A listing by prefix goes on to longer keys,
// where the versions of this one have ended.
func (v Versions) only(key string) Versions {
	v.Entries = slices.DeleteFunc(v.Entries, func(e Version) bool { return e.Key != key })
	if marker, _, _ := strings.Cut(v.Next, "\x00"); marker != key {
		v.Next = ""
	}
	return v
}
