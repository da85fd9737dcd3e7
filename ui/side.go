package ui

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"s403/s3view"
)

// settle is how long the cursor rests on a row before its head is asked: long
// enough that holding an arrow key down asks nothing.
const headPause = 90 * time.Millisecond

// headsKept bounds the heads that are remembered.
const headsKept = 512

// side is the pane beside the list: what is known about the selected row, tab by
// tab. It asks for the open tab of the selection only, once the cursor rests.
type side struct {
	fx    effects
	store Store

	at      s3view.Location // what the pane is about
	entry   s3view.Entry
	tab     int
	answers map[question]answer
	asked   []question // in their order, to forget the oldest
	ask     inquiry
	pause   inquiry
	off     bool // heads are not asked by themselves
	scroll  int  // as she left it: the text may be too short for it at the moment
	height  int  // rows of text there is room for, from the last view
	lines   int  // rows of text there are
}

// question is one tab of one place.
type question struct {
	at  s3view.Location
	tab string
}

// answer is what a tab shows: a head, or fields, or why there is none.
type answer struct {
	head   *s3view.Head
	fields []s3view.Field
	err    *s3view.Error
}

// tabbed is one tab of the side pane.
type tabbed struct {
	name string
	load func(ctx context.Context, s Store, at s3view.Location) (answer, error)
}

func newSide(fx effects) side { return side{fx: fx, answers: map[question]answer{}} }

// tabs are those that the selection has.
func (s *side) tabs() []tabbed {
	switch {
	case s.at.Root():
		return nil
	case s.at.Key == "":
		return bucketTabs
	case s.at.IsPrefix() && s.entry.Prefix:
		return nil
	default:
		return objectTabs
	}
}

func (s *side) tabName() string {
	t := s.tabs()
	if len(t) == 0 {
		return ""
	}
	return t[min(s.tab, len(t)-1)].name
}

func (s *side) question() question { return question{s.at, s.tabName()} }

// show makes the pane about another row. What was asked about the last one is
// given up at once; the new question waits until the cursor rests.
func (s *side) show(at s3view.Location, e s3view.Entry) tea.Cmd {
	if at == s.at && at.Presigned == nil && e.Prefix == s.entry.Prefix {
		return nil
	}
	s.ask.stop()
	s.pause.stop()
	s.at, s.entry, s.scroll = at, e, 0
	if s.off || !s.wanting() {
		return nil
	}
	_, t := s.fx.ask(&s.pause)
	return s.fx.after(headPause, cursorRested{t})
}

// wanting tells that the open tab has not been answered.
func (s *side) wanting() bool {
	if s.store == nil || s.tabName() == "" {
		return false
	}
	_, ok := s.answers[s.question()]
	return !ok
}

func (s *side) cursorRested(m cursorRested) tea.Cmd {
	if !s.pause.answered(m.ticket) {
		return nil
	}
	return s.load()
}

// load asks for the open tab.
func (s *side) load() tea.Cmd {
	if !s.wanting() {
		return nil
	}
	tabs := s.tabs()
	ctx, t := s.fx.ask(&s.ask)
	return s.fx.tab(ctx, t, s.store, s.question(), tabs[min(s.tab, len(tabs)-1)].load)
}

// turn opens the tab n further on.
func (s *side) turn(n int) tea.Cmd {
	count := len(s.tabs())
	if count == 0 {
		return nil
	}
	return s.turnTo((min(s.tab, count-1) + n + count) % count)
}

// turnTo opens a tab by its place among those of the selection.
func (s *side) turnTo(tab int) tea.Cmd {
	s.tab, s.scroll = tab, 0
	return s.load()
}

// again forgets what the selection's tabs answered and asks anew.
func (s *side) again() tea.Cmd {
	for q := range s.answers {
		if q.at == s.at {
			delete(s.answers, q)
		}
	}
	s.ask.stop()
	return s.load()
}

// forget drops everything, as when the connection changes.
func (s *side) forget() {
	s.ask.stop()
	s.pause.stop()
	s.answers, s.asked, s.at = map[question]answer{}, nil, s3view.Location{}
}

// tabLoaded keeps an answer. It is worth keeping also when the cursor has moved
// on, but an answer to a question given up is the answer "canceled".
func (s *side) tabLoaded(m tabLoaded) bool {
	if !s.ask.answered(m.ticket) {
		return false
	}
	if len(s.asked) >= headsKept {
		delete(s.answers, s.asked[0])
		s.asked = s.asked[1:]
	}
	s.answers[m.question] = m.answer
	s.asked = append(s.asked, m.question)
	return true
}

// head is the head of the selection, when it is known.
func (s *side) head() *s3view.Head {
	return s.answers[question{s.at, "head"}].head
}

// scrollBy moves the text of the pane.
func (s *side) scrollBy(n int) {
	s.scroll = scrolled(scrolled(s.scroll, s.lines, s.height)+n, s.lines, s.height)
}

// scrolled is the first line that is seen of a text, as near to the wanted one as
// its lines and those there is room for allow.
func scrolled(want, lines, height int) int { return max(0, min(want, lines-height)) }

type (
	// cursorRested says that the cursor has stayed on a row for a while.
	cursorRested struct{ ticket ticket }
	tabLoaded    struct {
		ticket   ticket
		question question
		answer   answer
	}
)

// tab asks for one tab of the side pane.
func (fx effects) tab(ctx context.Context, t ticket, st Store, q question, load func(context.Context, Store, s3view.Location) (answer, error)) tea.Cmd {
	return func() tea.Msg {
		a, err := load(ctx, st, q.at)
		if err != nil {
			a.err = asError(err)
		}
		return tabLoaded{t, q, a}
	}
}
