package message

import (
	"strings"
	"testing"
)

// Exotic hyphens and spaces that word processors put in are folded to plain ones, and
// no other character is.
func TestFolded(t *testing.T) {
	for in, want := range map[string]string{
		"EU\u2010West": "eu-  west", "eu\u2015west": "eu-  west", "eu\u200fwest": "eu\u200fwest", "eu\u2016west": "eu\u2016west",
		"a\u00a0b": "a  b", "a\u00a1b": "a\u00a1b", "A\tB\r\nC\vD\fE": "a b  c d e", "cut \u2010"[:5]: "cut \xe2", "cut \xe2\x80": "cut \xe2\x80",
	} {
		if got := folded(in); got != want || len(got) != len(in) {
			t.Errorf("%q is folded to %q, want %q", in, got, want)
		}
	}
}

// A region's name has 2 to 40 letters; without quotes it must look like one of AWS's.
func TestRegionValue(t *testing.T) {
	long := strings.Repeat("r", 40)
	for in, want := range map[string]string{
		"eu-west-1 and": "eu-west-1", "us-gov-east-1": "us-gov-east-1", "wrong": "", "'auto'": "auto", "'a'": "", "'ab'": "ab",
		"'" + long + "'": long, "'" + long + "r'": "", "auto</Region>": "auto", "a</Region>": "", "eu-west-1/x": "", "": "",
	} {
		if got := regionValue(in); got != want {
			t.Errorf("%q names region %q, want %q", in, got, want)
		}
	}
}

// A second reason counts while it may stand in the key, which has 1024 bytes at most;
// far behind the first it belongs to another message.
func TestReasonsFarApart(t *testing.T) {
	const first, last = "because no session policy allows the s3:GetObject action", "because no permissions boundary allows the s3:GetObject action"
	head := "User: arn:aws:iam::111122223333:user/ana is not authorized to perform: s3:GetObject on resource: arn:aws:s3:::b/k "
	for gap, want := range map[int]string{10: LayerBoundary, 4096: LayerBoundary, 4097: LayerSession} {
		text := head + first + strings.Repeat("-", gap-1) + " " + last
		if m := Parse([]byte(text)); m.Layer != want {
			t.Errorf("with %d bytes between: %s, want %s", gap, m.Layer, want)
		}
	}
}

// The refusals of other companies' services have no cause in S3, unless the text
// speaks of S3 as well.
func TestForeignRefusals(t *testing.T) {
	for text, want := range map[string]Kind{
		`{"message":"Forbidden","documentation_url":"https://docs.github.com/rest"}`:           Unknown,
		"error 403: Access Denied (storage.objects.get)":                                       Unknown,
		"denied: requested access to the resource is denied; registry-1.docker.io says 403":    Unknown,
		"403 Forbidden: aws s3 cp to the bucket failed behind the proxy of registry docker.io": Bare,
		"An error occurred (403) when calling the HeadObject operation: Forbidden":             Bare,
	} {
		if m := Parse([]byte(text)); m.Kind != want {
			t.Errorf("%s: %s, want %s", text, m.Kind, want)
		}
	}
}
