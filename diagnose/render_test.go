package diagnose

import (
	"encoding/json"
	"os"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

// deniedReport is a proven Deny with a quotation, a fix and a gap.
func deniedReport() Report {
	const before = `{"Version":"2012-10-17","Statement":{"Sid":"OnlyFromVpce","Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::b/*"}}`
	const after = `{"Version":"2012-10-17","Statement":{"Sid":"OnlyFromVpce","Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::b/*","Condition":{"ArnNotEquals":{"aws:PrincipalArn":"arn:aws:iam::111122223333:user/ana"}}}}`
	const head, policy = "aws s3api head-object --bucket b --key in/k.csv", "aws s3api get-bucket-policy --bucket b"
	return Report{
		Target: Target{Bucket: "b", Key: "in/k.csv", Region: "eu-west-1", Endpoint: "https://s3.eu-west-1.amazonaws.com"},
		Store:  Store{Kind: StoreAWS, Name: "AWS S3"}, Source: "profile dev",
		Caller:  Identity{ARN: "arn:aws:iam::111122223333:user/ana", Account: "111122223333", Kind: KindUser},
		Outcome: Exchange{Operation: "HeadObject", Status: 403, Code: "Forbidden", RequestID: "REQ1", HostID: "HOST1", CLI: head},
		Verdict: Verdict{
			Cause: CauseBucketPolicyExplicitDeny, Confidence: Reported, Behind: []CauseID{CauseBoundaryNoAllow},
			Summary: "Statement \"OnlyFromVpce\" of the bucket policy denies it.",
		},
		Findings: []Finding{
			{
				ID: CauseBucketPolicyExplicitDeny, State: Confirmed, Confidence: Reported, Why: "S3 said so, and the statement matches",
				Evidence: []Shown{
					{Fact: "403 AccessDenied: … with an explicit deny in a resource-based policy", Source: "GetObject Range bytes=0-0", RequestID: "REQ2", CLI: head},
					{Fact: "Statement \"OnlyFromVpce\"", Source: "GetBucketPolicy", RequestID: "REQ3", CLI: policy, Quote: "    {\n\t\"Effect\": \"Deny\"\n    }", Mark: []int{1}, Note: "it denies"},
				},
				Fixes: []Fix{
					{Title: "Make an exception", Who: WhoBucketOwner, Kind: FixPolicy, Text: "aws s3api put-bucket-policy --bucket b --policy file://policy.json", Before: []byte(before), After: []byte(after), Policy: []byte(after)},
					{Title: "Come another way", Who: WhoCaller, Kind: FixAsk, Text: "Send it from the network behind vpce-1."},
				},
			},
			{ID: CauseBoundaryNoAllow, State: Likely, Confidence: Computed, Why: "the boundary waits behind it"},
			{ID: CauseMissingKey, State: RuledOut, Confidence: Inferred, Why: "the key is listed"},
		},
		Stations: []StationReport{
			{Number: 1, Name: "credentials", State: Passed, Line: "They are ana's."},
			{Number: 8, Name: "bucket policy", State: StoppedHere, Line: "Statement \"OnlyFromVpce\" denies."},
			{Number: 9, Name: "identity policies", State: StationOpen},
			{Number: 11, Name: "session policy", State: NotOnThisWay},
		},
		Trace:     []TraceStep{{Layer: "resource-based policy", Effect: "explicit-deny", Policy: "bucket policy", Sid: "OnlyFromVpce", Reason: "it matches"}},
		Exchanges: []Exchange{{Operation: "HeadObject", Service: "s3", Status: 403, Code: "Forbidden", RequestID: "REQ1", CLI: head}},
		Gaps:      []string{"organizations:ListPolicies was denied, so SCPs were not read; an administrator of the organization can see them"},
	}
}

// openReport is one of which little is known: several causes for one reason.
func openReport() Report {
	return Report{
		Target: Target{Bucket: "b", Key: "k"}, Caller: Identity{Kind: KindUnknown},
		Outcome: Exchange{Operation: "HeadObject", Status: 403, Code: "Forbidden"},
		Verdict: Verdict{Cause: Undetermined, Confidence: Guess, Summary: "It was refused without a reason."},
		Findings: []Finding{
			{ID: CauseIdentityNoAllow, State: Possible, Confidence: Guess, Why: "the policies were not read"},
			{ID: CauseIdentityExplicitDeny, State: Possible, Confidence: Guess, Why: "the policies were not read"},
			{ID: CauseMissingKey, State: Possible, Confidence: Guess, Why: "the bucket may not be listed"},
			{ID: CauseNetwork, State: NotApplicable, Confidence: Inferred, Why: "an answer came"},
		},
	}
}

// TestRenderings compares the text, the ticket and the JSON with their goldens.
func TestRenderings(t *testing.T) {
	reports := map[string]Report{"denied": deniedReport(), "open": openReport()}
	for name, r := range reports {
		encoded, err := r.JSON()
		if err != nil {
			t.Fatal(err)
		}
		got := txtar.Format(&txtar.Archive{Files: []txtar.File{
			{Name: "text", Data: []byte(r.Text(80))},
			{Name: "markdown", Data: []byte(r.Markdown())},
			{Name: "json", Data: encoded},
		}})
		file := "testdata/reports/" + name + ".txtar"
		if *update {
			if err := os.WriteFile(file, got, 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if string(got) != string(want) {
			t.Errorf("%s changed; got\n%s\n(go test -update writes it anew)", name, got)
		}
	}
}

// TestJSONContract holds the JSON to the contract's fields, to one entry for
// each id, and to arrays that are never null, whatever is known.
func TestJSONContract(t *testing.T) {
	for name, r := range map[string]Report{"zero": {}, "no evidence": Explain(Evidence{})} {
		encoded, err := r.JSON()
		if err != nil {
			t.Fatal(err)
		}
		var got map[string]json.RawMessage
		if err := json.Unmarshal(encoded, &got); err != nil {
			t.Fatal(err)
		}
		for _, field := range []string{"schema", "target", "caller", "outcome", "verdict", "causes", "trace", "exchanges", "gaps"} {
			if value := strings.TrimSpace(string(got[field])); value == "" || value == "null" {
				t.Errorf("%s: field %q is %q", name, field, value)
			}
		}
		if strings.Contains(string(encoded), "null") {
			t.Errorf("%s: something is null:\n%s", name, encoded)
		}
	}
	encoded, _ := Explain(Evidence{}).JSON()
	for _, c := range Catalogue() {
		if n := strings.Count(string(encoded), `"id": "`+string(c.ID)+`"`); n != 1 {
			t.Errorf("%q stands %d times among the causes", c.ID, n)
		}
	}
}

// TestMarkdownHoldsHostileText: a key cannot break out of the ticket's markup,
// nor can a message move the terminal's cursor.
func TestMarkdownHoldsHostileText(t *testing.T) {
	r := Report{
		Target:   Target{Bucket: "b", Key: "a`b\n## [x](http://evil)\x1b[2J<script>"},
		Verdict:  Verdict{Cause: CauseMissingKey, Summary: "*x* `y` <img src=z>\n# head \x1b]0;t\x07"},
		Findings: []Finding{{ID: CauseMissingKey, State: Likely, Why: "[l](http://e)", Evidence: []Shown{{Quote: "```\n# out\n```", CLI: "aws ```"}}}},
	}
	for form, text := range map[string]string{"text": r.Text(80), "markdown": r.Markdown()} {
		if regexp.MustCompile("[\x00-\x09\x0b-\x1f\x7f]").MatchString(text) {
			t.Errorf("the %s holds control characters: %q", form, text)
		}
	}
	md := r.Markdown()
	for _, bad := range []string{"\n## [x]", "\n# head", "<img", "\n# out"} {
		if strings.Contains(md, bad) {
			t.Errorf("%q broke out of the markup:\n%s", bad, md)
		}
	}
}

// TestTextFits: no line of prose is wider than the page, at any width.
func TestTextFits(t *testing.T) {
	r := Report{Verdict: Verdict{Cause: Undetermined, Summary: strings.Repeat("several words in a row ", 30)}, Gaps: []string{strings.Repeat("a gap ", 50)}}
	for _, width := range []int{0, 40, 80, 120, 500} {
		for line := range strings.SplitSeq(r.Text(width), "\n") {
			if n := len([]rune(line)); n > max(40, min(width, 120)) {
				t.Errorf("at width %d a line has %d columns: %q", width, n, line)
			}
		}
	}
}
