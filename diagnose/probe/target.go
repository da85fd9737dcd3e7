package probe

import (
	"fmt"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"s403/diagnose"
)

// A Parsed is a target as a person gave it.
type Parsed struct {
	Target diagnose.Target
	// Options are what the target itself says: a version, a presigned lifetime.
	Options diagnose.Options
	// URL is the presigned or website URL to be replayed; for Config.URL.
	URL string
}

// ParseTarget reads what people paste as the name of an object: an s3:// URI
// (also of an access point's ARN or alias, or a directory bucket), a plain ARN,
// a presigned URL or a website URL.
func ParseTarget(arg string) (Parsed, error) {
	switch {
	case strings.HasPrefix(arg, "s3://"):
		return parseURI(arg, strings.TrimPrefix(arg, "s3://"))
	case strings.HasPrefix(arg, "arn:"):
		return parseARN(arg)
	case strings.HasPrefix(arg, "https://"), strings.HasPrefix(arg, "http://"):
		return parseURL(arg)
	}
	return Parsed{}, fmt.Errorf("%q names no object: give s3://bucket/key, an ARN, or a presigned URL", shorten(arg))
}

func parseURI(arg, rest string) (Parsed, error) {
	if strings.HasPrefix(rest, "arn:") {
		return parseARN(rest)
	}
	bucket, key, _ := strings.Cut(rest, "/")
	if bucket == "" {
		return Parsed{}, fmt.Errorf("%q names no bucket: give s3://bucket/key", shorten(arg))
	}
	t := diagnose.Target{Bucket: bucket, Key: key, Kind: kindOf(bucket)}
	return Parsed{Target: t}, nil
}

// kindOf tells the kind of a bucket by its name (S3 User Guide, "General purpose
// bucket naming rules": these suffixes are reserved).
func kindOf(bucket string) diagnose.TargetKind {
	switch {
	case strings.HasSuffix(bucket, "--x-s3"):
		return diagnose.DirectoryBucket
	case strings.HasSuffix(bucket, ".mrap"):
		return diagnose.MultiRegionAccessPoint
	case strings.HasSuffix(bucket, "--ol-s3"):
		return diagnose.ObjectLambda
	case strings.HasSuffix(bucket, "-s3alias"), strings.HasSuffix(bucket, "--xa-s3"):
		return diagnose.AccessPointTarget
	}
	return diagnose.GeneralPurpose
}

// parseARN reads the ARN of a bucket, object or access point, with or without a
// key behind it.
func parseARN(arg string) (Parsed, error) {
	bad := fmt.Errorf("%q is no ARN of a bucket, object or access point", shorten(arg))
	parts := strings.SplitN(arg, ":", 6)
	if len(parts) < 6 || parts[5] == "" {
		return Parsed{}, bad
	}
	t := diagnose.Target{Partition: parts[1], Region: parts[3]}
	resource := parts[5]
	switch service := parts[2]; {
	case service == "s3" && (strings.HasPrefix(resource, "accesspoint/") || strings.HasPrefix(resource, "accesspoint:")):
		t.Kind = diagnose.AccessPointTarget
	case service == "s3-object-lambda":
		t.Kind = diagnose.ObjectLambda
	case service == "s3":
		t.Bucket, t.Key, _ = strings.Cut(resource, "/")
		t.Kind = kindOf(t.Bucket)
		return Parsed{Target: t}, nil
	case service == "s3express":
		t.Bucket, t.Key, _ = strings.Cut(strings.TrimPrefix(resource, "bucket/"), "/")
		t.Kind = diagnose.DirectoryBucket
		return Parsed{Target: t}, nil
	default:
		return Parsed{}, bad
	}
	name, key, _ := strings.Cut(resource[len("accesspoint/"):], "/")
	if name == "" {
		return Parsed{}, bad
	}
	if strings.HasSuffix(name, ".mrap") {
		t.Kind = diagnose.MultiRegionAccessPoint
	}
	t.Bucket = strings.Join(parts[:5], ":") + ":accesspoint/" + name
	t.Key = strings.TrimPrefix(key, "object/")
	return Parsed{Target: t}, nil
}

// parseURL reads a presigned, website or plain URL of an object.
func parseURL(arg string) (Parsed, error) {
	u, err := url.Parse(arg)
	if err != nil || u.Hostname() == "" {
		// The parser's own message would quote the URL with its signature.
		return Parsed{}, fmt.Errorf("%q is no URL that can be read", shorten(shownURL(arg)))
	}
	p := Parsed{URL: arg, Target: diagnose.Target{Endpoint: u.Scheme + "://" + u.Host, Kind: diagnose.PresignedURL}}
	p.Target.Bucket, p.Target.Key, p.Target.Region = splitHost(u)
	query := u.Query()
	p.Options.VersionID = query.Get("versionId")
	p.Options.ExpectedOwner = query.Get("x-amz-expected-bucket-owner")
	p.Options.RequestPayer = query.Get("x-amz-request-payer") != ""
	switch {
	case websiteHost.MatchString(strings.ToLower(u.Hostname())):
		p.Target.Kind = diagnose.WebsiteEndpoint
		p.Options.Unsigned = true
	case query.Get("X-Amz-Signature") != "":
		p.Options.Presigned = true
		presignedV4(&p, query)
	case query.Get("Signature") != "" && query.Get("AWSAccessKeyId") != "":
		p.Options.Presigned, p.Options.SignatureV2 = true, true
		if at, err := strconv.ParseInt(query.Get("Expires"), 10, 64); err == nil {
			// Version 2 tells only when it ends.
			p.Options.PresignedAt = time.Unix(at, 0).UTC()
		}
	default:
		p.Options.Unsigned = true
	}
	return p, nil
}

// presignedV4 reads the times and the region of a query-signed URL (AWS Signature
// Version 4, "Authenticating Requests: Using Query Parameters").
func presignedV4(p *Parsed, query url.Values) {
	if at, err := time.Parse("20060102T150405Z", query.Get("X-Amz-Date")); err == nil {
		p.Options.PresignedAt = at
	}
	if s, err := strconv.ParseInt(query.Get("X-Amz-Expires"), 10, 32); err == nil {
		p.Options.PresignedExpires = time.Duration(s) * time.Second
	}
	if scope := strings.Split(query.Get("X-Amz-Credential"), "/"); len(scope) == 5 && p.Target.Region == "" {
		p.Target.Region = scope[2]
	}
}

// The hosts under which S3 is reached (S3 User Guide, "Methods for accessing a
// general purpose bucket" and "Website endpoints").
var (
	websiteHost = regexp.MustCompile(`(^|\.)s3-website[.-][a-z0-9-]+\.amazonaws\.com(\.cn)?$`)
	s3Host      = regexp.MustCompile(`^(?:(.+)\.)?s3(?:-website)?(?:[.-](?:dualstack\.)?([a-z]{2,}(?:-[a-z]+)+-\d))?\.amazonaws\.com(?:\.cn)?$`)
)

// splitHost takes bucket, key and region out of a URL, virtual-hosted or path
// style. Of a host that is not AWS's, path style is assumed.
func splitHost(u *url.URL) (bucket, key, region string) {
	path := strings.TrimPrefix(u.Path, "/")
	host := strings.ToLower(u.Hostname())
	m := s3Host.FindStringSubmatch(host)
	if m != nil && m[1] != "" {
		return m[1], path, m[2]
	}
	if m != nil {
		region = m[2]
	}
	bucket, key, _ = strings.Cut(path, "/")
	return bucket, key, region
}

// shownURL is a URL as it may be shown: without user information and without the
// values of its query, among which the signature and the token are.
func shownURL(raw string) string {
	base, query, found := strings.Cut(raw, "?")
	base, _, _ = strings.Cut(base, "#")
	base = withoutPassword(base)
	if !found {
		return printable(base)
	}
	kept := url.Values{}
	if values, err := url.ParseQuery(query); err == nil {
		for _, name := range []string{"versionId", "X-Amz-Date", "X-Amz-Expires", "Expires"} {
			if v := values.Get(name); v != "" {
				kept.Set(name, v)
			}
		}
	}
	if q := kept.Encode(); q != "" {
		return printable(base + "?" + q + "&" + "signature-hidden")
	}
	return printable(base + "?signature-hidden")
}

// shorten keeps an argument that is quoted in an error to one short line.
func shorten(s string) string {
	const most = 120
	s = printable(s)
	if len(s) > most {
		return s[:most] + "…"
	}
	return s
}
