package s3view

import (
	"context"
	"errors"
	"fmt"
	"hash"
	"io"
	"net/http"
	"os"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

// A Downloaded is a file that arrived whole.
type Downloaded struct {
	Path       string
	Bytes      int64
	Verified   string // what matched: "CRC64NVME", "MD5 (ETag)", "SHA256 of 3 parts"; empty where nothing could be compared
	Unverified string // why only the size was compared; empty where Verified is not
	Resumed    int    // how often the connection broke and the download went on where it was
}

// Bounds of a download.
const (
	stallTimeout = 45 * time.Second       // nothing arrives: the connection is given up
	resumeTries  = 8                      // connections in a row that bring nothing
	resumePause  = 250 * time.Millisecond // before the third connection; each next one waits twice as long
)

// Download fetches the object at the location into the file path, which must not
// exist. The bytes go to a file of another name beside it, are compared with
// S3's checksum, and only then get their name, so that there never is half a file
// under it; when the download ends early, nothing is left. A connection that
// breaks is taken up where it broke, as long as the object is the same. progress,
// if not nil, is called with the bytes so far and in all.
func (st *Store) Download(ctx context.Context, at Location, path string, progress func(done, total int64)) (Downloaded, error) {
	if _, err := os.Lstat(path); err == nil {
		return Downloaded{}, existsAlready(path)
	}
	file, err := partFile(path)
	if err != nil {
		return Downloaded{}, err
	}
	defer os.Remove(file.Name()) //nolint:errcheck // its other name stays
	r := receiver{st: st, at: at, file: file, progress: progress, pause: wait}
	d, err := r.fill(ctx)
	if closed := file.Close(); err == nil && closed != nil {
		err = &diskError{closed}
	}
	if disk := new(diskError); errors.As(err, &disk) {
		return Downloaded{}, fmt.Errorf("%q cannot be written: %w; nothing is left of it", path, innermost(disk.err))
	}
	if err != nil {
		return Downloaded{}, newError("GetObject", at, err)
	}
	d.Path = path
	return d, giveName(file.Name(), path)
}

// diskError is an error of the file, not of the store.
type diskError struct{ err error }

func (e *diskError) Error() string { return e.err.Error() }
func (e *diskError) Unwrap() error { return e.err }

// disk is the file that a download fills: *os.File.
type disk interface {
	io.Writer
	io.ReaderAt
}

// receiver is one download under way.
type receiver struct {
	st       *Store
	at       Location
	file     disk
	progress func(done, total int64)
	pause    func(ctx context.Context, d time.Duration)

	done, total int64
	etag        string // of the content that is fetched, with its quotes
	check       check
	sum         hash.Hash // of what has arrived; nil where it is not wanted
	resumed     int
}

// fill downloads into the file and verifies what is there.
func (r *receiver) fill(ctx context.Context) (d Downloaded, err error) {
	if err := r.run(ctx); err != nil {
		return d, err
	}
	d.Bytes, d.Resumed = r.done, r.resumed
	d.Verified, d.Unverified, err = r.verify(ctx)
	return d, err
}

// run fetches until all is there. Each connection that brings something makes
// up for those that brought nothing.
func (r *receiver) run(ctx context.Context) error {
	idle := 0
	for {
		before := r.done
		err := r.connection(ctx)
		switch {
		case err == nil:
			return nil
		case r.done > before:
			idle = 0
		}
		if idle++; idle > resumeTries || !r.resumable(ctx, err) {
			return err
		}
		if idle > 1 {
			r.pause(ctx, resumePause<<(idle-2))
		}
		if r.done > before {
			r.resumed++
		}
	}
}

// wait lets d pass, or less when ctx ends.
func wait(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

// resumable tells whether another connection may bring the rest: something has
// begun, it has a name to be known by, and what broke is the way to it.
func (r *receiver) resumable(ctx context.Context, err error) bool {
	if ctx.Err() != nil || r.etag == "" || r.total < 0 || errors.As(err, new(*diskError)) {
		return false
	}
	e := newError("GetObject", r.at, err)
	return e.Status == 0 || e.Status >= http.StatusInternalServerError || e.Throttled()
}

// connection fetches what is missing over one connection. It ends without an
// error when all is there.
func (r *receiver) connection(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	out, err := r.get(ctx)
	if err != nil {
		return err
	}
	defer out.Body.Close() //nolint:errcheck // read only
	if r.etag == "" && r.done == 0 {
		r.begin(out)
	}
	stall := time.AfterFunc(stallTimeout, func() { cancel(errStalled) })
	defer stall.Stop()
	err = r.copy(out.Body, func() { stall.Reset(stallTimeout) })
	if err != nil && errors.Is(context.Cause(ctx), errStalled) {
		return errStalled
	}
	return err
}

var errStalled = fmt.Errorf("nothing arrived for %v", stallTimeout)

// get asks for the object, or for what is missing of it: of the same content,
// which If-Match makes sure of.
func (r *receiver) get(ctx context.Context) (*s3.GetObjectOutput, error) {
	in := r.st.getInput(r.at)
	if r.done == 0 {
		in.ChecksumMode = types.ChecksumModeEnabled
	} else {
		in.Range = aws.String(fmt.Sprintf("bytes=%d-", r.done))
	}
	in.IfMatch = optional(r.etag)
	out, _, err := do(ctx, r.st, "GetObject", r.at, func(ctx context.Context, c *s3.Client) (*s3.GetObjectOutput, error) {
		return c.GetObject(ctx, in)
	})
	switch e := AsError(err); {
	case e != nil && e.Status == http.StatusPreconditionFailed:
		return nil, &Error{Op: "GetObject", Location: r.at, Status: e.Status, Code: e.Code, RequestID: e.RequestID,
			Message: "the object was changed while it was fetched", Hint: "download it again", Err: err}
	case err != nil:
		return nil, err
	case r.done > 0 && aws.ToString(out.ContentRange) != fmt.Sprintf("bytes %d-%d/%d", r.done, r.total-1, r.total):
		_ = out.Body.Close()
		return nil, &Error{Op: "GetObject", Location: r.at, Status: http.StatusOK, Code: "NoRange",
			Message: "the connection broke, and this store does not send the rest alone", Hint: "download it again"}
	}
	return out, nil
}

// begin notes what is on its way, and how it can be verified.
func (r *receiver) begin(out *s3.GetObjectOutput) {
	r.etag, r.total = aws.ToString(out.ETag), -1
	if out.ContentLength != nil {
		r.total = *out.ContentLength
	}
	r.check = checkOf(out, r.at)
	if r.check.sum != nil && r.check.parts == 0 {
		r.sum = r.check.sum()
	}
}

// copy moves a body into the file. arrived is called whenever something came.
func (r *receiver) copy(body io.Reader, arrived func()) error {
	buf := make([]byte, 256<<10)
	for {
		n, err := body.Read(buf)
		if n > 0 {
			arrived()
			if _, werr := r.file.Write(buf[:n]); werr != nil {
				return &diskError{werr}
			}
			if r.sum != nil {
				_, _ = r.sum.Write(buf[:n])
			}
			r.done += int64(n)
			if r.progress != nil {
				r.progress(r.done, max(r.total, 0))
			}
		}
		switch {
		case r.done == r.total:
			return nil // the SDK's own word about the checksum is left to verify
		case errors.Is(err, io.EOF) && r.total < 0:
			return nil
		case errors.Is(err, io.EOF):
			return io.ErrUnexpectedEOF
		case err != nil:
			return err
		}
	}
}
