package s3view

import (
	"encoding/xml"
	"fmt"
	"net/url"
	"slices"
	"sort"
	"strings"
	"testing"
	"time"
)

// reference is a listing as encoding/xml reads it.
type reference struct {
	XMLName               xml.Name `xml:"ListBucketResult"`
	EncodingType          string
	IsTruncated           bool
	NextContinuationToken string
	Contents              []struct {
		Key, ETag, StorageClass string
		Size                    int64
		LastModified            time.Time
	}
	CommonPrefixes []struct{ Prefix string }
}

func readPlainly(body []byte) (Page, error) {
	var r reference
	if err := xml.Unmarshal(body, &r); err != nil {
		return Page{}, err
	}
	decode := func(s string) string {
		if d, err := url.QueryUnescape(s); err == nil && r.EncodingType == "url" {
			return d
		}
		return s
	}
	p := Page{Entries: []Entry{}, More: r.IsTruncated}
	if p.More {
		p.Next = r.NextContinuationToken
	}
	for _, c := range r.Contents {
		p.Entries = append(p.Entries, Entry{Key: decode(c.Key), Size: c.Size, Modified: c.LastModified.UTC(),
			ETag: strings.Trim(c.ETag, `"`), Class: c.StorageClass})
	}
	for _, c := range r.CommonPrefixes {
		p.Entries = append(p.Entries, Entry{Key: decode(c.Prefix), Prefix: true})
	}
	if len(r.CommonPrefixes) > 0 {
		sort.SliceStable(p.Entries, func(i, j int) bool { return p.Entries[i].Key < p.Entries[j].Key })
	}
	return p, nil
}

// listings as AWS, MinIO and Ceph write them.
var listings = []string{
	`<?xml version="1.0" encoding="UTF-8"?>
<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>b</Name><Prefix>p&amp;q/</Prefix><KeyCount>3</KeyCount><MaxKeys>1000</MaxKeys><EncodingType>url</EncodingType><IsTruncated>true</IsTruncated><NextContinuationToken>1ueGcxLPRx1Tr/XYExHnhbYLgveDs2J/wm36Hy4vbOwM=</NextContinuationToken><Contents><Key>p/a%0Ab</Key><LastModified>2026-10-02T09:14:07.000Z</LastModified><ETag>&quot;9dd4e461268c8034f5c8564e155c67a6&quot;</ETag><Size>18240</Size><Owner><ID>75aa</ID><DisplayName>ana</DisplayName></Owner><ChecksumAlgorithm>CRC64NVME</ChecksumAlgorithm><StorageClass>STANDARD</StorageClass></Contents><Contents><Key>p/z%2Bz+%E6%BC%A2</Key><LastModified>2026-10-02T09:14:07Z</LastModified><ETag>"e-3"</ETag><Size>0</Size><StorageClass>GLACIER</StorageClass><RestoreStatus><IsRestoreInProgress>false</IsRestoreInProgress></RestoreStatus></Contents><CommonPrefixes><Prefix>p/m/</Prefix></CommonPrefixes></ListBucketResult>`,
	`<ListBucketResult><Name>b</Name><Prefix></Prefix><Delimiter/><IsTruncated>false</IsTruncated><Contents><Key>a &lt;b&gt; &#x20AC; &#38; 100%25+</Key><Size>1</Size></Contents></ListBucketResult>`,
	`<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>`,
	`<ListBucketResult><Contents><Key>a</Key></Contents><Contents><Key>b</Key></Contents></Contents>`,
	`<html><body>login</body></html>`,
	`<ListBucketResult><!-- c --><Contents><Key><![CDATA[a]]></Key></Contents></ListBucketResult>`,
}

// FuzzReadList holds readList to encoding/xml: what it reads it reads the same.
func FuzzReadList(f *testing.F) {
	for _, l := range listings {
		f.Add([]byte(l))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		got, ok := readList(body)
		want, err := readPlainly(body)
		if !ok || err != nil {
			return
		}
		// Where a value has elements inside it, or twice, the two may choose differently.
		if len(got.Entries) != len(want.Entries) {
			t.Fatalf("%d entries, want %d", len(got.Entries), len(want.Entries))
		}
	})
}

func TestReadList(t *testing.T) {
	for i, l := range listings {
		got, ok := readList([]byte(l))
		if i >= 3 {
			if ok {
				t.Errorf("listing %d was read as %+v", i, got)
			}
			continue
		}
		want, err := readPlainly([]byte(l))
		if err != nil || !ok || !slices.Equal(got.Entries, want.Entries) || got.Next != want.Next || got.More != want.More {
			t.Errorf("listing %d: %+v, %t; want %+v, %v", i, got, ok, want, err)
		}
	}
}

// listingOf is an answer of n keys.
func listingOf(n int) []byte {
	var b strings.Builder
	b.WriteString(`<ListBucketResult><EncodingType>url</EncodingType>`)
	for i := range n {
		fmt.Fprintf(&b, "<Contents><Key>logs/2026/10/02/part-%05d.gz</Key><LastModified>2026-10-02T09:14:07.000Z</LastModified>"+
			"<ETag>&quot;9dd4e461268c8034f5c8564e155c67a6&quot;</ETag><Size>%d</Size><StorageClass>STANDARD</StorageClass></Contents>", i, i*7)
	}
	b.WriteString(`</ListBucketResult>`)
	return []byte(b.String())
}

// BenchmarkReadList is one page of a thousand keys.
func BenchmarkReadList(b *testing.B) {
	body := listingOf(1000)
	b.ReportAllocs()
	for b.Loop() {
		if p, ok := readList(body); !ok || len(p.Entries) != 1000 {
			b.Fatal("not read")
		}
	}
}
