package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"s403/diagnose/lab"
)

// newLabCommand is "s403 lab": the lab on a loopback port, for any AWS client.
func newLabCommand(s Streams) *cobra.Command {
	var addr, output, world string
	c := &cobra.Command{
		Use:   "lab [scenario…]",
		Short: "Serve a small AWS in which every 403 can be met",
		Long: "Serves the lab on a loopback port and prints the endpoint and the credentials of every actor,\n" +
			"then keeps on until it is interrupted. Any AWS client can be pointed at it:\n" +
			"AWS_ENDPOINT_URL, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN.",
		Example: "  s403 lab\n  s403 lab missing-key --addr 127.0.0.1:4003\n  s403 lab list",
		RunE: func(c *cobra.Command, args []string) error {
			output, err := formatOf(output, "text", "json")
			if err != nil {
				return fmt.Errorf("lab: %w", err)
			}
			l, err := openLab(world, args)
			if err != nil {
				return err
			}
			return serveLab(c.Context(), s.Out, l, addr, output)
		},
	}
	c.Flags().StringVar(&addr, "addr", "127.0.0.1:0", "address to listen on; port 0 takes a free one")
	c.Flags().StringVar(&world, "world", "", "world file to serve in place of the scenarios")
	c.PersistentFlags().StringVar(&output, "output", "text", "text or json")
	c.AddCommand(&cobra.Command{
		Use:   "list",
		Short: "Name the scenarios",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return fmt.Errorf("lab list takes no arguments, not %d", len(args))
			}
			return nil
		},
		RunE: func(*cobra.Command, []string) error {
			output, err := formatOf(output, "text", "json")
			if err != nil {
				return fmt.Errorf("lab list: %w", err)
			}
			return listScenarios(s.Out, lab.Scenarios(), output)
		},
	})
	return c
}

// openLab makes the lab of the named scenarios (all when none is named), or of
// a world file.
func openLab(world string, names []string) (*lab.Lab, error) {
	if world != "" {
		if len(names) > 0 {
			return nil, errors.New("lab: --world takes the place of the scenarios: name none")
		}
		f, err := os.Open(world)
		if err != nil {
			return nil, fmt.Errorf("lab: open the world file: %w", err)
		}
		defer func() { _ = f.Close() }()
		return lab.OpenFile(world, f)
	}
	var scenarios []lab.Scenario
	for _, name := range names {
		s, err := scenarioNamed(name, "list")
		if err != nil {
			return nil, fmt.Errorf("lab: %w", err)
		}
		scenarios = append(scenarios, s)
	}
	return lab.New(scenarios)
}

// serveLab says where the lab is and serves it until ctx is done.
func serveLab(ctx context.Context, w io.Writer, l *lab.Lab, addr, output string) error {
	listener, err := l.Listen(addr)
	if err != nil {
		return err
	}
	card := l.Card()
	if output == "json" {
		err = writeLine(w, card)
	} else {
		err = describeLab(w, card)
	}
	if err != nil {
		_ = listener.Close()
		return fmt.Errorf("lab: say where it is: %w", err)
	}
	return l.Serve(ctx, listener)
}

// writeLine writes a value as one line of JSON.
func writeLine(w io.Writer, v any) error {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	return encoder.Encode(v)
}

// describeLab is the card for people: the endpoint, and for each scenario what
// to paste into a shell.
func describeLab(w io.Writer, card lab.Card) error {
	var b bytes.Buffer
	fmt.Fprintf(&b, "The lab is at %s   (ctrl+c stops it; everything in it is made up)\n", card.Endpoint)
	fmt.Fprintf(&b, "export AWS_ENDPOINT_URL=%s\n", card.Endpoint)
	for _, s := range card.Scenarios {
		fmt.Fprintf(&b, "\n%s\n  %s\n", s.Name, s.Target)
		for _, a := range s.Actors {
			if a.AccessKeyID == "" {
				fmt.Fprintf(&b, "  %-10s (no credentials)\n", a.Actor)
				continue
			}
			fmt.Fprintf(&b, "  %-10s AWS_ACCESS_KEY_ID=%s AWS_SECRET_ACCESS_KEY=%s", a.Actor, a.AccessKeyID, a.SecretAccessKey)
			if a.SessionToken != "" {
				fmt.Fprintf(&b, " AWS_SESSION_TOKEN=%s", a.SessionToken)
			}
			b.WriteByte('\n')
		}
	}
	_, err := w.Write(b.Bytes())
	return err
}

// chapters are the headings of the list for people.
var chapters = map[lab.Chapter]string{
	lab.Lessons:     "Lessons, in their order (s403 demo NAME opens one)",
	lab.OtherCauses: "Other causes, in the order in which a request meets them",
	lab.Traps:       "Traps: where one cause hides another, or S3 does not say what it is",
}

// contents lists the scenarios as a table of contents, and what is not in it.
func contents(w io.Writer, all []lab.Scenario) error {
	var b bytes.Buffer
	table := tabwriter.NewWriter(&b, 0, 4, 2, ' ', tabwriter.TabIndent)
	last := lab.Chapter(255)
	for _, s := range all {
		if s.Chapter() != last {
			last = s.Chapter()
			_, _ = fmt.Fprintf(table, "\n%s\n", chapters[last])
		}
		number := ""
		if s.Lesson > 0 {
			number = fmt.Sprint(s.Lesson)
		}
		_, _ = fmt.Fprintf(table, "%3s %s\t%s\n", number, s.Name, s.Title)
	}
	_, _ = fmt.Fprintln(table, "\nWhat one loopback port cannot show as it is")
	for _, l := range lab.Limits() {
		_, _ = fmt.Fprintf(table, "    %s\t%s\n", l.What, l.Why)
	}
	if err := table.Flush(); err != nil {
		return fmt.Errorf("lab list: %w", err)
	}
	_, err := w.Write(bytes.TrimLeft(b.Bytes(), "\n"))
	return err
}

// listScenarios names the scenarios, a line each, or gives them whole as JSON.
func listScenarios(w io.Writer, all []lab.Scenario, output string) error {
	if output == "json" {
		entries := []lab.Entry{}
		for _, s := range all {
			entries = append(entries, s.Entry())
		}
		return writeLine(w, entries)
	}
	return contents(w, all)
}
