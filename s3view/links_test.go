package s3view

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// ARNs and URLs are right in each partition, and at each kind of endpoint.
func TestARNAndURL(t *testing.T) {
	type env = map[string]string
	const point = "arn:aws:s3:eu-west-1:111122223333:accesspoint/fin"
	for _, tt := range []struct {
		name     string
		o        Options
		env      env
		bucket   string
		arn, url string
	}{
		{"AWS", Options{Region: "eu-west-1"}, nil, "bucket", "arn:aws:s3:::bucket/k", "https://bucket.s3.eu-west-1.amazonaws.com/k"},
		{"China", Options{Region: "cn-northwest-1"}, nil, "bucket", "arn:aws-cn:s3:::bucket/k", "https://bucket.s3.cn-northwest-1.amazonaws.com.cn/k"},
		{"GovCloud", Options{Region: "us-gov-west-1"}, nil, "bucket", "arn:aws-us-gov:s3:::bucket/k", "https://bucket.s3.us-gov-west-1.amazonaws.com/k"},
		{"isolated", Options{Region: "us-iso-east-1"}, nil, "bucket", "arn:aws-iso:s3:::bucket/k", "https://bucket.s3.us-iso-east-1.c2s.ic.gov/k"},
		{"European sovereign", Options{Region: "eusc-de-east-1"}, nil, "bucket", "arn:aws-eusc:s3:::bucket/k", "https://bucket.s3.eusc-de-east-1.amazonaws.eu/k"},
		{"dots", Options{Region: "eu-west-1"}, nil, "b.c", "arn:aws:s3:::b.c/k", "https://s3.eu-west-1.amazonaws.com/b.c/k"},
		{"path style", Options{Region: "eu-west-1", PathStyle: PathAlways}, nil, "bucket", "arn:aws:s3:::bucket/k", "https://s3.eu-west-1.amazonaws.com/bucket/k"},
		{"dual stack", Options{Region: "eu-west-1"}, env{"AWS_USE_DUALSTACK_ENDPOINT": "true"}, "bucket", "arn:aws:s3:::bucket/k", "https://bucket.s3.dualstack.eu-west-1.amazonaws.com/k"},
		{"FIPS", Options{Region: "us-east-1"}, env{"AWS_USE_FIPS_ENDPOINT": "true"}, "bucket", "arn:aws:s3:::bucket/k", "https://bucket.s3-fips.us-east-1.amazonaws.com/k"},
		{"access point", Options{Region: "us-east-1"}, nil, point, point + "/object/k", "https://fin-111122223333.s3-accesspoint.eu-west-1.amazonaws.com/k"},
		{"directory bucket", Options{Region: "eu-west-1"}, nil, "hot--euw1-az1--x-s3", "", "https://hot--euw1-az1--x-s3.s3express-euw1-az1.eu-west-1.amazonaws.com/k"},
		{"a store's path", Options{EndpointURL: "https://store.example/s3/"}, nil, "bucket", "arn:aws:s3:::bucket/k", "https://store.example/s3/bucket/k"},
		{"a store's host", Options{EndpointURL: "https://store.example", PathStyle: PathNever}, nil, "bucket", "arn:aws:s3:::bucket/k", "https://bucket.store.example/k"},
	} {
		st := connectWith(t, "", tt.o, tt.env).Store()
		place := Location{Bucket: tt.bucket, Key: "k"}
		if got := st.ARN(place); got != tt.arn {
			t.Errorf("%s: ARN %q, want %q", tt.name, got, tt.arn)
		}
		if got := st.URL(place); got != tt.url {
			t.Errorf("%s: URL %q, want %q", tt.name, got, tt.url)
		}
	}
}

// A directory bucket's ARN names its account, which the identity tells; its
// objects have none of their own.
func TestARNOfADirectoryBucket(t *testing.T) {
	s := connectWith(t, "", Options{Region: "eu-west-1"}, nil)
	place := Location{Bucket: "hot--euw1-az1--x-s3", Key: "k"}
	if got := s.Store().ARN(place); got != "" {
		t.Errorf("of an unknown account: %q", got)
	}
	s.who.value = Identity{Account: "111122223333", Asked: true}
	if got, want := s.Store().ARN(place), "arn:aws:s3express:eu-west-1:111122223333:bucket/hot--euw1-az1--x-s3"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// hostile are keys that shells and the AWS CLI would take for something else.
var hostile = []string{
	"plain/key.csv", "a b", "$(touch owned)", "`touch owned`", "it's", `say "hi"`, `back\slash`, "~/x", "*?[a]{b,c}", "!history", "a;b&c|d<e>f",
	"#not a comment", "-rf", "--version", "file:///etc/passwd", "https://host/x?a=1&b=<2>", "é漢\u202e", "$HOME", "a=b", "%s%n", " ", "'", `'"'"'`,
}

// controlled are keys with characters that no terminal should be sent as they are.
var controlled = []string{"two\nlines", "tab\there", "bell\aescape\x1b[31m1f", "quote'\nback\\", "ends\n", "del\x7f9"}

// The AWS CLI gets each key as it is, whatever shell the command is pasted into.
func TestCommandsSurviveTheShell(t *testing.T) {
	dir := t.TempDir()
	const fake = "#!/bin/sh\nprintf '%s\\0' \"$@\" > \"$ARGS\"\n"
	if err := os.WriteFile(filepath.Join(dir, "aws"), []byte(fake), 0o700); err != nil { //nolint:gosec // it is run
		t.Fatal(err)
	}
	args := filepath.Join(dir, "args")
	t.Setenv("ARGS", args)
	st := connectWith(t, "", Options{Region: "eu-west-1", Profile: ""}, map[string]string{"PATH": dir + ":" + os.Getenv("PATH")}).Store()
	run := func(shell, command string) []string {
		cmd := exec.CommandContext(t.Context(), shell, "-c", command) //nolint:gosec // what is under test
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%s: %s: %v\n%s", shell, command, err, out)
		}
		text, err := os.ReadFile(args)
		if err != nil {
			t.Fatal(err)
		}
		return strings.Split(strings.TrimSuffix(string(text), "\x00"), "\x00")
	}
	check := func(shell string, keys []string) {
		for _, key := range keys {
			place := Location{Bucket: "bucket", Key: key, VersionID: "v'1"}
			for _, command := range []string{st.CLI(place), st.DownloadCLI(place)} {
				words := run(shell, command)
				if got := keyOfWords(t, words); got != key || !slices.Contains(words, "v'1") || !slices.Contains(words, "bucket") && !slices.Contains(words, "--cli-input-json") {
					t.Errorf("%s: %s\ngives %q, the key %q instead of %q", shell, command, words, got, key)
				}
			}
			place.VersionID = ""
			if words := run(shell, st.DownloadCLI(place)); !slices.Contains(words, "s3://bucket/"+key) {
				t.Errorf("%s: %q", shell, words)
			}
		}
	}
	check("sh", hostile)
	if bash, err := exec.LookPath("bash"); err == nil {
		check(bash, slices.Concat(hostile, controlled))
	}
	if _, err := os.Stat(filepath.Join(dir, "owned")); err == nil {
		t.Error("a key ran a command")
	}
	for _, key := range controlled {
		if command := st.CLI(Location{Bucket: "bucket", Key: key}); strings.ContainsFunc(command, func(r rune) bool { return r < ' ' || r == 0x7f }) {
			t.Errorf("%q holds a control character", command)
		}
	}
}

// keyOfWords is the key that the AWS CLI would read from its arguments.
func keyOfWords(t *testing.T, words []string) string {
	t.Helper()
	for i, w := range words {
		switch {
		case w == "--key":
			if next := words[i+1]; !strings.HasPrefix(next, "-") && !strings.Contains(next, "://") {
				return next
			}
		case strings.HasPrefix(w, "--key="):
			return strings.TrimPrefix(w, "--key=")
		case w == "--cli-input-json":
			var in struct{ Bucket, Key string }
			if err := json.Unmarshal([]byte(words[i+1]), &in); err != nil || in.Bucket != "bucket" {
				t.Errorf("%q: %v", words[i+1], err)
			}
			return in.Key
		}
	}
	return ""
}

// A presigned URL ends with what signs it, where that is sooner.
func TestPresignEnds(t *testing.T) {
	st := connectWith(t, "", Options{Region: "eu-west-1"}, envKeys).Store()
	place := Location{Bucket: "b", Key: "k"}
	before := time.Now()
	link, ends, err := st.Presign(t.Context(), place, time.Hour)
	if err != nil || !strings.Contains(link, "X-Amz-Expires=3600") || ends.Before(before.Add(time.Hour)) {
		t.Errorf("%s ends %v, %v", link, ends, err)
	}
	if link, _, err = st.Presign(t.Context(), place, 30*24*time.Hour); err != nil || !strings.Contains(link, "X-Amz-Expires=604800") {
		t.Errorf("the longest is %s, %v", link, err)
	}
	soon := time.Now().Add(10 * time.Minute).UTC().Truncate(time.Second)
	process := `[default]
region = eu-west-1
credential_process = printf '{"Version":1,"AccessKeyId":"ASIAIOSFODNN7EXAMPLE","SecretAccessKey":"s","SessionToken":"t","Expiration":"` + soon.Format(time.RFC3339) + `"}'
`
	if _, ends, err = connectWith(t, process, Options{}, nil).Store().Presign(t.Context(), place, time.Hour); err != nil || !ends.Equal(soon) {
		t.Errorf("ends %v instead of %v, %v", ends, soon, err)
	}
	_, _, err = connectWith(t, "", Options{NoSignRequest: true, Region: "eu-west-1"}, nil).Store().Presign(t.Context(), place, time.Hour)
	if err == nil || !strings.Contains(err.Error(), "an anonymous session has nothing to sign with") {
		t.Errorf("anonymous: %v", err)
	}
}
