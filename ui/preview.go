package ui

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/alecthomas/chroma/v2"
	"github.com/alecthomas/chroma/v2/lexers"

	"s403/s3view"
)

// previewer is a store that fetches the beginning of an object: *s3view.Store.
type previewer interface {
	Preview(ctx context.Context, at s3view.Location, limit int64) (s3view.Preview, error)
}

// Bounds of what a preview draws: longer lines are cut, as they are no text that
// people read.
const (
	previewLines    = 20_000
	previewLineLong = 4_000 // bytes
	hexLines        = 4_096
)

// previewPane shows the beginning of an object, in colours where it is text.
type previewPane struct {
	at    s3view.Location
	ask   inquiry
	what  s3view.Preview
	lines [][]chroma.Token
	err   *s3view.Error
	ready bool
	win   window
	left  int // columns scrolled to the right
	frame int
}

// previewFetched is the beginning of an object, cut into coloured lines.
type previewFetched struct {
	ticket  ticket
	preview s3view.Preview
	lines   [][]chroma.Token
	err     error
}

func (fx effects) preview(ctx context.Context, t ticket, s previewer, at s3view.Location) tea.Cmd {
	return func() tea.Msg {
		p, err := s.Preview(ctx, at, 0)
		if err != nil {
			return previewFetched{ticket: t, err: err}
		}
		return previewFetched{t, p, tokenLines(p), nil}
	}
}

// tokenLines cuts a preview into lines of tokens. Where no lexer knows the
// language, a line is one token.
func tokenLines(p s3view.Preview) [][]chroma.Token {
	text := previewText(p)
	lexer := lexers.Match(p.Name)
	if lexer == nil || p.Kind == s3view.PreviewBinary || p.Kind == s3view.PreviewParquet || p.Kind == s3view.PreviewImage {
		return plainLines(text)
	}
	tokens, err := chroma.Tokenise(chroma.Coalesce(lexer), nil, text)
	if err != nil {
		return plainLines(text)
	}
	lines := chroma.SplitTokensIntoLines(tokens)
	return lines[:min(len(lines), previewLines)]
}

func plainLines(text string) [][]chroma.Token {
	lines := strings.Split(text, "\n")
	lines = lines[:min(len(lines), previewLines)]
	out := make([][]chroma.Token, len(lines))
	for i, l := range lines {
		out[i] = []chroma.Token{{Type: chroma.Text, Value: l}}
	}
	return out
}

// previewText is the text to show: whole JSON is laid out, bytes that are no text
// are shown in hex, lines are cut where nobody reads on.
func previewText(p s3view.Preview) string {
	switch p.Kind {
	case s3view.PreviewBinary, s3view.PreviewParquet, s3view.PreviewImage:
		return s3view.HexDump(p.Data, hexLines)
	}
	text := string(p.Data)
	var pretty bytes.Buffer
	if p.Complete && strings.HasSuffix(p.Name, ".json") && json.Indent(&pretty, p.Data, "", "  ") == nil {
		text = pretty.String()
	}
	text = strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\t", "    ")
	lines := strings.SplitN(text, "\n", previewLines+1)
	for i, l := range lines {
		if len(l) > previewLineLong {
			lines[i] = l[:previewLineLong]
		}
	}
	return strings.Join(lines[:min(len(lines), previewLines)], "\n")
}

func needsPreview(a *App) string {
	if _, ok := a.browse.store.(previewer); !ok {
		return "this store has no previews"
	}
	return needsObject(a)
}

func (a *App) openPreview() tea.Cmd {
	p := &previewPane{at: a.browse.here()}
	s, _ := a.browse.store.(previewer)
	ctx, t := a.fx.ask(&p.ask)
	a.push(p)
	return a.fx.preview(ctx, t, s, p.at)
}

func (p *previewPane) close()              { p.ask.stop() }
func (p *previewPane) busy() bool          { return !p.ready }
func (p *previewPane) tick(time.Time)      { p.frame++ }
func (p *previewPane) place(w, h int) rect { return whole(w, h) }

func (p *previewPane) update(msg tea.Msg) (intent, tea.Cmd) {
	switch msg := msg.(type) {
	case previewFetched:
		if p.ask.answered(msg.ticket) {
			p.ready, p.what, p.lines = true, msg.preview, msg.lines
			if msg.err != nil {
				p.err = asError(msg.err)
			}
		}
	case tea.MouseWheelMsg:
		rows, _ := wheelOf(msg)
		p.win.scroll(rows)
	case tea.KeyPressMsg:
		return p.press(msg.String()), nil
	}
	return nil, nil
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
	f := frame{title: t.Title.Render(t.fitMost(t.Clean(p.at.Name()), max(8, w/2))), focused: true, status: t.Dim.Render(p.summary()), pad: 1}
	switch {
	case p.err != nil:
		f.lines = append([]string{""}, t.refusalLines(p.err, w-6)...)
		if p.err.Diagnosable() {
			f.lines = append(f.lines, "", "  "+t.Key.Render("w")+t.Text.Render(" finds out why"))
		}
	case !p.ready:
		f.lines = []string{"", "  " + t.Accent.Render(t.Glyphs.Spinner[p.frame%len(t.Glyphs.Spinner)]) + t.Dim.Render(" fetching"+t.Glyphs.Ellipsis)}
	default:
		p.win.resize(h-2, len(p.lines))
		from, to := p.win.seen()
		digits := len(fmt.Sprint(len(p.lines)))
		for i := from; i < to; i++ {
			number := t.Dim.Render(fmt.Sprintf("%*d  ", digits, i+1))
			f.lines = append(f.lines, number+p.line(t, p.lines[i], w-4-digits-2))
		}
		f.thumb, f.foot = p.win.thumb(), t.Dim.Render(p.end(t))
	}
	return t.draw(f, w, h)
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

// summary says what is shown, and how much was fetched for it.
func (p *previewPane) summary() string {
	if !p.ready || p.err != nil {
		return ""
	}
	kind := string(p.what.Kind)
	if p.what.Note != "" {
		kind = p.what.Note
	}
	if p.what.Gzip {
		kind += ", unpacked"
	}
	return fmt.Sprintf("%s, %s fetched of %s", kind, bytesShort(p.what.Fetched), bytesShort(p.what.Size))
}

func (p *previewPane) end(t Theme) string {
	if p.what.Complete {
		return "all of it"
	}
	return "the beginning" + t.Glyphs.Ellipsis
}

func (p *previewPane) hints() []hint {
	return []hint{{"↑↓", "scroll"}, {"←→", "sideways"}, {"space", "page"}, {"esc", "back"}}
}
