package ui

import (
	"context"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"s403/s3view"
)

// stormyStore refuses two of three requests with SlowDown while the storm lasts.
type stormyStore struct {
	*wideStore
	left atomic.Int32 // refusals to come
	n    atomic.Int32
}

func (s *stormyStore) ListPage(ctx context.Context, l s3view.Listing) (s3view.Page, error) {
	if s.n.Add(1)%3 != 1 && s.left.Add(-1) >= 0 {
		return s3view.Page{}, slowDown()
	}
	return s.wideStore.ListPage(ctx, l)
}

func (s *stormyStore) Walk(ctx context.Context, at s3view.Location, o s3view.WalkOptions, emit func([]s3view.Entry, s3view.WalkStats) error) (s3view.WalkStats, error) {
	return s3view.WalkPages(ctx, s.ListPage, at, o, emit)
}

// A storm of SlowDown makes loading all pages slower, and loses and doubles nothing.
// The pauses pass in a bubble's time.
func TestLoadAllInAStorm(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &stormyStore{wideStore: wide()}
		r := newRig(t, s, func(c *Config) { c.Start = s3view.Location{Bucket: "big"} }).start(100, 24, true)
		s.left.Store(200)
		r.feed("L")
		if b := &r.app.browse; !b.done || b.err != nil {
			t.Errorf("not done: %v", b.err)
		}
		if left := s.left.Load(); left > 0 {
			t.Errorf("%d refusals never came", left)
		}
		s.check(t, &r.app.browse)
		r.sees("/1,000").misses("SlowDown", "did not come")
		r.app.Close()
	})
}
