package ui

import (
	"strings"
	"sync"

	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"

	"s403/s3view"
)

// Prompts carries the questions of credential sources to the screen, and her
// answers back. The SDK asks from goroutines of its own and waits there.
type Prompts struct {
	questions chan codeQuestion
	over      chan struct{} // closed when the explorer is
	once      sync.Once
}

// codeQuestion asks for the code of an MFA device. The pane sends one answer, or
// closes the channel to give none.
type codeQuestion struct {
	serial string
	again  bool // one was given before on this connection
	answer chan string
}

// NewPrompts returns the way between the credential sources of cli and an App.
func NewPrompts() *Prompts {
	return &Prompts{questions: make(chan codeQuestion), over: make(chan struct{})}
}

func (p *Prompts) close() { p.once.Do(func() { close(p.over) }) }

// MFAToken returns what asks for codes on one connection: s3view.Options.MFAToken.
// It asks one question at a time, and no more once she has declined: a listing
// and an identity that wait for the same credentials ask her once.
func (p *Prompts) MFAToken() func(serial string) (string, error) {
	var mu sync.Mutex
	given, declined := false, false
	return func(serial string) (string, error) {
		mu.Lock()
		defer mu.Unlock()
		if declined {
			return "", s3view.ErrNoMFACode
		}
		q := codeQuestion{serial: serial, again: given, answer: make(chan string, 1)}
		select {
		case p.questions <- q:
		case <-p.over:
			return "", s3view.ErrNoMFACode
		}
		code, ok := "", false
		select {
		case code, ok = <-q.answer:
		case <-p.over:
		}
		given, declined = ok, !ok
		if declined {
			return "", s3view.ErrNoMFACode
		}
		return code, nil
	}
}

// codeWanted says that credentials wait for a code; next awaits another question.
type codeWanted struct {
	question codeQuestion
	next     tea.Cmd
}

// prompts awaits the next question of a credential source.
func (fx effects) prompts(p *Prompts) tea.Cmd {
	if p == nil {
		return nil
	}
	var next tea.Cmd
	next = func() tea.Msg {
		select {
		case q := <-p.questions:
			return codeWanted{q, next}
		case <-p.over:
			return nil
		}
	}
	return next
}

// codeWanted asks her, in front of whatever she looks at.
func (a *App) codeWanted(m codeWanted) tea.Cmd {
	a.push(newMFAPane(m.question))
	return m.next
}

// codeLength is how many digits a code of an MFA device has (STS API Reference,
// AssumeRole, TokenCode).
const codeLength = 6

// mfaPane asks for the code of an MFA device. What is typed is not shown.
type mfaPane struct {
	question codeQuestion
	input    textinput.Model
	wrong    string
	answered bool
}

func newMFAPane(q codeQuestion) *mfaPane {
	p := &mfaPane{question: q, input: newInput("", "")}
	p.input.CharLimit = codeLength
	p.input.EchoMode = textinput.EchoPassword
	return p
}

func (p *mfaPane) typing() bool { return true }

// close gives no code, unless one was given.
func (p *mfaPane) close() {
	if !p.answered {
		p.answered = true
		close(p.question.answer)
	}
}

func (p *mfaPane) update(msg tea.Msg) (intent, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.PasteMsg:
		msg.Content = digits(msg.Content)
		typed(&p.input, msg)
		p.wrong = ""
	case tea.KeyPressMsg:
		return p.press(msg), nil
	}
	return nil, nil
}

func (p *mfaPane) press(msg tea.KeyPressMsg) intent {
	switch msg.String() {
	case "esc":
		return both{closeMe{}, tell{info, "no code was given, so nothing can be signed; ctrl+r asks again"}}
	case "enter":
		if n := len(p.input.Value()); n != codeLength {
			p.wrong = "a code has six digits"
			return nil
		}
		p.answered = true
		p.question.answer <- p.input.Value() // has room for the one answer
		return closeMe{}
	}
	if msg.Text == "" || digits(msg.Text) == msg.Text {
		typed(&p.input, msg)
		p.wrong = ""
	}
	return nil
}

// digits keeps the digits of a text: devices show codes in two groups of three.
func digits(s string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, s)
}

func (p *mfaPane) place(w, h int) rect { return centered(w, h, 66, 10) }

func (p *mfaPane) view(t Theme, w, h int) block {
	p.input.EchoCharacter = []rune(t.Glyphs.Middot)[0]
	intro := "The role of this profile wants a code of the MFA device"
	if p.question.again {
		intro = "Another code is wanted: the one before was not taken, or its session has ended. The MFA device is"
	}
	lines := []string{""}
	for _, l := range wrap(intro, w-6) {
		lines = append(lines, t.Text.Render(l))
	}
	lines = append(lines, t.Bright.Render(t.fitMost(t.Clean(p.question.serial), w-6)), "",
		inputLine(t, p.input, "six digits", w-6))
	if p.wrong != "" {
		lines = append(lines, t.Bad.Render(t.Glyphs.Fail+" "+p.wrong))
	}
	return t.draw(frame{title: t.Title.Render("MFA"), focused: true, pad: 2, lines: lines}, w, h)
}

func (p *mfaPane) hints() []hint { return []hint{{"enter", "give the code"}, {"esc", "give none"}} }
