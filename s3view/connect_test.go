package s3view

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// awsConfig is a ~/.aws/config with a profile of each kind.
const awsConfig = `
[default]
region = eu-central-1
aws_access_key_id = AKIADEFAULTDEFAULT00
aws_secret_access_key = secret
[profile minio]
endpoint_url = http://minio.internal:9000
aws_access_key_id = AKIAMINIOMINIOMINIO0
aws_secret_access_key = secret
[profile role]
role_arn = arn:aws:iam::111122223333:role/dev
source_profile = default
mfa_serial = arn:aws:iam::111122223333:mfa/ana
[profile sso]
sso_session = corp
sso_account_id = 111122223333
sso_role_name = dev
[profile via sso]
role_arn = arn:aws:iam::111122223333:role/dev
source_profile = sso
[sso-session corp]
sso_region = eu-west-1
sso_start_url = https://corp.awsapps.com/start
[profile process]
credential_process = sh -c 'exit 3'
[profile china]
region = cn-north-1
aws_access_key_id = AKIACHINACHINACHINA0
aws_secret_access_key = secret
`

// connect opens a session with the configuration above and the environment given.
func connect(t *testing.T, o Options, env map[string]string) *Session {
	t.Helper()
	return connectWith(t, awsConfig, o, env)
}

// connectWith opens a session with a configuration and an environment, and
// nothing else of this machine's.
func connectWith(t *testing.T, text string, o Options, env map[string]string) *Session {
	t.Helper()
	s, err := tryConnect(t, text, o, env)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func tryConnect(t *testing.T, text string, o Options, env map[string]string) (*Session, error) {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "config"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, e := range os.Environ() {
		if name, _, _ := strings.Cut(e, "="); strings.HasPrefix(name, "AWS_") {
			t.Setenv(name, "") // so that it is put back
			_ = os.Unsetenv(name)
		}
	}
	t.Setenv("HOME", dir)
	t.Setenv("AWS_CONFIG_FILE", filepath.Join(dir, "config"))
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
	t.Setenv("AWS_EC2_METADATA_DISABLED", "true")
	for k, v := range env {
		t.Setenv(k, v)
	}
	return Connect(t.Context(), o)
}

var envKeys = map[string]string{"AWS_ACCESS_KEY_ID": "AKIAENVENVENVENVENV0", "AWS_SECRET_ACCESS_KEY": "secret"}

// The story names the source that won and those that it hid, as the SDK decides.
func TestCredentialStory(t *testing.T) {
	tests := []struct {
		o              Options
		env            map[string]string
		source, hidden string
		key            string
	}{
		{Options{}, nil, "profile default", "", "AKIA…LT00"},
		{Options{}, envKeys, "environment (AWS_ACCESS_KEY_ID)", "profile default", "AKIA…ENV0"},
		{Options{Profile: "minio"}, envKeys, "profile minio", "environment (AWS_ACCESS_KEY_ID)", "AKIA…NIO0"},
		{Options{NoSignRequest: true}, envKeys, "anonymous (--no-sign-request)", "environment (AWS_ACCESS_KEY_ID), profile default", ""},
		{Options{Keys: &Keys{"AKIALABLABLABLABLAB0", "s", "t"}}, nil, "keys of the lab", "", "AKIA…LAB0"},
	}
	for _, tt := range tests {
		c, err := connect(t, tt.o, tt.env).Credentials(t.Context())
		if err != nil || c.Source != tt.source || strings.Join(c.Hidden, ", ") != tt.hidden || c.AccessKeyID != tt.key {
			t.Errorf("%+v: %+v, %v", tt.o, c, err)
		}
	}
}

// Credentials that cannot be had are told in a line that says what to do.
func TestCredentialTrouble(t *testing.T) {
	tests := []struct{ profile, source, want string }{
		{"role", "profile role (role arn:aws:iam::111122223333:role/dev through profile default)", "wants a code of MFA device \"arn:aws:iam::111122223333:mfa/ana\""},
		{"sso", "profile sso (SSO session corp)", "aws sso login"},
		{"process", "profile process (credential_process)", "credential_process of the profile did not give credentials"},
	}
	for _, tt := range tests {
		s := connect(t, Options{Profile: tt.profile}, nil)
		c, err := s.Credentials(t.Context())
		if err == nil || !strings.Contains(err.Error(), tt.want) || c.Source != tt.source {
			t.Errorf("%s: %q, %v; want %q", tt.profile, c.Source, err, tt.want)
		}
	}
	asked := ""
	s := connect(t, Options{Profile: "role", MFAToken: func(serial string) (string, error) {
		asked = serial
		return "", context.Canceled
	}}, nil)
	if _, err := s.Credentials(t.Context()); err == nil || asked != "arn:aws:iam::111122223333:mfa/ana" {
		t.Errorf("asked for %q, %v", asked, err)
	}
}

// Endpoints come from flag, environment and profile; whether the store has an
// AWS behind it, and where the bucket's name goes, follow from them.
func TestEndpoints(t *testing.T) {
	tests := []struct {
		name         string
		o            Options
		env          map[string]string
		endpoint     string
		custom, path bool
		dotted, arn  string
	}{
		{"AWS", Options{}, nil, "", false, false, "https://s3.eu-central-1.amazonaws.com/my.bucket/k", "arn:aws:s3:::my.bucket/k"},
		{"flag", Options{EndpointURL: "http://127.0.0.1:9000"}, nil, "http://127.0.0.1:9000", true, true,
			"http://127.0.0.1:9000/my.bucket/k", "arn:aws:s3:::my.bucket/k"},
		{"of S3 alone", Options{}, map[string]string{"AWS_ENDPOINT_URL_S3": "http://h:1"}, "http://h:1", true, true, "http://h:1/my.bucket/k", ""},
		{"of all", Options{}, map[string]string{"AWS_ENDPOINT_URL": "http://h:1"}, "http://h:1", false, true, "http://h:1/my.bucket/k", ""},
		{"profile", Options{Profile: "minio"}, nil, "http://minio.internal:9000", false, true, "http://minio.internal:9000/my.bucket/k", ""},
		{"never", Options{EndpointURL: "http://h:1", PathStyle: PathNever}, nil, "http://h:1", true, false, "", ""},
		{"China", Options{Profile: "china"}, nil, "", false, false, "https://s3.cn-north-1.amazonaws.com.cn/my.bucket/k", "arn:aws-cn:s3:::my.bucket/k"},
	}
	for _, tt := range tests {
		s := connect(t, tt.o, tt.env)
		at := Location{Bucket: "my.bucket", Key: "k"}
		if s.Endpoint() != tt.endpoint || s.CustomStore() != tt.custom || s.UsePathStyle("bucket") != tt.path {
			t.Errorf("%s: endpoint %q, custom %t, path style %t", tt.name, s.Endpoint(), s.CustomStore(), s.UsePathStyle("bucket"))
		}
		if got := s.Store().URL(at); tt.dotted != "" && got != tt.dotted {
			t.Errorf("%s: URL %q, want %q", tt.name, got, tt.dotted)
		}
		if got := s.Store().ARN(at); tt.arn != "" && got != tt.arn {
			t.Errorf("%s: ARN %q, want %q", tt.name, got, tt.arn)
		}
	}
}

// Links can be pasted: into a browser, a policy, a shell.
func TestLinks(t *testing.T) {
	st := connect(t, Options{Profile: "china"}, nil).Store()
	at := Location{Bucket: "bucket", Key: "a b/ü+'%.csv", VersionID: "v/1"}
	if got, want := st.URL(at), "https://bucket.s3.cn-north-1.amazonaws.com.cn/a%20b/%C3%BC%2B%27%25.csv?versionId=v%2F1"; got != want {
		t.Errorf("URL %q, want %q", got, want)
	}
	if got, want := st.CLI(at), `aws s3api head-object --bucket bucket --key 'a b/ü+'\''%.csv' --version-id v/1 --profile china`; got != want {
		t.Errorf("CLI %s, want %s", got, want)
	}
	if got := ShellJoin([]string{"a\nb'", ""}); got != `$'a\nb\'' ''` {
		t.Errorf("shell: %s", got)
	}
	link, ends, err := st.Presign(t.Context(), at, 0)
	if err != nil || !strings.Contains(link, "X-Amz-Expires=1&") || !strings.Contains(link, "versionId=v%2F1") || ends.IsZero() {
		t.Errorf("presigned %q, %v", link, err)
	}
}

// A head holds every field that came, by the names that people know, and none
// that did not.
func TestHead(t *testing.T) {
	st, c := open(t, Options{ChecksumMode: true, RequestPayer: true, ExpectedOwner: "111122223333"}, func(w http.ResponseWriter, _ *http.Request) {
		for k, v := range map[string]string{
			"Content-Length": "18240", "Content-Type": "text/csv", "ETag": `"e"`, "Last-Modified": "Fri, 02 Oct 2026 09:14:07 GMT",
			"X-Amz-Server-Side-Encryption": "aws:kms", "X-Amz-Storage-Class": "GLACIER", "X-Amz-Restore": `ongoing-request="true"`,
			"X-Amz-Meta-Zeta": "1", "X-Amz-Meta-Alpha": "é", "X-Amz-Checksum-Crc64nvme": "abc=", "X-Amz-Object-Lock-Mode": "GOVERNANCE",
			"X-Amz-Tagging-Count": "3", "X-Amz-Replication-Status": "REPLICA", "X-Amz-Version-Id": "v1",
		} {
			w.Header().Set(k, v)
		}
	})
	h, err := st.Head(t.Context(), Location{Bucket: "bucket", Key: "k"})
	if err != nil {
		t.Fatal(err)
	}
	var line []string
	for _, f := range h.Fields {
		line = append(line, f.Name+"="+f.Value)
	}
	want := `size=18240|type=text/csv|modified=2026-10-02 09:14:07 UTC|etag=e|storage class=GLACIER|version id=v1|encryption=aws:kms|` +
		`restore=ongoing-request="true"|replication=REPLICA|lock mode=GOVERNANCE|CRC64NVME=abc=|tags=3`
	if got := strings.Join(line, "|"); got != want {
		t.Errorf("fields:\n%s\nwant\n%s", got, want)
	}
	if len(h.Metadata) != 2 || h.Metadata[0].Name != "alpha" || h.Size != 18240 || len(c.seen) != 1 {
		t.Errorf("%+v", h.Metadata)
	}
}
