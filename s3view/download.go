package s3view

import (
	"context"
	"crypto/md5" //nolint:gosec // S3's ETag is one
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
	"unicode"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

// A Downloaded is a file that arrived whole.
type Downloaded struct {
	Path     string
	Bytes    int64
	Verified string // what was compared: "CRC64NVME", "MD5 of the ETag", or "size alone"
}

// stallTimeout ends a download of which nothing arrives any more.
const stallTimeout = 45 * time.Second

// Download fetches the object at the location into the file path, which must not
// exist. The bytes go to a file of another name beside it, are compared with
// S3's checksum, and only then get their name, so that there never is half a file
// under it; when the download ends early, nothing is left. progress, if not
// nil, is called with the bytes so far and in all.
func (st *Store) Download(ctx context.Context, at Location, path string, progress func(done, total int64)) (Downloaded, error) {
	if _, err := os.Lstat(path); err == nil {
		return Downloaded{}, fmt.Errorf("%q exists already: move it away or choose another name", path)
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	in := st.getInput(at)
	in.ChecksumMode = types.ChecksumModeEnabled
	out, _, err := do(ctx, st, "GetObject", at, func(ctx context.Context, c *s3.Client) (*s3.GetObjectOutput, error) {
		return c.GetObject(ctx, in)
	})
	if err != nil {
		return Downloaded{}, err
	}
	defer out.Body.Close() //nolint:errcheck // read only
	file, err := os.CreateTemp(filepath.Dir(path), ".s403-*.part")
	if err != nil {
		return Downloaded{}, fmt.Errorf("no file can be made beside %q: %w", path, innermost(err))
	}
	defer os.Remove(file.Name()) //nolint:errcheck // gone already after success
	d, err := receive(file, out, cancel, progress)
	if closed := file.Close(); err == nil && closed != nil {
		err = fmt.Errorf("%q cannot be written: %w", path, innermost(closed))
	}
	if err != nil {
		if local := new(fs.PathError); errors.As(err, &local) || AsError(err) != nil {
			return Downloaded{}, err
		}
		return Downloaded{}, newError("GetObject", at, err)
	}
	d.Path = path
	return d, giveName(file.Name(), path)
}

// receive copies the body into the file and checks it. stop is called when
// nothing arrives for stallTimeout.
func receive(file *os.File, out *s3.GetObjectOutput, stop func(), progress func(done, total int64)) (Downloaded, error) {
	total := aws.ToInt64(out.ContentLength)
	sum := md5.New() //nolint:gosec // as above
	stall := time.AfterFunc(stallTimeout, stop)
	defer stall.Stop()
	var done int64
	buf := make([]byte, 256<<10)
	for {
		n, err := out.Body.Read(buf)
		if n > 0 {
			stall.Reset(stallTimeout)
			if _, werr := file.Write(buf[:n]); werr != nil {
				return Downloaded{}, werr
			}
			_, _ = sum.Write(buf[:n])
			done += int64(n)
			if progress != nil {
				progress(done, total)
			}
		}
		if errors.Is(err, io.EOF) {
			return verify(out, done, total, sum)
		}
		if err != nil {
			return Downloaded{}, err
		}
	}
}

// verify compares what arrived with what S3 said. The SDK has compared the
// checksum by the end of the body, where S3 sent one for the whole object. An
// ETag is the MD5 of the content only for objects that were uploaded in one part
// and are not encrypted with KMS or a customer's key (API Reference, Object, ETag).
func verify(out *s3.GetObjectOutput, done, total int64, sum hash.Hash) (Downloaded, error) {
	d := Downloaded{Bytes: done, Verified: "size alone"}
	if out.ContentLength != nil && done != total {
		return d, &Error{Op: "GetObject", Message: fmt.Sprintf("%d bytes came instead of %d", done, total), Hint: "try again"}
	}
	for name, v := range map[string]*string{"CRC64NVME": out.ChecksumCRC64NVME, "CRC32": out.ChecksumCRC32,
		"CRC32C": out.ChecksumCRC32C, "SHA1": out.ChecksumSHA1, "SHA256": out.ChecksumSHA256} {
		if v != nil && !strings.Contains(*v, "-") && out.ChecksumType != types.ChecksumTypeComposite {
			d.Verified = name
			return d, nil
		}
	}
	etag := strings.Trim(aws.ToString(out.ETag), `"`)
	kms := strings.HasPrefix(string(out.ServerSideEncryption), "aws:kms") || out.SSECustomerAlgorithm != nil
	if _, err := hex.DecodeString(etag); err == nil && len(etag) == 2*md5.Size && !kms {
		if got := hex.EncodeToString(sum.Sum(nil)); got != etag {
			return d, &Error{Op: "GetObject", Message: "the content does not match its ETag, so it changed on its way", Hint: "try again"}
		}
		d.Verified = "MD5 of the ETag"
	}
	return d, nil
}

// giveName puts the finished file under its name, unless another file has taken
// the name meanwhile. A hard link refuses to replace; where the file system has
// none, renaming must do.
func giveName(temp, path string) error {
	err := os.Link(temp, path)
	switch {
	case err == nil:
		return os.Chmod(path, 0o644) //nolint:gosec // as a download is by custom
	case errors.Is(err, fs.ErrExist):
		return fmt.Errorf("%q exists already: move it away or choose another name", path)
	}
	if err := os.Rename(temp, path); err != nil {
		return fmt.Errorf("%q cannot be given its name: %w", path, innermost(err))
	}
	return nil
}

// LocalName makes a file name of a key: its last part, without what no file
// system or terminal takes well, and never one that leads out of its directory.
func LocalName(key string) string {
	name := strings.TrimSuffix(key, "/")
	name = name[strings.LastIndexByte(name, '/')+1:]
	name = strings.Map(func(r rune) rune {
		if r == '\\' || r == ':' || r == 0xfffd || unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
			return '_'
		}
		return r
	}, name)
	for len(name) > 240 {
		name = clip(name, 230)
	}
	if strings.Trim(name, ". ") == "" {
		return "object"
	}
	return name
}

// FreeName returns a path in dir for the key that no file has: "report.csv",
// else "report (2).csv", and so on.
func FreeName(dir, key string) string {
	name := LocalName(key)
	ext := filepath.Ext(name)
	path := filepath.Join(dir, name)
	for n := 2; n < 10_000; n++ {
		if _, err := os.Lstat(path); err != nil {
			return path
		}
		path = filepath.Join(dir, fmt.Sprintf("%s (%d)%s", strings.TrimSuffix(name, ext), n, ext))
	}
	return path
}

// Usage counts the objects and bytes below a prefix, many pages side by side.
// each, if not nil, hears how far it has come.
func (st *Store) Usage(ctx context.Context, at Location, each func(WalkStats)) (WalkStats, error) {
	return st.Walk(ctx, at, WalkOptions{Unordered: true}, func(_ []Entry, now WalkStats) error {
		if each != nil {
			each(now)
		}
		return nil
	})
}
