package policy

import "strings"

// operator is a condition operator, taken apart.
type operator struct {
	base     base
	set      setKind
	relation relation // of numbers and dates
	negated  bool
	ifExists bool
}

type base uint8

// The families of operators (IAM User Guide, "Condition operators").
const (
	opString base = iota
	opStringFold
	opStringLike
	opArn // ArnEquals and ArnLike behave the same
	opNumber
	opDate
	opBool
	opBinary
	opIP
	opNull
)

type setKind uint8

const (
	single setKind = iota
	forAny
	forAll
)

// relation is how a number or date is compared.
type relation uint8

const (
	equal relation = iota
	less
	lessEqual
	greater
	greaterEqual
)

type operatorRow struct {
	name     string
	base     base
	negated  bool
	relation relation
}

// operators is every operator that IAM has, in lower case.
var operators = makeOperators([]operatorRow{
	{"StringEquals", opString, false, equal},
	{"StringNotEquals", opString, true, equal},
	{"StringEqualsIgnoreCase", opStringFold, false, equal},
	{"StringNotEqualsIgnoreCase", opStringFold, true, equal},
	{"StringLike", opStringLike, false, equal},
	{"StringNotLike", opStringLike, true, equal},
	{"ArnEquals", opArn, false, equal},
	{"ArnNotEquals", opArn, true, equal},
	{"ArnLike", opArn, false, equal},
	{"ArnNotLike", opArn, true, equal},
	{"NumericEquals", opNumber, false, equal},
	{"NumericNotEquals", opNumber, true, equal},
	{"NumericLessThan", opNumber, false, less},
	{"NumericLessThanEquals", opNumber, false, lessEqual},
	{"NumericGreaterThan", opNumber, false, greater},
	{"NumericGreaterThanEquals", opNumber, false, greaterEqual},
	{"DateEquals", opDate, false, equal},
	{"DateNotEquals", opDate, true, equal},
	{"DateLessThan", opDate, false, less},
	{"DateLessThanEquals", opDate, false, lessEqual},
	{"DateGreaterThan", opDate, false, greater},
	{"DateGreaterThanEquals", opDate, false, greaterEqual},
	{"Bool", opBool, false, equal},
	{"BinaryEquals", opBinary, false, equal},
	{"IpAddress", opIP, false, equal},
	{"NotIpAddress", opIP, true, equal},
	{"Null", opNull, false, equal},
})

// makeOperators indexes the operators in lower case, since IAM takes them in
// any.
func makeOperators(rows []operatorRow) map[string]operatorRow {
	m := make(map[string]operatorRow, len(rows))
	for _, r := range rows {
		m[strings.ToLower(r.name)] = r
	}
	return m
}

// newOperator takes an operator's name apart, without regard to case; fault
// says what is wrong with it, to follow the name in a sentence.
func newOperator(name string) (op operator, fault string) {
	rest := strings.ToLower(name)
	if t, ok := strings.CutPrefix(rest, "forallvalues:"); ok {
		op.set, rest = forAll, t
	} else if t, ok := strings.CutPrefix(rest, "foranyvalue:"); ok {
		op.set, rest = forAny, t
	}
	rest, op.ifExists = strings.CutSuffix(rest, "ifexists")
	row, ok := operators[rest]
	switch {
	case !ok:
		return op, "is unknown"
	case row.base == opNull && op.ifExists:
		return op, "does not exist: Null takes no IfExists"
	}
	op.base, op.negated, op.relation = row.base, row.negated, row.relation
	return op, ""
}
