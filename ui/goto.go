package ui

import (
	"slices"
	"strings"
	"unicode/utf8"

	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"

	"s403/s3view"
)

// completionsKept bounds what is offered below the line.
const completionsKept = 200

// goToPane asks for a place: an s3:// URI, an ARN or a URL. It completes buckets
// from the list and from memory, and prefixes by listing them.
type goToPane struct {
	fx     effects
	store  Store
	memory memory

	start   string // what stood in the line at first
	input   textinput.Model
	wrong   string
	offers  []string // URIs that begin with what is typed
	listed  map[string][]string
	buckets []string
	win     window
	chosen  bool // she moved among the offers: enter takes the offer
	ask     inquiry
	pause   inquiry
}

func newGoTo(at s3view.Location, m memory, fx effects, st Store) *goToPane {
	start := "s3://"
	if !at.Root() {
		start = at.String()
	}
	p := &goToPane{fx: fx, store: st, memory: m, start: start, input: newInput(start, "s3://bucket/prefix/"), listed: map[string][]string{}}
	p.buckets = m.buckets()
	p.offer()
	return p
}

func (p *goToPane) typing() bool { return true }

func (p *goToPane) close() {
	p.ask.stop()
	p.pause.stop()
}

func (p *goToPane) update(msg tea.Msg) (intent, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		return p.press(msg)
	case tea.PasteMsg:
		if strings.Contains(msg.Content, "://") || strings.HasPrefix(strings.TrimSpace(msg.Content), "arn:") {
			p.input.SetValue("")
			msg.Content = strings.TrimSpace(msg.Content)
		}
		if typed(&p.input, msg) {
			return nil, p.changed()
		}
	case goToRested:
		if p.pause.answered(msg.ticket) {
			return nil, p.complete()
		}
	case completed:
		if p.ask.answered(msg.ticket) {
			p.listed[msg.base] = msg.uris
			p.offer()
		}
	}
	return nil, nil
}

func (p *goToPane) press(msg tea.KeyPressMsg) (intent, tea.Cmd) {
	switch msg.String() {
	case "esc":
		return closeMe{}, nil
	case "enter":
		return p.leave(), nil
	case "tab", "right":
		if msg.String() == "tab" || p.atEnd() {
			return nil, p.take()
		}
	case "down", "ctrl+n":
		p.move(1)
		return nil, nil
	case "up", "ctrl+p":
		p.move(-1)
		return nil, nil
	}
	if typed(&p.input, msg) {
		p.afresh()
		return nil, p.changed()
	}
	return nil, nil
}

// afresh drops what stood in the line once she has typed, behind it, how a whole
// place begins: so does a terminal that pastes key by key.
func (p *goToPane) afresh() {
	behind, ok := strings.CutPrefix(p.input.Value(), p.start)
	if ok && slices.Contains([]string{"s3://", "http://", "https://", "arn:"}, behind) {
		p.input.SetValue(behind)
		p.input.CursorEnd()
	}
}

// completeFrom completes from another store: the connection is a new one.
func (p *goToPane) completeFrom(s Store) tea.Cmd {
	p.store, p.listed = s, map[string][]string{}
	p.ask.stop()
	return p.changed()
}

func (p *goToPane) atEnd() bool { return p.input.Position() >= len([]rune(p.input.Value())) }

func (p *goToPane) move(n int) {
	if !p.chosen {
		p.chosen = len(p.offers) > 0
		return
	}
	p.win.by(n)
}

// take puts the chosen offer into the line, else what all offers begin with.
func (p *goToPane) take() tea.Cmd {
	if len(p.offers) == 0 {
		return nil
	}
	text := p.offers[p.win.cursor]
	if !p.chosen && len(p.offers) > 1 {
		text = commonPrefix(p.offers)
		if len(text) < len(withScheme(p.input.Value())) {
			return nil // they agree on less than she typed, but for the case of its letters
		}
	}
	p.input.SetValue(text)
	p.input.CursorEnd()
	return p.changed()
}

func commonPrefix(list []string) string {
	out := list[0]
	for _, s := range list[1:] {
		for !strings.HasPrefix(s, out) {
			_, last := utf8.DecodeLastRuneInString(out)
			out = out[:len(out)-last]
		}
	}
	return out
}

// leave goes to what is typed, or says what is wrong with it.
func (p *goToPane) leave() intent {
	text := p.input.Value()
	if p.chosen && p.win.cursor < len(p.offers) {
		text = p.offers[p.win.cursor]
	}
	at, err := s3view.ParseURI(withScheme(text))
	if err != nil {
		p.wrong = err.Error()
		return nil
	}
	return both{closeMe{}, goTo{at}}
}

// withScheme lets people leave the scheme out.
func withScheme(text string) string {
	text = strings.TrimSpace(text)
	if text == "" || strings.Contains(text, "://") || strings.HasPrefix(text, "arn:") {
		return text
	}
	return "s3://" + text
}

// changed narrows the offers, and asks for more once she pauses.
func (p *goToPane) changed() tea.Cmd {
	p.wrong, p.chosen = "", false
	p.win.to(0)
	p.ask.stop()
	p.offer()
	if _, ok := p.listed[p.base()]; ok || p.store == nil {
		return nil
	}
	_, t := p.fx.ask(&p.pause)
	return p.fx.after(headPause, goToRested{t})
}

// base is the part of the line up to its last slash: what is listed to complete
// the rest.
func (p *goToPane) base() string {
	text := withScheme(p.input.Value())
	i := strings.LastIndexByte(text, '/')
	return text[:i+1]
}

func (p *goToPane) complete() tea.Cmd {
	base := p.base()
	at, err := s3view.ParseURI(base)
	if base == "s3://" {
		at, err = s3view.Location{}, nil
	}
	if err != nil {
		return nil
	}
	ctx, t := p.fx.ask(&p.ask)
	return p.fx.complete(ctx, t, p.store, base, at)
}

// offer lists what begins with the line, without regard to case.
func (p *goToPane) offer() {
	text := strings.ToLower(withScheme(p.input.Value()))
	var all []string
	for _, b := range p.buckets {
		all = append(all, "s3://"+b+"/")
	}
	all = append(all, p.memory.Bookmarks...)
	all = append(all, p.listed[p.base()]...)
	slices.Sort(all)
	p.offers = nil
	for _, uri := range slices.Compact(all) {
		if len(p.offers) < completionsKept && len(uri) > len(text) && strings.HasPrefix(strings.ToLower(uri), text) {
			p.offers = append(p.offers, uri)
		}
	}
	p.win.resize(p.win.height, len(p.offers))
}

func (p *goToPane) place(w, h int) rect {
	wide := min(w-2, 90)
	return rect{(w - wide) / 2, 2, wide, min(h-3, 16)}
}

func (p *goToPane) view(t Theme, w, h int) block {
	lines := []string{" " + inputLine(t, p.input, "", w-4)}
	lines = append(lines, t.Border.Render(strings.Repeat(t.Glyphs.Horizontal, w-2)))
	if p.wrong != "" {
		for _, l := range wrap(t.CleanLine(p.wrong), w-6) {
			lines = append(lines, "  "+t.Bad.Render(l))
		}
	}
	p.win.resize(h-2-len(lines), len(p.offers))
	from, to := p.win.seen()
	for i := from; i < to; i++ {
		mark, line := " ", "  "+t.Text.Render(t.Clean(p.offers[i]))
		if p.chosen && i == p.win.cursor {
			mark = t.Accent.Render(t.Glyphs.Cursor)
			lines = append(lines, t.Selected.Under(t.fit(mark+line[1:], w-2)))
			continue
		}
		lines = append(lines, mark+line[1:])
	}
	if len(p.offers) == 0 && p.wrong == "" {
		lines = append(lines, "  "+t.Dim.Render(t.fitMost("s3://bucket/prefix/ or key · an ARN · a URL of S3", w-6)))
	}
	foot := ""
	if p.input.Value() == p.start {
		foot = t.Dim.Render("a URI, an ARN or a URL")
	}
	return t.draw(frame{title: t.Title.Render("go to"), focused: true, lines: lines, thumb: p.win.thumb(), foot: foot}, w, h)
}

func (p *goToPane) hints() []hint {
	var out []hint
	if p.wrong == "" {
		out = append(out, hint{"enter", "go"})
	}
	if len(p.offers) > 0 {
		out = append(out, hint{"tab", "complete"}, hint{"↑↓", "choose"})
	}
	return append(out, hint{"esc", "close"})
}
