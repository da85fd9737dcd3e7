package cli

import (
	"context"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"sync"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"s403/diagnose"
	"s403/diagnose/lab"
	"s403/s3view"
	"s403/ui"
)

// newDemoCommand is "s403 demo [scenario]": the explorer on a lab in the same
// process. It reads no configuration of AWS, writes no file and asks no host but
// its own loopback port.
func newDemoCommand(s Streams) *cobra.Command {
	return &cobra.Command{
		Use:   "demo [scenario]",
		Short: "Try the explorer on a small AWS inside the program",
		Long: "Starts the lab in the same process and opens the explorer on it: no account, no network,\n" +
			"no file is written. With a scenario it opens at that scenario's refused object, where w\n" +
			"walks the way of the request. s403 lab list names the scenarios.",
		Example: "  s403 demo\n  s403 demo missing-key",
		Args:    oneOptionalScenario,
		RunE:    func(c *cobra.Command, args []string) error { return runDemo(c.Context(), s, args) },
	}
}

func oneOptionalScenario(_ *cobra.Command, args []string) error {
	if len(args) > 1 {
		return fmt.Errorf("demo takes one scenario, not %d arguments", len(args))
	}
	return nil
}

// demoAddress is where the demo's lab listens if it can, so that the commands
// that the screen shows stay the same from one demo to the next.
const demoAddress = "127.0.0.1:4403"

func runDemo(ctx context.Context, s Streams, args []string) error {
	cfg := ui.Config{Now: s.Now, ASCII: !utf8Locale(os.Getenv), Clipboard: nativeClipboard()}
	cfg.Settings, cfg.Warnings = readSettings(os.Getenv)
	if len(args) == 1 {
		if _, err := scenarioNamed(args[0]); err != nil {
			return fmt.Errorf("demo: %w", err)
		}
		cfg.Scenario = args[0]
	}
	if err := needsTerminal(s); err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	l, err := lab.New(nil, lab.WithClock(s.Now))
	if err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	listener, err := l.Listen(demoAddress)
	if err != nil { // another demo has it
		listener, err = l.Listen("127.0.0.1:0")
	}
	if err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	ctx, stop := context.WithCancel(ctx)
	served := make(chan error, 1)
	go func() { served <- l.Serve(ctx, listener) }()
	cfg.Lesson = newLabLesson(l, s)
	err = explore(ctx, s, cfg)
	stop()
	if lost := <-served; err == nil {
		err = lost
	}
	return err
}

// labLesson is the lab as the explorer sees it.
type labLesson struct {
	lab     *lab.Lab
	streams Streams
	once    func() []ui.Scenario // every frame of a lesson asks for them
}

func newLabLesson(l *lab.Lab, s Streams) labLesson {
	d := labLesson{lab: l, streams: s}
	d.once = sync.OnceValue(d.scenarios)
	return d
}

// Scenarios lists the lessons in their order, then the other scenarios, as the
// lab has them.
func (d labLesson) Scenarios() []ui.Scenario { return d.once() }

func (d labLesson) scenarios() []ui.Scenario {
	var out []ui.Scenario
	for _, s := range d.lab.Scenarios() {
		_, at, err := d.request(s)
		if err != nil {
			continue
		}
		out = append(out, ui.Scenario{
			Name: s.Name, Title: s.Title, Cause: diagnose.CauseID(s.Cause), Story: s.Story, Target: at,
			Actor: s.Actor, Number: s.Lesson, Mend: s.Fixes(), Retry: d.retryOf(s),
			Behind: behind(s),
		})
	}
	return out
}

// behind are the causes that a scenario hides behind its first.
func behind(s lab.Scenario) (out []diagnose.CauseID) {
	for _, b := range s.Behind {
		out = append(out, diagnose.CauseID(b.Cause))
	}
	return out
}

// retryOf is how a scenario asks otherwise; nil where it does not.
func (d labLesson) retryOf(s lab.Scenario) *ui.Retry {
	again := s.Again()
	_, at, err := d.request(again)
	if !s.AsksOtherwise() || err != nil {
		return nil
	}
	return &ui.Retry{Advice: s.Fix, Words: otherwise(s, again), Target: at}
}

// otherwise says what is different about the request of again.
func otherwise(s, again lab.Scenario) string {
	var parts []string
	if again.Target != s.Target {
		parts = append(parts, "for "+again.Target)
	}
	if again.Presign != s.Presign {
		parts = append(parts, "signed as usual, without the link")
	}
	if again.Actor != s.Actor {
		parts = append(parts, "with the credentials of "+again.Actor)
	}
	if now := again.Environment()["AWS_REGION"]; now != s.Environment()["AWS_REGION"] {
		parts = append(parts, "in region "+now)
	}
	switch {
	case len(again.Args) > 0 && !slices.Equal(again.Args, s.Args):
		parts = append(parts, "with "+strings.Join(again.Args, " "))
	case len(s.Args) > 0 && len(again.Args) == 0:
		parts = append(parts, "without "+strings.Join(s.Args, " "))
	}
	return strings.Join(parts, ", ")
}

// OpenToStrangers asks for the scenario's object, and for that of its other
// request, without a signature.
func (d labLesson) OpenToStrangers(ctx context.Context, name string) (bool, error) {
	s, err := lab.Find(name)
	if err != nil {
		return false, err
	}
	f := d.flags()
	f.opts.NoSignRequest = true
	c, err := f.connection(ctx, d.streams)
	if err != nil {
		return false, err
	}
	for _, target := range []string{s.Target, s.Again().Target} {
		at, err := s3view.ParseURI(target)
		if err != nil {
			return false, fmt.Errorf("scenario %q: %w", name, err)
		}
		if _, err = c.Store.Head(ctx, at); err == nil {
			return true, nil
		}
	}
	return false, nil
}

// Connect makes the connection of a scenario's actor, with the scenario's own
// flags.
func (d labLesson) Connect(ctx context.Context, name string) (*ui.Connection, error) {
	if name == "" {
		f := d.flags()
		f.opts.Keys = d.staff()
		return d.connection(ctx, f, nil)
	}
	s, err := lab.Find(name)
	if err != nil {
		return nil, err
	}
	return d.connectAs(ctx, s)
}

// Retry makes the connection for the scenario's other request.
func (d labLesson) Retry(ctx context.Context, name string) (*ui.Connection, error) {
	s, err := lab.Find(name)
	if err != nil {
		return nil, err
	}
	return d.connectAs(ctx, s.Again())
}

func (d labLesson) connectAs(ctx context.Context, s lab.Scenario) (*ui.Connection, error) {
	f, _, err := d.request(s)
	if err != nil {
		return nil, err
	}
	return d.connection(ctx, f, d.readers(s))
}

// connection connects by the flags; through it, the readers can be asked to look
// at what the caller may not see.
func (d labLesson) connection(ctx context.Context, f *connectionFlags, readers map[string]*s3view.Keys) (*ui.Connection, error) {
	conn, err := f.connection(ctx, d.streams)
	if err != nil {
		return nil, err
	}
	through := conn.Through
	conn.Through = func(reader, as string) ui.Diagnoser {
		eyes := through("", as).(diagnoser) //nolint:forcetypeassert // made so by connection
		eyes.flags.readerKeys = readers[reader]
		return eyes
	}
	conn.Readers = []ui.Profile{}
	for _, who := range slices.Sorted(maps.Keys(readers)) {
		conn.Readers = append(conn.Readers, ui.Profile{Name: who, Kind: "of the account that owns the bucket"})
	}
	return conn, nil
}

// flags are those of every connection to the lab: the environment and the files
// of the person play no part in it.
func (d labLesson) flags() *connectionFlags {
	f := &connectionFlags{}
	f.opts.Sealed = true
	f.opts.EndpointURL, f.opts.AllServices, f.opts.Region = d.lab.Endpoint(), true, "eu-west-1"
	return f
}

// readers are those people of the lab who may read the policies that a
// scenario's caller may not.
func (d labLesson) readers(s lab.Scenario) map[string]*s3view.Keys {
	out := map[string]*s3view.Keys{}
	for _, c := range d.lab.ActorsOf(s) {
		if (c.Actor == "reader" || c.Actor == "admin") && c.Actor != s.Actor {
			out[c.Actor] = keysOf(c)
		}
	}
	return out
}

func keysOf(c lab.Credentials) *s3view.Keys {
	return &s3view.Keys{AccessKeyID: c.AccessKeyID, SecretAccessKey: c.SecretAccessKey, SessionToken: c.SessionToken}
}

// request is a scenario's request as its actor makes it: with the scenario's own
// flags and environment, and what it asks for.
func (d labLesson) request(s lab.Scenario) (*connectionFlags, s3view.Location, error) {
	f := d.flags()
	own := &cobra.Command{Use: "scenario"}
	opts := f.opts
	f.register(own)
	f.registerObject(own)
	f.registerReader(own)
	f.opts = opts // registering has set the defaults of the flags
	flags := own.PersistentFlags()
	flags.ParseErrorsAllowlist = pflag.ParseErrorsAllowlist{UnknownFlags: true}
	if err := flags.Parse(s.Args); err != nil {
		return nil, s3view.Location{}, fmt.Errorf("scenario %q: %w", s.Name, err)
	}
	env := s.Environment()
	f.readerKeys = environmentReader(func(name string) string { return env[name] })
	if env["AWS_REGION"] != "" {
		f.opts.Region = env["AWS_REGION"]
	}
	f.opts.OneRegion = s.Env["AWS_REGION"] != "" // it is about a region: the explorer's help would mend it unseen
	f.opts.Keys = d.actorKeys(s)
	f.opts.NoSignRequest = f.opts.Keys == nil
	at, err := f.locate(s.Link(d.lab.Endpoint()))
	return f, at, err
}

// actorKeys are the credentials of a scenario's actor; nil for the anonymous.
func (d labLesson) actorKeys(s lab.Scenario) *s3view.Keys {
	for _, c := range d.lab.ActorsOf(s) {
		if c.Actor == s.Actor && c.AccessKeyID != "" {
			return keysOf(c)
		}
	}
	return nil
}

// staff are the credentials of one who may browse everything: the administrator
// of the account that most buckets are in.
func (d labLesson) staff() *s3view.Keys {
	for _, s := range d.lab.Scenarios() {
		for _, c := range d.lab.ActorsOf(s) {
			if c.Actor == "admin" {
				return keysOf(c)
			}
		}
	}
	return nil
}

// Apply carries out a fix in the lab's world.
func (d labLesson) Apply(_ context.Context, fix diagnose.Fix) error { return d.lab.Apply(fix) }

// Reset brings the lab's world back to how it was.
func (d labLesson) Reset(context.Context) error { return d.lab.Reset() }
