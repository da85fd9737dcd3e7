package s3view

import (
	"bytes"
	"fmt"
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"
	"unicode/utf8"
)

// A Filter decides which rows are shown: those whose name, below the listed
// prefix, holds a text whatever its case, or matches a regular expression. The
// zero value lets all through.
type Filter struct {
	text     string // as typed
	folded   []byte
	expr     *regexp.Regexp
	literals []literal // of expr
}

// A literal is a text that stands in every match of an expression. Looking for
// it first is many times faster than the expression.
type literal struct {
	folded  []byte
	anyCase bool // the expression takes it in capitals and small letters
}

// ParseFilter reads a filter as people type it: a text, or "re:" and a regular
// expression in Go's syntax, which minds case unless it begins with (?i).
func ParseFilter(text string) (Filter, error) {
	source, isExpr := strings.CutPrefix(text, "re:")
	if !isExpr {
		return Filter{text: text, folded: fold(nil, []byte(text))}, nil
	}
	expr, err := regexp.Compile(source)
	if err != nil {
		return Filter{text: text}, fmt.Errorf("%q is no regular expression: %w", source, err)
	}
	f := Filter{text: text, expr: expr}
	if tree, err := syntax.Parse(source, syntax.Perl); err == nil {
		f.literals = literalsOf(tree.Simplify())
	}
	return f, nil
}

// literalsOf finds what stands in every match of an expression.
func literalsOf(e *syntax.Regexp) []literal {
	switch e.Op {
	case syntax.OpLiteral:
		if slices.Contains(e.Rune, utf8.RuneError) {
			return nil // also matches what is no UTF-8
		}
		return []literal{{fold(nil, []byte(string(e.Rune))), e.Flags&syntax.FoldCase != 0}}
	case syntax.OpCapture, syntax.OpPlus:
		return literalsOf(e.Sub[0])
	case syntax.OpRepeat:
		if e.Min > 0 {
			return literalsOf(e.Sub[0])
		}
	case syntax.OpConcat:
		var all []literal
		for _, sub := range e.Sub {
			all = append(all, literalsOf(sub)...)
		}
		return all[:min(len(all), mostLiterals)]
	}
	return nil
}

// mostLiterals bounds how many texts are looked for before an expression.
const mostLiterals = 4

// String is the filter as it was typed.
func (f Filter) String() string { return f.text }

// All tells whether the filter lets every row through.
func (f Filter) All() bool { return f.expr == nil && len(f.folded) == 0 }

// narrows tells whether every row that passes f passes the wider filter, too.
func (f Filter) narrows(wider Filter) bool {
	return wider.All() || wider.expr == nil && f.expr == nil && bytes.Contains(f.folded, wider.folded)
}

// Match tells whether a name passes.
func (f Filter) Match(name string) bool {
	if f.expr != nil {
		return f.expr.MatchString(name)
	}
	return bytes.Contains(fold(nil, []byte(name)), f.folded)
}
