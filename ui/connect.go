package ui

import (
	"context"
	"errors"

	tea "charm.land/bubbletea/v2"

	"s403/s3view"
)

// open makes the first connection.
func (a *App) open() tea.Cmd {
	if a.cfg.Lesson != nil {
		return a.openDemo()
	}
	return a.connect(func(ctx context.Context) (*Connection, error) { return a.cfg.Connect(ctx, a.choice) })
}

// connect makes a connection; the place is opened when it is there. Until then the
// one before stays.
func (a *App) connect(open func(context.Context) (*Connection, error)) tea.Cmd {
	ctx, t := a.fx.ask(&a.dial)
	a.connErr, a.renews = nil, false
	return tea.Batch(a.fx.connect(ctx, t, open), a.spin())
}

// reconnect makes another connection and stays where she is.
func (a *App) reconnect(c Choice) tea.Cmd {
	if !a.dial.busy() {
		a.chosen = a.choice
	}
	a.choice = c
	return a.connect(func(ctx context.Context) (*Connection, error) { return a.cfg.Connect(ctx, c) })
}

// renew connects anew as the same person, whose credentials have ended, and goes on
// with a list where it stopped.
func (a *App) renew() tea.Cmd {
	cmd := a.reconnect(a.choice)
	a.renews = true
	return cmd
}

// stopDialling gives up the connection that is being made. The one before it, if
// there is one, stays.
func (a *App) stopDialling() {
	a.dial.stop()
	if a.conn == nil {
		a.connErr = errors.New("you stopped it before there was a connection")
		return
	}
	a.choice = a.chosen
	a.say(info, "stopped; the connection from before stays")
}

// connected opens the place once there is a connection.
func (a *App) connected(m connected) tea.Cmd {
	if !a.dial.answered(m.ticket) {
		return nil
	}
	if m.err != nil {
		a.disconnected(m.err)
		return nil
	}
	if a.renews && a.browse.interrupted() {
		return tea.Batch(a.identify(m.conn), a.browse.load(), a.resume())
	}
	at := a.browse.standing()
	if at.Root() && !a.opened {
		at = a.cfg.Start
	}
	return tea.Batch(a.adopt(m.conn, at), a.resume())
}

// disconnected takes away the rows of the connection before: she is no more who
// could see them.
func (a *App) disconnected(err error) {
	a.conn, a.connErr = nil, err
	if a.waiting != "" {
		a.hush()
	}
	a.probe.stop()
	a.signing.stop()
	a.side.forget()
	a.side.store = nil
	a.browse.lose()
	a.tellWho()
}

// resume runs what waited for the connection.
func (a *App) resume() tea.Cmd {
	id := a.waiting
	if id == "" {
		return nil
	}
	a.hush()
	return a.runByID(id)
}

// adopt makes a connection the one that is browsed with, and opens a place.
func (a *App) adopt(c *Connection, at s3view.Location) tea.Cmd {
	a.opened = true
	return tea.Batch(a.identify(c), a.browse.open(at))
}

// identify makes a connection the one that is browsed with, and asks who that is.
func (a *App) identify(c *Connection) tea.Cmd {
	a.conn = c
	a.browse.store, a.side.store = c.Store, c.Store
	a.side.forget()
	a.signing.stop()
	a.who = who{}
	ctx, t := a.fx.ask(&a.whoAsk)
	cmds := []tea.Cmd{a.fx.identify(ctx, t, c.Session)}
	for _, p := range a.stack {
		if g, ok := p.(*goToPane); ok {
			cmds = append(cmds, g.completeFrom(c.Store))
		}
	}
	a.tellWho()
	return tea.Batch(cmds...)
}

func (a *App) identified(m identified) {
	if a.whoAsk.answered(m.ticket) {
		a.who = who{m.identity, m.credentials, m.err, true}
		a.tellWho()
	}
}

// refresh asks again for what she sees: a page that did not come, else the list; or
// first for credentials, where those are what is missing.
func (a *App) refresh() tea.Cmd {
	switch {
	case a.conn == nil:
		return a.open()
	case a.unsigned():
		return a.renew()
	case a.browse.interrupted():
		return tea.Batch(a.browse.load(), a.side.again())
	}
	return tea.Batch(a.browse.refresh(), a.side.again())
}
