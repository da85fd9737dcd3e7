package ui

import (
	"strings"

	tea "charm.land/bubbletea/v2"
)

// helpPane shows every key: of the pane below, then of the browser's table.
type helpPane struct {
	groups []helpGroup
	scroll int
	lines  int
	height int
}

type helpGroup struct {
	title string
	lines []hint
}

func newHelp(a *App) *helpPane {
	h := &helpPane{}
	if p := a.top(); p != nil {
		h.groups = append(h.groups, helpGroup{"here", p.hints()})
	}
	for _, g := range []string{groupAsk, groupMove, groupLook, groupTake, groupTool} {
		group := helpGroup{title: g}
		for _, act := range a.table {
			if act.group == g {
				group.lines = append(group.lines, hint{keysOf(act), act.name})
			}
		}
		h.groups = append(h.groups, group)
	}
	return h
}

// keysOf shows every key of an action.
func keysOf(act action) string {
	keys := make([]string, 0, len(act.Keys()))
	for _, k := range act.Keys() {
		keys = append(keys, showKey(k))
	}
	return strings.Join(keys, " ")
}

func (h *helpPane) close() {}

func (h *helpPane) update(msg tea.Msg) (intent, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		switch msg.String() {
		case "esc", "?", "enter":
			return closeMe{}, nil
		case "up", "k":
			h.by(-1)
		case "down", "j":
			h.by(1)
		case "pgdown", "space", "ctrl+d":
			h.by(h.height)
		case "pgup", "ctrl+u":
			h.by(-h.height)
		}
	case tea.MouseWheelMsg:
		rows, _ := wheelOf(msg)
		h.by(rows)
	}
	return nil, nil
}

func (h *helpPane) by(n int) {
	h.scroll = scrolled(scrolled(h.scroll, h.lines, h.height)+n, h.lines, h.height)
}

func (h *helpPane) place(w, height int) rect { return centered(w, height, 84, 60) }

func (h *helpPane) view(t Theme, w, height int) block {
	lines := []string{""}
	for _, g := range h.groups {
		if len(g.lines) == 0 {
			continue
		}
		lines = append(lines, t.Title.Render(g.title))
		for _, l := range g.lines {
			lines = append(lines, "  "+t.fit(t.Key.Render(l.key), 20)+" "+t.Text.Render(l.does))
		}
		lines = append(lines, "")
	}
	h.lines, h.height = len(lines), height-2
	first := scrolled(h.scroll, h.lines, h.height)
	return t.draw(frame{
		title: t.Title.Render("keys"), status: t.Dim.Render("s403"), focused: true, pad: 2,
		thumb: scroll{first, h.height, h.lines}, lines: lines[first:],
	}, w, height)
}

func (h *helpPane) hints() []hint { return []hint{{"↑↓", "scroll"}, {"esc", "close"}} }

// message is a dialog that says something longer than a line.
type message struct {
	title string
	head  string
	body  []string
	win   window
}

func newMessage(title, head string, body []string) *message {
	return &message{title: title, head: head, body: body}
}

func (m *message) close() {}

func (m *message) update(msg tea.Msg) (intent, tea.Cmd) {
	if key, ok := msg.(tea.KeyPressMsg); ok {
		switch key.String() {
		case "esc", "enter":
			return closeMe{}, nil
		}
	}
	m.win.read(msg)
	return nil, nil
}

func (m *message) place(w, h int) rect {
	wide := centered(w, h, 76, h).w
	return centered(w, h, wide, len(m.lines(Theme{}, wide))+3)
}

// lines is all that the dialog says, for a dialog of w cells.
func (m *message) lines(t Theme, w int) []string {
	lines := []string{""}
	for _, l := range wrap(t.CleanLine(m.head), w-6) {
		lines = append(lines, t.Text.Render(l))
	}
	lines = append(lines, "")
	for _, b := range m.body {
		for i, l := range wrap(t.CleanLine(b), w-8) {
			dot := "  "
			if i == 0 {
				dot = t.Warn.Render(t.Glyphs.Middot) + " "
			}
			lines = append(lines, dot+t.Text.Render(l))
		}
	}
	return lines
}

func (m *message) view(t Theme, w, h int) block {
	lines := m.lines(t, w)
	m.win.resize(h-2, len(lines))
	from, to := m.win.seen()
	return t.draw(frame{title: t.Title.Render(m.title), focused: true, pad: 2, lines: lines[from:to], thumb: m.win.thumb()}, w, h)
}

func (m *message) hints() []hint { return m.win.readHints(hint{"esc", "close"}) }
