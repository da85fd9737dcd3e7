package probe

import (
	"context"
	"errors"
	"net/url"
	"strings"
	"sync"
	"time"

	iamtypes "github.com/aws/aws-sdk-go-v2/service/iam/types"

	"s403/diagnose"
)

// who is the identity that makes a call.
type who uint8

const (
	caller who = iota
	reader
	nobody // unsigned
)

// A question describes one call, for the record of exchanges.
type question struct {
	operation, detail, service string
	who                        who
	cli                        []string // the AWS CLI twin: words after "aws"
	region                     string   // of S3 and S3 Control; empty: where the request went
	// verbatim: send it as the person's own request went, also with a clock
	// that is wrong; it is evidence only while it is not mended.
	verbatim bool
}

// A reply is one answered (or unanswered) question.
type reply struct {
	*wire
	exchange diagnose.Exchange
	err      error // of the SDK, or of the transport
}

// A run is one diagnosis under way.
type run struct {
	config  Config
	target  diagnose.Target
	events  chan event
	slots   chan struct{}
	secrets *secrets
	clocks  clocks

	mu       sync.Mutex
	clients  map[clientKey]any
	accounts map[who]string      // the account of each identity
	trees    map[string]levelled // what the organization says, by account
	behind   diagnose.Fact[diagnose.AccessPoint]

	// What is asked once for all who want to know it.
	boundaries memo[struct{}, *versions]
	groups     memo[struct{}, map[string]iamtypes.GroupDetail]
	controls   memo[ofWho, controlText]
	blocks     memo[ofWho, diagnose.Fact[diagnose.PublicAccessBlock]]

	// anonymous: no credentials were found or wanted, so nothing is signed.
	anonymous bool
	// foreign: a presigned URL was signed by somebody else, who cannot be asked.
	foreign bool
}

func newRun(c Config, target diagnose.Target) *run {
	return &run{
		config: c, target: target,
		events:  make(chan event, maxParallel),
		slots:   make(chan struct{}, maxParallel),
		secrets: newSecrets(),
		clients: map[clientKey]any{}, accounts: map[who]string{}, trees: map[string]levelled{},
	}
}

// call makes one call within its time and records it. When its answer shows that
// the clocks differ by more than was thought, it is repeated once, at once, with
// the clock mended.
func (r *run) call(ctx context.Context, q question, do func(context.Context) error) reply {
	select {
	case r.slots <- struct{}{}:
		defer func() { <-r.slots }()
	case <-ctx.Done():
		return r.unanswered(q, ctx.Err())
	}
	if !r.timed(q) {
		return r.attempt(ctx, q, 0, do)
	}
	correction := r.clocks.correction(q.who, q.service)
	rep := r.attempt(ctx, q, correction, do)
	if now := r.clocks.correction(q.who, q.service); rep.status >= 400 && (now-correction).Abs() >= maxSkew {
		rep = r.attempt(ctx, q, now, do)
	}
	return rep
}

// attempt makes the call once, signed with the local clock plus the correction.
func (r *run) attempt(ctx context.Context, q question, correction time.Duration, do func(context.Context) error) reply {
	ctx, cancel := context.WithTimeout(ctx, r.config.Timeout)
	defer cancel()
	w := &wire{}
	start := r.config.Now()
	err := guarded(withCorrection(withWire(ctx, w), correction), do)
	elapsed := r.config.Now().Sub(start)
	rep := reply{wire: w, err: err, exchange: r.exchange(q, w, err)}
	rep.exchange.Start, rep.exchange.Elapsed = start, elapsed
	x := rep.exchange
	r.events <- event{call: &x, skew: r.observe(q, w, x), server: signs(q, w)}
	return rep
}

// guarded turns a panic of the SDK on an input that it did not expect into an
// answer that could not be read: one question must not end the program.
func guarded(ctx context.Context, do func(context.Context) error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = errors.New("the AWS SDK could not handle this call")
		}
	}()
	return do(ctx)
}

// unanswered is the reply to a call that was not even begun. It is no exchange.
func (r *run) unanswered(q question, err error) reply {
	w := &wire{}
	return reply{wire: w, err: err, exchange: r.exchange(q, w, err)}
}

// exchange writes the call down as the report shows it.
func (r *run) exchange(q question, w *wire, err error) diagnose.Exchange {
	x := diagnose.Exchange{
		Operation: q.operation, Detail: q.detail, Service: q.service,
		CLI: r.twin(q), Reader: q.who == reader,
	}
	if !w.answered {
		x.Err = r.plainError(err)
		return x
	}
	if w.operation != "" && w.operation != q.operation {
		x.Detail = strings.TrimSpace(x.Detail + " (answered to the " + w.operation + " before it)")
	}
	a := w.answer()
	x.Status, x.Code, x.Message = a.Status, a.Code, a.Message
	x.RequestID, x.HostID = w.requestID(), w.hostID()
	switch {
	case !w.whole && x.OK() && err != nil:
		x.Err = "the answer is cut off, or longer than 1 MiB"
	case err != nil && x.OK():
		x.Err = "the answer could not be read: " + r.plainError(err)
	}
	return x
}

// plainError is a transport error in one line, without the URL: that of a
// presigned request holds its signature.
func (r *run) plainError(err error) string {
	if err == nil {
		return ""
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return "no answer within " + r.config.Timeout.String()
	}
	if errors.Is(err, context.Canceled) {
		return "cancelled before it was answered"
	}
	var u *url.Error
	if errors.As(err, &u) {
		err = u.Err
	}
	return r.secrets.text(strings.Join(strings.Fields(err.Error()), " "))
}
