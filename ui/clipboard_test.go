package ui

import (
	"errors"
	"testing"
	"time"
)

// A clipboard that does not answer is not waited for, and what it did not take
// is said.
func TestSilentClipboard(t *testing.T) {
	over := make(chan struct{})
	defer close(over)
	if err := within(time.Millisecond, func() error { <-over; return nil }); !errors.Is(err, errClipboardSilent) {
		t.Errorf("%v", err)
	}
	native := func(string) error { return errClipboardSilent }
	newRig(t, acme(), func(c *Config) { c.Clipboard = native }).start(120, 24, true).feed("y", "u").
		sees("sent to the terminal's clipboard (OSC 52), if it takes that; this machine's did not take it: it does not answer")
}
