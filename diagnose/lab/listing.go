package lab

import (
	"context"
	"strings"

	"github.com/rclone/gofakes3"
)

// The listings page by their own, over all that the backend has: its pages
// repeat a common prefix at each border, and say that more follows when what
// follows has another prefix.

// pager takes entries in key order and keeps those of one page.
type pager struct {
	prefix    gofakes3.Prefix
	after     string // the page begins behind this key or common prefix
	max, held int64
	last      string // the newest entry of the page: a key or a common prefix
	more      bool   // entries follow that the page has no room for
}

// The verdicts of place.
const (
	skipped = iota
	listed
	grouped // as a common prefix that is new on the page
)

// place tells what becomes of a key; common is its common prefix when grouped.
// behind tells whether the entry is behind the page's beginning, which for a
// version is not told by its key alone.
func (p *pager) place(key string, behind bool) (verdict int, common string) {
	if p.more || !behind || !strings.HasPrefix(key, p.prefix.Prefix) {
		return skipped, ""
	}
	verdict = listed
	if d := p.prefix.Delimiter; d != "" {
		if i := strings.Index(key[len(p.prefix.Prefix):], d); i >= 0 {
			verdict, common = grouped, key[:len(p.prefix.Prefix)+i+len(d)]
		}
	}
	if verdict == grouped && (common == p.last || common == p.after) {
		return skipped, "" // it stands on this page or an earlier one already
	}
	if p.max > 0 && p.held >= p.max {
		p.more = true
		return skipped, ""
	}
	p.held++
	p.last = key
	if verdict == grouped {
		p.last = common
	}
	return verdict, common
}

// ListBucket implements gofakes3.Backend: it adds owners and storage classes, and
// leaves out keys under a delete marker.
func (s *store) ListBucket(ctx context.Context, bucket string, prefix *gofakes3.Prefix, page gofakes3.ListBucketPage) (*gofakes3.ObjectList, error) {
	all, err := s.Backend.ListBucket(ctx, bucket, &gofakes3.Prefix{HasPrefix: prefix.HasPrefix, Prefix: prefix.Prefix}, gofakes3.ListBucketPage{})
	if err != nil {
		return nil, err
	}
	list := gofakes3.NewObjectList()
	p := pager{prefix: *prefix, after: page.Marker, max: page.MaxKeys}
	for _, c := range all.Contents {
		o := s.current(bucket, c.Key)
		if o == nil || o.Marker {
			continue
		}
		switch verdict, common := p.place(c.Key, c.Key > page.Marker); verdict {
		case grouped:
			list.AddPrefix(common)
		case listed:
			c.StorageClass, c.Owner = gofakes3.StorageClass(orElse(o.Class, "STANDARD")), &gofakes3.UserInfo{ID: o.owner.canonical}
			c.ETag, c.LastModified = orElse(o.etag, c.ETag), gofakes3.NewContentTime(o.at)
			list.Add(c)
		}
	}
	if p.more {
		list.IsTruncated, list.NextMarker = true, p.last
	}
	return list, nil
}

// ListBucketVersions implements gofakes3.VersionedBackend.
func (s *store) ListBucketVersions(bucket string, prefix *gofakes3.Prefix, page *gofakes3.ListBucketVersionsPage) (*gofakes3.ListBucketVersionsResult, error) {
	all, err := s.Backend.ListBucketVersions(bucket, &gofakes3.Prefix{HasPrefix: prefix.HasPrefix, Prefix: prefix.Prefix}, nil)
	if err != nil {
		return nil, err
	}
	result := gofakes3.NewListBucketVersionsResult(bucket, prefix, page)
	p := pager{prefix: *prefix, after: page.KeyMarker, max: page.MaxKeys}
	past := !page.HasVersionIDMarker // whether the marker's own version has gone by
	items := all.Versions
	if v, err := s.Backend.VersioningConfiguration(bucket); err == nil && v.Status != gofakes3.VersioningNone {
		items = s.newestFirst(bucket, items)
	} else {
		s.presentOnly(bucket, items)
	}
	for _, item := range items {
		key := keyOf(item)
		behind := key > page.KeyMarker || key == page.KeyMarker && page.HasVersionIDMarker && past
		past = past || key == page.KeyMarker && versionID(item) == page.VersionIDMarker
		switch verdict, common := p.place(key, behind); verdict {
		case grouped:
			result.AddPrefix(common)
			result.NextVersionIDMarker = ""
		case listed:
			result.Versions = append(result.Versions, item)
			result.NextVersionIDMarker = versionID(item)
		}
	}
	result.IsTruncated, result.NextKeyMarker = p.more, p.last
	if !p.more {
		result.NextKeyMarker, result.NextVersionIDMarker = "", ""
	}
	return result, nil
}

// versionID is the id as clients see it.
func versionID(item gofakes3.VersionItem) gofakes3.VersionID {
	if id := item.GetVersionID(); id != "" {
		return id
	}
	return nullVersion
}

// presentOnly presents the objects of a bucket that never had versions.
func (s *store) presentOnly(bucket string, items []gofakes3.VersionItem) {
	for _, item := range items {
		if o := s.current(bucket, keyOf(item)); o != nil {
			o.present(item, true)
		}
		if v, ok := item.(*gofakes3.Version); ok {
			v.VersionID = "" // which gofakes3 writes as "null"
		}
	}
}
