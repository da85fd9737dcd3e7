package s3view

import (
	"bytes"
	"context"
	"crypto/md5"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// vault is a store of one object: its parts, what its headers say, and how many
// bytes each connection carries before it breaks.
type vault struct {
	mu     sync.Mutex
	parts  [][]byte
	header map[string]string
	breaks []int // bytes until the connection breaks; one that is left out does not
	asked  []string
	change func(n int) // before the n-th GET, from 0
	gets   int
}

func (v *vault) content() []byte { return bytes.Join(v.parts, nil) }

func (v *vault) serve(w http.ResponseWriter, r *http.Request) {
	v.mu.Lock()
	defer v.mu.Unlock()
	for name, value := range v.header {
		w.Header().Set(name, value)
	}
	if number, err := strconv.Atoi(r.URL.Query().Get("partNumber")); err == nil {
		v.asked = append(v.asked, fmt.Sprintf("part %d", number))
		w.Header().Set("Content-Length", strconv.Itoa(len(v.parts[number-1])))
		w.WriteHeader(http.StatusPartialContent)
		return
	}
	v.asked = append(v.asked, strings.TrimSpace(r.Method+" "+r.Header.Get("Range")+" "+r.Header.Get("If-Match")))
	if v.change != nil {
		v.change(v.gets)
		for name, value := range v.header {
			w.Header().Set(name, value)
		}
	}
	if v.gets++; v.gets <= len(v.breaks) {
		w = &breaking{w, v.breaks[v.gets-1]}
	}
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(v.content()))
}

// breaking is an answer whose connection breaks after so many bytes.
type breaking struct {
	http.ResponseWriter
	left int
}

func (b *breaking) Write(p []byte) (int, error) {
	n, _ := b.ResponseWriter.Write(p[:min(len(p), b.left)])
	if b.left -= n; b.left <= 0 {
		if n > 0 {
			b.ResponseWriter.(http.Flusher).Flush()
		}
		panic(http.ErrAbortHandler)
	}
	return n, nil
}

// of64 is a checksum as S3 sends it.
func of64(h hash.Hash, content []byte) string {
	_, _ = h.Write(content)
	return base64.StdEncoding.EncodeToString(h.Sum(nil))
}

// ofParts is the checksum of the checksums of parts.
func ofParts(sum func() hash.Hash, parts [][]byte) []byte {
	whole := sum()
	for _, p := range parts {
		one := sum()
		_, _ = one.Write(p)
		_, _ = whole.Write(one.Sum(nil))
	}
	return whole.Sum(nil)
}

// S3's checksums of the nine digits are as their specifications give them.
func TestChecksumsOfNineDigits(t *testing.T) {
	want := map[string]string{"CRC64NVME": "ae8b14860a799888", "CRC32C": "e3069283", "CRC32": "cbf43926",
		"MD5": "25f9e794323b453885f5181f1b624d0b", "SHA1": "f7c3bc1d808e04732adf679965ccc34ca7ae3441"}
	for _, k := range checksumKinds {
		h := k.sum()
		_, _ = io.WriteString(h, "123456789")
		if got := hex.EncodeToString(h.Sum(nil)); want[k.name] != "" && got != want[k.name] {
			t.Errorf("%s is %s, want %s", k.name, got, want[k.name])
		}
	}
}

// uneven and even are objects that were uploaded in parts.
var (
	even   = [][]byte{bytes.Repeat([]byte("a"), 5000), bytes.Repeat([]byte("b"), 5000), []byte("end")}
	uneven = [][]byte{bytes.Repeat([]byte("a"), 5000), bytes.Repeat([]byte("b"), 2000), bytes.Repeat([]byte("c"), 4000)}
	single = [][]byte{bytes.Repeat([]byte("0123456789"), 100_000)}
)

// headers are what an answer says of its content.
type headers = map[string]string

// arrivalCase is an object, what S3 says of it, and what is made of that.
type arrivalCase struct {
	name       string
	parts      [][]byte
	header     headers
	verified   string
	unverified string
	err        string
	asked      int // HEADs of parts
}

// arrivals are objects of every kind of checksum, right and wrong.
func arrivals() []arrivalCase {
	sum := md5.Sum(single[0])
	tag := hex.EncodeToString(sum[:])
	wrong64 := func(n int) string { return base64.StdEncoding.EncodeToString(make([]byte, n)) }
	etagOf := func(parts [][]byte) string { return hex.EncodeToString(ofParts(md5.New, parts)) }
	sha := base64.StdEncoding.EncodeToString(ofParts(sha256.New, even))
	cases := []arrivalCase{
		{"ETag", single, headers{"ETag": tag}, "MD5 (ETag)", "", "", 0},
		{"wrong ETag", single, headers{"ETag": strings.Repeat("0", 32)}, "", "", "does not match its MD5 (ETag)", 0},
		{"wrong CRC64NVME beside a right ETag", single, headers{"ETag": tag, "X-Amz-Checksum-Crc64nvme": wrong64(8)}, "", "", "does not match its CRC64NVME", 0},
		{"KMS", single, headers{"ETag": strings.Repeat("0", 32), "X-Amz-Server-Side-Encryption": "aws:kms"}, "", "encrypted with KMS, so its ETag is no MD5", "", 0},
		{"KMS twice", single, headers{"ETag": strings.Repeat("0", 32), "X-Amz-Server-Side-Encryption": "aws:kms:dsse"}, "", "encrypted with KMS", "", 0},
		{"KMS with a checksum", single, headers{"ETag": strings.Repeat("0", 32), "X-Amz-Server-Side-Encryption": "aws:kms",
			"X-Amz-Checksum-Sha256": of64(sha256.New(), single[0])}, "SHA256", "", "", 0},
		{"a customer's key", single, headers{"ETag": strings.Repeat("0", 32), "X-Amz-Server-Side-Encryption-Customer-Algorithm": "AES256"}, "", "customer's key", "", 0},
		{"an ETag of the store's own", single, headers{"ETag": "v7-abc"}, "", "its ETag is no MD5", "", 0},
		{"no ETag", single, headers{}, "", "its ETag is no MD5", "", 0},
		{"a checksum that nobody knows", single, headers{"ETag": tag, "X-Amz-Checksum-Xxhash3": "AAAA"}, "MD5 (ETag)", "", "", 0},
		{"an unreadable checksum", single, headers{"ETag": tag, "X-Amz-Checksum-Sha1": "???"}, "MD5 (ETag)", "", "", 0},
		{"parts' ETag", even, headers{"ETag": etagOf(even) + "-3"}, "MD5 (ETag) of 3 parts", "", "", 1},
		{"uneven parts", uneven, headers{"ETag": etagOf(uneven) + "-3"}, "MD5 (ETag) of 3 parts", "", "", 4},
		{"parts' SHA256", even, headers{"ETag": etagOf(even) + "-3", "X-Amz-Checksum-Sha256": sha + "-3", "X-Amz-Checksum-Type": "COMPOSITE"}, "SHA256 of 3 parts", "", "", 1},
		{"parts' SHA256 without the number", even, headers{"ETag": etagOf(even) + "-3", "X-Amz-Checksum-Sha256": sha, "X-Amz-Checksum-Type": "COMPOSITE"}, "SHA256 of 3 parts", "", "", 1},
		{"parts' wrong SHA256", even, headers{"X-Amz-Checksum-Sha256": wrong64(32) + "-3", "X-Amz-Checksum-Type": "COMPOSITE"}, "", "", "does not match its SHA256", 4},
		{"a whole checksum of parts", even, headers{"ETag": etagOf(even) + "-3", "X-Amz-Checksum-Crc64nvme": of64(newCRC64NVME(), bytes.Join(even, nil)),
			"X-Amz-Checksum-Type": "FULL_OBJECT"}, "CRC64NVME", "", "", 0},
		{"a foreign store's ETag of parts", even, headers{"ETag": strings.Repeat("0", 32) + "-3"}, "", "not made of its parts' MD5s", "", 4},
	}
	for _, k := range checksumKinds {
		cases = append(cases, arrivalCase{k.name, single, headers{"X-Amz-Checksum-" + k.name: of64(k.sum(), single[0])}, k.name, "", "", 0})
	}
	return cases
}

// A download is verified by what S3 says of it; what is not the same content
// leaves no file.
func TestDownloadIsVerified(t *testing.T) {
	for _, tt := range arrivals() {
		for name, value := range tt.header {
			if name == "ETag" {
				tt.header[name] = `"` + value + `"`
			}
		}
		v := &vault{parts: tt.parts, header: tt.header}
		st, _ := open(t, Options{}, v.serve)
		dir := t.TempDir()
		path := filepath.Join(dir, "file")
		d, err := st.Download(t.Context(), at(t, "s3://bucket/file"), path, nil)
		heads := 0
		for _, asked := range v.asked {
			if strings.HasPrefix(asked, "part ") {
				heads++
			}
		}
		if d.Verified != tt.verified || !strings.Contains(d.Unverified, tt.unverified) || (tt.unverified == "") != (d.Unverified == "") || heads != tt.asked {
			t.Errorf("%s: verified %q, not for %q, %d heads; want %q, %q, %d", tt.name, d.Verified, d.Unverified, heads, tt.verified, tt.unverified, tt.asked)
		}
		files, _ := os.ReadDir(dir)
		if tt.err != "" {
			if err == nil || !strings.Contains(err.Error(), tt.err) || strings.Contains(err.Error(), "\n") || len(files) != 0 {
				t.Errorf("%s: %v, %d files left", tt.name, err, len(files))
			}
			continue
		}
		got, _ := os.ReadFile(path)
		if err != nil || !bytes.Equal(got, v.content()) || len(files) != 1 {
			t.Errorf("%s: %v, %d files", tt.name, err, len(files))
		}
	}
}

// A store that ignores partNumber leaves the parts unverified, and says so.
func TestDownloadWithoutPartSizes(t *testing.T) {
	st, _ := open(t, Options{}, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", `"`+strings.Repeat("0", 32)+`-3"`)
		http.ServeContent(w, r, "", time.Time{}, strings.NewReader("some content"))
	})
	d, err := st.Download(t.Context(), at(t, "s3://bucket/k"), filepath.Join(t.TempDir(), "k"), nil)
	if want := "its MD5 (ETag) is one of 3 parts, whose sizes were not told (this store does not tell one part from the whole)"; err != nil || d.Unverified != want {
		t.Errorf("%+v, %v", d, err)
	}
}

// A connection that breaks is taken up where it broke, of the same content only.
func TestDownloadGoesOn(t *testing.T) {
	sum := md5.Sum(single[0])
	tag := `"` + hex.EncodeToString(sum[:]) + `"`
	size := len(single[0])
	tests := []struct {
		name    string
		header  map[string]string
		breaks  []int
		change  func(*vault, int)
		resumed int
		err     string
		asked   []string
	}{
		{"once", map[string]string{"ETag": tag}, []int{300_000}, nil, 1, "",
			[]string{"GET", "GET bytes=300000- " + tag}},
		{"three times, once at its very beginning", map[string]string{"ETag": tag}, []int{400_000, 0, 100_000}, nil, 2, "",
			[]string{"GET", "GET bytes=400000- " + tag, "GET bytes=400000- " + tag, "GET bytes=500000- " + tag}},
		{"changed meanwhile", map[string]string{"ETag": tag}, []int{300_000}, func(v *vault, n int) {
			if n == 1 {
				v.header = map[string]string{"ETag": `"other"`}
			}
		}, 0, "the object was changed while it was fetched; download it again", []string{"GET", "GET bytes=300000- " + tag}},
		{"without an ETag", nil, []int{300_000}, nil, 0, "unexpected EOF", []string{"GET"}},
		{"gone for good", map[string]string{"ETag": tag}, append([]int{300_000}, make([]int, 100)...), nil, 0, "EOF", nil},
	}
	for _, tt := range tests {
		v := &vault{parts: single, header: tt.header, breaks: tt.breaks}
		if tt.change != nil {
			v.change = func(n int) { tt.change(v, n) }
		}
		st, _ := open(t, Options{}, v.serve)
		file, err := partFile(filepath.Join(t.TempDir(), "file"))
		if err != nil {
			t.Fatal(err)
		}
		var pauses []time.Duration
		r := receiver{st: st, at: at(t, "s3://bucket/k"), file: file, pause: func(_ context.Context, d time.Duration) { pauses = append(pauses, d) }}
		d, err := r.fill(t.Context())
		if tt.err != "" {
			if err == nil || !strings.Contains(newError("GetObject", r.at, err).Error(), tt.err) {
				t.Errorf("%s: %v, want %q", tt.name, err, tt.err)
			}
		} else if got, _ := os.ReadFile(file.Name()); err != nil || d.Verified != "MD5 (ETag)" || d.Resumed != tt.resumed || d.Bytes != int64(size) || !bytes.Equal(got, single[0]) {
			t.Errorf("%s: %+v, %v, %d bytes on disk", tt.name, d, err, len(got))
		}
		if tt.asked != nil && !slices.Equal(v.asked, tt.asked) {
			t.Errorf("%s: asked %q, want %q", tt.name, v.asked, tt.asked)
		}
		if tt.asked == nil && (len(pauses) != resumeTries-1 || pauses[1] != 2*pauses[0]) {
			t.Errorf("%s: paused %v", tt.name, pauses)
		}
		_ = file.Close()
	}
}

// A store that ignores ranges is not taken for one that goes on.
func TestDownloadWithoutRanges(t *testing.T) {
	first := true
	st, _ := open(t, Options{}, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("ETag", `"e"`)
		w.Header().Set("Content-Length", "10")
		if first {
			first = false
			w = &breaking{w, 4}
		}
		_, _ = w.Write([]byte("0123456789"))
	})
	dir := t.TempDir()
	_, err := st.Download(t.Context(), at(t, "s3://bucket/k"), filepath.Join(dir, "k"), nil)
	files, _ := os.ReadDir(dir)
	if err == nil || !strings.Contains(err.Error(), "this store does not send the rest alone") || len(files) != 0 {
		t.Errorf("%v, %d files left", err, len(files))
	}
}

// fullDisk takes so many bytes and no more.
type fullDisk struct {
	*os.File
	room int
}

func (d *fullDisk) Write(p []byte) (int, error) {
	if d.room -= len(p); d.room < 0 {
		return 0, &fs.PathError{Op: "write", Path: "x", Err: syscall.ENOSPC}
	}
	return d.File.Write(p)
}

// A full disk ends the download at once, and is not taken for the store's fault.
func TestDownloadOnAFullDisk(t *testing.T) {
	v := &vault{parts: single, header: map[string]string{"ETag": `"e"`}}
	st, _ := open(t, Options{}, v.serve)
	r := receiver{st: st, at: at(t, "s3://bucket/k"), file: &fullDisk{room: 500_000}, pause: wait}
	file, err := os.CreateTemp(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	r.file.(*fullDisk).File = file
	_, err = r.fill(t.Context())
	if disk := new(diskError); !errors.As(err, &disk) || !errors.Is(innermost(disk.err), syscall.ENOSPC) || len(v.asked) != 1 {
		t.Errorf("%v after %q", err, v.asked)
	}
	_ = file.Close()
}

// Canceling leaves nothing behind, also while the file is verified.
func TestDownloadCanceled(t *testing.T) {
	st, _ := open(t, Options{}, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", "1000000")
		_, _ = w.Write(make([]byte, 1000))
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	})
	ctx, cancel := context.WithCancel(t.Context())
	dir := t.TempDir()
	_, err := st.Download(ctx, at(t, "s3://bucket/k"), filepath.Join(dir, "k"), func(int64, int64) { cancel() })
	files, _ := os.ReadDir(dir)
	if !errors.Is(err, context.Canceled) || !AsError(err).Canceled() || len(files) != 0 {
		t.Errorf("%v, %d files left", err, len(files))
	}
	ctx, cancel = context.WithCancel(t.Context())
	v := &vault{parts: even, header: map[string]string{"ETag": `"` + strings.Repeat("0", 32) + `-3"`}}
	st, _ = open(t, Options{}, v.serve)
	_, err = st.Download(ctx, at(t, "s3://bucket/k"), filepath.Join(dir, "k"), func(done, total int64) {
		if done == total {
			cancel()
		}
	})
	if files, _ = os.ReadDir(dir); !errors.Is(err, context.Canceled) || len(files) != 0 {
		t.Errorf("while verifying: %v, %d files left", err, len(files))
	}
}
