package ui

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"s403/s3view"
)

// Whatever form of a place is at hand, enter goes there.
func TestGoToEveryForm(t *testing.T) {
	const alias, point = "fin-l3dg3rq7m2xw8kz5t-s3alias", "arn:aws:s3:eu-west-1:111122223333:accesspoint/fin"
	for typed, want := range map[string]s3view.Location{
		"s3://acme-reports/2026/":                                           at("2026/"),
		"acme-reports/2026/":                                                at("2026/"),
		"acme-reports":                                                      at(""),
		"s3://acme-reports/2026/q3/日本語.txt":                                 at("2026/q3/日本語.txt"),
		"s3://acme-reports/readme.md?versionId=v%201":                       at("readme.md").Version("v 1"),
		"arn:aws:s3:::acme-reports/readme.md":                               at("readme.md"),
		"arn:aws-cn:s3:::acme-reports":                                      at(""),
		point + "/object/2026/a.csv":                                        {Bucket: point, Key: "2026/a.csv", Region: "eu-west-1"},
		"s3://" + alias + "/2026/":                                          {Bucket: alias, Key: "2026/"},
		"https://acme-reports.s3.eu-west-1.amazonaws.com/2026/q3/a%20b.csv": {Bucket: "acme-reports", Key: "2026/q3/a b.csv", Region: "eu-west-1"},
		"https://s3.eu-west-1.amazonaws.com/acme-reports/readme.md":         {Bucket: "acme-reports", Key: "readme.md", Region: "eu-west-1"},
		"s3://":  {},
		"s3:///": {},
	} {
		r := newRig(t, acme(), func(c *Config) { c.Start = s3view.Location{Bucket: "odd"} }).start(120, 36, true)
		if r.feed("o", "ctrl+u", "'"+typed+"'", "enter"); r.app.top() != nil {
			t.Errorf("%q is not gone to:\n%s", typed, strings.Join(r.grid()[:8], "\n"))
			continue
		}
		got := r.app.browse.standing()
		if want.IsPrefix() {
			got = r.app.browse.at
		}
		if got != want {
			t.Errorf("%q leads to %#v, want %#v", typed, got, want)
		}
		if r.feed("-"); r.app.browse.at.Bucket != "odd" {
			t.Errorf("back from %q is %v", typed, r.app.browse.at)
		}
	}
}

// What is no place says why, column and all, and stays in the line to be mended.
func TestGoToNoPlace(t *testing.T) {
	for typed, says := range map[string]string{
		"s3://acme reports/":             "cannot stand in",
		"arn:aws:iam::1:role/x":          "another service",
		"ftp://host/x":                   "is no scheme of S3",
		"https://host":                   "names no bucket",
		"arn:aws:s3:::":                  "the bucket's name is missing",
		"https://b.example/?X-Amz-Sig=x": "names no bucket",
	} {
		r := newRig(t, acme(), nil).start(160, 36, true).feed("o", "ctrl+u", "'"+typed+"'", "enter").sees("╭ go to", says)
		r.feed("ctrl+u", "'acme-reports'", "enter").sees("readme.md")
	}
}

// tab completes as far as all offers agree, never by half a character and never less
// than was typed; arrows choose among them, and enter goes to the chosen one.
func TestGoToCompletes(t *testing.T) {
	s := acme()
	s.keys["words"] = []string{"Abc.txt", "abd.txt", "日曜/a", "日本/b", "x/one", "x/two"}
	r := newRig(t, s, nil).start(120, 36, true)
	line := func(want string) {
		t.Helper()
		if got := r.app.top().(*goToPane).input.Value(); got != want {
			t.Errorf("the line is %q, want %q", got, want)
		}
	}
	r.feed("o").sees("s3://odd/", "s3://words/").feed("'wo'", "tab")
	line("s3://words/")
	r.feed("'日'").sees("s3://words/日曜/", "s3://words/日本/").feed("tab")
	line("s3://words/日")
	r.feed("backspace", "'a'").sees("Abc.txt", "abd.txt").feed("tab")
	line("s3://words/a")
	r.feed("backspace", "'x'", "tab")
	line("s3://words/x/")
	r.sees("s3://words/x/one", "s3://words/x/two").feed("down", "down", "enter").sees("▌  two", "s3://words/x/")
}

// A listing that is refused or does not come offers nothing, and does not keep her
// from going on; an answer for what was typed before is not offered.
func TestGoToWithoutAnswers(t *testing.T) {
	s := acme()
	s.noList = true
	s.refuse["LIST s3://acme-reports"] = 403
	newRig(t, s, nil).start(120, 36, true).feed("o", "'acme-reports/20'").misses("acme-reports/2026/").feed("'26/q3/'", "enter").sees("summary.csv")
	r := newRig(t, acme(), nil).start(120, 36, true)
	r.hold = func(m tea.Msg) bool { _, ok := m.(completed); return ok }
	r.feed("o", "'acme-reports/'", "'2026/'")
	r.release()
	r.sees("s3://acme-reports/2026/q3/").misses("readme.md")
}

// slowStore counts who waits for a listing.
type slowStore struct {
	*fakeStore
	under []context.Context
}

func (s *slowStore) ListPage(ctx context.Context, l s3view.Listing) (s3view.Page, error) {
	s.under = append(s.under, ctx)
	return s.fakeStore.ListPage(ctx, l)
}

// However fast she types, one listing at most is under way, and closing the line ends it.
func TestGoToAsksOneAtATime(t *testing.T) {
	s := &slowStore{fakeStore: acme()}
	r := newRig(t, s, nil).start(120, 36, true)
	r.hold = func(m tea.Msg) bool { _, ok := m.(completed); return ok }
	r.feed("o", "'acme-reports/2026/q3/raw/'")
	alive := func() int {
		return len(slices.DeleteFunc(slices.Clone(s.under), func(ctx context.Context) bool { return ctx.Err() != nil }))
	}
	if alive() > 1 || len(s.under) < 2 {
		t.Errorf("%d of %d listings are under way", alive(), len(s.under))
	}
	if r.feed("esc"); alive() != 0 {
		t.Error("a listing goes on behind the closed line")
	}
}

// Back and forward go through all that was visited, each with its row; a new place
// forgets what was forward.
func TestHistoryKeepsRows(t *testing.T) {
	s := wholeAcme()
	r := newRig(t, s, func(c *Config) { c.Start = at("wide/") }).start(120, 36, true)
	var visited []string
	for i := range 6 {
		r.feed("g").feed(slices.Repeat([]string{"down"}, 3*i)...)
		visited = append(visited, fmt.Sprintf("%d/150", 3*i+1))
		r.feed("o", "ctrl+u", "'s3://acme-reports/wide/'", "enter")
	}
	r.sees(last(visited))
	r.feed("backspace").sees("▌  wide/").feed("-").sees(last(visited)).feed("=").sees("▌  wide/")
	r.feed("-", "-", "-").feed("o", "ctrl+u", "'s3://odd/'", "enter", "=").sees("there is nothing to go forward to")
	for range 20 {
		r.feed("-")
	}
	r.sees("this is where it began", "s3://acme-reports/wide/")
}
