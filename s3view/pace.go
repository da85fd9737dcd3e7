package s3view

import (
	"math/rand/v2"
	"time"
)

// pace is how many requests may be under way. It begins with one, grows by one
// with each answer, which doubles it each round trip, and halves when S3 says
// SlowDown, after which it grows by about one a round trip (User Guide, "Best
// practices design patterns": "gradually scaling up", back off on 503).
type pace struct {
	limit, most int
	cautious    bool // S3 has said SlowDown
	credit      int  // answers since the last growth, when cautious
	lastCut     time.Time
}

// burst is the first limit after the answer that showed that there is more.
const burst = 4

func newPace(most int) pace { return pace{limit: 1, most: most} }

func (p *pace) now() time.Time { return time.Now() }

func (p *pace) succeeded() {
	switch p.credit++; {
	case p.limit >= p.most:
	case p.limit == 1 && !p.cautious:
		p.limit, p.credit = min(burst, p.most), 0
	case !p.cautious || p.credit >= p.limit:
		p.limit, p.credit = p.limit+1, 0
	}
}

// throttled halves the limit for a request that was sent at the time given:
// those sent before the last halving are no news.
func (p *pace) throttled(sent time.Time) {
	if p.cautious && !sent.After(p.lastCut) {
		return
	}
	p.cautious, p.lastCut, p.credit = true, time.Now(), 0
	p.limit = max(1, p.limit/2)
}

// backoff is how long to wait after the n-th failure in a row: from 100 ms,
// doubling, to 5 s, with jitter so that ranges do not come back all at once.
func (p *pace) backoff(n int) time.Duration {
	d := min(5*time.Second, 50*time.Millisecond<<min(n, 7))
	return d/2 + rand.N(d) //nolint:gosec // jitter
}

// wake fires when the moment comes; never for the zero time.
func (p *pace) wake(at time.Time) <-chan time.Time {
	if at.IsZero() || !at.After(time.Now()) {
		return nil
	}
	return time.After(time.Until(at))
}
