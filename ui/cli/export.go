package cli

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"s403/diagnose"
	"s403/diagnose/lab"
)

// exportFlags say where the world that a diagnosis read is written.
type exportFlags struct {
	file string
	mask bool
}

func (f *exportFlags) register(c *cobra.Command) {
	c.Flags().StringVar(&f.file, "export-world", "", "write what was read to a file for `s403 lab --world`")
	c.Flags().BoolVar(&f.mask, "mask-accounts", false, "replace account ids in the exported world")
}

// write writes the world, readable for its owner only: policies tell much.
func (f *exportFlags) write(e diagnose.Evidence, r diagnose.Report) error {
	if f.file == "" {
		return nil
	}
	s, err := lab.Export(e, r.Verdict.Cause)
	if err != nil {
		return fmt.Errorf("why: %w", err)
	}
	text, err := s.Encode(f.mask)
	if err != nil {
		return fmt.Errorf("why: %w", err)
	}
	if err := os.WriteFile(f.file, text, 0o600); err != nil {
		return fmt.Errorf("why: write the exported world: %w", err)
	}
	return nil
}
