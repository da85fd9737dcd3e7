package ui

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"
)

// Settings is the configuration of $XDG_CONFIG_HOME/s403/config.toml. The zero
// value is the default.
type Settings struct {
	Theme  string // "auto", "light", "dark"; "" is auto
	Glyphs string // "auto", "unicode", "ascii"; "" is auto
	Accent string // "#rrggbb"; "" is ours
	Mouse  *bool  // nil is on
	Heads  *bool  // HEAD the selection without being asked; nil is on
	Keys   map[string][]string
}

// settingsFile is the file's shape.
type settingsFile struct {
	Theme  string         `toml:"theme"`
	Glyphs string         `toml:"glyphs"`
	Accent string         `toml:"accent"`
	Mouse  *bool          `toml:"mouse"`
	Heads  *bool          `toml:"heads"`
	Keys   map[string]any `toml:"keys"`
}

// keyNames reads one key or several: `quit = "q"` or `quit = ["q", "ctrl+q"]`.
func keyNames(v any) ([]string, bool) {
	switch v := v.(type) {
	case string:
		return []string{v}, v != ""
	case []any:
		var out []string
		for _, item := range v {
			name, ok := item.(string)
			if !ok || name == "" {
				return nil, false
			}
			out = append(out, name)
		}
		return out, len(out) > 0
	default:
		return nil, false
	}
}

// ParseSettings reads the text of a config.toml. What it cannot use it leaves
// at its default and tells, a line each, as "line N: …".
func ParseSettings(text []byte) (Settings, []string) {
	var f settingsFile
	d := toml.NewDecoder(bytes.NewReader(text)).DisallowUnknownFields()
	var warnings []string
	if err := d.Decode(&f); err != nil {
		warnings = settingsErrors(err)
		f = settingsFile{}
		_ = toml.NewDecoder(bytes.NewReader(text)).Decode(&f)
	}
	check := func(name, value string, allowed ...string) string {
		if value == "" || slices.Contains(allowed, value) {
			return value
		}
		warnings = append(warnings, fmt.Sprintf("line %d: %s is %q; it can be %s", lineOf(text, name), name, value, strings.Join(allowed, ", ")))
		return ""
	}
	s := Settings{Mouse: f.Mouse, Heads: f.Heads, Accent: f.Accent}
	s.Theme = check("theme", f.Theme, "auto", "light", "dark")
	s.Glyphs = check("glyphs", f.Glyphs, "auto", "unicode", "ascii")
	if s.Accent != "" && !hexColour.MatchString(s.Accent) {
		warnings = append(warnings, fmt.Sprintf("line %d: accent is %q; it must look like \"#8aadff\"", lineOf(text, "accent"), s.Accent))
		s.Accent = ""
	}
	s.Keys, warnings = settingsKeys(text, f.Keys, warnings)
	return s, warnings
}

var hexColour = regexp.MustCompile(`^#[0-9a-fA-F]{6}$`)

// settingsKeys takes the bindings of actions that exist.
func settingsKeys(text []byte, in map[string]any, warnings []string) (map[string][]string, []string) {
	names := make([]string, 0, len(in))
	for name := range in {
		names = append(names, name)
	}
	slices.Sort(names)
	out := map[string][]string{}
	for _, name := range names {
		if !slices.ContainsFunc(actions(), func(a action) bool { return a.id == name }) {
			warnings = append(warnings, fmt.Sprintf("line %d: keys.%s names no command; ? lists them", lineOf(text, name), name))
			continue
		}
		bound, ok := keyNames(in[name])
		if !ok {
			warnings = append(warnings, fmt.Sprintf("line %d: keys.%s must be a key such as \"ctrl+r\", or an array of them", lineOf(text, name), name))
			continue
		}
		out[name] = bound
	}
	return out, warnings
}

func settingsErrors(err error) []string {
	var strict *toml.StrictMissingError
	if errors.As(err, &strict) {
		out := make([]string, 0, len(strict.Errors))
		for _, e := range strict.Errors {
			row, _ := e.Position()
			out = append(out, fmt.Sprintf("line %d: %s is no setting", row, strings.Join(e.Key(), ".")))
		}
		return out
	}
	var bad *toml.DecodeError
	if errors.As(err, &bad) {
		row, col := bad.Position()
		return []string{fmt.Sprintf("line %d, column %d: %s", row, col, strings.TrimPrefix(bad.Error(), "toml: "))}
	}
	return []string{strings.TrimPrefix(err.Error(), "toml: ")}
}

// lineOf finds the line that sets a name, from 1; 0 when there is none.
func lineOf(text []byte, name string) int {
	for i, line := range strings.Split(string(text), "\n") {
		field, _, ok := strings.Cut(line, "=")
		if ok && strings.Trim(strings.TrimSpace(field), `"`) == name {
			return i + 1
		}
	}
	return 0
}
