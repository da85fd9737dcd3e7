package ui

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"strconv"
	"strings"

	"charm.land/bubbles/v2/textarea"
	tea "charm.land/bubbletea/v2"

	"s403/diagnose"
	"s403/diagnose/policy"
)

// draftEditor is free play: a policy of the lab in a text field, the linter's
// remarks below it as she types, and the request tried again when she says so.
type draftEditor struct {
	all    []diagnose.Draft
	chosen int
	area   textarea.Model
	fx     effects
	ask    inquiry // her own editor, while it runs
	doc    *policy.Document
	err    error // why the text is no policy
	lint   []policy.Remark
}

// maxPolicy is the size of the largest policy document that S3 takes, in bytes
// (S3 user guide, "Bucket policies": 20 KB).
const maxPolicy = 20 << 10

func newDraftEditor(fx effects, all []diagnose.Draft) *draftEditor {
	d := &draftEditor{all: all, fx: fx, area: textarea.New()}
	d.area.SetStyles(textarea.Styles{})
	d.area.Prompt, d.area.CharLimit, d.area.MaxHeight = "", maxPolicy, 999
	d.area.Focus()
	d.choose(0)
	return d
}

// choose puts another document into the field.
func (d *draftEditor) choose(i int) {
	if len(d.all) == 0 {
		return
	}
	d.chosen = (i + len(d.all)) % len(d.all)
	d.setText(pretty(d.all[d.chosen].Text))
	d.area.MoveToBegin()
}

func (d *draftEditor) setText(s string) {
	d.area.SetValue(s)
	d.check()
}

// check reads the text as a policy and asks the linter.
func (d *draftEditor) check() {
	d.doc, d.err = policy.Parse([]byte(d.area.Value()))
	d.lint = nil
	if d.err == nil && len(d.all) > 0 {
		d.lint = policy.Lint(d.doc, d.all[d.chosen].Kind)
	}
}

func (d *draftEditor) place(w, h int) rect { return whole(w, h) }
func (d *draftEditor) typing() bool        { return true }
func (d *draftEditor) close()              { d.ask.stop() }

func (d *draftEditor) hints() []hint {
	return []hint{{"ctrl+s", "apply, try again"}, {"tab", "other policy"}, {"ctrl+e", "$EDITOR"}, {"esc", "back"}}
}

func (d *draftEditor) update(msg tea.Msg) (intent, tea.Cmd) {
	switch m := msg.(type) {
	case tea.KeyPressMsg:
		return d.press(m)
	case draftWritten:
		return d.written(m)
	case draftEdited:
		return d.edited(m), nil
	case tea.PasteMsg:
		return nil, d.toArea(m)
	}
	return nil, nil
}

func (d *draftEditor) press(m tea.KeyPressMsg) (intent, tea.Cmd) {
	switch m.String() {
	case "esc":
		return closeMe{}, nil
	case "tab":
		d.choose(d.chosen + 1)
		return nil, nil
	case "shift+tab":
		d.choose(d.chosen - 1)
		return nil, nil
	case "ctrl+e":
		ctx, t := d.fx.askFor(&d.ask, editorPatience)
		return nil, d.fx.writeDraft(ctx, t, d.area.Value())
	case "ctrl+s":
		return d.apply(), nil
	}
	return nil, d.toArea(m)
}

func (d *draftEditor) toArea(msg tea.Msg) tea.Cmd {
	var cmd tea.Cmd
	d.area, cmd = d.area.Update(msg)
	d.check()
	return cmd
}

// apply puts the document into the lab. What is no policy stays in the field:
// AWS would not take it either.
func (d *draftEditor) apply() intent {
	if d.err != nil || len(d.all) == 0 {
		return tell{failure, "this is no policy yet: see below the text"}
	}
	at := d.all[d.chosen]
	fix := diagnose.Fix{Title: "your own " + at.Name, Kind: diagnose.FixPolicy, After: []byte(d.area.Value()), Applies: at.Place}
	return both{closeMe{}, applyFix{fix: fix}}
}

func (d *draftEditor) view(t Theme, w, h int) block {
	name := "no policy can be edited here"
	if len(d.all) > 0 {
		at := d.all[d.chosen]
		name = at.Name + "  " + t.Glyphs.Middot + "  " + at.Place.Owner
	}
	out := block{t.spread(" "+t.Title.Render("free play")+"  "+t.Bright.Render(t.Clean(name)),
		t.Dim.Render(strconv.Itoa(d.chosen+1)+" of "+strconv.Itoa(len(d.all)))+" ", w)}
	if h < 8 || w < 20 {
		return t.exactly(out, w, h)
	}
	below := clamp(h/3, 3, 9)
	d.area.SetWidth(w - 4)
	d.area.SetHeight(h - 1 - below - 2)
	text := strings.Split(d.area.View(), "\n")
	out = append(out, t.draw(frame{title: t.Title.Render("policy"), focused: true, pad: 1, lines: text}, w, h-1-below)...)
	return append(out, d.remarks(t, w, below)...)
}

// remarks draws what the linter says, or that it has nothing to say.
func (d *draftEditor) remarks(t Theme, w, h int) block {
	s := &sheet{Theme: t, width: max(w-4, 1)}
	switch {
	case d.err != nil:
		s.hang(t.Bad.Render(t.Glyphs.Fail)+" ", "  ", t.Text, d.err.Error())
	case len(d.lint) == 0:
		s.hang(t.Good.Render(t.Glyphs.Pass)+" ", "  ", t.Text, "A policy, and the linter has no remark. ctrl+s puts it into the lab and tries the request again.")
	}
	for _, r := range d.lint {
		line := "line " + strconv.Itoa(r.Line) + ": " + r.Text
		if r.Instead != "" {
			line += "; meant was perhaps " + r.Instead
		}
		s.hang(t.Warn.Render(t.likely())+" ", "  ", t.Text, line)
	}
	return t.draw(frame{title: t.Dim.Render("remarks"), pad: 1, lines: s.lines}, w, h)
}

// editorPatience is how long her own editor may stay open.
const editorPatience = 1 << 42 // nanoseconds: over an hour

// draftWritten says where the text lies for her own editor to open.
type draftWritten struct {
	ticket ticket
	file   string
	err    error
}

// draftEdited is what her editor left.
type draftEdited struct {
	ticket ticket
	text   string
	err    error
}

// writeDraft puts the text into a file of its own for an editor to open.
func (fx effects) writeDraft(_ context.Context, t ticket, text string) tea.Cmd {
	return func() tea.Msg {
		f, err := os.CreateTemp("", "s403-*.json")
		if err != nil {
			return draftWritten{ticket: t, err: err}
		}
		_, err = f.WriteString(text)
		return draftWritten{t, f.Name(), errors.Join(err, f.Close())}
	}
}

// editDraft runs her editor on the file, reads it back and removes it.
func (fx effects) editDraft(t ticket, file string) tea.Cmd {
	editor := strings.Fields(os.Getenv("EDITOR"))
	if len(editor) == 0 {
		editor = []string{"vi"}
	}
	c := exec.Command(editor[0], append(editor[1:], file)...) //nolint:gosec // her own editor, as git runs it
	return tea.ExecProcess(c, func(err error) tea.Msg {
		text, readErr := os.ReadFile(file) //nolint:gosec // the file that writeDraft made
		_ = os.Remove(file)
		return draftEdited{t, string(text), errors.Join(err, readErr)}
	})
}

func (d *draftEditor) written(m draftWritten) (intent, tea.Cmd) {
	switch {
	case !d.ask.current(m.ticket):
		return nil, nil
	case m.err != nil:
		d.ask.stop()
		return tell{failure, m.err.Error()}, nil
	}
	return nil, d.fx.editDraft(m.ticket, m.file)
}

func (d *draftEditor) edited(m draftEdited) intent {
	if !d.ask.answered(m.ticket) {
		return nil
	}
	if m.err != nil {
		return tell{failure, "the editor: " + m.err.Error()}
	}
	if len(m.text) > maxPolicy {
		return tell{failure, "the text is longer than 20 KB, more than a bucket policy may be"}
	}
	d.setText(strings.TrimRight(m.text, "\n"))
	return nil
}
