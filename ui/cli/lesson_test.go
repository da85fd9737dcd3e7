package cli

import (
	"bytes"
	"context"
	"io"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode"

	tea "charm.land/bubbletea/v2"
	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/vt"

	"s403/diagnose"
	"s403/diagnose/lab"
)

// A stage is the whole program on an emulated terminal, played by a test.
type stage struct {
	t    *testing.T
	mu   sync.Mutex
	emu  *vt.Emulator
	left chan int
	stop context.CancelFunc
}

// Write takes what the program draws; a terminal line in its usual mode adds the
// carriage returns.
func (s *stage) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, err := s.emu.Write(bytes.ReplaceAll(p, []byte("\n"), []byte("\r\n")))
	return len(p), err
}

// stageTime is when every lesson is played.
var stageTime = time.Date(2026, time.October, 2, 9, 14, 7, 0, time.UTC)

// onStage runs a command line on a terminal of w×h cells until the test ends.
func onStage(t *testing.T, w, h int, args ...string) *stage {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	s := &stage{t: t, emu: vt.NewEmulator(w, h), left: make(chan int, 1), stop: stop}
	keys, typed := io.Pipe()
	go func() { _, _ = io.Copy(typed, s.emu) }()
	go func() {
		s.left <- RunOn(ctx, args, Streams{In: keys, Out: s, Err: io.Discard,
			Terminal: &Terminal{Width: w, Height: h, Now: func() time.Time { return stageTime }}})
	}()
	t.Cleanup(func() {
		stop()
		<-s.left
		_ = typed.Close()
	})
	return s
}

// screen is what the terminal shows now.
func (s *stage) screen() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.emu.String()
}

// press types keys by Bubble Tea's names.
func (s *stage) press(keys ...string) {
	for _, k := range keys {
		s.emu.SendKey(stageKey(k))
	}
}

func stageKey(name string) uv.KeyEvent {
	named := map[string]rune{"enter": tea.KeyEnter, "esc": tea.KeyEscape, "tab": tea.KeyTab, "down": tea.KeyDown, "up": tea.KeyUp}
	if rest, ok := strings.CutPrefix(name, "ctrl+"); ok {
		return uv.KeyPressEvent{Code: []rune(rest)[0], Mod: uv.ModCtrl}
	}
	if code, ok := named[name]; ok {
		return uv.KeyPressEvent{Code: code}
	}
	return uv.KeyPressEvent{Code: []rune(name)[0], Text: name}
}

// await waits until the screen shows one of the texts, and returns which.
func (s *stage) await(texts ...string) string {
	s.t.Helper()
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		now := bare(s.screen())
		for _, text := range texts {
			if strings.Contains(now, bare(text)) {
				return text
			}
		}
	}
	s.t.Fatalf("waited in vain for %q; the screen shows:\n%s", texts, s.screen())
	return ""
}

// bare is a text without its spaces and frames, so that a sentence is found
// however it was wrapped.
func bare(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || strings.ContainsRune("│┃╭╮╰╯─", r) {
			return -1
		}
		return r
	}, s)
}

// The words by which a lesson says how it stands.
const (
	mended  = "allowed: mended."
	refused = "still refused: that was not what stops it"
	opened  = "allowed, but to every stranger too"
	next    = "that is mended, and the next shows, which waited behind it"
)

// TestEveryLessonFromStoryToGreen plays each scenario of `lab list` as a newcomer
// does: the story and the refused head, the walk, the fix applied, and the head
// repeated, until it is green.
func TestEveryLessonFromStoryToGreen(t *testing.T) {
	l, err := lab.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range l.Scenarios() {
		t.Run(s.Name, func(t *testing.T) {
			t.Parallel()
			playLesson(t, s)
		})
	}
}

// titleOf is how a cause is called on the screen, where a sentence begins.
func titleOf(cause string) string {
	for _, c := range diagnose.Catalogue() {
		if string(c.ID) == cause {
			return strings.ToUpper(c.Title[:1]) + c.Title[1:]
		}
	}
	return cause
}

func playLesson(t *testing.T, s lab.Scenario) {
	st := onStage(t, 200, 50, "demo", s.Name)
	st.await(strings.Join(strings.Fields(s.Story)[:6], " "))          // the story
	st.await("w finds out why", "storage class", "ctrl+r asks again") // the head, refused; of some only GET is
	st.press("w")
	st.await("esc back")
	if now := bare(st.screen()); !strings.Contains(now, bare("✗ "+titleOf(s.Cause))) && !strings.Contains(now, bare("▲ "+titleOf(s.Cause))) {
		t.Errorf("the walk does not name %q:\n%s", s.Cause, st.screen())
	}
	st.press("3")
	for range 4 {
		st.press("a")
		st.await("apply this fix?", "ask again?")
		st.press("y")
		if st.await(mended, refused, opened, next) == mended {
			st.await("Learnt:")
			return
		}
		st.press("3")
	}
	t.Errorf("it does not come to green:\n%s", st.screen())
}

// TestWrongTurns tries first what people try in vain, sees that it does not help
// or opens the bucket to strangers, begins anew and then mends it.
func TestWrongTurns(t *testing.T) {
	tests := []struct {
		lesson  string
		number  int // of the fix
		says    string
		outcome string
	}{
		{"identity-no-allow", 2, "There is no such action: HEAD and GET both need s3:GetObject.", refused},
		{"identity-explicit-deny", 2, "But a Deny outweighs every Allow", refused},
		{"identity-no-allow", 3, "It opens the bucket to every stranger", opened},
		{"identity-explicit-deny", 3, "It opens the bucket to every stranger", "still refused to you, and now open to every stranger"},
	}
	for _, tt := range tests {
		t.Run(tt.lesson+" "+tt.outcome, func(t *testing.T) {
			t.Parallel()
			st := onStage(t, 200, 50, "demo", tt.lesson)
			st.await("w finds out why")
			st.press("w")
			st.await("esc back")
			st.press("3")
			st.await("▌ 1.")
			st.choose(tt.number)
			st.await(tt.says)
			st.press("a")
			st.await("apply this fix?")
			st.press("y")
			st.await(tt.outcome)
			st.press("b")
			st.await("w finds out why")
			st.insist("w", "esc back")
			st.press("3", "a")
			st.await("apply this fix?")
			st.press("y")
			st.await(mended)
		})
	}
}

// insist presses a key until a text shows. A lesson that begins anew is connected
// anew: until it is, the screen is the one before, and nobody is there to ask.
func (s *stage) insist(key, text string) {
	s.t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); {
		s.press(key)
		for again := time.Now().Add(time.Second); time.Now().Before(again); time.Sleep(5 * time.Millisecond) {
			if strings.Contains(bare(s.screen()), bare(text)) {
				return
			}
		}
	}
	s.await(text)
}

// choose goes on to the fix with the number, from the first.
func (s *stage) choose(number int) {
	s.t.Helper()
	for n := 2; n <= number; n++ {
		s.press("x")
		s.await("▌ " + strconv.Itoa(n) + ".")
	}
}

// TestEditInPlace mends a lesson by writing the policy in the field: first what is
// no policy, which is said and not applied, then the line as it has to be.
func TestEditInPlace(t *testing.T) {
	st := onStage(t, 120, 36, "demo", "identity-no-allow")
	st.await("w finds out why")
	st.press("w")
	st.await("esc back")
	st.press("e")
	st.await("1 of 4")
	st.press("tab", "tab", "tab")
	st.await("4 of 4")
	st.press("down", "down", "down", "down", "down", "down", "ctrl+a", "ctrl+k", "ctrl+s")
	st.await("this is no policy yet: see below the text")
	for _, r := range `"Resource": "arn:aws:s3:::acme-reports/*"` {
		st.press(string(r))
	}
	st.await("ctrl+s puts it into the lab and tries the request again")
	st.press("ctrl+s")
	st.await(mended)
}
