package ui

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/pelletier/go-toml/v2"

	"s403/diagnose/policy"
	"s403/s3view"
)

// ParseSettings reads the text of a config.toml. What it cannot use it leaves
// at its default and tells, a line each, as "line N: …", in the order of the lines.
func ParseSettings(text []byte) (Settings, []string) {
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	r := settingsReader{lines: settingLines(text)}
	if bytes.HasPrefix(text, []byte("\xff\xfe")) || bytes.HasPrefix(text, []byte("\xfe\xff")) {
		return Settings{}, []string{"line 1: the file is written in UTF-16; save it as UTF-8"}
	}
	table := r.decode(text)
	for _, name := range slices.Sorted(maps.Keys(table)) {
		r.setting(name, table[name])
	}
	slices.SortStableFunc(r.wrong, func(a, b wrongSetting) int { return cmp.Compare(a.line, b.line) })
	var warnings []string
	for _, w := range r.wrong {
		warnings = append(warnings, fmt.Sprintf("line %d: %s", w.line, w.text))
	}
	return r.out, warnings
}

// settingsReader makes settings of a table and remembers what it could not use.
type settingsReader struct {
	lines map[string]int // where each setting stands, by its dotted name
	out   Settings
	wrong []wrongSetting
}

type wrongSetting struct {
	line int
	text string
}

// badLinesMost is how many broken lines are passed over before the rest is given up.
const badLinesMost = 20

// decode reads the table. A line that is no TOML is told and passed over, so that
// the others still count.
func (r *settingsReader) decode(text []byte) map[string]any {
	rows := bytes.Split(text, []byte("\n"))
	for i, row := range rows {
		if !utf8.Valid(row) {
			r.say(i+1, "it is not UTF-8 text")
			rows[i] = nil
		}
	}
	for range badLinesMost {
		table := map[string]any{}
		err := toml.Unmarshal(bytes.Join(rows, []byte("\n")), &table)
		var bad *toml.DecodeError
		if !errors.As(err, &bad) {
			if err != nil {
				r.say(1, "%s", strings.TrimPrefix(err.Error(), "toml: "))
			}
			return table
		}
		row, _ := bad.Position()
		row = min(max(row, 1), len(rows))
		for row > 1 && len(bytes.TrimSpace(rows[row-1])) == 0 {
			row-- // what is not closed is noticed at the end
		}
		r.say(row, notTOML(bad, string(bytes.TrimSpace(rows[row-1]))))
		rows[row-1] = nil
	}
	return nil
}

// notTOML words a syntax error, the commonest so that the mend is in it.
func notTOML(bad *toml.DecodeError, row string) string {
	text := strings.TrimPrefix(bad.Error(), "toml: ")
	_, value, ok := strings.Cut(row, "=")
	switch value = strings.TrimSpace(value); {
	case strings.Contains(text, "already defined"):
		return "it is set a second time; the first counts"
	case ok && value == "":
		return "there is no value behind the ="
	case ok && slices.Contains([]string{"yes", "no", "on", "off", "True", "False"}, value):
		return fmt.Sprintf("%q is written true or false, without quotes", value)
	case ok && plainWord.MatchString(value):
		return fmt.Sprintf("a text stands in quotes: %q", value)
	case strings.Contains(text, "unterminated"), strings.Contains(text, "cannot have new lines"):
		return "a quote is not closed"
	}
	return "it is not TOML: " + text
}

var plainWord = regexp.MustCompile(`^[A-Za-z#][\w#:/.+-]*$`)

func (r *settingsReader) say(line int, format string, args ...any) {
	if len(args) > 0 {
		format = fmt.Sprintf(format, args...)
	}
	r.wrong = append(r.wrong, wrongSetting{line, format})
}

// settingNames are all settings, for a remark on one that there is not.
var settingNames = []string{"theme", "glyphs", "accent", "mouse", "heads", "start", "sort", "colours", "keys"}

// setting takes one setting of the table.
func (r *settingsReader) setting(name string, v any) {
	switch name {
	case "theme":
		r.out.Theme = r.oneOf(name, v, "auto", "light", "dark")
	case "glyphs":
		r.out.Glyphs = r.oneOf(name, v, "auto", "unicode", "ascii")
	case "accent":
		r.out.Accent = r.colour(name, v)
	case "mouse":
		r.out.Mouse = r.yesNo(name, v)
	case "heads":
		r.out.Heads = r.yesNo(name, v)
	case "start":
		r.start(name, v)
	case "sort":
		names := []string{"name", "size", "date", "class"}
		r.out.Sort = s3view.Order(max(0, slices.Index(names, r.oneOf(name, v, names...))))
	case "colours":
		r.each(name, v, r.ownColour)
	case "keys":
		r.each(name, v, r.key)
		r.settleKeys()
	default:
		r.say(r.lines[name], "%s is no setting%s", name, meant(name, settingNames))
	}
}

// each hands over what stands in a table, in the order of its lines.
func (r *settingsReader) each(name string, v any, take func(name string, v any)) {
	table, ok := v.(map[string]any)
	if !ok {
		r.say(r.lines[name], "%s is a table: write [%s] on a line of its own, and what belongs to it below", name, name)
		return
	}
	names := slices.Sorted(maps.Keys(table))
	slices.SortStableFunc(names, func(a, b string) int { return cmp.Compare(r.lines[name+"."+a], r.lines[name+"."+b]) })
	for _, n := range names {
		take(n, table[n])
	}
}

func (r *settingsReader) oneOf(name string, v any, allowed ...string) string {
	s, ok := v.(string)
	if ok && (s == "" || slices.Contains(allowed, s)) {
		return s
	}
	r.say(r.lines[name], "%s is %s; it can be %s", name, shown(v), strings.Join(quoted(allowed), ", "))
	return ""
}

func (r *settingsReader) yesNo(name string, v any) *bool {
	if b, ok := v.(bool); ok {
		return &b
	}
	r.say(r.lines[name], "%s is %s; it can be true or false, without quotes", name, shown(v))
	return nil
}

func (r *settingsReader) start(name string, v any) {
	s, ok := v.(string)
	if !ok {
		r.say(r.lines[name], "%s is %s; it must be a place such as \"s3://bucket/prefix/\"", name, shown(v))
		return
	}
	at, err := s3view.ParseURI(s)
	if err != nil && s != "" {
		r.say(r.lines[name], "%s: %s", name, err.Error())
		return
	}
	r.out.Start = at
}

var hexColour = regexp.MustCompile(`^#[0-9a-fA-F]{6}$`)

func (r *settingsReader) colour(name string, v any) string {
	s, ok := v.(string)
	if ok && (s == "" || hexColour.MatchString(s)) {
		return s
	}
	r.say(r.lines[name], "%s is %s; it must look like \"#8aadff\"", name, shown(v))
	return ""
}

func (r *settingsReader) ownColour(name string, v any) {
	full := "colours." + name
	if !slices.Contains(colourNames, name) {
		r.say(r.lines[full], "%s is no colour%s", full, meant(name, colourNames))
		return
	}
	if c := r.colour(full, v); c != "" {
		if r.out.Colours == nil {
			r.out.Colours = map[string]string{}
		}
		r.out.Colours[name] = c
	}
}

// shown is a value as a remark on it quotes it, never long.
func shown(v any) string {
	s, ok := v.(string)
	switch v.(type) {
	case map[string]any:
		return "a table"
	case []any:
		return "an array"
	}
	if !ok {
		return fmt.Sprintf("%v", v)
	}
	if len(s) > 40 {
		s = strings.ToValidUTF8(s[:40], "") + "…"
	}
	return fmt.Sprintf("%q", s)
}

func quoted(names []string) []string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = fmt.Sprintf("%q", n)
	}
	return out
}

// meant ends a remark on a name that there is not: with the one that differs in a
// letter or two, else with all that there are.
func meant(name string, names []string) string {
	best, least := "", 3
	for _, n := range names {
		if d := policy.Distance(name, n, least); d < least && 2*d <= len(name) {
			best, least = n, d
		}
	}
	if best != "" {
		return fmt.Sprintf("; did you mean %s?", best)
	}
	return "; there are " + strings.Join(names, ", ")
}

// settingLines finds the line that sets each name, from 1, and that of each table.
func settingLines(text []byte) map[string]int {
	lines, table := map[string]int{}, ""
	put := func(name string, line int) {
		if lines[name] == 0 {
			lines[name] = line
		}
	}
	for i, row := range strings.Split(string(text), "\n") {
		row = strings.TrimSpace(row)
		if head, ok := strings.CutPrefix(row, "["); ok {
			head, _, _ = strings.Cut(strings.TrimPrefix(head, "["), "]")
			table = strings.TrimSpace(head) + "."
			put(strings.TrimSpace(head), i+1)
			continue
		}
		name, value, ok := strings.Cut(row, "=")
		if !ok {
			continue
		}
		name = strings.NewReplacer(`"`, "", "'", "", " ", "", "\t", "").Replace(name)
		put(table+name, i+1)
		if first, _, dotted := strings.Cut(name, "."); dotted && table == "" {
			put(first, i+1)
		}
		for _, inner := range inlineName.FindAllStringSubmatch(value, -1) { // keys = { quit = "q" }
			put(table+name+"."+inner[1], i+1)
		}
	}
	return lines
}

var inlineName = regexp.MustCompile(`[{,]\s*"?([\w-]+)"?\s*=`)
