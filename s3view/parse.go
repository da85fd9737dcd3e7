package s3view

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"
)

// A ParseError says where a text stops being the name of a place in S3.
type ParseError struct {
	Input  string
	Offset int    // byte offset of the offending part in Input
	Reason string // what is wrong there
	Hint   string // what to write instead; may be empty
}

// Error is one line: the text, the column (from 1, in characters), the reason
// and the hint.
func (e *ParseError) Error() string {
	column := utf8.RuneCountInString(e.Input[:min(e.Offset, len(e.Input))]) + 1
	s := fmt.Sprintf("not an S3 location: %q, column %d: %s", clip(withoutSecret(e.Input), 200), column, e.Reason)
	if e.Hint != "" {
		s += "; " + e.Hint
	}
	return s
}

// withoutSecret cuts the query off a presigned URL, which is as good as the
// credentials that signed it.
func withoutSecret(text string) string {
	path, query, found := strings.Cut(text, "?")
	query = strings.ToLower(query)
	if found && (strings.Contains(query, "signature") || strings.Contains(query, "x-amz-")) {
		return path + "?…"
	}
	return text
}

// clip shortens a text for an error message.
func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n] + "…"
}

// ParseURI reads the name of a place in S3. It takes s3://bucket/key (with
// ?versionId=ID at its end), the ARNs of buckets, objects and access points, and
// the https URLs of the API, of the console and of presigned requests. An
// s3:// URI is taken literally, as the AWS CLI does: "%20" stands for itself. A
// text that names no place is a *ParseError.
func ParseURI(text string) (Location, error) {
	trimmed := strings.TrimSpace(text)
	scheme, rest, found := strings.Cut(trimmed, "://")
	switch {
	case strings.HasPrefix(trimmed, "arn:"):
		return parseARN(trimmed, 0)
	case !found:
		return Location{}, &ParseError{trimmed, 0, "no s3://, https:// or arn: at its start", didYouMean(trimmed)}
	}
	switch strings.ToLower(scheme) {
	case "s3", "s3a", "s3n":
		return parseS3(trimmed, rest)
	case "http", "https":
		return parseURL(trimmed)
	}
	return Location{}, &ParseError{trimmed, 0, fmt.Sprintf("%q is no scheme of S3", clip(scheme, 20)),
		"write s3://bucket/key"}
}

// didYouMean offers the URI for a text that lacks its scheme. A text that a
// terminal would not show as it is (line breaks, escape sequences) and one that
// holds a signature are not said again.
func didYouMean(text string) string {
	if withoutSecret(text) != text || strings.ContainsFunc(text, func(r rune) bool { return !strconv.IsPrint(r) }) {
		return "write s3://bucket/key"
	}
	text = strings.TrimLeft(strings.TrimPrefix(text, "s3:"), "/")
	bucket, _, _ := strings.Cut(text, "/")
	if bucket == "" || checkBucket(text, bucket, 0) != nil {
		return "write s3://bucket/key"
	}
	return "did you mean s3://" + clip(text, 120) + "?"
}

// parseS3 reads what follows s3://.
func parseS3(text, rest string) (Location, error) {
	offset := len(text) - len(rest)
	if rest == "" || rest == "/" {
		return Location{}, nil
	}
	rest, version := cutVersion(rest)
	if strings.HasPrefix(rest, "arn:") {
		loc, err := parseARN(rest, offset)
		if pe, ok := err.(*ParseError); ok { //nolint:errorlint // made two lines above, never wrapped
			pe.Input = text
		}
		loc.VersionID = version
		return loc, err
	}
	bucket, key, _ := strings.Cut(rest, "/")
	if err := checkBucket(text, bucket, offset); err != nil {
		return Location{}, err
	}
	if version != "" && key == "" {
		return Location{}, &ParseError{text, offset + len(bucket), "a version id needs a key before it", ""}
	}
	return Location{Bucket: bucket, Key: key, VersionID: version}, nil
}

// cutVersion splits a trailing ?versionId=ID off a URI. Any other question mark
// belongs to the key.
func cutVersion(rest string) (string, string) {
	const mark = "?versionId="
	i := strings.LastIndex(rest, mark)
	if i < 0 || strings.ContainsAny(rest[i+len(mark):], "/&?") {
		return rest, ""
	}
	id, err := url.QueryUnescape(rest[i+len(mark):])
	if err != nil || id == "" {
		return rest, ""
	}
	return rest[:i], id
}

// checkBucket refuses what no store can have as a bucket's name. It is looser
// than the rules for new buckets (S3 User Guide, "Bucket naming rules"), because
// old buckets and other stores have capitals, underscores and longer names.
func checkBucket(text, bucket string, offset int) error {
	if bucket == "" {
		return &ParseError{text, offset, "the bucket's name is missing", "write s3://bucket/key"}
	}
	if len(bucket) > 255 {
		return &ParseError{text, offset + 255, "a bucket's name has at most 255 characters", ""}
	}
	for i, r := range bucket {
		ok := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '.' || r == '_'
		if !ok {
			return &ParseError{text, offset + i, fmt.Sprintf("%q cannot stand in a bucket's name", r), ""}
		}
	}
	if strings.Trim(bucket, ".") == "" {
		return &ParseError{text, offset, "a bucket's name is more than dots", ""}
	}
	return nil
}

// parseARN reads arn:partition:service:region:account:resource, where the
// resource is a bucket, an object, or an access point with or without an object
// (Service Authorization Reference, "Resource types defined by Amazon S3").
func parseARN(text string, offset int) (Location, error) {
	parts := strings.SplitN(text, ":", 6)
	fail := func(n int, reason string) (Location, error) {
		at := offset
		for _, p := range parts[:min(n, len(parts))] {
			at += len(p) + 1
		}
		return Location{}, &ParseError{text, at, reason, "write arn:aws:s3:::bucket/key"}
	}
	if len(parts) < 6 {
		return fail(len(parts)-1, "an ARN has six parts between colons")
	}
	service, region, resource := parts[2], parts[3], parts[5]
	switch service {
	case "s3", "s3-object-lambda", "s3-outposts", "s3express":
	default:
		return fail(2, fmt.Sprintf("%q is another service than S3", clip(service, 30)))
	}
	if strings.HasPrefix(resource, "accesspoint") || service == "s3-outposts" {
		return parseAccessPoint(strings.Join(parts[:5], ":"), region, resource, fail)
	}
	if service == "s3express" {
		resource = strings.TrimPrefix(resource, "bucket/")
	}
	bucket, key, _ := strings.Cut(resource, "/")
	if err := checkBucket(text, bucket, offset+len(text)-len(parts[5])); err != nil {
		return Location{}, err
	}
	return Location{Bucket: bucket, Key: key, Region: region}, nil
}

// parseAccessPoint splits an access point's resource into the ARN that stands
// for the bucket and the key. Both spellings occur: "accesspoint/NAME/object/KEY"
// in policies and error messages, "accesspoint/NAME/KEY" in s3:// URIs.
func parseAccessPoint(head, region, resource string, fail func(int, string) (Location, error)) (Location, error) {
	names := 1
	if strings.HasPrefix(resource, "outpost") {
		names = 3 // outpost/ID/accesspoint/NAME
	}
	parts := strings.FieldsFunc(resource, func(r rune) bool { return r == '/' || r == ':' })
	if len(parts) <= names {
		return fail(5, "the access point's name is missing")
	}
	end := 0
	for i := 0; i <= names; i++ {
		end += strings.Index(resource[end:], parts[i]) + len(parts[i])
	}
	key := strings.TrimPrefix(resource[end:], "/")
	if rest, ok := strings.CutPrefix(key, "object/"); ok {
		key = rest
	}
	return Location{Bucket: head + ":" + resource[:end], Key: key, Region: region}, nil
}
