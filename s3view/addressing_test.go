package s3view

import (
	"os"
	"path/filepath"
	"testing"
)

const addressingConfig = `# where buckets go
[default]
region = eu-west-1
s3 =
    max_concurrent_requests = 20
    addressing_style = path

[profile dev]
s3 =
	addressing_style = Virtual
	# a remark
region = us-east-1

[profile flat]
addressing_style = path
s3api =
  addressing_style = path
[profile bare]
region = eu-west-1
`

// A profile's s3.addressing_style decides where no flag does.
func TestAddressingStyle(t *testing.T) {
	file := filepath.Join(t.TempDir(), "config")
	if err := os.WriteFile(file, []byte(addressingConfig), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("AWS_CONFIG_FILE", file)
	t.Setenv("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "x")
	const aws, store = "", "http://store.example:9000"
	tests := []struct {
		profile  string
		flag     PathStyle
		endpoint string
		want     bool
	}{
		{"", PathAuto, aws, true}, // as [default] says
		{"", PathNever, aws, false},
		{"dev", PathAuto, store, false},
		{"dev", PathAlways, store, true},
		{"flat", PathAuto, aws, false}, // nothing of it stands below s3
		{"bare", PathAuto, aws, false},
		{"bare", PathAuto, store, true},
	}
	for _, tt := range tests {
		s, err := Connect(t.Context(), Options{Profile: tt.profile, PathStyle: tt.flag, EndpointURL: tt.endpoint, Region: "eu-west-1"})
		if err != nil {
			t.Fatal(err)
		}
		if got := s.UsePathStyle("bucket"); got != tt.want {
			t.Errorf("profile %q, --path-style %q, endpoint %q: path style %t, want %t", tt.profile, tt.flag, tt.endpoint, got, tt.want)
		}
	}
}
