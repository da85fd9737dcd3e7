package s3view

import (
	"context"
	"encoding/pem"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
)

// layers is a profile that says everything that a profile can.
const layers = `
[profile full]
region = eu-profile-1
endpoint_url = http://profile:1
services = mine
s3 =
  addressing_style = virtual
aws_access_key_id = AKIAFULLFULLFULLFULL
aws_secret_access_key = secret
[services mine]
s3 =
  endpoint_url = http://services:1
[profile plain]
endpoint_url = http://profile:1
aws_access_key_id = AKIAPLAINPLAINPLAIN0
aws_secret_access_key = secret
[profile silent]
ignore_configured_endpoint_urls = true
endpoint_url = http://profile:1
`

// originOf is what a session tells of one of its settings: "VALUE from SOURCE,
// hides HIDDEN".
func originOf(s *Session, name string) string {
	i := slices.IndexFunc(s.Origins(), func(o Origin) bool { return o.Name == name })
	if i < 0 {
		return ""
	}
	o := s.Origins()[i]
	out := o.Value + " from " + o.Source
	if len(o.Hidden) > 0 {
		out += ", hides " + strings.Join(o.Hidden, " and ")
	}
	return out
}

// An endpoint is taken from the flag, then the environment, then the profile; of
// each, S3's own before everybody's. The story tells the same as is done.
func TestEndpointPrecedence(t *testing.T) {
	type env = map[string]string
	tests := []struct {
		o     Options
		env   env
		used  string
		story string
	}{
		{Options{}, nil, "", "AWS's own from "},
		{Options{Profile: "plain"}, nil, "http://profile:1", "http://profile:1 from profile plain"},
		{Options{Profile: "full"}, nil, "http://services:1", "http://services:1 from profile full, its services section, hides profile full: http://profile:1"},
		{Options{Profile: "full"}, env{"AWS_ENDPOINT_URL": "http://all:1"}, "http://all:1",
			"http://all:1 from AWS_ENDPOINT_URL, hides profile full, its services section: http://services:1 and profile full: http://profile:1"},
		{Options{Profile: "plain"}, env{"AWS_ENDPOINT_URL": "http://all:1", "AWS_ENDPOINT_URL_S3": "http://s3:1"}, "http://s3:1",
			"http://s3:1 from AWS_ENDPOINT_URL_S3, hides AWS_ENDPOINT_URL: http://all:1 and profile plain: http://profile:1"},
		{Options{EndpointURL: "http://flag:1"}, env{"AWS_ENDPOINT_URL_S3": "http://s3:1"}, "http://flag:1",
			"http://flag:1 from --endpoint-url, hides AWS_ENDPOINT_URL_S3: http://s3:1"},
		{Options{Profile: "plain"}, env{"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"}, "", "AWS's own from "},
		{Options{Profile: "silent"}, nil, "", "AWS's own from "},
		{Options{EndpointURL: "http://flag:1"}, env{"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true", "AWS_ENDPOINT_URL": "http://all:1"}, "http://flag:1", "http://flag:1 from --endpoint-url"},
		{Options{EndpointURL: "http://flag:1"}, env{"AWS_ENDPOINT_URL_S3": "http://me:secret@s3:1"}, "http://flag:1", "http://flag:1 from --endpoint-url, hides AWS_ENDPOINT_URL_S3: http://…@s3:1"},
	}
	for _, tt := range tests {
		s := connectWith(t, layers, tt.o, tt.env)
		if got := originOf(s, "endpoint"); s.Endpoint() != tt.used || got != tt.story {
			t.Errorf("%+v %v: uses %q, tells %q; want %q, %q", tt.o, tt.env, s.Endpoint(), got, tt.used, tt.story)
		}
	}
}

// An endpoint that cannot be one is refused at once, by the name of who set it.
func TestEndpointsThatCannotBe(t *testing.T) {
	for _, tt := range []struct{ name, value, want string }{
		{"AWS_ENDPOINT_URL_S3", "http://me:secret@s3:1", `the endpoint of AWS_ENDPOINT_URL_S3 "http://…@s3:1": only scheme, host, port and path may stand in it`},
		{"AWS_ENDPOINT_URL_S3", "me:secret@s3:1", `the endpoint of AWS_ENDPOINT_URL_S3 "…@s3:1" is no URL: write http://host:port or https://host`},
		{"AWS_ENDPOINT_URL", "localhost:9000", `the endpoint of AWS_ENDPOINT_URL "localhost:9000" is no URL: write http://host:port or https://host`},
		{"AWS_ENDPOINT_URL_S3", "minio", `the endpoint of AWS_ENDPOINT_URL_S3 "minio" is no URL: write http://host:port or https://host`},
	} {
		if _, err := tryConnect(t, layers, Options{}, map[string]string{tt.name: tt.value}); err == nil || err.Error() != tt.want {
			t.Errorf("%s=%s: %v, want %s", tt.name, tt.value, err, tt.want)
		}
	}
	_, err := tryConnect(t, "[default]\nendpoint_url = ftp://host\n", Options{}, nil)
	if want := `the endpoint of profile default "ftp://host" is no URL: write http://host:port or https://host`; err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
}

// A region is taken from the flag, the environment, the profile, and at last is
// the one that the AWS CLI signs for.
func TestRegionPrecedence(t *testing.T) {
	type env = map[string]string
	for _, tt := range []struct {
		o     Options
		env   env
		used  string
		story string
	}{
		{Options{}, nil, "us-east-1", "us-east-1 from "},
		{Options{Profile: "full"}, nil, "eu-profile-1", "eu-profile-1 from profile full"},
		{Options{Profile: "full"}, env{"AWS_DEFAULT_REGION": "eu-default-1"}, "eu-default-1", "eu-default-1 from AWS_DEFAULT_REGION, hides profile full: eu-profile-1"},
		{Options{}, env{"AWS_DEFAULT_REGION": "eu-default-1", "AWS_REGION": "eu-env-1"}, "eu-env-1", "eu-env-1 from AWS_REGION, hides AWS_DEFAULT_REGION: eu-default-1"},
		{Options{Region: "eu-flag-1"}, env{"AWS_REGION": "eu-env-1"}, "eu-flag-1", "eu-flag-1 from --region, hides AWS_REGION: eu-env-1"},
	} {
		s := connectWith(t, layers, tt.o, tt.env)
		if got := originOf(s, "region"); s.Region() != tt.used || got != tt.story {
			t.Errorf("%+v %v: uses %q, tells %q; want %q, %q", tt.o, tt.env, s.Region(), got, tt.used, tt.story)
		}
	}
}

// Path style is the flag's, then the profile's, then what the endpoint needs.
func TestPathStylePrecedence(t *testing.T) {
	for _, tt := range []struct {
		o     Options
		path  bool
		story string
	}{
		{Options{}, false, "in the host name, but where names have dots from "},
		{Options{EndpointURL: "http://h:1"}, true, "in the path, as the endpoint is not AWS's from "},
		{Options{Profile: "full"}, false, "in the host name from profile full, addressing_style"},
		{Options{Profile: "full", PathStyle: PathAuto}, false, "in the host name from profile full, addressing_style"},
		{Options{Profile: "full", PathStyle: PathAlways}, true, "in the path from --path-style, hides profile full, addressing_style: virtual"},
		{Options{Profile: "plain", PathStyle: PathNever}, false, "in the host name from --path-style"},
	} {
		s := connectWith(t, layers, tt.o, nil)
		if got := originOf(s, "bucket names"); s.UsePathStyle("bucket") != tt.path || !strings.HasPrefix(got, tt.story) {
			t.Errorf("%+v: path style %t, tells %q; want %t, %q", tt.o, s.UsePathStyle("bucket"), got, tt.path, tt.story)
		}
	}
}

// A store whose certificate a private authority signed is reached with the
// bundle of the flag, the environment or the profile, and not without.
func TestCABundle(t *testing.T) {
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "<ListBucketResult></ListBucketResult>")
	}))
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // of those who do not trust it
	server.StartTLS()
	t.Cleanup(server.Close)
	dir := t.TempDir()
	right, none := filepath.Join(dir, "ca.pem"), filepath.Join(dir, "missing.pem")
	if err := os.WriteFile(right, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	const keys = "aws_access_key_id = AKIAKEYSKEYSKEYSKEYS\naws_secret_access_key = s\n"
	config := "[profile ca]\nca_bundle = " + right + "\n" + keys + "[profile missing]\nca_bundle = " + none + "\n" + keys + "[default]\n" + keys
	tests := []struct {
		name    string
		o       Options
		env     map[string]string
		connect string // error of Connect
		ask     string // error of a request
	}{
		{"none", Options{}, nil, "", "signed by an unknown authority; give the store's certificate authority with --ca-bundle"},
		{"flag", Options{CABundle: right}, nil, "", ""},
		{"AWS_CA_BUNDLE", Options{}, map[string]string{"AWS_CA_BUNDLE": right}, "", ""},
		{"ca_bundle of the profile", Options{Profile: "ca"}, nil, "", ""},
		{"the flag beats the environment", Options{CABundle: right}, map[string]string{"AWS_CA_BUNDLE": none}, "", ""},
		{"the environment beats the profile", Options{Profile: "missing"}, map[string]string{"AWS_CA_BUNDLE": right}, "", ""},
		{"not verified", Options{NoVerifySSL: true}, nil, "", ""},
		{"missing file in a flag", Options{CABundle: none}, nil, `--ca-bundle "` + none + `" cannot be read: no such file or directory`, ""},
		{"missing file in the environment", Options{}, map[string]string{"AWS_CA_BUNDLE": none}, "missing.pem", ""},
	}
	for _, tt := range tests {
		tt.o.EndpointURL = server.URL
		s, err := tryConnect(t, config, tt.o, tt.env)
		if tt.connect != "" {
			if err == nil || !strings.Contains(err.Error(), tt.connect) || strings.Contains(err.Error(), "\n") {
				t.Errorf("%s: %v, want %q", tt.name, err, tt.connect)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		_, err = s.Store().ListPage(t.Context(), Listing{At: Location{Bucket: "bucket"}})
		if (err == nil) != (tt.ask == "") || err != nil && !strings.Contains(err.Error(), tt.ask) {
			t.Errorf("%s: %v, want %q", tt.name, err, tt.ask)
		}
	}
}

// TestProxyHelper is the process that TestProxy starts: net/http reads the
// variables of proxies once in a process.
func TestProxyHelper(t *testing.T) {
	target := os.Getenv("S403_TEST_PROXY_TARGET")
	if target == "" {
		return
	}
	s := connect(t, Options{EndpointURL: target, PathStyle: PathAlways}, envKeys)
	_, err := s.Store().ListPage(t.Context(), Listing{At: Location{Bucket: "bucket"}})
	_, _ = os.Stdout.WriteString("\nproxy: " + originOf(s, "proxy") + "\n")
	if err != nil {
		_, _ = os.Stdout.WriteString("error: " + err.Error() + "\n")
	}
}

// Requests go through the proxy of the environment, but to the hosts of NO_PROXY;
// the story shows it without its password.
func TestProxy(t *testing.T) {
	var through atomic.Int32
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Host == "store.invalid:9000" || r.Method == http.MethodConnect {
			through.Add(1)
		}
		_, _ = io.WriteString(w, "<ListBucketResult></ListBucketResult>")
	}))
	t.Cleanup(proxy.Close)
	with := strings.Replace(proxy.URL, "http://", "http://me:secret@", 1)
	for _, tt := range []struct {
		name   string
		env    []string
		target string
		passes bool
		out    string
	}{
		{"HTTP_PROXY", []string{"HTTP_PROXY=" + with}, "http://store.invalid:9000", true, "proxy: " + strings.Replace(with, "secret", "xxxxx", 1)},
		{"HTTPS_PROXY", []string{"HTTPS_PROXY=" + proxy.URL}, "https://store.invalid:9000", true, "proxy: " + proxy.URL},
		{"https_proxy", []string{"https_proxy=" + proxy.URL}, "https://store.invalid:9000", true, "proxy: " + proxy.URL},
		{"NO_PROXY", []string{"HTTP_PROXY=" + proxy.URL, "NO_PROXY=store.invalid"}, "http://store.invalid:9000", false, `the host "store.invalid" was not found`},
		{"only HTTPS_PROXY", []string{"HTTPS_PROXY=" + proxy.URL}, "http://store.invalid:9000", false, "error: "},
	} {
		through.Store(0)
		c := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestProxyHelper$") //nolint:gosec // this test again
		c.Env = append(c.Env, "S403_TEST_PROXY_TARGET="+tt.target, "TMPDIR="+t.TempDir())
		c.Env = append(c.Env, tt.env...)
		out, err := c.CombinedOutput()
		if err != nil || (through.Load() > 0) != tt.passes || !strings.Contains(string(out), tt.out) || strings.Contains(string(out), "secret") {
			t.Errorf("%s: %d requests through the proxy; %v\n%s", tt.name, through.Load(), err, out)
		}
	}
}

// Connecting asks no network, whatever source of credentials there is: not the
// instance metadata service either, which swallows what it is asked on most
// machines. Asked at last, it is not waited for.
func TestSilentIMDS(t *testing.T) {
	hole, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = hole.Close() })
	var asked atomic.Int32
	go func() {
		for {
			c, err := hole.Accept()
			if err != nil {
				return
			}
			asked.Add(1)
			defer c.Close() // held open, never answered
		}
	}()
	env := map[string]string{"AWS_EC2_METADATA_DISABLED": "", "AWS_EC2_METADATA_SERVICE_ENDPOINT": "http://" + hole.Addr().String()}
	s := connectWith(t, "", Options{}, env)
	if n := asked.Load(); n != 0 {
		t.Errorf("connecting asked %d times", n)
	}
	if c := s.story(); c.Source != "instance metadata (IMDS)" {
		t.Errorf("source %q", c.Source)
	}
	_, err = s.Credentials(t.Context())
	if e := AsError(err); e == nil || !e.NoCredentials() || !strings.Contains(e.Error(), "no credentials were found; choose a profile") || asked.Load() == 0 {
		t.Errorf("after %d connections: %v", asked.Load(), err)
	}
	with := connectWith(t, "", Options{}, map[string]string{"AWS_ACCESS_KEY_ID": "AKIAENVENVENVENVENV0", "AWS_SECRET_ACCESS_KEY": "s",
		"AWS_EC2_METADATA_DISABLED": "", "AWS_EC2_METADATA_SERVICE_ENDPOINT": env["AWS_EC2_METADATA_SERVICE_ENDPOINT"]})
	before := asked.Load()
	if _, err := with.Credentials(t.Context()); err != nil || asked.Load() != before {
		t.Errorf("with keys in the environment it asks IMDS %d times, %v", asked.Load()-before, err)
	}
}

// A credential_process that fails says how, in a line and without what it
// printed of secrets; one that hangs ends when nobody waits.
func TestCredentialProcess(t *testing.T) {
	for command, want := range map[string]string{
		`sh -c 'echo no token >&2; exit 3'`: "exit status 3",
		`/nowhere/at/all`:                   "exit status 127",
		`echo SECRETSECRET`:                 "invalid character 'S'",
		`printf '{"Version":7}'`:            "wrong version",
		`printf '{"Version":1}'`:            "missing AccessKeyId",
	} {
		s := connectWith(t, "[default]\ncredential_process = "+command+"\n", Options{}, nil)
		_, err := s.Credentials(t.Context())
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "run the command of credential_process by hand") ||
			strings.ContainsAny(err.Error(), "\n") || strings.Contains(err.Error(), "SECRETSECRET") {
			t.Errorf("%s: %v, want %q", command, err, want)
		}
	}
}

// One that hangs is not waited for by who has given up.
func TestCredentialProcessThatHangs(t *testing.T) {
	started := filepath.Join(t.TempDir(), "started")
	if err := syscall.Mkfifo(started, 0o600); err != nil {
		t.Fatal(err)
	}
	s := connectWith(t, "[default]\ncredential_process = sh -c 'echo $$ > "+started+" && exec sleep 600 2>/dev/null'\n", Options{}, nil)
	ctx, cancel := context.WithCancel(t.Context())
	var pid int
	go func() {
		text, _ := os.ReadFile(started) // until it runs
		pid, _ = strconv.Atoi(strings.TrimSpace(string(text)))
		cancel()
	}()
	if _, err := s.Credentials(ctx); !errors.Is(err, context.Canceled) || !AsError(err).Canceled() {
		t.Errorf("%v", err)
	}
	<-ctx.Done()
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Errorf("process %d: %v", pid, err)
	}
}
