//go:build unix

package cli

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"s403/diagnose/lab"
)

// TestLabProcess runs `s403 lab` in a process of its own, uses it, and stops it by
// each signal. It holds that the lab writes no file, has none open for writing, ends with 0
// when it is asked to, and leaves its port free.
func TestLabProcess(t *testing.T) {
	signals := map[string]os.Signal{"SIGINT": syscall.SIGINT, "SIGTERM": syscall.SIGTERM, "SIGHUP": syscall.SIGHUP}
	if signal.Ignored(syscall.SIGHUP) {
		delete(signals, "SIGHUP") // the tests run under nohup, and so does the lab
	}
	for name, sig := range signals {
		t.Run(name, func(t *testing.T) {
			root := t.TempDir()
			before := treeOf(t, root)
			cmd, card := labProcess(t, root)
			useLab(t, card)
			if files := writtenFiles(t, cmd.Process.Pid); len(files) > 0 {
				t.Errorf("the lab has files open for writing: %q", files)
			}
			if err := cmd.Process.Signal(sig); err != nil {
				t.Fatal(err)
			}
			if err := cmd.Wait(); err != nil {
				t.Errorf("the lab ends with %v", err)
			}
			if after := treeOf(t, root); after != before {
				t.Errorf("the lab wrote a file:\n%s\nbefore:\n%s", after, before)
			}
			comesFree(t, strings.TrimPrefix(card.Endpoint, "http://"))
		})
	}
}

// comesFree waits until a port can be listened on: another program may have taken
// it for a moment.
func comesFree(t *testing.T, address string) {
	t.Helper()
	free, err := net.Listen("tcp", address)
	for end := time.Now().Add(patience); err != nil && time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		free, err = net.Listen("tcp", address)
	}
	if err != nil {
		t.Fatalf("the port is not free: %v", err)
	}
	_ = free.Close()
}

// labProcess starts the lab with every place where a program writes by habit in
// directories of its own under root, and waits until it says where it is.
func labProcess(t testing.TB, root string) (*exec.Cmd, lab.Card) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 2*patience)
	t.Cleanup(cancel)
	cmd := exec.CommandContext(ctx, os.Args[0], "lab", "--output", "json") //nolint:gosec // this very test
	cmd.Dir = root
	cmd.Env = []string{"S403_TEST_AS_PROGRAM=1", "PATH=" + os.Getenv("PATH")}
	for _, name := range []string{"HOME", "TMPDIR", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_RUNTIME_DIR"} {
		cmd.Env = append(cmd.Env, name+"="+root)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadBytes('\n')
	if err != nil {
		t.Fatal(err)
	}
	var card lab.Card
	if err := json.Unmarshal(line, &card); err != nil {
		t.Fatalf("%v: %s", err, line)
	}
	return cmd, card
}

// useLab writes an object larger than any buffer in parts, reads and lists.
func useLab(t *testing.T, card lab.Card) {
	t.Helper()
	var admin lab.Credentials
	for _, s := range card.Scenarios {
		for _, a := range s.Actors {
			if s.Name == "identity-no-allow" && a.Actor == "admin" {
				admin = a
			}
		}
	}
	c := s3.New(s3.Options{BaseEndpoint: &card.Endpoint, Region: "eu-west-1", UsePathStyle: true,
		Credentials: credentials.NewStaticCredentialsProvider(admin.AccessKeyID, admin.SecretAccessKey, "")})
	bucket, key := aws.String("acme-reports"), aws.String("in/large")
	if _, err := c.PutObject(t.Context(), &s3.PutObjectInput{Bucket: bucket, Key: key, Body: strings.NewReader(strings.Repeat("0123456789abcdef", 1<<18))}); err != nil {
		t.Fatal(err)
	}
	begun, err := c.CreateMultipartUpload(t.Context(), &s3.CreateMultipartUploadInput{Bucket: bucket, Key: key})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.UploadPart(t.Context(), &s3.UploadPartInput{Bucket: bucket, Key: key, UploadId: begun.UploadId, PartNumber: aws.Int32(1), Body: strings.NewReader("left unfinished")}); err != nil {
		t.Fatal(err)
	}
	if _, err := c.ListObjectsV2(t.Context(), &s3.ListObjectsV2Input{Bucket: bucket}); err != nil {
		t.Fatal(err)
	}
}

// treeOf lists every file and directory under root with size and time.
func treeOf(t *testing.T, root string) string {
	t.Helper()
	var b strings.Builder
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err == nil {
			fmt.Fprintln(&b, path, info.Mode(), info.Size(), info.ModTime().UnixNano())
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// writtenFiles are the files that a process has open for writing, where the system
// shows them. Reading some is the Go runtime's own business.
func writtenFiles(t *testing.T, pid int) []string {
	t.Helper()
	if runtime.GOOS != "linux" {
		return nil
	}
	dir := fmt.Sprintf("/proc/%d", pid)
	open, err := os.ReadDir(filepath.Join(dir, "fd"))
	if err != nil {
		t.Fatal(err)
	}
	var files []string
	for _, fd := range open {
		name, err := os.Readlink(filepath.Join(dir, "fd", fd.Name()))
		info, lost := os.ReadFile(filepath.Join(dir, "fdinfo", fd.Name()))
		if err != nil || lost != nil || !strings.HasPrefix(name, "/") || name == os.DevNull {
			continue
		}
		var pos, flags int
		if _, err := fmt.Sscanf(string(info), "pos:\t%d\nflags:\t%o", &pos, &flags); err != nil {
			t.Fatalf("%v: %s", err, info)
		}
		if flags&syscall.O_ACCMODE != syscall.O_RDONLY {
			files = append(files, name)
		}
	}
	return files
}

// BenchmarkLabProcess is the start of `s403 lab` as a person feels it: from the
// command to the line that says where the lab is. It must stay under 100 ms.
func BenchmarkLabProcess(b *testing.B) {
	root := b.TempDir()
	for b.Loop() {
		cmd, _ := labProcess(b, root)
		b.StopTimer()
		if err := cmd.Process.Kill(); err != nil {
			b.Fatal(err)
		}
		_ = cmd.Wait() // killed, and says so
		b.StartTimer()
	}
}
