package ui

import (
	tea "charm.land/bubbletea/v2"
)

// wasCopied says that text went to the clipboards.
type wasCopied struct {
	what   string
	native bool
	err    error // of the native clipboard
}

// copy sends text to the terminal's clipboard (OSC 52, which works over ssh) and
// to the machine's own where there is one.
func (fx effects) copy(native func(string) error, what, text string) tea.Cmd {
	machine := func() tea.Msg {
		m := wasCopied{what: what}
		if native != nil {
			m.err = native(text)
			m.native = m.err == nil
		}
		return m
	}
	return tea.Batch(tea.SetClipboard(text), machine)
}

func (a *App) wasCopied(m wasCopied) {
	if m.native {
		a.say(success, m.what+" copied, to this machine's clipboard and the terminal's (OSC 52)")
		return
	}
	a.say(success, m.what+" sent to the terminal's clipboard (OSC 52), if it takes that")
}
