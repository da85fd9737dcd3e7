package ui

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"s403/diagnose"
	"s403/s3view"
)

// ticket numbers a question to the world. An answer carries the ticket of its
// question; whoever holds another one by then drops it.
type ticket uint64

// inquiry is a question under way: its ticket, and how to give it up.
type inquiry struct {
	ticket ticket
	cancel context.CancelFunc
}

// busy tells whether an answer is still awaited.
func (a *inquiry) busy() bool { return a.cancel != nil }

// stop gives the question up: its context ends and its answer will be dropped.
func (a *inquiry) stop() {
	if a.cancel != nil {
		a.cancel()
	}
	a.cancel, a.ticket = nil, 0
}

// answered tells whether t is the question that is awaited, and ends it if so.
func (a *inquiry) answered(t ticket) bool {
	if a.ticket == 0 || a.ticket != t {
		return false
	}
	if a.cancel != nil {
		a.cancel()
	}
	a.cancel = nil
	return true
}

// current tells whether t is the question that is awaited; more may follow.
func (a *inquiry) current(t ticket) bool { return a.ticket != 0 && a.ticket == t }

// Timer returns a command that sends msg after d.
type Timer func(d time.Duration, msg tea.Msg) tea.Cmd

func realTimer(d time.Duration, msg tea.Msg) tea.Cmd {
	return tea.Tick(d, func(time.Time) tea.Msg { return msg })
}

// patience is the longest that one question may take, whatever its own limits.
const patience = 2 * time.Minute

// effects is the only code in ui that does I/O. Its methods take values, never
// the model, so a command cannot race with Update.
type effects struct {
	root   context.Context // ends when the program does
	last   *ticket
	after  Timer
	now    func() time.Time
	keeper *keeper
	files  *files
}

// ask begins a question: it gives up the one that a held, and returns the
// context and ticket of the new one.
func (fx effects) ask(a *inquiry) (context.Context, ticket) {
	return fx.askFor(a, patience)
}

// askFor is ask with another limit, for what may rightly take long.
func (fx effects) askFor(a *inquiry, limit time.Duration) (context.Context, ticket) {
	a.stop()
	ctx, cancel := context.WithTimeout(fx.root, limit)
	*fx.last++
	a.ticket, a.cancel = *fx.last, cancel
	return ctx, a.ticket
}

// The answers. Each is a fact in the past tense with the ticket of its question.
type (
	connected struct {
		ticket ticket
		conn   *Connection
		err    error
	}
	identified struct {
		ticket      ticket
		identity    s3view.Identity
		credentials s3view.Credentials
		err         error
	}
	bucketsListed struct {
		ticket  ticket
		buckets []s3view.Bucket
		err     error
	}
	pageLoaded struct {
		ticket ticket
		page   s3view.Page
		err    error
	}
	// evidenceGathered is one of many answers to a diagnosis; done is the last.
	evidenceGathered struct {
		ticket   ticket
		evidence diagnose.Evidence
		done     bool
		next     tea.Cmd
	}
)

func (fx effects) connect(ctx context.Context, t ticket, open func(context.Context) (*Connection, error)) tea.Cmd {
	return func() tea.Msg {
		c, err := open(ctx)
		return connected{t, c, err}
	}
}

func (fx effects) identify(ctx context.Context, t ticket, s Session) tea.Cmd {
	return func() tea.Msg {
		cred, err := s.Credentials(ctx)
		if err != nil {
			return identified{ticket: t, credentials: cred, err: err}
		}
		id, err := s.Identity(ctx)
		return identified{t, id, cred, err}
	}
}

func (fx effects) buckets(ctx context.Context, t ticket, s Store) tea.Cmd {
	return func() tea.Msg {
		b, err := s.Buckets(ctx)
		return bucketsListed{t, b, err}
	}
}

func (fx effects) page(ctx context.Context, t ticket, s Store, l s3view.Listing) tea.Cmd {
	return func() tea.Msg {
		p, err := s.ListPage(ctx, l)
		return pageLoaded{t, p, err}
	}
}

// diagnosis gathers evidence and hands it over a piece at a time.
func (fx effects) diagnosis(ctx context.Context, t ticket, d Diagnoser, at s3view.Location) tea.Cmd {
	return stream(func(offer func(evidenceGathered)) {
		var last diagnose.Evidence
		d.Diagnose(ctx, at, func(e diagnose.Evidence) {
			last = e
			offer(evidenceGathered{ticket: t, evidence: e})
		})
		last.Done = true
		offer(evidenceGathered{ticket: t, evidence: last, done: true})
	}, func(m evidenceGathered, next tea.Cmd) evidenceGathered { m.next = next; return m })
}

type (
	// goToRested says that nothing was typed into the go-to line for a while.
	goToRested struct{ ticket ticket }
	completed  struct {
		ticket ticket
		base   string
		uris   []string
	}
)

// complete lists what is right below a place. A refusal offers nothing: the line
// can still be typed.
func (fx effects) complete(ctx context.Context, t ticket, s Store, base string, at s3view.Location) tea.Cmd {
	return func() tea.Msg {
		m := completed{ticket: t, base: base}
		if at.Root() {
			list, _ := s.Buckets(ctx)
			for _, b := range list {
				m.uris = append(m.uris, "s3://"+b.Name+"/")
			}
			return m
		}
		page, _ := s.ListPage(ctx, s3view.Listing{At: at})
		for _, e := range page.Entries {
			m.uris = append(m.uris, at.At(e.Key).String())
		}
		return m
	}
}
