package ui

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/dustin/go-humanize"

	"s403/diagnose/policy"
	"s403/s3view"
)

// sideView draws the side pane in exactly w×h cells.
func (a *App) sideView(w, h int) block {
	t, s := a.theme, &a.side
	body := a.sideBody(w - 4)
	s.lines, s.height = len(body), h-2
	first := scrolled(s.scroll, s.lines, s.height)
	return t.draw(frame{
		title: a.sideTitle(w - titleMargin), focused: a.sideFocus && len(a.stack) == 0, pad: 1,
		lines: body[first:], thumb: scroll{first, s.height, s.lines},
		status: a.sideStatus(),
	}, w, h)
}

// titleMargin is what the border keeps free beside the names of the tabs, in cells.
const titleMargin = 8

// sideTitle names the tabs, the open one in the accent; as many as fit.
func (a *App) sideTitle(w int) string {
	t, s := a.theme, &a.side
	tabs := s.tabs()
	if len(tabs) == 0 {
		return t.Title.Render("about")
	}
	var parts []string
	shown := s.tabsShown(w)
	for i := range tabs[:shown] {
		style := t.Dim
		if i == s.open() {
			style = t.Title
		}
		parts = append(parts, style.Render(s.label(i)))
	}
	if shown < len(tabs) {
		parts = append(parts, t.Dim.Render(t.Glyphs.Ellipsis))
	}
	return strings.Join(parts, t.Border.Render(" "+t.Glyphs.Middot+" "))
}

// tabGap is what stands between the names of two tabs, in cells.
const tabGap = 3

// open is the index of the open tab.
func (s *side) open() int { return min(s.tab, len(s.tabs())-1) }

// label is the name of a tab as the title shows it: of the open one in brackets,
// so that it is told without colour.
func (s *side) label(i int) string {
	if name := s.tabs()[i].name; i != s.open() {
		return name
	}
	return "[" + s.tabs()[i].name + "]"
}

// tabsShown is how many tabs a title of w cells names: those that fit, and always
// the open one.
func (s *side) tabsShown(w int) int {
	tabs := s.tabs()
	for i := range tabs {
		if w -= width(s.label(i)) + tabGap; w < 0 && i > s.tab {
			return i
		}
	}
	return len(tabs)
}

// tabAt is the tab whose name lies at cell x of a title of w cells.
func (s *side) tabAt(x, w int) (tab int, ok bool) {
	for i := range s.tabs()[:s.tabsShown(w)] {
		n := width(s.label(i))
		if x >= 0 && x < n {
			return i, true
		}
		x -= n + tabGap
	}
	return 0, false
}

func (a *App) sideStatus() string {
	if a.side.ask.busy() {
		return a.theme.Accent.Render(a.spinner())
	}
	return ""
}

// sideBody is all that the pane has to say, of which a part is seen.
func (a *App) sideBody(w int) []string {
	t, s := a.theme, &a.side
	switch {
	case s.at.Root(), s.at == a.browse.at && a.browse.lens.total() == 0:
		return a.welcome(w)
	case s.at.Key != "" && s.at.IsPrefix() && s.entry.Prefix:
		return a.prefixBody(w)
	}
	out := append([]string{""}, a.nameLines(w)...)
	out = append(out, "")
	ans, ok := s.answers[s.question()]
	switch {
	case !ok && s.off && !s.ask.busy():
		return append(out, t.Dim.Render("heads are turned off; enter asks for this one"))
	case !ok:
		return append(out, a.listedFields(w)...)
	case ans.err != nil:
		return append(out, a.refusedHead(ans.err, w)...)
	case ans.head != nil:
		return append(out, t.headLines(ans.head, w, a.fx.now())...)
	default:
		out = append(out, t.fieldLines(ans.fields, w)...)
		for _, f := range ans.fields {
			out = append(out, t.documentLines(f, w)...)
		}
		return out
	}
}

// documentLines shows the document behind a field, laid out and coloured; below a
// bucket policy stands what people get wrong in such policies.
func (t Theme) documentLines(f s3view.Field, w int) []string {
	if f.Text == "" {
		return nil
	}
	out := []string{"", t.Accent.Render(t.Clean(f.Name))}
	lines := strings.Split(t.cleanLines(pretty([]byte(f.Text))), "\n")
	if coloured, ok := t.Syntax.json(strings.Join(lines, "\n")); ok && len(coloured) >= len(lines) {
		lines = coloured[:len(lines)]
	}
	for _, l := range lines {
		out = append(out, strings.Split(ansi.Hardwrap(l, w, true), "\n")...)
	}
	if f.Name == "policy" {
		out = append(out, t.remarkLines(f.Text, w)...)
	}
	return out
}

// cleanLines is Clean line by line.
func (t Theme) cleanLines(text string) string {
	return strings.Join(each(strings.Split(text, "\n"), t.Clean), "\n")
}

// remarkLines are the remarks on a bucket policy.
func (t Theme) remarkLines(text string, w int) []string {
	doc, err := policy.Parse([]byte(text))
	if err != nil {
		return []string{t.Warn.Render(t.Glyphs.Unknown + " " + t.fitMost(t.CleanLine(err.Error()), w-2))}
	}
	var out []string
	for _, r := range policy.Lint(doc, policy.BucketKind) {
		for i, l := range wrap(t.CleanLine(fmt.Sprintf("line %d: %s", r.Line, r.Text)), w-2) {
			sign := "  "
			if i == 0 {
				sign = t.Warn.Render(t.Glyphs.Unknown) + " "
			}
			out = append(out, sign+t.Text.Render(l))
		}
	}
	return out
}

// nameLines is the whole name, which the list may have cut.
func (a *App) nameLines(w int) []string {
	t := a.theme
	name := t.Clean(a.side.at.Name())
	var out []string
	for i, l := range wrap(name, w) {
		if i == 4 {
			out = append(out, t.Dim.Render(t.Glyphs.Ellipsis))
			break
		}
		out = append(out, t.Bright.Render(l))
	}
	return out
}

// listedFields is what the listing said, while the head is on its way.
func (a *App) listedFields(w int) []string { return a.theme.fieldLines(a.listed(), w) }

func (a *App) listed() []s3view.Field {
	e := a.side.entry
	if a.side.at.Key == "" {
		return nil
	}
	var f []s3view.Field
	if e.Size >= 0 {
		f = append(f, s3view.Field{Name: "size", Value: strconv.FormatInt(e.Size, 10)})
	}
	if !e.Modified.IsZero() {
		f = append(f, s3view.Field{Name: "modified", Value: e.Modified.UTC().Format("2006-01-02 15:04:05 UTC")})
	}
	if e.Class != "" {
		f = append(f, s3view.Field{Name: "storage class", Value: e.Class})
	}
	return f
}

func (a *App) prefixBody(w int) []string {
	t := a.theme
	out := append([]string{""}, a.nameLines(w)...)
	out = append(out, "", t.Dim.Render("prefix"), "")
	for _, l := range wrap("A prefix is the beginning that keys share. It is no thing of its own: it has no size, date or permission.", w) {
		out = append(out, t.Text.Render(l))
	}
	return append(out, "", t.Key.Render("enter")+t.Dim.Render(" lists what is below it"))
}

// refusedHead says what a refused HEAD says, which is little, and offers more.
func (a *App) refusedHead(e *s3view.Error, w int) []string {
	t := a.theme
	out := t.refusalLines(e, w)
	out = append(out, "")
	if e.Op == "HeadObject" && e.Status >= 400 {
		for _, l := range wrap("The answer to a HEAD has no body, so S3 gives no reason.", w) {
			out = append(out, t.Text.Render(l))
		}
		out = append(out, "")
	}
	if e.Diagnosable() {
		out = append(out, t.Key.Render(a.keyOf("why"))+t.Text.Render(" finds out why"), "")
	} else {
		out = append(out, t.Key.Render(a.keyOf("refresh"))+t.Text.Render(" asks again"), "")
	}
	var f []s3view.Field
	if e.RequestID != "" {
		f = append(f, s3view.Field{Name: "request id", Value: e.RequestID})
	}
	return append(out, t.fieldLines(append(f, a.listed()...), w)...)
}

// headLines shows a head: every field, then the metadata.
func (t Theme) headLines(h *s3view.Head, w int, now time.Time) []string {
	fields := make([]s3view.Field, 0, len(h.Fields)+1)
	for _, f := range h.Fields {
		if f.Name == "modified" {
			f.Value += "  " + t.ago(h.Modified, now)
		}
		fields = append(fields, f)
	}
	if h.Moved != "" {
		fields = append(fields, s3view.Field{Name: "found in", Value: h.Moved})
	}
	label := t.labelWidth(append(fields[:len(fields):len(fields)], h.Metadata...), w)
	out := t.labelled(fields, label, w)
	out = append(out, "", t.Accent.Render("metadata"))
	if len(h.Metadata) == 0 {
		return append(out, t.Dim.Render("none"))
	}
	return append(out, t.labelled(h.Metadata, label, w)...)
}

func (t Theme) ago(at, now time.Time) string {
	if at.IsZero() || at.After(now) {
		return ""
	}
	return humanize.RelTime(at, now, "ago", "")
}

// fieldLines shows fields with dim labels and bright values; what is not known
// says why, in words and with a sign.
func (t Theme) fieldLines(fields []s3view.Field, w int) []string {
	return t.labelled(fields, t.labelWidth(fields, w), w)
}

// labelWidth is how wide the column of labels is.
func (t Theme) labelWidth(fields []s3view.Field, w int) int {
	label := 0
	for _, f := range fields {
		label = max(label, width(t.Clean(f.Name)))
	}
	return min(label, max(10, min(22, w*9/20)))
}

func (t Theme) labelled(fields []s3view.Field, label, w int) []string {
	out := make([]string, 0, len(fields))
	for _, f := range fields {
		room := w - label - 2
		if f.State == s3view.Denied || f.State == s3view.Failed {
			out = append(out, t.unread(f, label, w)...)
			continue
		}
		long := width(t.Clean(f.Name)) > label
		if long { // it gets lines of its own
			for _, l := range wrap(t.Clean(f.Name), w) {
				out = append(out, t.Dim.Render(l))
			}
		}
		for i, l := range t.fieldValue(f, room) {
			name := ""
			if i == 0 && !long {
				name = t.Clean(f.Name)
			}
			out = append(out, t.Dim.Render(t.fit(name, label))+"  "+l)
		}
	}
	return out
}

// fieldValue is a field's value in lines of w cells.
func (t Theme) fieldValue(f s3view.Field, w int) []string {
	switch f.State {
	case s3view.Known:
	case s3view.NotConfigured:
		return []string{t.Dim.Render("not configured")}
	case s3view.NotSupported:
		return []string{t.Dim.Render("not supported here")}
	}
	value, note := f.Value, ""
	if f.Name == "size" {
		value, note = sizeWords(f.Value)
	} else if before, after, ok := strings.Cut(f.Value, "  "); ok {
		value, note = before, after
	}
	var out []string
	for _, l := range wrap(t.Clean(value), w) {
		out = append(out, t.Bright.Render(l))
	}
	if note != "" {
		if last := len(out) - 1; width(out[last])+2+width(note) <= w {
			out[last] += "  " + t.Dim.Render(t.Clean(note))
		} else {
			out = append(out, t.Dim.Render(t.fitMost(t.Clean(note), w)))
		}
	}
	return out
}

// unread is a field that was denied or failed. Why stands beside its state where
// it fits there, else below, over the whole width: names of actions are long.
func (t Theme) unread(f s3view.Field, label, w int) []string {
	style, state := t.Bad, t.Glyphs.Fail+" denied"
	if f.State == s3view.Failed {
		style, state = t.Warn, t.Glyphs.Unknown+" failed"
	}
	name, why := t.Dim.Render(t.fit(t.Clean(f.Name), label))+"  ", t.CleanLine(f.Why)
	room := w - label - 2
	line := name + style.Render(t.fitMost(state, room))
	if why == "" {
		return []string{line}
	}
	if width(state)+2+width(why) <= room {
		return []string{line + "  " + t.Dim.Render(why)}
	}
	out := []string{line}
	for _, l := range wrap(why, w-2) {
		out = append(out, "  "+t.Dim.Render(l))
	}
	return out
}

// sizeWords reads a number of bytes as people do, with the exact number beside.
func sizeWords(bytes string) (short, exact string) {
	n, err := strconv.ParseInt(bytes, 10, 64)
	if err != nil {
		return bytes, ""
	}
	if n < 1024 {
		return fmt.Sprintf("%d bytes", n), ""
	}
	return bytesShort(n), humanize.Comma(n) + " bytes"
}

// welcome is what the side pane shows where no row is selected.
func (a *App) welcome(w int) []string {
	t := a.theme
	out := []string{"", t.Bright.Render("s403"), ""}
	for _, l := range wrap("An S3 explorer that answers why a request got a 403.", w) {
		out = append(out, t.Text.Render(l))
	}
	out = append(out, "")
	for _, h := range []hint{{a.keyOf("go-to"), "go to s3://bucket/prefix/"}, {a.keyOf("who"), "who am I here?"}, {a.keyOf("palette"), "every command"}, {a.keyOf("help"), "every key"}} {
		out = append(out, t.Key.Render(t.fit(h.key, 3))+t.Dim.Render(h.does))
	}
	return out
}
