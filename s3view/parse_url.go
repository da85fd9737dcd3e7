package s3view

import (
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// parseURL reads an https URL of the API (bucket in the host or in the path), of
// a website endpoint, of the console, or of another store (bucket in the path).
func parseURL(text string) (Location, error) {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" {
		return Location{}, &ParseError{text, 0, "no URL", "write https://bucket.s3.region.amazonaws.com/key"}
	}
	host := strings.ToLower(u.Hostname())
	path := strings.TrimPrefix(u.Path, "/")
	loc, isAWS := locationOfHost(host, path, u)
	if !isAWS {
		loc = locationElsewhere(u, host, path)
	}
	if loc.Bucket == "" {
		return Location{}, &ParseError{text, len(text), "the URL names no bucket", "write https://host/bucket/key"}
	}
	if !strings.HasPrefix(loc.Bucket, "arn:") {
		if err := checkBucket(text, loc.Bucket, max(0, strings.Index(text, loc.Bucket))); err != nil {
			return Location{}, err
		}
	}
	query := u.Query()
	loc.VersionID = query.Get("versionId")
	loc.Presigned = presignedOf(text, query)
	return loc, nil
}

// apiHost takes the host names of S3's endpoints apart: bucket, service, region
// (General Reference, "Amazon S3 endpoints"; User Guide, "Virtual hosting").
var apiHost = regexp.MustCompile(`^(?:(.+)\.)?(s3|s3-fips|s3-accesspoint|s3-accesspoint-fips|s3-website|s3-accelerate|s3-object-lambda|s3express-[a-z0-9-]+)` +
	`(?:[.-]dualstack)?(?:[.-]([a-z]{2,5}(?:-[a-z]+)+-\d+))?\.(amazonaws\.com(?:\.cn)?|amazonaws\.eu|c2s\.ic\.gov|sc2s\.sgov\.gov|cloud\.adc-e\.uk|csp\.hci\.ic\.gov)$`)

// wildcardHost takes the hosts of the well-known stores that put the bucket in
// front apart: bucket, endpoint. Each is documented as "virtual-hosted style" by
// its maker (Wasabi, Cloudflare R2, Google, Backblaze, DigitalOcean, LocalStack).
var wildcardHost = regexp.MustCompile(`^(.+)\.(s3\.(?:[a-z0-9-]+\.)?wasabisys\.com|[0-9a-f]{32}\.(?:[a-z]+\.)?r2\.cloudflarestorage\.com|` +
	`storage\.googleapis\.com|s3\.[a-z0-9-]+\.backblazeb2\.com|[a-z]{3}\d\.digitaloceanspaces\.com|s3\.(?:[a-z0-9-]+\.)?localhost\.localstack\.cloud)$`)

// locationElsewhere reads the URL of a store that is not AWS's: the bucket is in
// the path, but for the hosts that are known to have it in front.
func locationElsewhere(u *url.URL, host, path string) (loc Location) {
	if m := wildcardHost.FindStringSubmatch(host); m != nil {
		endpoint := m[2]
		if port := u.Port(); port != "" {
			endpoint += ":" + port
		}
		return Location{Endpoint: u.Scheme + "://" + endpoint, Bucket: m[1], Key: path}
	}
	loc.Endpoint = u.Scheme + "://" + u.Host
	loc.Bucket, loc.Key, _ = strings.Cut(path, "/")
	return loc
}

// locationOfHost reads what a host name of AWS says. ok is false for the hosts
// of other stores.
func locationOfHost(host, path string, u *url.URL) (loc Location, ok bool) {
	if loc, ok := consoleURL(host, path, u.Query()); ok {
		return loc, true
	}
	if alias, found := strings.CutSuffix(host, ".accesspoint.s3-global.amazonaws.com"); found {
		return Location{Bucket: alias, Key: path}, true // the alias ends in .mrap
	}
	m := apiHost.FindStringSubmatch(host)
	if m == nil {
		return Location{}, false
	}
	name, service, region := m[1], m[2], m[3]
	loc = Location{Region: region, Key: path}
	switch {
	case strings.HasPrefix(service, "s3-accesspoint") || service == "s3-object-lambda":
		loc.Bucket = accessPointARN(name, strings.TrimSuffix(service, "-fips"), region)
	case name == "":
		loc.Bucket, loc.Key, _ = strings.Cut(path, "/")
	default:
		loc.Bucket = name
	}
	if service == "s3-website" {
		loc.Website, loc.Endpoint = true, u.Scheme+"://"+u.Host
	}
	return loc, true
}

// accessPointARN makes the ARN of NAME-ACCOUNT, as access point host names begin.
func accessPointARN(label, service, region string) string {
	if service == "s3-accesspoint" {
		service = "s3"
	}
	i := strings.LastIndexByte(label, '-')
	if i < 0 || !accountID.MatchString(label[i+1:]) {
		return label // an access point alias, which stands for a bucket as it is
	}
	return "arn:" + PartitionOf(region) + ":" + service + ":" + region + ":" + label[i+1:] + ":accesspoint/" + label[:i]
}

// consoleURL reads what people copy from the address bar of the S3 console:
// /s3/buckets/BUCKET?prefix=P and /s3/object/BUCKET?prefix=KEY.
func consoleURL(host, path string, q url.Values) (Location, bool) {
	if !strings.HasSuffix(host, "console.aws.amazon.com") && !strings.HasSuffix(host, "console.amazonaws.cn") &&
		!strings.HasSuffix(host, "console.amazonaws-us-gov.com") {
		return Location{}, false
	}
	parts := strings.Split(path, "/")
	if len(parts) < 3 || parts[0] != "s3" || parts[1] != "buckets" && parts[1] != "object" {
		return Location{}, true
	}
	return Location{Bucket: parts[2], Key: q.Get("prefix"), Region: q.Get("region"), VersionID: q.Get("versionId")}, true
}

// presignedOf reads the signature parameters of a URL: of version 4 (API
// Reference, "Authenticating requests: using query parameters") or of version 2.
func presignedOf(raw string, q url.Values) *Presigned {
	switch {
	case q.Get("X-Amz-Signature") != "":
		p := &Presigned{raw: func() string { return raw }, Token: q.Get("X-Amz-Security-Token") != ""}
		id, _, _ := strings.Cut(q.Get("X-Amz-Credential"), "/")
		p.AccessKeyID = MaskKeyID(id)
		p.SignedAt, _ = time.Parse("20060102T150405Z", q.Get("X-Amz-Date"))
		if n, err := strconv.ParseUint(q.Get("X-Amz-Expires"), 10, 31); err == nil {
			p.Expires = time.Duration(n) * time.Second
		}
		if !p.SignedAt.IsZero() {
			p.ExpiresAt = p.SignedAt.Add(p.Expires)
		}
		return p
	case q.Get("Signature") != "" && q.Get("AWSAccessKeyId") != "":
		p := &Presigned{raw: func() string { return raw }, Version2: true, AccessKeyID: MaskKeyID(q.Get("AWSAccessKeyId"))}
		p.Token = q.Get("x-amz-security-token") != ""
		if n, err := strconv.ParseInt(q.Get("Expires"), 10, 40); err == nil {
			p.ExpiresAt = time.Unix(n, 0).UTC()
		}
		return p
	}
	return nil
}
