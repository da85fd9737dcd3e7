package ui

import "s403/s3view"

// Settings is the configuration of $XDG_CONFIG_HOME/s403/config.toml. The zero
// value is the default.
type Settings struct {
	Theme   string            // "auto", "light", "dark"; "" is auto
	Glyphs  string            // "auto", "unicode", "ascii"; "" is auto
	Accent  string            // "#rrggbb"; "" is ours
	Colours map[string]string // "#rrggbb" by the names of colourNames; what is missing is ours
	Mouse   *bool             // nil is on
	Heads   *bool             // HEAD the selection without being asked; nil is on
	Start   s3view.Location   // where to open when nothing is named; zero is the list of buckets
	Sort    s3view.Order      // how lists are sorted at first
	Keys    map[string][]string
}
