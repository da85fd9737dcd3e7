package ui

import (
	"fmt"

	tea "charm.land/bubbletea/v2"
)

// newLessons is the list of the demo's lessons, and of every other scenario
// after them.
func newLessons(list []Scenario) *picker {
	lines := make([]choiceLine, 0, len(list))
	for _, s := range list {
		number := " "
		if s.Number > 0 {
			number = fmt.Sprintf("%d", s.Number)
		}
		lines = append(lines, choiceLine{name: fmt.Sprintf("%2s  %s", number, s.Title), detail: s.Name, in: beginLesson{s.Name}})
	}
	return newPicker("lessons", "type a word of a lesson, or choose one and press enter", lines)
}

func (a *App) openLessons() tea.Cmd {
	a.push(newLessons(a.cfg.Lesson.Scenarios()))
	return nil
}

func needsLab(a *App) string {
	if a.cfg.Lesson == nil {
		return "lessons are in the demo: s403 demo"
	}
	return ""
}
