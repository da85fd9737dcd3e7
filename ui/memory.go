package ui

import (
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"

	tea "charm.land/bubbletea/v2"

	"s403/s3view"
)

// memory is what the explorer keeps between runs: places that were marked and
// buckets that were visited. It is what helps those who may not list buckets.
type memory struct {
	Bookmarks []string `json:"bookmarks"`
	Recent    []string `json:"recent"` // buckets, the latest first
	// Principals are the ARNs that requests were diagnosed as, the latest first.
	Principals []string `json:"principals,omitempty"`
}

const (
	recentKept     = 20
	principalsKept = 10
	memoryLimit    = 1 << 20 // bytes of the state file that are read
)

// visited puts a bucket in front of the recent ones.
func (m *memory) visited(bucket string) {
	m.Recent = inFront(m.Recent, bucket, recentKept)
}

// asked puts a principal in front of those whose requests were diagnosed.
func (m *memory) asked(arn string) { m.Principals = inFront(m.Principals, arn, principalsKept) }

// inFront is the list with s first and nowhere else, at most n long.
func inFront(list []string, s string, n int) []string {
	rest := slices.DeleteFunc(slices.Clone(list), func(other string) bool { return other == s })
	rest = append([]string{s}, rest...)
	return first(rest, n)
}

// mark sets or takes off the bookmark of a place, and tells which.
func (m *memory) mark(at s3view.Location) (set bool) {
	uri := at.String()
	if slices.Contains(m.Bookmarks, uri) {
		m.Bookmarks = slices.DeleteFunc(slices.Clone(m.Bookmarks), func(b string) bool { return b == uri })
		return false
	}
	m.Bookmarks = append(slices.Clone(m.Bookmarks), uri)
	return true
}

// buckets are the buckets that the memory knows of.
func (m *memory) buckets() []string {
	out := slices.Clone(m.Recent)
	for _, b := range m.Bookmarks {
		if at, err := s3view.ParseURI(b); err == nil && at.Bucket != "" {
			out = append(out, at.Bucket)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// recalled is what the last run kept. A file that cannot be read is no reason to
// stop anybody; it is put aside, for a mended one may come back in its place.
type recalled struct {
	memory memory
	aside  string // where a damaged file was put
}

func (fx effects) recall(file string) tea.Cmd {
	if file == "" {
		return nil
	}
	return func() tea.Msg {
		fx.keeper.mu.Lock()
		defer fx.keeper.mu.Unlock()
		m, err := readMemory(file)
		if err == nil || errors.Is(err, fs.ErrNotExist) {
			fx.keeper.base = m
			return recalled{memory: m}
		}
		aside := file + ".damaged"
		if os.Rename(file, aside) != nil {
			return recalled{}
		}
		return recalled{aside: aside}
	}
}

// errTooLong says that a state file is none of ours.
var errTooLong = errors.New("the file is longer than any that s403 writes")

func readMemory(file string) (m memory, err error) {
	f, err := os.Open(file) //nolint:gosec // the user's own state file
	if err != nil {
		return memory{}, err
	}
	defer func() { _ = f.Close() }()
	text, err := io.ReadAll(io.LimitReader(f, memoryLimit+1))
	if err == nil && len(text) > memoryLimit {
		err = errTooLong
	}
	if err == nil {
		err = json.Unmarshal(text, &m)
	}
	if err != nil {
		return memory{}, err
	}
	return m, nil
}

func (a *App) recalled(m recalled) tea.Cmd {
	if m.aside != "" {
		a.say(failure, "the file of bookmarks and recent buckets could not be read; it is kept as "+a.theme.CleanLine(m.aside))
	}
	visited := a.memory.Recent
	a.memory = m.memory
	for _, b := range slices.Backward(visited) {
		a.memory.visited(b)
	}
	a.browse.known = a.memory.buckets()
	if a.browse.at.Root() && a.browse.err != nil {
		return a.browse.showBuckets(nil)
	}
	return nil
}

// keeper writes the memory: one write at a time, and none that is older than
// what was written already, for commands run in no order.
type keeper struct {
	mu      sync.Mutex
	written ticket
	base    memory // as it was read or written last: what differs from it is this run's
}

// keep writes the memory to its file.
func (fx effects) keep(file string, m memory) tea.Cmd {
	if file == "" {
		return nil
	}
	*fx.last++
	t := *fx.last
	return func() tea.Msg {
		fx.keeper.mu.Lock()
		defer fx.keeper.mu.Unlock()
		if t <= fx.keeper.written {
			return nil
		}
		now, err := readMemory(file)
		if err != nil {
			now = fx.keeper.base
		}
		if whole := m.with(fx.keeper.base, now); writeMemory(file, whole) == nil {
			fx.keeper.written, fx.keeper.base = t, m
		}
		return nil
	}
}

// with adds to the memory what another run has put into the file since this one
// read it, and leaves out what that run took off.
func (m memory) with(base, file memory) memory {
	return memory{
		Bookmarks:  merged(m.Bookmarks, base.Bookmarks, file.Bookmarks),
		Recent:     first(merged(m.Recent, base.Recent, file.Recent), recentKept),
		Principals: first(merged(m.Principals, base.Principals, file.Principals), principalsKept),
	}
}

// merged are mine, but for those that others took off the base, and then those
// that others added to it.
func merged(mine, base, others []string) []string {
	out := slices.DeleteFunc(slices.Clone(mine), func(s string) bool {
		return slices.Contains(base, s) && !slices.Contains(others, s)
	})
	for _, s := range others {
		if !slices.Contains(base, s) && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

func first(list []string, n int) []string { return list[:min(len(list), n)] }

// writeMemory writes the memory beside its file and moves it there, so that no run
// ever finds half of it. Its other name is its own: more than one may run.
func writeMemory(file string, m memory) error {
	text, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return err
	}
	part, err := os.CreateTemp(filepath.Dir(file), filepath.Base(file)+".*.part")
	if err != nil {
		return err
	}
	_, err = part.Write(append(text, '\n'))
	if closed := part.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Rename(part.Name(), file)
	}
	if err != nil {
		_ = os.Remove(part.Name())
	}
	return err
}
