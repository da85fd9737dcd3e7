package cli

import (
	"context"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"s403/diagnose/policy/simulate"
)

// newSimulateCommand builds `s403 simulate`: policy cases in, answers out, one
// JSON object a line each, without any network.
func newSimulateCommand(s Streams) *cobra.Command {
	var run simulate.Runner
	cmd := &cobra.Command{
		Use:   "simulate [file…]",
		Short: "Evaluate policy cases, one JSON object a line, as AWS would",
		Long: `Reads one case a line, from the files or from standard input ("-"), and answers
one JSON object a line in the same order: the decision, the policy layer that
decided, the statements that matched, and the sentence that S3 would answer.
Nothing is asked of any network.

A line that is not JSON or holds an invalid policy is answered with an "error";
the others are still evaluated, and the exit code is 1.`,
		Example: `  s403 simulate cases.jsonl
  s403 simulate --explain < cases.jsonl | jq -r '.missed[].reason'`,
		RunE: func(c *cobra.Command, files []string) error {
			return simulateFiles(c.Context(), run, s, files)
		},
	}
	cmd.Flags().BoolVar(&run.Explain, "explain", false, "add the statements that almost matched, and why they did not")
	return cmd
}

// simulateFiles runs every file in turn and counts the bad cases of them all.
func simulateFiles(ctx context.Context, run simulate.Runner, s Streams, files []string) error {
	if len(files) == 0 {
		files = []string{"-"}
	}
	bad := 0
	for _, name := range files {
		n, err := simulateFile(ctx, run, s, name)
		bad += n
		if err != nil {
			return err
		}
	}
	if bad > 0 {
		_, _ = fmt.Fprintf(s.Err, "s403: %d of the cases could not be evaluated; each answers with an \"error\"\n", bad)
		return exitError(exitFailed)
	}
	return nil
}

func simulateFile(ctx context.Context, run simulate.Runner, s Streams, name string) (bad int, err error) {
	in := s.In
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return 0, fmt.Errorf("opening cases: %w", err)
		}
		defer func() { _ = f.Close() }()
		in = f
	}
	bad, err = run.Run(ctx, in, s.Out)
	if ctx.Err() != nil {
		err = fmt.Errorf("simulate: %w", errInterrupted)
	}
	return bad, err
}
