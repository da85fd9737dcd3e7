package probe

import (
	"context"
	"slices"
	"time"

	"s403/diagnose"
)

// Info describes one question: what it asks, and what the asker must be allowed.
type Info struct {
	Fact      string // the field of diagnose.Evidence that it fills
	Operation string // the API operations, such as "GetBucketPolicy"
	Service   string // "s3", "iam", …; empty for what the client knows itself
	Privilege string // the least IAM privilege that answers it; empty: none
	Needs     []string
}

// A node is one question of the graph.
type node struct {
	Info
	// skip says why the question is not asked, given what is known when all its
	// needs are settled; empty: ask it.
	skip func(*run, *diagnose.Evidence) string
	// ask makes the calls and returns the change to the evidence.
	ask func(context.Context, *run, diagnose.Evidence) change
	// pass records the reason for which the question was not asked.
	pass func(*diagnose.Evidence, string)
}

// A change fills a fact in. Only the loop of gather applies it.
type change func(*diagnose.Evidence)

// fill makes the node that fills the fact at with what ask answers.
func fill[T any](
	i Info, skip func(*run, *diagnose.Evidence) string,
	at func(*diagnose.Evidence) *diagnose.Fact[T],
	ask func(context.Context, *run, diagnose.Evidence) diagnose.Fact[T],
) node {
	return node{
		Info: i, skip: skip,
		ask: func(ctx context.Context, r *run, seen diagnose.Evidence) change {
			f := ask(ctx, r, seen)
			return func(e *diagnose.Evidence) { *at(e) = f }
		},
		pass: func(e *diagnose.Evidence, why string) { at(e).Note = why },
	}
}

// Catalogue describes every question that a diagnosis may ask, in the order of
// the graph.
func Catalogue() []Info {
	var all []Info
	for _, n := range graph() {
		all = append(all, n.Info)
	}
	return all
}

// An event is what a probe tells the loop: a call that was made, or its answer.
type event struct {
	call     *diagnose.Exchange
	skew     *diagnose.Fact[time.Duration]
	server   *serverSigns
	finished string // name of the node that is through
	change   change
}

// gather runs the graph. The loop alone owns the evidence: probes get a copy
// and send back changes, so nothing here needs a lock.
func (r *run) gather(ctx context.Context, nodes []node, emit func(diagnose.Evidence)) diagnose.Evidence {
	e := r.begin(ctx)
	settled := map[string]bool{}
	started := map[string]bool{}
	running := 0
	for {
		running += r.start(ctx, nodes, &e, started, settled)
		if running == 0 {
			break
		}
		ev := <-r.events
		ev.apply(&e)
		if ev.finished != "" {
			settled[ev.finished] = true
			running--
		}
		tell(emit, e)
	}
	e.Done = true
	tell(emit, e)
	return snapshot(e)
}

// start launches every node whose needs are settled and passes over those that
// are not to be asked, until neither changes anything; it returns how many it
// launched.
func (r *run) start(ctx context.Context, nodes []node, e *diagnose.Evidence, started, settled map[string]bool) int {
	launched := 0
	for again := true; again; {
		again = false
		for _, n := range nodes {
			if started[n.Fact] || !ready(n, settled) {
				continue
			}
			started[n.Fact] = true
			if why := n.skip(r, e); why != "" {
				n.pass(e, why)
				settled[n.Fact] = true
				again = true
				continue
			}
			launched++
			seen := snapshot(*e)
			go func() {
				r.events <- event{finished: n.Fact, change: n.ask(ctx, r, seen)}
			}()
		}
	}
	return launched
}

func ready(n node, settled map[string]bool) bool {
	for _, need := range n.Needs {
		if !settled[need] {
			return false
		}
	}
	return true
}

// apply brings an event into the evidence.
func (ev event) apply(e *diagnose.Evidence) {
	if ev.call != nil {
		at := len(e.Exchanges)
		for at > 0 && e.Exchanges[at-1].Start.After(ev.call.Start) {
			at--
		}
		e.Exchanges = slices.Insert(e.Exchanges, at, *ev.call)
	}
	// The first Date header counts: later ones come after the clock is mended.
	if ev.skew != nil && !e.Skew.Known() {
		e.Skew = *ev.skew
	}
	if ev.server != nil {
		e.Store = recognise(e.Store, *ev.server)
	}
	if ev.change != nil {
		ev.change(e)
	}
}

func tell(emit func(diagnose.Evidence), e diagnose.Evidence) {
	if emit != nil {
		emit(snapshot(e))
	}
}

// snapshot is a copy that shares nothing which the loop will change: facts are
// replaced whole, only the exchanges grow in place.
func snapshot(e diagnose.Evidence) diagnose.Evidence {
	e.Exchanges = slices.Clone(e.Exchanges)
	return e
}
