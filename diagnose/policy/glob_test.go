package policy

import (
	"strings"
	"testing"
)

func TestMatchWildcard(t *testing.T) {
	tests := []struct {
		pattern, s string
		want       bool
	}{
		{"", "", true},
		{"", "a", false},
		{"*", "", true},
		{"*", "a/b", true},
		{"?", "", false},
		{"?", "é", true},
		{"??", "é", false},
		{"*??", "€", false},
		{"a*", "abc", true},
		{"*c", "abc", true},
		{"a*c", "ac", true},
		{"a*c", "a", false},
		{"aa*aa", "aaa", false},
		{"a*b*c", "a-b-b-c", true},
		{"*a?c*", "xabcx", true},
		{"*/test/*", "1/test/.jpg", true},
		{"*/test/*", "test/object.jpg", false},
		{"a**b", "ab", true},
		{"a*?b", "ab", false},
		{"${x}", "${x}", true}, // variables are not the business of MatchWildcard
		{"日?語*", "日本語です", true},
	}
	for _, test := range tests {
		if got := MatchWildcard(test.pattern, test.s); got != test.want {
			t.Errorf("MatchWildcard(%q, %q) = %t", test.pattern, test.s, got)
		}
	}
}

// TestManyStars gives patterns for which a backtracking matcher would outlive the
// universe, and the test run at any rate.
func TestManyStars(t *testing.T) {
	for _, test := range []struct{ pattern, s string }{
		{strings.Repeat("*a", 2000) + "b", strings.Repeat("a", 1<<20)},
		{strings.Repeat("a*", 2000) + "b", strings.Repeat("a", 1<<20)},
		{strings.Repeat("*a?", 200) + "b", strings.Repeat("a", 1<<16)},
		{"*" + strings.Repeat("?a", 2000) + "b*", strings.Repeat("a", 1<<20)},
	} {
		if MatchWildcard(test.pattern, test.s) {
			t.Errorf("%.20s… matches", test.pattern)
		}
	}
}

// TestLongTexts: the search for long texts finds what the one for short finds.
func TestLongTexts(t *testing.T) {
	pad := strings.Repeat("é", longText)
	for _, test := range []struct {
		pattern, s string
		want       bool
	}{
		{"*b?d*", pad + "abcd" + pad, true},
		{"*b?d*e", pad + "abcd" + pad, false},
		{"*b??d*", pad + "b日xd" + pad, true},
		{"*" + strings.Repeat("é?", 100) + "x*", pad + "xyz", true},
		{"*" + strings.Repeat("é?", 100) + "xx*", pad + "xyz", false},
		{"*?z*?z", pad + "z" + pad + "z", true},
	} {
		if got := MatchWildcard(test.pattern, test.s); got != test.want {
			t.Errorf("%.20s…: %t", test.pattern, got)
		}
	}
}

// backtrack is the plain recursive matcher.
func backtrack(p, s []rune) bool {
	if len(p) == 0 {
		return len(s) == 0
	}
	if p[0] == '*' {
		return backtrack(p[1:], s) || len(s) > 0 && backtrack(p, s[1:])
	}
	return len(s) > 0 && (p[0] == '?' || p[0] == s[0]) && backtrack(p[1:], s[1:])
}

// FuzzMatch compares the matcher with one that backtracks.
func FuzzMatch(f *testing.F) {
	f.Add("a*b?c", "aXXbYc")
	f.Add("*é?*", "éé")
	f.Add("**a*", "")
	f.Fuzz(func(t *testing.T, pattern, s string) {
		pattern, s = strings.ToValidUTF8(pattern, "x"), strings.ToValidUTF8(s, "x")
		if strings.Count(pattern, "*") > 4 || len(s) > 40 || len(pattern) > 40 {
			t.Skip()
		}
		want := backtrack([]rune(pattern), []rune(s))
		if got := MatchWildcard(pattern, s); got != want {
			t.Errorf("MatchWildcard(%q, %q) = %t", pattern, s, got)
		}
		// The same behind a long text that holds nothing of either.
		pad := strings.Repeat("\x00", longText)
		if got := MatchWildcard(pad+"*"+pattern+"*"+pad, pad+s+pad); want && !got {
			t.Errorf("padded, MatchWildcard(%q, %q) = %t", pattern, s, got)
		}
	})
}

// fixedVars resolves variables from a map.
type fixedVars map[string]string

func (v fixedVars) variable(key string) (string, bool) { s, ok := v[key]; return s, ok }

func TestVariables(t *testing.T) {
	vars := fixedVars{"aws:username": "ana", "aws:principaltag/team": "r*d", "aws:empty": ""}
	tests := []struct {
		pattern, s string
		want       bool
	}{
		{"home/${aws:username}/*", "home/ana/x", true},
		{"home/${AWS:UserName}/*", "home/ana/x", true},
		{"home/${ aws:username }/x", "home/ana/x", true},
		{"home/${aws:nobody}/*", "home//x", false},
		{"home/${aws:nobody, 'all'}/*", "home/all/x", true},
		{"home/${aws:nobody, 'a}l'}/*", "home/a}l/x", true},
		{"home/${aws:nobody, all}/*", "home/all/x", false}, // the quotes are required
		{"${aws:nobody,''}x", "x", true},
		{"${aws:empty}x", "x", true},
		{"${aws:PrincipalTag/team}", "r*d", true},
		{"${aws:PrincipalTag/team}", "red", false}, // a star in a value is that character
		{"*${aws:username}*${aws:username}", "xanayana", true},
		{"*${aws:username}", "anaana", true},
		{"${*}${?}${$}", "*?$", true},
		{"${*}", "x", false},
		{"${", "${", true},
		{"a$b", "a$b", true},
	}
	for _, test := range tests {
		g := newGlob(test.pattern, wildcards|variables)
		if got := g.match(test.s, vars); got != test.want {
			t.Errorf("%q on %q: %t", test.pattern, test.s, got)
		}
	}
}

func TestResourcePatterns(t *testing.T) {
	const object = "arn:aws:s3:::docs/a:b/c"
	tests := []struct {
		pattern, arn string
		want         bool
	}{
		{"*", object, true},
		{"**", object, true},
		{"arn:aws:s3:::docs/*", object, true},
		{"arn:*:s3:::docs/*", object, true},
		{"arn:aws:s3:*:*:docs/*", object, true},
		{"arn:aws:s3:*", object, true}, // a star that ends a part may run over colons
		{"arn:aws:*", object, true},
		{"arn:aws:s3*:docs/*", object, true},
		{"arn:aws:s*3:::docs/*", "arn:aws:s:3:::docs/x", false}, // one within a part may not
		{"arn:aws:s3:::", object, false},
		{"arn:aws:s3:::docs", object, false},
		{"arn:aws-cn:s3:::docs/*", object, false},
		{"arn:aws:s3:::docs/a:b/?", object, true},
		{"arn:aws:s3:::Docs/*", object, false},
		{"arn:${aws:username}:s3:::docs/*", object, false}, // no variables before the fifth colon
		{"arn:aws:s3:::docs/*", "docs/x", false},
	}
	for _, test := range tests {
		p := newResourcePattern(test.pattern, wildcards|variables)
		a := splitARN(test.arn)
		if got := p.match(test.arn, &a, fixedVars{"aws:username": "aws"}); got != test.want {
			t.Errorf("%q on %q: %t", test.pattern, test.arn, got)
		}
	}
}
