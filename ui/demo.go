package ui

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"s403/diagnose"
)

// openDemo opens the lab: at a scenario's refused object, or at its buckets.
func (a *App) openDemo() tea.Cmd {
	if a.cfg.Scenario != "" {
		return a.begin(a.cfg.Scenario)
	}
	a.openLessons()
	return a.connect(func(ctx context.Context) (*Connection, error) { return a.cfg.Lesson.Connect(ctx, "") })
}

// scenario finds a lesson by its name.
func (a *App) scenario(name string) (Scenario, bool) {
	if a.cfg.Lesson == nil {
		return Scenario{}, false
	}
	for _, s := range a.cfg.Lesson.Scenarios() {
		if s.Name == name {
			return s, true
		}
	}
	return Scenario{}, false
}

// begin enters a scenario: its actor becomes the caller, and the list opens at
// the object that she is refused. The lab is put back first: each lesson begins
// in the world as it was made, whatever was tried in another.
func (a *App) begin(name string) tea.Cmd {
	s, ok := a.scenario(name)
	if !ok {
		a.say(failure, "there is no scenario \""+a.theme.Clean(name)+"\"; s403 lab list names them")
		return nil
	}
	a.lesson, a.course.tried, a.course.retried = name, false, false
	for _, p := range append([]pane(nil), a.stack...) {
		a.drop(p)
	}
	a.past, a.future = nil, nil
	a.conn = nil // the one before her is not to be asked in her name
	a.cfg.Start, a.opened = s.Target, false
	a.browse.empty()
	a.side.forget()
	return a.connect(func(ctx context.Context) (*Connection, error) {
		if err := a.cfg.Lesson.Reset(ctx); err != nil {
			return nil, err
		}
		return a.cfg.Lesson.Connect(ctx, name)
	})
}

// fixApplied says that the lab's world was changed, or why not.
type fixApplied struct {
	ticket ticket
	fix    diagnose.Fix
	err    error
}

func (fx effects) apply(ctx context.Context, t ticket, l Lesson, in applyFix) tea.Cmd {
	return func() tea.Msg {
		for _, fix := range append([]diagnose.Fix{in.fix}, in.also...) {
			if err := l.Apply(ctx, fix); err != nil {
				return fixApplied{t, in.fix, err}
			}
		}
		return fixApplied{t, in.fix, nil}
	}
}

// fixApplied asks everything again: what was refused may be allowed now.
func (a *App) fixApplied(m fixApplied) tea.Cmd {
	if !a.applying.answered(m.ticket) {
		return nil
	}
	if m.err != nil {
		a.say(failure, a.theme.CleanLine(m.err.Error()))
		return nil
	}
	a.course.tried = true
	a.say(success, "applied in the lab: "+a.theme.CleanLine(m.fix.Title))
	return tea.Batch(a.diagnose(a.whyAt), a.browse.refresh(), a.side.again())
}
