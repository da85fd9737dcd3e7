package policy

import (
	"slices"
	"strings"
)

// conditions looks for keys that the actions never have and for values that
// can never match.
func (l *linter) conditions() {
	for i := range l.statement.Conditions {
		c := &l.statement.Conditions[i]
		op, _ := newOperator(c.Operator)
		l.conditionKey(c)
		if op.set == single && op.base != opNull && multivalued[strings.ToLower(c.Key)] {
			l.remark(c.Line, "set-operator-missing", "ForAnyValue:"+c.Operator,
				"%s is a list in a request, which needs ForAnyValue: or ForAllValues: before %s", c.Key, c.Operator)
		}
		for _, v := range c.Values {
			l.conditionValue(c, op, v)
		}
		if op.set == forAll && l.statement.Effect == "Allow" && !l.asksFor(c.Key) {
			l.remark(c.Line, "for-all-values-allow", "", "%s is also met when %s is not in the request; add \"Null\": {%q: \"false\"}", c.Operator, c.Key, c.Key)
		}
		if l.statement.Effect == "Deny" && op.base == opIP && op.negated && strings.EqualFold(c.Key, "aws:SourceIp") && !op.ifExists {
			l.remark(c.Line, "deny-not-ip", "", "requests through a VPC endpoint have no aws:SourceIp, so this denies them all; add a condition on aws:SourceVpce or aws:VpcSourceIp")
		}
	}
}

// asksFor tells whether a Null condition of the statement asks for a key.
func (l *linter) asksFor(key string) bool {
	return slices.ContainsFunc(l.statement.Conditions, func(c Condition) bool {
		op, _ := newOperator(c.Operator)
		return op.base == opNull && strings.EqualFold(c.Key, key)
	})
}

// conditionKey looks at keys of S3 alone: the global ones belong to any action.
func (l *linter) conditionKey(c *Condition) {
	key := keyName(c.Key)
	if !strings.HasPrefix(key, "s3:") || everyKey[key] {
		return
	}
	if !actionKeys[key] {
		l.remark(c.Line, "unknown-key", "", "S3 has no condition key %s", c.Key)
		return
	}
	if l.statement.Actions.Not {
		return
	}
	var without []string
	for _, v := range l.statement.Actions.List {
		lower := strings.ToLower(v.Text)
		rows := actionsLike(lower)
		if !strings.HasPrefix(lower, "s3:") {
			return
		}
		if len(rows) == 0 || slices.ContainsFunc(rows, func(r *actionRow) bool { return r.keys[key] }) {
			continue
		}
		without = append(without, v.Text)
	}
	if without != nil {
		l.remark(c.Line, "key-without-action", "", "requests of %s never have %s", few(without, ", "), c.Key)
	}
}

// conditionValue looks at one value.
func (l *linter) conditionValue(c *Condition, op operator, v Value) {
	text := v.Text
	if strings.Contains(text, "${") && !slices.Contains([]base{opString, opStringFold, opStringLike, opArn}, op.base) {
		l.remark(v.Line, "variable-not-allowed", "", "%s takes no policy variable: %s is plain text", c.Operator, text)
		return
	}
	switch op.base {
	case opString, opStringFold:
		if strings.ContainsAny(withoutVariables(text), "*?") {
			l.remark(v.Line, "wildcard-in-equals", likeOperator(c.Operator), "%s takes the wildcard in %q as plain text", c.Operator, text)
		}
	case opArn:
		l.arnValue(c, v)
	case opNumber:
		if _, ok := newDecimal(text); !ok {
			l.remark(v.Line, "bad-value", "", "%q is not a number, so %s never matches it", text, c.Operator)
		}
	case opDate:
		if _, ok := parseDate(text); !ok {
			l.remark(v.Line, "bad-value", "", "%q is not a date, so %s never matches it", text, c.Operator)
		}
	case opBool, opNull:
		if !strings.EqualFold(text, "true") && !strings.EqualFold(text, "false") {
			l.remark(v.Line, "bad-value", "", "%q is neither true nor false", text)
		}
	case opIP:
		if !newInNetwork(text).ok {
			l.remark(v.Line, "bad-value", "", "%q is not an IP address or range", text)
		}
	}
}

// arnValue looks for what is no ARN, and for the commonest slip with
// aws:PrincipalArn: it is the role's ARN, whatever the session is called.
func (l *linter) arnValue(c *Condition, v Value) {
	a := splitARN(v.Text)
	switch {
	case !a.ok && strings.Trim(v.Text, "*") != "" && !strings.Contains(v.Text, "${"):
		l.remark(v.Line, "bad-value", "", "%q is not an ARN, so %s never matches it", v.Text, c.Operator)
	case strings.EqualFold(c.Key, "aws:PrincipalArn") && a.service() == "sts" && strings.HasPrefix(a.resource(), "assumed-role/"):
		name, _, _ := strings.Cut(strings.TrimPrefix(a.resource(), "assumed-role/"), "/")
		l.remark(v.Line, "session-as-principal-arn", "arn:"+a.partition()+":iam::"+a.account()+":role/"+name,
			"aws:PrincipalArn is the ARN of the role, never that of a session such as %s", v.Text)
	}
}

// withoutVariables is a text less its ${…}, which may hold a * or ?.
func withoutVariables(text string) string {
	for from := 0; ; {
		start := strings.Index(text[from:], "${")
		if start < 0 {
			return text
		}
		from += start
		end := variableEnd(text[from:])
		if end < 0 {
			return text
		}
		text = text[:from] + text[from+end+1:]
	}
}

// likeOperator is the operator with wildcards in place of one without.
func likeOperator(name string) string {
	r := strings.NewReplacer("EqualsIgnoreCase", "Like", "Equals", "Like")
	return r.Replace(name)
}
