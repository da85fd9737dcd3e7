package lab

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// Lab serves a world. It is safe for use by many goroutines at once.
type Lab struct {
	start     World // as Reset brings it back
	scenarios []Scenario
	clock     func() time.Time
	grace     time.Duration // how long Serve waits for requests under way when it ends

	changes  sync.Mutex // serialises changes of the world
	state    atomic.Pointer[state]
	store    atomic.Pointer[store]
	sessions sessions
	ids      requestIDs
	endpoint atomic.Pointer[string]
}

// Option changes how a lab is made.
type Option func(*Lab)

// WithClock sets the clock that the lab believes in, for pictures and tests
// that must come out the same every time. Clients have to sign by the same clock.
// nil leaves the machine's clock.
func WithClock(now func() time.Time) Option {
	return func(l *Lab) {
		if now != nil {
			l.clock = now
		}
	}
}

// New makes a lab of the base world and the scenarios, all in one world: the
// embedded ones when none are given. An error says which entries contradict
// each other.
func New(scenarios []Scenario, options ...Option) (*Lab, error) {
	base, err := readBase()
	if err != nil {
		return nil, err
	}
	if scenarios == nil {
		scenarios = Scenarios()
	}
	world := base
	for _, s := range scenarios {
		world = world.lay(s.World, s.Name)
	}
	l, err := Open(world, options...)
	if err != nil {
		return nil, err
	}
	l.scenarios = scenarios
	return l, nil
}

// Open makes a lab of a world that stands on its own, such as one that was
// exported from a real account.
func Open(world World, options ...Option) (*Lab, error) {
	l := &Lab{start: world.withStaff(), clock: time.Now, grace: time.Second}
	for _, o := range options {
		o(l)
	}
	if err := l.Reset(); err != nil {
		return nil, err
	}
	return l, nil
}

// Reset brings the world and its objects back to how they were at first.
// Sessions that were handed out meanwhile end.
func (l *Lab) Reset() error {
	l.changes.Lock()
	defer l.changes.Unlock()
	st, err := build(l.start)
	if err != nil {
		return err
	}
	objects, err := newStore(st, l.clock)
	if err != nil {
		return err
	}
	l.sessions.clear()
	l.state.Store(st)
	l.store.Store(objects)
	return nil
}

// Scenarios are the scenarios that the lab was made of.
func (l *Lab) Scenarios() []Scenario { return l.scenarios }

// Serve answers on the listener until ctx is done, then closes it and waits at
// most a second for requests under way.
func (l *Lab) Serve(ctx context.Context, listener net.Listener) error {
	endpoint := "http://" + listener.Addr().String()
	l.endpoint.Store(&endpoint)
	var unused sync.Map // connections that have asked nothing yet
	server := &http.Server{Handler: l.Handler(), ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute,
		ConnState: func(c net.Conn, s http.ConnState) {
			if s == http.StateNew {
				unused.Store(c, nil)
			} else {
				unused.Delete(c)
			}
		}}
	done := make(chan error, 1)
	go func() { done <- server.Serve(listener) }()
	select {
	case err := <-done:
		return fmt.Errorf("serve the lab on %q: %w", listener.Addr(), err)
	case <-ctx.Done():
	}
	unused.Range(func(c, _ any) bool { // Shutdown would wait five seconds for a first request on each
		_ = c.(net.Conn).Close() //nolint:forcetypeassert // stored so above
		return true
	})
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), l.grace)
	defer cancel()
	if err := server.Shutdown(grace); err != nil && !errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("stop the lab: %w", err)
	}
	return server.Close()
}

// Listen opens a loopback port for Serve and sets Endpoint. addr is host:port;
// port 0 takes any free one.
func (l *Lab) Listen(addr string) (net.Listener, error) {
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("listen for the lab on %q (another --addr may be free): %w", addr, err)
	}
	endpoint := "http://" + listener.Addr().String()
	l.endpoint.Store(&endpoint)
	return listener, nil
}

// Endpoint is the URL that clients are pointed at: AWS_ENDPOINT_URL. It is
// empty before Listen or Serve.
func (l *Lab) Endpoint() string {
	if e := l.endpoint.Load(); e != nil {
		return *e
	}
	return ""
}
