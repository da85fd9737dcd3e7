package s3view

import (
	"context"
	"net/url"
	"slices"
	"sort"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

// A Bucket is one line of the list of buckets.
type Bucket struct {
	Name    string
	Created time.Time // zero where the store does not say
	Region  string    // "" where the store does not say
}

// An Entry is one line of a listing: an object, or a prefix that holds more.
type Entry struct {
	Key      string // whole key, or whole prefix with its trailing delimiter
	Prefix   bool   // a common prefix: only Key is set
	Size     int64  // bytes
	Modified time.Time
	ETag     string // without quotes
	Class    string // storage class; "" where the store does not say
}

// Name is the part of the entry's key below the listed prefix.
func (e Entry) Name(listed string) string { return strings.TrimPrefix(e.Key, listed) }

// A Page is one answer of ListObjectsV2, prefixes and objects together in key order.
type Page struct {
	Entries []Entry
	Next    string // token of the next page; "" after the last
	More    bool   // there is a next page
	Moved   string // the bucket's region, when it was found there only by following it
}

// Buckets lists the buckets of the caller's account, of all regions, by name.
// Many may not list buckets and may read some all the same: a denial here says
// nothing about them.
func (st *Store) Buckets(ctx context.Context) ([]Bucket, error) {
	var all []Bucket
	in := &s3.ListBucketsInput{}
	for range maxBucketPages {
		out, _, err := do(ctx, st, "ListBuckets", Location{}, func(ctx context.Context, c *s3.Client) (*s3.ListBucketsOutput, error) {
			return c.ListBuckets(ctx, in)
		})
		if err != nil {
			return all, err
		}
		for i := range out.Buckets {
			b := &out.Buckets[i]
			all = append(all, Bucket{aws.ToString(b.Name), aws.ToTime(b.CreationDate), aws.ToString(b.BucketRegion)})
			st.learn(aws.ToString(b.Name), aws.ToString(b.BucketRegion))
		}
		next := aws.ToString(out.ContinuationToken)
		if next == "" || next == aws.ToString(in.ContinuationToken) {
			break
		}
		in.ContinuationToken = &next
	}
	sort.Slice(all, func(i, j int) bool { return all[i].Name < all[j].Name })
	return all, nil
}

// maxBucketPages ends a list of buckets that never ends: an account has at most
// a million buckets, a page at most 10,000.
const maxBucketPages = 1000

// A Listing says what to list.
type Listing struct {
	At         Location // bucket and prefix
	Recursive  bool     // all keys below, no common prefixes
	Token      string   // Next of the page before; "" for the first
	StartAfter string   // only entries after this one, a key or a common prefix; not with Token
	Max        int      // entries a page, 1..1000; 0 is the store's own measure
	Once       bool     // what fails is not tried again: the caller keeps the pace
}

// ListPage returns one page of what is right below the prefix, its common
// prefixes and its objects, or of all keys below it.
func (st *Store) ListPage(ctx context.Context, l Listing) (Page, error) {
	in := st.listInput(l)
	page, moved, err := do(ctx, st, "ListObjectsV2", l.At, func(ctx context.Context, c *s3.Client) (Page, error) {
		var page Page
		reader := &listReader{page: &page}
		out, err := c.ListObjectsV2(ctx, in, func(o *s3.Options) {
			o.APIOptions = append(slices.Clip(o.APIOptions), reader.addTo)
			if l.Once {
				o.Retryer = aws.NopRetryer{}
			}
		})
		if err == nil && !reader.read {
			page = pageOf(out)
		}
		return page, err
	})
	page.Moved = moved
	if past := l.past(); past != l.StartAfter { // a key after past may lie below the prefix
		for len(page.Entries) > 0 && page.Entries[0].Prefix && page.Entries[0].Key <= l.StartAfter {
			page.Entries = page.Entries[1:]
		}
	}
	return page, err
}

// past is StartAfter as the request has it: S3 would answer with a common prefix
// again for the keys below it, so it is asked for what comes after all of them.
func (l Listing) past() string {
	if l.Recursive || l.Token != "" || len(l.StartAfter) <= len(l.At.Key) || !strings.HasSuffix(l.StartAfter, "/") {
		return l.StartAfter
	}
	return l.StartAfter + string(utf8.MaxRune)
}

// listInput asks for url encoding: XML cannot carry every character that a key
// may hold (API Reference, ListObjectsV2, EncodingType).
func (st *Store) listInput(l Listing) *s3.ListObjectsV2Input {
	in := &s3.ListObjectsV2Input{
		Bucket: &l.At.Bucket, Prefix: optional(l.At.Key), EncodingType: types.EncodingTypeUrl,
		ContinuationToken: optional(l.Token), StartAfter: optional(l.past()),
		ExpectedBucketOwner: optional(st.session.opts.ExpectedOwner),
	}
	if !l.Recursive {
		in.Delimiter = aws.String("/")
	}
	if l.Max > 0 {
		in.MaxKeys = aws.Int32(int32(min(l.Max, 1000))) //nolint:gosec // at most 1000
	}
	if st.session.opts.RequestPayer {
		in.RequestPayer = types.RequestPayerRequester
	}
	return in
}

func optional(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// pageOf turns an answer into a page: keys decoded, prefixes merged in order.
func pageOf(out *s3.ListObjectsV2Output) Page {
	encoded := out.EncodingType == types.EncodingTypeUrl
	p := Page{Entries: make([]Entry, 0, len(out.Contents)+len(out.CommonPrefixes))}
	for i := range out.Contents {
		o := &out.Contents[i]
		p.Entries = append(p.Entries, Entry{
			Key: keyOf(o.Key, encoded), Size: aws.ToInt64(o.Size), Modified: aws.ToTime(o.LastModified),
			ETag: strings.Trim(aws.ToString(o.ETag), `"`), Class: string(o.StorageClass),
		})
	}
	objects := len(p.Entries)
	for i := range out.CommonPrefixes {
		p.Entries = append(p.Entries, Entry{Key: keyOf(out.CommonPrefixes[i].Prefix, encoded), Prefix: true})
	}
	if objects > 0 && len(p.Entries) > objects {
		sort.SliceStable(p.Entries, func(i, j int) bool { return p.Entries[i].Key < p.Entries[j].Key })
	}
	if p.More = aws.ToBool(out.IsTruncated); p.More {
		p.Next = aws.ToString(out.NextContinuationToken)
	}
	return p
}

// keyOf undoes url encoding; a key that is not encoded is taken as it is.
func keyOf(p *string, encoded bool) string {
	s := aws.ToString(p)
	if !encoded || !strings.ContainsAny(s, "%+") {
		return s
	}
	if d, err := url.QueryUnescape(s); err == nil {
		return d
	}
	return s
}
