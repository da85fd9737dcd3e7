package cli

import (
	"os"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/term"
)

// standApart keeps the terminal to the explorer alone while it is open. The SDK
// gives a profile's credential_process this process's standard input and error,
// for its prompts: it would write over the screen, and take the keys that are
// typed. It gets neither; what it wanted to say, it says when it is run by hand.
// The options give the explorer the input that it had. back puts both back.
func standApart() (options []tea.ProgramOption, back func()) {
	nothing, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		return nil, func() {}
	}
	in, errs := os.Stdin, os.Stderr
	if term.IsTerminal(in.Fd()) {
		options = append(options, tea.WithInput(in))
	} // else Bubble Tea opens the terminal by its name
	os.Stdin, os.Stderr = nothing, nothing
	return options, func() {
		os.Stdin, os.Stderr = in, errs
		_ = nothing.Close()
	}
}
