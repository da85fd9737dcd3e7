package cli

import (
	"context"
	"fmt"
	"maps"
	"os"
	"slices"

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
		Args:    cobra.MaximumNArgs(1),
		RunE:    func(c *cobra.Command, args []string) error { return runDemo(c.Context(), s, args) },
	}
}

// demoAddress is where the demo's lab listens if it can, so that the commands
// that the screen shows stay the same from one demo to the next.
const demoAddress = "127.0.0.1:4403"

func runDemo(ctx context.Context, s Streams, args []string) error {
	cfg := ui.Config{Now: s.Now, ASCII: !utf8Locale(os.Getenv), Clipboard: nativeClipboard()}
	cfg.Settings, cfg.Warnings = readSettings(os.Getenv)
	if len(args) == 1 {
		if _, err := lab.Find(args[0]); err != nil {
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
	cfg.Lesson = labLesson{l, s}
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
}

// Scenarios lists the lessons in their order, then the other scenarios.
func (d labLesson) Scenarios() []ui.Scenario {
	var first, rest []ui.Scenario
	for _, s := range d.lab.Scenarios() {
		at, err := s3view.ParseURI(s.Link(d.lab.Endpoint()))
		if err != nil {
			continue
		}
		out := ui.Scenario{Name: s.Name, Title: s.Title, Cause: diagnose.CauseID(s.Cause), Story: s.Story, Target: at, Actor: s.Actor, Number: s.Lesson, Mend: s.Fixes()}
		if s.Lesson > 0 {
			first = append(first, out)
		} else {
			rest = append(rest, out)
		}
	}
	byNumber(first)
	return append(first, rest...)
}

// OpenToStrangers asks for the scenario's object without a signature.
func (d labLesson) OpenToStrangers(ctx context.Context, name string) (bool, error) {
	s, err := lab.Find(name)
	if err != nil {
		return false, err
	}
	at, err := s3view.ParseURI(s.Target)
	if err != nil {
		return false, fmt.Errorf("scenario %q: %w", name, err)
	}
	f := d.flags()
	f.opts.NoSignRequest = true
	c, err := f.connection(ctx, d.streams)
	if err != nil {
		return false, err
	}
	_, err = c.Store.Head(ctx, at)
	return err == nil, nil
}

func byNumber(list []ui.Scenario) {
	for i := range list {
		for j := i; j > 0 && list[j].Number < list[j-1].Number; j-- {
			list[j], list[j-1] = list[j-1], list[j]
		}
	}
}

// Connect makes the connection of a scenario's actor, with the scenario's own
// flags.
func (d labLesson) Connect(ctx context.Context, name string) (*ui.Connection, error) {
	f := d.flags()
	f.opts.Keys = d.staff()
	readers := map[string]*s3view.Keys{}
	if name != "" {
		s, err := lab.Find(name)
		if err != nil {
			return nil, err
		}
		if err := d.become(f, s); err != nil {
			return nil, err
		}
		readers = d.readers(s)
	}
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

// become takes the part of a scenario's actor.
func (d labLesson) become(f *connectionFlags, s lab.Scenario) error {
	own := &cobra.Command{Use: "scenario"}
	opts := f.opts
	f.register(own)
	f.registerObject(own)
	f.registerReader(own)
	f.opts = opts // registering has set the defaults of the flags
	flags := own.PersistentFlags()
	flags.ParseErrorsAllowlist = pflag.ParseErrorsAllowlist{UnknownFlags: true}
	if err := flags.Parse(s.Args); err != nil {
		return fmt.Errorf("scenario %q: %w", s.Name, err)
	}
	if region := s.Environment()["AWS_REGION"]; region != "" {
		f.opts.Region = region
	}
	f.opts.Keys = nil
	for _, c := range d.lab.ActorsOf(s) {
		if c.Actor == s.Actor && c.AccessKeyID != "" {
			f.opts.Keys = keysOf(c)
			break
		}
	}
	f.opts.NoSignRequest = f.opts.Keys == nil
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
