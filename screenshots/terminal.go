package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"time"

	"github.com/charmbracelet/x/vt"

	"s403/ui/cli"
)

// How long a scene waits for what it awaits, and how long the screen must
// have stood still to be painted.
const (
	patience = 20 * time.Second
	stillFor = 250 * time.Millisecond
)

// demoAddress is where the demo's lab listens unless something else does.
const demoAddress = "127.0.0.1:4403"

// epoch is the time at which every picture is taken.
var epoch = time.Date(2026, time.October, 2, 9, 14, 7, 0, time.UTC)

// shot is one picture: its name without the ending, and its bytes.
type shot struct {
	name string
	png  []byte
}

// terminal is an emulated terminal that remembers when it was last written to.
type terminal struct {
	mu      sync.Mutex
	emu     *vt.Emulator
	written time.Time
}

func newTerminal(s scene) *terminal {
	p := paletteOf(s.dark)
	t := &terminal{emu: vt.NewEmulator(s.width, s.height), written: time.Now()}
	t.emu.SetDefaultForegroundColor(p.fg)
	t.emu.SetDefaultBackgroundColor(p.bg)
	return t
}

// Write takes what the program draws. As a terminal line in its usual mode
// does, it adds the carriage return to each line feed: Bubble Tea counts on it
// where its input is not a terminal.
func (t *terminal) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.written = time.Now()
	if _, err := t.emu.Write(bytes.ReplaceAll(p, []byte("\n"), []byte("\r\n"))); err != nil {
		return 0, err
	}
	return len(p), nil
}

// shows tells whether the text stands on one line of the screen.
func (t *terminal) shows(text string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return strings.Contains(t.emu.String(), text)
}

// still tells whether nothing was drawn for a while.
func (t *terminal) still() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return time.Since(t.written) > stillFor
}

func (t *terminal) picture(p palette) ([]byte, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return paint(t.emu, p)
}

// play runs the program on a fresh terminal and follows the script.
func (s scene) play() (shots []shot, err error) {
	if conn, err := net.Dial("tcp", demoAddress); err == nil {
		_ = conn.Close()
		return nil, fmt.Errorf("%s is taken, and the pictures show it: close the demo that runs there", demoAddress)
	}
	term := newTerminal(s)
	keys, typed := io.Pipe()
	go func() { _, _ = io.Copy(typed, term.emu) }() // the terminal's own answers
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	var complaints bytes.Buffer
	left := make(chan int, 1)
	go func() {
		left <- cli.RunOn(ctx, s.args, cli.Streams{
			In: keys, Out: term, Err: &complaints,
			Terminal: &cli.Terminal{Width: s.width, Height: s.height, Now: func() time.Time { return epoch }},
		})
	}()
	for _, step := range s.steps {
		if err := s.take(step, term, &shots); err != nil {
			return nil, fmt.Errorf("line %d: %w\n%s", step.line, err, complaints.String())
		}
	}
	cancel()
	select {
	case <-left:
		return shots, nil
	case <-time.After(patience):
		return nil, errors.New("the program did not leave when it was told to")
	}
}

// take carries out one step.
func (s scene) take(st step, term *terminal, shots *[]shot) error {
	switch st.verb {
	case "await":
		return until(func() bool { return term.shows(st.rest) }, term, fmt.Sprintf("the screen to show %q", st.rest))
	case "key":
		for name := range strings.FieldsSeq(st.rest) {
			term.emu.SendKey(keyNamed(name))
			time.Sleep(30 * time.Millisecond)
		}
		return nil
	case "type":
		term.emu.SendText(st.rest)
		return nil
	}
	if err := until(term.still, term, "the screen to stand still"); err != nil {
		return err
	}
	png, err := term.picture(paletteOf(s.dark))
	*shots = append(*shots, shot{name: s.fileName(st.rest), png: png})
	return err
}

// until waits for a condition, and shows the screen when it does not come.
func until(met func() bool, term *terminal, what string) error {
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		if met() {
			return nil
		}
	}
	term.mu.Lock()
	defer term.mu.Unlock()
	return fmt.Errorf("waited in vain for %s; it shows:\n%s", what, term.emu.String())
}
