package ui

import (
	tea "charm.land/bubbletea/v2"
	"github.com/dustin/go-humanize"

	"s403/s3view"
)

// factsPane is a dialog of fields: who am I.
type factsPane struct {
	title  string
	fields []s3view.Field
	copy   string
	win    window
}

// openWho tells the whole story of who asks and where.
func (a *App) openWho() tea.Cmd {
	a.push(&factsPane{title: "who am I"})
	a.tellWho()
	return nil
}

// tellWho tells the dialog that is open what is known by now.
func (a *App) tellWho() {
	for _, p := range a.stack {
		if who, ok := p.(*factsPane); ok {
			who.fields, who.copy = a.whoFields(), a.who.identity.ARN
		}
	}
}

func (a *App) whoFields() []s3view.Field {
	if a.conn == nil {
		return a.nobodyFields()
	}
	w, s := a.who, a.conn.Session
	known := func(name, value string) s3view.Field {
		f := s3view.Field{Name: name, Value: value}
		if value == "" {
			f.State = s3view.NotConfigured
		}
		return f
	}
	var out []s3view.Field
	switch {
	case s.Anonymous():
		out = append(out, known("caller", "anonymous: requests are not signed"))
	case w.err != nil:
		out = append(out, s3view.Field{Name: "caller", State: s3view.Failed, Why: w.err.Error()})
	case !w.known:
		out = append(out, s3view.Field{Name: "caller", State: s3view.Failed, Why: "not answered yet"})
	case !w.identity.Asked:
		out = append(out, s3view.Field{Name: "caller", State: s3view.NotSupported})
	default:
		out = append(out, known("caller", w.identity.ARN), known("account", account(w.identity.Account)), known("user id", w.identity.UserID))
	}
	c := w.credentials
	out = append(out, known("credentials", c.Source), known("profile", c.Profile), known("access key id", c.AccessKeyID))
	for _, hidden := range c.Hidden {
		out = append(out, known("hidden by it", hidden))
	}
	out = append(out, known("session token", yes(c.SessionToken)), a.expiry(c))
	out = append(out, placeFields(s)...)
	if s.Endpoint() == "" {
		out = append(out, known("partition", s.Partition())) // only AWS has those
	}
	return out
}

// nobodyFields tell why there is no connection, and who was to have it.
func (a *App) nobodyFields() []s3view.Field {
	f := s3view.Field{Name: "caller", State: s3view.Failed, Why: "there is no connection yet"}
	if a.connErr != nil {
		f.Why = a.connErr.Error()
	}
	out := []s3view.Field{f}
	for _, chosen := range [][2]string{{"profile", a.choice.Profile}, {"region", a.choice.Region}} {
		if chosen[1] != "" {
			out = append(out, s3view.Field{Name: chosen[0], Value: chosen[1]})
		}
	}
	return out
}

// originTeller is a Session that knows where its settings come from: *s3view.Session.
type originTeller interface{ Origins() []s3view.Origin }

// placeFields tell where requests go: each setting, who made it, and whom it hid.
func placeFields(s Session) []s3view.Field {
	var origins []s3view.Origin
	if teller, ok := s.(originTeller); ok {
		origins = teller.Origins()
	}
	if len(origins) == 0 {
		endpoint := s.Endpoint()
		if endpoint == "" {
			endpoint = "AWS's own"
		}
		return []s3view.Field{{Name: "region", Value: s.Region()}, {Name: "endpoint", Value: endpoint}}
	}
	var out []s3view.Field
	for _, o := range origins {
		f := s3view.Field{Name: o.Name, Value: o.Value}
		if o.Source != "" {
			f.Value += "  from " + o.Source
		}
		out = append(out, f)
		for _, hidden := range o.Hidden {
			out = append(out, s3view.Field{Name: "hidden by it", Value: hidden})
		}
	}
	return out
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

func (a *App) expiry(c s3view.Credentials) s3view.Field {
	f := s3view.Field{Name: "expires"}
	now := a.fx.now()
	switch {
	case c.Expires.IsZero():
		f.Value = "no end is known"
	case c.Expired(now):
		f.State, f.Why = s3view.Failed, "ended "+humanize.RelTime(c.Expires, now, "ago", "")+": log in again"
	default:
		f.Value = c.Expires.UTC().Format("2006-01-02 15:04 UTC") + "  " + humanize.RelTime(c.Expires, now, "", "from now")
	}
	return f
}

func (p *factsPane) close() {}

func (p *factsPane) update(msg tea.Msg) (intent, tea.Cmd) {
	if key, ok := msg.(tea.KeyPressMsg); ok {
		switch key.String() {
		case "esc", "enter", "i":
			return closeMe{}, nil
		case "y":
			if p.copy != "" {
				return copyText{"ARN", p.copy}, nil
			}
		}
	}
	p.win.read(msg)
	return nil, nil
}

func (p *factsPane) place(w, h int) rect {
	wide := centered(w, h, 78, h).w
	return centered(w, h, wide, len(p.lines(Theme{}, wide))+3)
}

func (p *factsPane) lines(t Theme, w int) []string {
	return append([]string{""}, t.fieldLines(p.fields, w-6)...)
}

func (p *factsPane) view(t Theme, w, h int) block {
	lines := p.lines(t, w)
	p.win.resize(h-2, len(lines))
	from, to := p.win.seen()
	return t.draw(frame{title: t.Title.Render(p.title), focused: true, pad: 2, lines: lines[from:to], thumb: p.win.thumb()}, w, h)
}

func (p *factsPane) hints() []hint {
	if p.copy == "" {
		return p.win.readHints(hint{"esc", "close"})
	}
	return p.win.readHints(hint{"y", "copy the ARN"}, hint{"esc", "close"})
}

// regions are those of AWS's standard partition that need no opting in, and the
// ones that do; the picker takes any other name as it is typed.
var regions = []string{
	"us-east-1", "us-east-2", "us-west-1", "us-west-2", "ca-central-1", "ca-west-1", "mx-central-1", "sa-east-1",
	"eu-west-1", "eu-west-2", "eu-west-3", "eu-central-1", "eu-central-2", "eu-north-1", "eu-south-1", "eu-south-2",
	"ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-south-1", "ap-south-2", "ap-southeast-1", "ap-southeast-2",
	"ap-southeast-3", "ap-southeast-4", "ap-southeast-5", "ap-southeast-7", "ap-east-1", "ap-east-2", "me-south-1",
	"me-central-1", "il-central-1", "af-south-1", "cn-north-1", "cn-northwest-1", "us-gov-east-1", "us-gov-west-1", "auto",
}

func (a *App) openRegion() tea.Cmd {
	in := func(region string) choiceLine {
		c := a.choice
		c.Region = region
		return choiceLine{name: region, in: choose{c}}
	}
	lines := make([]choiceLine, 0, len(regions))
	for _, r := range regions {
		lines = append(lines, in(r))
	}
	p := newPicker("region to sign for", "part of a region; buckets elsewhere are followed", lines)
	if a.conn != nil {
		p.win.to(p.holds(a.conn.Session.Region()))
	}
	p.free = func(text string) (choiceLine, string) { return in(text), "" }
	a.push(p)
	return nil
}

func notInLab(a *App) string {
	if a.cfg.Lesson != nil {
		return "the lab has its own people: t chooses a lesson"
	}
	return ""
}

// moment is what she looks at, and as whom.
type moment struct {
	conn *Connection
	at   s3view.Location
	top  pane
}

func (a *App) moment() moment { return moment{a.conn, a.browse.at, a.top()} }

// profilesRead are the profiles of the configuration files, for a picker.
type profilesRead struct {
	asked    moment
	pick     func(*App, []Profile)
	profiles []Profile
}

// profiles reads the configuration files for one of the pickers made from them.
func (a *App) profiles(pick func(*App, []Profile)) tea.Cmd {
	read, asked := a.cfg.Profiles, a.moment()
	return func() tea.Msg {
		m := profilesRead{asked: asked, pick: pick}
		if read != nil {
			m.profiles = read()
		}
		return m
	}
}

// profilesRead opens the picker, unless she has gone on to something else: it would
// take the keys that are meant for that.
func (a *App) profilesRead(m profilesRead) {
	if m.asked == a.moment() {
		m.pick(a, m.profiles)
	}
}

func (a *App) openProfiles() tea.Cmd { return a.profiles((*App).pickProfile) }

// pickProfile offers the profiles. Another profile brings its own region along.
func (a *App) pickProfile(list []Profile) {
	with := func(name string) intent {
		return choose{Choice{Profile: name, Reader: a.choice.Reader, As: a.choice.As}}
	}
	lines := make([]choiceLine, 0, len(list))
	for _, p := range list {
		lines = append(lines, choiceLine{name: p.Name, detail: p.Kind, key: p.Region, in: with(p.Name)})
	}
	pick := newPicker("profile", "a profile of ~/.aws/config", lines)
	pick.none = "there are none: aws configure makes one"
	pick.win.to(pick.holds(a.who.credentials.Profile))
	pick.free = func(text string) (choiceLine, string) { return choiceLine{name: text, in: with(text)}, "" }
	a.push(pick)
}

// toggleBookmark marks the place, or takes the mark off.
func (a *App) toggleBookmark() tea.Cmd {
	at := a.browse.here()
	if a.memory.mark(at) {
		a.say(success, "bookmarked "+a.theme.Clean(at.String()))
	} else {
		a.say(info, "no bookmark any more: "+a.theme.Clean(at.String()))
	}
	return a.fx.keep(a.cfg.StateFile, a.memory)
}

// openBookmarks offers the bookmarks, then the buckets visited lately.
func (a *App) openBookmarks() tea.Cmd {
	var lines []choiceLine
	for _, uri := range a.memory.Bookmarks {
		if at, err := s3view.ParseURI(uri); err == nil {
			lines = append(lines, choiceLine{name: uri, detail: "bookmark", in: goTo{at}})
		}
	}
	for _, b := range a.memory.Recent {
		lines = append(lines, choiceLine{name: "s3://" + b, detail: "visited", in: goTo{s3view.Location{Bucket: b}}})
	}
	a.push(newPicker("places", "part of a place", lines))
	return nil
}
