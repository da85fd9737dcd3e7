package ui

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"
)

// openReaders offers the profiles that may read policies and settings for the
// diagnosis in the caller's stead: --reader-profile.
func (a *App) openReaders() tea.Cmd {
	if list := a.readers(); list != nil {
		a.pickReader(list)
		return nil
	}
	return a.profiles((*App).pickReader)
}

// readers are those that the connection itself offers; nil where it offers none,
// or was lost while the profiles were read.
func (a *App) readers() []Profile {
	if a.conn == nil {
		return nil
	}
	return a.conn.Readers
}

// pickReader shows the picker. The first line takes a reader away again.
func (a *App) pickReader(list []Profile) {
	with := func(name string) choiceLine {
		c := a.choice
		c.Reader = name
		return choiceLine{name: name, in: lookThrough{c}}
	}
	none := with("")
	none.name, none.detail = "nobody", "read with your own credentials alone"
	lines := []choiceLine{none}
	for _, p := range list {
		line := with(p.Name)
		line.detail, line.key = p.Kind, p.Region
		lines = append(lines, line)
	}
	pick := newPicker("reader: who else may read the policies", "a profile that only reads policies and settings", lines)
	if a.choice.Reader != "" {
		pick.holds(a.choice.Reader)
	}
	if a.readers() == nil {
		pick.free = func(text string) (choiceLine, string) { return with(text), "" }
	}
	a.push(pick)
}

// openAs offers the principals whose request can be diagnosed from policies
// alone: --as. Roles are known from the profiles and from earlier.
func (a *App) openAs() tea.Cmd {
	if a.readers() != nil {
		a.pickAs(nil)
		return nil
	}
	return a.profiles((*App).pickAs)
}

// pickAs shows the picker. An ARN that is typed whole comes before those that
// merely hold it, so that enter never means another principal.
func (a *App) pickAs(list []Profile) {
	as := func(arn string) choiceLine {
		c := a.choice
		c.As = arn
		return choiceLine{name: arn, in: lookThrough{c}}
	}
	none := as("")
	none.name, none.detail = "myself", "diagnose your own request, live"
	lines := []choiceLine{none}
	for _, arn := range a.memory.Principals {
		line := as(arn)
		line.detail = "asked before"
		lines = append(lines, line)
	}
	for _, p := range list {
		if p.Role != "" && !slices.Contains(a.memory.Principals, p.Role) {
			line := as(p.Role)
			line.detail = "profile " + p.Name
			lines = append(lines, line)
		}
	}
	pick := newPicker("as: whose request to diagnose", "arn:aws:iam::ACCOUNT:role/NAME", lines)
	pick.freeFirst = true
	pick.free = func(text string) (choiceLine, string) { return as(text), wrongPrincipal(text) }
	a.push(pick)
}

// wrongPrincipal says why text is no ARN of a user or role; "" when it is one.
// The forms are those of "IAM identifiers" in the IAM User Guide.
func wrongPrincipal(text string) string {
	parts := strings.SplitN(text, ":", 6)
	switch {
	case len(parts) < 6 || parts[0] != "arn":
		return "no ARN yet: write arn:aws:iam::ACCOUNT:role/NAME"
	case parts[2] != "iam" && parts[2] != "sts":
		return "an ARN of " + parts[2] + " names no principal: write arn:aws:iam::ACCOUNT:role/NAME"
	case len(parts[4]) != 12 || strings.Trim(parts[4], "0123456789") != "":
		return "the account in an ARN has 12 digits: arn:aws:iam::111122223333:role/NAME"
	}
	for _, kind := range []string{"user/", "role/", "assumed-role/", "federated-user/", "root"} {
		if strings.HasPrefix(parts[5], kind) && (kind == "root" || len(parts[5]) > len(kind)) {
			return ""
		}
	}
	return "write user/NAME, role/NAME or assumed-role/ROLE/SESSION behind the account"
}

// lookThrough diagnoses through a reader, or as another principal, from now on.
type lookThrough struct{ choice Choice }

func (lookThrough) intent() {}

// lookThrough keeps the connection: only the diagnosis reads with other eyes.
// A diagnosis that is on the screen is made anew.
func (a *App) lookThrough(c Choice) tea.Cmd {
	a.choice = c
	if needsEyes(a) == "" { // else the next connection looks so
		a.conn.Diagnose = a.conn.Through(c.Reader, c.As)
	}
	var keep tea.Cmd
	if c.As != "" {
		a.memory.asked(c.As)
		keep = a.fx.keep(a.cfg.StateFile, a.memory)
	}
	a.say(success, a.eyes())
	if !a.diagnosing() {
		return keep
	}
	if _, matrix := a.top().(*matrixPanel); matrix {
		return tea.Batch(keep, a.survey())
	}
	return tea.Batch(keep, a.diagnose(a.whyAt))
}

// diagnosing tells that a diagnosis or the matrix has the keys, and asks nothing
// of its own: there, too, she may look with other eyes.
func (a *App) diagnosing() bool {
	switch p := a.top().(type) {
	case *whyPanel:
		return p.ask == askNothing
	case *matrixPanel:
		return true
	}
	return false
}

// eyes says in a sentence with whose eyes a diagnosis looks now.
func (a *App) eyes() string {
	c := a.choice
	switch {
	case c.As != "" && c.Reader != "":
		return "w diagnoses the request of " + c.As + ", from what " + c.Reader + " may read"
	case c.As != "":
		return "w diagnoses the request of " + c.As + ", from policies alone"
	case c.Reader != "":
		return "w also reads what " + c.Reader + " may read"
	}
	return "w diagnoses your own request, with your own credentials"
}

// eyed is a pane that rests on a diagnosis, and says with whose eyes it looks.
type eyed interface{ setEyes(c Choice) }

// tellEyes lets the panes know with whose eyes what they show is asked.
func (a *App) tellEyes() {
	for _, p := range a.stack {
		if e, ok := p.(eyed); ok {
			e.setEyes(a.choice)
		}
	}
}

// eyeHints are the keys that choose other eyes, for a footer.
func (a *App) eyeHints() []hint {
	if !a.diagnosing() || needsEyes(a) != "" {
		return nil
	}
	return []hint{{a.keyOf("reader"), "reader"}, {a.keyOf("as"), "as another"}}
}

// eyeParts says in a word each who else reads, and whose request it is.
func (t Theme) eyeParts(c Choice) []string {
	var parts []string
	if c.As != "" {
		parts = append(parts, t.Warn.Render("as "+t.Clean(principalName(c.As))))
	}
	if c.Reader != "" {
		parts = append(parts, t.Text.Render("reader "+t.Clean(c.Reader)))
	}
	return parts
}

// principalName is the end of a principal's ARN, which people know it by.
func principalName(arn string) string {
	if _, name, ok := strings.Cut(arn[strings.LastIndexByte(arn, ':')+1:], "/"); ok && name != "" {
		return name
	}
	return arn
}

func needsEyes(a *App) string {
	if a.conn == nil || a.conn.Through == nil {
		return "there is no connection whose diagnosis could look with other eyes"
	}
	return ""
}
