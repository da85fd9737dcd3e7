package ui

import (
	"slices"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
)

// An action is one thing a person can do in the browser. The table of them is
// the key map, the footer, the help and the palette, so none of them can tell
// another story.
type action struct {
	key.Binding
	id      string // its name in config.toml
	name    string // what it does, as the palette and the help say
	short   string // the same in a word, for the footer; empty: not there
	group   string // heading in the help
	waits   bool   // pressed before there is a connection, it waits for it
	run     func(*App) tea.Cmd
	blocked func(*App) string // why not now; "" when it can run; nil: always can
}

// why not now: the short reasons that actions are blocked for.
func (a action) why(app *App) string {
	if a.blocked == nil || a.waits && app.dial.busy() {
		return ""
	}
	return a.blocked(app)
}

// bind makes an action.
func bind(id, group, short, name string, run func(*App) tea.Cmd, blocked func(*App) string, keys ...string) action {
	return action{
		Binding: key.NewBinding(key.WithKeys(keys...), key.WithHelp(showKey(keys[0]), short)),
		id:      id, name: name, short: short, group: group, run: run, blocked: blocked,
	}
}

// do wraps something that needs no command.
func do(f func(*App)) func(*App) tea.Cmd {
	return func(a *App) tea.Cmd { f(a); return nil }
}

// The groups of the help.
const (
	groupMove = "move"
	groupLook = "look"
	groupAsk  = "ask why"
	groupTake = "take"
	groupTool = "program"
)

// actions returns the table with its default keys. Its order is the footer's
// and the help's.
func actions() []action {
	var all []action
	for _, part := range [][]action{askActions(), lookActions(), moveActions(), takeActions(), toolActions()} {
		all = append(all, part...)
	}
	return all
}

func askActions() []action {
	table := []action{
		bind("open", groupMove, "open", "open the selected bucket, prefix or object", (*App).enter, needsRow, "enter", "l", "right"),
		bind("why", groupAsk, "why", "why is it refused? walk the way of the request", (*App).why, needsDiagnosis, "w"),
		bind("matrix", groupAsk, "matrix", "what may I do here? the permission matrix", (*App).matrix, needsDiagnosis, "m"),
		bind("reader", groupAsk, "", "let another profile read the policies for the diagnosis", (*App).openReaders, needsEyes, "E"),
		bind("as", groupAsk, "", "diagnose the request of another principal: an ARN", (*App).openAs, needsEyes, "A"),
		bind("lessons", groupAsk, "lessons", "the lessons of the demo", (*App).openLessons, needsLab, "t"),
		bind("story", groupAsk, "", "the whole story of this lesson", (*App).openStory, needsLesson, "T"),
	}
	for i := range table {
		table[i].waits = table[i].id == "why" || table[i].id == "matrix"
	}
	return table
}

func lookActions() []action {
	return []action{
		bind("filter", groupLook, "filter", "narrow the list: part of a name, or re: and a pattern", (*App).startFilter, needsList, "/"),
		bind("go-to", groupMove, "go to", "go to an s3:// URI, an ARN or a URL", (*App).startGoTo, nil, "o", "ctrl+g"),
		bind("sort", groupLook, "sort", "sort by name, size, date, class", (*App).sortNext, needsList, "s"),
		bind("reverse", groupLook, "", "turn the order around", (*App).sortReverse, needsList, "S"),
		bind("focus", groupLook, "", "go between list and side pane", do((*App).turnFocus), nil, "tab"),
		bind("next-tab", groupLook, "", "the next tab of the side pane", (*App).nextTab, nil, "]", "shift+right"),
		bind("previous-tab", groupLook, "", "the tab before", (*App).previousTab, nil, "[", "shift+left"),
		bind("load-all", groupLook, "", "load every page of this prefix; esc stops", (*App).loadAll, needsMore, "L"),
		bind("refresh", groupLook, "", "ask again: the list, and the selected row", (*App).refresh, nil, "ctrl+r"),
	}
}

func moveActions() []action {
	return []action{
		bind("up", groupMove, "", "one row up", move(-1), nil, "up", "k"),
		bind("down", groupMove, "", "one row down", move(1), nil, "down", "j"),
		bind("parent", groupMove, "", "up to the parent prefix", (*App).parent, needsParent, "backspace", "h", "left"),
		bind("top", groupMove, "", "the first row", moveTo(0), nil, "g", "home", "<"),
		bind("bottom", groupMove, "", "the last loaded row", moveTo(1<<62), nil, "G", "end", ">"),
		bind("half-down", groupMove, "", "half a screen down", page(1, 2), nil, "ctrl+d"),
		bind("half-up", groupMove, "", "half a screen up", page(-1, 2), nil, "ctrl+u"),
		bind("page-down", groupMove, "", "a screen down", page(1, 1), nil, "pgdown", "ctrl+f"),
		bind("page-up", groupMove, "", "a screen up", page(-1, 1), nil, "pgup", "ctrl+b"),
		bind("back", groupMove, "", "back to the place before", (*App).back, needsPast, "alt+left", "-"),
		bind("forward", groupMove, "", "forward again", (*App).forward, needsFuture, "alt+right", "="),
	}
}

func takeActions() []action {
	return []action{
		bind("mark", groupTake, "", "mark the object, for download", do(func(a *App) { a.browse.toggle() }), needsObject, "space"),
		bind("download", groupTake, "", "download the marked objects, or the selected one", (*App).openDownload, needsDownload, "D"),
		bind("preview", groupLook, "preview", "look into the object: its beginning, never more", (*App).openPreview, needsPreview, "p"),
		bind("versions", groupLook, "versions", "the versions of the object, with delete markers", (*App).openVersions, needsVersions, "v"),
		bind("copy", groupTake, "copy", "copy: URI, ARN, URL, ETag, presigned URL, AWS CLI", (*App).openCopy, needsPlace, "y"),
		bind("count", groupTake, "", "count the objects and bytes below the prefix", (*App).openCount, needsWalker, "u"),
		bind("bookmark", groupTake, "", "bookmark the selected place, or take the mark off", (*App).toggleBookmark, needsPlace, "b"),
		bind("places", groupMove, "", "bookmarks and buckets visited lately", (*App).openBookmarks, nil, "B"),
	}
}

func toolActions() []action {
	return []action{
		bind("palette", groupTool, "commands", "every command, by name", (*App).openPalette, nil, ":"),
		bind("help", groupTool, "help", "the keys, all of them", (*App).openHelp, nil, "?"),
		bind("who", groupTool, "", "who am I: credentials, account, region, endpoint", (*App).openWho, nil, "i"),
		bind("profile", groupTool, "", "choose another profile", (*App).openProfiles, notInLab, "P"),
		bind("region", groupTool, "", "choose another region", (*App).openRegion, notInLab, "R"),
		bind("escape", groupTool, "", "stop what is under way, else back out", (*App).escape, nil, "esc"),
		bind("quit", groupTool, "", "quit", func(*App) tea.Cmd { return tea.Quit }, nil, "q"),
	}
}

// showKey is a key as people read it.
func showKey(k string) string {
	switch k {
	case "up":
		return "↑"
	case "down":
		return "↓"
	case "left":
		return "←"
	case "right":
		return "→"
	case "alt+left":
		return "alt+←"
	case "alt+right":
		return "alt+→"
	}
	return k
}

// rebind returns the table with the keys of the configuration. A key that it binds
// is taken from the command that had it; esc leads back whatever else does.
func rebind(table []action, keys map[string][]string) []action {
	taken := map[string]string{}
	for id, mine := range keys {
		for _, k := range mine {
			taken[k] = id
		}
	}
	for i := range table {
		act := &table[i]
		mine, ok := keys[act.id]
		if !ok {
			mine = slices.DeleteFunc(slices.Clone(act.Keys()), func(k string) bool { return taken[k] != "" })
		} else if act.id == "escape" && taken["esc"] == "" {
			mine = append(slices.Clone(mine), "esc")
		}
		act.SetKeys(mine...)
		shown := noKey
		if len(mine) > 0 {
			shown = showKey(mine[0])
		}
		act.SetHelp(shown, act.short)
	}
	return table
}

// noKey stands where the key of a command would, when another has taken it: the
// palette runs it.
const noKey = ":"

// keyOf is the key of an action as it is bound now, for texts that name it.
func (a *App) keyOf(id string) string {
	for _, act := range a.table {
		if act.id == id {
			return act.Help().Key
		}
	}
	return ":"
}

// actionFor returns the action that a key runs.
func (a *App) actionFor(msg tea.KeyPressMsg) (action, bool) {
	for _, act := range a.table {
		if key.Matches(msg, act.Binding) {
			return act, true
		}
	}
	return action{}, false
}

// The reasons that block actions.

func needsRow(a *App) string {
	if _, ok := a.browse.selected(); !ok {
		return "there is no row to open"
	}
	return ""
}

func needsList(a *App) string {
	if a.browse.lens.loaded() == 0 {
		return "the list is empty"
	}
	return ""
}

func needsObject(a *App) string {
	if e, ok := a.browse.selected(); !ok || e.Prefix {
		return "the selected row is no object"
	}
	return ""
}

func needsMore(a *App) string {
	if a.browse.at.Root() || a.browse.done {
		return "every row is here already"
	}
	return ""
}

func needsParent(a *App) string {
	if a.browse.at.Root() {
		return "this is the list of buckets, the topmost place"
	}
	return ""
}

func needsDiagnosis(a *App) string {
	switch {
	case a.conn == nil || a.conn.Diagnose == nil:
		return "there is no connection to diagnose"
	case a.browse.here().Root():
		return "select a bucket or an object first"
	}
	return ""
}

func needsPast(a *App) string {
	if len(a.past) == 0 {
		return "this is where it began"
	}
	return ""
}

func needsFuture(a *App) string {
	if len(a.future) == 0 {
		return "there is nothing to go forward to"
	}
	return ""
}
