package ui

import (
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"

	"s403/diagnose"
)

// whyThemes are the looks that the panel is drawn in.
var whyThemes = map[string]Look{
	"dark":    {Dark: true, Profile: colorprofile.TrueColor},
	"light":   {Dark: false, Profile: colorprofile.TrueColor},
	"nocolor": {Dark: true, Profile: colorprofile.ASCII},
	"ascii":   {Dark: true, Profile: colorprofile.ASCII, ASCII: true},
	"sixteen": {Dark: true, Profile: colorprofile.ANSI},
}

const denyPolicy = `{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "OnlyFromVpce",
      "Effect": "Deny",
      "Principal": "*",
      "Action": "s3:*",
      "Resource": ["arn:aws:s3:::acme-reports", "arn:aws:s3:::acme-reports/*"],
      "Condition": {
        "StringNotEquals": { "aws:SourceVpce": "vpce-0a1b2c" }
      }
    }
  ]
}`

// sampleReport is a refusal by a bucket policy as Explain reports it, with the
// rest of the stations in every state that there is.
func sampleReport() diagnose.Report {
	start := time.Date(2026, 11, 23, 20, 37, 0, 0, time.UTC)
	head := diagnose.Exchange{
		Operation: "HeadObject", Service: "s3", Status: 403, Code: "Forbidden", RequestID: "4Z8HJ1",
		CLI: "aws s3api head-object --bucket acme-reports --key 2026/q3/forecast.parquet", Start: start, Elapsed: 90 * time.Millisecond,
	}
	get := head
	get.Operation, get.Detail, get.Start = "GetObject", "Range bytes=0-0", start.Add(310*time.Millisecond)
	r := diagnose.Report{
		Target:    diagnose.Target{Bucket: "acme-reports", Key: "2026/q3/forecast.parquet", Region: "eu-west-1"},
		Caller:    diagnose.Identity{ARN: "arn:aws:sts::111122223333:assumed-role/dev/ana", Account: "111122223333", Kind: diagnose.KindRoleSession},
		Source:    "profile dev",
		Outcome:   head,
		Exchanges: []diagnose.Exchange{head, get},
		Gaps:      []string{"organizations:ListPolicies was denied, so the service control policies were not read"},
	}
	r.Verdict = diagnose.Verdict{
		Cause: diagnose.CauseBucketPolicyExplicitDeny, Confidence: diagnose.Reported,
		Summary: `statement "OnlyFromVpce" of the bucket policy denies every request that does not come through vpce-0a1b2c`,
		Behind:  []diagnose.CauseID{diagnose.CauseKMSPermission},
	}
	for _, c := range diagnose.Catalogue() {
		r.Findings = append(r.Findings, sampleFinding(c))
	}
	r.Stations = sampleStations()
	return r
}

func sampleFinding(c diagnose.CauseInfo) diagnose.Finding {
	f := diagnose.Finding{ID: c.ID, State: diagnose.RuledOut, Confidence: diagnose.Reported, Why: "S3's answer names another reason"}
	switch {
	case c.ID == diagnose.CauseBucketPolicyExplicitDeny:
		f.State, f.Why = diagnose.Confirmed, "S3 says so, and the statement that does it was found in the bucket policy"
		f.Evidence = []diagnose.Shown{
			{Fact: `S3 answered "… with an explicit deny in a resource-based policy"`, Source: "GetObject Range bytes=0-0", RequestID: "4Z8HJ1", CLI: "aws s3api get-object --bucket acme-reports --key 2026/q3/forecast.parquet --range bytes=0-0 /dev/null"},
			{Fact: "the bucket policy denies it", Source: "GetBucketPolicy", RequestID: "9QK2", CLI: "aws s3api get-bucket-policy --bucket acme-reports", Quote: denyPolicy, Line: 1, Mark: []int{4, 10}, Note: "aws:SourceVpce was not in the request, so it is not equal: it denies"},
		}
		f.Fixes = []diagnose.Fix{
			{Title: "except your role from the statement", Who: diagnose.WhoBucketOwner, Kind: diagnose.FixPolicy, Text: "Add a condition, so that the Deny no longer covers the role.",
				Before: []byte(denyPolicy), After: []byte(strings.Replace(denyPolicy, `"vpce-0a1b2c" }`, `"vpce-0a1b2c" },
        "ArnNotEquals": { "aws:PrincipalArn": "arn:aws:iam::111122223333:role/dev" }`, 1)),
				Applies: diagnose.Place{Layer: "resource-based policy", Owner: "arn:aws:s3:::acme-reports", Policy: "bucket policy"}},
			{Title: "send the request through the endpoint", Who: diagnose.WhoNetworkAdmin, Kind: diagnose.FixAsk, Text: "Ask for a route through vpce-0a1b2c."},
		}
	case c.Station == 13:
		f.State, f.Confidence, f.Why = diagnose.Possible, diagnose.Guess, "kms:Decrypt was not seen in any policy; it would stop GET"
	case c.Station == 6 || c.Station == 10:
		f.State, f.Why = diagnose.Unknown, "the policies of the organization were not read; an administrator of it can see them"
	case c.Station == 7:
		f.State, f.Why = diagnose.NotApplicable, "the request did not come through an endpoint"
	}
	return f
}

func sampleStations() []diagnose.StationReport {
	names := []string{"credentials", "clock and signature", "endpoint and region", "bucket", "key", "organization", "network", "bucket policy", "identity policies", "permissions boundary", "session policy", "ownership and ACLs", "encryption", "request options"}
	out := make([]diagnose.StationReport, len(names))
	for i, n := range names {
		out[i] = diagnose.StationReport{Number: i + 1, Name: n, State: diagnose.Passed, About: "The bucket policy speaks about everybody who comes to this bucket; Block Public Access is a set of switches on top of it."}
		switch i + 1 {
		case 6, 10, 13:
			out[i].State, out[i].Line = diagnose.StationOpen, "could not be read"
		case 7:
			out[i].State = diagnose.NotOnThisWay
		case 8:
			out[i].State, out[i].Line = diagnose.StoppedHere, "the statement OnlyFromVpce denies it"
		case 1:
			out[i].Line = "the key AKIA…WXYZ is known to AWS"
		}
	}
	for _, c := range diagnose.Catalogue() {
		out[c.Station-1].Causes = append(out[c.Station-1].Causes, c.ID)
	}
	return out
}

func samplePanel() *whyPanel {
	p := newWhyPanel("s3://acme-reports/2026/q3/forecast.parquet", true)
	p.setReport(sampleReport())
	return p
}

// pressAll types keys, named as Bubble Tea names them.
func pressAll(p *whyPanel, keys ...string) intent {
	var last intent
	for _, k := range keys {
		last = p.press(k)
	}
	return last
}

// screens are the states of the panel that are kept as goldens.
var whyScreens = []struct {
	name string
	keys []string
}{
	{"way", nil},
	{"what-it-is", []string{"1"}},
	{"how-to-mend", []string{"3"}},
	{"reading", []string{"enter"}},
	{"flow", []string{"f"}},
	{"unknown", []string{"up", "up"}},
	{"apply", []string{"3", "a"}},
}

func TestWhyGoldens(t *testing.T) {
	for _, s := range whyScreens {
		sizes := [][2]int{{40, 9}, {60, 19}, {80, 23}, {120, 35}, {200, 49}}
		if s.name == "way" {
			sizes = append(sizes, [2]int{300, 99})
		}
		for _, size := range sizes {
			for _, look := range []string{"dark", "ascii"} {
				p := samplePanel()
				theme := NewTheme(whyThemes[look])
				p.view(theme, size[0], size[1])
				pressAll(p, s.keys...)
				name := s.name + "-" + look + "-" + strconv.Itoa(size[0]) + "x" + strconv.Itoa(size[1]+1) + ".txt"
				golden(t, name, theme.Glyphs.plainly(ansi.Strip(strings.Join(p.view(theme, size[0], size[1]), "\n")))+"\n")
			}
		}
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", "why", name)
	if *rewrite {
		if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s is not as it was; look at it, and run with -rewrite if it is right:\n%s", name, got)
	}
}

// TestWhyFillsItsPlace holds the one thing that every pane must: exactly w×h
// cells, at any size, in any state, in any look, whatever the report holds.
func TestWhyFillsItsPlace(t *testing.T) {
	reports := map[string]diagnose.Report{"sample": sampleReport(), "empty": {}, "hostile": hostile(sampleReport())}
	sizes := [][2]int{{40, 9}, {61, 12}, {80, 23}, {100, 9}, {120, 35}, {300, 99}, {1, 1}, {3, 2}, {12, 4}}
	for rn, r := range reports {
		for ln, look := range whyThemes {
			theme := NewTheme(look)
			for _, s := range whyScreens {
				for _, size := range sizes {
					p := newWhyPanel(r.Target.Key, true)
					p.setReport(r)
					p.view(theme, size[0], size[1])
					pressAll(p, s.keys...)
					checkCells(t, rn+" "+ln+" "+s.name, p.view(theme, size[0], size[1]), size[0], size[1])
				}
			}
		}
	}
}

func checkCells(t *testing.T, name string, got block, w, h int) {
	t.Helper()
	if len(got) != h {
		t.Fatalf("%s at %dx%d: %d lines", name, w, h, len(got))
	}
	for i, l := range got {
		if n := ansi.StringWidth(l); n != w {
			t.Fatalf("%s at %dx%d: line %d has %d cells: %q", name, w, h, i, n, l)
		}
	}
}

// hostile puts what must not reach a terminal into every text of a report.
func hostile(r diagnose.Report) diagnose.Report {
	evil := "\x1b[2J\x1b]0;owned\x07\u202Eevil\u200b\t\r" + strings.Repeat("長", 90) + "\n" + strings.Repeat("x", 900) + "\xff"
	r.Verdict.Summary += evil
	r.Caller.ARN += evil
	r.Target.Key += evil
	r.Gaps = append(r.Gaps, evil)
	for i := range r.Stations {
		r.Stations[i].Name, r.Stations[i].Line, r.Stations[i].About = evil, evil, evil
	}
	for i := range r.Findings {
		r.Findings[i].Why = evil
		r.Findings[i].Evidence = append(r.Findings[i].Evidence, diagnose.Shown{Fact: evil, Source: evil, RequestID: evil, CLI: evil, Quote: "{" + evil, Mark: []int{-4, 0, 900}, Note: evil})
		r.Findings[i].Fixes = append(r.Findings[i].Fixes, diagnose.Fix{Title: evil, Text: evil, Who: diagnose.Who(evil), Kind: diagnose.FixKind(evil), After: []byte(evil), Before: []byte("{}"), Policy: []byte(evil)})
	}
	return r
}

func TestWhyShowsNoControlCharacters(t *testing.T) {
	p := newWhyPanel("s3://b/\x1b[31mk", true)
	p.setReport(hostile(sampleReport()))
	for _, keys := range [][]string{nil, {"1"}, {"2"}, {"3"}, {"3", "a"}, {"esc", "f"}} {
		pressAll(p, keys...)
		text := ansi.Strip(strings.Join(p.view(NewTheme(whyThemes["dark"]), 120, 300), "\n"))
		raw := strings.Join(p.view(NewTheme(whyThemes["nocolor"]), 120, 300), "\n")
		if strings.ContainsAny(text, "\x1b\u202E\u200b\a\t\r") || strings.Contains(raw, "\x1b[2J") || strings.Contains(raw, "\x1b]") {
			t.Errorf("after %v, something of the terminal's own language comes through", keys)
		}
	}
}

func TestWhyKeys(t *testing.T) {
	p := samplePanel()
	p.view(NewTheme(whyThemes["dark"]), 120, 35)
	if p.here().Number != 8 {
		t.Fatalf("opens at station %d, not where the request stopped", p.here().Number)
	}
	pressAll(p, "j", "down", "k")
	if p.here().Number != 9 {
		t.Errorf("stands at %d, want 9", p.here().Number)
	}
	p.setReport(sampleReport())
	if p.here().Number != 9 {
		t.Error("a new report moved her away from the station she chose")
	}
	if pressAll(p, "s"); p.here().Number != 8 {
		t.Error("s does not go to the stop")
	}
	if got, ok := pressAll(p, "y", "c").(copyText); !ok || !strings.HasPrefix(got.text, "aws s3api get-object ") {
		t.Errorf("y c gives %#v", got)
	}
	if got, ok := pressAll(p, "y", "r").(copyText); !ok || !strings.Contains(got.text, "OnlyFromVpce") {
		t.Errorf("y r gives %#v", got)
	}
	if got := pressAll(p, "a", "n"); got != nil {
		t.Errorf("no is no: %#v", got)
	}
	if got, ok := pressAll(p, "a", "y").(applyFix); !ok || got.fix.Who != diagnose.WhoBucketOwner {
		t.Errorf("a y gives %#v", got)
	}
	if _, ok := pressAll(p, "r").(diagnoseAgain); !ok {
		t.Error("r does not ask again")
	}
	if got := pressAll(p, "enter", "f", "esc", "esc"); got != nil {
		t.Errorf("esc leaves the picture and then the leaf: %#v", got)
	}
	if _, ok := pressAll(p, "esc").(closeMe); !ok {
		t.Error("esc does not close")
	}
}

func TestWhyEscStopsTheAskingFirst(t *testing.T) {
	r := sampleReport()
	r.Partial = true
	p := newWhyPanel("s3://b/k", false)
	p.setReport(r)
	if _, ok := p.press("esc").(stopDiagnosis); !ok {
		t.Error("esc does not stop the probes")
	}
	if pressAll(p, "3", "a"); p.ask == askApply {
		t.Error("outside the lab a fix is offered to be applied")
	}
}

func TestWhyMouse(t *testing.T) {
	p := samplePanel()
	p.view(NewTheme(whyThemes["dark"]), 120, 35)
	at := p.seen.list
	_, _ = p.update(tea.MouseClickMsg{X: at.x + 3, Y: at.y + 2, Button: tea.MouseLeft})
	if p.here().Number != 3 {
		t.Errorf("a click on the third row chose station %d", p.here().Number)
	}
	tab := p.seen.tabs[leafMend]
	_, _ = p.update(tea.MouseClickMsg{X: tab.x, Y: tab.y, Button: tea.MouseLeft})
	if p.leaf != leafMend {
		t.Error("a click on the tab does not open it")
	}
}

// TestWhyHintsAreOfTheTable: every key that the table explains has its place in
// the footer's order.
func TestWhyHintsAreOfTheTable(t *testing.T) {
	for _, k := range whyTable {
		if k.hint.key != "" && !slices.Contains(hintOrder, k.hint.key) {
			t.Errorf("the hint %q never shows", k.hint.key)
		}
	}
}
