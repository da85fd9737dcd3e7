package ui

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"s403/s3view"
)

// The five states of a field are told apart in words, not by colour alone.
func TestFiveStatesOnTheScreen(t *testing.T) {
	theme := NewTheme(Look{})
	want := map[s3view.FieldState]string{s3view.Known: "on", s3view.Denied: "✗ denied  needs s3:X", s3view.NotConfigured: "not configured",
		s3view.NotSupported: "not supported here", s3view.Failed: "? failed  needs s3:X"}
	for state, text := range want {
		f := s3view.Field{Name: "lock", State: state, Value: "on", Why: "needs s3:X"}
		if got := strings.TrimRight(ansi.Strip(strings.Join(theme.fieldLines([]s3view.Field{f}, 60), "\n")), " "); got != "lock  "+text {
			t.Errorf("%s: %q, want %q", state, got, text)
		}
	}
}
