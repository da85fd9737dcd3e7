package diagnose

import (
	"fmt"
	"slices"
	"strings"

	"s403/diagnose/message"
)

// Text renders the report for a terminal of width columns (40 at least), good
// to read without colour: the verdict first, then the way of the request, what
// was seen with its request ids, how to mend it, and what was not visible.
func (r Report) Text(width int) string {
	p := &page{width: max(40, min(width, 120))}
	r.textVerdict(p)
	r.textStations(p)
	r.textEvidence(p)
	r.textFixes(p)
	r.textPossible(p)
	r.textGaps(p)
	return p.String()
}

// page collects lines and wraps them.
type page struct {
	strings.Builder
	width int
}

// para writes text wrapped, its first line behind first and the others behind rest.
func (p *page) para(first, rest, text string) {
	prefix, column := first, 0
	for i, word := range strings.Fields(safe(text)) {
		length := len([]rune(word))
		switch {
		case i == 0:
			p.WriteString(prefix)
			column = len([]rune(prefix))
		case column+1+length > p.width:
			p.WriteString("\n" + rest)
			column = len([]rune(rest))
		default:
			p.WriteByte(' ')
			column++
		}
		p.WriteString(word)
		column += length
	}
	p.WriteByte('\n')
}

// line writes one line as it is, for commands and documents, which a person
// copies whole.
func (p *page) line(indent, text string) { p.WriteString(indent + safe(text) + "\n") }

func (p *page) heading(text string) { p.WriteString("\n" + text + "\n") }

// safe takes secrets and control characters out of a text for the terminal.
func safe(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '\t' {
			return ' '
		}
		if r < ' ' || r >= 0x7f && r < 0xa0 || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 {
			return '\uFFFD'
		}
		return r
	}, message.Redact(s))
}

// textVerdict says what it is, how sure that is, and about which request.
func (r Report) textVerdict(p *page) {
	mark := "✗"
	switch r.Verdict.Cause {
	case Allowed:
		mark = "✓"
	case Undetermined:
		mark = "?"
	}
	p.para(mark+" ", "  ", capital(r.headline()))
	if r.Verdict.Summary != "" {
		p.para("  ", "  ", r.Verdict.Summary)
	}
	p.WriteByte('\n')
	for _, row := range r.facts() {
		first := fmt.Sprintf("  %-9s ", row[0])
		if row[0] == "object" {
			p.line(first, row[1]) // a key may hold several spaces in a row
			continue
		}
		p.para(first, strings.Repeat(" ", len(first)), row[1])
	}
}

// headline is the title of the verdict with how it is known.
func (r Report) headline() string {
	switch r.Verdict.Cause {
	case Allowed:
		return "the request is allowed"
	case Undetermined:
		if r.Options.AsPrincipal != "" {
			return "whether it is allowed is not settled"
		}
		return "why it was refused is not settled"
	}
	f := r.finding(r.Verdict.Cause)
	return fmt.Sprintf("%s (%s: %s, %s)", r.title(r.Verdict.Cause), r.Verdict.Cause, f.State, r.Verdict.Confidence)
}

// behindIt is the row that names what waits behind the verdict.
const behindIt = "behind it"

// facts are the rows under the verdict, those that are known.
func (r Report) facts() [][2]string {
	who := r.Caller.ARN
	if who == "" {
		who = string(r.Caller.Kind)
	}
	if r.Source != "" {
		who += ", " + r.Source
	}
	where := strings.TrimSpace(r.Target.Endpoint + " " + r.Target.Region)
	if r.Store.Name != "" {
		where = strings.TrimSpace(r.Store.Name + ", " + where)
	}
	rows := [][2]string{{"object", r.address()}, {"caller", who}, {"store", strings.TrimSuffix(where, ",")}, {"answer", answerLine(r.Outcome)}}
	if n := len(r.Verdict.Behind); n > 0 {
		rows = append(rows, [2]string{behindIt, strings.Join(r.titles(r.Verdict.Behind), ", ") + ": once this is mended, that stops the request"})
	}
	var known [][2]string
	for _, row := range rows {
		if strings.TrimSpace(row[1]) != "" {
			known = append(known, row)
		}
	}
	return known
}

// address is the target as people write it.
func (r Report) address() string {
	at := "s3://" + r.Target.Bucket
	if r.Target.Key != "" {
		at += "/" + r.Target.Key
	}
	if r.Options.VersionID != "" {
		at += " version " + r.Options.VersionID
	}
	return at
}

// answerLine is one exchange in one line: "HeadObject 403 Forbidden, request 4Z8H".
func answerLine(x Exchange) string {
	if x.Operation == "" {
		return ""
	}
	said := x.Operation
	if x.Status > 0 {
		said += fmt.Sprintf(" %d", x.Status)
	}
	if x.Code != "" {
		said += " " + x.Code
	}
	if x.Err != "" {
		said += " " + x.Err
	}
	if x.RequestID != "" {
		said += ", request " + x.RequestID
	}
	return said
}

// stationMarks tell the states apart without colour.
var stationMarks = map[StationState]string{Passed: "✓", StoppedHere: "✗", StationOpen: "?", NotOnThisWay: "·"}

func (r Report) textStations(p *page) {
	if len(r.Stations) == 0 {
		return
	}
	p.heading("The way of the request")
	for i := 0; i < len(r.Stations); i++ {
		s := r.Stations[i]
		if s.State == NotOnThisWay && r.Store.said() != "S3" {
			continue // a station that only AWS has
		}
		first := fmt.Sprintf("  %2d %s %-21s ", s.Number, stationMarks[s.State], s.Name)
		if rest := len(r.Stations) - i; rest > 2 && r.alike(i) == rest {
			first = fmt.Sprintf("  %2d %s %-21s ", s.Number, stationMarks[s.State], fmt.Sprintf("and on, to %d", s.Number+rest-1))
			i += rest // nothing is said of the others but the same
		}
		line := s.Line
		if line == "" {
			line = string(s.State)
		}
		p.para(first, strings.Repeat(" ", len([]rune(first))), line)
	}
}

// alike counts the stations from i on that say the very same.
func (r Report) alike(i int) int {
	n := 1
	for i+n < len(r.Stations) && r.Stations[i+n].Line == r.Stations[i].Line && r.Stations[i+n].State == r.Stations[i].State {
		n++
	}
	return n
}

// textEvidence quotes what the leading findings rest on.
func (r Report) textEvidence(p *page) {
	leading := r.leading()
	if len(leading) == 0 {
		return
	}
	p.heading("What we saw")
	for _, f := range leading {
		if len(leading) > 1 {
			p.para("  ", "  ", capital(r.title(f.ID))+": "+f.Why)
		}
		for _, s := range f.Evidence {
			p.para("  - ", "    ", s.Fact+sourceOf(s))
			for i, line := range dedent(quoted(s)) {
				mark := "  "
				if marked(s, i) {
					mark = "> "
				}
				p.line("      "+mark, line)
			}
			if s.Note != "" {
				p.para("      ", "      ", s.Note)
			}
			if s.CLI != "" {
				p.line("      $ ", s.CLI)
			}
		}
	}
}

// sourceOf names the call behind a fact and its request id.
func sourceOf(s Shown) string {
	switch {
	case s.Source == "" && s.RequestID == "":
		return ""
	case s.RequestID == "":
		return " (" + s.Source + ")"
	case s.Source == "":
		return " (request " + s.RequestID + ")"
	}
	return " (" + s.Source + ", request " + s.RequestID + ")"
}

// quoted gives the lines of an excerpt, at most 40.
func quoted(s Shown) []string {
	if s.Quote == "" {
		return nil
	}
	lines := strings.Split(strings.ReplaceAll(strings.TrimRight(s.Quote, "\n"), "\t", "    "), "\n")
	if len(lines) > 40 {
		lines = append(lines[:40:40], "…")
	}
	return lines
}

func marked(s Shown, line int) bool {
	return slices.Contains(s.Mark, line)
}

// textPossible lists what nothing speaks against.
func (r Report) textPossible(p *page) {
	groups := r.open()
	if len(groups) > 0 {
		p.heading("What else is possible")
	}
	for _, g := range groups {
		p.para("  - ", "    ", strings.Join(r.titles(g.ids), "; "))
		p.para("    ", "    ", capital(g.why))
	}
}

// openGroup are the causes that are possible for one and the same reason.
type openGroup struct {
	why string
	ids []CauseID
}

// open groups the causes that are possible beside the verdict; none when it is
// proven. What was not read stands behind several causes at once, and is said once.
func (r Report) open() []openGroup {
	if r.settled() {
		return nil
	}
	var groups []openGroup
	at := map[string]int{}
	for _, f := range r.Findings {
		if f.State != Possible || f.ID == r.Verdict.Cause {
			continue
		}
		i, seen := at[f.Why]
		if !seen {
			i, at[f.Why] = len(groups), len(groups)
			groups = append(groups, openGroup{why: f.Why})
		}
		groups[i].ids = append(groups[i].ids, f.ID)
	}
	return groups
}

func (r Report) textGaps(p *page) {
	if len(r.Gaps) == 0 {
		return
	}
	p.heading("What was not visible")
	for _, gap := range r.Gaps {
		p.para("  - ", "    ", gap)
	}
}

// leading are the findings to act on: the verdict's first, then what is
// confirmed or likely besides.
func (r Report) leading() []Finding {
	var lead, rest []Finding
	for _, f := range r.Findings {
		switch {
		case f.ID == r.Verdict.Cause:
			lead = append(lead, f)
		case f.State == Confirmed, f.State == Likely && !r.settled():
			rest = append(rest, f)
		}
	}
	return append(lead, rest...)
}

// settled tells whether the verdict is proven.
func (r Report) settled() bool {
	return r.Verdict.Cause == Allowed || r.finding(r.Verdict.Cause).State == Confirmed
}

// finding is the judgement on id; the zero Finding when there is none.
func (r Report) finding(id CauseID) Finding {
	for _, f := range r.Findings {
		if f.ID == id {
			return f
		}
	}
	return Finding{}
}

// title is the title of a cause at the report's store.
func (r Report) title(id CauseID) string { return r.Store.Info(id).Title }

func (r Report) titles(ids []CauseID) []string {
	all := make([]string, len(ids))
	for i, id := range ids {
		all[i] = r.title(id)
	}
	return all
}

// capital makes the first letter a capital, as sentences on the screen begin.
func capital(s string) string {
	if s == "" || strings.HasPrefix(s, "x-amz-") {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
