package ui

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"s403/s3view"
)

// hanging is a store whose downloads write half a file and then wait until they are
// given up, when they take it away again, which takes a moment.
type hanging struct{ *wholeStore }

func (s hanging) Download(ctx context.Context, _ s3view.Location, path string, progress func(done, total int64)) (s3view.Downloaded, error) {
	if err := os.WriteFile(path+".part", []byte("half"), 0o600); err != nil {
		return s3view.Downloaded{}, err
	}
	progress(4, 8)
	<-ctx.Done()
	time.Sleep(20 * time.Millisecond)
	return s3view.Downloaded{}, errors.Join(ctx.Err(), os.Remove(path+".part"))
}

// Whoever quits while something is fetched finds no half file either.
func TestQuitWhileDownloading(t *testing.T) {
	dir := t.TempDir()
	r := newRig(t, hanging{wholeAcme()}, func(c *Config) { c.Start, c.Downloads = at("wide/"), dir }).start(120, 36, true)
	r.hold = func(m tea.Msg) bool { _, ok := m.(fetched); return ok }
	r.feed("D")
	if files, _ := filepath.Glob(filepath.Join(dir, "*")); len(files) != 1 {
		t.Fatalf("the download has not begun: %q", files)
	}
	r.feed("q")
	r.app.Close()
	if files, _ := filepath.Glob(filepath.Join(dir, "*")); len(files) != 0 {
		t.Errorf("left behind: %q", files)
	}
}

// moody is a store that cannot fetch some objects.
type moody struct {
	*wholeStore
	fails map[string]error
}

func (s moody) Download(ctx context.Context, at s3view.Location, path string, progress func(done, total int64)) (s3view.Downloaded, error) {
	if err := s.fails[at.Name()]; err != nil {
		return s3view.Downloaded{}, err
	}
	return s.wholeStore.Download(ctx, at, path, progress)
}

// An object that cannot be fetched says why, and the others come all the same; each
// stands in the folder, under a name that it can have, and nowhere else.
func TestDownloadsOfOddKeys(t *testing.T) {
	s := moody{wholeAcme(), map[string]error{"changed.csv": &s3view.Error{Op: "GetObject", Status: 412, Message: "the object was changed while it was fetched", Hint: "download it again"}}}
	s.keys["strange"] = []string{"..", ".", "...", "a\\b", "c:d", "changed.csv", "con", "new\nline", "plain.csv", "\x1b[31mred", "\u202egpj.exe"}
	dir := filepath.Join(t.TempDir(), "to", "come")
	r := newRig(t, s, func(c *Config) { c.Start, c.Downloads = s3view.Location{Bucket: "strange"}, dir }).start(120, 50, true)
	for range s.keys["strange"] {
		r.feed("space")
	}
	r.feed("D").sees("10 of 11 done, 1 failed", "the object was changed while it was fetched; download it again")
	left, err := os.ReadDir(dir)
	if err != nil || len(left) != 10 {
		t.Errorf("%d files, %v", len(left), err)
	}
	if outside, _ := os.ReadDir(filepath.Dir(dir)); len(outside) != 1 {
		t.Errorf("beside the folder lie %v", outside)
	}
	r.feed("esc").misses("╭ download", "●")
	r.feed("g", "space", "D", "esc")
	if left, _ = os.ReadDir(dir); len(left) != 11 {
		t.Errorf("fetched again, a file took the place of another: %d files", len(left))
	}
}

// A folder that cannot be made is told, with its name, and nothing is asked.
func TestDownloadWithoutAFolder(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	s := wholeAcme()
	r := wholeRig(t, s, func(c *Config) { c.Start, c.Downloads = at("wide/"), filepath.Join(file, "sub") }).start(160, 36, true)
	r.feed("D").sees("0 of 1 done, 1 failed", "the folder", "cannot be made", "another folder")
	if slices.ContainsFunc(s.asked, func(a string) bool { return strings.HasPrefix(a, "DOWNLOAD") }) {
		t.Error("the object was fetched all the same")
	}
}

// esc stops the object that comes and those that wait, and the requests end.
func TestDownloadsStopped(t *testing.T) {
	var seen []spied
	r, _ := staleRig(t, staleQuestion{start: at("wide/")}, &seen)
	r.hold = func(m tea.Msg) bool { _, ok := m.(fetched); return ok }
	r.feed("space", "space", "space", "D").sees("waits").feed("esc").sees("0 of 3 done, 3 stopped", "nothing is left behind")
	if last := seen[len(seen)-1]; last.what != "DOWNLOAD" || last.ctx.Err() == nil {
		t.Errorf("%s is still asked", last.what)
	}
	r.release()
	r.sees("0 of 3 done, 3 stopped")
}

// An object whose key is the prefix itself, as consoles make them for folders, is an
// object: it can be looked at, marked and fetched, and has a name on the screen.
func TestKeyThatIsThePrefix(t *testing.T) {
	s := wholeAcme()
	page := pageOfNames("", "wide/", "wide/a.csv")
	page.Entries[0].Prefix = false
	dir := t.TempDir()
	r := newRig(t, markerStore{s, page}, func(c *Config) { c.Start, c.Downloads = at("wide/"), dir }).start(120, 36, true)
	r.sees("▌  wide/ itself", "needs s3:GetObjectTagging").feed("]").sees("team").feed("space").sees("● wide/ itself")
	r.feed("D", "esc")
	if files, _ := filepath.Glob(filepath.Join(dir, "*")); len(files) != 1 || filepath.Base(files[0]) != "wide" {
		t.Errorf("fetched: %q", files)
	}
	r.feed("g", "enter").sees("wide/", "a.csv").feed("w").sees("s3://acme-reports/wide/")
	if !slices.Contains(s.asked, "HEAD s3://acme-reports/wide/") {
		t.Errorf("no head was asked: %q", s.asked)
	}
}

// markerStore lists one page.
type markerStore struct {
	*wholeStore
	page s3view.Page
}

func (s markerStore) ListPage(context.Context, s3view.Listing) (s3view.Page, error) {
	return s.page, nil
}

// Fetching one marked row of a million looks at that row, not at all of them.
func TestDownloadOfOneInAMillion(t *testing.T) {
	r := millionRig(t)
	r.app.browse.store = moody{wholeAcme(), map[string]error{"event-0999999.json": errors.New("not now")}}
	n := testing.AllocsPerRun(1, func() { r.feed("G", "space", "D").sees("event-0999999.json").feed("esc") })
	if n > 20_000 {
		t.Errorf("it allocates %.0f times", n)
	}
}
