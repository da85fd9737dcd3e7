package policy

import (
	"strings"
	"testing"
)

// What IAM would not take must not be taken here either: a document that is read
// wrongly gives a wrong verdict.
func TestRefusesWhatIAMRefuses(t *testing.T) {
	for name, c := range map[string]struct{ inside, want string }{
		"action without a service": {`"Effect":"Allow","Action":"GetObject","Resource":"*"`, "has no service prefix"},
		"action without a name":    {`"Effect":"Allow","Action":"s3:","Resource":"*"`, "has no service prefix"},
		"both kinds of principal":  {`"Effect":"Allow","Principal":"*","NotPrincipal":{"AWS":"111122223333"},"Action":"s3:*","Resource":"*"`, "NotPrincipal"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Parse([]byte(`{"Version":"2012-10-17","Statement":[{` + c.inside + `}]}`))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want an error that holds %q", err, c.want)
			}
		})
	}
}

func TestDecimalsAreWholeTexts(t *testing.T) {
	for text, want := range map[string]bool{
		"1": true, "-1.5": true, ".5": true, "5.": true, "1e3": true,
		"": false, ".": false, "-": false, "1.x": false, "x.1": false, "1.2.3": false,
	} {
		if _, ok := newDecimal(text); ok != want {
			t.Errorf("newDecimal(%q) is %v, want %v", text, ok, want)
		}
	}
}

func TestAccountIDsAreTwelveDigits(t *testing.T) {
	for text, want := range map[string]bool{
		"111122223333": true, "11112222333": false, "1111222233334": false, "11112222333x": false, "/11122223333": false,
	} {
		if got := isAccountID(text); got != want {
			t.Errorf("isAccountID(%q) is %v, want %v", text, got, want)
		}
	}
}

// What a NotAction or NotResource leaves over cannot be on the wrong resource.
func TestFitLeavesNotElementsAlone(t *testing.T) {
	for inside, want := range map[string]bool{
		`"Action":"s3:GetObject","Resource":"arn:aws:s3:::b"`:    true,
		`"NotAction":"s3:GetObject","Resource":"arn:aws:s3:::b"`: false,
		`"Action":"s3:GetObject","NotResource":"arn:aws:s3:::b"`: false,
	} {
		d := mustParse(t, []byte(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow",`+inside+`}]}`))
		got := false
		for _, r := range Lint(d, AnyKind) {
			got = got || r.Code == "object-action-on-bucket"
		}
		if got != want {
			t.Errorf("%s: remarked is %v, want %v", inside, got, want)
		}
	}
}
