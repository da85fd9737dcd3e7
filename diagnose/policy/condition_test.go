package policy

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// condition evaluates one operator, key aws:k, on the values of a request; nil:
// the key is not there.
func condition(t testing.TB, operator string, values, met []string) bool {
	t.Helper()
	raw, err := json.Marshal(values)
	if err != nil {
		t.Fatal(err)
	}
	d := mustParse(t, fmt.Appendf(nil, `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*",
		"Condition":{%q:{"aws:k":%s}}}}`, operator, raw))
	r := Request{Principal: "arn:aws:iam::111122223333:user/ana", Action: "s3:GetObject", Resource: "arn:aws:s3:::b/k"}
	if met != nil {
		r.Context = map[string][]string{"AWS:K": met}
	}
	effect, _ := Decide(&r, &Set{Identity: []Named{{"p", d}}})
	return effect == Allow
}

// TestOperators is one line a case: operator, values of the policy, values of
// the request ("-": the key is absent), and the answer. Several values are
// parted by |. The rules are those of the IAM User Guide: "IAM JSON policy
// elements: Condition operators", "Single-valued vs. multivalued context keys",
// "Variables and tags", and "Grammar of the IAM JSON policy language".
func TestOperators(t *testing.T) {
	const table = `
StringEquals               red              red        true
StringEquals               red              Red        false
StringEquals               red|blue         blue       true
StringEquals               r*               red        false
StringEquals               red              -          false
StringNotEquals            red              -          true
StringNotEquals            red|blue         blue       false
StringNotEquals            red|blue         green      true
StringEqualsIgnoreCase     RED              red        true
StringNotEqualsIgnoreCase  RED              red        false
StringLike                 r?d*             reddish    true
StringNotLike              r*               red        false
StringEqualsIfExists       red              -          true
StringEqualsIfExists       red              blue       false
stringequals               red              red        true
ForAllValues:StringEquals  a|b              a|b|a      true
ForAllValues:StringEquals  a|b              a|c        false
ForAllValues:StringEquals  a                -          true
ForAnyValue:StringEquals   a                -          false
ForAnyValue:StringEquals   a|b              c|b        true
ForAnyValue:StringNotEquals a               a|b        true
ForAnyValue:StringNotEquals a               a          false
ForAllValues:StringNotEquals a              b|c        true
ForAllValues:StringNotEquals a              a|c        false
ForAnyValue:StringEqualsIfExists a          -          true
NumericEquals              10               10.0       true
NumericEquals              10               ten        false
NumericNotEquals           10               ten        true
NumericEquals              9007199254740993 9007199254740992 false
NumericLessThan            1.2              1.1        true
NumericLessThan            10               9          true
NumericLessThan            -1               -2         true
NumericLessThanEquals      0                -0         true
NumericGreaterThan         1e3              1001       true
NumericGreaterThanEquals   1.50             1.5        true
DateEquals                 2026-01-01       2026-01-01T00:00:00Z true
DateLessThan               2026-01-01T00:00:00Z 1735689600 true
DateGreaterThan            2026-01-01T01:00:00+02:00 2025-12-31T23:30:00Z true
DateGreaterThan            2026             2026-06-01 true
DateLessThanEquals         2026-01-01T00:00:00.5Z 2026-01-01T00:00:00.500Z true
DateNotEquals              someday          2026-01-01 true
DateGreaterThanEquals      2026-01-01T00:00Z 2026-01-01t00:00:00z true
Bool                       true             True       true
Bool                       true             yes        false
Bool                       false            -          false
BoolIfExists               false            -          true
BinaryEquals               QmE=             QmE=       true
BinaryEquals               QmE=             qmE=       false
BinaryEquals               !!               !!         false
IpAddress                  10.0.0.0/8       10.200.1.1 true
IpAddress                  10.1.2.3/8       10.200.1.1 true
IpAddress                  10.0.0.1         10.0.0.1   true
IpAddress                  10.0.0.1         10.0.0.2   false
IpAddress                  0.0.0.0/0        2001:db8::1 false
IpAddress                  2001:DB8::/32    2001:db8::1 true
NotIpAddress               10.0.0.0/8       2001:db8::1 true
NotIpAddress               10.0.0.0/8       -          true
IpAddress                  10.0.0.0/99      10.0.0.1   false
ArnLike                    arn:aws:iam::*:role/* arn:aws:iam::1:role/a/b true
ArnEquals                  arn:aws:iam::*:role/* arn:aws:iam::1:role/a true
ArnLike                    arn:aws:*:role/x arn:aws:iam::1:role/x false
ArnNotEquals               arn:aws:iam::1:role/x arn:aws:iam::1:role/y true
ArnNotLike                 arn:aws:iam::1:* arn:aws:iam::1:role/y false
ArnLike                    *                arn:aws:iam::1:role/y true
ForAnyValue:StringEqualsIfExists a          b          false
ForAllValues:StringEqualsIfExists a         b          false
ForAnyValue:StringNotLike  a*               -          false
ForAllValues:StringNotLike a*               -          true
ForAnyValue:StringLike     a*|b             c|ab       true
ForAllValues:IpAddress     10.0.0.0/8       10.0.0.1|11.0.0.1 false
ForAnyValue:NumericLessThan 5               9|4        true
ForAnyValue:ArnLike        arn:aws:s3:::b*  arn:aws:s3:::c|arn:aws:s3:::bb true
StringNotEqualsIfExists    red              -          true
StringNotEqualsIfExists    red              red        false
StringLike                 *                -          false
StringLike                 a\*              a\bc       true
StringEquals               ${*}             *          true
StringEquals               ${?}             ?          true
StringLike                 a${*}c           abc        false
StringLike                 a${$}c           a$c        true
StringLike                 ${aws:username}-* ana-1     true
StringLike                 ${aws:USERNAME,'x'} ana     true
StringLike                 ${aws:none,'x'}  x          true
StringNotLike              ${aws:none}      x          true
NumericEquals              10               0010       true
NumericEquals              0.1              .10        true
NumericEquals              5                5.         true
NumericEquals              5                .          false
NumericEquals              5                5.0.0      false
NumericEquals              1e2              100        true
NumericLessThan            5                -          false
NumericNotEquals           5                -          true
NumericNotEqualsIfExists   5                -          true
NumericLessThanIfExists    5                -          true
NumericGreaterThan         99999999999999999999 100000000000000000000 true
DateLessThan               1735689601       2025-01-01T00:00:00Z true
DateEquals                 2025-01-01T00:00:00Z 1735689600 true
DateGreaterThan            2024-02-29T23:59:59Z 2024-03-01T00:00:00Z true
DateGreaterThan            2025-02-29T00:00:00Z 2025-03-01T00:00:00Z false
DateLessThan               2026-01-01       -          false
DateLessThanIfExists       2026-01-01       -          true
Bool                       TRUE             true       true
Bool                       true             -          false
Bool                       true|false       false      true
IpAddress                  203.0.113.0/24   203.0.113.255 true
IpAddress                  203.0.113.0/24   203.0.114.0 false
IpAddress                  203.0.113.7/32   203.0.113.7 true
IpAddress                  0.0.0.0/0        255.255.255.255 true
IpAddress                  ::/0             203.0.113.7 false
IpAddress                  2001:db8::/126   2001:db8::3 true
IpAddress                  2001:db8::/126   2001:db8::4 false
IpAddress                  2001:0DB8:0::1   2001:db8::1 true
IpAddress                  203.0.113.0/24   ::ffff:203.0.113.9 true
IpAddress                  203.0.113.0/24   nonsense   false
NotIpAddress               203.0.113.0/24   nonsense   true
NotIpAddressIfExists       203.0.113.0/24   -          true
IpAddress                  10.0.0.0/8|203.0.113.0/24 203.0.113.1 true
NotIpAddress               10.0.0.0/8|203.0.113.0/24 203.0.113.1 false
ArnEquals                  arn:aws:iam::1:role/A arn:aws:iam::1:role/a false
ArnLike                    arn:aws:iam::1:role/? arn:aws:iam::1:role/ab false
ArnLike                    arn:*:iam::1:role/a arn:aws-cn:iam::1:role/a true
ArnLike                    arn:aws:logs:*:1:log-group:* arn:aws:logs:eu-west-1:1:log-group:/app:log-stream:s true
ArnLike                    arn:aws:iam::1:role/x not-an-arn false
ArnNotLike                 arn:aws:iam::1:role/x -     true
ArnNotEqualsIfExists       arn:aws:iam::1:role/x -     true
Null                       true             -          true
Null                       true             x          false
Null                       false            x          true
Null                       false            -          false
`
	for line := range strings.Lines(strings.TrimSpace(table)) {
		f := strings.Fields(line)
		met := strings.Split(f[2], "|")
		if f[2] == "-" {
			met = nil
		}
		if got := condition(t, f[0], strings.Split(f[1], "|"), met); fmt.Sprint(got) != f[3] {
			t.Errorf("%s: %t", strings.TrimSpace(line), got)
		}
	}
}

// TestEmptyValues: a key with no values counts as absent.
func TestEmptyValues(t *testing.T) {
	for operator, want := range map[string]bool{
		"StringEquals": false, "StringNotEquals": true, "ForAllValues:StringEquals": true, "ForAnyValue:StringEquals": false,
	} {
		if got := condition(t, operator, []string{"a"}, []string{}); got != want {
			t.Errorf("%s: %t", operator, got)
		}
	}
	if !condition(t, "Null", []string{"true"}, []string{}) {
		t.Error("Null")
	}
}

// FuzzCondition checks that no operator fails on any values, and that a negated
// operator says the opposite of its positive twin when the key has one value.
func FuzzCondition(f *testing.F) {
	f.Add("10", "9.5")
	f.Add("2026-01-01T00:00:00Z", "1735689600")
	f.Add("10.0.0.0/8", "10.1.2.3")
	f.Add("arn:aws:iam::1:role/*", "arn:aws:iam::1:role/x")
	f.Add("${aws:username}*", "ana")
	twins := map[string]string{"StringEquals": "StringNotEquals", "StringEqualsIgnoreCase": "StringNotEqualsIgnoreCase",
		"StringLike": "StringNotLike", "NumericEquals": "NumericNotEquals", "DateEquals": "DateNotEquals",
		"IpAddress": "NotIpAddress", "ArnLike": "ArnNotLike", "ArnEquals": "ArnNotEquals"}
	f.Fuzz(func(t *testing.T, value, met string) {
		value, met = strings.ToValidUTF8(value, ""), strings.ToValidUTF8(met, "")
		for positive, negated := range twins {
			if condition(t, positive, []string{value}, []string{met}) == condition(t, negated, []string{value}, []string{met}) {
				t.Errorf("%s and %s agree on %q, %q", positive, negated, value, met)
			}
		}
		for _, op := range []string{"NumericLessThan", "DateGreaterThan", "Bool", "BinaryEquals", "Null"} {
			_ = condition(t, op, []string{value}, []string{met})
		}
	})
}

// TestSlips: a reason names the slip that probably was made, and none where the values
// are the same in every letter.
func TestSlips(t *testing.T) {
	for _, c := range []struct{ operator, value, met, slip string }{
		{"StringEquals", "Red", "red", "upper and lower case"},
		{"StringLike", "Red", "red", "upper and lower case"},
		{"ArnEquals", "arn:aws:iam::111122223333:role/Dev", "arn:aws:iam::111122223333:role/dev", "upper and lower case"},
		{"StringEquals", "r*", "red", "StringLike would match"},
		{"StringEquals", "blue", "red", ""},
		{"NumericLessThan", "10", "10", ""},
		{"StringNotEquals", "red", "red", ""},
	} {
		d := mustParse(t, fmt.Appendf(nil, `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*","Condition":{%q:{"aws:k":%q}}}}`, c.operator, c.value))
		r := Request{Principal: "arn:aws:iam::111122223333:user/ana", Action: "s3:GetObject", Resource: "arn:aws:s3:::b/k", Context: map[string][]string{"aws:k": {c.met}}}
		missed := Evaluate(r, Set{Identity: []Named{{"p", d}}}).Missed
		_, slip, _ := strings.Cut(missed[0].Reason, "; ")
		_, slip, _ = strings.Cut(slip, "; ") // behind what was met and what was wanted
		if c.slip == "" && slip != "" || !strings.Contains(slip, c.slip) {
			t.Errorf("%s %s, and it was %s: slip %q in %q", c.operator, c.value, c.met, slip, missed[0].Reason)
		}
	}
}
