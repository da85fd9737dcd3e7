package s3view

import (
	"context"
	"encoding/json"
	"net/url"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// ARN is the location's ARN in the partition of its region: of the object, or of
// the bucket when there is no key. Other stores than AWS take ARNs of the
// partition "aws" in their policies. A directory bucket's ARN names its account,
// which is taken to be the caller's, and stands for its objects, too: permissions
// are of the bucket alone (S3 User Guide, "Authorizing Zonal endpoint API
// operations with CreateSession"). It is empty while the account is not known.
func (st *Store) ARN(at Location) string {
	if strings.HasPrefix(at.Bucket, "arn:") {
		if at.Key == "" {
			return at.Bucket
		}
		return at.Bucket + "/object/" + at.Key
	}
	if at.Kind() == DirectoryBucketKind {
		account := st.session.knownAccount()
		if account == "" {
			return ""
		}
		region := st.regionOf(at)
		return "arn:" + PartitionOf(region) + ":s3express:" + region + ":" + account + ":bucket/" + at.Bucket
	}
	arn := "arn:" + PartitionOf(st.regionOf(at)) + ":s3:::" + at.Bucket
	if at.Key != "" {
		arn += "/" + at.Key
	}
	return arn
}

// regionOf is the region that a link to the location names.
func (st *Store) regionOf(at Location) string {
	if at.Region != "" {
		return at.Region
	}
	return st.KnownRegion(at.Bucket)
}

// URL is the location's URL at the endpoint in use, with the bucket where
// requests put it. It is not signed.
func (st *Store) URL(at Location) string {
	u, path := st.bucketURL(at)
	if u == nil {
		return ""
	}
	if at.Key != "" {
		path += "/" + at.Key
	}
	u.Path, u.RawPath = path, escapePath(path)
	if at.VersionID != "" {
		u.RawQuery = url.Values{"versionId": {at.VersionID}}.Encode()
	}
	return u.String()
}

// EndpointURL is the URL that requests for the bucket go to, without its path.
func (st *Store) EndpointURL(at Location) string {
	u, _ := st.bucketURL(at)
	if u == nil {
		return ""
	}
	return u.Scheme + "://" + u.Host
}

// bucketURL asks the SDK's own rules for the endpoint, so that links are right
// in every partition, for access points and for custom endpoints.
func (st *Store) bucketURL(at Location) (*url.URL, string) {
	if at.Bucket == "" {
		return nil, ""
	}
	c, _ := st.client(at.Bucket)
	o := c.Options()
	params := s3.EndpointParameters{
		Bucket: &at.Bucket, Region: aws.String(st.regionOf(at)), Endpoint: o.BaseEndpoint,
		ForcePathStyle: &o.UsePathStyle, UseArnRegion: aws.Bool(true),
		UseFIPS:      aws.Bool(o.EndpointOptions.UseFIPSEndpoint == aws.FIPSEndpointStateEnabled),
		UseDualStack: aws.Bool(o.EndpointOptions.UseDualStackEndpoint == aws.DualStackEndpointStateEnabled),
	}
	e, err := o.EndpointResolverV2.ResolveEndpoint(context.Background(), params)
	if err != nil {
		return nil, ""
	}
	u := e.URI
	return &u, strings.TrimSuffix(u.Path, "/")
}

// escapePath escapes a path as S3 signs it: everything but unreserved characters
// and slashes (API Reference, "Signature Calculations", UriEncode).
func escapePath(p string) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(p) {
		c := p[i]
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', strings.IndexByte("-._~/", c) >= 0:
			b.WriteByte(c)
		default:
			b.Write([]byte{'%', hex[c>>4], hex[c&15]})
		}
	}
	return b.String()
}

// CLI is the AWS CLI command that shows the location: head-object of an object,
// ls of a prefix. It can be pasted into a shell.
func (st *Store) CLI(at Location) string {
	var words []string
	switch {
	case at.Root():
		words = []string{"aws", "s3", "ls"}
	case at.IsPrefix():
		words = []string{"aws", "s3", "ls", at.String()}
	default:
		words = objectWords("head-object", at)
	}
	return ShellJoin(append(words, st.connectionWords(at)...))
}

// DownloadCLI is the AWS CLI command that copies the object into the working directory.
func (st *Store) DownloadCLI(at Location) string {
	if at.VersionID != "" {
		file := LocalName(at.Key)
		if strings.HasPrefix(file, "-") {
			file = "./" + file
		}
		return ShellJoin(append(append(objectWords("get-object", at), file), st.connectionWords(at)...))
	}
	return ShellJoin(append([]string{"aws", "s3", "cp", "s3://" + at.Bucket + "/" + at.Key, "."}, st.connectionWords(at)...))
}

// objectWords are the words of an s3api command for an object. The AWS CLI takes
// a value that begins with a dash for an option, and one that begins like a URL
// for a place to read the value from (AWS CLI User Guide, "Loading a parameter
// from a file"), so such keys are given in another way.
func objectWords(command string, at Location) []string {
	words := []string{"aws", "s3api", command, "--bucket", at.Bucket, "--key", at.Key}
	switch {
	case strings.HasPrefix(at.Key, "-"):
		words = append(words[:5], "--key="+at.Key)
	case strings.HasPrefix(at.Key, "file://"), strings.HasPrefix(at.Key, "fileb://"),
		strings.HasPrefix(at.Key, "http://"), strings.HasPrefix(at.Key, "https://"):
		var quoted strings.Builder
		e := json.NewEncoder(&quoted)
		e.SetEscapeHTML(false)
		_ = e.Encode(map[string]string{"Bucket": at.Bucket, "Key": at.Key}) // strings always encode
		words = append(words[:3], "--cli-input-json", strings.TrimSpace(quoted.String()))
	}
	if at.VersionID != "" {
		words = append(words, "--version-id", at.VersionID)
	}
	return words
}

// connectionWords are the flags that make the AWS CLI ask as this session does.
func (st *Store) connectionWords(at Location) []string {
	o := st.session.opts
	var words []string
	add := func(name, value string) {
		if value != "" {
			words = append(words, name, value)
		}
	}
	add("--profile", o.Profile)
	if region := st.KnownRegion(at.Bucket); at.Bucket != "" && (o.Region != "" || region != st.session.Region()) {
		add("--region", region)
	} else {
		add("--region", o.Region)
	}
	add("--endpoint-url", st.session.endpoint)
	add("--expected-bucket-owner", ifObject(at, o.ExpectedOwner))
	if o.RequestPayer {
		add("--request-payer", "requester")
	}
	if o.NoSignRequest {
		words = append(words, "--no-sign-request")
	}
	return words
}

func ifObject(at Location, s string) string {
	if at.IsPrefix() {
		return ""
	}
	return s
}

// ShellJoin quotes words for a POSIX shell, so that a key with spaces, quotes or
// line breaks stays one word. Control characters are written as POSIX 2024 has
// them, which bash, zsh, ksh and BusyBox know, and dash does not yet.
func ShellJoin(words []string) string {
	quoted := make([]string, len(words))
	for i, w := range words {
		quoted[i] = shellWord(w)
	}
	return strings.Join(quoted, " ")
}

func shellWord(w string) string {
	plain := w != ""
	for _, r := range w {
		safe := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-_./:=@%+,", r)
		plain = plain && safe
	}
	if plain {
		return w
	}
	if strings.ContainsFunc(w, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return ansiQuoted(w)
	}
	return "'" + strings.ReplaceAll(w, "'", `'\''`) + "'"
}

// ansiQuoted is $'…' of bash and zsh, in which control characters are visible.
func ansiQuoted(w string) string {
	const hex = "0123456789abcdef"
	var b strings.Builder
	b.WriteString("$'")
	for i := range len(w) {
		switch c := w[i]; {
		case c == '\'' || c == '\\':
			b.Write([]byte{'\\', c})
		case c == '\n':
			b.WriteString(`\n`)
		case c == '\t':
			b.WriteString(`\t`)
		case c < ' ' || c == 0x7f:
			b.WriteString(`\x`)
			b.Write([]byte{hex[c>>4], hex[c&15]})
		default:
			b.WriteByte(c)
		}
	}
	return b.String() + "'"
}

// Longest and shortest lives of a presigned URL (User Guide, "Download and
// upload objects with presigned URLs"): signature version 4 allows seven days.
const (
	LongestPresign  = 7 * 24 * time.Hour
	ShortestPresign = time.Second
)

// Presign makes a URL by which anybody may GET the object until it ends: after
// life, or with the session's credentials when those end sooner, which ends
// tells. It makes no call to S3. The URL is a secret.
func (st *Store) Presign(ctx context.Context, at Location, life time.Duration) (link string, ends time.Time, err error) {
	life = max(ShortestPresign, min(life, LongestPresign))
	who, err := st.session.Credentials(ctx)
	if err != nil {
		return "", time.Time{}, err
	}
	if who.Anonymous {
		return "", time.Time{}, &Error{Op: "presign", Location: at, Message: "an anonymous session has nothing to sign with", Hint: noneHint}
	}
	c, _ := st.client(at.Bucket)
	in := &s3.GetObjectInput{Bucket: &at.Bucket, Key: &at.Key, VersionId: optional(at.VersionID)}
	r, err := s3.NewPresignClient(c).PresignGetObject(ctx, in, s3.WithPresignExpires(life))
	if err != nil {
		return "", time.Time{}, newError("presign", at, err)
	}
	ends = time.Now().Add(life)
	if !who.Expires.IsZero() && who.Expires.Before(ends) {
		ends = who.Expires
	}
	return r.URL, ends, nil
}
