package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/charmbracelet/x/term"
	"github.com/spf13/cobra"

	"s403/diagnose"
	"s403/s3view"
)

// whyCommand is "s403 why": the diagnosis without the screen.
type whyCommand struct {
	connectionFlags
	streams Streams
	output  string
	export  exportFlags
}

// newWhyCommand is "s403 why s3://bucket/key": why the request for the object is
// refused, as text, as the contract's JSON, or as markdown for a ticket.
func newWhyCommand(s Streams) *cobra.Command {
	w := &whyCommand{streams: s}
	c := &cobra.Command{
		Use:   "why s3://bucket/key",
		Short: "Say why S3 refuses an object",
		Long: "Sends the request again in ways that S3 answers, reads the policies and settings that\n" +
			"may be read, evaluates them as AWS does, and says where the request stopped, how that\n" +
			"is known and what mends it. Only reads. The target is an s3:// URI, the ARN of an\n" +
			"object or access point, or a presigned or website URL.\n\n" +
			"Exit status: 0 allowed, 1 no diagnosis was possible, 3 denied, 4 there is no such object.",
		Example: `  s403 why s3://acme-reports/2026/q3/forecast.parquet
  s403 why --profile dev --reader-profile audit --output markdown s3://acme-reports/key
  s403 why --as arn:aws:iam::111122223333:role/etl s3://acme-reports/key`,
		Args: oneTarget,
		RunE: func(c *cobra.Command, args []string) error { return w.run(c.Context(), args[0]) },
	}
	w.register(c)
	w.registerObject(c)
	w.registerReader(c)
	w.export.register(c)
	c.Flags().StringVar(&w.output, "output", "text", "text, json or markdown")
	return c
}

func oneTarget(_ *cobra.Command, args []string) error {
	if len(args) != 1 {
		return fmt.Errorf("why: give one object, as in s403 why s3://bucket/key (got %d arguments)", len(args))
	}
	return nil
}

func (w *whyCommand) run(ctx context.Context, uri string) error {
	output, err := formatOf(w.output, "text", "json", "markdown")
	if err != nil {
		return err
	}
	w.output = output
	at, err := w.locate(presignedAt(uri, w.opts.EndpointURL))
	if err != nil {
		return err
	}
	if at.Bucket == "" && at.Presigned == nil && !at.Website {
		return fmt.Errorf("why: %q names no bucket: give s3://bucket/key", uri)
	}
	s, err := w.connect(ctx)
	if err != nil {
		return err
	}
	if err := w.signable(ctx, s, at); err != nil {
		return err
	}
	p, err := w.proberOf(ctx, s, at, w.streams.Now)
	if err != nil {
		return err
	}
	progress := newProgress(w.streams.Err)
	seen := p.Gather(ctx, diagnosed(s, at), progress.show)
	report := diagnose.Explain(seen)
	progress.clear()
	if err := ctx.Err(); err != nil {
		return errors.New("why: interrupted before the diagnosis was complete")
	}
	unwritten := w.export.write(seen, report)
	err = w.conclude(report)
	if unwritten != nil { // the diagnosis is told all the same
		return unwritten
	}
	return err
}

// signable tells that the credentials can be had, where the request needs some:
// an SSO session that ended is no refusal of S3, and has its own remedy.
func (w *whyCommand) signable(ctx context.Context, s *s3view.Session, at s3view.Location) error {
	if at.Presigned != nil || at.Website || w.as != "" && w.readerProfile != "" {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, credentialWait)
	defer cancel()
	_, err := s.Credentials(ctx)
	if e := s3view.AsError(err); e != nil && e.Message != "" && e.Hint != "" {
		return fmt.Errorf("why: %s: %s", e.Message, e.Hint)
	}
	return err
}

// credentialWait bounds the wait for a source of credentials.
const credentialWait = 20 * time.Second

// conclude writes the report and turns it into an exit code. Where nothing
// answered there is nothing to report to a person but that.
func (w *whyCommand) conclude(r diagnose.Report) error {
	code := whyCode(r)
	if code == exitFailed && w.output == "text" && r.Verdict.Cause == "network" {
		return fmt.Errorf("why: %s", unreachableLine(r))
	}
	if err := writeReport(w.streams.Out, r, w.output); err != nil {
		return fmt.Errorf("why: write the report: %w", err)
	}
	if code == exitFailed {
		return fmt.Errorf("why: %s", failureLine(r))
	}
	if code != exitOK {
		return exitError(code)
	}
	return nil
}

// whyCode is the exit code of the contract for a report.
func whyCode(r diagnose.Report) int {
	switch r.Verdict.Cause {
	case diagnose.Allowed:
		return exitOK
	case "no-such-key", "no-such-bucket", "delete-marker":
		return exitAbsent
	case "network", "throttled":
		return exitFailed
	case diagnose.Undetermined:
		return undeterminedCode(r.Outcome.Status)
	}
	return exitDenied
}

// undeterminedCode goes by the status when no cause could be named. Without a
// status nothing was diagnosed.
func undeterminedCode(status int) int {
	switch {
	case status == 404:
		return exitAbsent
	case status == 0 || status >= 500:
		return exitFailed
	}
	return exitDenied
}

// unreachableLine says in one line that the endpoint did not answer.
func unreachableLine(r diagnose.Report) string {
	reason := r.Outcome.Err
	if reason == "" {
		reason = r.Verdict.Summary
	}
	return fmt.Sprintf("%s does not answer: %s; check the endpoint, the network and the proxy settings", r.Target.Endpoint, reason)
}

func failureLine(r diagnose.Report) string {
	if r.Verdict.Summary != "" {
		return r.Verdict.Summary
	}
	return "the request could be neither made nor judged; see the gaps of the report"
}

// writeReport renders the report in the wanted form.
func writeReport(out io.Writer, r diagnose.Report, form string) error {
	switch form {
	case "json":
		body, err := r.JSON()
		if err != nil {
			return err
		}
		_, err = out.Write(body)
		return err
	case "markdown":
		_, err := io.WriteString(out, r.Markdown())
		return err
	}
	_, err := io.WriteString(out, r.Text(widthOf(out)))
	return err
}

// defaultWidth is the width of a report that no terminal shows, in columns.
const defaultWidth = 100

func widthOf(out io.Writer) int {
	if f, ok := out.(*os.File); ok {
		if width, _, err := term.GetSize(f.Fd()); err == nil && width > 0 {
			return width
		}
	}
	return defaultWidth
}

// progress is one line on a terminal that says how far the probes are. Where
// the stream is no terminal it says nothing.
type progress struct {
	out   io.Writer
	shown bool
}

func newProgress(out io.Writer) *progress {
	if f, ok := out.(*os.File); ok && term.IsTerminal(f.Fd()) {
		return &progress{out: out}
	}
	return &progress{}
}

func (p *progress) show(e diagnose.Evidence) {
	if p.out == nil {
		return
	}
	last := ""
	if n := len(e.Exchanges); n > 0 {
		last = e.Exchanges[n-1].Operation
	}
	_, _ = fmt.Fprintf(p.out, "\r\x1b[K%d answers, %s", len(e.Exchanges), last)
	p.shown = true
}

func (p *progress) clear() {
	if p.shown {
		_, _ = fmt.Fprint(p.out, "\r\x1b[K")
	}
}
