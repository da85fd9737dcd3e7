package policy

import "strings"

// arn is an ARN cut at its first five colons: "arn", partition, service,
// region, account and the resource, which may hold colons of its own (IAM User
// Guide, "Identify AWS resources with Amazon Resource Names").
type arn struct {
	part [6]string
	ok   bool
}

func splitARN(s string) arn {
	var a arn
	for i := range 5 {
		before, after, found := strings.Cut(s, ":")
		if !found {
			return arn{}
		}
		a.part[i], s = before, after
	}
	a.part[5] = s
	a.ok = true
	return a
}

func (a arn) partition() string { return a.part[1] }
func (a arn) service() string   { return a.part[2] }
func (a arn) account() string   { return a.part[4] }
func (a arn) resource() string  { return a.part[5] }

// arnPattern is one pattern of a Resource element or an ARN condition.
type arnPattern struct {
	text string
	any  bool // "*"
	// part holds the pattern cut as an ARN is; each part is compared with its
	// own counterpart.
	part [6]glob
	cut  bool // false: it has fewer than six parts
	// wide is the pattern as one piece, where a star that ends a part may run
	// over the colon behind it.
	wide    glob
	hasWide bool
}

// newARNPattern compiles a pattern of an ARN condition: "Each of the six
// colon-delimited components of the ARN is checked separately and each can
// include multi-character match wildcards (*) or single-character match
// wildcards (?)" (IAM User Guide, "Condition operators").
func newARNPattern(text string, how syntax) arnPattern {
	p := arnPattern{text: text, any: strings.Trim(text, "*") == "" && text != ""}
	if a := splitARN(text); a.ok {
		p.cut = true
		for i := range a.part {
			p.part[i] = newGlob(a.part[i], how)
		}
	}
	return p
}

// newResourcePattern compiles a pattern of a Resource element. Variables count
// only after the fifth colon ("Variables and tags"). And "if the * wildcard is
// the last character of a resource ARN segment, it can expand to match beyond
// the colon boundaries" ("IAM JSON policy elements: Resource").
func newResourcePattern(text string, how syntax) arnPattern {
	p := newARNPattern(text, how&^variables)
	a := splitARN(text)
	if a.ok {
		p.part[5] = newGlob(a.part[5], how)
	}
	if widens(text, a) {
		p.hasWide = true
		p.wide = newGlob(text, how)
	}
	return p
}

// widens tells whether a star ends one of the first five parts, or the pattern
// ends with a star before it has six. Where another star or a ? stands within
// those parts, the pattern is compared part by part alone.
func widens(text string, a arn) bool {
	head := text
	if a.ok {
		head = text[:len(text)-len(a.part[5])]
	} else {
		head += ":"
	}
	for i := range len(head) {
		inner := head[i] == '*' && (i+1 == len(head) || head[i+1] != ':')
		if head[i] == '?' || inner || strings.HasPrefix(head[i:], "${") {
			return false
		}
	}
	return strings.Contains(head, "*:")
}

// match compares an ARN with the pattern; s is a's whole text.
func (p *arnPattern) match(s string, a *arn, r resolver) bool {
	if p.any {
		return true
	}
	if !a.ok {
		return false
	}
	if p.cut && p.matchParts(a, r) {
		return true
	}
	return p.hasWide && p.wide.match(s, r)
}

func (p *arnPattern) matchParts(a *arn, r resolver) bool {
	// The resource differs most often, then the service.
	for _, i := range [...]int{5, 2, 1, 4, 3, 0} {
		if !p.part[i].match(a.part[i], r) {
			return false
		}
	}
	return true
}

// unresolved returns the key of the first variable that has no value.
func (p *arnPattern) unresolved(r resolver) (string, bool) {
	for i := range p.part {
		if key, missing := p.part[i].unresolved(r); missing {
			return key, true
		}
	}
	return "", false
}
