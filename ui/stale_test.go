package ui

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"s403/diagnose"
	"s403/s3view"
)

// spyStore is a store that says in each answer whose it is, and remembers with
// which context it was asked.
type spyStore struct {
	*wholeStore
	whose string
	spied *[]spied
}

// spied is one request that reached a store.
type spied struct {
	what string
	ctx  context.Context //nolint:containedctx // what the test is about
}

func (s spyStore) spy(ctx context.Context, what string) {
	*s.spied = append(*s.spied, spied{what, ctx})
}

func (s spyStore) signed() []s3view.Field { return []s3view.Field{{Name: "told by", Value: s.whose}} }

func (s spyStore) Buckets(ctx context.Context) ([]s3view.Bucket, error) {
	s.spy(ctx, "BUCKETS")
	list, err := s.wholeStore.Buckets(ctx)
	return append(list, s3view.Bucket{Name: "of-" + s.whose}), err
}

func (s spyStore) ListPage(ctx context.Context, l s3view.Listing) (s3view.Page, error) {
	s.spy(ctx, "LIST")
	page, err := s.wholeStore.ListPage(ctx, l)
	for i := range page.Entries {
		page.Entries[i].Class = s.whose
	}
	return page, err
}

func (s spyStore) Head(ctx context.Context, at s3view.Location) (s3view.Head, error) {
	s.spy(ctx, "HEAD")
	return s3view.Head{At: at, Fields: s.signed()}, nil
}

func (s spyStore) Tags(ctx context.Context, _ s3view.Location) []s3view.Field {
	s.spy(ctx, "TAGS")
	return s.signed()
}

func (s spyStore) BucketSettings(ctx context.Context, _ string, _ func(int, s3view.Field)) []s3view.Field {
	s.spy(ctx, "SETTINGS")
	return s.signed()
}

func (s spyStore) Versions(ctx context.Context, at s3view.Location, token string) (s3view.Versions, error) {
	s.spy(ctx, "VERSIONS")
	return s.wholeStore.Versions(ctx, at, token)
}

func (s spyStore) Preview(ctx context.Context, at s3view.Location, limit int64) (s3view.Preview, error) {
	s.spy(ctx, "PREVIEW")
	return s.wholeStore.Preview(ctx, at, limit)
}

func (s spyStore) Walk(ctx context.Context, at s3view.Location, o s3view.WalkOptions, emit func([]s3view.Entry, s3view.WalkStats) error) (s3view.WalkStats, error) {
	s.spy(ctx, "WALK")
	return s3view.WalkPages(ctx, s.wholeStore.ListPage, at, o, emit)
}

func (s spyStore) Download(ctx context.Context, _ s3view.Location, path string, _ func(done, total int64)) (s3view.Downloaded, error) {
	s.spy(ctx, "DOWNLOAD")
	return s3view.Downloaded{Path: path}, nil
}

func (s spyStore) Presign(ctx context.Context, at s3view.Location, life time.Duration) (string, time.Time, error) {
	s.spy(ctx, "PRESIGN")
	return s.wholeStore.Presign(ctx, at, life)
}

func (s spyStore) Diagnose(ctx context.Context, at s3view.Location, emit func(diagnose.Evidence)) {
	s.spy(ctx, "DIAGNOSE")
	emit(diagnose.Evidence{Target: diagnose.Target{Bucket: at.Bucket, Key: at.Key}})
}

// staleQuestion is something that is asked and not answered yet when she leaves.
type staleQuestion struct {
	name   string
	start  s3view.Location
	keys   string // what asks it
	answer string // the type of the answers that are kept back
	asked  string // the request that has to be given up; empty: none goes to a store
	away   string // what leads out of the dialog that asked, to where leaves work
	leaves string // the leaves that end the question; empty: each does
	pages  int    // how many keys a page has; 0: all that there are
}

// notUp are the leaves in the list of buckets, the topmost place.
const notUp = "elsewhere, another profile, another region, asked again"

var staleQuestions = []staleQuestion{
	{name: "the buckets", answer: "bucketsListed", asked: "BUCKETS", keys: "ctrl+r", leaves: notUp},
	{name: "a page", keys: "down enter", answer: "pageLoaded", asked: "LIST"},
	{name: "all pages", start: at("wide/"), keys: "L", answer: "walked", asked: "WALK", pages: 60},
	{name: "a head", start: at("wide/"), keys: "down", answer: "tabLoaded", asked: "HEAD"},
	{name: "tags", start: at("wide/"), keys: "]", answer: "tabLoaded", asked: "TAGS"},
	{name: "settings of a bucket", keys: "down", answer: "tabLoaded", asked: "SETTINGS", leaves: notUp},
	{name: "a preview", start: at("wide/"), keys: "p", answer: "previewFetched", asked: "PREVIEW", away: "esc"},
	{name: "versions", start: at("wide/"), keys: "v", answer: "versionsListed", asked: "VERSIONS", away: "esc"},
	{name: "more versions", start: at("wide/"), keys: "v G pgdown", answer: "versionsListed", asked: "VERSIONS", away: "esc"},
	{name: "the size of a prefix", start: at("wide/"), keys: "u", answer: "counted", asked: "WALK", away: "esc esc"},
	{name: "a download", start: at("wide/"), keys: "space space D", answer: "fetched", asked: "DOWNLOAD", away: "esc esc"},
	{name: "a diagnosis", start: at("wide/"), keys: "w", answer: "evidenceGathered", asked: "DIAGNOSE", away: "esc esc"},
	{name: "the matrix", start: at("wide/"), keys: "m", answer: "evidenceGathered", asked: "DIAGNOSE", away: "esc esc"},
	{name: "completion", keys: "o 'acme-reports/w'", answer: "completed", asked: "LIST", away: "esc"},
	{name: "a presigned URL", start: at("wide/"), keys: "y p", answer: "presigned", asked: "PRESIGN", leaves: "another profile, another region"},
	{name: "the profiles", start: at("wide/"), keys: "P", answer: "profilesRead", leaves: "up, elsewhere, another profile, another region"},
	{name: "a filter", start: at("many/"), keys: "/ '7' enter", answer: "viewSelected"},
	{name: "a sort", start: at("many/"), keys: "s", answer: "viewSelected"},
}

// staleLeaves are the ways to leave.
var staleLeaves = []struct{ name, keys string }{
	{"up", "backspace"},
	{"elsewhere", "o ctrl+u 's3://odd/' enter"},
	{"another profile", "P 'etl' enter"},
	{"another region", "R 'eu-central-1' enter"},
	{"asked again", "ctrl+r"},
}

// staleRig is an explorer whose connections each have a store of their own.
func staleRig(t *testing.T, q staleQuestion, seen *[]spied) (r *rig, copied *[]string) {
	t.Helper()
	copied = new([]string)
	store := wholeAcme()
	store.pageMax = cmp.Or(q.pages, 1_000_000)
	if q.start == at("many/") {
		for i := range atOnce + 1 {
			store.keys["acme-reports"] = append(store.keys["acme-reports"], fmt.Sprintf("many/%06d", i))
		}
	}
	r = newRig(t, nil, func(c *Config) {
		c.Start = q.start
		c.Connect = func(_ context.Context, chosen Choice) (*Connection, error) {
			s := spyStore{store, "nr" + chosen.Profile + chosen.Region, seen}
			return &Connection{Store: s, Session: fakeSession{}, Diagnose: s}, nil
		}
		c.Profiles = func() []Profile { return []Profile{{Name: "etl", Kind: "keys"}} }
		c.Clipboard = func(text string) error { *copied = append(*copied, text); return nil }
		c.Downloads = t.TempDir()
	}).start(120, 36, true)
	return r, copied
}

// An answer to a question that she has left is as if it had never come: nothing is
// drawn, kept or copied of it, and the request was given up.
func TestStaleAnswersChangeNothing(t *testing.T) {
	for _, q := range staleQuestions {
		for _, leave := range staleLeaves {
			if q.leaves != "" && !strings.Contains(q.leaves, leave.name) {
				continue
			}
			t.Run(q.name+", "+leave.name, func(t *testing.T) {
				late := leaveQuestion(t, q, leave.keys, true)
				never := leaveQuestion(t, q, leave.keys, false)
				if late != never {
					t.Errorf("the late answer changed something: it is\n%s\nand without it\n%s", late, never)
				}
			})
		}
	}
}

// leaveQuestion asks, leaves, and tells what is there once the late answers came,
// or without them.
func leaveQuestion(t *testing.T, q staleQuestion, leave string, late bool) string {
	t.Helper()
	var seen []spied
	r, copied := staleRig(t, q, &seen)
	r.hold = func(m tea.Msg) bool { return fmt.Sprintf("%T", m) == "ui."+q.answer }
	r.feed(strings.Fields(q.keys)...)
	if len(r.held) == 0 {
		t.Fatalf("no %s was kept back", q.answer)
	}
	asked := slices.Clone(seen)
	r.hold = nil
	held := r.held
	r.feed(strings.Fields(q.away)...).feed(strings.Fields(leave)...)
	givenUp(t, q, asked)
	if late {
		for _, m := range held {
			r.send(m)
		}
	}
	r.held = nil
	return strings.Join(r.grid(), "\n") + remembered(r) + fmt.Sprint(*copied)
}

// givenUp fails unless the last request of the question was canceled.
func givenUp(t *testing.T, q staleQuestion, asked []spied) {
	t.Helper()
	for _, s := range slices.Backward(asked) {
		if s.what == q.asked {
			if s.ctx.Err() == nil {
				t.Errorf("%s is still being asked", q.asked)
			}
			return
		}
	}
	if q.asked != "" {
		t.Errorf("nothing was asked with %s", q.asked)
	}
}

// remembered is what the explorer keeps of answers, in a fixed order.
func remembered(r *rig) string {
	var out []string
	for q, a := range r.app.side.answers {
		out = append(out, fmt.Sprint("\n", q, a.fields, a.err, a.head))
	}
	for name, m := range r.app.browse.state {
		out = append(out, fmt.Sprint("\nmark ", name, m))
	}
	slices.Sort(out)
	return strings.Join(out, "") + fmt.Sprint("\n", r.app.browse.lens.loaded(), len(r.app.stack))
}
