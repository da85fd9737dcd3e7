package policy

import (
	"fmt"
	"strings"
)

// relationWords say what a comparison asks for: "aws:SourceIp must be in …".
func (t *test) asks() string {
	not := ""
	if t.negated {
		not = "not "
	}
	switch t.base {
	case opStringFold:
		return "must " + not + "be (in any case)"
	case opStringLike, opArn:
		return "must " + not + "be like"
	case opIP:
		return "must " + not + "be in"
	case opNumber, opDate:
		return "must " + not + t.relation.words(t.base)
	}
	return "must " + not + "be"
}

// words says a comparison as people do: numbers are less or greater, dates
// earlier or later.
func (r relation) words(b base) string {
	names := [...]string{"equal", "be less than", "be at most", "be greater than", "be at least"}
	if b == opDate {
		names = [...]string{"be", "be before", "be no later than", "be after", "be no earlier than"}
	}
	return names[r]
}

// unmetReason says why a condition was not met.
func (t *test) unmetReason(c *call, cond *Condition, met []string) string {
	want := few(texts(cond.Values), " or ")
	switch {
	case t.base == opNull && len(met) == 0:
		return fmt.Sprintf("%s was not in the request, and %s asks for it", cond.Key, cond.Operator)
	case t.base == opNull:
		return fmt.Sprintf("%s was in the request (%s), and %s asks that it is not", cond.Key, few(met, ", "), cond.Operator)
	case len(met) == 0:
		return fmt.Sprintf("%s was not in the request; it %s %s", cond.Key, t.asks(), want)
	}
	reason := fmt.Sprintf("%s was %s; it %s %s", cond.Key, few(met, ", "), t.asks(), want)
	if t.set == forAll {
		reason = fmt.Sprintf("%s was %s; each of them %s %s", cond.Key, few(met, ", "), t.asks(), want)
	}
	return reason + t.slip(c, cond, met)
}

// slip names what probably went wrong in a positive comparison.
func (t *test) slip(c *call, cond *Condition, met []string) string {
	if t.negated {
		return ""
	}
	for i, v := range cond.Values {
		if key, missing := unresolvedIn(t.values[i], c); missing {
			return fmt.Sprintf(", and %s has no value in this request", key)
		}
		if (t.base == opString || t.base == opStringFold) && strings.ContainsAny(v.Text, "*?") &&
			!strings.Contains(v.Text, "${") && MatchWildcard(v.Text, met[0]) {
			return fmt.Sprintf("; %s takes the wildcard as plain text, StringLike would match", cond.Operator)
		}
		if v.Text != met[0] && strings.EqualFold(v.Text, met[0]) {
			return "; they differ in upper and lower case"
		}
	}
	return ""
}

// unresolvedIn returns the variable of a value that the request has nothing
// for.
func unresolvedIn(v comparer, c *call) (string, bool) {
	switch v := v.(type) {
	case textIs:
		return v.unresolved(c)
	case textFolds:
		return v.unresolved(c)
	case textLike:
		return v.unresolved(c)
	case arnLike:
		return v.unresolved(c)
	}
	return "", false
}

// metReason says why a condition of a matched statement was met.
func (t *test) metReason(cond *Condition, met []string) string {
	want := few(texts(cond.Values), " or ")
	switch {
	case len(met) > 0 && t.base == opNull:
		return fmt.Sprintf("%s was in the request (%s)", cond.Key, few(met, ", "))
	case len(met) > 0 && t.negated:
		return fmt.Sprintf("%s was %s, which is not %s", cond.Key, few(met, ", "), want)
	case len(met) > 0:
		return fmt.Sprintf("%s was %s", cond.Key, few(met, ", "))
	case t.base == opNull:
		return fmt.Sprintf("%s was not in the request", cond.Key)
	case t.set == forAll:
		return fmt.Sprintf("%s was not in the request, which meets ForAllValues", cond.Key)
	case t.negated:
		return fmt.Sprintf("%s was not in the request, so it is not %s", cond.Key, want)
	}
	return fmt.Sprintf("%s was not in the request, and %s lets that pass", cond.Key, cond.Operator)
}
