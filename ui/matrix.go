package ui

import (
	"strconv"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"s403/diagnose"
)

// matrixPanel answers "what may I do here?" as k9s does for its verbs: the
// actions of S3 down the side, and for each whether this caller may, and how
// that is known. Reads that were made tell by their answer; everything else is
// worked out from the policies. Nothing is tried out, least of all a write.
type matrixPanel struct {
	uri   string
	eyes  Choice // who else reads, and whose permissions these are
	rows  []matrixRow
	win   window
	busyN int  // calls answered so far
	done  bool // every answer is there
	frame int
}

// may is what a caller may do.
type may uint8

const (
	mayUnknown may = iota
	mayAllowed
	mayDenied
)

// matrixAction is one action of the matrix.
type matrixAction struct {
	name     string // of the IAM action, without "s3:"
	does     string
	onBucket bool
	answer   func(*diagnose.Evidence) (state diagnose.State, source diagnose.Exchange) // nil: no read of ours needs it
}

// matrixRow is an action and what is known of it.
type matrixRow struct {
	matrixAction
	may may
	how string
}

// newMatrix returns a matrix for the place at uri that waits for evidence.
func newMatrix(uri string) *matrixPanel { return &matrixPanel{uri: uri} }

// matrixActions are what people do with objects and buckets, reading first.
var matrixActions = []matrixAction{
	{"GetObject", "read it: GET and HEAD", false, func(e *diagnose.Evidence) (diagnose.State, diagnose.Exchange) { return answered(e.Get) }},
	{"GetObjectVersion", "read a version of it", false, nil},
	{"GetObjectTagging", "read its tags", false, func(e *diagnose.Evidence) (diagnose.State, diagnose.Exchange) {
		return e.ObjectTags.State, e.ObjectTags.Source
	}},
	{"GetObjectAcl", "read its ACL", false, func(e *diagnose.Evidence) (diagnose.State, diagnose.Exchange) {
		return e.ObjectACL.State, e.ObjectACL.Source
	}},
	{"PutObject", "write it", false, nil},
	{"DeleteObject", "delete it", false, nil},
	{"DeleteObjectVersion", "delete a version of it", false, nil},
	{"RestoreObject", "bring it back from the archive", false, nil},
	{"PutObjectTagging", "tag it", false, nil},
	{"PutObjectAcl", "change its ACL", false, nil},
	{"ListBucket", "list the keys", true, func(e *diagnose.Evidence) (diagnose.State, diagnose.Exchange) {
		return e.Listing.State, e.Listing.Source
	}},
	{"ListBucketVersions", "list the versions", true, nil},
	{"GetBucketLocation", "ask for its region", true, nil},
	{"GetBucketPolicy", "read the bucket policy", true, func(e *diagnose.Evidence) (diagnose.State, diagnose.Exchange) {
		return e.BucketPolicy.State, e.BucketPolicy.Source
	}},
	{"GetBucketAcl", "read its ACL", true, func(e *diagnose.Evidence) (diagnose.State, diagnose.Exchange) {
		return e.BucketACL.State, e.BucketACL.Source
	}},
	{"GetBucketPublicAccessBlock", "read Block Public Access", true, func(e *diagnose.Evidence) (diagnose.State, diagnose.Exchange) {
		return e.PublicAccess.State, e.PublicAccess.Source
	}},
	{"GetBucketOwnershipControls", "read who owns new objects", true, func(e *diagnose.Evidence) (diagnose.State, diagnose.Exchange) {
		return e.Ownership.State, e.Ownership.Source
	}},
	{"GetEncryptionConfiguration", "read the default encryption", true, func(e *diagnose.Evidence) (diagnose.State, diagnose.Exchange) {
		return e.Encryption.State, e.Encryption.Source
	}},
	{"GetBucketVersioning", "read whether versions are kept", true, nil},
	{"PutBucketPolicy", "change the bucket policy", true, nil},
	{"DeleteBucket", "delete the bucket", true, nil},
}

// answered turns the answer to a twin of the request into a state.
func answered(f diagnose.Fact[diagnose.Answer]) (diagnose.State, diagnose.Exchange) {
	switch {
	case !f.Known():
		return f.State, f.Source
	case f.Value.Allowed():
		return diagnose.Known, f.Source
	case f.Value.Status == 403 || f.Value.Status == 401:
		return diagnose.Denied, f.Source
	default:
		return diagnose.Failed, f.Source
	}
}

// setEvidence works the matrix out anew.
func (m *matrixPanel) setEvidence(e diagnose.Evidence) {
	m.rows, m.busyN, m.done = nil, len(e.Exchanges), e.Done
	for _, a := range matrixActions {
		if e.Target.Key == "" && !a.onBucket {
			continue
		}
		m.rows = append(m.rows, judgeAction(e, a))
	}
}

// judgeAction tells whether the caller may: by the answer to a read of hers
// where there was one, else by the policies.
func judgeAction(e diagnose.Evidence, a matrixAction) matrixRow {
	row := matrixRow{matrixAction: a}
	if a.answer != nil {
		state, source := a.answer(&e)
		if !source.Reader {
			switch state {
			case diagnose.Known, diagnose.Absent:
				row.may, row.how = mayAllowed, "answered: "+source.Operation+" "+strconv.Itoa(source.Status)
				return row
			case diagnose.Denied:
				row.may, row.how = mayDenied, "answered: "+source.Operation+" "+strconv.Itoa(source.Status)
				return row
			}
		}
	}
	if !e.Store.AWS() {
		row.how = "this store's policies were not read"
		return row
	}
	s := diagnose.Permission(e, "s3:"+a.name, a.onBucket)
	row.may, row.how = weighed(s)
	return row
}

// weighed turns what the policies say into what may be claimed of it.
func weighed(s diagnose.Supposition) (may, string) {
	says := "the " + s.DecidedBy + " " + map[string]string{
		"allow": "allows it", "explicit-deny": "denies it", "implicit-deny": "does not allow it",
	}[s.Effect]
	switch {
	case s.Certain && s.Effect == "allow":
		return mayAllowed, "computed: " + says
	case s.Certain:
		return mayDenied, "computed: " + says
	case len(s.Unread) > 0:
		return mayUnknown, "not read: " + strings.Join(s.Unread, ", ") + "; of the rest " + says
	default:
		return mayUnknown, "hinges on what only AWS sees: " + strings.Join(s.Unseen, ", ")
	}
}

// setEyes says with whose eyes the answers are had.
func (m *matrixPanel) setEyes(c Choice) { m.eyes = c }

func (m *matrixPanel) place(w, h int) rect { return whole(w, h) }
func (m *matrixPanel) close()              {}
func (m *matrixPanel) busy() bool          { return !m.done }
func (m *matrixPanel) tick(time.Time)      { m.frame++ }

func (m *matrixPanel) hints() []hint {
	if !m.done {
		return []hint{{"esc", "stop asking"}, {"↑↓", "scroll"}}
	}
	return []hint{{"↑↓", "scroll"}, {"y", "copy"}, {"r", "ask again"}, {"esc", "back"}}
}

func (m *matrixPanel) update(msg tea.Msg) (intent, tea.Cmd) {
	switch k := msg.(type) {
	case tea.KeyPressMsg:
		return m.press(k.String()), nil
	case tea.MouseWheelMsg:
		if k.Mouse().Button == tea.MouseWheelUp {
			m.win.by(-3)
		} else {
			m.win.by(3)
		}
	}
	return nil, nil
}

func (m *matrixPanel) press(key string) intent {
	switch key {
	case "up", "k":
		m.win.by(-1)
	case "down", "j":
		m.win.by(1)
	case "pgdown", "ctrl+d", "space":
		m.win.by(max(m.win.height-1, 1))
	case "pgup", "ctrl+u":
		m.win.by(-max(m.win.height-1, 1))
	case "g", "home":
		m.win.to(0)
	case "G", "end":
		m.win.to(len(m.rows) - 1)
	case "y":
		return copyText{"the matrix", m.text()}
	case "r", "ctrl+r":
		m.done = false
		return surveyAgain{}
	case "esc", "q", "backspace", "m":
		if !m.done {
			m.done = true
			return stopDiagnosis{}
		}
		return closeMe{}
	}
	return nil
}

// surveyAgain asks for everything that the matrix rests on once more.
type surveyAgain struct{}

func (surveyAgain) intent() {}

// text is the matrix for the clipboard, tab-separated.
func (m *matrixPanel) text() string {
	var b strings.Builder
	for _, r := range m.rows {
		b.WriteString("s3:" + r.name + "\t" + r.may.String() + "\t" + r.how + "\n")
	}
	return b.String()
}

func (y may) String() string {
	return [...]string{mayUnknown: "unknown", mayAllowed: "allowed", mayDenied: "denied"}[y]
}

// sign gives the sign of what a caller may do and its style.
func (t Theme) may(y may) (string, Style) {
	switch y {
	case mayAllowed:
		return t.Glyphs.Pass, t.Good
	case mayDenied:
		return t.Glyphs.Fail, t.Bad
	default:
		return t.Glyphs.Skip, t.Warn
	}
}

func (m *matrixPanel) view(t Theme, w, h int) block {
	state := t.headEnd(m.eyes, w/2-2, plural(m.busyN, "call"))
	if !m.done {
		state = t.Accent.Render(t.spin(m.frame)) + " " + state
	}
	left := " " + t.Title.Render(m.question(t)) + "  "
	out := block{t.spread(left+t.Bright.Render(strings.TrimRight(t.fitTail(t.Clean(m.uri), max(w-width(left)-width(state)-3, 8)), " ")), state+" ", w)}
	if h < 3 {
		return t.exactly(out, w, h)
	}
	detail := m.detail(t, w-4, h-3)
	m.win.resize(max(h-3-len(detail), 1), len(m.rows))
	from, to := m.win.seen()
	lines := make([]string, 0, to-from)
	for i := from; i < to; i++ {
		lines = append(lines, m.line(t, m.rows[i], i == m.win.cursor, w-2))
	}
	if len(m.rows) == 0 {
		lines = append(lines, "  "+t.Dim.Render("Asking who you are and reading the policies that have a say."))
	}
	for len(detail) > 0 && len(lines) < h-3-len(detail) {
		lines = append(lines, "")
	}
	lines = append(lines, detail...)
	count := m.tally(t)
	f := frame{title: t.Title.Render("actions"), status: count, focused: true, lines: lines, thumb: m.win.thumb()}
	return t.exactly(append(out, t.draw(f, w, h-1)...), w, h)
}

// question names whose permissions these are.
func (m *matrixPanel) question(t Theme) string {
	if m.eyes.As == "" {
		return "what may I do?"
	}
	return "what may " + t.fitMost(t.Clean(principalName(m.eyes.As)), 24) + " do?"
}

// detail says all of the chosen row, below the others: what the action lets one do,
// and how it is known. It always takes the same lines, so that the list stays.
func (m *matrixPanel) detail(t Theme, w, h int) []string {
	if m.win.cursor >= len(m.rows) || h < 5 {
		return nil
	}
	r, most := m.rows[m.win.cursor], 3
	out := []string{t.Border.Render(strings.Repeat(t.Glyphs.Horizontal, w+2))}
	if h < 8 {
		out, most = nil, 2
	}
	sign, style := t.may(r.may)
	text := wrap("s3:"+r.name+" lets one "+r.does+". "+sentence(t.CleanLine(r.how)), w-2)
	if len(text) > most {
		text = append(text[:most-1], t.fitMost(text[most-1]+" "+text[most], w-2))
	}
	for i := range most {
		line := ""
		switch {
		case i == 0:
			line = style.Render(sign) + " " + t.Text.Render(text[i])
		case i < len(text):
			line = "  " + t.Text.Render(text[i])
		}
		out = append(out, " "+line)
	}
	return out
}

// tally counts the rows of each kind, for the frame's edge.
func (m *matrixPanel) tally(t Theme) string {
	n := map[may]int{}
	for _, r := range m.rows {
		n[r.may]++
	}
	var parts []string
	for _, y := range []may{mayAllowed, mayDenied, mayUnknown} {
		sign, style := t.may(y)
		parts = append(parts, style.Render(sign+" "+strconv.Itoa(n[y])))
	}
	return strings.Join(parts, "  ")
}

// line is one action: what it is called, what it does, whether she may, and how
// that is known. What does not fit is left out from the middle, never the sign.
func (m *matrixPanel) line(t Theme, r matrixRow, chosen bool, w int) string {
	sign, style := t.may(r.may)
	cursor := " "
	if chosen {
		cursor = t.Accent.Render(t.Glyphs.Cursor)
	}
	line := cursor + " " + style.Render(sign+" "+t.fit(r.may.String(), 8)) + " " + t.Bright.Render(t.fit("s3:"+r.name, 30))
	if w >= wideFrom {
		line += " " + t.Text.Render(t.fit(r.does, 32))
	}
	if w-width(line) > 10 { // below the list it stands whole
		line += " " + t.Dim.Render(t.CleanLine(r.how))
	}
	line = t.fit(line, w)
	if chosen {
		line = t.Selected.Under(line)
	}
	return line
}
