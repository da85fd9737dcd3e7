package ui

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"s403/s3view"
)

// crowd connects as several profiles: "dev" and "etl" each have a store of their
// own, everybody else is nobody.
type crowd struct {
	stores map[string]*wholeStore
	dialed []Choice
}

func newCrowd() *crowd {
	c := &crowd{stores: map[string]*wholeStore{"": wholeAcme(), "etl": wholeAcme()}}
	c.stores["etl"].keys["etl-only"] = []string{"a.csv"}
	return c
}

// rig is an explorer that can be any of the crowd, not started yet.
func (c *crowd) rig(t *testing.T, start s3view.Location) *rig {
	t.Helper()
	return newRig(t, nil, func(cfg *Config) {
		cfg.Start = start
		cfg.Connect = func(_ context.Context, chosen Choice) (*Connection, error) {
			c.dialed = append(c.dialed, chosen)
			s := c.stores[chosen.Profile]
			if s == nil {
				return nil, fmt.Errorf("there is no profile %q in ~/.aws/config", chosen.Profile)
			}
			return &Connection{Store: s, Session: fakeSession{}, Diagnose: fakeDiagnoser{}}, nil
		}
		cfg.Profiles = func() []Profile { return []Profile{{Name: "etl", Kind: "keys"}} }
	})
}

func isConnected(m tea.Msg) bool { _, ok := m.(connected); return ok }

// Another profile opens where she is, and not again where the program began.
func TestAnotherProfileStaysWhereSheIs(t *testing.T) {
	c := newCrowd()
	r := c.rig(t, at("2026/q3/")).start(120, 36, true)
	r.feed("backspace", "backspace", "backspace").sees("buckets", "acme-logs")
	r.feed("P", "'etl'", "enter").sees("etl-only", "acme-logs").misses("q3/")
}

// A profile that cannot be connected with says why in place of the rows of the one
// before, which is asked nothing more.
func TestProfileThatCannotConnect(t *testing.T) {
	c := newCrowd()
	r := c.rig(t, at("")).start(120, 36, true).sees("readme.md")
	asked := len(c.stores[""].asked)
	r.feed("P", "'nobody'", "enter").sees("not connected", `there is no profile "nobody" in ~/.aws/config`, "ctrl+r tries again").misses("readme.md")
	r.feed("down", "enter", "]", "/", "esc", "L", "G")
	if got := c.stores[""].asked; len(got) != asked {
		t.Errorf("the store of the profile before was asked %q", got[asked:])
	}
	r.feed("ctrl+r").sees("not connected")
	if n := len(c.dialed); n != 3 || c.dialed[2].Profile != "nobody" {
		t.Errorf("dialed %v", c.dialed)
	}
	r.feed("P", "'etl'", "enter").sees("readme.md", "s3://acme-reports")
}

// esc stops a connection that does not come, and says so.
func TestEscStopsConnecting(t *testing.T) {
	c := newCrowd()
	r := c.rig(t, at(""))
	r.hold = isConnected
	r.start(120, 36, true).sees("connecting…").feed("esc").sees("not connected", "you stopped it", "ctrl+r tries again").misses("connecting…")
	r.release()
	r.misses("readme.md").feed("ctrl+r").sees("readme.md")
	r.hold = isConnected
	r.feed("P", "'etl'", "enter").sees("connecting…").feed("esc").sees("ana@dev", "readme.md").misses("connecting…", "not connected")
	r.release()
	if r.app.choice.Profile != "" {
		t.Errorf("she stays who she was, and the choice is %+v", r.app.choice)
	}
}

// What is told about herself is told as it comes, also in a dialog that is open.
func TestWhoIsToldAsItComes(t *testing.T) {
	r := newCrowd().rig(t, at(""))
	r.hold = func(m tea.Msg) bool { _, ok := m.(identified); return ok }
	r.start(120, 36, true).feed("i").sees("not answered yet")
	r.release()
	r.sees("arn:aws:iam::111122223333:user/ana", "1111-2222-3333").misses("not answered yet")
	copied := ""
	r.app.cfg.Clipboard = func(text string) error { copied = text; return nil }
	if r.feed("y"); copied != "arn:aws:iam::111122223333:user/ana" {
		t.Errorf("copied %q", copied)
	}
	r = newCrowd().rig(t, at(""))
	r.hold = isConnected
	r.start(120, 36, true).feed("i").sees("there is no connection yet")
	r.release()
	r.sees("arn:aws:iam::111122223333:user/ana").misses("no connection")
}

// A go-to that was opened before there was a connection completes once there is one.
func TestGoToBeforeTheConnection(t *testing.T) {
	r := newCrowd().rig(t, s3view.Location{})
	r.hold = isConnected
	r.start(120, 36, true).feed("o", "'acme-l'").misses("s3://acme-logs/")
	r.release()
	r.sees("s3://acme-logs/").feed("tab", "enter").sees("2026/", "s3://acme-logs")
}

// An object that was opened by name, where nothing may be listed, stays there when
// it is asked again, by somebody else, and when she comes back to it.
func TestObjectByNameStays(t *testing.T) {
	c := newCrowd()
	for _, s := range c.stores {
		s.refuse["LIST s3://acme-reports/2026/q3/"] = 403
	}
	r := c.rig(t, at("2026/q3/notes.md").Version("v7")).start(120, 36, true)
	for _, keys := range []string{"", "ctrl+r", "P 'etl' enter", "R 'eu-central-1' enter", "backspace -", "o ctrl+u 's3://odd/' enter alt+left", "= -"} {
		r.feed(strings.Fields(keys)...)
		r.sees("notes.md", "You may not list this prefix")
		if here := r.app.browse.here(); here.VersionID != "v7" {
			t.Errorf("after %q the row is %v", keys, here)
		}
	}
}

// loginSession is a session whose login ends and begins again.
type loginSession struct {
	fakeSession
	logged *bool
}

func (s loginSession) LoggedIn(time.Time) bool { return *s.logged }

// loggedOut refuses pages while nobody is logged in.
type loggedOut struct {
	*wholeStore
	logged *bool
}

func (s loggedOut) ListPage(ctx context.Context, l s3view.Listing) (s3view.Page, error) {
	if !*s.logged {
		return s3view.Page{}, &s3view.Error{Op: "ListObjectsV2", Message: "the SSO session has ended", Login: "aws sso login --profile dev", Err: errors.New("expired")}
	}
	return s.wholeStore.ListPage(ctx, l)
}

// A login that ends while she lists names the command that begins another, keeps
// what is there, and goes on from there by itself.
func TestLoginEndsWhileListing(t *testing.T) {
	logged := true
	s := loggedOut{wholeAcme(), &logged}
	s.pageMax = 60
	looks := 0
	r := newRig(t, nil, func(c *Config) {
		c.Start = at("wide/")
		c.Connect = func(context.Context, Choice) (*Connection, error) {
			return &Connection{Store: s, Session: loginSession{logged: &logged}, Diagnose: fakeDiagnoser{}}, nil
		}
		c.After = func(d time.Duration, msg tea.Msg) tea.Cmd {
			if d != loginPause {
				return func() tea.Msg { return msg }
			}
			if looks++; looks == 5 {
				logged = true
			}
			return func() tea.Msg { return msg }
		}
	}).start(120, 36, true).sees("/120")
	r.hold = func(m tea.Msg) bool { _, ok := m.(loginRested); return ok && looks < 2 }
	logged = false
	r.feed("G").sees("part-119.csv", "aws sso login --profile dev")
	before := slices.Clone(s.asked)
	r.release()
	r.sees("part-119.csv", "120/150", "logged in").misses("aws sso login")
	if again := s.asked[len(before):]; slices.Contains(again, "LIST s3://acme-reports/wide/") {
		t.Errorf("the list was begun anew: %q", again)
	}
}
