package cli

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/charmbracelet/x/term"
	"github.com/spf13/cobra"

	"s403/s3view"
)

// finder is one run of s403 find.
type finder struct {
	connectionFlags
	streams Streams
	name    string
	summary bool
	output  string
	workers int
}

func newFindCommand(s Streams) *cobra.Command {
	f := &finder{streams: s}
	c := &cobra.Command{
		Use:   "find s3://bucket[/prefix]",
		Short: "List every key under a prefix, many pages side by side",
		Long: `List every key under a prefix, a line each, in key order.

The key space is split while it is listed, so that many pages are asked for at
once, and less when the store says SlowDown. A key that holds control characters
is shown as a quoted string; --output json gives every key exactly
(one that is not UTF-8 as "keyBase64").`,
		Example: `  s403 find s3://acme-reports/2026/ --name '*.csv'
  s403 find s3://acme-reports --summary
  s403 find s3://acme-reports/2026/ --output json | jq -r 'select(.size > 1e9).key'`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return fmt.Errorf("find takes one s3://bucket[/prefix], not %d arguments", len(args))
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error { return f.run(c, args[0]) },
	}
	f.register(c)
	c.Flags().StringVar(&f.name, "name", "", "only keys whose last part matches the glob; with a / in it, the whole key")
	c.Flags().BoolVar(&f.summary, "summary", false, "print the number of keys and bytes alone")
	c.Flags().StringVar(&f.output, "output", "text", "text or json")
	c.Flags().IntVar(&f.workers, "workers", 0, "most requests at once (default 64)")
	return c
}

func (f *finder) run(c *cobra.Command, uri string) error {
	at, err := f.check(uri)
	if err != nil {
		return err
	}
	session, err := f.connect(c.Context())
	if err != nil {
		return err
	}
	out := bufio.NewWriterSize(f.streams.Out, 1<<16)
	total, err := f.walk(c, session.Store(), at, out)
	if err == nil && f.summary {
		err = f.printSummary(out, total)
	}
	if flush := out.Flush(); err == nil && flush != nil {
		err = fmt.Errorf("standard output cannot be written: %w", flush)
	}
	return f.explain(err, at)
}

// check refuses what cannot be meant before anything is asked.
func (f *finder) check(uri string) (s3view.Location, error) {
	at, err := f.locate(uri)
	if err != nil {
		return at, err
	}
	if at.Root() {
		return at, fmt.Errorf("find needs a bucket: write s3://bucket[/prefix]")
	}
	if f.output, err = formatOf(f.output, "text", "json"); err != nil {
		return at, err
	}
	if f.workers < 0 || f.workers > 1000 {
		return at, fmt.Errorf("--workers %d: write a number from 1 to 1000", f.workers)
	}
	if _, err := path.Match(f.name, ""); err != nil {
		return at, fmt.Errorf("--name %q is no glob: a [ is not closed", f.name)
	}
	return at, nil
}

// walk lists and prints, and returns what matched.
func (f *finder) walk(c *cobra.Command, store *s3view.Store, at s3view.Location, out io.Writer) (s3view.WalkStats, error) {
	var total s3view.WalkStats
	tally := newTally(f.streams.Err, f.summary)
	defer tally.clear()
	print := f.printer(out)
	stats, err := store.Walk(c.Context(), at, s3view.WalkOptions{Workers: f.workers, Unordered: f.summary},
		func(page []s3view.Entry, now s3view.WalkStats) error {
			for i := range page {
				if !f.matches(page[i].Key) {
					continue
				}
				total.Objects++
				total.Bytes += page[i].Size
				if err := print(&page[i]); err != nil {
					return fmt.Errorf("standard output cannot be written: %w", err)
				}
			}
			tally.show(now)
			return nil
		})
	total.Requests = stats.Requests
	return total, err
}

// matches applies --name as find does: to the last part of the key, or to all of
// it when the pattern has a slash.
func (f *finder) matches(key string) bool {
	if f.name == "" {
		return true
	}
	if !strings.Contains(f.name, "/") {
		key = strings.TrimSuffix(key, "/")
		key = key[strings.LastIndexByte(key, '/')+1:]
	}
	ok, _ := path.Match(f.name, key)
	return ok
}

// printer returns what prints one entry.
func (f *finder) printer(out io.Writer) func(*s3view.Entry) error {
	switch {
	case f.summary:
		return func(*s3view.Entry) error { return nil }
	case f.output == "json":
		enc := json.NewEncoder(out)
		enc.SetEscapeHTML(false)
		return func(e *s3view.Entry) error { return enc.Encode(lineOf(e)) }
	}
	return func(e *s3view.Entry) error {
		_, err := io.WriteString(out, printableKey(e.Key)+"\n")
		return err
	}
}

// foundLine is a line of find --output json. JSON can hold no bytes that are not
// UTF-8: a key that has some, which other stores than AWS allow, stands there with
// U+FFFD in their place, and whole in KeyBase64.
type foundLine struct {
	Key          string `json:"key"`
	KeyBase64    []byte `json:"keyBase64,omitempty"`
	Size         int64  `json:"size"`
	LastModified string `json:"lastModified"`
	ETag         string `json:"etag"`
	StorageClass string `json:"storageClass"`
}

func lineOf(e *s3view.Entry) foundLine {
	line := foundLine{Key: e.Key, Size: e.Size, ETag: e.ETag, StorageClass: e.Class}
	if !utf8.ValidString(e.Key) {
		line.KeyBase64 = []byte(e.Key)
	}
	if !e.Modified.IsZero() {
		line.LastModified = e.Modified.UTC().Format(time.RFC3339)
	}
	return line
}

// printableKey keeps a line a key: one with control characters, or that looks
// like a quoted one, is quoted as git quotes paths. All others are left alone,
// backslashes too.
func printableKey(key string) string {
	odd := strings.HasPrefix(key, `"`) || !utf8.ValidString(key) || strings.ContainsFunc(key, func(r rune) bool {
		return unicode.IsControl(r) || r == '\u2028' || r == '\u2029'
	})
	if odd {
		return strconv.Quote(key)
	}
	return key
}

func (f *finder) printSummary(out io.Writer, total s3view.WalkStats) error {
	if f.output == "json" {
		return json.NewEncoder(out).Encode(struct {
			Objects  int64 `json:"objects"`
			Bytes    int64 `json:"bytes"`
			Requests int64 `json:"requests"`
		}{total.Objects, total.Bytes, total.Requests})
	}
	_, err := fmt.Fprintf(out, "%d objects, %d bytes\n", total.Objects, total.Bytes)
	return err
}

// explain adds to a refusal what to run next, and gives an absent bucket the
// exit code of the contract.
func (f *finder) explain(err error, at s3view.Location) error {
	var e *s3view.Error
	if !errors.As(err, &e) {
		return err
	}
	switch {
	case e.NotFound():
		_, _ = fmt.Fprintf(f.streams.Err, "s403: there is no bucket %q (%s): check its name and the endpoint\n", at.Bucket, e.Code)
		return exitError(exitAbsent)
	case e.Denied():
		return fmt.Errorf("%w; run s403 why %s to learn why", e, at)
	}
	return e
}

// tally shows on a terminal how far a long count has come.
type tally struct {
	out  io.Writer
	last time.Time
}

func newTally(w io.Writer, wanted bool) *tally {
	file, ok := w.(*os.File)
	if !wanted || !ok || !term.IsTerminal(file.Fd()) {
		return &tally{}
	}
	return &tally{out: w, last: time.Now()}
}

func (p *tally) show(now s3view.WalkStats) {
	if p.out == nil || time.Since(p.last) < 200*time.Millisecond {
		return
	}
	p.last = time.Now()
	_, _ = fmt.Fprintf(p.out, "\r%d objects, %d bytes, %d requests …\x1b[K", now.Objects, now.Bytes, now.Requests)
}

func (p *tally) clear() {
	if p.out != nil {
		_, _ = fmt.Fprint(p.out, "\r\x1b[K")
	}
}
