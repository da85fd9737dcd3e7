package ui

import (
	"context"
	"fmt"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/dustin/go-humanize"

	"s403/s3view"
)

// walker is a store that lists everything below a prefix side by side:
// *s3view.Store.
type walker interface {
	Walk(ctx context.Context, at s3view.Location, o s3view.WalkOptions, emit func([]s3view.Entry, s3view.WalkStats) error) (s3view.WalkStats, error)
}

// countPatience is the longest that counting a prefix may take.
const countPatience = 6 * time.Hour

// counted is how far the counting of a prefix has come; done is the last.
type counted struct {
	ticket ticket
	stats  s3view.WalkStats
	done   bool
	err    error
	next   tea.Cmd
}

// count walks a prefix and says how far it is, as often as the screen asks.
func (fx effects) count(ctx context.Context, t ticket, w walker, at s3view.Location) tea.Cmd {
	return stream(func(offer func(counted)) {
		stats, err := w.Walk(ctx, at, s3view.WalkOptions{Unordered: true}, func(_ []s3view.Entry, s s3view.WalkStats) error {
			offer(counted{ticket: t, stats: s})
			return nil
		})
		offer(counted{ticket: t, stats: stats, done: true, err: err})
	}, func(m counted, next tea.Cmd) counted { m.next = next; return m })
}

// countPane shows what a prefix holds while it is counted.
type countPane struct {
	at    s3view.Location
	ask   inquiry
	stats s3view.WalkStats
	began time.Time
	now   time.Time
	frame int
	err   *s3view.Error
	ended string // "", "done", "stopped", "failed"
}

func needsWalker(a *App) string {
	if _, ok := a.browse.store.(walker); !ok {
		return "this store cannot be counted"
	}
	return needsPlace(a)
}

// openCount counts the selected prefix or bucket; of an object, its prefix.
func (a *App) openCount() tea.Cmd {
	at := a.browse.here()
	if !at.IsPrefix() {
		at = at.Parent()
	}
	p := &countPane{at: at, began: a.fx.now(), now: a.fx.now()}
	ctx, t := a.fx.askFor(&p.ask, countPatience)
	a.push(p)
	w, _ := a.browse.store.(walker)
	return a.fx.count(ctx, t, w, at)
}

func (p *countPane) close()             { p.ask.stop() }
func (p *countPane) busy() bool         { return p.ended == "" }
func (p *countPane) tick(now time.Time) { p.frame++; p.now = now }

func (p *countPane) update(msg tea.Msg) (intent, tea.Cmd) {
	switch msg := msg.(type) {
	case counted:
		return nil, p.counted(msg)
	case tea.KeyPressMsg:
		switch msg.String() {
		case "esc", "enter":
			if p.ended == "" {
				p.ask.stop()
				p.ended = "stopped"
				return nil, nil
			}
			return closeMe{}, nil
		case "y":
			return copyText{"count", p.sentence()}, nil
		}
	}
	return nil, nil
}

func (p *countPane) counted(m counted) tea.Cmd {
	if !p.ask.current(m.ticket) {
		return nil
	}
	p.stats = m.stats
	if !m.done {
		return m.next
	}
	p.ask.answered(m.ticket)
	p.ended = "done"
	if m.err != nil {
		p.ended, p.err = "failed", asError(m.err)
	}
	return nil
}

func (p *countPane) sentence() string {
	return fmt.Sprintf("%s: %s objects, %s bytes", p.at, humanize.Comma(p.stats.Objects), humanize.Comma(p.stats.Bytes))
}

func (p *countPane) place(w, h int) rect { return centered(w, h, 66, 14) }

func (p *countPane) view(t Theme, w, h int) block {
	seconds := p.now.Sub(p.began).Seconds()
	fields := []s3view.Field{
		{Name: "objects", Value: humanize.Comma(p.stats.Objects)},
		{Name: "size", Value: fmt.Sprint(p.stats.Bytes)},
		{Name: "requests", Value: humanize.Comma(p.stats.Requests)},
	}
	if seconds > 0.5 {
		fields = append(fields, s3view.Field{Name: "rate", Value: humanize.Comma(int64(float64(p.stats.Objects)/seconds)) + " keys/s"})
	}
	lines := []string{"", t.Bright.Render(t.fitMost(t.Clean(p.at.String()), w-6)), ""}
	lines = append(lines, t.fieldLines(fields, w-6)...)
	lines = append(lines, "", p.state(t))
	if p.err != nil {
		lines = append(lines, t.refusalLines(p.err, w-6)...)
	}
	return t.draw(frame{title: t.Title.Render("size of a prefix"), focused: true, pad: 2, lines: lines}, w, h)
}

func (p *countPane) state(t Theme) string {
	switch p.ended {
	case "done":
		return t.Good.Render(t.Glyphs.Pass + " every key was counted")
	case "stopped":
		return t.Warn.Render(t.Glyphs.Unknown + " stopped: there are more")
	case "failed":
		return t.Warn.Render(t.Glyphs.Fail + " not every key could be listed")
	}
	return t.Accent.Render(t.Glyphs.Spinner[p.frame%len(t.Glyphs.Spinner)]) + t.Dim.Render(" counting, side by side")
}

func (p *countPane) hints() []hint {
	if p.ended == "" {
		return []hint{{"esc", "stop"}}
	}
	return []hint{{"y", "copy"}, {"esc", "close"}}
}
