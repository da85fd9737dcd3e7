package ui

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/alecthomas/chroma/v2"

	"s403/s3view"
)

// previewer is a store that fetches the beginning of an object: *s3view.Store.
type previewer interface {
	Preview(ctx context.Context, at s3view.Location, limit int64) (s3view.Preview, error)
}

// previewPane shows the beginning of an object, in colours where it is text.
type previewPane struct {
	fx    effects
	at    s3view.Location
	ask   inquiry
	what  s3view.Preview
	form  previewForm
	laid  previewLines
	err   *s3view.Error
	ready bool
	theme Theme // as it was when the pane opened: how wide characters are
	win   window
	left  int // columns scrolled to the right
	frame int
}

type (
	// previewFetched is the beginning of an object, laid out in its first form.
	previewFetched struct {
		ticket  ticket
		preview s3view.Preview
		form    previewForm
		laid    previewLines
		err     error
	}
	// previewLaid is the same beginning in another form.
	previewLaid struct {
		ticket ticket
		form   previewForm
		laid   previewLines
	}
)

func (fx effects) preview(ctx context.Context, t ticket, s previewer, at s3view.Location, theme Theme) tea.Cmd {
	return func() tea.Msg {
		p, err := s.Preview(ctx, at, 0)
		if err != nil {
			return previewFetched{ticket: t, err: err}
		}
		form := formsOf(p)[0]
		return previewFetched{t, p, form, form.lay(p, theme), nil}
	}
}

// layPreview lays a beginning out that was fetched before.
func (fx effects) layPreview(t ticket, p s3view.Preview, form previewForm, theme Theme) tea.Cmd {
	return func() tea.Msg { return previewLaid{t, form, form.lay(p, theme)} }
}

func needsPreview(a *App) string {
	if _, ok := a.browse.store.(previewer); !ok {
		return "this store has no previews"
	}
	return needsObject(a)
}

func (a *App) openPreview() tea.Cmd {
	p := &previewPane{fx: a.fx, at: a.browse.here(), theme: a.theme}
	s, _ := a.browse.store.(previewer)
	ctx, t := a.fx.ask(&p.ask)
	a.push(p)
	return a.fx.preview(ctx, t, s, p.at, p.theme)
}

func (p *previewPane) close()              { p.ask.stop() }
func (p *previewPane) busy() bool          { return p.ask.busy() }
func (p *previewPane) tick(time.Time)      { p.frame++ }
func (p *previewPane) place(w, h int) rect { return whole(w, h) }

func (p *previewPane) update(msg tea.Msg) (intent, tea.Cmd) {
	switch msg := msg.(type) {
	case previewFetched:
		if p.ask.answered(msg.ticket) {
			p.ready, p.what, p.form, p.laid = true, msg.preview, msg.form, msg.laid
			if msg.err != nil {
				p.err = asError(msg.err)
			}
		}
	case previewLaid:
		if p.ask.answered(msg.ticket) {
			p.form, p.laid, p.left = msg.form, msg.laid, 0
			p.win = window{}
		}
	case tea.MouseWheelMsg:
		rows, _ := wheelOf(msg)
		p.win.scroll(rows)
	case tea.KeyPressMsg:
		if msg.String() == "f" {
			return nil, p.nextForm()
		}
		return p.press(msg.String()), nil
	}
	return nil, nil
}

// nextForm shows the same bytes in another way. Nothing is fetched for it.
func (p *previewPane) nextForm() tea.Cmd {
	forms := formsOf(p.what)
	if !p.ready || p.err != nil || len(forms) < 2 {
		return nil
	}
	_, t := p.fx.ask(&p.ask)
	return p.fx.layPreview(t, p.what, forms[(slices.Index(forms, p.form)+1)%len(forms)], p.theme)
}

func (p *previewPane) press(key string) intent {
	switch key {
	case "esc", "p", "backspace", "h":
		return closeMe{}
	case "up", "k":
		p.win.scroll(-1)
	case "down", "j", "enter":
		p.win.scroll(1)
	case "pgdown", "space", "ctrl+d", "ctrl+f":
		p.win.scroll(max(1, p.win.height-1))
	case "pgup", "ctrl+u", "ctrl+b":
		p.win.scroll(-max(1, p.win.height-1))
	case "g", "home":
		p.win.scroll(-1 << 30)
	case "G", "end":
		p.win.scroll(1 << 30)
	case "right", "l":
		p.left = min(p.left+16, previewLineLong)
	case "left":
		p.left = max(0, p.left-16)
	case "w":
		if p.err != nil {
			return both{closeMe{}, runAction{"why"}}
		}
	}
	return nil
}

func (p *previewPane) view(t Theme, w, h int) block {
	summary, _ := p.summary(t, w)
	f := frame{title: t.Title.Render(t.fitMost(t.Clean(p.at.Name()), max(8, w/2-6))), focused: true, status: t.Dim.Render(summary), pad: 1}
	switch {
	case p.err != nil:
		f.lines = append([]string{""}, t.refusalLines(p.err, w-6)...)
		if p.err.Diagnosable() {
			f.lines = append(f.lines, "", "  "+t.Key.Render("w")+t.Text.Render(" finds out why"))
		}
	case !p.ready:
		f.lines = []string{"", "  " + t.Accent.Render(t.Glyphs.Spinner[p.frame%len(t.Glyphs.Spinner)]) +
			t.Dim.Render(" fetching at most "+bytesShort(s3view.PreviewLimit)+t.Glyphs.Ellipsis)}
	default:
		f.lines = p.body(t, w, h-2)
		f.thumb, f.foot = p.win.thumb(), t.Dim.Render(t.fitMost(p.end(), w-6))
	}
	return t.draw(f, w, h)
}

// body are the notes, the names of the columns, and as many lines as fit below
// them into h.
func (p *previewPane) body(t Theme, w, h int) []string {
	var out []string
	for _, note := range p.notes(t, w-4) {
		out = append(out, t.Dim.Render(note))
	}
	digits := len(fmt.Sprint(len(p.laid.lines)))
	if p.form == formHex {
		digits = -2
	}
	if p.laid.header != nil {
		out = append(out, spaces(digits+2)+p.line(t, p.laid.header, w-4-digits-2))
	}
	p.win.resize(h-len(out), len(p.laid.lines))
	from, to := p.win.seen()
	for i := from; i < to; i++ {
		number := ""
		if digits > 0 {
			number = t.Dim.Render(fmt.Sprintf("%*d  ", digits, i+1))
		}
		out = append(out, number+p.line(t, p.laid.lines[i], w-4-digits-2))
	}
	return out
}

// notes say over the text what the border has no room for.
func (p *previewPane) notes(t Theme, w int) []string {
	if _, all := p.summary(t, w+4); all {
		return nil
	}
	return append(wrap(t.Clean(p.what.Note), w), "")
}

// line draws one line of tokens, from the column that is scrolled to.
func (p *previewPane) line(t Theme, tokens []chroma.Token, w int) string {
	var b strings.Builder
	skip, room := p.left, w
	for _, tok := range tokens {
		text := t.Clean(strings.TrimRight(tok.Value, "\r\n"))
		if n := width(text); skip >= n {
			skip -= n
			continue
		}
		if skip > 0 {
			text, skip = dropCells(text, skip), 0
		}
		text = t.fitMost(text, room)
		room -= width(text)
		b.WriteString(t.Syntax.token(tok.Type).Render(text))
		if room <= 0 {
			break
		}
	}
	return b.String()
}

// summary says what is shown and how much was fetched for it, or only that much
// where there is no room for all.
func (p *previewPane) summary(t Theme, w int) (text string, all bool) {
	if !p.ready || p.err != nil {
		return "", true
	}
	amount := fmt.Sprintf("%s fetched of %s", bytesShort(p.what.Fetched), bytesShort(p.what.Size))
	text = t.Clean(p.what.Note) + ", " + amount
	if width(text) > w/2 {
		return amount, false
	}
	return text, true
}

// end says what is below the last line.
func (p *previewPane) end() string {
	all := "all of it"
	if !p.what.Complete {
		all = "the beginning"
	}
	if p.laid.note != "" {
		all += ", " + p.laid.note
	}
	return all
}

func (p *previewPane) hints() []hint {
	out := []hint{{"↑↓", "scroll"}, {"←→", "sideways"}, {"space", "page"}}
	if forms := formsOf(p.what); p.ready && p.err == nil && len(forms) > 1 {
		next := forms[(slices.Index(forms, p.form)+1)%len(forms)]
		out = append(out, hint{"f", "as " + string(next)})
	}
	return append(out, hint{"esc", "back"})
}
