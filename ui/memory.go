package ui

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"

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
	return rest[:min(len(rest), n)]
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

// recalled is what the last run kept. A file that cannot be read is as good as
// none: it is no reason to stop anybody.
type recalled struct{ memory memory }

func (fx effects) recall(file string) tea.Cmd {
	if file == "" {
		return nil
	}
	return func() tea.Msg {
		var m memory
		info, err := os.Stat(file)
		if err != nil || info.Size() > memoryLimit {
			return recalled{}
		}
		text, err := os.ReadFile(file)
		if err != nil || json.Unmarshal(text, &m) != nil {
			return recalled{}
		}
		return recalled{m}
	}
}

func (a *App) recalled(m recalled) tea.Cmd {
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

// keep writes the memory beside its file and moves it there, so that no run ever
// finds half of it.
func (fx effects) keep(file string, m memory) tea.Cmd {
	if file == "" {
		return nil
	}
	return func() tea.Msg {
		text, err := json.MarshalIndent(m, "", "  ")
		if err != nil {
			return nil
		}
		if os.MkdirAll(filepath.Dir(file), 0o700) != nil {
			return nil
		}
		part := file + ".part"
		if os.WriteFile(part, append(text, '\n'), 0o600) == nil {
			_ = os.Rename(part, file)
		}
		return nil
	}
}
