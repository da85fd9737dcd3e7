package ui

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"s403/diagnose"
	"s403/s3view"
)

// Surveyor is a Diagnoser that also reads the policies that have a say in a
// request which is allowed. Without it the permission matrix knows what a
// diagnosis of the refusal reads, and calls the rest unknown.
type Surveyor interface {
	Survey(ctx context.Context, at s3view.Location, emit func(diagnose.Evidence))
}

// survey lets a Surveyor be asked as a Diagnoser is.
type survey struct{ Surveyor }

func (s survey) Diagnose(ctx context.Context, at s3view.Location, emit func(diagnose.Evidence)) {
	s.Survey(ctx, at, emit)
}

// matrix opens the permission matrix of the selected row.
func (a *App) matrix() tea.Cmd {
	at := a.browse.here()
	a.whyAt = at
	a.push(newMatrix(at.String()))
	return a.survey()
}

// survey asks for everything that the matrix rests on.
func (a *App) survey() tea.Cmd {
	if a.conn == nil || a.conn.Diagnose == nil {
		return nil
	}
	d := a.conn.Diagnose
	if s, ok := d.(Surveyor); ok {
		d = survey{s}
	}
	a.tellEyes()
	ctx, t := a.fx.ask(&a.probe)
	return a.fx.diagnosis(ctx, t, d, a.whyAt)
}
