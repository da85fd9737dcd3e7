package lab

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/rclone/gofakes3"
)

// maxEntries is how many entries a page has at the most.
const maxEntries = 1000

// pageSize reads a page's size from the query.
func pageSize(query url.Values, name string) (int, *apiError) {
	text := query.Get(name)
	if text == "" {
		return maxEntries, nil
	}
	n, err := strconv.ParseInt(text, 10, 32)
	if err != nil || n < 0 {
		return 0, badArgument(name, text, "Provided "+name+" not an integer or within integer range")
	}
	return min(int(n), maxEntries), nil
}

// badArgument refuses a query parameter.
func badArgument(name, value, message string) *apiError {
	return failure(http.StatusBadRequest, "InvalidArgument", message, element{"ArgumentName", name}, element{"ArgumentValue", value})
}

// listObjects answers both versions of ListObjects.
func (q *s3Request) listObjects() *apiError {
	if err := q.allowed(q.op.action, "", nil); err != nil {
		return err
	}
	query := q.r.URL.Query()
	if _, err := pageSize(query, "max-keys"); err != nil {
		return err
	}
	if v := query.Get("encoding-type"); v != "" && v != "url" {
		return badArgument("encoding-type", v, "Invalid Encoding Method specified in Request")
	}
	return q.deliver(write{})
}

// pending is an upload under way, as it is listed.
type pending struct {
	id string
	*upload
}

// pendingIn are the bucket's uploads under way, by key and then by their age
// (API_ListMultipartUploads).
func (u *uploads) pendingIn(bucket string) []pending {
	u.mu.Lock()
	defer u.mu.Unlock()
	var all []pending
	for id, up := range u.byID {
		if up.bucket == bucket {
			all = append(all, pending{string(id), up})
		}
	}
	slices.SortFunc(all, func(a, b pending) int {
		if c := strings.Compare(a.key, b.key); c != 0 {
			return c
		}
		if c := a.begun.Compare(b.begun); c != 0 {
			return c
		}
		return strings.Compare(a.id, b.id)
	})
	return all
}

// listUploads answers ListMultipartUploads.
func (q *s3Request) listUploads() *apiError {
	if err := q.allowed(q.op.action, "", nil); err != nil {
		return err
	}
	query := q.r.URL.Query()
	size, refused := pageSize(query, "max-uploads")
	if refused != nil {
		return refused
	}
	write := escape
	if query.Get("encoding-type") == "url" {
		write = func(s string) string { return escape(urlEncoded(s)) }
	}
	keyMarker, idMarker := query.Get("key-marker"), query.Get("upload-id-marker")
	p := pager{prefix: gofakes3.NewPrefix(nil, nil), after: keyMarker, max: int64(size)}
	p.prefix.Prefix, p.prefix.Delimiter = query.Get("prefix"), query.Get("delimiter")
	var entries, prefixes strings.Builder
	past, nextID := idMarker == "", ""
	for _, up := range q.store.uploads.pendingIn(q.bucket.Name) {
		behind := up.key > keyMarker || up.key == keyMarker && idMarker != "" && past
		past = past || up.id == idMarker
		switch verdict, common := p.place(up.key, behind); verdict {
		case grouped:
			nextID = ""
			prefixes.WriteString("<CommonPrefixes><Prefix>" + write(common) + "</Prefix></CommonPrefixes>")
		case listed:
			nextID = up.id
			owner := up.write.owner.canonical
			fmt.Fprintf(&entries, "<Upload><Key>%s</Key><UploadId>%s</UploadId><Initiator><ID>%s</ID></Initiator><Owner><ID>%s</ID></Owner><StorageClass>%s</StorageClass><Initiated>%s</Initiated></Upload>",
				write(up.key), up.id, owner, owner, orElse(up.write.class, "STANDARD"), up.begun.UTC().Format(time.RFC3339))
		}
	}
	next := ""
	if p.more {
		next = "<NextKeyMarker>" + write(p.last) + "</NextKeyMarker><NextUploadIdMarker>" + nextID + "</NextUploadIdMarker>"
	}
	return q.xml(fmt.Sprintf("<ListMultipartUploadsResult %s><Bucket>%s</Bucket><KeyMarker>%s</KeyMarker><UploadIdMarker>%s</UploadIdMarker>%s%s<MaxUploads>%d</MaxUploads><IsTruncated>%t</IsTruncated>%s%s</ListMultipartUploadsResult>",
		s3Namespace, q.name, write(keyMarker), escape(idMarker), next, echo(query, write), size, p.more, entries.String(), prefixes.String()))
}

// echo repeats the parameters of a listing that are told only when given.
func echo(query url.Values, write func(string) string) string {
	var b strings.Builder
	for _, name := range []struct{ parameter, element string }{{"prefix", "Prefix"}, {"delimiter", "Delimiter"}, {"encoding-type", "EncodingType"}} {
		if v := query.Get(name.parameter); v != "" {
			fmt.Fprintf(&b, "<%s>%s</%[1]s>", name.element, write(v))
		}
	}
	return b.String()
}

// urlEncoded is a key as encoding-type=url has it: a slash stays.
func urlEncoded(key string) string {
	return strings.ReplaceAll(url.QueryEscape(key), "%2F", "/")
}

// partsOf are the upload's parts so far, in their order.
func (u *uploads) partsOf(bucket, key, id string) (up *upload, numbers []int, parts map[int]part) {
	u.mu.Lock()
	defer u.mu.Unlock()
	up = u.byID[gofakes3.UploadID(id)]
	if up == nil || up.bucket != bucket || up.key != key {
		return nil, nil, nil
	}
	return up, slices.Sorted(maps.Keys(up.parts)), maps.Clone(up.parts)
}

// listParts answers ListParts.
func (q *s3Request) listParts() *apiError {
	if err := q.allowed(q.op.action, q.key, nil); err != nil {
		return err
	}
	query := q.r.URL.Query()
	size, refused := pageSize(query, "max-parts")
	if refused != nil {
		return refused
	}
	id := query.Get("uploadId")
	up, numbers, parts := q.store.uploads.partsOf(q.bucket.Name, q.key, id)
	if up == nil {
		return noSuchUpload()
	}
	after, _ := strconv.Atoi(query.Get("part-number-marker")) // what is no number is none
	numbers = slices.DeleteFunc(numbers, func(n int) bool { return n <= after })
	more := len(numbers) > size
	numbers = numbers[:min(size, len(numbers))]
	var b strings.Builder
	last := 0
	for _, n := range numbers {
		p := parts[n]
		last = n
		fmt.Fprintf(&b, "<Part><PartNumber>%d</PartNumber><LastModified>%s</LastModified><ETag>%s</ETag><Size>%d</Size></Part>", n, p.at.UTC().Format(time.RFC3339), escape(etag(p.sum[:])), len(p.body))
	}
	owner := up.write.owner.canonical
	return q.xml(fmt.Sprintf("<ListPartsResult %s><Bucket>%s</Bucket><Key>%s</Key><UploadId>%s</UploadId><Initiator><ID>%s</ID></Initiator><Owner><ID>%s</ID></Owner><StorageClass>%s</StorageClass><PartNumberMarker>%d</PartNumberMarker><NextPartNumberMarker>%d</NextPartNumberMarker><MaxParts>%d</MaxParts><IsTruncated>%t</IsTruncated>%s</ListPartsResult>",
		s3Namespace, q.name, escape(q.key), escape(id), owner, owner, orElse(up.write.class, "STANDARD"), after, last, size, more, b.String()))
}

func noSuchUpload() *apiError {
	return failure(http.StatusNotFound, "NoSuchUpload", "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.")
}
