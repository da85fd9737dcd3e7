package ui

import tea "charm.land/bubbletea/v2"

// stream runs work beside the screen and brings its news as messages, until work
// returns. with puts into a message the command that awaits the next, which
// whoever takes the message has to return. News that the screen has had no time
// for are skipped, so each must hold all that is known; the last always comes.
func stream[M tea.Msg](work func(offer func(M)), with func(m M, next tea.Cmd) M) tea.Cmd {
	news := make(chan M, 1)
	offer := func(m M) { // from one goroutine at a time
		select {
		case <-news:
		default:
		}
		news <- m
	}
	var next tea.Cmd
	next = func() tea.Msg {
		m, ok := <-news
		if !ok {
			return nil
		}
		return with(m, next)
	}
	return func() tea.Msg {
		go func() {
			defer close(news)
			work(offer)
		}()
		return next()
	}
}
