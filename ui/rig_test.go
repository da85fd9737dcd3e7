package ui

import (
	"context"
	"errors"
	"fmt"
	"sort"
	"strings"
	"sync"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/vt"

	"s403/diagnose"
	"s403/s3view"
)

// dawn is the time at which every test takes place.
var dawn = time.Date(2026, time.October, 2, 9, 14, 7, 0, time.UTC)

// fakeStore is S3 in memory: keys by bucket, and what is refused.
type fakeStore struct {
	keys    map[string][]string // by bucket, in order
	size    map[string]int64    // by key
	refuse  map[string]int      // status by "LIST uri" or "HEAD uri"
	noList  bool                // ListBuckets is refused
	pageMax int
	mu      sync.Mutex
	asked   []string // what was asked, in order
}

// asks remembers what was asked. A walk asks side by side.
func (s *fakeStore) asks(what string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked = append(s.asked, what)
}

func (s *fakeStore) note(op, uri string) error {
	s.asks(op + " " + uri)
	if status := s.refuse[op+" "+uri]; status != 0 {
		return &s3view.Error{Op: map[string]string{"LIST": "ListObjectsV2", "HEAD": "HeadObject"}[op], Status: status,
			Code: map[string]string{"LIST": "AccessDenied", "HEAD": "Forbidden"}[op], RequestID: "4Z8HQ1"}
	}
	return nil
}

func (s *fakeStore) Buckets(context.Context) ([]s3view.Bucket, error) {
	s.asks("BUCKETS")
	if s.noList {
		return nil, &s3view.Error{Op: "ListBuckets", Status: 403, Code: "AccessDenied", Message: "Access Denied"}
	}
	var out []s3view.Bucket
	for name := range s.keys {
		out = append(out, s3view.Bucket{Name: name, Created: dawn.AddDate(0, -3, 0), Region: "eu-west-1"})
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Name < out[j].Name })
	return out, nil
}

func (s *fakeStore) ListPage(ctx context.Context, l s3view.Listing) (s3view.Page, error) {
	at, token := l.At, l.Token+l.StartAfter
	if err := ctx.Err(); err != nil {
		return s3view.Page{}, &s3view.Error{Op: "ListObjectsV2", Err: err, Message: "canceled"}
	}
	uri := at.String()
	if token != "" {
		uri += " after " + token
	}
	if err := s.note("LIST", uri); err != nil {
		return s3view.Page{}, err
	}
	return s.below(at, token), nil
}

// below is one page of what is right below a prefix.
func (s *fakeStore) below(at s3view.Location, token string) s3view.Page {
	limit := s.pageMax
	if limit == 0 {
		limit = 1000
	}
	var page s3view.Page
	last := ""
	for _, k := range s.keys[at.Bucket] {
		rest, ok := strings.CutPrefix(k, at.Key)
		if !ok || rest == "" {
			continue
		}
		e := s3view.Entry{Key: k, Size: s.size[k], Modified: dawn.Add(-time.Duration(len(k)) * time.Hour), Class: "STANDARD"}
		if i := strings.IndexByte(rest, '/'); i >= 0 {
			e = s3view.Entry{Key: at.Key + rest[:i+1], Prefix: true}
		}
		if e.Key == last || e.Key <= token {
			continue
		}
		if len(page.Entries) == limit {
			page.Next = last
			break
		}
		last = e.Key
		page.Entries = append(page.Entries, e)
	}
	return page
}

func (s *fakeStore) Head(ctx context.Context, at s3view.Location) (s3view.Head, error) {
	if err := ctx.Err(); err != nil {
		return s3view.Head{}, &s3view.Error{Op: "HeadObject", Err: err, Message: "canceled"}
	}
	if err := s.note("HEAD", at.String()); err != nil {
		return s3view.Head{}, err
	}
	return s3view.Head{At: at, Size: s.size[at.Key], Modified: dawn.Add(-time.Hour), Fields: []s3view.Field{
		{Name: "size", Value: fmt.Sprint(s.size[at.Key])},
		{Name: "type", Value: "text/csv"},
		{Name: "modified", Value: "2026-10-02 08:14:07 UTC"},
		{Name: "storage class", Value: "STANDARD"},
		{Name: "tags", State: s3view.Denied, Why: "needs s3:GetObjectTagging"},
	}, Metadata: []s3view.Field{{Name: "owner", Value: "ana"}}}, nil
}

func (s *fakeStore) Region(context.Context, string) (string, error) { return "eu-west-1", nil }

// fakeSession is ana.
type fakeSession struct{ err error }

func (s fakeSession) Credentials(context.Context) (s3view.Credentials, error) {
	return s3view.Credentials{Source: "profile dev", Profile: "dev", AccessKeyID: "AKIA…WXYZ"}, s.err
}
func (fakeSession) Identity(context.Context) (s3view.Identity, error) {
	return s3view.Identity{ARN: "arn:aws:iam::111122223333:user/ana", Account: "111122223333", Asked: true}, nil
}
func (fakeSession) Region() string    { return "eu-west-1" }
func (fakeSession) Endpoint() string  { return "" }
func (fakeSession) Partition() string { return "aws" }
func (fakeSession) Anonymous() bool   { return false }

// fakeDiagnoser answers at once that nothing was found out.
type fakeDiagnoser struct{}

func (fakeDiagnoser) Diagnose(_ context.Context, at s3view.Location, emit func(diagnose.Evidence)) {
	emit(diagnose.Evidence{Target: diagnose.Target{Bucket: at.Bucket, Key: at.Key}})
}

// acme is the store that most tests browse.
func acme() *fakeStore {
	return &fakeStore{
		keys: map[string][]string{
			"acme-logs":    {"2026/01.log"},
			"acme-reports": {"2026/q3/forecast.parquet", "2026/q3/notes.md", "2026/q3/raw/a.csv", "2026/q3/summary.csv", "2026/q3/日本語.txt", "readme.md"},
			"odd":          {"a\nb", "c\x1b[31mred", "d\u202egpj.exe", "e\u0301clair", "f\xff"},
		},
		size: map[string]int64{"2026/q3/forecast.parquet": 432013312, "2026/q3/summary.csv": 18240, "2026/q3/notes.md": 2150, "readme.md": 12},
		refuse: map[string]int{
			"HEAD s3://acme-reports/2026/q3/forecast.parquet": 403,
		},
	}
}

// rig drives an App without a terminal: every command runs at once, in order,
// unless it is held.
type rig struct {
	t     testing.TB
	app   *App
	hold  func(tea.Msg) bool // answers that are kept back
	held  []tea.Msg
	queue []tea.Msg
	quit  bool
}

func newRig(t testing.TB, store Store, change func(*Config)) *rig {
	t.Helper()
	cfg := Config{
		Connect: func(context.Context, Choice) (*Connection, error) {
			if store == nil {
				return nil, errors.New(`profile "nobody" is not in "~/.aws/config"`)
			}
			return &Connection{Store: store, Session: fakeSession{}, Diagnose: fakeDiagnoser{}}, nil
		},
		Now:   func() time.Time { return dawn },
		After: func(_ time.Duration, msg tea.Msg) tea.Cmd { return func() tea.Msg { return msg } },
	}
	if change != nil {
		change(&cfg)
	}
	r := &rig{t: t, app: New(cfg)}
	t.Cleanup(r.app.Close)
	return r
}

// start sizes the terminal and runs until nothing is awaited.
func (r *rig) start(w, h int, dark bool) *rig {
	r.app.look.Dark, r.app.look.Profile = dark, colorprofile.TrueColor
	r.app.theme = NewTheme(r.app.look)
	r.send(tea.WindowSizeMsg{Width: w, Height: h})
	r.do(r.app.Init())
	r.drain()
	return r
}

// wear draws in another look from now on.
func (r *rig) wear(l Look) {
	r.app.look = l
	r.app.theme = NewTheme(l)
}

func (r *rig) do(cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	switch msg := cmd().(type) {
	case nil:
	case tea.BatchMsg:
		for _, c := range msg {
			r.do(c)
		}
	case tea.QuitMsg:
		r.quit = true
	default:
		if r.hold != nil && r.hold(msg) {
			r.held = append(r.held, msg)
			return
		}
		r.queue = append(r.queue, msg)
	}
}

func (r *rig) drain() {
	for n := 0; len(r.queue) > 0; n++ {
		if n > 100_000 {
			r.t.Fatal("the explorer does not come to rest")
		}
		msg := r.queue[0]
		r.queue = r.queue[1:]
		if _, tick := msg.(ticked); tick && len(r.held) > 0 {
			r.app.ticks.stop() // what is held would keep the spinner turning for ever
			continue
		}
		_, cmd := r.app.Update(msg)
		r.do(cmd)
	}
}

func (r *rig) send(msg tea.Msg) {
	_, cmd := r.app.Update(msg)
	r.do(cmd)
	r.drain()
}

// release delivers what was held.
func (r *rig) release() {
	r.hold = nil
	held := r.held
	r.held = nil
	for _, m := range held {
		r.send(m)
	}
}

// feed presses keys by name, and types words in quotes. As on a terminal, the screen
// is drawn after each.
func (r *rig) feed(keys ...string) *rig {
	r.t.Helper()
	for _, k := range keys {
		_ = r.content()
		if text, ok := strings.CutPrefix(k, "'"); ok {
			for _, c := range strings.TrimSuffix(text, "'") {
				r.send(tea.KeyPressMsg{Code: c, Text: string(c)})
			}
			continue
		}
		r.send(keyNamed(r.t, k))
	}
	_ = r.content()
	return r
}

// keyNamed is the press of a key by its name.
func keyNamed(t testing.TB, name string) tea.KeyPressMsg {
	t.Helper()
	press, ok := keyPress(name)
	if !ok {
		t.Fatalf("%q is no key", name)
	}
	return press
}

// content is what the view holds, with its escape sequences.
func (r *rig) content() string { return r.app.View().Content }

// grid is what a terminal shows: the text of each line, without trailing space.
func (r *rig) grid() []string {
	emu := vt.NewEmulator(max(r.app.w, 1), max(r.app.h, 1))
	_, _ = emu.Write([]byte(strings.ReplaceAll(r.content(), "\n", "\r\n")))
	lines := strings.Split(emu.String(), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return lines
}

// sees fails unless the screen shows every text.
func (r *rig) sees(texts ...string) *rig {
	r.t.Helper()
	screen := strings.Join(r.grid(), "\n")
	for _, text := range texts {
		if !strings.Contains(screen, text) {
			r.t.Errorf("the screen does not show %q:\n%s", text, screen)
		}
	}
	return r
}

// misses fails when the screen shows one of the texts.
func (r *rig) misses(texts ...string) *rig {
	r.t.Helper()
	screen := strings.Join(r.grid(), "\n")
	for _, text := range texts {
		if strings.Contains(screen, text) {
			r.t.Errorf("the screen shows %q:\n%s", text, screen)
		}
	}
	return r
}
