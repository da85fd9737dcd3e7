package policy

import (
	"strings"
	"unicode/utf8"
)

// MatchWildcard tells whether s matches a pattern in which * stands for any run
// of characters, also none, and ? for exactly one (IAM User Guide, "IAM JSON
// policy elements: Resource"). It does not backtrack.
func MatchWildcard(pattern, s string) bool {
	g := newGlob(pattern, wildcards)
	return g.match(s, nil)
}

// piece is one part of a compiled pattern.
type piece struct {
	kind     pieceKind
	text     string // the literal, or the variable's key in lower case
	name     string // the variable's key as the policy spells it
	fallback string // the variable's default value
	hasDef   bool
}

type pieceKind uint8

const (
	literal pieceKind = iota
	anyOne            // ?
	anyRun            // *
	variable
)

// syntax says what in a pattern is more than plain text.
type syntax uint8

const (
	plainText syntax = 0
	wildcards syntax = 1 << iota
	variables
)

// glob is a compiled pattern: literals, wildcards and policy variables. Most
// patterns are a literal, or one with a star behind it; those need no pieces.
type glob struct {
	shape   shape
	lead    string // the literal, of exact and leading globs
	pieces  []piece
	hasVars bool
}

type shape uint8

const (
	exact   shape = iota // the lead and nothing else
	leading              // the lead, then a star
	general              // the pieces
)

// resolver gives policy variables their values.
type resolver interface {
	// variable returns the value of a condition key that has exactly one.
	variable(key string) (string, bool)
}

// newGlob compiles a pattern. With variables it reads ${key}, ${key, 'default'}
// and the literals ${*}, ${?} and ${$} (IAM User Guide, "Variables and tags");
// what does not read as one of them is plain text.
func newGlob(pattern string, how syntax) glob {
	switch first := firstSpecial(pattern, how); {
	case first < 0:
		return glob{shape: exact, lead: pattern}
	case pattern[first] == '*' && first == len(pattern)-1:
		return glob{shape: leading, lead: pattern[:first]}
	}
	return newPieces(pattern, how)
}

// firstSpecial is where a pattern stops being plain text, or -1.
func firstSpecial(pattern string, how syntax) int {
	for i := range len(pattern) {
		switch c := pattern[i]; {
		case (c == '*' || c == '?') && how&wildcards != 0, c == '$' && how&variables != 0:
			return i
		}
	}
	return -1
}

// newPieces takes a pattern to pieces, literals between wildcards and
// variables.
func newPieces(pattern string, how syntax) glob {
	g := glob{shape: general}
	start := 0
	flush := func(end int) {
		if end > start {
			g.pieces = append(g.pieces, piece{kind: literal, text: pattern[start:end]})
		}
	}
	for i := 0; i < len(pattern); {
		p, size := pieceAt(pattern[i:], how)
		if size == 0 {
			i++
			continue
		}
		flush(i)
		i += size
		start = i
		g.hasVars = g.hasVars || p.kind == variable
		// A run of stars is one star.
		if n := len(g.pieces); p.kind == anyRun && n > 0 && g.pieces[n-1].kind == anyRun {
			continue
		}
		g.pieces = append(g.pieces, p)
	}
	flush(len(pattern))
	return g
}

// pieceAt reads a wildcard or variable at the start of s; size 0: there is none.
func pieceAt(s string, how syntax) (p piece, size int) {
	switch {
	case s[0] == '*' && how&wildcards != 0:
		return piece{kind: anyRun}, 1
	case s[0] == '?' && how&wildcards != 0:
		return piece{kind: anyOne}, 1
	case how&variables == 0 || !strings.HasPrefix(s, "${"):
		return piece{}, 0
	}
	end := variableEnd(s)
	if end < 0 {
		return piece{}, 0
	}
	return variablePiece(s[2:end]), end + 1
}

// variableEnd finds the brace that closes a variable; one inside the quotes of
// a default value does not.
func variableEnd(s string) int {
	quoted := false
	for i := 2; i < len(s); i++ {
		switch {
		case s[i] == '\'':
			quoted = !quoted
		case s[i] == '}' && !quoted:
			return i
		}
	}
	return -1
}

// variablePiece reads what stands between the braces. The default value must be
// in single quotes; without them there is none.
func variablePiece(inner string) piece {
	switch inner {
	case "*", "?", "$":
		return piece{kind: literal, text: inner}
	}
	key, def, hasDef := strings.Cut(inner, ",")
	key = strings.TrimSpace(key)
	p := piece{kind: variable, text: strings.ToLower(key), name: key}
	def = strings.TrimSpace(def)
	if n := len(def); hasDef && n >= 2 && def[0] == '\'' && def[n-1] == '\'' {
		p.fallback, p.hasDef = def[1:n-1], true
	}
	return p
}

// value is the text of a literal or variable; false: the variable has none.
func (p piece) value(r resolver) (string, bool) {
	if p.kind == literal {
		return p.text, true
	}
	if r != nil {
		if v, ok := r.variable(p.text); ok {
			return v, true
		}
	}
	return p.fallback, p.hasDef
}

// unresolved returns the key of the first variable that has no value.
func (g *glob) unresolved(r resolver) (string, bool) {
	if !g.hasVars {
		return "", false
	}
	for _, p := range g.pieces {
		if p.kind == variable {
			if _, ok := p.value(r); !ok {
				return p.name, true
			}
		}
	}
	return "", false
}

// match tells whether the whole of s fits. A pattern with a variable that has
// no value fits nothing. The value of a variable is plain text: a * in a tag's
// value is that character.
func (g *glob) match(s string, r resolver) bool {
	switch g.shape {
	case exact:
		return s == g.lead
	case leading:
		return strings.HasPrefix(s, g.lead)
	}
	return g.matchPieces(s, r)
}

// matchPieces is match for patterns of several pieces: first what stands before
// the first star, then what stands between stars, from left to right, and last
// what must end the text.
func (g *glob) matchPieces(s string, r resolver) bool {
	if _, missing := g.unresolved(r); missing {
		return false
	}
	head, rest, more := cutRun(g.pieces)
	n, ok := prefix(head, s, r)
	if !ok {
		return false
	}
	if s = s[n:]; !more {
		return s == ""
	}
	// Between two stars the leftmost fit leaves the most for what follows, so
	// no choice is ever taken back.
	for {
		head, rest, more = cutRun(rest)
		if !more {
			return suffix(head, s, r)
		}
		n, ok := search(head, s, r)
		if !ok {
			return false
		}
		s = s[n:]
	}
}

// cutRun splits pieces around the first star.
func cutRun(p []piece) (before, after []piece, found bool) {
	for i := range p {
		if p[i].kind == anyRun {
			return p[:i], p[i+1:], true
		}
	}
	return p, nil, false
}

// prefix fits pieces without a star to the start of s and returns how much
// of it they take.
func prefix(p []piece, s string, r resolver) (int, bool) {
	n := 0
	for i := range p {
		if p[i].kind == anyOne {
			if n == len(s) {
				return 0, false
			}
			_, size := utf8.DecodeRuneInString(s[n:])
			n += size
			continue
		}
		v, _ := p[i].value(r)
		if !strings.HasPrefix(s[n:], v) {
			return 0, false
		}
		n += len(v)
	}
	return n, true
}

// suffix fits pieces without a star to the end of s.
func suffix(p []piece, s string, r resolver) bool {
	for i := len(p) - 1; i >= 0; i-- {
		if p[i].kind == anyOne {
			if s == "" {
				return false
			}
			_, size := utf8.DecodeLastRuneInString(s)
			s = s[:len(s)-size]
			continue
		}
		v, _ := p[i].value(r)
		if !strings.HasSuffix(s, v) {
			return false
		}
		s = s[:len(s)-len(v)]
	}
	return true
}

// search finds the leftmost place where pieces without a star fit and returns
// the end of it.
func search(p []piece, s string, r resolver) (int, bool) {
	if len(p) == 0 {
		return 0, true
	}
	if len(s) >= longText && len(p) > 1 && utf8.ValidString(s) {
		return searchLong(p, s, r)
	}
	lead := ""
	if p[0].kind != anyOne {
		lead, _ = p[0].value(r)
	}
	for at := 0; at <= len(s); {
		skip := strings.Index(s[at:], lead)
		if skip < 0 {
			return 0, false
		}
		at += skip
		if n, ok := prefix(p, s[at:], r); ok {
			return at + n, true
		}
		if at == len(s) {
			return 0, false
		}
		_, size := utf8.DecodeRuneInString(s[at:])
		at += size
	}
	return 0, false
}

// text is the pattern with its variables replaced; false: one has no value. It
// is for patterns without wildcards.
func (g *glob) text(r resolver) (string, bool) {
	if g.shape == exact {
		return g.lead, true
	}
	if len(g.pieces) == 1 {
		return g.pieces[0].value(r)
	}
	var b strings.Builder
	for _, p := range g.pieces {
		v, ok := p.value(r)
		if !ok {
			return "", false
		}
		b.WriteString(v)
	}
	return b.String(), true
}
