package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/charmbracelet/x/term"
	"github.com/spf13/cobra"

	"s403/diagnose"
	"s403/diagnose/message"
)

// maxPasted bounds what explain reads, in bytes.
const maxPasted = 16 << 20

// newExplainCommand is "s403 explain": what a pasted error proves. It makes no
// network call.
func newExplainCommand(s Streams) *cobra.Command {
	var output string
	c := &cobra.Command{
		Use:   "explain [text…]",
		Short: "Tell what a pasted error proves",
		Long: "Reads an error of S3 as an argument or on standard input: an XML body, the message of a\n" +
			"CLI or SDK, a CloudTrail event, whole or cut. Says what it proves, and what it leaves\n" +
			"possible. Makes no network call.",
		Example: `  s403 explain 'An error occurred (403) when calling the HeadObject operation: Forbidden'
  aws s3api get-object --bucket b --key k out 2>&1 | s403 explain`,
		RunE: func(c *cobra.Command, args []string) error {
			output, err := formatOf(output, "text", "json")
			if err != nil {
				return fmt.Errorf("explain: %w", err)
			}
			text, err := pasted(c.Context(), s, args)
			if err != nil {
				return err
			}
			return writeExplanation(s.Out, message.Parse(text), output)
		},
	}
	c.Flags().StringVar(&output, "output", "text", "text or json")
	return c
}

// pasted returns the text to explain: the arguments, or standard input.
func pasted(ctx context.Context, s Streams, args []string) ([]byte, error) {
	text := []byte(strings.Join(args, " "))
	if len(args) == 0 || len(args) == 1 && args[0] == "-" {
		hintAtTerminal(s)
		var err error
		text, err = io.ReadAll(io.LimitReader(awaited(ctx, s.In), maxPasted+1))
		if errors.Is(err, errInterrupted) {
			return nil, fmt.Errorf("explain: %w", err)
		}
		if err != nil {
			return nil, fmt.Errorf("explain: read the error text from standard input: %w", err)
		}
	}
	switch {
	case len(text) > maxPasted:
		return nil, fmt.Errorf("explain: the text is longer than %d MiB: give the error message alone", maxPasted>>20)
	case len(bytes.TrimSpace(text)) == 0:
		return nil, errors.New("explain: there is no text: give the error as an argument or on standard input")
	}
	return text, nil
}

// hintAtTerminal tells a person what the command waits for.
func hintAtTerminal(s Streams) {
	file, ok := s.In.(*os.File)
	if !ok {
		return
	}
	if term.IsTerminal(file.Fd()) {
		_, _ = fmt.Fprintln(s.Err, "Paste the error, then press ctrl+d on a line of its own.")
	}
}

func writeExplanation(w io.Writer, m message.Message, output string) error {
	if output == "json" {
		return writeLine(w, m)
	}
	_, err := io.WriteString(w, explanation(m))
	return err
}

// explanation is the text for people: what to do first, then what was read.
func explanation(m message.Message) string {
	var out strings.Builder
	out.WriteString(wrap(printable(m.Summary), 78, "") + "\n")
	writeFields(&out, m)
	writePossible(&out, m)
	return out.String()
}

// kindNames say what form the text had.
var kindNames = map[message.Kind]string{
	message.Enhanced:   "AWS's access denied message with a reason",
	message.Bare:       "a refusal without a reason",
	message.XML:        "an S3 error body",
	message.CLI:        "an error code as a client prints it",
	message.CloudTrail: "a CloudTrail event",
}

// writeFields lists what the text gives, and nothing that it does not.
func writeFields(out *strings.Builder, m message.Message) {
	if m.Kind == message.Unknown {
		return
	}
	status := ""
	if m.Status != 0 {
		status = fmt.Sprint(m.Status)
	}
	effect := map[string]string{
		message.ImplicitDeny: "no Allow (implicit deny)",
		message.ExplicitDeny: "a Deny (explicit deny)",
	}[m.Effect]
	out.WriteString("\n")
	for _, row := range [...][2]string{
		{"read as", kindNames[m.Kind]}, {"operation", m.Operation}, {"status", status}, {"code", m.Code},
		{"principal", m.Principal}, {"action", m.Action}, {"resource", m.Resource}, {"layer", m.Layer},
		{"effect", effect}, {"policy", m.PolicyARN}, {"region", m.Region}, {"request id", m.RequestID},
	} {
		if row[1] != "" {
			fmt.Fprintf(out, "  %-11s %s\n", row[0], printable(row[1]))
		}
	}
}

// writePossible lists the causes with their titles.
func writePossible(out *strings.Builder, m message.Message) {
	if len(m.Causes) == 0 {
		return
	}
	titles := map[string]string{}
	for _, c := range diagnose.Catalogue() {
		titles[string(c.ID)] = c.Title
	}
	heading := "What remains possible, the most likely first"
	if len(m.Causes) == 1 {
		heading = "What it proves"
	}
	fmt.Fprintf(out, "\n%s\n", heading)
	const most = 10 // a longer list helps nobody on a screen
	for i, id := range m.Causes {
		if i == most && len(m.Causes) > most+2 {
			fmt.Fprintf(out, "  and %d more; --output json lists them\n", len(m.Causes)-most)
			return
		}
		fmt.Fprintf(out, "  %-28s %s\n", id, titles[id])
	}
}

// printable replaces control characters, so that a pasted text cannot move the
// cursor or change the terminal's title.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r >= 0x7f && r < 0xa0 || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 {
			return '\uFFFD'
		}
		return r
	}, s)
}

// wrap breaks s at spaces into lines of at most width characters, each behind indent.
func wrap(s string, width int, indent string) string {
	var out strings.Builder
	column := 0
	for i, word := range strings.Fields(s) {
		length := len([]rune(word))
		switch {
		case i == 0:
			out.WriteString(indent)
		case column+1+length > width:
			out.WriteString("\n" + indent)
			column = 0
		default:
			out.WriteByte(' ')
			column++
		}
		out.WriteString(word)
		column += length
	}
	return out.String()
}
