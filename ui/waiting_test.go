package ui

import (
	"context"
	"errors"
	"testing"

	tea "charm.land/bubbletea/v2"

	"s403/diagnose"
	"s403/s3view"
)

// slowRig is an explorer whose connection is held back until it is released.
func slowRig(t *testing.T, asked *[]string) *rig {
	r := newRig(t, nil, func(c *Config) {
		c.Connect = func(context.Context, Choice) (*Connection, error) {
			return &Connection{Store: acme(), Session: fakeSession{}, Diagnose: eyes{asked: asked}}, nil
		}
		c.Start = s3view.Location{Bucket: "acme-reports", Key: "2026/q3/forecast.parquet"}
	})
	r.hold = func(m tea.Msg) bool { _, ok := m.(connected); return ok }
	return r.start(120, 36, true)
}

// w and m pressed before there is a connection wait for it.
func TestWhyWaitsForTheConnection(t *testing.T) {
	for key, opens := range map[string]string{"w": "why", "m": "what may I do?"} {
		var asked []string
		r := slowRig(t, &asked).feed(key).sees(key + " waits for the connection, esc gives it up")
		r.release()
		r.sees(opens).misses("waits for the connection")
		if len(asked) != 1 {
			t.Errorf("%s: %d diagnoses, want one", key, len(asked))
		}
	}
}

// Another key takes the wish back; so does a connection that cannot be made.
func TestWhatWaitsCanBeGivenUp(t *testing.T) {
	var asked []string
	r := slowRig(t, &asked).feed("w", "esc").sees("not connected", "you stopped it").misses("waits for")
	r.release()
	r = slowRig(t, &asked).feed("w", "j")
	r.release()
	r.sees("forecast.parquet")
	r = slowRig(t, &asked).feed("w")
	r.send(connected{ticket: r.app.dial.ticket, err: errors.New("the profile is gone")})
	r.sees("the profile is gone").misses("waits for")
	r.held = nil
	r.feed("ctrl+r")
	r.release()
	if len(asked) != 0 {
		t.Errorf("diagnosed all the same: %q", asked)
	}
}

// While a lesson is begun, what the one before it showed is not to be seen.
func TestBeginningALessonEmptiesTheList(t *testing.T) {
	var asked []string
	r := slowRig(t, &asked)
	r.release()
	r.sees("forecast.parquet")
	r.app.cfg.Lesson = oneLesson{asked: &asked}
	r.hold = func(m tea.Msg) bool { _, ok := m.(connected); return ok }
	r.do(r.app.begin("one"))
	r.drain()
	r.sees("asking").misses("forecast.parquet").feed("w").sees("w waits for the connection")
	r.release()
	r.sees("why")
	if len(asked) != 1 {
		t.Errorf("%d diagnoses, want one", len(asked))
	}
}

// oneLesson is a lab with a single lesson, over the store that most tests browse.
type oneLesson struct{ asked *[]string }

func (oneLesson) Scenarios() []Scenario {
	s := sampleLessons()[0]
	s.Name, s.Target.Key = "one", "2026/q3/forecast.parquet"
	return []Scenario{s}
}

func (l oneLesson) Connect(context.Context, string) (*Connection, error) {
	return &Connection{Store: acme(), Session: fakeSession{}, Diagnose: eyes{asked: l.asked}}, nil
}

func (l oneLesson) Retry(ctx context.Context, name string) (*Connection, error) {
	return l.Connect(ctx, name)
}
func (oneLesson) Apply(context.Context, diagnose.Fix) error             { return nil }
func (oneLesson) Reset(context.Context) error                           { return nil }
func (oneLesson) OpenToStrangers(context.Context, string) (bool, error) { return false, nil }
