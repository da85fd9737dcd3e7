package ui

import (
	"context"
	"fmt"
	"time"

	tea "charm.land/bubbletea/v2"

	"s403/s3view"
)

// linker is a store that can name its places in other languages: *s3view.Store.
type linker interface {
	ARN(at s3view.Location) string
	URL(at s3view.Location) string
	CLI(at s3view.Location) string
	DownloadCLI(at s3view.Location) string
	Presign(ctx context.Context, at s3view.Location, life time.Duration) (link string, ends time.Time, err error)
}

// presignLife is how long the presigned URLs of the copy menu are valid.
const presignLife = time.Hour

// presign asks for a presigned URL to copy.
type presign struct{ at s3view.Location }

func (presign) intent() {}

func needsPlace(a *App) string {
	if a.browse.here().Root() {
		return "select something first"
	}
	return ""
}

// openCopy offers everything about the selected row that people paste elsewhere.
func (a *App) openCopy() tea.Cmd {
	at := a.browse.here()
	var lines []choiceLine
	add := func(key, what, text string) {
		if text != "" {
			lines = append(lines, choiceLine{key: key, name: what, detail: text, in: copyText{what, text}})
		}
	}
	add("u", "URI", at.String())
	add("k", "key", at.Key)
	l, links := a.browse.store.(linker)
	if links {
		add("a", "ARN", l.ARN(at))
		add("l", "URL", l.URL(at))
	}
	if h := a.side.head(); h != nil {
		add("e", "ETag", h.ETag)
	}
	if links {
		if !at.IsPrefix() {
			lines = append(lines, choiceLine{key: "p", name: "presigned URL", detail: "valid 1 hour; whoever has it may read the object", in: presign{at}})
			add("d", "AWS CLI: download", l.DownloadCLI(at))
		}
		add("c", "AWS CLI: look", l.CLI(at))
	}
	p := newPicker("copy", "", lines)
	p.quick = true
	a.push(p)
	return nil
}

// presigned is a link that was made, or why not.
type presigned struct {
	ticket ticket
	link   string
	ends   time.Time
	err    error
}

func (fx effects) presign(ctx context.Context, t ticket, l linker, at s3view.Location) tea.Cmd {
	return func() tea.Msg {
		link, ends, err := l.Presign(ctx, at, presignLife)
		return presigned{t, link, ends, err}
	}
}

// presignFor makes the link; it is only ever copied, never shown.
func (a *App) presignFor(at s3view.Location) tea.Cmd {
	l, ok := a.browse.store.(linker)
	if !ok {
		return nil
	}
	ctx, t := a.fx.ask(&a.signing) // credentials may have to be fetched for it
	return a.fx.presign(ctx, t, l, at)
}

func (a *App) presigned(m presigned) tea.Cmd {
	if !a.signing.answered(m.ticket) {
		return nil // signed as somebody whom she is no more
	}
	if m.err != nil {
		a.say(failure, m.err.Error())
		return nil
	}
	what := fmt.Sprintf("presigned URL, valid until %s UTC,", m.ends.UTC().Format("2006-01-02 15:04"))
	if m.ends.Before(a.fx.now().Add(presignLife - time.Minute)) {
		what = fmt.Sprintf("presigned URL, valid until %s UTC, when these credentials end,", m.ends.UTC().Format("2006-01-02 15:04"))
	}
	return a.fx.copy(a.cfg.Clipboard, what, m.link)
}
