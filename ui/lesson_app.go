package ui

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"s403/diagnose"
)

// course is how far she has come in the lessons of the demo.
type course struct {
	learnt  map[string]bool
	changed bool // the lab's world was changed since the lesson began
	ask     inquiry
	report  diagnose.Report // the latest complete one
}

// strangersAsked says whether the lesson's object is open to everybody.
type strangersAsked struct {
	ticket ticket
	open   bool
	err    error
}

// labReset says that the lab's world is as it began, or why not.
type labReset struct {
	ticket ticket
	err    error
}

func (fx effects) strangers(ctx context.Context, t ticket, l Lesson, scenario string) tea.Cmd {
	return func() tea.Msg {
		open, err := l.OpenToStrangers(ctx, scenario)
		return strangersAsked{t, open, err}
	}
}

func (fx effects) reset(ctx context.Context, t ticket, l Lesson) tea.Cmd {
	return func() tea.Msg { return labReset{t, l.Reset(ctx)} }
}

// editDrafts opens policies of the lab to be rewritten by hand.
type editDrafts struct{ drafts []diagnose.Draft }

func (editDrafts) intent() {}

// openLessons shows what there is to learn.
func (a *App) openLessons() tea.Cmd {
	a.push(newLessonList(a.cfg.Lesson.Scenarios(), lessonState{current: a.lesson, learnt: a.course.learnt}))
	return nil
}

func needsLab(a *App) string {
	if a.cfg.Lesson == nil {
		return "lessons are in the demo: s403 demo"
	}
	return ""
}

// judged takes the complete diagnosis of a lesson's object. An allowed request
// is not enough: it must not be open to strangers either.
func (a *App) judged(e diagnose.Evidence) tea.Cmd {
	s, ok := a.scenario(a.lesson)
	if !ok || a.whyAt.String() != s.Target.String() || !a.course.changed {
		return nil
	}
	a.course.report = diagnose.Explain(e)
	ctx, t := a.fx.ask(&a.course.ask)
	return a.fx.strangers(ctx, t, a.cfg.Lesson, a.lesson)
}

func (a *App) strangersAsked(m strangersAsked) {
	if !a.course.ask.answered(m.ticket) {
		return
	}
	open := m.err == nil && m.open
	kind, text, learnt := verdictOf(a.course.report, a.course.changed, open)
	if learnt {
		if a.course.learnt == nil {
			a.course.learnt = map[string]bool{}
		}
		a.course.learnt[a.lesson] = true
	}
	for _, p := range a.stack {
		if w, ok := p.(*whyPanel); ok {
			w.open = open
		}
	}
	if text != "" {
		a.say(kind, text)
	}
}

// startOver puts the lab back as it began.
func (a *App) startOver() tea.Cmd {
	ctx, t := a.fx.ask(&a.course.ask)
	return a.fx.reset(ctx, t, a.cfg.Lesson)
}

func (a *App) labReset(m labReset) tea.Cmd {
	if !a.course.ask.answered(m.ticket) {
		return nil
	}
	if m.err != nil {
		a.say(failure, a.theme.CleanLine(m.err.Error()))
		return nil
	}
	a.course = course{}
	for _, p := range append([]pane(nil), a.stack...) {
		a.drop(p)
	}
	a.say(success, "the lab is as it began")
	a.side.forget()
	return tea.Batch(a.openLessons(), a.browse.refresh(), a.side.again())
}
