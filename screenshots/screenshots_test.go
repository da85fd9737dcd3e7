package main

import (
	"bytes"
	"image/png"
	"strings"
	"testing"

	"github.com/charmbracelet/x/vt"
)

func TestParseSceneSpreadsSizesAndThemes(t *testing.T) {
	scenes, err := parseScene("x", "# a comment\nsize 80x24 120x36\ntheme light dark\nrun demo missing-key\nawait hello\nshot one\n")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, s := range scenes {
		names = append(names, s.fileName("one"))
	}
	want := "one-80x24-light one-80x24-dark one-120x36-light one-120x36-dark"
	if got := strings.Join(names, " "); got != want {
		t.Errorf("pictures %s, want %s", got, want)
	}
	if got := strings.Join(scenes[0].args, " "); got != "demo missing-key" {
		t.Errorf("args %q", got)
	}
}

func TestParseSceneSaysWhereItIsWrong(t *testing.T) {
	for text, want := range map[string]string{
		"run demo\njump high\n": `scenes/x.txt:2: no such verb "jump"`,
		"size wide\n":           `size "wide" is not like 120x36`,
	} {
		if _, err := parseScene("x", text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}

// The same screen gives the same bytes, and each cell shows up where it stands.
func TestPaintIsTheSameEveryTime(t *testing.T) {
	emu := vt.NewEmulator(12, 3)
	if _, err := emu.WriteString("╭──────────╮\r\n│\x1b[1;31m ✗ 403 \x1b[0m✓ ▌│\r\n╰──────────╯"); err != nil {
		t.Fatal(err)
	}
	first, err := paint(emu, paletteOf(true))
	if err != nil {
		t.Fatal(err)
	}
	second, _ := paint(emu, paletteOf(true))
	if !bytes.Equal(first, second) {
		t.Error("two pictures of one screen differ")
	}
	img, err := png.Decode(bytes.NewReader(first))
	if err != nil {
		t.Fatal(err)
	}
	if got := img.Bounds().Size(); got.X != 12*cellWidth+2*margin || got.Y != 3*cellHeight+2*margin {
		t.Errorf("size %v", got)
	}
	emu2 := vt.NewEmulator(12, 3)
	blank, _ := paint(emu2, paletteOf(true))
	if bytes.Equal(first, blank) {
		t.Error("a screen with text paints like a blank one")
	}
}

func TestKeyNames(t *testing.T) {
	for _, name := range []string{"w", "enter", "ctrl+d", "esc", "?", "down"} {
		if got := keyNamed(name).String(); got != name {
			t.Errorf("keyNamed(%q) presses %q", name, got)
		}
	}
}
