package probe

import (
	"slices"
	"sync"
	"time"

	"s403/diagnose"
)

// maxSkew is the difference of clocks from which signatures are corrected. S3
// refuses beyond 15 minutes; the SDK mends from 4 on, and so do the probes.
const maxSkew = 4 * time.Minute

// clocks are the differences between the servers' clocks and ours, as the Date
// headers show them. This machine has one clock, so that whatever one service
// says of it holds for the others until they answer themselves: a clock that the
// first round has seen costs no later question a trip of its own.
type clocks struct {
	mu   sync.Mutex
	seen []clockSeen // in the order of the answers, one for each identity and service
}

// A clockSeen is by how much a service's clock is ahead of ours in the answers to
// one identity.
type clockSeen struct {
	who     who
	service string
	skew    time.Duration
}

// note keeps the first answer of a service to an identity: later ones differ by
// their time on the way alone.
func (c *clocks) note(w who, service string, skew time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, s := range c.seen {
		if s.who == w && s.service == service {
			return
		}
	}
	if skew.Abs() < maxSkew {
		skew = 0 // nobody refuses a request for it, so nothing needs to be mended
	}
	c.seen = append(c.seen, clockSeen{w, service, skew})
}

// correction is what must be added to the local clock for the service to take a
// signature of the identity: what it answered itself, else what it answered to
// others, else what others answered to the same identity.
func (c *clocks) correction(w who, service string) time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, holds := range []func(clockSeen) bool{
		func(s clockSeen) bool { return s.who == w && s.service == service },
		func(s clockSeen) bool { return s.service == service },
		func(s clockSeen) bool { return s.who == w },
		func(clockSeen) bool { return true },
	} {
		for _, s := range c.seen {
			if holds(s) {
				return s.skew
			}
		}
	}
	return 0
}

// wrong tells whether this machine's clock was found to be wrong.
func (c *clocks) wrong() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.ContainsFunc(c.seen, func(s clockSeen) bool { return s.skew != 0 })
}

// observe computes how far the server's clock is from ours, from the Date header
// of an answer that no cache served (it would carry Age).
func (r *run) observe(q question, w *wire, x diagnose.Exchange) *diagnose.Fact[time.Duration] {
	if !w.answered || w.header.Get("Age") != "" {
		return nil
	}
	date, ok := httpDate(w.header.Get("Date"))
	if !ok {
		return nil
	}
	// The server wrote the date somewhere between the question and the answer.
	middle := w.sent.Add(w.received.Sub(w.sent) / 2)
	skew := date.Sub(middle)
	r.clocks.note(q.who, q.service, skew)
	if q.who != caller {
		return nil // the fact is about the request that was refused
	}
	f := diagnose.KnownFact(skew.Round(time.Second), x)
	f.Note = "Date header of " + q.operation + " against the local clock"
	return &f
}

// timed tells whether a question can be asked again with another time: it carries
// a signature, and need not go exactly as the person's own request went.
func (r *run) timed(q question) bool {
	return !q.verbatim && q.who != nobody && (q.who != caller || !r.anonymous)
}
