package ui

import "strings"

// Glyphs is the set of characters that the interface draws with. Each is one
// cell wide and from the Basic Multilingual Plane, so no terminal disagrees
// about its width.
type Glyphs struct {
	TopLeft, TopRight, BottomLeft, BottomRight string
	Horizontal, Vertical                       string
	TeeLeft, TeeRight                          string // a rule within a frame
	Cursor                                     string // left of the selected row
	Pass, Fail, Unknown, Skip                  string // the states of a station or a field
	Mark                                       string // a marked row
	Ellipsis, Middot, Arrow, Up, Down          string
	Corner                                     string // hangs a remark under a line: "└"
	Bar, BarEmpty                              string // progress
	Thumb                                      string // scroll position on the border
	Spinner                                    []string
	ASCII                                      bool
}

var unicodeGlyphs = Glyphs{
	TopLeft: "╭", TopRight: "╮", BottomLeft: "╰", BottomRight: "╯", Horizontal: "─", Vertical: "│",
	TeeLeft: "├", TeeRight: "┤", Cursor: "▌", Pass: "✓", Fail: "✗", Unknown: "?", Skip: "┊", Mark: "●",
	Ellipsis: "…", Middot: "·", Arrow: "→", Up: "↑", Down: "↓", Corner: "└", Bar: "━", BarEmpty: "─",
	Thumb: "┃", Spinner: []string{"⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"},
}

// plainly writes the signs of our own sentences and key names in ASCII, where that
// is the set: each is one cell wide before and after. Letters of other scripts stay
// as they are, in a key as in the store.
func (g Glyphs) plainly(screen string) string {
	if !g.ASCII {
		return screen
	}
	return inASCII.Replace(screen)
}

var inASCII = strings.NewReplacer("·", "-", "…", "~", "↑", "^", "↓", "v", "←", "<", "→", ">", "×", "x",
	"“", `"`, "”", `"`, "‘", "'", "’", "'", "µ", "u", "✓", "+", "✗", "x", "≤", "<", "└", "`")

var asciiGlyphs = Glyphs{
	TopLeft: "+", TopRight: "+", BottomLeft: "+", BottomRight: "+", Horizontal: "-", Vertical: "|",
	TeeLeft: "+", TeeRight: "+", Cursor: ">", Pass: "+", Fail: "x", Unknown: "?", Skip: ":", Mark: "*",
	Ellipsis: "~", Middot: "-", Arrow: ">", Up: "^", Down: "v", Corner: "`", Bar: "=", BarEmpty: "-",
	Thumb: "#", Spinner: []string{"|", "/", "-", "\\"}, ASCII: true,
}
