package message

import (
	"sort"
	"strings"
)

// clauseKind is the sort of reason that an enhanced message ends with.
type clauseKind uint8

const (
	noClause  clauseKind = iota
	implicit             // because no TYPE allows the ACTION action
	explicit             // with an explicit deny in a TYPE
	kmsGone              // because the resource does not exist in this Region, …
	bySetting            // because public ACLs are prevented by …, and its like
	unread               // because …, in words that are not known here
)

// clause is one reason and where it stands in the text.
type clause struct {
	kind       clauseKind
	layer      string // empty for a role trust policy, which is not a layer of S3
	policyARN  string
	start, end int
}

// findClauses returns every reason in the text, in order. One pass: a reason is
// recognised where it starts and is a few words long.
func findClauses(text, low string) []clause {
	var found []clause
	for at := 0; at < len(low); {
		i := strings.IndexAny(low[at:], "bedw")
		if i < 0 {
			break
		}
		at += i
		if at > 0 && wordByte(low[at-1]) {
			at++
			continue
		}
		c, ok := clauseAt(text, low, at)
		if !ok {
			at++
			continue
		}
		found = append(found, c)
		at = c.end
	}
	return found
}

// clauseAt reads the reason that begins at position at.
func clauseAt(text, low string, at int) (clause, bool) {
	if end, ok := words(low, at, "because", "no "); ok {
		return implicitClause(low, at, end)
	}
	for _, opening := range [...][]string{
		{"with", "an", "explicit", "deny", "in"},
		{"due", "to", "an", "explicit", "deny", "in"},
		{"because", "of", "an", "explicit", "deny", "in"},
		{"explicit", "deny", "in"},
	} {
		if end, ok := words(low, at, opening...); ok {
			return explicitClause(text, low, at, end)
		}
	}
	for _, other := range [...]struct {
		kind clauseKind
		says []string
	}{
		{kmsGone, []string{"because", "the", "resource", "does", "not", "exist", "in", "this", "region"}},
		{bySetting, []string{"because", "public", "acls", "are", "prevented"}},
		{bySetting, []string{"because", "public", "policies", "are", "prevented"}},
		{bySetting, []string{"because", "this", "bucket", "has", "blocked", "upload"}},
	} {
		if end, ok := words(low, at, other.says...); ok {
			return clause{kind: other.kind, start: at, end: end}, true
		}
	}
	return clause{}, false
}

// implicitClause reads "TYPE allows the ACTION action"; text that was cut off
// right behind the type still counts.
func implicitClause(low string, start, at int) (clause, bool) {
	layer, at, ok := policyType(low, at)
	if !ok {
		return clause{}, false
	}
	c := clause{kind: implicit, layer: layer, start: start, end: at}
	const verb = "allows"
	rest := strings.TrimLeft(low[at:min(len(low), at+32)], " .…")
	if cut := len(rest) < len(verb) && rest == verb[:len(rest)]; !cut && !strings.HasPrefix(rest, "allow") {
		return clause{}, false
	}
	end, ok := words(low, at, "allow")
	if !ok {
		return c, true
	}
	c.end = wordEnd(low, end)
	if next, ok := words(low, c.end, "the"); ok {
		next = skipSpaces(low, next)
		for next < len(low) && (wordByte(low[next]) || low[next] == ':' || low[next] == '*') {
			next++
		}
		c.end = next
		if next, ok = words(low, next, "action"); ok {
			c.end = next
		}
	}
	return c, true
}

// explicitClause reads "a|an|the TYPE" and the ARN of the policy behind it.
func explicitClause(text, low string, start, at int) (clause, bool) {
	for _, article := range [...]string{"an ", "a ", "the "} {
		if end, ok := words(low, at, article); ok {
			at = end
			break
		}
	}
	layer, at, ok := policyType(low, at)
	if !ok {
		return clause{}, false
	}
	c := clause{kind: explicit, layer: layer, start: start, end: at}
	c.policyARN, c.end = policyARN(text, low, at)
	return c, true
}

// policyTypes are the layers as AWS writes them, and as people retype them.
var policyTypes = [...]struct {
	says  []string
	layer string
}{
	{[]string{"identity", "based", "polic"}, LayerIdentity},
	{[]string{"identity", "polic"}, LayerIdentity},
	{[]string{"resource", "based", "polic"}, LayerResource},
	{[]string{"service", "control", "polic"}, LayerSCP},
	{[]string{"resource", "control", "polic"}, LayerRCP},
	{[]string{"vpc", "endpoint", "polic"}, LayerVPCE},
	{[]string{"vpce", "polic"}, LayerVPCE},
	{[]string{"permissions", "boundar"}, LayerBoundary},
	{[]string{"permission", "boundar"}, LayerBoundary},
	{[]string{"sessions", "polic"}, LayerSession},
	{[]string{"session", "polic"}, LayerSession},
	{[]string{"bucket", "polic"}, LayerResource},
	{[]string{"scp"}, LayerSCP},
	{[]string{"rcp"}, LayerRCP},
	{[]string{"role", "trust", "polic"}, ""},
}

// policyType reads a layer at position at.
func policyType(low string, at int) (layer string, end int, ok bool) {
	for _, t := range policyTypes {
		if end, ok := typeWords(low, at, t.says); ok {
			return t.layer, wordEnd(low, end), true
		}
	}
	return "", at, false
}

// typeWords matches words that hyphens, spaces or both stand between.
func typeWords(low string, at int, says []string) (int, bool) {
	for _, w := range says {
		for at < len(low) && (low[at] == ' ' || low[at] == '-') {
			at++
		}
		if !strings.HasPrefix(low[at:], w) {
			return at, false
		}
		at += len(w)
	}
	return at, true
}

// wordEnd is the end of the letters at position at.
func wordEnd(low string, at int) int {
	for at < len(low) && low[at] >= 'a' && low[at] <= 'z' {
		at++
	}
	return at
}

// policyARN reads the ARN that AWS names behind an explicit deny since January
// 2026, as ": ARN" in live errors and as ", with policy ARN: ARN" in the guide.
func policyARN(text, low string, at int) (arn string, end int) {
	next := skipSpaces(low, at)
	if next < len(low) && low[next] == ',' {
		next++
	}
	if n, ok := words(low, next, "with", "policy", "arn"); ok {
		next = n
	}
	for next < len(low) && strings.IndexByte(" :`'\"(", low[next]) >= 0 {
		next++
	}
	if !strings.HasPrefix(low[next:], "arn:") {
		return "", at
	}
	end = arnEnd(text, next)
	return strings.TrimRight(joinBroken(text[next:end], ""), ".,;:"), end
}

// arnEnd is the end of an ARN that holds no spaces. Placeholders in angle
// brackets belong to it; a line break does so only behind a character that
// cannot end an ARN.
func arnEnd(text string, at int) int {
	for limit := min(len(text), at+2048); at < limit; at++ {
		switch c := text[at]; {
		case c == '\n' && strings.IndexByte("/:", text[at-1]) >= 0:
			continue
		case c == ' ' && text[at-1] == '\n':
			continue
		case strings.IndexByte(" \t\n\"'`)\\|}", c) >= 0:
			return at
		case c == '<':
			close := strings.IndexByte(text[at:min(len(text), at+64)], '>')
			if close < 0 || text[at+1] == '/' {
				return at
			}
			at += close
		}
	}
	return at
}

// resource reads what stands between the action and the reason, and the reason.
// after is the end of the action, limit the end of the message.
func (r reader) resource(after, limit int) (string, clause) {
	first := sort.Search(len(r.clauses), func(i int) bool { return r.clauses[i].start >= after })
	last := sort.Search(len(r.clauses), func(i int) bool { return r.clauses[i].start >= limit })
	own := r.clauses[first:max(first, last)]
	at, ok := r.resourceStart(after)
	if !ok {
		return "", r.directClause(after, own)
	}
	quote := r.openingQuote(at)
	c := r.lastClause(own, quote)
	if c.kind == noClause {
		return r.unclosed(at, limit, quote), c
	}
	value := strings.TrimSpace(r.text[at:c.start])
	if strings.HasPrefix(strings.ToLower(value), "the resource ") {
		return "", c // "the resource associated with this ciphertext"
	}
	return joinBroken(unquote(value), " "), c
}

// resourceStart skips "on resource:" behind the action; false when the message
// names no resource.
func (r reader) resourceStart(after int) (int, bool) {
	at := after
	for at < len(r.low) && strings.IndexByte(" .,", r.low[at]) >= 0 {
		at++
	}
	on, ok := words(r.low, at, "on ")
	if !ok {
		return at, false
	}
	if end, ok := words(r.low, on, "this", "resource"); ok {
		return end, false
	}
	if end, ok := words(r.low, on, "resource"); ok {
		at = wordEnd(r.low, end)
	} else {
		at = on
	}
	at = skipSpaces(r.low, at)
	if at < len(r.low) && r.low[at] == ':' {
		at = skipSpaces(r.low, at+1)
	}
	return at, true
}

// directClause is the reason of a message without a resource: the first one, and
// only if no other words than dots stand before it.
func (r reader) directClause(after int, own []clause) clause {
	if len(own) == 0 {
		return clause{}
	}
	between := r.low[after:own[0].start]
	if len(between) > 64 || strings.Contains(between, "user:") {
		return clause{}
	}
	return own[0]
}

// lastClause is the reason that ends the message. A key may hold whole reasons
// in its name, so the last one counts; behind an opening quote only those that a
// quote stands before. Nothing counts beyond the end of a sentence.
func (r reader) lastClause(own []clause, quote string) clause {
	best := clause{}
	for _, c := range own {
		if best.kind != noClause && r.sentenceEnds(best.end, c.start, quote != "") {
			break
		}
		if quote != "" && !strings.HasSuffix(strings.TrimRight(r.text[:c.start][max(0, c.start-256):], " \n\t"), quote) {
			continue
		}
		best = c
	}
	if best.kind == noClause && quote != "" {
		return r.lastClause(own, "") // the closing quote was lost
	}
	return best
}

// sentenceEnds tells whether the message ended somewhere in text[from:to].
func (r reader) sentenceEnds(from, to int, quoted bool) bool {
	if to-from > 4096 { // a key has at most 1024 bytes
		return true
	}
	between := r.text[from:to]
	if strings.Contains(between, "\n") || strings.Contains(between, "(Service") || strings.Contains(between, "status code") {
		return true
	}
	return !quoted && strings.Contains(between, ". ")
}

// openingQuote returns the quote that the resource at position at begins with.
func (r reader) openingQuote(at int) string {
	for _, pair := range [...][2]string{{`"`, `"`}, {"“", "”"}, {"'", "'"}, {"`", "`"}} {
		if strings.HasPrefix(r.text[at:], pair[0]) {
			return pair[1]
		}
	}
	return ""
}

// unclosed reads a resource that no reason follows: up to the closing quote, or
// to the end of the word.
func (r reader) unclosed(at, limit int, quote string) string {
	rest := r.text[at:min(len(r.text), limit, at+4096)]
	if line := strings.IndexByte(rest, '\n'); line >= 0 {
		rest = rest[:line]
	}
	if quote != "" {
		rest = strings.TrimPrefix(rest, r.text[at:at+len(quote)])
		if end := strings.Index(rest, quote); end >= 0 {
			return rest[:end]
		}
	}
	if end := strings.IndexAny(rest, " \t\"'`"); end >= 0 {
		rest = rest[:end]
	}
	if !strings.HasPrefix(rest, "arn:") {
		return ""
	}
	return strings.TrimRight(rest, ".,;")
}

// unquote takes one pair of quotes off a resource, or the half that is left.
func unquote(s string) string {
	for _, pair := range [...][2]string{{`"`, `"`}, {"“", "”"}, {"'", "'"}, {"`", "`"}} {
		if after, ok := strings.CutPrefix(s, pair[0]); ok {
			return strings.TrimSuffix(after, pair[1])
		}
	}
	if strings.Count(s, `"`) == 1 {
		return strings.TrimSuffix(s, `"`)
	}
	return s
}
