package ui

import (
	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"
)

// newInput is a line to type into, with a steady cursor: a blinking one would
// wake the program twice a second.
func newInput(value, placeholder string) textinput.Model {
	in := textinput.New()
	in.Prompt = ""
	in.Placeholder = placeholder
	in.CharLimit = 4096
	st := in.Styles()
	st.Cursor.Blink = false
	plain := lipgloss.NewStyle()
	st.Focused.Text, st.Focused.Placeholder, st.Focused.Prompt = plain, plain.Faint(true), plain
	in.SetStyles(st)
	in.SetValue(value)
	in.CursorEnd()
	in.Focus()
	return in
}

// typed passes a key or a paste to the input. Line breaks and escape sequences
// in pasted text are dropped by the input itself.
func typed(in *textinput.Model, msg tea.Msg) (changed bool) {
	before := in.Value()
	*in, _ = in.Update(msg)
	return in.Value() != before
}

// inputLine draws label and input in w cells.
func inputLine(t Theme, in textinput.Model, label string, w int) string {
	label = t.Accent.Render(label)
	in.SetWidth(max(4, w-width(label)-2))
	in.Placeholder = t.fitMost(in.Placeholder, in.Width())
	return t.fit(label+" "+in.View(), w)
}

// filterBar is the filter while it is typed: it takes the footer, and the list
// narrows with each key.
type filterBar struct {
	input textinput.Model
	wrong string // what is wrong with the regular expression so far
}

func newFilterBar(query string) *filterBar {
	return &filterBar{input: newInput(query, "part of a name, or re: and a regular expression")}
}

func (f *filterBar) update(msg tea.Msg) (intent, tea.Cmd) {
	if key, ok := msg.(tea.KeyPressMsg); ok {
		switch key.String() {
		case "enter":
			return closeMe{}, nil
		case "esc":
			return both{setFilter{""}, closeMe{}}, nil
		case "up", "down", "pgup", "pgdown", "ctrl+d", "ctrl+u":
			return both{closeMe{}, pressed{key}}, nil
		}
	}
	if typed(&f.input, msg) {
		return setFilter{f.input.Value()}, nil
	}
	return nil, nil
}

func (f *filterBar) typing() bool                 { return true }
func (f *filterBar) view(Theme, int, int) block   { return nil }
func (f *filterBar) place(int, int) rect          { return rect{} }
func (f *filterBar) close()                       {}
func (f *filterBar) hints() []hint                { return []hint{{"enter", "keep"}, {"esc", "clear"}} }
func (f *filterBar) footer(t Theme, w int) string { return " " + inputLine(t, f.input, "filter", w-1) }
