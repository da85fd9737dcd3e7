package ui

import (
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"s403/s3view"
)

// Every setting can be read, and what is set holds.
func TestWholeConfiguration(t *testing.T) {
	text, err := os.ReadFile("testdata/config.toml")
	if err != nil {
		t.Fatal(err)
	}
	no := false
	want := Settings{
		Theme: "dark", Glyphs: "ascii", Accent: "#8aadff", Mouse: &no, Heads: &no,
		Start: s3view.Location{Bucket: "acme-reports", Key: "2026/q3/"}, Sort: s3view.ByDate,
		Colours: map[string]string{"bad": "#ff0000"},
		Keys:    map[string][]string{"why": {"F"}, "quit": {"q", "ctrl+q"}},
	}
	for _, whole := range []string{string(text), "\ufeff" + string(text), strings.ReplaceAll(string(text), "\n", "\r\n")} {
		got, warnings := ParseSettings([]byte(whole))
		if len(warnings) > 0 || !reflect.DeepEqual(got, want) {
			t.Errorf("warnings %q, settings\n%+v, want\n%+v", warnings, got, want)
		}
	}
	r := newRig(t, acme(), func(c *Config) { c.Settings = want }).start(80, 24, true)
	r.sees("s3://acme-reports/2026/q3/", "by datev", "F why").feed("F").sees("why?")
	if bad := NewTheme(Look{Dark: true, Colours: want.Colours}).Bad; bad == NewTheme(Look{Dark: true}).Bad {
		t.Error("a colour of her own is not used")
	}
}

// Whatever is wrong with a configuration is told with its line and with what to
// write instead; all the rest of it counts.
func TestWrongConfigurations(t *testing.T) {
	tests := []struct{ text, want string }{
		{"theme = 3", `line 1: theme is 3; it can be "auto", "light", "dark"`},
		{"theme = \"dusk\"", `line 1: theme is "dusk"; it can be "auto", "light", "dark"`},
		{"theme = dark", `line 1: a text stands in quotes: "dark"`},
		{"theme = \"dark", `line 1: a quote is not closed`},
		{"theme =", `line 1: there is no value behind the =`},
		{"\n[theme]\nname = \"dark\"", `line 2: theme is a table; it can be "auto", "light", "dark"`},
		{"theme = \"dark\"\ntheme = \"light\"", `line 2: it is set a second time; the first counts`},
		{"them = \"dark\"", `line 1: them is no setting; did you mean theme?`},
		{"colour = 3", `line 1: colour is no setting; did you mean colours?`},
		{"wibble = 3", `line 1: wibble is no setting; there are theme, glyphs, accent, mouse, heads, start, sort, colours, keys`},
		{"mouse = \"no\"\nglyphs = \"asci\"", "line 1: mouse is \"no\"; it can be true or false, without quotes\nline 2: glyphs is \"asci\"; it can be \"auto\", \"unicode\", \"ascii\""},
		{"mouse = no", `line 1: "no" is written true or false, without quotes`},
		{"accent = \"blue\"", `line 1: accent is "blue"; it must look like "#8aadff"`},
		{"accent = #8aadff", `line 1: a text stands in quotes: "#8aadff"`},
		{"[colours]\nred = \"#ff0000\"\nbad = \"#f00\"", "line 2: colours.red is no colour; there are text, dim, bright, border, good, bad, warn, code, bar\nline 3: colours.bad is \"#f00\"; it must look like \"#8aadff\""},
		{"start = \"acme\"", `line 1: start: `},
		{"start = 7", `line 1: start is 7; it must be a place such as "s3://bucket/prefix/"`},
		{"sort = \"colour\"", `line 1: sort is "colour"; it can be "name", "size", "date", "class"`},
		{"keys = 3", `line 1: keys is a table: write [keys] on a line of its own, and what belongs to it below`},
		{"[[keys]]\nquit = \"q\"", `line 1: keys is a table`},
		{"[keys]\nwy = \"F\"", `line 2: keys.wy is no command; did you mean why?`},
		{"[keys]\nquit = 7", `line 2: keys.quit is 7; it must be a key such as "ctrl+r", or an array of them`},
		{"[keys]\nquit = []", `line 2: keys.quit is an array; it must be a key`},
		{"[keys]\nquit = \"ctrl+\"", `line 2: keys.quit: "ctrl+" is no key; keys are such as "r", "R", "ctrl+r", "alt+left", "f5", "space"; quit keeps the keys it has`},
		{"[keys]\nfilter = \"F\"\nsort = \"F\"", `line 3: keys.sort: "F" is bound to filter already, on line 2; sort keeps the keys it has`},
		{"keys.filter = \"F\"\nkeys.sort = \"F\"", `line 2: keys.sort: "F" is bound to filter already, on line 1`},
		{"keys = { filter = \"F\", sort = \"F\" }", `line 1: keys.sort: "F" is bound to filter already, on line 1`},
		{"[keys]\nopen = \"w\"", `line 2: keys.open takes the key of why (w), which has none now; give it one under [keys]`},
		{"[keys]\nopen = \"ctrl+c\"", `line 2: keys.open: "ctrl+c" always quits`},
		{"\xff\xfet\x00", `line 1: the file is written in UTF-16; save it as UTF-8`},
		{"# d\xffrk\nthem = 1", "line 1: it is not UTF-8 text\nline 2: them is no setting; did you mean theme?"},
		{"theme\nglyphs = \"asci\"\r\n", "line 1: it is not TOML"},
		{strings.Repeat("x", 5000) + " = 1", "line 1: xxxx"},
	}
	for _, tt := range tests {
		_, warnings := ParseSettings([]byte(tt.text + "\n"))
		if got := strings.Join(warnings, "\n"); !strings.HasPrefix(got, tt.want) || strings.Count(got, "\n") < strings.Count(tt.want, "\n") {
			t.Errorf("%.60q:\n got %.300s\nwant %s", tt.text, got, tt.want)
		}
	}
}

// One bad line costs no other setting.
func TestTheRestOfAWrongConfigurationCounts(t *testing.T) {
	s, warnings := ParseSettings([]byte("mouse = \"no\"\nglyphs = ascii\ntheme = \"light\"\n[keys\n[keys]\nwhy = \"F\"\nfilter = \"F\"\n"))
	if s.Theme != "light" || s.Keys["why"][0] != "F" || s.Keys["filter"] != nil || len(warnings) != 4 {
		t.Errorf("%+v\n%s", s, strings.Join(warnings, "\n"))
	}
}

// A key that is bound anew is taken from the command that had it; esc always leads
// back; a command without a key is in the palette.
func TestBoundKeys(t *testing.T) {
	s, _ := ParseSettings([]byte("[keys]\nfilter = \"w\"\nescape = \"x\"\n"))
	r := newRig(t, acme(), func(c *Config) {
		c.Settings, c.Start = s, s3view.Location{Bucket: "acme-reports", Key: "2026/q3/forecast.parquet"}
	}).start(120, 36, true)
	r.sees(": finds out why", "w filter").feed("w", "'zzz'", "enter").sees("Nothing here matches zzz").feed("esc").misses("Nothing here")
	r.feed("w", "'zzz'", "enter", "x").misses("Nothing here").feed(":", "'why is it'", "enter").sees("why?")
}

// What is wrong with the configuration is seen at once, whatever opens: one thing
// as a notice, several in a dialog on top.
func TestWarningsAreSeen(t *testing.T) {
	var asked []string
	for _, scenario := range []string{"", "one"} {
		for n, seen := range map[int]string{1: "config.toml line 1: theme is wrong", 3: "What cannot be used was left at its default"} {
			r := newRig(t, acme(), func(c *Config) {
				c.Lesson, c.Scenario, c.Warnings = oneLesson{&asked}, scenario, slices.Repeat([]string{"line 1: theme is wrong"}, n)
			}).start(80, 24, true)
			r.sees(seen).feed("esc").misses(seen)
		}
	}
	r := newRig(t, nil, func(c *Config) { c.Warnings = []string{"line 1: theme is wrong"} }).start(80, 24, true)
	r.sees("not connected", "config.toml line 1: theme is wrong")
}
