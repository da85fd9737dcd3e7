package policy

import (
	"strings"
	"time"
)

// test is one condition made ready: one key of one operator.
type test struct {
	operator
	key    string // in lower case
	name   string // the key as the policy spells it
	values []comparer
	// present is what a Null condition asks for: "true" that the key is
	// absent, "false" that it is there.
	wantAbsent, wantPresent bool
}

// comparer is one value of a condition, made ready. The implementations are
// those of this package.
type comparer interface {
	// matches tells whether a value of the request fits, before negation.
	matches(value string, r resolver) bool
}

// newTest makes one condition ready. Parse has refused the operators that do
// not exist, so that fault needs no second look.
func newTest(c *Condition, how syntax) test {
	op, _ := newOperator(c.Operator)
	t := test{operator: op, key: strings.ToLower(c.Key), name: c.Key}
	for _, v := range c.Values {
		if op.base == opNull {
			t.wantAbsent = t.wantAbsent || strings.EqualFold(v.Text, "true")
			t.wantPresent = t.wantPresent || strings.EqualFold(v.Text, "false")
			continue
		}
		t.values = append(t.values, newComparer(op, v.Text, how))
	}
	return t
}

// newComparer makes a value ready. Variables count in string and ARN operators
// only (IAM User Guide, "Variables and tags": where you can use policy variables).
func newComparer(op operator, text string, how syntax) comparer {
	vars := how & variables
	switch op.base {
	case opString:
		g := newGlob(text, vars)
		return textIs{&g}
	case opStringFold:
		g := newGlob(text, vars)
		return textFolds{&g}
	case opStringLike:
		g := newGlob(text, vars|wildcards)
		return textLike{&g}
	case opArn:
		p := newARNPattern(text, vars|wildcards)
		return arnLike{&p}
	case opNumber:
		return newOrderedIs(text, op.relation, newDecimal, decimal.compare)
	case opDate:
		return newOrderedIs(text, op.relation, parseDate, time.Time.Compare)
	case opBool:
		return boolIs(strings.ToLower(text))
	case opBinary:
		return newBinaryIs(text)
	default:
		return newInNetwork(text)
	}
}

// holds tells whether the condition is met. The rules are those of "Condition
// operators", "Conditions with multiple context keys or values" and
// "Single-valued vs. multivalued context keys" in the IAM User Guide.
func (t *test) holds(c *call) bool {
	met := c.values(t.name, t.key)
	if t.base == opNull {
		return t.wantAbsent && len(met) == 0 || t.wantPresent && len(met) > 0
	}
	if len(met) == 0 {
		return t.holdsMissing()
	}
	switch t.set {
	case forAll:
		for _, v := range met {
			if !t.holdsFor(v, c) {
				return false
			}
		}
		return true
	case forAny:
		for _, v := range met {
			if t.holdsFor(v, c) {
				return true
			}
		}
		return false
	}
	return t.holdsSingle(met, c)
}

// holdsMissing is the answer where the request has no such key, or no value of
// it: a positive operator is not met, a negated one is.
func (t *test) holdsMissing() bool {
	switch {
	case t.ifExists, t.set == forAll:
		return true
	case t.set == forAny:
		return false
	}
	return t.negated
}

// holdsFor compares one value of the request: with any of the policy's values,
// and for a negated operator with none of them.
func (t *test) holdsFor(value string, c *call) bool {
	for _, v := range t.values {
		if v.matches(value, c) {
			return !t.negated
		}
	}
	return t.negated
}

// holdsSingle compares without a set operator, which is meant for keys with one
// value. Where the request has more, which the documentation leaves open, any
// of them may fit, and for a negated operator none may.
func (t *test) holdsSingle(met []string, c *call) bool {
	for _, v := range met {
		if t.holdsFor(v, c) != t.negated {
			return !t.negated
		}
	}
	return t.negated
}

// textIs compares exactly, textFolds without regard to case, textLike with
// wildcards, and arnLike part by part.
type (
	textIs    struct{ *glob }
	textFolds struct{ *glob }
	textLike  struct{ *glob }
	arnLike   struct{ *arnPattern }
)

func (t textIs) matches(v string, r resolver) bool   { return t.match(v, r) }
func (t textLike) matches(v string, r resolver) bool { return t.match(v, r) }

// A variable may change the length in bytes of what is compared, so the text is
// put together before the case is folded.
func (t textFolds) matches(v string, r resolver) bool {
	want, ok := t.text(r)
	return ok && strings.EqualFold(want, v)
}

func (t arnLike) matches(v string, r resolver) bool {
	a := splitARN(v)
	return t.match(v, &a, r)
}

// boolIs is a boolean in lower case.
type boolIs string

func (b boolIs) matches(v string, _ resolver) bool { return strings.EqualFold(v, string(b)) }
