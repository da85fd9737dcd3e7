package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/term"
	"github.com/spf13/cobra"

	"s403/diagnose"
	"s403/diagnose/probe"
	"s403/s3view"
	"s403/ui"
)

// exploreCommand is "s403 [s3://…]": the explorer.
type exploreCommand struct {
	connectionFlags
	streams Streams
}

// hang makes root the explorer: what s403 does without a command.
func (e *exploreCommand) hang(root *cobra.Command) {
	e.registerLocal(root)
	root.Args = oneOptionalTarget
	root.RunE = func(c *cobra.Command, args []string) error { return e.run(c.Context(), args) }
}

// registerLocal adds the flags to the root alone: subcommands have their own.
func (e *exploreCommand) registerLocal(root *cobra.Command) {
	own := &cobra.Command{}
	e.register(own)
	e.registerObject(own)
	e.registerReader(own)
	root.Flags().AddFlagSet(own.PersistentFlags())
}

func oneOptionalTarget(root *cobra.Command, args []string) error {
	switch {
	case len(args) > 0 && !strings.Contains(args[0], ":"):
		return noSuchCommand(root, args[0])
	case len(args) > 1:
		return fmt.Errorf("give one place, as in s403 s3://bucket/prefix/ (got %d arguments)", len(args))
	}
	return nil
}

func (e *exploreCommand) run(ctx context.Context, args []string) error {
	cfg := e.config()
	if len(args) == 1 {
		at, err := e.locate(args[0])
		if err != nil {
			return err
		}
		cfg.Start = at
	}
	o, err := e.options()
	if err != nil {
		return err
	}
	if err := needsTerminal(e.streams); err != nil {
		return err
	}
	cfg.Prompts = ui.NewPrompts()
	cfg.Choice = ui.Choice{Profile: o.Profile, Region: o.Region, Reader: e.readerProfile, As: e.as}
	cfg.Connect = func(ctx context.Context, c ui.Choice) (*ui.Connection, error) {
		f := e.connectionFlags
		f.opts.Profile, f.opts.Region = c.Profile, c.Region
		f.readerProfile, f.as = c.Reader, c.As
		f.opts.MFAToken = cfg.Prompts.MFAToken()
		return f.connection(ctx, e.streams)
	}
	return explore(ctx, e.streams, cfg)
}

// config is the part of the configuration that the files of the person give.
func (e *exploreCommand) config() ui.Config {
	cfg := ui.Config{
		Now: e.streams.Now, ASCII: !utf8Locale(os.Getenv), Clipboard: nativeClipboard(),
		StateFile: stateFile(os.Getenv), Profiles: func() []ui.Profile { return profiles(os.Getenv) },
	}
	cfg.Settings, cfg.Warnings = readSettings(os.Getenv)
	return cfg
}

// connection connects as the flags say, for the explorer.
func (f *connectionFlags) connection(ctx context.Context, streams Streams) (*ui.Connection, error) {
	s, err := f.connect(ctx)
	if err != nil {
		return nil, err
	}
	through := func(reader, as string) ui.Diagnoser {
		eyes := *f
		eyes.readerProfile, eyes.as, eyes.held = reader, as, &heldReader{}
		return diagnoser{&eyes, s, streams}
	}
	return &ui.Connection{Store: s.Store(), Session: s, Diagnose: through(f.readerProfile, f.as), Through: through}, nil
}

// diagnoser lets the explorer ask why without knowing the probes.
type diagnoser struct {
	flags   *connectionFlags
	session *s3view.Session
	streams Streams
}

// Diagnose gathers evidence until it is complete or ctx ends.
func (d diagnoser) Diagnose(ctx context.Context, at s3view.Location, emit func(diagnose.Evidence)) {
	p, err := d.flags.proberOf(ctx, d.session, at, d.streams.Now)
	d.gather(ctx, p, err, at, emit)
}

// Survey gathers also what a diagnosis of an allowed request leaves out.
func (d diagnoser) Survey(ctx context.Context, at s3view.Location, emit func(diagnose.Evidence)) {
	p, err := d.flags.surveyorOf(ctx, d.session, at, d.streams.Now)
	d.gather(ctx, p, err, at, emit)
}

func (d diagnoser) gather(ctx context.Context, p *probe.Prober, err error, at s3view.Location, emit func(diagnose.Evidence)) {
	if err != nil {
		emit(diagnose.Evidence{Target: targetOf(d.session, at), Done: true,
			Head: diagnose.Fact[diagnose.Answer]{State: diagnose.Failed, Note: err.Error()}})
		return
	}
	emit(p.Gather(ctx, targetOf(d.session, at), emit))
}

// needsTerminal refuses to draw where nobody can see it.
func needsTerminal(s Streams) error {
	if s.Terminal != nil {
		return nil
	}
	if f, ok := s.Out.(*os.File); ok && term.IsTerminal(f.Fd()) {
		return nil
	}
	return errors.New("the explorer needs a terminal on standard output; s403 why and s403 find work without one")
}

// explore runs the explorer until the person leaves it. The terminal is put back
// whatever happens.
func explore(ctx context.Context, s Streams, cfg ui.Config) error {
	if os.Getenv("GOGC") == "" { // a million keys in 100 MB instead of 120, in the same time
		defer debug.SetGCPercent(debug.SetGCPercent(50))
	}
	app := ui.New(cfg)
	defer app.Close()
	options := []tea.ProgramOption{
		tea.WithoutSignalHandler(), tea.WithOutput(s.Out), tea.WithFilter(ui.Coalesce(s.Now)),
		tea.WithFPS(120), // the first frame, like each, waits for a tick: 8 ms instead of 17
	}
	if s.Terminal != nil {
		options = append(options, tea.WithInput(s.In),
			tea.WithWindowSize(s.Terminal.Width, s.Terminal.Height),
			tea.WithColorProfile(colorprofile.TrueColor))
	} else {
		own, back := standApart()
		defer back()
		options = append(options, own...)
	}
	program := tea.NewProgram(app, options...)
	// A signal ends ctx (Run), and the program is then asked to quit: were it
	// killed, by tea.WithContext, it would close its input while it still reads it.
	defer context.AfterFunc(ctx, program.Quit)()
	_, err := program.Run()
	if errors.Is(err, tea.ErrProgramPanic) {
		return errors.New("the explorer stopped on a fault of its own; the terminal was put back, nothing was changed")
	}
	if err != nil && !errors.Is(err, tea.ErrInterrupted) && !errors.Is(err, tea.ErrProgramKilled) && ctx.Err() == nil {
		return fmt.Errorf("run the explorer: %w", err)
	}
	return nil
}

// utf8Locale tells whether the environment's locale can show more than ASCII, by
// the rule of POSIX: LC_ALL, else LC_CTYPE, else LANG. Where none is set, most
// terminals of today can.
func utf8Locale(getenv func(string) string) bool {
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if v := getenv(name); v != "" {
			v = strings.ToLower(v)
			return strings.Contains(v, "utf-8") || strings.Contains(v, "utf8")
		}
	}
	return getenv("TERM") != "linux"
}

// xdg is a directory of the XDG Base Directory specification for s403; empty
// when there is no home.
func xdg(getenv func(string) string, name, fallback string) string {
	if dir := getenv(name); filepath.IsAbs(dir) {
		return filepath.Join(dir, "s403")
	}
	if home := getenv("HOME"); home != "" {
		return filepath.Join(home, fallback, "s403")
	}
	return ""
}

// stateFile is where bookmarks and recent buckets are kept.
func stateFile(getenv func(string) string) string {
	dir := xdg(getenv, "XDG_STATE_HOME", ".local/state")
	if dir == "" {
		return ""
	}
	return filepath.Join(dir, "places.json")
}

// settingsLimit bounds the configuration file, in bytes.
const settingsLimit = 1 << 20

// readSettings reads config.toml. Whatever is wrong with it is a warning: the
// explorer opens all the same.
func readSettings(getenv func(string) string) (ui.Settings, []string) {
	dir := xdg(getenv, "XDG_CONFIG_HOME", ".config")
	if dir == "" {
		return ui.Settings{}, nil
	}
	file := filepath.Join(dir, "config.toml")
	info, err := os.Stat(file)
	if errors.Is(err, os.ErrNotExist) {
		return ui.Settings{}, nil
	}
	switch {
	case err == nil && !info.Mode().IsRegular():
		return ui.Settings{}, []string{fmt.Sprintf("%q is no file and was not read", file)}
	case err == nil && info.Size() > settingsLimit:
		return ui.Settings{}, []string{fmt.Sprintf("%q is larger than %d bytes and was not read", file, settingsLimit)}
	}
	text, err := os.ReadFile(file) //nolint:gosec // the person's own configuration
	if err != nil {
		return ui.Settings{}, []string{err.Error()}
	}
	return ui.ParseSettings(text)
}
