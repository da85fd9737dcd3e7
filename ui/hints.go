package ui

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"
)

// placedHint is a hint and the cells of its line that it takes.
type placedHint struct {
	hint
	x, w int
}

// fitHints places as many hints as fit into w cells, and always the way out.
func fitHints(hints []hint, w int) []placedHint {
	var out []placedHint
	x, exit := 0, wayOut(hints)
	for i, h := range hints {
		n, kept := h.cells(), 0
		if i < exit {
			kept = hints[exit].cells() + 2
		}
		if n+kept > w-x {
			continue
		}
		out = append(out, placedHint{h, x, n})
		x += n + 2
	}
	return out
}

// wayOut is the index of the hint that leads back: that of esc, else the last.
func wayOut(hints []hint) int {
	if i := slices.IndexFunc(hints, func(h hint) bool { return h.key == "esc" }); i >= 0 {
		return i
	}
	return len(hints) - 1
}

// cells is how wide a hint is.
func (h hint) cells() int { return width(h.key) + 1 + width(h.does) }

// hintLine draws the hints that fit into w cells.
func (t Theme) hintLine(hints []hint, w int) string {
	var parts []string
	for _, h := range fitHints(hints, w) {
		parts = append(parts, t.Key.Render(h.key)+" "+t.Hint.Render(h.does))
	}
	return strings.Join(parts, "  ")
}

// clickFooter does what the hint under the mouse says. A notice hides the hints,
// and a line of input has none.
func (a *App) clickFooter(x int) tea.Cmd {
	if a.notice != nil {
		a.hush()
		return nil
	}
	if _, ok := a.top().(footed); ok {
		return nil
	}
	return a.clickHint(a.hints(), x-1, a.w-2)
}

// clickStrip does what the hint under the mouse says, on the last line of the
// demo's strip.
func (a *App) clickStrip(l layout, x, y int) tea.Cmd {
	if y != l.strip.y+l.strip.h-1 {
		return nil
	}
	const bar = 3 // what stripBlock puts before each line
	return a.clickHint(a.stripHints(), x-bar, l.strip.w-4)
}

// clickHint presses the key of the hint that lies at cell x of a line of w cells.
func (a *App) clickHint(hints []hint, x, w int) tea.Cmd {
	for _, h := range fitHints(hints, w) {
		if x < h.x || x >= h.x+h.w {
			continue
		}
		label := h.key
		if strings.Trim(label, "↑↓←→") == "" && x-h.x < width(label) {
			label = string([]rune(label)[x-h.x]) // two arrows, each a key of its own
		}
		return a.pressLabel(label)
	}
	return nil
}

// pressLabel presses a key by what the hints call it. In the browser that is a key
// of the table, which the configuration may have changed to any other.
func (a *App) pressLabel(label string) tea.Cmd {
	if a.top() == nil {
		for _, act := range a.table {
			if act.Help().Key == label && len(act.Keys()) > 0 {
				return a.act(act)
			}
		}
	}
	if key, ok := keyPress(label); ok {
		return a.press(key)
	}
	return nil
}

// keyCodes are the keys that have names, by the names and signs hints use.
var keyCodes = map[string]rune{
	"enter": tea.KeyEnter, "esc": tea.KeyEscape, "tab": tea.KeyTab, "backspace": tea.KeyBackspace, "space": tea.KeySpace,
	"up": tea.KeyUp, "down": tea.KeyDown, "left": tea.KeyLeft, "right": tea.KeyRight,
	"↑": tea.KeyUp, "↓": tea.KeyDown, "←": tea.KeyLeft, "→": tea.KeyRight,
	"delete": tea.KeyDelete, "insert": tea.KeyInsert, "f1": tea.KeyF1, "f2": tea.KeyF2, "f3": tea.KeyF3, "f4": tea.KeyF4,
	"f5": tea.KeyF5, "f6": tea.KeyF6, "f7": tea.KeyF7, "f8": tea.KeyF8, "f9": tea.KeyF9, "f10": tea.KeyF10, "f11": tea.KeyF11, "f12": tea.KeyF12,
	"pgdown": tea.KeyPgDown, "pgup": tea.KeyPgUp, "home": tea.KeyHome, "end": tea.KeyEnd,
}

// keyPress is the key press that a name such as "w", "ctrl+r" or "↑" stands for;
// ok is false for a label that is no single key, such as "↑↓".
func keyPress(name string) (press tea.KeyPressMsg, ok bool) {
	for _, m := range []struct {
		prefix string
		mod    tea.KeyMod
	}{{"ctrl+", tea.ModCtrl}, {"alt+", tea.ModAlt}, {"shift+", tea.ModShift}} {
		if rest, cut := strings.CutPrefix(name, m.prefix); cut {
			press.Mod, name = press.Mod|m.mod, rest
		}
	}
	if code, named := keyCodes[name]; named {
		press.Code = code
		if name == "space" {
			press.Text = " "
		}
		return press, true
	}
	letters := []rune(name)
	if len(letters) != 1 {
		return tea.KeyPressMsg{}, false
	}
	press.Code = letters[0]
	if press.Mod == 0 {
		press.Text = name
	}
	return press, true
}
