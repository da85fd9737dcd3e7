// Package cli is the command line of s403: flags, output and exit codes, as the
// contract fixes them. Each command has a file of its own and hangs itself
// under the root in newRoot.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"charm.land/fang/v2"
	"github.com/spf13/cobra"
)

// The exit codes of the contract.
const (
	exitOK     = 0 // allowed, or the command did its work
	exitFailed = 1 // the tool could not do its work
	exitDenied = 3 // the request is denied and was diagnosed
	exitAbsent = 4 // the object or bucket does not exist
)

// Streams are what a command reads and writes, so that tests can hold both ends.
type Streams struct {
	In       io.Reader
	Out, Err io.Writer
	// Terminal stands in for the process's own terminal. Nil means: look
	// whether Out is one.
	Terminal *Terminal
}

// Terminal is an emulated terminal that a test or the screenshot painter holds.
type Terminal struct {
	Width, Height int              // in cells
	Now           func() time.Time // the clock that the explorer, its probes and its lab read
}

// Now is the time: the terminal's, where one stands in, or the machine's.
func (s Streams) Now() time.Time {
	if s.Terminal != nil && s.Terminal.Now != nil {
		return s.Terminal.Now()
	}
	return time.Now()
}

// Stdio returns the streams of the process.
func Stdio() Streams { return Streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr} }

// exitError carries an exit code out of a command that has already said what
// there is to say.
type exitError int

func (e exitError) Error() string { return fmt.Sprintf("exit status %d", int(e)) }

// Run parses args, runs the command and returns the exit code. It prints one
// line on s.Err when the tool could not do its work. The standard logger is
// silenced: net/http writes to it what a broken server sent ("Unsolicited
// response…"), raw, across the screen and past every redaction.
func Run(args []string, s Streams) int {
	log.SetOutput(io.Discard)
	ctx, stop := signal.NotifyContext(context.Background(), endings()...)
	defer stop()
	context.AfterFunc(ctx, stop) // a second signal ends what does not heed the first
	return RunOn(ctx, args, s)
}

// endings are the signals that end a command in good order. A terminal that is closed
// is one, so that no half download stays behind; but not for what nohup started.
func endings() []os.Signal {
	all := []os.Signal{os.Interrupt, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) {
		all = append(all, syscall.SIGHUP)
	}
	return all
}

// RunOn is Run under a context that the caller ends.
func RunOn(ctx context.Context, args []string, s Streams) int {
	root := newRoot(s)
	root.SetArgs(args)
	root.SetIn(s.In)
	out, trouble := watched(s.Out)
	root.SetOut(out)
	root.SetErr(s.Err)
	err := fang.Execute(ctx, root, fang.WithErrorHandler(quiet), fang.WithoutVersion(), fang.WithoutManpage())
	if unwritten := trouble(); unwritten != nil {
		err = unwritten
	}
	return exitCode(err, s.Err)
}

// quiet keeps fang from printing errors: exitCode prints each as one line.
func quiet(io.Writer, fang.Styles, error) {}

func exitCode(err error, stderr io.Writer) int {
	var code exitError
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &code):
		return int(code)
	}
	if errors.Is(err, context.Canceled) {
		err = errInterrupted
	}
	line := printable(strings.Join(strings.Fields(err.Error()), " "))
	_, _ = fmt.Fprintf(stderr, "s403: %s\n", line)
	return exitFailed
}

func newRoot(s Streams) *cobra.Command {
	root := &cobra.Command{
		Use:           "s403 [s3://bucket[/prefix-or-key]]",
		Short:         "Browse S3, and learn why a request got a 403",
		Version:       version(),
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.SetVersionTemplate("s403 {{.Version}}\n")
	root.SetFlagErrorFunc(flagTrouble)
	(&exploreCommand{streams: s}).hang(root)
	root.AddCommand(newDemoCommand(s))
	root.AddCommand(newExplainCommand(s))
	root.AddCommand(newLabCommand(s))
	root.AddCommand(newWhyCommand(s))
	root.AddCommand(newSimulateCommand(s))
	root.AddCommand(newFindCommand(s))
	return root
}
