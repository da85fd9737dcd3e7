package message

import (
	"slices"
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

// TestAccessKeyID: AKIA or ASIA and capitals and digits, 16 to 128 in all.
func TestAccessKeyID(t *testing.T) {
	long := "AKIA" + strings.Repeat("Z", 124)
	for in, want := range map[string]bool{
		"AKIAIOSFODNN7EXAMPLE": true, "ASIAIOSFODNN7EXAMPLE": true, "AKIA567890123456": true, "AKIA56789012345": false, long: true, long + "Z": false,
		"AKIAiosfodnn7example": false, "AKIA-OSFODNN7EXAMPLE": false, "AROAIOSFODNN7EXAMPLE": false, "akiaIOSFODNN7EXAMPLE": false,
	} {
		if got := accessKeyID(in); got != want {
			t.Errorf("%s: %t", in, got)
		}
	}
}

// TestLayerAdvice: who can help is another for each layer.
func TestLayerAdvice(t *testing.T) {
	for layer, want := range map[string]string{
		LayerSCP: "administrator of the organization", LayerRCP: "administrator of the organization", LayerBoundary: "boundary must allow",
		LayerSession: "assume the role again", LayerVPCE: "VPC endpoint", LayerIdentity: "a policy of the caller", LayerResource: "different accounts",
	} {
		if got := layerAdvice(Message{Layer: layer, Effect: ImplicitDeny}); !strings.Contains(got, want) {
			t.Errorf("%s: %s", layer, got)
		}
	}
	for _, layer := range []string{LayerIdentity, LayerResource} {
		if got := layerAdvice(Message{Layer: layer, Effect: ExplicitDeny}); !strings.Contains(got, "another Allow will not help") {
			t.Errorf("a Deny of the %s: %s", layer, got)
		}
	}
}

// TestAccessPointBehind: a refusal by a layer of the caller's names an access point's
// own policy last, and one by a resource-based policy first; a bucket's names none.
func TestAccessPointBehind(t *testing.T) {
	const point, bucket = "arn:aws:s3:eu-west-1:111122223333:accesspoint/door/object/k", "arn:aws:s3:::b/k"
	for _, c := range []struct {
		resource, layer string
		at              int // of access-point-policy among the causes; -1: nowhere
	}{{point, "resource-based policy", 0}, {point, "session policy", 1}, {bucket, "session policy", -1}, {bucket, "resource-based policy", -1}} {
		m := Parse([]byte("User: arn:aws:iam::111122223333:user/ana is not authorized to perform: s3:GetObject on resource: \"" + c.resource + "\" because no " + c.layer + " allows the s3:GetObject action"))
		if got := slices.Index(m.Causes, "access-point-policy"); got != c.at {
			t.Errorf("%s, %s: %v", c.resource, c.layer, m.Causes)
		}
	}
}

// TestPlainStatus: the commonest statuses count where they stand as words, and not as
// the number of a line.
func TestPlainStatus(t *testing.T) {
	for text, want := range map[string]int{
		"got 403": 403, "301, moved": 301, "a 400.": 400, "(404)": 0, "status 404!": 404, "line 403 of it": 0, "x403": 0, "4030": 0, "402": 0,
	} {
		if got := scanStatus(text, plainStatus); got != want {
			t.Errorf("%q: %d, want %d", text, got, want)
		}
	}
}
