package lab

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// The witnesses: other people's clients do against the lab what they do against
// S3, and print what they print there. Each transcript is a file that reads as
// a shell session: "@ scenario actor" takes the part of an actor, "$ command"
// is run, and what follows is what it printed. go test -update writes the
// answers anew.

func TestClientAWSCLI(t *testing.T) { witness(t, "aws") }

// TestClientAWSProfile has the AWS CLI assume a role by its own profile file.
// Before 1.29 and 2.13 the CLI knew no AWS_ENDPOINT_URL, and asked AWS itself for
// the role, whatever --endpoint-url said ("Service-specific endpoints", AWS SDKs and
// Tools reference guide); TestClientAWSCLI assumes the role with `aws sts` instead.
func TestClientAWSProfile(t *testing.T) {
	out, err := exec.Command("aws", "--version").Output()
	if err == nil && oldCLI.Match(out) {
		t.Logf("%s is too old to ask any but AWS for a profile's role", bytes.TrimSpace(out))
		return
	}
	witnessOf(t, "aws", "aws-profile")
}

// oldCLI is the version of an AWS CLI without AWS_ENDPOINT_URL.
var oldCLI = regexp.MustCompile(`^aws-cli/(1\.[0-9]\.|1\.1[0-9]\.|1\.2[0-8]\.|2\.[0-9]\.|2\.1[0-2]\.)`)

func TestClientBoto3(t *testing.T)  { witness(t, "boto3") }
func TestClientMC(t *testing.T)     { witness(t, "mc") }
func TestClientRclone(t *testing.T) { witness(t, "rclone") }

// clientCommand finds the client; what is returned is put in front of PATH.
func clientCommand(name string) (dir string, err error) {
	if name == "boto3" {
		for _, python := range []string{"/usr/bin/python3", "python3"} {
			path, err := exec.LookPath(python)
			if err == nil && exec.Command(path, "-c", "import boto3").Run() == nil {
				return filepath.Dir(path), nil
			}
		}
		return "", exec.ErrNotFound
	}
	path, err := exec.LookPath(name)
	if err != nil && os.Getenv("S403_TOOLS") != "" {
		path, err = exec.LookPath(filepath.Join(os.Getenv("S403_TOOLS"), name))
	}
	return filepath.Dir(path), err
}

// witness goes through a client's transcript.
func witness(t *testing.T, name string) { witnessOf(t, name, name) }

// witnessOf goes through one of the client's transcripts.
func witnessOf(t *testing.T, name, transcript string) {
	t.Helper()
	dir, err := clientCommand(name)
	required := os.Getenv("S403_REQUIRE_SERVERS") == "1"
	if err != nil && required {
		t.Fatalf("the client %s is not installed, and S403_REQUIRE_SERVERS=1 asks for it: %v", name, err)
	}
	if err != nil || !required {
		t.Logf("the client %s was not asked: .ci/run installs it and sets S403_REQUIRE_SERVERS=1", name)
		return
	}
	file := "testdata/clients/" + transcript + ".transcript"
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	l, endpoint := served(t)
	s := &shell{t: t, lab: l, endpoint: endpoint, dir: t.TempDir(), path: dir + ":" + os.Getenv("PATH")}
	config := []byte("[default]\ns3 =\n  signature_version = s3v4\n") // the AWS CLI 1 presigns with version 2 otherwise
	if err := os.WriteFile(filepath.Join(s.dir, "config"), config, 0o600); err != nil {
		t.Fatal(err)
	}
	if name == "aws" {
		s.pointed(filepath.Join(dir, "aws"))
	}
	golden(t, "clients/"+transcript+".transcript", s.replay(string(text)))
}

// shell runs the commands of a transcript.
type shell struct {
	t                   *testing.T
	lab                 *Lab
	endpoint, dir, path string
	env                 []string
}

// pointed puts a script in front of the AWS CLI that names the lab on the command
// line: Debian 12's is older than AWS_ENDPOINT_URL.
func (s *shell) pointed(cli string) {
	s.t.Helper()
	bin := filepath.Join(s.dir, "bin")
	script := "#!/bin/sh\nexec " + cli + ` --endpoint-url "$AWS_ENDPOINT_URL" "$@"` + "\n"
	if err := os.Mkdir(bin, 0o700); err != nil {
		s.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(bin, "aws"), []byte(script), 0o700); err != nil {
		s.t.Fatal(err)
	}
	s.path = bin + ":" + s.path
}

// replay runs every command and gives the transcript with what they print now.
func (s *shell) replay(transcript string) string {
	var b strings.Builder
	keep := true // what stands before the first command is comment
	for line := range strings.Lines(transcript) {
		switch {
		case strings.HasPrefix(line, "@ "):
			s.become(strings.Fields(line[2:]))
			keep = true
		case strings.HasPrefix(line, "$ "):
			keep = false
			b.WriteString(line + s.run(strings.TrimSpace(line[2:])))
			continue
		case strings.TrimSpace(line) == "":
			keep = true
		}
		if keep {
			b.WriteString(line)
		}
	}
	return b.String()
}

// become puts the credentials of a scenario's actor into the environment.
func (s *shell) become(words []string) {
	s.t.Helper()
	scenario, err := Find(words[0])
	if err != nil || len(words) != 2 {
		s.t.Fatalf("@ %v: %v", words, err)
	}
	s.env = nil
	for _, held := range s.lab.ActorsOf(scenario) {
		if held.Actor == words[1] {
			s.env = []string{"AWS_ACCESS_KEY_ID=" + held.AccessKeyID, "AWS_SECRET_ACCESS_KEY=" + held.SecretAccessKey}
			if held.SessionToken != "" {
				s.env = append(s.env, "AWS_SESSION_TOKEN="+held.SessionToken)
			}
		}
	}
	for k, v := range scenario.Environment() {
		s.env = append(s.env, k+"="+v, "AWS_DEFAULT_REGION="+v, "RCLONE_S3_REGION="+v)
	}
}

// run runs one command and gives what it printed, without what changes from
// one run to the next.
func (s *shell) run(command string) string {
	c := exec.Command("sh", "-c", command)
	c.Dir = s.dir
	c.Env = append([]string{
		"PATH=" + s.path, "HOME=" + s.dir, "TZ=UTC", "LANG=C.UTF-8", "AWS_ENDPOINT_URL=" + s.endpoint, "AWS_PAGER=",
		"AWS_CONFIG_FILE=" + filepath.Join(s.dir, "config"), "AWS_SHARED_CREDENTIALS_FILE=/dev/null", "AWS_EC2_METADATA_DISABLED=true", "AWS_MAX_ATTEMPTS=1",
		"AWS_REQUEST_CHECKSUM_CALCULATION=when_required", "AWS_RESPONSE_CHECKSUM_VALIDATION=when_required", // no TLS here
		"MC_NO_COLOR=1", "RCLONE_S3_PROVIDER=AWS", "RCLONE_S3_ENV_AUTH=true", "RCLONE_S3_ENDPOINT=" + s.endpoint, "RCLONE_CONFIG=/dev/null",
		"RCLONE_S3_NO_CHECK_BUCKET=true", "RCLONE_S3_UPLOAD_CUTOFF=0", "RCLONE_S3_USE_MULTIPART_ETAG=false", "RCLONE_LOW_LEVEL_RETRIES=1", "RCLONE_RETRIES=1", "HOST=" + strings.TrimPrefix(s.endpoint, "http://"),
	}, s.env...)
	c.WaitDelay = time.Minute
	out, _ := c.CombinedOutput() // the exit status shows in what is printed
	return s.settle(string(out))
}

// unsettled is what differs between runs and between versions of a client.
var unsettled = []struct {
	find *regexp.Regexp
	with string
}{
	{regexp.MustCompile(`20\d\d[-/]\d\d[-/]\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00| UTC)?`), "DATE"},
	{regexp.MustCompile(`(?m)^(aws: \[ERROR\]: |fatal error: )`), ""},
	{regexp.MustCompile(` \(reached max retries: \d+\)`), ""},
	{regexp.MustCompile(`(?i)request ?id: [0-9A-F]{16}`), "request id: ID"},
	{regexp.MustCompile(`(?i)host ?id: [A-Za-z0-9+/=]{40,}`), "host id: ID"},
	{regexp.MustCompile(`(?m)[ \t]+$`), ""},
	{regexp.MustCompile(`\n{2,}`), "\n"},
}

func (s *shell) settle(out string) string {
	out = strings.ReplaceAll(strings.ReplaceAll(out, s.endpoint, "ENDPOINT"), s.dir, "DIR")
	for _, u := range unsettled {
		out = u.find.ReplaceAllString(out, u.with)
	}
	out = strings.TrimSpace(out)
	if out != "" {
		out += "\n"
	}
	return out
}
