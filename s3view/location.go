package s3view

import (
	"net/url"
	"strings"
	"time"
)

// A Location is a place in a store: a bucket, a prefix in it, an object, or one
// version of an object. The zero value is the list of buckets. Locations are
// comparable but for Presigned, which is nil for all but presigned URLs.
type Location struct {
	// Bucket is a bucket name, or the ARN of an access point, which stands
	// where a bucket name does. Empty: the list of buckets.
	Bucket string
	// Key is an object key, or a prefix: whatever is empty or ends in "/" is
	// browsed as a prefix.
	Key string
	// VersionID selects one version; empty is the current one.
	VersionID string
	// Region is the region that the URL or ARN named; empty when it named none.
	Region string
	// Endpoint is scheme://host[:port] of a URL at another store than AWS, or of a
	// website endpoint; empty otherwise.
	Endpoint string
	// Website tells that the URL was one of a website endpoint, which serves web
	// pages and not the API (S3 User Guide, "Website endpoints").
	Website bool
	// Presigned holds what a presigned URL said about itself.
	Presigned *Presigned
}

// Presigned is what can be read off a presigned URL. The URL itself, which is a
// credential, is kept out of every rendering; only URL hands it over.
type Presigned struct {
	SignedAt    time.Time     // X-Amz-Date; zero for signature version 2
	Expires     time.Duration // how long it is valid from SignedAt on
	ExpiresAt   time.Time     // the moment it ends
	Version2    bool          // signed with signature version 2
	AccessKeyID string        // first and last four characters
	Token       bool          // a session token goes with it
	raw         func() string // a function, so that no way of printing shows the URL
}

// URL returns the presigned URL itself. It is a secret: whoever holds it may
// make the request.
func (p *Presigned) URL() string {
	if p == nil || p.raw == nil {
		return ""
	}
	return p.raw()
}

// String says when the URL ends and never shows it.
func (p *Presigned) String() string {
	if p == nil {
		return "not presigned"
	}
	return "presigned until " + p.ExpiresAt.UTC().Format(time.RFC3339)
}

// GoString keeps the URL out of %#v as String keeps it out of %v.
func (p *Presigned) GoString() string { return p.String() }

// Kind tells what sort of thing the bucket part of a Location names.
type Kind uint8

// The kinds of name that can stand where a bucket name does (S3 User Guide,
// "Using access points", "Directory buckets", "Object Lambda").
const (
	BucketKind Kind = iota
	AccessPointKind
	MultiRegionAccessPointKind
	ObjectLambdaKind
	DirectoryBucketKind
	WebsiteKind
)

// Kind tells what the bucket part names.
func (l Location) Kind() Kind {
	switch {
	case l.Website:
		return WebsiteKind
	case strings.HasSuffix(l.Bucket, "--x-s3"):
		return DirectoryBucketKind
	case strings.HasSuffix(l.Bucket, "-s3alias"):
		return AccessPointKind // by the alias that stands for its ARN
	case strings.HasSuffix(l.Bucket, multiRegionSuffix):
		return MultiRegionAccessPointKind // by ARN or by alias
	case !strings.HasPrefix(l.Bucket, "arn:"):
		return BucketKind
	case strings.Contains(l.Bucket, ":s3-object-lambda:"):
		return ObjectLambdaKind
	}
	return AccessPointKind
}

// Root tells whether this is the list of buckets.
func (l Location) Root() bool { return l.Bucket == "" }

// IsPrefix tells whether the place is browsed as a folder: a bucket, or a key
// that ends in "/".
func (l Location) IsPrefix() bool { return l.Key == "" || strings.HasSuffix(l.Key, "/") }

// Name is the last part of the key with its trailing "/", or the bucket's name.
func (l Location) Name() string {
	if l.Key == "" {
		return l.Bucket
	}
	trimmed := strings.TrimSuffix(l.Key, "/")
	return l.Key[strings.LastIndexByte(trimmed, '/')+1:]
}

// Parent is the place one step up: the prefix that holds the key, then the
// bucket, then the list of buckets, which is its own parent.
func (l Location) Parent() Location {
	if l.Key == "" {
		return Location{Endpoint: l.Endpoint}
	}
	up := l
	up.VersionID, up.Presigned = "", nil
	up.Key = l.Key[:len(l.Key)-len(l.Name())]
	return up
}

// At is the same bucket at another key, in its current version.
func (l Location) At(key string) Location {
	l.Key, l.VersionID, l.Presigned = key, "", nil
	return l
}

// Version is the same object in the version id.
func (l Location) Version(id string) Location {
	l.VersionID, l.Presigned = id, nil
	return l
}

// String prints the location as the URI that ParseURI reads back:
// s3://bucket/key, with ?versionId= for a version. It holds no secret.
func (l Location) String() string {
	if l.Bucket == "" {
		return "s3://"
	}
	s := "s3://" + l.Bucket
	if l.Key != "" {
		s += "/" + l.Key
	}
	if l.VersionID != "" {
		s += "?versionId=" + url.QueryEscape(l.VersionID)
	}
	return s
}
