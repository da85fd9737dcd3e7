// Package probe gathers the evidence about one refused S3 request, live.
//
// It asks S3 again in ways that do answer, and reads what may be read: policies,
// settings, keys, the organization. All of it is read-only. The questions form
// a graph (graph.go): each declares which answers it needs and starts as soon as
// they are there, so that the whole takes four round trips of the slowest call.
// A wrong clock is seen in the first round; what was refused for it is asked again
// at once, and everything later is signed with the server's time (clock.go). Where
// the request is refused at the right time too, what the last round would ask is
// read ahead (ahead.go), so that it takes four trips still.
//
// Everything that a server says is cut to 1 MiB and redacted in one place, where
// it enters (capture.go); nothing behind that place has ever seen a secret.
// What the answers mean is not decided here but in package diagnose.
package probe

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"s403/diagnose"
)

// Bounds of one diagnosis.
const (
	defaultTimeout = 5 * time.Second  // for one call
	defaultTotal   = 30 * time.Second // for all of them
	maxParallel    = 96               // calls under way at once: a whole round, so that none waits for another
)

// Config says as whom, where and how to ask.
type Config struct {
	// AWS is the caller's configuration, as the failing client has it.
	AWS aws.Config
	// Reader holds other credentials (--reader-profile). They only ever read
	// policies and settings, never the object. Nil: there are none.
	Reader *aws.Config
	// Options are the headers that the refused request carries.
	Options diagnose.Options
	// S3Options are applied to every S3 client: endpoint, path style.
	S3Options []func(*s3.Options)
	// URL is the presigned or website URL given as the target, with its
	// signature; it never leaves this package. Empty for s3:// targets.
	URL string
	// Profile and ReaderProfile name the profiles, for the AWS CLI twins.
	Profile, ReaderProfile string
	// Source says in words where the caller's credentials come from
	// ("profile dev"); empty: what the SDK says of itself.
	Source string
	// Hidden are credential sources that this one hid.
	Hidden []string
	// Everything asks for the policies and settings of a request that is allowed,
	// too: the permission matrix rests on them, a diagnosis does not.
	Everything bool
	// Timeout bounds one call, Total the whole diagnosis. Zero: 5 s and 30 s.
	Timeout, Total time.Duration
	// Now is the local clock; nil: time.Now.
	Now func() time.Time
}

// A Prober gathers evidence with one configuration. It may be used for many
// targets, one after the other or at once.
type Prober struct {
	config Config
}

// New returns a Prober for the configuration. It makes no call.
func New(c Config) *Prober {
	if c.Timeout <= 0 {
		c.Timeout = defaultTimeout
	}
	if c.Total <= 0 {
		c.Total = defaultTotal
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	return &Prober{config: c}
}

// Gather asks every question that can settle why the request for target is
// refused, and returns the evidence when no answer is outstanding any more. On
// the way it calls emit with a copy after each fact, from one goroutine at a
// time; emit may be nil. When ctx ends, Gather returns soon with what there is.
// It leaves no goroutine behind.
func (p *Prober) Gather(ctx context.Context, target diagnose.Target, emit func(diagnose.Evidence)) diagnose.Evidence {
	ctx, cancel := context.WithTimeout(ctx, p.config.Total)
	defer cancel()
	r := newRun(p.config, target)
	return r.gather(ctx, graph(), emit)
}
