package ui

import (
	"strconv"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"s403/diagnose"
	"s403/s3view"
)

func sampleLessons() []Scenario {
	at := s3view.Location{Bucket: "acme-reports", Key: "2026/q3/summary.csv"}
	return []Scenario{
		{Name: "identity-no-allow", Title: "No policy of hers allows reading", Cause: diagnose.CauseIdentityNoAllow, Story: "Ana is new in the data team.\nNothing that is attached to her says s3:GetObject.", Target: at, Actor: "ana", Number: 1},
		{Name: "identity-wrong-resource", Title: "The Allow names the bucket, not what is in it", Cause: diagnose.CauseIdentityWrongResource, Story: "Ben was given a policy.", Target: at, Actor: "ben", Number: 2},
		{Name: "scp-no-allow", Title: "The organization does not allow S3 in the sandbox", Cause: diagnose.CauseSCPNoAllow, Story: "Cem's account is a sandbox.", Target: at, Actor: "cem", Number: 3},
		{Name: "clock-skew", Title: "The clock is twenty minutes wrong \x1b[31m", Cause: diagnose.CauseClockSkew, Story: "Dora's laptop slept.", Target: at, Actor: "dora"},
	}
}

func TestLessonGoldens(t *testing.T) {
	for _, size := range [][2]int{{40, 9}, {60, 19}, {80, 23}, {120, 35}, {200, 49}, {300, 99}} {
		l := newLessonList(sampleLessons(), lessonState{current: "identity-no-allow", learnt: map[string]bool{"identity-no-allow": true}})
		theme := NewTheme(whyThemes["dark"])
		l.view(theme, size[0], size[1])
		name := "lessons-" + strconv.Itoa(size[0]) + "x" + strconv.Itoa(size[1]+1) + ".txt"
		golden(t, name, ansi.Strip(strings.Join(l.view(theme, size[0], size[1]), "\n"))+"\n")
	}
}

// A story that has no room can be read whole: from the list, and in the lesson.
func TestWholeStory(t *testing.T) {
	long := strings.Repeat("Ana waits for the report. ", 30) + "So it ends."
	var asked []string
	r := newRig(t, nil, func(c *Config) {
		c.Lesson, c.Scenario = toldLesson{oneLesson{&asked}, long}, "one"
	}).start(80, 24, true)
	r.sees("T whole story").misses("So it ends.").feed("T").sees("who asks: ana", "So it ends.")
	r.feed("esc", "t").sees("space story").feed("space").sees("So it ends.")
	r.send(tea.WindowSizeMsg{Width: 40, Height: 10})
	r.feed("esc").sees("space story").feed("space").misses("So it ends.").feed("pgdown", "pgdown", "pgdown", "pgdown").sees("So it ends.")
}

// toldLesson is a lab whose one lesson has a story of its own.
type toldLesson struct {
	oneLesson
	story string
}

func (l toldLesson) Scenarios() []Scenario {
	all := l.oneLesson.Scenarios()
	all[0].Story = l.story
	return all
}

func TestLessonList(t *testing.T) {
	l := newLessonList(sampleLessons(), lessonState{current: "identity-no-allow", learnt: map[string]bool{"identity-no-allow": true}})
	if got := l.press("enter"); got != (beginLesson{"identity-wrong-resource"}) {
		t.Errorf("enter begins %v, not the lesson after the one that is learnt", got)
	}
	if all, learnt := l.lessons(); all != 3 || learnt != 1 {
		t.Errorf("%d of %d lessons", learnt, all)
	}
	if got := l.press("o"); got != nil {
		t.Errorf("o does not ask first: %v", got)
	}
	if got := l.press("n"); got != nil {
		t.Errorf("no is no: %v", got)
	}
	l.press("o")
	if got := l.press("y"); got != (startOver{}) {
		t.Errorf("yes gives %v", got)
	}
	for _, size := range [][2]int{{40, 9}, {1, 1}, {80, 23}, {99, 11}, {300, 99}} {
		for _, look := range whyThemes {
			checkCells(t, "lessons", l.view(NewTheme(look), size[0], size[1]), size[0], size[1])
			checkCells(t, "no lessons", newLessonList(nil, lessonState{}).view(NewTheme(look), size[0], size[1]), size[0], size[1])
		}
	}
}

func TestVerdictOfALesson(t *testing.T) {
	allowed := diagnose.Report{Verdict: diagnose.Verdict{Cause: diagnose.Allowed}}
	refused := diagnose.Report{Verdict: diagnose.Verdict{Cause: diagnose.CauseSCPNoAllow}}
	next := diagnose.Report{Verdict: diagnose.Verdict{Cause: diagnose.CauseKMSPermission}}
	trap := Scenario{Cause: diagnose.CauseSCPNoAllow, Behind: []diagnose.CauseID{diagnose.CauseKMSPermission}}
	tests := []struct {
		name        string
		r           diagnose.Report
		tried, open bool
		kind        noticeKind
		learnt      bool
	}{
		{"mended", allowed, true, false, success, true},
		{"open to strangers", allowed, true, true, failure, false},
		{"still refused", refused, true, false, failure, false},
		{"still refused, and open to strangers", refused, true, true, failure, false},
		{"what waited behind it shows", next, true, false, info, false},
		{"nothing tried yet", refused, false, false, info, false},
		{"allowed from the start is not learnt", allowed, false, false, info, false},
	}
	for _, tt := range tests {
		if kind, text, learnt := verdictOf(trap, tt.r, tt.tried, tt.open); kind != tt.kind || learnt != tt.learnt {
			t.Errorf("%s: %v %q learnt %v", tt.name, kind, text, learnt)
		}
	}
}

// TestLessonFixes: in a lesson the panel offers the lesson's mend where the
// diagnosis has none, the other way to ask, and the wrong turns under their names.
func TestLessonFixes(t *testing.T) {
	mend := diagnose.Fix{Title: "allow it", After: []byte(`{}`), Applies: diagnose.Place{Layer: "identity-based policy", Owner: "arn:aws:iam::111122223333:user/ana"}}
	advice := diagnose.Fix{Title: "ask for the key that is there"}
	retry := &Retry{Advice: "ask otherwise", Words: "for another key", Target: s3view.Location{Bucket: "acme-reports", Key: "other"}}
	ana := diagnose.Report{Caller: diagnose.Identity{ARN: "arn:aws:iam::111122223333:user/ana"}}
	tests := []struct {
		name    string
		cause   diagnose.CauseID
		mend    []diagnose.Fix
		retry   *Retry
		report  diagnose.Report
		offered []diagnose.Fix
		applied []string
		want    string
	}{
		{"the diagnosis has none", diagnose.CauseIdentityNoAllow, []diagnose.Fix{mend}, nil, ana, nil, nil,
			"allow it|a wrong turn: allow s3:HeadObject|a wrong turn: let everybody read the bucket"},
		{"the diagnosis has one", diagnose.CauseIdentityExplicitDeny, []diagnose.Fix{mend}, nil, ana, []diagnose.Fix{mend}, nil,
			"allow it|a wrong turn: allow everything beside what refuses it|a wrong turn: let everybody read the bucket"},
		{"only asking otherwise mends it", diagnose.CauseNoSuchKey, nil, retry, ana, []diagnose.Fix{advice}, nil,
			"ask again: for another key|ask for the key that is there|a wrong turn: let everybody read the bucket"},
		{"a mend, and then another request", diagnose.CauseBucketPolicyExplicitDeny, []diagnose.Fix{mend}, retry, ana, nil, nil,
			"allow it|ask again: for another key|a wrong turn: allow everything beside what refuses it|a wrong turn: let everybody read the bucket"},
		{"the mend was carried out", diagnose.CauseBucketPolicyExplicitDeny, []diagnose.Fix{mend}, retry, diagnose.Report{}, nil, []string{"allow it"},
			"ask again: for another key|a wrong turn: let everybody read the bucket"},
		{"nobody gives the anonymous a policy", diagnose.CauseIdentityNoAllow, []diagnose.Fix{mend}, nil, diagnose.Report{}, nil, nil,
			"allow it|a wrong turn: let everybody read the bucket"},
	}
	for _, tt := range tests {
		s := sampleLessons()[0]
		s.Cause, s.Mend, s.Retry = tt.cause, tt.mend, tt.retry
		var titles []string
		for _, f := range lessonFixes(s, tt.report, tt.offered, (&whyPanel{applied: tt.applied}).untried) {
			titles = append(titles, f.Title)
			if strings.HasPrefix(f.Title, "a wrong turn") && !appliable(f) {
				t.Errorf("%s: %q cannot be applied", tt.name, f.Title)
			}
		}
		if got := strings.Join(titles, "|"); got != tt.want {
			t.Errorf("%s:\n got %s\nwant %s", tt.name, got, tt.want)
		}
	}
}

func TestDraftEditor(t *testing.T) {
	drafts := diagnose.Drafts(matrixEvidence(t))
	if len(drafts) != 3 {
		t.Fatalf("%d drafts, want the bucket policy, her own and a new one", len(drafts))
	}
	d := newDraftEditor(effects{}, drafts)
	theme := NewTheme(whyThemes["dark"])
	for _, size := range [][2]int{{40, 9}, {1, 1}, {80, 23}, {120, 35}} {
		checkCells(t, "editor", d.view(theme, size[0], size[1]), size[0], size[1])
	}
	d.setText(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:HeadObject","Resource":"arn:aws:s3:::b/*"}]}`)
	text := ansi.Strip(strings.Join(d.view(theme, 120, 35), "\n"))
	if !strings.Contains(text, "s3:GetObject") {
		t.Errorf("the linter does not say that s3:HeadObject is s3:GetObject:\n%s", text)
	}
	fix, ok := d.apply().(both)
	if !ok || fix.second.(applyFix).fix.Applies.Owner != "arn:aws:s3:::b" {
		t.Errorf("apply gives %#v", fix)
	}
	d.setText(`{"Version":`)
	if _, ok := d.apply().(tell); !ok {
		t.Error("what is no policy is put into the lab")
	}
}
