package diagnose

import (
	"fmt"
	"regexp"
	"strings"
)

// Markdown renders the report for a ticket: verdict, evidence with request ids,
// what was not visible and who could see it, the fix and the commands. It is
// redacted, complete, and short.
func (r Report) Markdown() string {
	var out strings.Builder
	r.markdownVerdict(&out)
	r.markdownEvidence(&out)
	r.markdownFixes(&out)
	r.markdownOpen(&out)
	r.markdownGaps(&out)
	r.markdownCommands(&out)
	return blankLines.ReplaceAllString(out.String(), "\n\n")
}

// blankLines are more empty lines than a ticket needs. No text in a report holds
// a line break of its own but documents, and those lose nothing by it.
var blankLines = regexp.MustCompile(`\n{3,}`)

func (r Report) markdownVerdict(out *strings.Builder) {
	title := "Access refused"
	if r.Outcome.Status > 0 {
		title = fmt.Sprintf("%d", r.Outcome.Status)
	}
	switch {
	case r.Verdict.Cause == Allowed:
		title = "Allowed"
	case r.Outcome.OK() && r.Outcome.Operation == "HeadObject":
		title = "GET refused" // HEAD passed, and what the ticket is about is the GET
	}
	fmt.Fprintf(out, "## %s: %s\n\n", title, code(r.address()))
	fmt.Fprintf(out, "**%s.** %s\n\n", inline(capital(r.headline())), inline(r.Verdict.Summary))
	for _, row := range r.facts()[1:] {
		value := code(row[1])
		if row[0] == behindIt {
			value = inline(row[1])
		}
		fmt.Fprintf(out, "- %s: %s\n", row[0], value)
	}
	if r.Outcome.HostID != "" {
		fmt.Fprintf(out, "- extended request id: %s\n", code(r.Outcome.HostID))
	}
}

func (r Report) markdownEvidence(out *strings.Builder) {
	headed := false
	for _, f := range r.leading() {
		if !headed {
			out.WriteString("\n### Evidence\n\n")
			headed = true
		}
		if f.ID != r.Verdict.Cause { // that of the verdict was said above
			fmt.Fprintf(out, "%s `%s` (%s, %s): %s\n\n", strong(capital(r.title(f.ID))), f.ID, f.State, f.Confidence, inline(f.Why))
		}
		for _, s := range f.Evidence {
			fmt.Fprintf(out, "- %s\n", inline(s.Fact+sourceOf(s)))
			if s.Quote != "" {
				out.WriteString(fenced("json", dedent(quoted(s))))
			}
			if s.Note != "" {
				fmt.Fprintf(out, "  %s\n", inline(s.Note))
			}
		}
		if len(f.Evidence) > 0 {
			out.WriteByte('\n')
		}
	}
}

func (r Report) markdownFixes(out *strings.Builder) {
	number := 0
	for _, f := range r.leading() {
		for _, fix := range f.Fixes {
			if number == 0 {
				out.WriteString("\n### Fix\n\n")
			}
			number++
			fmt.Fprintf(out, "%d. %s: %s can%s\n", number, strong(fix.Title), inline(r.whoCan(fix)), fix.with())
			markdownFixBody(out, fix)
		}
	}
}

func markdownFixBody(out *strings.Builder, fix Fix) {
	text := strings.TrimSpace(fix.Text)
	var commands []string
	for line := range strings.SplitSeq(text, "\n") {
		switch {
		case isCommand(fix, line):
			commands = append(commands, line)
		case line != "":
			fmt.Fprintf(out, "   %s\n", inline(line))
		}
	}
	if len(commands) > 0 {
		out.WriteString(fenced("sh", commands))
	}
	language := "json"
	if len(fix.Before) > 0 && len(fix.After) > 0 {
		language = "diff"
	}
	if change := fix.change(); len(change) > 0 {
		out.WriteString(fenced(language, change))
	}
	out.WriteByte('\n')
}

// markdownOpen lists what is left when nothing is proven.
func (r Report) markdownOpen(out *strings.Builder) {
	groups := r.open()
	if len(groups) > 0 {
		out.WriteString("\n### Also possible\n\n")
	}
	for _, g := range groups {
		ids := make([]string, len(g.ids))
		for i, id := range g.ids {
			ids[i] = "`" + string(id) + "`"
		}
		fmt.Fprintf(out, "- %s: %s\n", strings.Join(ids, ", "), inline(g.why))
	}
}

func (r Report) markdownGaps(out *strings.Builder) {
	if len(r.Gaps) == 0 {
		return
	}
	out.WriteString("\n### Not visible\n\n")
	for _, gap := range r.Gaps {
		fmt.Fprintf(out, "- %s\n", inline(gap))
	}
	out.WriteByte('\n')
}

// markdownCommands lists the commands that show the evidence again, once each.
func (r Report) markdownCommands(out *strings.Builder) {
	var commands []string
	seen := map[string]bool{"": true}
	add := func(cli string) {
		if !seen[cli] {
			seen[cli] = true
			commands = append(commands, cli)
		}
	}
	add(r.Outcome.CLI)
	for _, f := range r.leading() {
		for _, s := range f.Evidence {
			add(s.CLI)
		}
	}
	if len(commands) > 0 {
		out.WriteString("\n### See it again\n\n" + fenced("sh", commands))
	}
}

// inline makes text safe between Markdown's marks: one line, no secret, no
// markup of its own, for keys and messages may hold any character.
func inline(s string) string {
	s = strings.Join(strings.Fields(safe(strings.ReplaceAll(s, "\n", " "))), " ")
	return strings.NewReplacer(`\`, `\\`, "`", "\\`", "*", `\*`, "_", `\_`, "<", "&lt;", "[", `\[`, "|", `\|`).Replace(s)
}

func strong(s string) string { return "**" + inline(s) + "**" }

// code puts text into a code span that its own backticks cannot close.
func code(s string) string {
	s = safe(s)
	fence := "`"
	for strings.Contains(s, fence) {
		fence += "`"
	}
	if len(fence) > 1 {
		s = " " + s + " "
	}
	return fence + s + fence
}

// fenced puts lines into a code block that they cannot close, indented so that
// it stays inside a list item.
func fenced(language string, lines []string) string {
	fence := "```"
	for _, line := range lines {
		for strings.Contains(line, fence) {
			fence += "`"
		}
	}
	var out strings.Builder
	out.WriteString("   " + fence + language + "\n")
	for _, line := range lines {
		out.WriteString("   " + safe(line) + "\n")
	}
	out.WriteString("   " + fence + "\n")
	return out.String()
}
