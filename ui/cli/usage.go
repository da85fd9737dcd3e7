package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"s403/diagnose/lab"
)

// alike is the name that a mistyped word was most likely meant to be; empty where
// none is alike. What is alike is cobra's own measure for commands, and half of it
// for a word of two letters, which everything short is like.
func alike(word string, names []string) string {
	if len(word) < 2 {
		return ""
	}
	menu := &cobra.Command{SuggestionsMinimumDistance: min(2, len(word)-1)}
	for _, name := range names {
		menu.AddCommand(&cobra.Command{Use: name, Run: func(*cobra.Command, []string) {}})
	}
	if found := menu.SuggestionsFor(word); len(found) > 0 {
		return found[0]
	}
	return ""
}

// flagTrouble adds to the error of a flag what was meant, or where to look it up.
func flagTrouble(c *cobra.Command, err error) error {
	if unknown := new(pflag.NotExistError); errors.As(err, &unknown) {
		var names []string
		c.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
		if meant := alike(unknown.GetSpecifiedName(), names); meant != "" {
			return fmt.Errorf("%w: did you mean --%s?", err, meant)
		}
	}
	return fmt.Errorf("%w: see %s --help", err, c.CommandPath())
}

// noSuchCommand is the error of a first word that is neither a command nor a place.
func noSuchCommand(root *cobra.Command, word string) error {
	if meant := alike(word, commandNames(root)); meant != "" {
		return fmt.Errorf("there is no command %q: did you mean %s?", word, meant)
	}
	if root.Flags().Lookup(word) != nil {
		return fmt.Errorf("there is no command %q: did you mean --%s?", word, word)
	}
	return fmt.Errorf("%q is no command and no place: write s3://%s, or see s403 --help", word, word)
}

func commandNames(parent *cobra.Command) []string {
	var names []string
	for _, c := range parent.Commands() {
		names = append(names, c.Name())
	}
	return names
}

// scenarioNamed finds a scenario of the lab. Its error names the one that was
// most likely meant, or one of the other words that may stand in its place.
func scenarioNamed(name string, others ...string) (lab.Scenario, error) {
	s, err := lab.Find(name)
	if err == nil {
		return s, nil
	}
	names := slices.Clone(others)
	for _, s := range lab.Scenarios() {
		names = append(names, s.Name)
	}
	if meant := alike(name, names); meant != "" {
		return s, fmt.Errorf("there is no scenario %q: did you mean %q?", name, meant)
	}
	return s, err
}

// formatOf reads an --output flag, in any case, as the AWS CLI's own flags are.
func formatOf(output string, allowed ...string) (string, error) {
	return strings.ToLower(output), oneOf("output", output, allowed...)
}

// version is that of the module; a build from a checkout has its commit in it.
func version() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "(devel)"
}

// errInterrupted ends a command that was waiting.
var errInterrupted = errors.New("interrupted")

// awaited reads r until ctx ends: a Read of a terminal or a pipe cannot be called
// off, so it is left behind, waiting, until the process ends.
func awaited(ctx context.Context, r io.Reader) io.Reader {
	out, in := io.Pipe()
	go func() {
		_, err := io.Copy(in, r)
		_ = in.CloseWithError(err)
	}()
	context.AfterFunc(ctx, func() { _ = in.CloseWithError(errInterrupted) })
	return out
}
