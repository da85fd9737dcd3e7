package ui

import (
	"context"
	"testing"

	tea "charm.land/bubbletea/v2"

	"s403/diagnose"
	"s403/s3view"
)

// eyes is a Diagnoser that tells with whose eyes it looks.
type eyes struct {
	reader, as string
	asked      *[]string
}

func (e eyes) Diagnose(_ context.Context, at s3view.Location, emit func(diagnose.Evidence)) {
	*e.asked = append(*e.asked, "reader "+e.reader+" as "+e.as)
	emit(diagnose.Evidence{Target: diagnose.Target{Bucket: at.Bucket, Key: at.Key}, Options: diagnose.Options{AsPrincipal: e.as}})
}

// eyesRig is an explorer whose diagnosis can look with other eyes.
func eyesRig(t *testing.T, asked *[]string) *rig {
	return newRig(t, nil, func(c *Config) {
		c.Connect = func(_ context.Context, chosen Choice) (*Connection, error) {
			through := func(reader, as string) Diagnoser { return eyes{reader, as, asked} }
			return &Connection{Store: acme(), Session: fakeSession{}, Diagnose: through(chosen.Reader, chosen.As), Through: through}, nil
		}
		c.Start = s3view.Location{Bucket: "acme-reports", Key: "2026/q3/forecast.parquet"}
		c.Profiles = func() []Profile {
			return []Profile{{Name: "audit", Kind: "sso", Region: "eu-west-1"}, {Name: "etl", Kind: "role", Role: "arn:aws:iam::111122223333:role/etl"}}
		}
	}).start(120, 36, true)
}

func last(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return list[len(list)-1]
}

func TestReaderPicker(t *testing.T) {
	var asked []string
	r := eyesRig(t, &asked)
	r.feed("E").sees("reader: who else may read the policies", "nobody", "audit", "etl")
	r.feed("'aud'", "enter").sees("ana@dev · reader audit", "w also reads what audit may read")
	r.feed("w")
	if got := last(asked); got != "reader audit as " {
		t.Errorf("the diagnosis looked as %q", got)
	}
	r.feed("E", "enter").misses("reader audit")
	if got := last(asked); got != "reader  as " {
		t.Errorf("taking the reader away made the diagnosis look as %q", got)
	}
	r.feed("esc", ":", "'let another'", "enter", "'ops'").sees("ops", "as typed").feed("enter").sees("reader ops")
	r.feed("P", "'etl'", "enter").sees("reader ops")
}

func TestAsPicker(t *testing.T) {
	var asked []string
	r := eyesRig(t, &asked)
	r.feed("A").sees("as: whose request to diagnose", "myself", "arn:aws:iam::111122223333:role/etl", "profile etl")
	r.feed("'arn:aws:iam::11112222:role/x'").sees("the account in an ARN has 12 digits").feed("enter").sees("whose request")
	r.feed("esc", "A", "'arn:aws:iam::111122223333:role/et'", "enter").sees("as et · 1111-2222-3333")
	r.feed("w")
	if got := last(asked); got != "reader  as arn:aws:iam::111122223333:role/et" {
		t.Errorf("the diagnosis looked as %q", got)
	}
	r.feed("A").sees("asked before").feed("esc", "m", "A", "'myself'", "enter")
	if got := last(asked); got != "reader  as " {
		t.Errorf("the matrix looked as %q", got)
	}
	if got := r.app.memory.Principals; len(got) != 1 {
		t.Errorf("remembered: %q", got)
	}
}

func TestWrongPrincipal(t *testing.T) {
	for text, right := range map[string]bool{
		"arn:aws:iam::111122223333:role/etl":               true,
		"arn:aws:iam::111122223333:user/path/ana":          true,
		"arn:aws-cn:sts::111122223333:assumed-role/r/name": true,
		"arn:aws:iam::111122223333:root":                   true,
		"arn:aws:iam::111122223333:role/":                  false,
		"arn:aws:iam::111122223333:policy/p":               false,
		"arn:aws:s3:::bucket/key":                          false,
		"arn:aws:iam::1111-2222-3333:role/etl":             false,
		"ana":                                              false,
		"":                                                 false,
	} {
		if got := wrongPrincipal(text); (got == "") != right {
			t.Errorf("wrongPrincipal(%q) = %q", text, got)
		}
	}
}

// The panel and the matrix say in their first line whose request it is and who
// else reads, and offer both in the footer.
func TestPanelsNameTheOtherEyes(t *testing.T) {
	for _, key := range []string{"w", "m"} {
		var asked []string
		r := eyesRig(t, &asked).feed(key).sees("E reader", "A as another").misses("as etl", "reader audit")
		r.feed("E", "'audit'", "enter", "A", "'etl'", "enter", "down").sees("as etl · reader audit · ")
		if key == "m" {
			r.sees("what may etl do?")
		}
		r.send(tea.WindowSizeMsg{Width: 60, Height: 16})
		r.sees("as etl · reader audit").feed("A", "enter", "down").misses("as etl")
	}
}

// TestOtherEyesWait: while the panel asks something, its answers alone are keys.
func TestOtherEyesWait(t *testing.T) {
	var asked []string
	r := eyesRig(t, &asked).feed("w").sees("E reader")
	r.feed("y").sees("copy: r the report").misses("E reader", "as another")
	r.feed("E").misses("╭ reader")
}
