package diagnose

import (
	"fmt"
	"strings"
)

// whoNames says who can carry out a fix.
var whoNames = map[Who]string{
	WhoCaller: "you", WhoBucketOwner: "the bucket's owner", WhoKeyOwner: "the key's owner",
	WhoOrgAdmin: "an administrator of the organization", WhoNetworkAdmin: "whoever runs the network",
	WhoAWSSupport: "AWS Support",
}

// accountAdmin is who changes policies on the caller's side: seldom the caller.
const accountAdmin = "an administrator of the caller's account"

// whoCan names who can carry out the fix, for a sentence.
func (f Fix) whoCan() string {
	if f.Kind == FixPolicy && f.Who == WhoCaller {
		return accountAdmin
	}
	return whoNames[f.Who]
}

// whoCan is the fix's, in the words of the report's store.
func (r Report) whoCan(f Fix) string {
	if f.Who == WhoBucketOwner {
		return r.Store.Owner()
	}
	return f.whoCan()
}

// with says that a change needs the others beside it.
func (f Fix) with() string {
	if f.Together {
		return "; one of the changes that are needed together"
	}
	return ""
}

func (r Report) textFixes(p *page) {
	number := 0
	for _, f := range r.leading() {
		for _, fix := range f.Fixes {
			if number == 0 {
				p.heading("How to mend it")
			}
			number++
			p.para(fmt.Sprintf("  %d. ", number), "     ", fix.Title+": "+r.whoCan(fix)+" can"+fix.with())
			p.fix(fix)
		}
	}
}

// fix shows what to do and the change itself: the difference, or what to put.
// Commands stay whole, so that they can be copied.
func (p *page) fix(fix Fix) {
	for line := range strings.SplitSeq(strings.TrimSpace(fix.Text), "\n") {
		if isCommand(fix, line) {
			p.line("     $ ", line)
		} else {
			p.para("     ", "     ", line)
		}
	}
	for _, line := range fix.change() {
		p.line("       ", line)
	}
}

// isCommand tells a line for the shell from a sentence.
func isCommand(fix Fix, line string) bool {
	return fix.Kind == FixCommand || fix.Kind == FixSetting || fix.Kind == FixPolicy && strings.HasPrefix(line, "aws ")
}

// change is the difference between the documents with some lines around it, or
// the statement where there is no document before.
func (f Fix) change() []string {
	if f.Kind == FixCommand || f.Kind == FixSetting {
		return indented(f.Policy)
	}
	diff := Hunk(f.Diff(), 3)
	if len(f.Before) == 0 || len(diff) == 0 {
		if len(f.Before) == 0 && len(f.After) > 0 {
			return indented(f.After)
		}
		return indented(f.Policy)
	}
	texts := make([]string, len(diff))
	for i, l := range diff {
		texts[i] = l.Text
	}
	for i, text := range dedent(texts) {
		texts[i] = string(diff[i].Op) + " " + text
	}
	return texts
}

// dedent takes away the blanks that all lines begin with.
func dedent(lines []string) []string {
	common := -1
	for _, line := range lines {
		if blank := len(line) - len(strings.TrimLeft(line, " ")); line != "" && line != "…" && (common < 0 || blank < common) {
			common = blank
		}
	}
	out := make([]string, len(lines))
	for i, line := range lines {
		out[i] = line[min(max(common, 0), len(line)-len(strings.TrimLeft(line, " "))):]
	}
	return out
}
