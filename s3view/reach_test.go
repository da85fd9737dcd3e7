package s3view

import "testing"

// TestReach: access points have an address at AWS, behind named endpoints, and
// behind an endpoint that is a bare address, which nothing can be put in front of.
func TestReach(t *testing.T) {
	const point = "arn:aws:s3:eu-west-1:111122223333:accesspoint/fin"
	for _, c := range []struct{ endpoint, bucket, host, path string }{
		{"", point, "fin-111122223333.s3-accesspoint.eu-west-1.amazonaws.com", ""},
		{"https://store.example", point, "fin-111122223333.store.example", ""},
		{"http://127.0.0.1:9000", point, "127.0.0.1:9000", "/" + point},
		{"http://[::1]:9000/s3", point, "[::1]:9000", "/s3/" + point},
		{"http://localhost:9000", point, "localhost:9000", "/" + point},
		{"", "arn:aws:s3::111122223333:accesspoint/m.mrap", "m.mrap.accesspoint.s3-global.amazonaws.com", ""},
		{"", "m.mrap", "m.mrap.accesspoint.s3-global.amazonaws.com", ""},
		{"http://127.0.0.1:9000", "arn:aws:s3::111122223333:accesspoint/m.mrap", "127.0.0.1:9000", "/arn:aws:s3::111122223333:accesspoint/m.mrap"},
		{"http://127.0.0.1:9000", "plain", "127.0.0.1:9000", "/plain"},
	} {
		s := connect(t, Options{EndpointURL: c.endpoint, Region: "eu-west-1"}, nil)
		u, path := s.Store().bucketURL(Location{Bucket: c.bucket, Key: "k"})
		if u == nil || u.Host != c.host || path != c.path {
			t.Errorf("%s behind %q is at %v%s, want %s%s", c.bucket, c.endpoint, u, path, c.host, c.path)
		}
	}
}
