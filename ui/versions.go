package ui

import (
	"context"
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"s403/s3view"
)

// versioner is a store that lists versions: *s3view.Store.
type versioner interface {
	Versions(ctx context.Context, at s3view.Location, token string) (s3view.Versions, error)
}

// versionsPane lists the versions of an object and its delete markers.
type versionsPane struct {
	fx    effects
	store versioner
	at    s3view.Location
	ask   inquiry
	list  []s3view.Version
	next  string
	done  bool
	err   *s3view.Error
	win   window
}

// versionsListed is a page of versions.
type versionsListed struct {
	ticket ticket
	page   s3view.Versions
	err    error
}

func (fx effects) versions(ctx context.Context, t ticket, s versioner, at s3view.Location, token string) tea.Cmd {
	return func() tea.Msg {
		v, err := s.Versions(ctx, at, token)
		return versionsListed{t, v, err}
	}
}

func needsVersions(a *App) string {
	if _, ok := a.browse.store.(versioner); !ok {
		return "this store has no versions"
	}
	return needsPlace(a)
}

func (a *App) openVersions() tea.Cmd {
	s, _ := a.browse.store.(versioner)
	p := &versionsPane{fx: a.fx, store: s, at: a.browse.here()}
	p.at.VersionID = ""
	a.push(p)
	return p.load()
}

func (p *versionsPane) load() tea.Cmd {
	if p.done || p.err != nil || p.ask.busy() {
		return nil
	}
	ctx, t := p.fx.ask(&p.ask)
	return p.fx.versions(ctx, t, p.store, p.at, p.next)
}

func (p *versionsPane) close()              { p.ask.stop() }
func (p *versionsPane) place(w, h int) rect { return centered(w, h, 110, clamp(len(p.list)+4, 10, 30)) }

func (p *versionsPane) update(msg tea.Msg) (intent, tea.Cmd) {
	switch msg := msg.(type) {
	case versionsListed:
		p.listed(msg)
		return nil, nil
	case tea.MouseWheelMsg:
		rows, _ := wheelOf(msg)
		p.win.by(rows)
		return nil, p.more()
	case tea.KeyPressMsg:
		return p.press(msg.String())
	}
	return nil, nil
}

func (p *versionsPane) listed(m versionsListed) {
	if !p.ask.answered(m.ticket) {
		return
	}
	if m.err != nil {
		p.err = asError(m.err)
		return
	}
	p.list = append(p.list, m.page.Entries...)
	p.next, p.done = m.page.Next, m.page.Next == ""
}

func (p *versionsPane) more() tea.Cmd {
	if p.win.nearEnd() {
		return p.load()
	}
	return nil
}

func (p *versionsPane) press(key string) (intent, tea.Cmd) {
	switch key {
	case "esc", "v", "backspace":
		return closeMe{}, nil
	case "up", "k":
		p.win.by(-1)
	case "down", "j":
		p.win.by(1)
	case "pgdown", "ctrl+d":
		p.win.by(p.win.height)
	case "pgup", "ctrl+u":
		p.win.by(-p.win.height)
	case "w":
		if p.err != nil {
			return both{closeMe{}, runAction{"why"}}, nil
		}
	case "enter", "y":
		if p.win.cursor >= len(p.list) {
			return nil, nil
		}
		at := p.at.At(p.list[p.win.cursor].Key).Version(p.list[p.win.cursor].ID)
		if key == "y" {
			return copyText{"URI of the version", at.String()}, nil
		}
		return both{closeMe{}, goTo{at}}, nil
	}
	return nil, p.more()
}

func (p *versionsPane) view(t Theme, w, h int) block {
	f := frame{title: t.Title.Render("versions"), focused: true, status: t.Dim.Render(t.fitMost(t.Clean(p.at.Name()), w/2))}
	if p.err != nil {
		f.lines = append([]string{""}, indent(t.refusalLines(p.err, w-6))...)
		f.lines = append(f.lines, "", "  "+t.Text.Render("Versions need s3:ListBucketVersions on the bucket."))
		return t.draw(f, w, h)
	}
	if len(p.list) == 0 {
		text := "asking" + t.Glyphs.Ellipsis
		if p.done {
			text = "There are no versions here."
		}
		f.lines = []string{"", "  " + t.Dim.Render(text)}
		return t.draw(f, w, h)
	}
	p.win.resize(h-2, len(p.list))
	from, to := p.win.seen()
	names := 0
	for i := from; i < to && p.at.IsPrefix(); i++ {
		names = max(names, ansi.StringWidth(t.Clean(p.below(p.list[i]))))
	}
	for i := from; i < to; i++ {
		f.lines = append(f.lines, p.row(t, p.list[i], i == p.win.cursor, w-2, names))
	}
	if !p.done {
		f.foot = t.Dim.Render("more" + t.Glyphs.Ellipsis)
	}
	f.thumb = p.win.thumb()
	return t.draw(f, w, h)
}

func indent(lines []string) []string {
	for i := range lines {
		lines[i] = "  " + lines[i]
	}
	return lines
}

// below is the key of a version without the prefix that the pane lists.
func (p *versionsPane) below(v s3view.Version) string { return strings.TrimPrefix(v.Key, p.at.Key) }

// row shows a version; below a prefix its key, names cells wide, comes before its id,
// which is the first to give way.
func (p *versionsPane) row(t Theme, v s3view.Version, selected bool, w, names int) string {
	cursor, style := " ", t.Text
	if selected {
		cursor, style = t.Accent.Render(t.Glyphs.Cursor), t.Bright
	}
	what := t.fitRight(bytesShort(v.Size), 10)
	if v.DeleteMarker {
		what = t.Warn.Render(t.fitRight("deleted", 10))
	}
	latest := "       "
	if v.Latest {
		latest = t.Good.Render("current")
	}
	date := 16
	if w < smallWidth {
		date = 10 // the day alone
	}
	line := cursor + " " + t.Dim.Render(firstCells(shortDate(v.Modified), date)) + " " + what + "  " + latest + "  "
	if p.at.IsPrefix() {
		names = clamp(names, 0, w-ansi.StringWidth(line))
		line += style.Render(t.fit(t.Clean(p.below(v)), names)) + "  "
		style = t.Dim
	}
	line = t.fit(line+style.Render(t.Clean(v.ID)), w)
	if selected {
		return t.Selected.Under(line)
	}
	return line
}

func (p *versionsPane) hints() []hint {
	return []hint{{"enter", "open this version"}, {"y", "copy"}, {"↑↓", "move"}, {"esc", "close"}}
}
