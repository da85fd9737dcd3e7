package ui

import (
	"regexp"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"s403/s3view"
)

// oddKeys are keys that a terminal would act on, or that would look like others,
// and how the beginning of each is shown.
var oddKeys = map[string]string{
	"a\nb":                        "a␊b",
	"c\x1b[31mred\x07":            "c␛[31mred␇",
	"d\u202egpj.exe":              "d<U+202E>gpj.exe",
	"e\u0301clair\u0301":          "e\u0301clair\u0301",
	"f\xffnot-utf8":               "f\\xffnot-utf8",
	"g\u200bzero\u00a0width":      "g<U+200B>zero<U+00A0>width",
	"h\ttab":                      "h␉tab",
	strings.Repeat("日本語", 40):     "日本語日本語",
	"한글 パーティション.txt":              "한글 パーティション.txt",
	"z\U0001f469\u200d\U0001f467": "z\U0001f469<U+200D>\U0001f467",
	"\u0301begins":                "◌\u0301begins",
	"1\u20e3keycap":               "1<U+20E3>keycap",
	"\u009b31mC1":                 "<U+009B>31mC1",
}

var coloursOnly = regexp.MustCompile(`\x1b\[[0-9;:]*m`)

var marksOnly = regexp.MustCompile(`\p{Mn}`)

// Wherever a key is shown, what is odd in it is made visible, every line is as wide
// as the screen, and a terminal sees what was drawn.
func TestOddKeysEverywhere(t *testing.T) {
	for key, visible := range oddKeys {
		for _, keys := range []string{"", "tab", "tab ] ]", "w", "w enter", "w f", "w y u", "m", "m y", "y", "y k", "p", "v", "b", "b B", "o", ":", "?", "i", "/ 'x'", "space", "r"} {
			for _, size := range [][2]int{{101, 30}, {40, 10}} {
				store := acme()
				store.keys["odd"] = []string{key}
				store.refuse["HEAD s3://odd/"+key] = 403
				r := newRig(t, store, func(c *Config) {
					shownWorld(t, store)(c)
					c.Start = s3view.Location{Bucket: "odd"}
				}).start(size[0], size[1], true)
				r.feed(strings.Fields(keys)...)
				checkOdd(t, r, key+" after "+keys)
				if drawn := coloursOnly.ReplaceAllString(r.content(), ""); keys == "" && !strings.Contains(drawn, ansi.Truncate(visible, 12, "")) {
					t.Errorf("%q is not shown as %q:\n%s", key, visible, drawn)
				}
			}
		}
	}
}

// A line break in a key is not taken for one of ours, in no sentence about it.
func TestOddKeysInSentences(t *testing.T) {
	r := newRig(t, acme(), func(c *Config) { c.Start = s3view.Location{Bucket: "odd", Key: "no\nsuch/"} }).start(80, 24, true)
	r.sees("There is nothing below s3://odd/no␊such/").feed("b").sees("bookmarked s3://odd/no␊such/").feed("b").sees("no bookmark any more: s3://odd/no␊such/")
}

func checkOdd(t *testing.T, r *rig, name string) {
	t.Helper()
	lines := strings.Split(coloursOnly.ReplaceAllString(r.content(), ""), "\n")
	for i, l := range lines {
		if j := strings.IndexFunc(l, func(c rune) bool { return c < ' ' || c >= 0x7f && c < 0xa0 || invisible(c) }); j >= 0 || !strings.Contains(l, "") {
			t.Fatalf("%q: line %d of %dx%d holds what a terminal acts on: %q", name, i, r.app.w, r.app.h, l)
		}
		if n := ansi.StringWidth(l); n != r.app.w {
			t.Fatalf("%q: line %d is %d cells wide, not %d: %q", name, i, n, r.app.w, l)
		}
	}
	for i, seen := range r.grid() {
		want := marksOnly.ReplaceAllString(strings.TrimRight(lines[i], " "), "") // the emulator loses some of the marks
		if seen = marksOnly.ReplaceAllString(seen, ""); seen != want {
			t.Fatalf("%q: the terminal shows line %d otherwise:\n%q\n%q", name, i, seen, want)
		}
	}
}
