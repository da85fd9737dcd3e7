package probe

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// maxBody bounds what is read of any answer: an honest one is a few kilobytes
// (policies at most 20 KiB), a listing page below 1 MiB.
const maxBody = 1 << 20

// A wire is what came back over the network for one call, redacted.
type wire struct {
	mu       sync.Mutex
	answered bool
	status   int
	header   http.Header
	body     []byte
	whole    bool // body is complete
	// operation is what was answered: a directory bucket's HeadObject may end at
	// the CreateSession that the SDK sends before it.
	operation string
	sent      time.Time
	received  time.Time
}

type wireKey struct{}

// withWire returns a context under which the middleware keeps the raw answer.
func withWire(ctx context.Context, w *wire) context.Context {
	return context.WithValue(ctx, wireKey{}, w)
}

// capture is the Deserialize-step middleware that sees the raw answer before the
// SDK takes it apart. The SDK keeps Code, Message and two ids of an error body;
// what tells causes apart (Region, ServerTime, CanonicalRequest, …) it drops.
type capture struct {
	secrets *secrets
	now     func() time.Time
}

// ID names the middleware in the SDK's stack.
func (capture) ID() string { return "s403.capture" }

// HandleDeserialize keeps the answer and hands the SDK a bounded, redacted copy.
func (c capture) HandleDeserialize(ctx context.Context, in middleware.DeserializeInput, next middleware.DeserializeHandler) (middleware.DeserializeOutput, middleware.Metadata, error) {
	sent := c.now()
	out, metadata, err := next.HandleDeserialize(ctx, in)
	resp, ok := out.RawResponse.(*smithyhttp.Response)
	w, want := ctx.Value(wireKey{}).(*wire)
	// Where no answer came, the SDK puts an empty response in its place.
	if !ok || resp == nil || resp.Response == nil || resp.StatusCode == 0 || !want {
		return out, metadata, err
	}
	w.read(resp.Response, c.secrets, sent, c.now())
	w.operation = awsmiddleware.GetOperationName(ctx)
	return out, metadata, err
}

// attach puts the middleware next to the network, below all of the SDK's own.
func (c capture) attach(stack *middleware.Stack) error {
	return stack.Deserialize.Add(c, middleware.After)
}

// read takes an answer in: at most maxBody of it, without the secrets that the
// program knows. The response keeps a body that can be read again.
func (w *wire) read(resp *http.Response, s *secrets, sent, received time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	body, whole := readBounded(resp.Body)
	body = s.scrub(body)
	resp.Body = io.NopCloser(bytes.NewReader(body))
	resp.ContentLength = int64(len(body))
	for name, values := range resp.Header {
		for i, v := range values {
			resp.Header[name][i] = s.clean(v)
		}
	}
	w.answered, w.status, w.header = true, resp.StatusCode, resp.Header.Clone()
	w.body, w.whole, w.sent, w.received = body, whole, sent, received
}

// readBounded reads at most maxBody. What lies behind is not read at all, so that
// a server cannot make the program wait for it.
func readBounded(body io.ReadCloser) (read []byte, whole bool) {
	if body == nil {
		return nil, true
	}
	defer func() { _ = body.Close() }()
	read, err := io.ReadAll(io.LimitReader(body, maxBody+1))
	if len(read) > maxBody {
		return read[:maxBody], false
	}
	return read, err == nil
}

// printable replaces what could drive a terminal: control characters, bytes
// that are no text, and the direction marks that reorder a line.
func printable(s string) string { return spaced(s, false) }

// printableLines is printable for texts whose lines matter, such as the
// CanonicalRequest of an error body.
func printableLines(s string) string { return spaced(s, true) }

func spaced(s string, lines bool) string {
	return strings.Map(func(r rune) rune {
		if unprintable(r) && (!lines || r != '\n') {
			return ' '
		}
		return r
	}, s)
}

// unprintable also names the marks that show text in another order than it is in
// (Unicode Bidirectional Algorithm), with which a key can pose as another.
func unprintable(r rune) bool {
	switch {
	case r == utf8.RuneError, r < 0x20, r >= 0x7f && r < 0xa0:
		return true
	case r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069, r == 0x200e, r == 0x200f:
		return true
	}
	return false
}
