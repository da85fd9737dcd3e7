package ui

import (
	"context"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	tea "charm.land/bubbletea/v2"

	"s403/s3view"
)

// fetcher is a store that downloads: *s3view.Store.
type fetcher interface {
	Download(ctx context.Context, at s3view.Location, path string, progress func(done, total int64)) (s3view.Downloaded, error)
}

// downloadPatience is the longest that one object may take.
const downloadPatience = 24 * time.Hour

// fetched is how far the download of one object has come; ended is the last.
type fetched struct {
	ticket      ticket
	done, total int64
	file        s3view.Downloaded
	ended       bool
	err         error
	next        tea.Cmd
}

// download fetches one object into a folder, under a name that is free there.
func (fx effects) download(ctx context.Context, t ticket, s fetcher, at s3view.Location, dir string) tea.Cmd {
	return stream(func(offer func(fetched)) {
		if !fx.files.begin() {
			return // the program ends
		}
		defer fx.files.wait.Done()
		if err := os.MkdirAll(dir, 0o750); err != nil {
			offer(fetched{ticket: t, ended: true, err: fmt.Errorf("the folder %q cannot be made: %w; start s403 in another folder", dir, err)})
			return
		}
		file, err := s.Download(ctx, at, s3view.FreeName(dir, at.Key), func(done, total int64) {
			offer(fetched{ticket: t, done: done, total: total})
		})
		offer(fetched{ticket: t, done: file.Bytes, total: file.Bytes, file: file, ended: true, err: err})
	}, func(m fetched, next tea.Cmd) fetched { m.next = next; return m })
}

// files are the downloads under way. Each has a half file that the program must not
// leave behind.
type files struct {
	mu   sync.Mutex
	over bool
	wait sync.WaitGroup
}

// begin counts one more, which has to call wait.Done; false once the program ends.
func (f *files) begin() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.over {
		return false
	}
	f.wait.Add(1)
	return true
}

// filesPatience is how long the end of the program waits for downloads that were
// given up. Removing a file takes no time but on a disk that does not answer.
const filesPatience = 5 * time.Second

func (f *files) close() {
	f.mu.Lock()
	f.over = true
	f.mu.Unlock()
	_ = within(filesPatience, func() error { f.wait.Wait(); return nil })
}

// transfer is one object of a download.
type transfer struct {
	at          s3view.Location
	done, total int64
	state       string // "", "fetching", "done", "failed", "stopped"
	file        s3view.Downloaded
	err         error
}

// downloadPane fetches objects one after the other.
type downloadPane struct {
	fx    effects
	store fetcher
	dir   string
	list  []transfer
	now   int // index of the one that is fetched
	ask   inquiry
	win   window
	frame int
}

func needsDownload(a *App) string {
	if _, ok := a.browse.store.(fetcher); !ok {
		return "this store cannot be downloaded from"
	}
	if a.cfg.Lesson != nil {
		return "the demo writes no files"
	}
	if len(a.browse.taken) > 0 {
		return ""
	}
	return needsObject(a)
}

// openDownload fetches the marked objects, or the selected one, into the folder
// for downloads. No file that is there is written to: names that are taken get a
// number.
func (a *App) openDownload() tea.Cmd {
	s, _ := a.browse.store.(fetcher)
	dir := a.cfg.Downloads
	if dir == "" {
		dir = "."
	}
	p := &downloadPane{fx: a.fx, store: s, dir: dir}
	if len(a.browse.taken) == 0 {
		p.list = []transfer{{at: a.browse.here()}}
	}
	for _, key := range slices.Sorted(maps.Keys(a.browse.taken)) {
		if row := a.browse.lens.find(key); row >= 0 {
			e := a.browse.lens.rows.Row(row)
			p.list = append(p.list, transfer{at: a.browse.place(e), total: e.Size})
		}
	}
	a.browse.taken = map[string]bool{}
	a.push(p)
	return p.begin()
}

// begin fetches the next object.
func (p *downloadPane) begin() tea.Cmd {
	if p.now >= len(p.list) {
		return nil
	}
	p.list[p.now].state = "fetching"
	ctx, t := p.fx.askFor(&p.ask, downloadPatience)
	return p.fx.download(ctx, t, p.store, p.list[p.now].at, p.dir)
}

func (p *downloadPane) close()              { p.ask.stop() }
func (p *downloadPane) busy() bool          { return p.ask.busy() }
func (p *downloadPane) tick(time.Time)      { p.frame++ }
func (p *downloadPane) place(w, h int) rect { return centered(w, h, 92, min(2*len(p.list)+2, 24)+3) }

func (p *downloadPane) update(msg tea.Msg) (intent, tea.Cmd) {
	switch msg := msg.(type) {
	case fetched:
		return nil, p.fetched(msg)
	case tea.KeyPressMsg:
		switch msg.String() {
		case "esc", "enter":
			if p.busy() {
				p.stop()
				return nil, nil
			}
			return closeMe{}, nil
		case "up", "k":
			p.win.scroll(-1)
		case "down", "j":
			p.win.scroll(1)
		}
	}
	return nil, nil
}

func (p *downloadPane) stop() {
	p.ask.stop()
	for i := range p.list {
		if s := p.list[i].state; s == "" || s == "fetching" {
			p.list[i].state = "stopped"
		}
	}
	p.now = len(p.list)
}

func (p *downloadPane) fetched(m fetched) tea.Cmd {
	if !p.ask.current(m.ticket) || p.now >= len(p.list) {
		return nil
	}
	t := &p.list[p.now]
	t.done, t.total = m.done, max(m.total, t.total)
	if !m.ended {
		return m.next
	}
	p.ask.answered(m.ticket)
	t.state, t.file, t.err = "done", m.file, m.err
	if m.err != nil {
		t.state = "failed"
	}
	p.now++
	return p.begin()
}

func (p *downloadPane) view(t Theme, w, h int) block {
	f := frame{title: t.Title.Render("download"), status: t.Dim.Render(t.fitMost("into "+t.Clean(p.dir), w-20)), focused: true, pad: 1,
		foot: t.Dim.Render(p.sum())}
	var lines []string
	follow := 0
	for i := range p.list {
		if i == p.now {
			follow = len(lines)
		}
		lines = append(lines, p.rows(t, &p.list[i], w-4)...)
	}
	p.win.resize(h-3, len(lines))
	if p.busy() {
		p.win.to(follow)
	}
	from, to := p.win.seen()
	f.lines, f.thumb = append([]string{""}, lines[from:to]...), p.win.thumb()
	return t.draw(f, w, h)
}

// sum counts how the transfers ended: "3 of 5 done, 1 failed".
func (p *downloadPane) sum() string {
	count := map[string]int{}
	for i := range p.list {
		count[p.list[i].state]++
	}
	var out strings.Builder
	fmt.Fprintf(&out, "%d of %d done", count["done"], len(p.list))
	for _, state := range []string{"failed", "stopped"} {
		if n := count[state]; n > 0 {
			fmt.Fprintf(&out, ", %d %s", n, state)
		}
	}
	return out.String()
}

// rows are the lines of one transfer: its name and state, and below what came of it.
func (p *downloadPane) rows(t Theme, tr *transfer, w int) []string {
	sign, right, note, style := " ", t.Dim.Render("waits"), "", t.Dim
	switch tr.state {
	case "fetching":
		sign = t.Accent.Render(t.Glyphs.Spinner[p.frame%len(t.Glyphs.Spinner)])
		right = t.Text.Render(fmt.Sprintf("%s of %s ", bytesShort(tr.done), bytesShort(tr.total))) + t.bar(tr.done, tr.total, 16)
		if tr.total > 0 && tr.done == tr.total {
			right = t.Text.Render("verifies it" + t.Glyphs.Ellipsis)
		}
	case "done":
		sign, right, note = t.Good.Render(t.Glyphs.Pass), t.Text.Render(bytesShort(tr.file.Bytes)), arrival(tr.file)
	case "failed":
		sign, right, note, style = t.Bad.Render(t.Glyphs.Fail), t.Bad.Render("failed"), tr.err.Error(), t.Bad
	case "stopped":
		sign, right = t.Warn.Render(t.Glyphs.Unknown), t.Dim.Render("stopped; nothing is left behind")
	}
	out := []string{sign + " " + t.spread(t.Bright.Render(t.Clean(tr.at.Name())), right, w-2)}
	if note != "" {
		for _, l := range wrap(t.CleanLine(note), w-2) {
			out = append(out, "  "+style.Render(l))
		}
	}
	return out
}

// arrival says where a file is, and how it is known to be the right one.
func arrival(d s3view.Downloaded) string {
	out := d.Path + ", verified: " + d.Verified + " matches"
	if d.Verified == "" {
		out = d.Path + ", only its size was verified: " + d.Unverified
	}
	switch {
	case d.Resumed == 1:
		out += "; the connection broke once"
	case d.Resumed > 1:
		out += fmt.Sprintf("; the connection broke %d times", d.Resumed)
	}
	return out
}

// bar is how much of a whole is done, in w cells.
func (t Theme) bar(done, total int64, w int) string {
	full := 0
	if total > 0 {
		full = int(min(int64(w), done*int64(w)/total))
	}
	return t.Accent.Render(repeat(t.Glyphs.Bar, full)) + t.Border.Render(repeat(t.Glyphs.BarEmpty, w-full))
}

func (p *downloadPane) hints() []hint {
	if p.busy() {
		return []hint{{"esc", "stop"}}
	}
	return []hint{{"esc", "close"}}
}
