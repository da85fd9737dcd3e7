package message

import "strings"

// sentence is AWS's enhanced access denied message, taken apart:
//
//	User: PRINCIPAL is not authorized to perform: ACTION [on resource: "ARN"] CLAUSE
//
// (S3 user guide, "Troubleshoot access denied (403 Forbidden) errors"; IAM user
// guide, "Troubleshoot access denied error messages").
type sentence struct {
	principal, action, resource string
	clause                      clause
	found                       bool // the words "not authorized to perform" are there
}

// longestPrincipal bounds the look back for "User:". An ARN has at most 2048 characters.
const longestPrincipal = 4096

// reader holds a text and its folded twin, whose offsets agree.
type reader struct {
	text, low string
	clauses   []clause // all of the text, in order
}

// readSentence finds the first enhanced message of text that gives a reason, or
// else the first that gives none.
func readSentence(text string) sentence {
	r := reader{text: text, low: folded(text)}
	anchors := findAnchors(r.low)
	if len(anchors) == 0 {
		return sentence{}
	}
	r.clauses = findClauses(text, r.low)
	first := sentence{}
	for i := 0; i < len(anchors); {
		end, next := r.boundary(anchors, i)
		s := r.at(anchors[i], previousEnd(anchors, i), end)
		if s.clause.kind != noClause && s.action != "" {
			return s
		}
		if !first.found {
			first = s
		}
		i = next
	}
	return first
}

// anchor is one "is not authorized to perform".
type anchor struct{ start, end int }

func previousEnd(anchors []anchor, i int) int {
	if i == 0 {
		return 0
	}
	return anchors[i-1].end
}

func findAnchors(low string) []anchor {
	var found []anchor
	for at := 0; ; {
		i := strings.Index(low[at:], "not authori")
		if i < 0 {
			return found
		}
		start := at + i
		at = start + len("not authori")
		end, ok := words(low, min(at+1, len(low)), "ed", "to", "perform") // z or s
		if !ok {
			continue
		}
		if is := strings.TrimRight(low[max(0, start-8):start], " "); strings.HasSuffix(is, "is") {
			start -= min(8, start) - len(is) + len("is")
		}
		found = append(found, anchor{start, end})
		at = end
	}
}

// words matches the given words at position at, with any spaces before each.
func words(low string, at int, want ...string) (int, bool) {
	for _, w := range want {
		at = skipSpaces(low, at)
		if !strings.HasPrefix(low[at:], w) {
			return at, false
		}
		at += len(w)
	}
	return at, true
}

func skipSpaces(s string, at int) int {
	for at < len(s) && s[at] == ' ' {
		at++
	}
	return at
}

// boundary returns where the message of anchor i ends at the latest, and the
// anchor that begins the next message. A key may hold a whole message in its
// name, so another anchor begins a new one only on a line of its own or for the
// same principal.
func (r reader) boundary(anchors []anchor, i int) (end, next int) {
	own := r.principal(anchors[i], previousEnd(anchors, i))
	for j := i + 1; j < len(anchors); j++ {
		between := r.text[anchors[j-1].end:anchors[j].start]
		from := anchors[j-1].end
		if nl := strings.LastIndexByte(between, '\n'); nl >= 0 {
			return from + nl, j
		}
		if other := r.principal(anchors[j], from); other == own {
			return anchors[j].start, j
		}
	}
	return len(r.text), len(anchors)
}

// at takes the message around one anchor apart, looking no further than end.
func (r reader) at(a anchor, floor, end int) sentence {
	s := sentence{found: true, principal: r.principal(a, floor)}
	at := skipSpaces(r.low, a.end)
	if at < len(r.low) && r.low[at] == ':' {
		at++
	}
	var after int
	s.action, after = r.action(at)
	if s.action == "" {
		return s
	}
	s.resource, s.clause = r.resource(after, max(end, after))
	return s
}

// principal reads back from an anchor to "User:"; without that word an ARN
// directly before the anchor is taken.
func (r reader) principal(a anchor, floor int) string {
	floor = max(floor, a.start-longestPrincipal)
	if floor >= a.start {
		return ""
	}
	window := r.low[floor:a.start]
	for end := len(window); ; {
		i := strings.LastIndex(window[:end], "user")
		if i < 0 {
			break
		}
		if userWord(window, i) {
			return joinBroken(trimQuotes(strings.TrimLeft(r.text[floor+i+len("user"):a.start], ": \t\n")), "")
		}
		end = i
	}
	fields := strings.Fields(r.text[floor:a.start])
	if len(fields) > 0 {
		if last := trimQuotes(fields[len(fields)-1]); strings.HasPrefix(last, "arn:") {
			return last
		}
	}
	return ""
}

// userWord tells the word "User:" from the "user" of an ARN or a session name.
func userWord(window string, i int) bool {
	if i > 0 && (wordByte(window[i-1]) || strings.IndexByte("/=,.@+", window[i-1]) >= 0) {
		return false
	}
	next := i + len("user")
	return next < len(window) && (window[next] == ':' || window[next] == ' ')
}

// action reads service:Name at position at, with quotes around it or not.
func (r reader) action(at int) (string, int) {
	for at < len(r.low) && strings.IndexByte(" `'\"[", r.low[at]) >= 0 {
		at++
	}
	start, colon := at, -1
	for at < len(r.low) && (wordByte(r.low[at]) || r.low[at] == '*' || r.low[at] == ':' && colon < 0) {
		if r.low[at] == ':' {
			colon = at
		}
		at++
	}
	if colon <= start || at == colon+1 || at-start > 128 {
		return "", start
	}
	action := r.text[start:at]
	for at < len(r.low) && strings.IndexByte("`'\"]", r.low[at]) >= 0 {
		at++
	}
	return action, at
}

// trimQuotes takes the quotes, in pairs or alone, off both ends of s.
func trimQuotes(s string) string {
	return strings.Trim(strings.TrimSpace(s), "\"'`“”‘’\\ \t\n")
}

// joinBroken joins a name that was broken over lines with gap, and with nothing
// where the break stands behind a character that goes on.
func joinBroken(s, gap string) string {
	if !strings.Contains(s, "\n") {
		return s
	}
	var out strings.Builder
	for i, line := range strings.Split(s, "\n") {
		line = strings.TrimSpace(line)
		if so := out.String(); i > 0 && line != "" && !strings.HasSuffix(so, "/") && !strings.HasSuffix(so, ":") {
			out.WriteString(gap)
		}
		out.WriteString(line)
	}
	return out.String()
}
