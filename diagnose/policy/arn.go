package policy

import "strings"

// arn is an ARN cut at its first five colons: "arn", partition, service,
// region, account and the resource, which may hold colons of its own (IAM User
// Guide, "Identify AWS resources with Amazon Resource Names").
type arn struct {
	part [6]string
	head string // the first five parts with their colons
	ok   bool
}

// splitARN cuts at the first five colons and no further, since keys hold colons
// as they like. What has fewer is no ARN.
func splitARN(s string) arn {
	var a arn
	rest := s
	for i := range 5 {
		before, after, found := strings.Cut(rest, ":")
		if !found {
			return arn{}
		}
		a.part[i], rest = before, after
	}
	a.part[5] = rest
	a.head = s[:len(s)-len(rest)]
	a.ok = true
	return a
}

func (a arn) partition() string { return a.part[1] }
func (a arn) service() string   { return a.part[2] }
func (a arn) account() string   { return a.part[4] }
func (a arn) resource() string  { return a.part[5] }

// arnPattern is one pattern of a Resource element or an ARN condition.
type arnPattern struct {
	any      bool // "*"
	cut      bool // it has six parts
	head     string
	parts    *[5]glob // the first five parts, where one is more than plain text
	resource glob     // the sixth
	// wide is the pattern as one piece, where a star that ends a part may run
	// over the colon behind it; nil: there is no such star.
	wide *glob
}

// newARNPattern compiles a pattern of an ARN condition: "Each of the six
// colon-delimited components of the ARN is checked separately and each can
// include multi-character match wildcards (*) or single-character match
// wildcards (?)" (IAM User Guide, "Condition operators").
func newARNPattern(text string, how syntax) arnPattern {
	return newParts(text, splitARN(text), how, how)
}

// newResourcePattern compiles a pattern of a Resource element. Variables count
// only after the fifth colon ("Variables and tags"). And "if the * wildcard is
// the last character of a resource ARN segment, it can expand to match beyond
// the colon boundaries" ("IAM JSON policy elements: Resource").
func newResourcePattern(text string, how syntax) arnPattern {
	a := splitARN(text)
	p := newParts(text, a, how&^variables, how)
	if widens(text, a) {
		wide := newGlob(text, how)
		p.wide = &wide
	}
	return p
}

// newParts cuts a pattern as an ARN is cut. Most patterns have nothing but
// plain text before the fifth colon; that is compared as one string.
func newParts(text string, a arn, head, resource syntax) arnPattern {
	p := arnPattern{any: text != "" && strings.Trim(text, "*") == ""}
	if !a.ok {
		return p
	}
	p.cut, p.head = true, a.head
	p.resource = newGlob(a.part[5], resource)
	if firstSpecial(a.head, head) >= 0 {
		p.parts = new([5]glob)
		for i := range p.parts {
			p.parts[i] = newGlob(a.part[i], head)
		}
	}
	return p
}

// widens tells whether a star ends one of the first five parts, or the pattern
// ends with a star before it has six. Where another star or a ? stands within
// those parts, the pattern is compared part by part alone.
func widens(text string, a arn) bool {
	head := a.head
	if !a.ok {
		head = text + ":"
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
	switch {
	case p.any:
		return true
	case !a.ok:
		return false
	case p.cut && p.matchParts(a, r):
		return true
	}
	return p.wide != nil && p.wide.match(s, r)
}

// matchParts compares part by part, so that no wildcard runs over a colon.
func (p *arnPattern) matchParts(a *arn, r resolver) bool {
	if p.parts == nil {
		return p.head == a.head && p.resource.match(a.part[5], r)
	}
	for i := range p.parts {
		if !p.parts[i].match(a.part[i], r) {
			return false
		}
	}
	return p.resource.match(a.part[5], r)
}

// unresolved returns the key of the first variable that has no value.
func (p *arnPattern) unresolved(r resolver) (string, bool) {
	if p.parts != nil {
		for i := range p.parts {
			if key, missing := p.parts[i].unresolved(r); missing {
				return key, true
			}
		}
	}
	return p.resource.unresolved(r)
}
