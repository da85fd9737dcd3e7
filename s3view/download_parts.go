package s3view

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
)

// partHeads is how many parts are asked for their size side by side.
const partHeads = 16

// verifyParts verifies a file whose checksum is one of its parts' checksums. S3
// keeps the parts' sizes: the first tells those of nearly every upload, and only
// where that guess fails are all of them asked (API Reference, HeadObject,
// partNumber).
func (r *receiver) verifyParts(ctx context.Context) (verified, unverified string, err error) {
	name := fmt.Sprintf("%s of %s", r.check.name, counts(int64(r.check.parts), "part"))
	first, err := r.partSize(ctx, 1)
	if err != nil {
		return r.partsUnknown(ctx, err)
	}
	if sizes := evenParts(first, r.total, r.check.parts); sizes != nil {
		same, err := r.matchesParts(ctx, sizes)
		if err != nil || same {
			return name, "", err
		}
	}
	sizes, err := r.allParts(ctx)
	if err != nil {
		return r.partsUnknown(ctx, err)
	}
	same, err := r.matchesParts(ctx, sizes)
	switch {
	case err != nil || same:
		return name, "", err
	case r.check.etag && r.st.session.foreign():
		return "", "its ETag is not made of its parts' MD5s as AWS makes it, and it has no checksum", nil
	}
	return "", "", r.mismatch()
}

// partsUnknown is the verdict where the sizes of the parts cannot be had. Giving
// up is no verdict.
func (r *receiver) partsUnknown(ctx context.Context, err error) (verified, unverified string, failure error) {
	if gone := context.Cause(ctx); gone != nil {
		return "", "", gone
	}
	return "", fmt.Sprintf("its %s is one of %s, whose sizes were not told (%s)", r.check.name, counts(int64(r.check.parts), "part"),
		newError("HeadObject", r.at, err).answer()), nil
}

// errNoParts says that a store ignores partNumber.
var errNoParts = errors.New("this store does not tell one part from the whole")

func (r *receiver) partSize(ctx context.Context, number int) (int64, error) {
	o := r.st.session.HeadOptions()
	o.ChecksumMode, o.PartNumber = false, int32(number) //nolint:gosec // at most maxParts
	h, err := r.st.HeadWith(ctx, r.at, o)
	if err != nil {
		return 0, err
	}
	if h.Size == r.total && r.check.parts > 1 {
		return 0, errNoParts
	}
	return h.Size, nil
}

// evenParts are sizes that are all the first's but for the last; nil where they
// cannot be.
func evenParts(first, total int64, parts int) []int64 {
	n := int64(parts)
	if first <= 0 || (n-1)*first >= total || n*first < total {
		return nil
	}
	sizes := make([]int64, parts)
	for i := range sizes {
		sizes[i] = first
	}
	sizes[parts-1] = total - (n-1)*first
	return sizes
}

// allParts asks for the size of each part.
func (r *receiver) allParts(ctx context.Context) ([]int64, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	sizes := make([]int64, r.check.parts)
	next := make(chan int)
	var heads sync.WaitGroup
	for range min(partHeads, len(sizes)) {
		heads.Go(func() {
			for i := range next {
				size, err := r.partSize(ctx, i+1)
				if err != nil {
					cancel(err)
				}
				sizes[i] = size
			}
		})
	}
	for i := range sizes {
		if ctx.Err() != nil {
			break
		}
		next <- i
	}
	close(next)
	heads.Wait()
	if err := context.Cause(ctx); err != nil {
		return nil, err
	}
	all := int64(0)
	for _, size := range sizes {
		all += size
	}
	if all != r.total {
		return nil, errNoParts
	}
	return sizes, nil
}

// matchesParts reads the file again, part by part, and compares the sum of the
// parts' sums.
func (r *receiver) matchesParts(ctx context.Context, sizes []int64) (bool, error) {
	whole := r.check.sum()
	var at int64
	for _, size := range sizes {
		part := r.check.sum()
		if _, err := io.Copy(part, &waited{ctx, io.NewSectionReader(r.file, at, size)}); err != nil {
			if gone := context.Cause(ctx); gone != nil {
				return false, gone
			}
			return false, &diskError{err}
		}
		_, _ = whole.Write(part.Sum(nil))
		at += size
	}
	return string(whole.Sum(nil)) == string(r.check.want), nil
}

// waited is a reader that ends when nobody waits for it any more.
type waited struct {
	ctx context.Context
	r   io.Reader
}

// Read reads, unless nobody waits.
func (w *waited) Read(p []byte) (int, error) {
	if err := w.ctx.Err(); err != nil {
		return 0, err
	}
	return w.r.Read(p)
}
