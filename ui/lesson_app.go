package ui

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"s403/diagnose"
	"s403/s3view"
)

// course is how far she has come in the lessons of the demo.
type course struct {
	learnt  map[string]bool
	tried   bool // something was changed or asked otherwise since the lesson began
	retried bool // the request is made in the lesson's other way
	ask     inquiry
	report  diagnose.Report // the latest complete one
}

// at is the object that the lesson now asks for.
func (c course) at(s Scenario) s3view.Location {
	if c.retried && s.Retry != nil {
		return s.Retry.Target
	}
	return s.Target
}

// retried is the connection for the lesson's other request, or why there is none.
type retried struct {
	ticket ticket
	conn   *Connection
	err    error
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

func (fx effects) retry(ctx context.Context, t ticket, l Lesson, scenario string) tea.Cmd {
	return func() tea.Msg {
		c, err := l.Retry(ctx, scenario)
		return retried{t, c, err}
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

// openStory tells the story of the lesson that is on, whole.
func (a *App) openStory() tea.Cmd {
	if s, ok := a.scenario(a.lesson); ok {
		a.push(storyOf(s))
	}
	return nil
}

func needsLesson(a *App) string {
	if _, ok := a.scenario(a.lesson); !ok {
		return "no lesson is on"
	}
	return ""
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
	if !ok || a.whyAt.String() != a.course.at(s).String() || !a.course.tried {
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
	s, _ := a.scenario(a.lesson)
	open := m.err == nil && m.open
	kind, text, learnt := verdictOf(s, a.course.report, a.course.tried, open)
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

// retryLesson makes the lesson's request in its other way: with other
// credentials, for another key, in another region.
func (a *App) retryLesson() tea.Cmd {
	if a.cfg.Lesson == nil {
		return nil
	}
	ctx, t := a.fx.ask(&a.applying)
	return a.fx.retry(ctx, t, a.cfg.Lesson, a.lesson)
}

// retried takes the connection of the other request: the browser goes where that
// leads, and the walk that is open walks it.
func (a *App) retried(m retried) tea.Cmd {
	s, ok := a.scenario(a.lesson)
	if !a.applying.answered(m.ticket) || !ok || s.Retry == nil {
		return nil
	}
	if m.err != nil {
		a.say(failure, a.theme.CleanLine(m.err.Error()))
		return nil
	}
	a.course.tried, a.course.retried = true, true
	a.whyAt = a.course.at(s)
	for _, p := range a.stack {
		if w, ok := p.(*whyPanel); ok {
			w.uri = a.whyAt.String()
		}
	}
	a.say(info, "asked again: "+a.theme.CleanLine(s.Retry.Words))
	opened := a.adopt(m.conn, a.whyAt)
	return tea.Batch(opened, a.diagnose(a.whyAt))
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
