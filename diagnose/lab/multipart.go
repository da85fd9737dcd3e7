package lab

import (
	"bytes"
	"context"
	"crypto/md5"
	"encoding/base32"
	"encoding/hex"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/rclone/gofakes3"
)

// minPart is the least size of every part but the last ("Amazon S3 multipart
// upload limits").
const minPart = 5 << 20

// uploads are the multipart uploads under way. The zero value is ready for use.
type uploads struct {
	mu    sync.Mutex
	count uint64
	byID  map[gofakes3.UploadID]*upload
}

// upload is one multipart upload: what it was begun with, and its parts so far.
type upload struct {
	bucket, key string
	begun       time.Time
	write       write // as CreateMultipartUpload said: owner, class, key, ACL
	meta        map[string]string
	parts       map[int]part
	size        int64
}

type part struct {
	at   time.Time
	body []byte
	sum  [md5.Size]byte
}

// CreateMultipartUpload implements gofakes3.MultipartBackend.
func (s *store) CreateMultipartUpload(ctx context.Context, bucket, key string, meta map[string]string) (gofakes3.UploadID, error) {
	u := &s.uploads
	u.mu.Lock()
	defer u.mu.Unlock()
	u.count++
	id := gofakes3.UploadID(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(digest("upload", bucket, key, strconv.FormatUint(u.count, 10))))
	if u.byID == nil {
		u.byID = map[gofakes3.UploadID]*upload{}
	}
	u.byID[id] = &upload{bucket: bucket, key: key, begun: s.clock.Now(), write: writeOf(ctx), meta: meta, parts: map[int]part{}}
	return id, nil
}

// UploadPart implements gofakes3.MultipartBackend. All parts of an upload
// together are no larger than the largest object.
func (s *store) UploadPart(_ context.Context, _, _ string, id gofakes3.UploadID, number int, size int64, r io.Reader) (string, error) {
	body, err := io.ReadAll(io.LimitReader(r, size+1))
	if err != nil {
		return "", err
	}
	if int64(len(body)) != size {
		return "", gofakes3.ErrIncompleteBody
	}
	u := &s.uploads
	u.mu.Lock()
	defer u.mu.Unlock()
	up := u.byID[id]
	if up == nil {
		return "", gofakes3.ErrNoSuchUpload
	}
	if up.size += size - int64(len(up.parts[number].body)); up.size > maxObject {
		return "", gofakes3.ErrEntityTooLarge
	}
	p := part{s.clock.Now(), body, md5.Sum(body)}
	up.parts[number] = p
	return etag(p.sum[:]), nil
}

// CompleteMultipartUpload implements gofakes3.MultipartBackend. The object's
// ETag is the MD5 of the parts' MD5s, and their number: "…-3".
func (s *store) CompleteMultipartUpload(ctx context.Context, bucket, key string, id gofakes3.UploadID, in *gofakes3.CompleteMultipartUploadRequest) (gofakes3.VersionID, string, error) {
	u := &s.uploads
	u.mu.Lock()
	defer u.mu.Unlock()
	up := u.byID[id]
	if up == nil {
		return "", "", gofakes3.ErrNoSuchUpload
	}
	body, sums, err := up.assemble(in.Parts)
	if err != nil {
		return "", "", err
	}
	whole := md5.Sum(sums)
	w := up.write
	w.etag = fmt.Sprintf(`"%s-%d"`, hex.EncodeToString(whole[:]), len(in.Parts))
	result, err := s.PutObject(withWrite(ctx, w), bucket, key, up.meta, bytes.NewReader(body), int64(len(body)))
	if err != nil {
		return "", "", err
	}
	delete(u.byID, id)
	return result.VersionID, w.etag, nil
}

// assemble joins the parts that the client lists, and their MD5s.
func (up *upload) assemble(list []gofakes3.CompletedPart) (body, sums []byte, err error) {
	if len(list) == 0 {
		return nil, nil, gofakes3.ErrMalformedXML
	}
	if !slices.IsSortedFunc(list, func(a, b gofakes3.CompletedPart) int { return a.PartNumber - b.PartNumber }) {
		return nil, nil, gofakes3.ErrInvalidPartOrder
	}
	for i, listed := range list {
		p, ok := up.parts[listed.PartNumber]
		if !ok || strings.Trim(listed.ETag, `"`) != hex.EncodeToString(p.sum[:]) {
			return nil, nil, gofakes3.ErrInvalidPart
		}
		if i < len(list)-1 && len(p.body) < minPart {
			return nil, nil, errSmallPart
		}
		body, sums = append(body, p.body...), append(sums, p.sum[:]...)
	}
	return body, sums, nil
}

var errSmallPart = gofakes3.ErrorMessage("EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size")

// AbortMultipartUpload implements gofakes3.MultipartBackend.
func (s *store) AbortMultipartUpload(_ context.Context, _, _ string, id gofakes3.UploadID) error {
	u := &s.uploads
	u.mu.Lock()
	defer u.mu.Unlock()
	delete(u.byID, id)
	return nil
}
