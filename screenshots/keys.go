package main

import (
	"strings"
	"unicode/utf8"

	uv "github.com/charmbracelet/ultraviolet"
)

// named are the keys that are not one letter, by Bubble Tea's names.
var named = map[string]rune{
	"enter": uv.KeyEnter, "esc": uv.KeyEscape, "tab": uv.KeyTab, "space": uv.KeySpace,
	"up": uv.KeyUp, "down": uv.KeyDown, "left": uv.KeyLeft, "right": uv.KeyRight,
	"backspace": uv.KeyBackspace,
}

// keyNamed is the key press of a name such as "w", "enter" or "ctrl+d".
func keyNamed(name string) uv.KeyPressEvent {
	var mod uv.KeyMod
	if rest, ok := strings.CutPrefix(name, "ctrl+"); ok {
		mod, name = uv.ModCtrl, rest
	}
	if code, ok := named[name]; ok {
		return uv.KeyPressEvent{Code: code, Mod: mod}
	}
	r, _ := utf8.DecodeRuneInString(name)
	event := uv.KeyPressEvent{Code: r, Mod: mod}
	if mod == 0 {
		event.Text = name
	}
	return event
}
