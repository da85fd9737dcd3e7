package ui

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"s403/s3view"
)

// loginPause is how long it waits before it looks again whether she has logged
// in: long enough to cost nothing, short enough not to be waited for.
const loginPause = 2 * time.Second

// loginWatcher is a Session whose credentials come from a login: it tells, from
// this machine's files alone, whether there is one now.
type loginWatcher interface{ LoggedIn(now time.Time) bool }

type (
	// loginRested says that it is time to look again.
	loginRested struct{ ticket ticket }
	// loginLooked says whether she has logged in.
	loginLooked struct {
		ticket ticket
		done   bool
	}
)

func (fx effects) lookForLogin(t ticket, w loginWatcher) tea.Cmd {
	now := fx.now()
	return func() tea.Msg { return loginLooked{t, w.LoggedIn(now)} }
}

// wantsLogin is the error that only a login mends; nil when there is none.
func (a *App) wantsLogin() *s3view.Error {
	for _, e := range []*s3view.Error{a.browse.err, s3view.AsError(a.who.err)} {
		if e != nil && e.Login != "" {
			return e
		}
	}
	return nil
}

// unsigned tells that nothing can be asked with the credentials as they are, so
// that asking again has to begin with them.
func (a *App) unsigned() bool {
	who := s3view.AsError(a.who.err)
	return a.browse.err != nil && a.browse.err.NotSent() || who != nil && who.NotSent()
}

// watchLogin looks for a login while one is wanted.
func (a *App) watchLogin() tea.Cmd {
	if a.conn == nil || a.wantsLogin() == nil {
		a.login.stop()
		return nil
	}
	if _, ok := a.conn.Session.(loginWatcher); !ok || a.login.busy() {
		return nil
	}
	_, t := a.fx.ask(&a.login)
	return a.fx.after(loginPause, loginRested{t})
}

func (a *App) loginRested(m loginRested) tea.Cmd {
	if !a.login.current(m.ticket) || a.conn == nil {
		return nil // she has chosen other credentials meanwhile
	}
	w, ok := a.conn.Session.(loginWatcher)
	if !ok {
		return nil
	}
	return a.fx.lookForLogin(m.ticket, w)
}

// loginLooked connects anew once she has logged in.
func (a *App) loginLooked(m loginLooked) tea.Cmd {
	if !a.login.answered(m.ticket) || !m.done {
		return nil // watchLogin looks again
	}
	a.say(success, "logged in")
	return a.renew()
}
