package ui

import (
	"slices"
	"strings"

	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"
)

// choiceLine is one line of a picker.
type choiceLine struct {
	name, detail, key string
	blocked           string // why it cannot be chosen now
	in                intent
}

// picker is a dialog that offers lines and narrows them as she types: the
// palette, the copy menu, the pickers of profile and region.
type picker struct {
	title string
	input textinput.Model
	all   []choiceLine
	shown []choiceLine
	win   window
	quick bool // a line's key chooses it at once; nothing is typed
	// free makes a line of what is typed, or says why it cannot be chosen; nil:
	// only the lines can. It stands behind the lines that match, or before them.
	free      func(text string) (line choiceLine, blocked string)
	freeFirst bool
	keys      int    // how wide the widest key is
	none      string // what is said where there are no lines at all
}

func newPicker(title, placeholder string, lines []choiceLine) *picker {
	p := &picker{title: title, input: newInput("", placeholder), all: lines, shown: lines}
	p.win.resize(len(lines), len(lines))
	p.keys = p.widest(func(l choiceLine) string { return l.key })
	return p
}

// holds says of the choice that holds now that it does, and tells which it is;
// -1: none of them.
func (p *picker) holds(name string) int {
	i := slices.IndexFunc(p.all, func(l choiceLine) bool { return l.name == name })
	if i >= 0 {
		p.all[i].detail = strings.TrimPrefix(p.all[i].detail+", now", ", ")
	}
	return i
}

func newPalette(a *App) *picker {
	lines := make([]choiceLine, 0, len(a.table))
	for _, act := range a.table {
		lines = append(lines, choiceLine{
			name: act.name, key: act.Help().Key, blocked: act.why(a), in: runAction{act.id},
		})
	}
	return newPicker("commands", "type part of a command", lines)
}

func (p *picker) typing() bool { return !p.quick }
func (p *picker) close()       {}

func (p *picker) update(msg tea.Msg) (intent, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		return p.press(msg), nil
	case tea.PasteMsg:
		if !p.quick && typed(&p.input, msg) {
			p.narrow()
		}
	case tea.MouseClickMsg:
		// Below the window lies the border: a click there is none on the line behind it.
		line := msg.Y - p.firstLine()
		if i := p.win.top + line; msg.Button == tea.MouseLeft && line >= 0 && line < p.win.height && i < len(p.shown) {
			p.win.to(i)
			return p.choose(), nil
		}
	case tea.MouseWheelMsg:
		rows, _ := wheelOf(msg)
		p.win.scroll(rows)
	}
	return nil, nil
}

func (p *picker) press(msg tea.KeyPressMsg) intent {
	switch k := msg.String(); k {
	case "esc":
		return closeMe{}
	case "enter":
		return p.choose()
	case "up", "ctrl+p":
		p.win.by(-1)
	case "down", "ctrl+n", "tab":
		p.win.by(1)
	case "pgup":
		p.win.by(-p.win.height)
	case "pgdown":
		p.win.by(p.win.height)
	default:
		if p.quick {
			return p.quickly(k)
		}
		if typed(&p.input, msg) {
			p.narrow()
		}
	}
	return nil
}

func (p *picker) quickly(key string) intent {
	for i, l := range p.shown {
		if l.key == key {
			p.win.to(i)
			return p.choose()
		}
	}
	switch key {
	case "j":
		p.win.by(1)
	case "k":
		p.win.by(-1)
	}
	return nil
}

func (p *picker) choose() intent {
	if p.win.cursor < len(p.shown) {
		l := p.shown[p.win.cursor]
		if l.blocked != "" {
			return tell{info, l.blocked}
		}
		return both{closeMe{}, l.in}
	}
	return nil
}

// offerTyped adds the line that is made of what she typed, unless another is the same.
func (p *picker) offerTyped() {
	text := strings.TrimSpace(p.input.Value())
	if p.free == nil || text == "" || slices.ContainsFunc(p.shown, func(l choiceLine) bool { return l.name == text }) {
		return
	}
	line, blocked := p.free(text)
	line.blocked, line.detail = blocked, "as typed"
	if p.freeFirst && blocked == "" {
		p.shown = append([]choiceLine{line}, p.shown...)
	} else {
		p.shown = append(p.shown, line)
	}
}

// narrow keeps the lines that hold every typed word.
func (p *picker) narrow() {
	words := strings.Fields(strings.ToLower(p.input.Value()))
	p.shown = nil
	for _, l := range p.all {
		text, ok := strings.ToLower(l.name+" "+l.detail+" "+l.key), true
		for _, w := range words {
			ok = ok && strings.Contains(text, w)
		}
		if ok {
			p.shown = append(p.shown, l)
		}
	}
	p.offerTyped()
	p.win.to(0)
	p.win.resize(p.win.height, len(p.shown))
}

func (p *picker) firstLine() int {
	if p.quick {
		return 1
	}
	return 3
}

func (p *picker) place(w, h int) rect {
	wide := max(40, width(p.title)+6, width(p.input.Placeholder)+8, width(p.none)+6)
	for _, l := range p.all {
		wide = max(wide, width(l.name)+width(l.detail)+p.keys+10)
	}
	r := centered(w, h, min(wide, 84), h)
	return centered(w, h, r.w, max(1, len(p.all))+1+p.firstLine()+len(p.whyNot(Theme{}, r.w-4)))
}

func (p *picker) view(t Theme, w, h int) block {
	f := frame{title: t.Title.Render(t.Clean(p.title)), focused: true}
	if !p.quick {
		f.lines = append(f.lines, " "+inputLine(t, p.input, t.Glyphs.Arrow, w-3), t.Border.Render(strings.Repeat(t.Glyphs.Horizontal, max(0, w-2))))
	}
	why := p.whyNot(t, w-4)
	p.win.resize(h-1-p.firstLine()-len(why), len(p.shown))
	from, to := p.win.seen()
	for i := from; i < to; i++ {
		f.lines = append(f.lines, p.line(t, p.shown[i], i == p.win.cursor, w-2))
	}
	if len(p.shown) == 0 {
		none := p.none
		if none == "" || len(p.all) > 0 {
			none = "nothing matches"
		}
		f.lines = append(f.lines, "  "+t.Dim.Render(t.fitMost(none, w-4)))
	}
	f.lines = append(f.lines, why...)
	f.thumb = p.win.thumb()
	return t.draw(f, w, h)
}

// whyNot says below the choices why the one under the cursor cannot be made now.
func (p *picker) whyNot(t Theme, w int) []string {
	if p.win.cursor >= len(p.shown) || p.shown[p.win.cursor].blocked == "" {
		return nil
	}
	var out []string
	for _, l := range wrap(t.CleanLine(p.shown[p.win.cursor].blocked), w-2) {
		sign := "  "
		if len(out) == 0 {
			sign = t.Warn.Render(t.Glyphs.Unknown) + " "
		}
		out = append(out, "  "+sign+t.Text.Render(l))
	}
	return out
}

// line is one choice: its name, what is said of it, its key. Where there is no
// room for all, what is said of it gives way first.
func (p *picker) line(t Theme, l choiceLine, selected bool, w int) string {
	style, room := t.Text, w-2
	if l.blocked != "" {
		style = t.Dim
	}
	text := p.columns(t, l, style, room)
	cursor := " "
	if selected {
		cursor = t.Accent.Render(t.Glyphs.Cursor)
	}
	line := t.fit(cursor+" "+text, w)
	if selected {
		return t.Selected.Under(line)
	}
	return line
}

// columns is the text of a choice in w cells.
func (p *picker) columns(t Theme, l choiceLine, style Style, w int) string {
	name, detail := t.Clean(l.name), t.Clean(l.detail)
	if p.quick {
		label := p.widest(func(l choiceLine) string { return l.name })
		return t.Key.Render(t.fit(l.key, 3)) + style.Render(t.fit(name, label)) + "  " + t.Dim.Render(t.fitMost(detail, w-label-6))
	}
	right := t.Key.Render(l.key) + " "
	if detail != "" {
		right = t.Key.Render(t.fitRight(l.key, p.keys)) + " "
	}
	most := w - width(right) - 1 // for the name
	if least := most * 2 / 3; detail != "" && width(name)+width(detail)+2 > most && width(name) > least {
		name = t.fitMost(name, max(least, most-width(detail)-2))
	}
	if free := most - width(name) - 2; detail != "" && free >= min(8, width(detail)) {
		right = t.Dim.Render(t.fitMost(detail, free)) + "  " + right
	}
	return t.spread(style.Render(name), right, w)
}

// widest is the width of the widest of something of all choices.
func (p *picker) widest(of func(choiceLine) string) int {
	wide := 0
	for _, l := range p.all {
		wide = max(wide, width(of(l)))
	}
	return wide
}

func (p *picker) hints() []hint {
	if len(p.shown) < 2 {
		return []hint{{"enter", "choose"}, {"esc", "close"}}
	}
	return []hint{{"enter", "choose"}, {"↑↓", "move"}, {"esc", "close"}}
}
