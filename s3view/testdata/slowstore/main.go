// Slowstore is a listing-only S3 for comparisons: one bucket "million" of
// synthetic keys, each page of which takes a while, as on a long line.
//
//	go run ./s3view/testdata/slowstore -keys 1000000 -delay 100ms -addr 127.0.0.1:9777
//
// then, with any credentials in the environment,
//
//	time s403 find s3://million --summary --endpoint-url http://127.0.0.1:9777
//	time aws s3 ls --recursive s3://million --endpoint-url http://127.0.0.1:9777 >/dev/null
package main

import (
	"bytes"
	"flag"
	"fmt"
	"log"
	"net/http"
	"net/url"
	"sort"
	"strconv"
	"strings"
	"time"
)

func main() {
	keys := flag.Int("keys", 1_000_000, "keys in the bucket")
	delay := flag.Duration("delay", 100*time.Millisecond, "for each page")
	flat := flag.Bool("flat", false, "no slashes in the keys: one level of them all")
	addr := flag.String("addr", "127.0.0.1:9777", "to listen on")
	flag.Parse()
	s := newStore(*keys, *delay, *flat)
	log.Printf("http://%s, bucket million, %d keys, %v a page", *addr, *keys, *delay)
	log.Fatal(http.ListenAndServe(*addr, s)) //nolint:gosec // a tool for one machine
}

type store struct {
	keys  []string
	delay time.Duration
}

// newStore makes all keys beforehand, so that the time goes to the listers.
func newStore(n int, delay time.Duration, flat bool) *store {
	s := &store{keys: make([]string, n), delay: delay}
	for i := range s.keys {
		s.keys[i] = key(i)
		if flat {
			s.keys[i] = strings.ReplaceAll(s.keys[i], "/", "-")
		}
	}
	return s
}

// key i of the bucket: dates and numbers, as log archives have them.
func key(i int) string {
	at := time.Date(2021, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(i) * 150 * time.Second)
	return at.Format("logs/2006/01/02/15/") + fmt.Sprintf("part-%07d.gz", i)
}

func (s *store) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	switch {
	case r.URL.Path == "/":
		_, _ = fmt.Fprint(w, `<ListAllMyBucketsResult><Buckets><Bucket><Name>million</Name><CreationDate>2026-01-01T00:00:00Z</CreationDate></Bucket></Buckets></ListAllMyBucketsResult>`)
	case q.Has("location"):
		_, _ = fmt.Fprint(w, `<LocationConstraint></LocationConstraint>`)
	case r.Method == http.MethodHead:
		w.Header().Set("X-Amz-Bucket-Region", "us-east-1")
	case r.Method == http.MethodGet && strings.Count(strings.Trim(r.URL.Path, "/"), "/") == 0:
		time.Sleep(s.delay)
		s.list(w, q)
	default:
		w.WriteHeader(http.StatusNotFound)
	}
}

// list answers ListObjects and ListObjectsV2 of all keys below the prefix,
// without a delimiter.
func (s *store) list(w http.ResponseWriter, q url.Values) {
	after := q.Get("prefix")
	for _, name := range []string{"start-after", "marker", "continuation-token"} {
		after = max(after, q.Get(name))
	}
	size, err := strconv.Atoi(q.Get("max-keys"))
	if err != nil || size > 1000 {
		size = 1000
	}
	first := sort.Search(len(s.keys), func(i int) bool { return s.keys[i] > after })
	b := bytes.NewBuffer(make([]byte, 0, 256*size+1024))
	b.WriteString(`<?xml version="1.0" encoding="UTF-8"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>million</Name>`)
	n, last := 0, ""
	prefix := q.Get("prefix")
	for i := first; i < len(s.keys) && n < size && strings.HasPrefix(s.keys[i], prefix); i, n = i+1, n+1 {
		last = s.keys[i]
		b.WriteString("<Contents><Key>")
		b.WriteString(last)
		b.WriteString(`</Key><LastModified>2026-10-02T09:14:07.000Z</LastModified><ETag>&quot;9dd4e461268c8034f5c8564e155c67a6&quot;</ETag><Size>1234</Size><StorageClass>STANDARD</StorageClass></Contents>`)
	}
	more := first+n < len(s.keys) && n == size
	fmt.Fprintf(b, "<KeyCount>%d</KeyCount><MaxKeys>%d</MaxKeys><IsTruncated>%t</IsTruncated>", n, size, more)
	if more {
		fmt.Fprintf(b, "<NextContinuationToken>%s</NextContinuationToken><NextMarker>%s</NextMarker>", last, last)
	}
	b.WriteString("</ListBucketResult>")
	_, _ = w.Write(b.Bytes())
}
