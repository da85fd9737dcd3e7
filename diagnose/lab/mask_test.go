package lab

import (
	"fmt"
	"strings"
	"testing"
)

// TestMaskAccounts holds what is masked, and that one id stays one and two stay two.
func TestMaskAccounts(t *testing.T) {
	accounts := []Account{{Name: "caller", ID: "111122223333"}, {Name: "owner", ID: "222222222222"}}
	for _, c := range []struct{ what, text, want string }{
		{"the account's own field", `id = "111122223333"`, `id = "111111111111"`},
		{"an ARN in a policy", `"AWS": "arn:aws:iam::444455556666:root"`, `"AWS": "arn:aws:iam::333333333333:root"`},
		{"a bare Principal and a condition", `"AWS": "444455556666", "aws:PrincipalAccount": ["777788889999", "444455556666"]`,
			`"AWS": "333333333333", "aws:PrincipalAccount": ["444444444444", "333333333333"]`},
		{"a number in JSON", `{"aws:ResourceAccount":111122223333}`, `{"aws:ResourceAccount":111111111111}`},
		{"an id that is another's mask", `222222222222 111111111111`, `222222222222 333333333333`},
		{"the name of a bucket", `acme-111122223333-logs/AWSLogs/111122223333/`, `acme-111111111111-logs/AWSLogs/111111111111/`},
		{"what is longer or shorter", `1111222233334 11112222333 a111122223333 111122223333f`, `1111222233334 11112222333 a111122223333 111122223333f`},
	} {
		if got := maskAccounts(c.text, accounts); got != c.want {
			t.Errorf("%s: %s\nbecomes %s\nwant    %s", c.what, c.text, got, c.want)
		}
	}
}

// TestMasksDiffer holds that no two accounts get one mask, however many there are.
func TestMasksDiffer(t *testing.T) {
	var text strings.Builder
	for i := range 2000 {
		fmt.Fprintf(&text, "%012d\n", 555500000000+i)
	}
	seen := map[string]bool{}
	for id := range strings.FieldsSeq(maskAccounts(text.String(), nil)) {
		if seen[id] || len(id) != 12 || id[0] == '0' {
			t.Fatalf("the mask %q is not a new one of twelve digits", id)
		}
		seen[id] = true
	}
}
