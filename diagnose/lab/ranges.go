package lab

import (
	"fmt"
	"net/http"
	"regexp"
	"strconv"
)

// oneRange is a Range header that S3 takes.
var oneRange = regexp.MustCompile(`^bytes=(?:([0-9]+)-([0-9]*)|-([0-9]+))$`)

// span is a range of bytes, both ends in it.
type span struct{ first, last int64 }

// spanOf is what a Range header asks for of so many bytes. ok is false for a header
// that S3 does not read: it then gives the whole object, as for several ranges.
// A span that ends before it begins cannot be satisfied.
func spanOf(header string, size int64) (s span, ok bool) {
	parts := oneRange.FindStringSubmatch(header)
	if parts == nil {
		return s, false
	}
	number := func(text string, otherwise int64) int64 {
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil { // absent, or beyond all sizes
			return otherwise
		}
		return n
	}
	if parts[3] != "" {
		return span{max(0, size-number(parts[3], size)), size - 1}, true
	}
	return span{number(parts[1], size), min(size-1, number(parts[2], size-1))}, true
}

// rewriteRange makes the Range header one that the storage takes. It returns the
// span that a HEAD asks for, whose range the storage does not know.
func rewriteRange(r *http.Request, size int64) *span {
	s, ok := spanOf(r.Header.Get("Range"), size)
	switch {
	case !ok:
		r.Header.Del("Range")
		return nil
	case r.Method == http.MethodHead:
		return &s
	case s.empty():
		r.Header.Set("Range", fmt.Sprintf("bytes=%d-", size)) // which the storage refuses, in its turn
	default:
		r.Header.Set("Range", fmt.Sprintf("bytes=%d-%d", s.first, s.last))
	}
	return nil
}

// empty tells whether the object has no byte of the span.
func (s span) empty() bool { return s.first > s.last }

func noSuchRange(header string, size int64) *apiError {
	return failure(http.StatusRequestedRangeNotSatisfiable, "InvalidRange", "The requested range is not satisfiable",
		element{"RangeRequested", header}, element{"ActualObjectSize", strconv.FormatInt(size, 10)})
}

// tell makes a HEAD's answer one about the span, and returns its status
// (API_HeadObject, Range).
func (s span) tell(h http.Header, size int64) int {
	if s.empty() {
		return http.StatusRequestedRangeNotSatisfiable
	}
	h.Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", s.first, s.last, size))
	h.Set("Content-Length", strconv.FormatInt(s.last-s.first+1, 10))
	return http.StatusPartialContent
}
