package ui

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"

	"s403/s3view"
)

// App is the explorer: the root model.
type App struct {
	cfg   Config
	fx    effects
	stop  context.CancelFunc
	look  Look
	theme Theme
	table []action
	w, h  int

	choice  Choice
	chosen  Choice // what conn was made with, while another connection is made
	conn    *Connection
	connErr error
	dial    inquiry
	renews  bool // the new connection goes on with the list of the one before
	opened  bool // the place to start at was opened
	who     who
	whoAsk  inquiry
	login   inquiry // whether she has logged in by now
	lesson  string  // the scenario that is on; empty outside the lessons
	course  course

	browse       browser
	side         side
	sideOpen     bool // narrow screens: the side pane lies over the list
	sideFocus    bool
	past, future []s3view.Location

	stack    []pane
	probe    inquiry         // of the diagnosis
	whyAt    s3view.Location // what is diagnosed
	applying inquiry         // a fix that is being applied in the lab
	signing  inquiry         // a presigned URL that is being made
	waiting  string          // the id of an action that waits for the connection
	notice   *notice
	frame    int // of the spinner
	ticks    inquiry
	memory   memory
	clicks   clicks
}

// who is the caller, as far as it is known.
type who struct {
	identity    s3view.Identity
	credentials s3view.Credentials
	err         error
	known       bool
}

// New returns the explorer. It asks nothing of the world before Init.
func New(cfg Config) *App {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.After == nil {
		cfg.After = realTimer
	}
	ctx, stop := context.WithCancel(context.Background())
	fx := effects{root: ctx, last: new(ticket), after: cfg.After, now: cfg.Now, keeper: &keeper{}, files: &files{}}
	a := &App{
		cfg: cfg, fx: fx, stop: stop, choice: cfg.Choice,
		look:   Look{Dark: cfg.Settings.Theme != "light", Profile: colorprofile.TrueColor, ASCII: ascii(cfg), Accent: cfg.Settings.Accent, Colours: cfg.Settings.Colours},
		table:  rebind(actions(), cfg.Settings.Keys),
		browse: newBrowser(fx), side: newSide(fx),
	}
	a.browse.lens.want.Order = cfg.Settings.Sort
	a.browse.lens.want.Descending = largestFirst(cfg.Settings.Sort)
	if cfg.Start.Root() && cfg.Lesson == nil {
		a.cfg.Start = cfg.Settings.Start
	}
	a.side.off = cfg.Settings.Heads != nil && !*cfg.Settings.Heads
	a.theme = NewTheme(a.look)
	return a
}

func ascii(cfg Config) bool {
	return cfg.Settings.Glyphs == "ascii" || cfg.ASCII && cfg.Settings.Glyphs != "unicode"
}

func (a *App) tellWarnings() {
	if n := len(a.cfg.Warnings); n == 1 {
		a.say(failure, "config.toml "+a.cfg.Warnings[0])
	} else if n > 1 {
		a.stack = append(a.stack, newMessage("config.toml", "What cannot be used was left at its default:", a.cfg.Warnings))
	}
}

// Close gives up everything that is under way, and waits until downloads have taken
// their half files away. Call it after the program ends.
func (a *App) Close() {
	a.stop()
	a.fx.files.close()
	if a.cfg.Prompts != nil {
		a.cfg.Prompts.close()
	}
}

// Init asks the terminal for its background, and the world for the first place.
func (a *App) Init() tea.Cmd {
	cmd := tea.Batch(tea.RequestBackgroundColor, a.fx.recall(a.cfg.StateFile), a.fx.prompts(a.cfg.Prompts), a.open())
	a.tellWarnings() // over whatever opened
	return cmd
}

// Update answers one message.
func (a *App) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	cmd := a.handle(msg)
	return a, tea.Batch(cmd, a.follow(), a.watchLogin(), a.spin())
}

func (a *App) handle(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		a.w, a.h = msg.Width, msg.Height
		a.fitBrowser()
		return nil
	case tea.BackgroundColorMsg:
		if s := a.cfg.Settings.Theme; s == "" || s == "auto" {
			a.look.Dark = msg.IsDark()
			a.theme = NewTheme(a.look)
		}
		return nil
	case tea.ColorProfileMsg:
		a.look.Profile = msg.Profile
		a.theme = NewTheme(a.look)
		return nil
	case tea.KeyPressMsg:
		return a.press(msg)
	case tea.PasteMsg:
		return a.paste(msg)
	case tea.MouseClickMsg, tea.MouseWheelMsg, wheeled:
		return a.mouse(msg)
	default:
		return a.answer(msg)
	}
}

// answer takes what came back from the world.
func (a *App) answer(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case connected:
		return a.connected(msg)
	case identified:
		a.identified(msg)
		return nil
	case bucketsListed:
		return a.browse.bucketsListed(msg)
	case pageLoaded:
		return a.browse.pageLoaded(msg)
	case walked:
		return a.browse.walked(msg)
	case viewSelected:
		return a.browse.viewSelected(msg)
	case cursorRested:
		return a.side.cursorRested(msg)
	case tabLoaded:
		a.tabLoaded(msg)
		return nil
	case evidenceGathered:
		return a.evidenceGathered(msg)
	case ticked:
		return a.ticked(msg)
	case presigned:
		return a.presigned(msg)
	case profilesRead:
		a.profilesRead(msg)
		return nil
	case fixApplied:
		return a.fixApplied(msg)
	case retried:
		return a.retried(msg)
	case strangersAsked:
		a.strangersAsked(msg)
		return nil
	case labReset:
		return a.labReset(msg)
	case recalled:
		return a.recalled(msg)
	case wasCopied:
		a.wasCopied(msg)
		return nil
	case codeWanted:
		return a.codeWanted(msg)
	case loginRested:
		return a.loginRested(msg)
	case loginLooked:
		return a.loginLooked(msg)
	default:
		return a.tellPanes(msg)
	}
}

// tellPanes hands an answer to the panes, each of which knows its own questions.
func (a *App) tellPanes(msg tea.Msg) tea.Cmd {
	var cmds []tea.Cmd
	for _, p := range append([]pane(nil), a.stack...) {
		in, cmd := p.update(msg)
		cmds = append(cmds, cmd, a.carry(p, in))
	}
	return tea.Batch(cmds...)
}

// tabLoaded keeps the answer and marks the row by it.
func (a *App) tabLoaded(m tabLoaded) {
	if !a.side.tabLoaded(m) || m.question.tab != "head" {
		return
	}
	a.browse.remember(m.question.at, m.answer.err)
}

// follow keeps the side pane on the selected row.
func (a *App) follow() tea.Cmd {
	if a.conn == nil {
		return nil
	}
	e, ok := a.browse.selected()
	if !ok {
		return a.side.show(a.browse.at, s3view.Entry{Prefix: true})
	}
	return a.side.show(a.browse.place(e), e)
}

// say puts a notice on the footer until the next key.
func (a *App) say(kind noticeKind, text string) { a.notice = &notice{kind, text} }

// hush takes the notice away, and with it what waited for the connection.
func (a *App) hush() { a.notice, a.waiting = nil, "" }

// busy tells that something is awaited, so that the spinner turns.
func (a *App) busy() bool {
	return a.dial.busy() || a.browse.page.busy() || a.side.ask.busy() || a.probe.busy() || a.paneBusy()
}

// spin keeps the spinner turning while something is awaited.
func (a *App) spin() tea.Cmd {
	if !a.busy() || a.ticks.busy() {
		return nil
	}
	_, t := a.fx.ask(&a.ticks)
	return a.fx.after(120*time.Millisecond, ticked{t})
}

// ticked moves the spinner.
type ticked struct{ ticket ticket }

func (a *App) ticked(m ticked) tea.Cmd {
	if !a.ticks.answered(m.ticket) {
		return nil
	}
	a.frame++
	now := a.fx.now()
	for _, p := range a.stack {
		if c, ok := p.(ticking); ok {
			c.tick(now)
		}
	}
	return nil
}

// ticking is a pane that moves while it waits.
type ticking interface {
	tick(now time.Time)
	busy() bool
}

func (a *App) paneBusy() bool {
	for _, p := range a.stack {
		if c, ok := p.(ticking); ok && c.busy() {
			return true
		}
	}
	return false
}
