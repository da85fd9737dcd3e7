package ui

import (
	"errors"
	"time"

	tea "charm.land/bubbletea/v2"
)

// clipboardPatience is how long the machine's clipboard may take. Its tools
// sometimes wait for a display that is gone.
const clipboardPatience = 3 * time.Second

var errClipboardSilent = errors.New("it does not answer")

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
			m.err = within(clipboardPatience, func() error { return native(text) })
			m.native = m.err == nil
		}
		return m
	}
	return tea.Batch(tea.SetClipboard(text), machine)
}

// within does something and waits no longer than d for its end.
func within(d time.Duration, do func() error) error {
	done := make(chan error, 1)
	go func() { done <- do() }()
	late := time.NewTimer(d)
	defer late.Stop()
	select {
	case err := <-done:
		return err
	case <-late.C:
		return errClipboardSilent
	}
}

// wasCopied says where the text went. Whether the terminal takes OSC 52 cannot
// be asked.
func (a *App) wasCopied(m wasCopied) {
	switch {
	case m.native:
		a.say(success, m.what+" copied, to this machine's clipboard and the terminal's (OSC 52)")
	case m.err != nil:
		a.say(info, m.what+" sent to the terminal's clipboard (OSC 52), if it takes that; this machine's did not take it: "+m.err.Error())
	default:
		a.say(success, m.what+" sent to the terminal's clipboard (OSC 52), if it takes that")
	}
}
