package ui

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"s403/s3view"
)

// Two explorers that run at once lose none of each other's bookmarks.
func TestTwoRunsKeepOneMemory(t *testing.T) {
	file := filepath.Join(t.TempDir(), "state.json")
	if err := writeMemory(file, memory{Bookmarks: []string{"s3://old", "s3://gone"}}); err != nil {
		t.Fatal(err)
	}
	ann, ben := newRun(t, file), newRun(t, file)
	ann.change(func(m *memory) { m.mark(bookmark(t, "s3://ann/")) })
	ben.change(func(m *memory) { m.mark(bookmark(t, "s3://ben/")); m.mark(bookmark(t, "s3://gone/")) })
	ann.change(func(m *memory) { m.visited("acme") })
	got, err := readMemory(file)
	slices.Sort(got.Bookmarks)
	if want := []string{"s3://ann", "s3://ben", "s3://old"}; err != nil || !slices.Equal(got.Bookmarks, want) || !slices.Equal(got.Recent, []string{"acme"}) {
		t.Errorf("%+v, %v; want the bookmarks %v and the bucket", got, err, want)
	}
}

// run is one explorer's memory.
type run struct {
	fx     effects
	file   string
	memory memory
}

func newRun(t *testing.T, file string) *run {
	r := &run{fx: effects{root: context.Background(), last: new(ticket), keeper: &keeper{}}, file: file}
	m, ok := r.fx.recall(file)().(recalled)
	if !ok || m.aside != "" {
		t.Fatalf("recalled %+v", m)
	}
	r.memory = m.memory
	return r
}

func (r *run) change(f func(*memory)) {
	f(&r.memory)
	r.fx.keep(r.file, r.memory)()
}

func bookmark(t *testing.T, uri string) s3view.Location {
	t.Helper()
	at, err := s3view.ParseURI(uri)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// A damaged file is put aside, said so, and a new one is begun.
func TestDamagedMemory(t *testing.T) {
	for name, text := range map[string]string{"half of it": `{"bookmarks": ["s3://a`, "too long": strings.Repeat(" ", memoryLimit+1) + "{}"} {
		file := filepath.Join(t.TempDir(), "state.json")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		fx := effects{root: context.Background(), last: new(ticket), keeper: &keeper{}}
		m, _ := fx.recall(file)().(recalled)
		kept, err := os.ReadFile(file + ".damaged")
		if m.aside != file+".damaged" || err != nil || string(kept) != text {
			t.Errorf("%s: put aside as %q, %v", name, m.aside, err)
		}
		fx.keep(file, memory{Recent: []string{"acme"}})()
		if got, err := readMemory(file); err != nil || !slices.Equal(got.Recent, []string{"acme"}) {
			t.Errorf("%s: afterwards %+v, %v", name, got, err)
		}
	}
}
