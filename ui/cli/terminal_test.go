package cli

import (
	"bytes"
	"context"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/vt"
)

// terminal is the whole program on an emulated terminal: what is typed goes in
// as bytes of keys, what is looked at is the grid of cells.
type terminal struct {
	t    *testing.T
	mu   sync.Mutex
	emu  *vt.Emulator
	left chan int
	stop context.CancelFunc
	raw  bytes.Buffer // all that was written
	errs bytes.Buffer
}

// patience bounds every wait of these tests; none of them measures time.
const patience = 60 * time.Second

// onTerminal runs s403 with args at 120x36 until it leaves or the test ends.
func onTerminal(t *testing.T, args ...string) *terminal {
	t.Helper()
	term := &terminal{t: t, emu: vt.NewEmulator(120, 36), left: make(chan int, 1)}
	keys, typed := io.Pipe()
	go func() { _, _ = io.Copy(typed, term.emu) }()
	ctx, stop := context.WithCancel(context.Background())
	term.stop = stop
	go func() {
		term.left <- RunOn(ctx, args, Streams{In: keys, Out: term, Err: &term.errs,
			Terminal: &Terminal{Width: 120, Height: 36}})
	}()
	t.Cleanup(func() { stop(); _ = typed.Close() })
	return term
}

// Write is what the program draws.
func (term *terminal) Write(p []byte) (int, error) {
	term.mu.Lock()
	defer term.mu.Unlock()
	term.raw.Write(p)
	_, err := term.emu.Write(bytes.ReplaceAll(p, []byte("\n"), []byte("\r\n")))
	return len(p), err
}

func (term *terminal) screen() string {
	term.mu.Lock()
	defer term.mu.Unlock()
	return term.emu.String()
}

// drew is where a text was first drawn, in bytes of all that was; -1: never.
func (term *terminal) drew(text string) int {
	term.mu.Lock()
	defer term.mu.Unlock()
	return bytes.Index(term.raw.Bytes(), []byte(text))
}

// sees waits until the screen shows every text.
func (term *terminal) sees(texts ...string) *terminal {
	term.t.Helper()
	return term.until("show "+strings.Join(texts, " and "), func(screen string) bool {
		for _, text := range texts {
			if !strings.Contains(screen, text) {
				return false
			}
		}
		return true
	})
}

// misses waits until the screen shows the text no more.
func (term *terminal) misses(text string) *terminal {
	term.t.Helper()
	return term.until("lose "+text, func(screen string) bool { return !strings.Contains(screen, text) })
}

func (term *terminal) until(what string, met func(string) bool) *terminal {
	term.t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if met(term.screen()) {
			return term
		}
	}
	term.t.Fatalf("the screen does not %s:\n%s\n%s", what, term.screen(), term.errs.String())
	return term
}

// press sends keys by name: one letter, "enter", "esc", "down", or ctrl+letter.
func (term *terminal) press(keys ...string) *terminal {
	for _, k := range keys {
		event := uv.KeyPressEvent{}
		named := map[string]rune{"enter": uv.KeyEnter, "esc": uv.KeyEscape, "down": uv.KeyDown, "tab": uv.KeyTab, "space": uv.KeySpace}
		rest, ctrl := strings.CutPrefix(k, "ctrl+")
		switch code, ok := named[k]; {
		case ok:
			event.Code = code
		case ctrl:
			event.Code, event.Mod = []rune(rest)[0], uv.ModCtrl
		default:
			event.Code, event.Text = []rune(k)[0], k
		}
		term.emu.SendKey(event)
		time.Sleep(10 * time.Millisecond) // an escape stands alone only when nothing follows at once
	}
	return term
}

// types sends text.
func (term *terminal) types(text string) *terminal { term.emu.SendText(text); return term }

// quits waits until the program has left, and returns its exit code.
func (term *terminal) quits() int {
	term.t.Helper()
	select {
	case code := <-term.left:
		return code
	case <-time.After(patience):
		term.t.Fatalf("the program does not leave:\n%s", term.screen())
	}
	return -1
}
