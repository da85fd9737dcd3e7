package ui

import (
	"fmt"
	"strings"
	"time"

	"github.com/dustin/go-humanize"

	"s403/s3view"
)

// columns is which columns of the list have room, and how wide the name is.
type columns struct {
	name              int
	size, date, class int // widths; 0: not shown
}

// columnsFor divides w cells, the inside of the list's frame.
func columnsFor(w int, buckets bool) columns {
	c := columns{}
	if w >= 62 {
		c.date = 18
	}
	if w >= 40 && !buckets {
		c.size = 11
	}
	switch {
	case buckets && w >= 48:
		c.class = 16
	case !buckets && w >= 96:
		c.class = 21
	}
	c.name = w - 3 - c.size - c.date - c.class - 1
	return c
}

// listView draws the list in exactly w×h cells.
func (a *App) listView(w, h int) block {
	t, b := a.theme, &a.browse
	f := frame{title: a.listTitle(), status: a.listStatus(), foot: a.listFoot(), focused: !a.sideFocus && len(a.stack) == 0, thumb: b.win.thumb()}
	from, to := b.win.seen()
	cols := columnsFor(w-2, b.at.Root())
	f.lines = append(f.lines, a.listNote(w-4)...)
	for i := from; i < to; i++ {
		f.lines = append(f.lines, a.row(b.entry(i), cols, i == b.win.cursor))
	}
	if b.lens.total() == 0 {
		f.lines = append(f.lines, a.emptyList(w-4)...)
	}
	return t.draw(f, w, h)
}

func (a *App) listTitle() string {
	t := a.theme
	if a.browse.at.Root() {
		return t.Title.Render("buckets")
	}
	return t.Title.Render("keys")
}

// listStatus is what the upper border says: position, order, filter, "more…".
func (a *App) listStatus() string {
	t, b := a.theme, &a.browse
	if b.lens.rows == nil {
		return ""
	}
	var parts []string
	if q := b.lens.query(); q != "" {
		parts = append(parts, t.Accent.Render("/"+t.Clean(q)))
	}
	if n := len(b.taken); n > 0 {
		parts = append(parts, t.Marked.Render(fmt.Sprintf("%s %d", t.Glyphs.Mark, n)))
	}
	if b.lens.sorted() {
		order := "by " + b.lens.orderLabel(t.Glyphs)
		if !b.done {
			order += " of loaded"
		}
		parts = append(parts, t.Dim.Render(order))
	}
	if n := b.lens.total(); n > 0 {
		count := fmt.Sprintf("%s/%s", humanize.Comma(int64(b.win.cursor+1)), humanize.Comma(int64(n)))
		parts = append(parts, t.Text.Render(count))
	}
	if !b.done && b.err == nil && !b.at.Root() && b.pages > 0 {
		parts = append(parts, t.Dim.Render("more"+t.Glyphs.Ellipsis))
	}
	return strings.Join(parts, t.Dim.Render(" "+t.Glyphs.Middot+" "))
}

// listFoot is what the lower border says: how the loading goes.
func (a *App) listFoot() string {
	t, b := a.theme, &a.browse
	switch {
	case b.selecting.busy():
		return t.Dim.Render("looking through " + humanize.Comma(int64(b.lens.loaded())) + " rows" + t.Glyphs.Ellipsis)
	case b.page.busy() && (b.all || b.pages > 1):
		n := b.lens.loaded()
		text := humanize.Comma(int64(n)) + " keys"
		if d := a.fx.now().Sub(b.began).Seconds(); d > 0.2 {
			text += fmt.Sprintf(", %s/s", humanize.Comma(int64(float64(n-b.walk.had)/d)))
		}
		if b.all {
			text += ", esc stops"
		}
		return t.Accent.Render(a.spinner()) + " " + t.Dim.Render(text)
	case b.page.busy():
		return t.Accent.Render(a.spinner()) + " " + t.Dim.Render("listing")
	}
	return ""
}

func (a *App) spinner() string {
	s := a.theme.Glyphs.Spinner
	return s[a.frame%len(s)]
}

// row draws one entry.
func (a *App) row(e s3view.Entry, c columns, selected bool) string {
	t, b := a.theme, &a.browse
	name := t.Clean(b.nameOf(e))
	if name == "" { // consoles make such objects for folders
		name = t.Clean(b.at.Name()) + " itself"
	}
	cursor, style := " ", t.Text
	if selected {
		cursor, style = t.Accent.Render(t.Glyphs.Cursor), t.Bright
	} else if e.Prefix && !b.at.Root() {
		style = t.Accent
	}
	mark := a.rowMark(e)
	line := cursor + mark + " " + style.Render(t.fit(name, c.name))
	if c.size > 0 {
		size := ""
		if !e.Prefix {
			size = bytesShort(e.Size)
		}
		line += t.Text.Render(t.fitRight(size, c.size))
	}
	if c.class > 0 {
		line += "  " + t.Dim.Render(t.fit(t.Clean(e.Class), c.class-2))
	}
	if c.date > 0 {
		line += t.Dim.Render(t.fitRight(shortDate(e.Modified), c.date))
	}
	line += " "
	if selected {
		return t.Selected.Under(line)
	}
	return line
}

// rowMark is the sign before a name: marked by her, refused, or missing.
func (a *App) rowMark(e s3view.Entry) string {
	t, b := a.theme, &a.browse
	switch {
	case b.taken[e.Key]:
		return t.Marked.Render(t.Glyphs.Mark)
	case a.markOf(e) == refused:
		return t.Bad.Render(t.Glyphs.Fail)
	case a.markOf(e) == gone:
		return t.Warn.Render(t.Glyphs.Unknown)
	}
	return " "
}

// markOf is what is known of a row: from a head of this listing, or from one that
// the side pane still has and would show again.
func (a *App) markOf(e s3view.Entry) mark {
	if m := a.browse.state[e.Key]; m != unmarked {
		return m
	}
	if ans, ok := a.side.answers[question{a.browse.place(e), "head"}]; ok {
		return markFor(ans.err)
	}
	return unmarked
}

// remember marks a row by what its HEAD showed.
func (b *browser) remember(at s3view.Location, err *s3view.Error) {
	if at.Bucket != b.at.Bucket {
		return
	}
	if m := markFor(err); m != unmarked {
		b.state[at.Key] = m
	}
}

// markFor is the mark of a row whose HEAD was answered so.
func markFor(err *s3view.Error) mark {
	switch {
	case err == nil:
		return readable
	case err.NotFound():
		return gone
	case err.Status > 0:
		return refused
	}
	return unmarked
}

// bytesShort is a number of bytes with one decimal, in powers of 1,024.
func bytesShort(n int64) string {
	if n < 0 {
		return ""
	}
	if n < 1024 {
		return fmt.Sprintf("%d B", n)
	}
	size, unit := float64(n), 0
	for size >= 1023.95 && unit < len(units)-1 { // so that no size rounds to 1024.0
		size /= 1024
		unit++
	}
	return fmt.Sprintf("%.1f %s", size, units[unit])
}

var units = [...]string{"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"}

func shortDate(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.UTC().Format("2006-01-02 15:04")
}

// listNoteLines is how many lines listNote takes in a list of width w.
func (a *App) listNoteLines(w int) int { return len(a.listNote(w - 4)) }

// listNote stands above rows that are not the whole story: a page that was
// refused, or remembered buckets in place of listed ones.
func (a *App) listNote(w int) []string {
	t, b := a.theme, &a.browse
	if b.err == nil || b.lens.loaded() == 0 {
		return nil
	}
	text := "The next page did not come; " + a.keyOf("refresh") + " asks again. "
	switch {
	case b.err.Login != "":
		text = "This is not all: " + b.err.Message + ". The list goes on by itself once this is done in another terminal:"
	case b.at.Root():
		text = "You may not list buckets (s3:ListAllMyBuckets). These you have visited; " + a.keyOf("go-to") + " goes to any other."
	case b.pages == 0 && b.err.Denied():
		text = "You may not list this prefix (s3:ListBucket). This key was asked for by name; " + a.keyOf("go-to") + " goes to another."
	case b.pages == 0:
		text = "This prefix could not be listed; " + a.keyOf("refresh") + " asks again. " + b.err.Message
	default:
		text += sentence(b.err.Message)
	}
	var out []string
	for i, l := range wrap(t.CleanLine(text), w-2) {
		sign := "  "
		if i == 0 {
			sign = t.Warn.Render(t.Glyphs.Fail) + " "
		}
		out = append(out, " "+sign+t.Text.Render(l))
	}
	if b.err.Login != "" {
		out = append(out, "     "+t.Key.Render(t.CleanLine(b.err.Login)))
	}
	return append(out, "")
}

// emptyList says why there is no row, and what to do.
func (a *App) emptyList(w int) []string {
	t, b := a.theme, &a.browse
	switch {
	case a.connErr != nil:
		return a.notConnected(w)
	case b.err != nil:
		return a.refusedList(w)
	case a.conn == nil || b.page.busy() || b.lens.rows == nil:
		return []string{"", "  " + t.Accent.Render(a.spinner()) + " " + t.Dim.Render("asking"+t.Glyphs.Ellipsis)}
	case b.lens.query() != "":
		return a.lines(w, t.Text, "Nothing here matches "+t.Clean(b.lens.query())+".", "", "esc clears the filter.")
	case b.at.Root():
		return a.lines(w, t.Text, "This account has no buckets.", "", a.keyOf("go-to")+" goes to a bucket of another account.")
	}
	return a.lines(w, t.Text, "There is nothing below "+t.Clean(b.at.String())+".", "",
		"S3 has no folders: a prefix that no key begins with looks just like this.")
}

// lines wraps paragraphs for the inside of the list.
func (a *App) lines(w int, style Style, paragraphs ...string) []string {
	out := []string{""}
	for _, p := range paragraphs {
		for _, l := range wrap(a.theme.CleanLine(p), w-3) {
			out = append(out, "  "+style.Render(l))
		}
	}
	return out
}

// notConnected says why nobody can be asked.
func (a *App) notConnected(w int) []string {
	t := a.theme
	out := []string{"", "  " + t.Bad.Render(t.Glyphs.Fail+" not connected"), ""}
	out = append(out, a.lines(w, t.Text, a.connErr.Error())...)
	return append(out, a.lines(w, t.Dim, a.keyOf("refresh")+" tries again. "+a.keyOf("profile")+" chooses another profile. s403 demo needs no account at all.")...)
}

// refusedList says in place that a listing was refused.
func (a *App) refusedList(w int) []string {
	t, b := a.theme, &a.browse
	if b.err.NoCredentials() {
		return a.noCredentials(w)
	}
	if b.err.Login != "" {
		return a.loginNeeded(b.err, w)
	}
	out := []string{""}
	for _, l := range t.refusalLines(b.err, w-3) {
		out = append(out, "  "+l)
	}
	if !b.err.Denied() {
		return append(out, a.lines(w, t.Dim, a.keyOf("refresh")+" asks again.", a.keyOf("go-to")+" goes elsewhere.")...)
	}
	if b.at.Root() {
		return append(out, a.lines(w, t.Text, "You may not list buckets (s3:ListAllMyBuckets). That says nothing about the buckets themselves.",
			"", "Press "+a.keyOf("go-to")+" and type a bucket that you may read, such as s3://bucket/prefix/. It will be remembered here.")...)
	}
	return append(out, a.lines(w, t.Text, "You may not list "+t.Clean(b.at.String())+" (s3:ListBucket). Keys and deeper prefixes may still be open to you.",
		"", a.keyOf("go-to")+" and a longer prefix or a key goes there.", a.keyOf("why")+" asks why this is refused.")...)
}

// loginNeeded says which command logs in, and that it is being waited for.
func (a *App) loginNeeded(e *s3view.Error, w int) []string {
	t := a.theme
	out := append([]string{"", "  " + t.Warn.Render(t.Glyphs.Fail+" not logged in")}, a.lines(w, t.Text, e.Message+". In another terminal:")...)
	out = append(out, "", "    "+t.Key.Render(t.CleanLine(e.Login)), "")
	wait := "The list opens by itself once it is done; " + a.keyOf("refresh") + " looks at once."
	return append(out, a.lines(w, t.Dim, wait, a.keyOf("profile")+" chooses another profile.")...)
}

// noCredentials is the first screen of somebody who has none.
func (a *App) noCredentials(w int) []string {
	t := a.theme
	out := []string{"", "  " + t.Warn.Render(t.Glyphs.Fail+" no credentials were found"), ""}
	for _, way := range [][2]string{
		{"s403 demo", "a small AWS to try and to learn on: no account, no network"},
		{"aws configure sso", "then s403 --profile NAME"},
		{"s403 --no-sign-request s3://BUCKET", "a public bucket, without credentials"},
		{"s403 --endpoint-url URL", "MinIO, R2, Ceph and other stores, with keys in the environment"},
	} {
		out = append(out, "  "+t.Key.Render(way[0]))
		for _, l := range wrap(way[1], w-6) {
			out = append(out, "    "+t.Dim.Render(l))
		}
	}
	return out
}
