package lab

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"sync"
)

// requestIDs gives every request an id of its own that follows from what was
// asked and how often, not from the order in which requests that are sent side
// by side happen to arrive. So pictures and goldens come out the same.
type requestIDs struct {
	mu    sync.Mutex
	asked map[string]uint64
	total uint64
}

// Bounds: how many different requests are counted one by one before the lab
// numbers them all in one row, and how much of a form is read to tell it.
const (
	distinctRequests = 100_000
	formBytes        = 64 << 10
)

// next is the pair of ids, as in x-amz-request-id and x-amz-id-2.
func (ids *requestIDs) next(r *http.Request) (requestID, hostID string) {
	what := requestLine(r)
	sum := digest("request", what, strconv.FormatUint(ids.count(what), 10))
	return strings.ToUpper(hex.EncodeToString(sum[:8])), base64.StdEncoding.EncodeToString(append(sum, sum[:16]...))
}

func (ids *requestIDs) count(what string) uint64 {
	ids.mu.Lock()
	defer ids.mu.Unlock()
	ids.total++
	if len(ids.asked) >= distinctRequests {
		return ids.total
	}
	if ids.asked == nil {
		ids.asked = map[string]uint64{}
	}
	ids.asked[what]++
	return ids.asked[what]
}

// requestLine is what the request asks, without what differs each time: the
// date and the signature.
func requestLine(r *http.Request) string {
	query := r.URL.Query()
	for _, name := range []string{"X-Amz-Date", "X-Amz-Signature", "Signature", "Expires"} {
		query.Del(name)
	}
	credential, _, _ := strings.Cut(r.Header.Get("Authorization"), "/")
	return strings.Join([]string{
		r.Method, r.URL.EscapedPath(), query.Encode(), credential,
		r.Header.Get("X-Amz-Target"), r.Header.Get("Range"), form(r),
	}, "\n")
}

// form reads the body of a query or JSON request, and puts it back.
func form(r *http.Request) string {
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if r.Body == nil || r.Method != http.MethodPost ||
		kind != "application/x-www-form-urlencoded" && !strings.HasPrefix(kind, "application/x-amz-json") {
		return ""
	}
	head, err := io.ReadAll(io.LimitReader(r.Body, formBytes))
	if err != nil {
		return ""
	}
	r.Body = struct {
		io.Reader
		io.Closer
	}{io.MultiReader(bytes.NewReader(head), r.Body), r.Body}
	return string(head)
}
