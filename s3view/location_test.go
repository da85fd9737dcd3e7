package s3view

import (
	"errors"
	"strings"
	"testing"
)

func TestParseURI(t *testing.T) {
	tests := []struct {
		text string
		want Location
	}{
		{"s3://", Location{}},
		{"s3://b", Location{Bucket: "b"}},
		{"s3://b/", Location{Bucket: "b"}},
		{"s3a://b/k", Location{Bucket: "b", Key: "k"}},
		{"s3://b/a/b c/ü.txt", Location{Bucket: "b", Key: "a/b c/ü.txt"}},
		{"s3://b//double//slash/", Location{Bucket: "b", Key: "/double//slash/"}},
		{"s3://b/what?", Location{Bucket: "b", Key: "what?"}},
		{"s3://b/k%20k", Location{Bucket: "b", Key: "k%20k"}},
		{"s3://b/k?versionId=a%2Bb", Location{Bucket: "b", Key: "k", VersionID: "a+b"}},
		{"s3://b/k?versionId=null", Location{Bucket: "b", Key: "k", VersionID: "null"}},
		{"arn:aws:s3:::b", Location{Bucket: "b"}},
		{"arn:aws-cn:s3:::b/k/l", Location{Bucket: "b", Key: "k/l"}},
		{"arn:aws:s3:eu-west-1:111122223333:accesspoint/ap/object/k/l", Location{
			Bucket: "arn:aws:s3:eu-west-1:111122223333:accesspoint/ap", Key: "k/l", Region: "eu-west-1"}},
		{"s3://arn:aws:s3:eu-west-1:111122223333:accesspoint/ap/k?versionId=7", Location{
			Bucket: "arn:aws:s3:eu-west-1:111122223333:accesspoint/ap", Key: "k", Region: "eu-west-1", VersionID: "7"}},
		{"arn:aws:s3::111122223333:accesspoint/mfzwi23gnjvgw.mrap", Location{
			Bucket: "arn:aws:s3::111122223333:accesspoint/mfzwi23gnjvgw.mrap"}},
		{"https://mfzwi23gnjvgw.mrap.accesspoint.s3-global.amazonaws.com/a/b", Location{Bucket: "mfzwi23gnjvgw.mrap", Key: "a/b"}},
		{"https://b.s3.eu-central-1.wasabisys.com/a/b", Location{Bucket: "b", Key: "a/b", Endpoint: "https://s3.eu-central-1.wasabisys.com"}},
		{"https://s3.eu-central-1.wasabisys.com/b/a", Location{Bucket: "b", Key: "a", Endpoint: "https://s3.eu-central-1.wasabisys.com"}},
		{"https://b.storage.googleapis.com/a/b", Location{Bucket: "b", Key: "a/b", Endpoint: "https://storage.googleapis.com"}},
		{"https://b.0123456789abcdef0123456789abcdef.r2.cloudflarestorage.com/k", Location{
			Bucket: "b", Key: "k", Endpoint: "https://0123456789abcdef0123456789abcdef.r2.cloudflarestorage.com"}},
		{"http://b.s3.localhost.localstack.cloud:4566/k", Location{Bucket: "b", Key: "k", Endpoint: "http://s3.localhost.localstack.cloud:4566"}},
		{"https://b.s3.eu-west-1.amazonaws.com/a%20b/c?versionId=v", Location{
			Bucket: "b", Key: "a b/c", Region: "eu-west-1", VersionID: "v"}},
		{"https://b.with.dots.s3.amazonaws.com/k", Location{Bucket: "b.with.dots", Key: "k"}},
		{"https://b.s3.dualstack.us-west-2.amazonaws.com/k", Location{Bucket: "b", Key: "k", Region: "us-west-2"}},
		{"https://s3.cn-north-1.amazonaws.com.cn/b/k", Location{Bucket: "b", Key: "k", Region: "cn-north-1"}},
		{"https://s3-us-gov-west-1.amazonaws.com/b/k", Location{Bucket: "b", Key: "k", Region: "us-gov-west-1"}},
		{"https://ap-111122223333.s3-accesspoint.eu-west-1.amazonaws.com/k", Location{
			Bucket: "arn:aws:s3:eu-west-1:111122223333:accesspoint/ap", Key: "k", Region: "eu-west-1"}},
		{"http://b.s3-website-us-east-1.amazonaws.com/i.html", Location{Bucket: "b", Key: "i.html", Region: "us-east-1",
			Website: true, Endpoint: "http://b.s3-website-us-east-1.amazonaws.com"}},
		{"https://eu-west-1.console.aws.amazon.com/s3/object/b?region=eu-west-1&prefix=a/b.txt", Location{
			Bucket: "b", Key: "a/b.txt", Region: "eu-west-1"}},
		{"http://127.0.0.1:9000/b/k", Location{Bucket: "b", Key: "k", Endpoint: "http://127.0.0.1:9000"}},
	}
	for _, tt := range tests {
		got, err := ParseURI(tt.text)
		if err != nil || got != tt.want {
			t.Errorf("ParseURI(%q) = %+v, %v; want %+v", tt.text, got, err, tt.want)
		}
		again, err := ParseURI(got.String())
		again.Region, got.Region = "", ""
		got.Endpoint, got.Website = "", false
		if err != nil || again != got {
			t.Errorf("ParseURI(%q), printed and read again, = %+v, %v; want %+v", tt.text, again, err, got)
		}
	}
}

// Each text that names no place is refused at the column where it goes wrong.
func TestParseURIErrors(t *testing.T) {
	tests := []struct{ text, want string }{
		{"", "column 1: no s3://, https:// or arn:"},
		{"bucket/key", "did you mean s3://bucket/key?"},
		{"s3:/bucket", "did you mean s3://bucket?"},
		{"bucket/a\nb", "its start; write s3://bucket/key"},
		{"bucket/a\x1b[2Jb", "its start; write s3://bucket/key"},
		{"bucket/k?X-Amz-Signature=5ec7e7", "its start; write s3://bucket/key"},
		{"ftp://b/k", `"ftp" is no scheme of S3`},
		{"s3:///key", "column 6: the bucket's name is missing"},
		{"s3://my bucket/key", `column 8: ' ' cannot stand in a bucket's name`},
		{"s3://büro/key", `column 7: 'ü' cannot`},
		{"s3://b?versionId=x", "a version id needs a key"},
		{"s3://..", "more than dots"},
		{"arn:aws:s3:::", "the bucket's name is missing"},
		{"arn:aws:s3", "six parts"},
		{"arn:aws:iam::111122223333:user/ana", `"iam" is another service`},
		{"arn:aws:s3:eu-west-1:1:accesspoint", "access point's name is missing"},
		{"https://s3.amazonaws.com/", "names no bucket"},
		{"https://", "no URL"},
	}
	for _, tt := range tests {
		_, err := ParseURI(tt.text)
		var pe *ParseError
		if !errors.As(err, &pe) || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("ParseURI(%q): %v; want %q", tt.text, err, tt.want)
		}
	}
}

const presignedV4 = "https://b.s3.eu-west-1.amazonaws.com/k?X-Amz-Algorithm=AWS4-HMAC-SHA256&" +
	"X-Amz-Credential=ASIAIOSFODNN7EXAMPLE%2F20261002%2Feu-west-1%2Fs3%2Faws4_request&X-Amz-Date=20261002T091407Z&" +
	"X-Amz-Expires=900&X-Amz-SignedHeaders=host&X-Amz-Security-Token=SECRETTOKEN&X-Amz-Signature=5ec7e7"

// A presigned URL tells when it ends, and no rendering of it shows it.
func TestPresigned(t *testing.T) {
	loc, err := ParseURI(presignedV4)
	if err != nil || loc.Presigned == nil {
		t.Fatalf("ParseURI: %+v, %v", loc, err)
	}
	p := loc.Presigned
	if got := p.ExpiresAt.Format("15:04:05"); got != "09:29:07" || !p.Token || p.AccessKeyID != "ASIA…MPLE" {
		t.Errorf("presigned: ends %s, token %t, key %s", got, p.Token, p.AccessKeyID)
	}
	if p.URL() != presignedV4 {
		t.Error("URL does not hand the URL over")
	}
	broken := strings.Replace(presignedV4, "b.s3", "s3", 1)
	broken = strings.Replace(broken, "/k?", "/?", 1)
	_, err = ParseURI(broken)
	_, bare := ParseURI(strings.TrimPrefix(presignedV4, "https://"))
	for _, shown := range []string{sprint("%v", bare), loc.String(), sprint("%v", loc), sprint("%+v", loc), sprint("%#v", *p), sprint("%+v", p), sprint("%v", err)} {
		if strings.Contains(shown, "5ec7e7") || strings.Contains(shown, "SECRETTOKEN") {
			t.Errorf("the signature shows in %q", shown)
		}
	}
}

func FuzzParseURI(f *testing.F) {
	for _, s := range []string{"s3://b/k", "arn:aws:s3:::b/k", presignedV4, "s3://b/k?versionId=1", "https://h/b/k"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		loc, err := ParseURI(text)
		if err != nil {
			if strings.Contains(err.Error(), "\n") {
				t.Fatalf("error of several lines: %q", err)
			}
			return
		}
		_, _, _, _ = loc.Parent(), loc.Name(), loc.Kind(), loc.IsPrefix()
		if strings.HasPrefix(loc.Bucket, "arn:") || loc.Bucket == "" {
			return
		}
		again, err := ParseURI(loc.String())
		if err != nil || again.Bucket != loc.Bucket {
			t.Fatalf("%q prints as %q, which reads as %+v, %v", text, loc.String(), again, err)
		}
	})
}
