package ui

import (
	"image/color"
	"strings"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/colorprofile"
)

// reset ends every styled run. Styles never nest: a background that must show
// through is laid under a finished line with Style.Under.
const reset = "\x1b[m"

// Style is one meaning (a label, a denial) resolved to the escape sequence that
// shows it. The zero Style shows text plainly.
type Style struct{ open string }

// Render returns text wrapped in the style. Text must have been through
// Theme.Clean if it came from outside.
func (s Style) Render(text string) string {
	if s.open == "" || text == "" {
		return text
	}
	return s.open + text + reset
}

// Under lays the style beneath a line that already holds styled runs, as the
// bar of the selected row lies under its columns.
func (s Style) Under(line string) string {
	if s.open == "" {
		return line
	}
	return s.open + strings.ReplaceAll(line, reset, reset+s.open) + reset
}

// compile takes the opening sequence out of a lipgloss style once, so that
// drawing a cell costs a concatenation.
func compile(s lipgloss.Style) Style {
	open, _, _ := strings.Cut(s.Render("x"), "x")
	return Style{open}
}

// Theme is everything that depends on the terminal: styles by meaning and the
// set of glyphs. It is a value; panes get it when they are drawn.
type Theme struct {
	Glyphs Glyphs
	Dark   bool

	Text, Dim, Bright       Style // plain text, labels, values that matter
	Accent, Title           Style // the one accent; a title within the focused border
	Border, Focus           Style // borders: at rest, and of the pane that has the keys
	Good, Bad, Warn         Style // passed, refused, to be looked at; always with a glyph beside
	Selected, Marked, Match Style // bar under the selected row, a marked row, matched text
	Key, Hint               Style // a key of the footer, and what it does
	Code, Strange           Style // quoted code; characters made visible
	Added, Removed          Style // the two sides of a difference
	Syntax                  Syntax
}

// Syntax are the colours of quoted documents.
type Syntax struct{ Name, String, Number, Keyword, Comment, Punct Style }

// Look is what a Theme is made from.
type Look struct {
	Dark    bool
	Profile colorprofile.Profile // what the terminal can show
	ASCII   bool                 // draw with ASCII only
	Accent  string               // "#rrggbb" from the configuration; empty: ours
	Colours map[string]string    // the same for the other colours, by colourNames
}

// NewTheme resolves a look. Below 256 colours it uses the terminal's own sixteen
// by name, so that a person's palette stays hers; without colour it speaks in
// bold, faint and reverse.
func NewTheme(l Look) Theme {
	var t Theme
	switch {
	case l.Profile <= colorprofile.ASCII && l.Profile != colorprofile.Unknown:
		t = monochrome()
	case l.Profile == colorprofile.ANSI:
		t = coloured(sixteen(l.Dark))
	default:
		p := full(l.Dark, l.Accent)
		p.mix(l.Colours)
		t = coloured(p)
	}
	t.Dark = l.Dark
	t.Glyphs = unicodeGlyphs
	if l.ASCII {
		t.Glyphs = asciiGlyphs
	}
	return t
}

// palette names the few colours that all styles are mixed from.
type palette struct {
	text, dim, bright, accent, border color.Color
	good, bad, warn, code             color.Color
	bar                               color.Color // background of the selected row
	barText                           color.Color // nil: the row keeps its own colours
}

func full(dark bool, accent string) palette {
	pick := lipgloss.LightDark(dark)
	c := func(light, dark string) color.Color { return pick(lipgloss.Color(light), lipgloss.Color(dark)) }
	p := palette{
		text: c("#2b303b", "#c5cad6"), dim: c("#6a7182", "#828ba0"), bright: c("#0b0e14", "#f2f4f8"),
		accent: c("#2f5bd8", "#8aadff"), border: c("#c3c8d4", "#3d4457"),
		good: c("#18794e", "#7ecb93"), bad: c("#c4262e", "#ff8080"), warn: c("#9a5b00", "#e8b765"),
		code: c("#6f42c1", "#c3a6ff"), bar: c("#dfe7ff", "#262f4a"),
	}
	if accent != "" {
		p.accent = lipgloss.Color(accent)
	}
	return p
}

// colourNames are the colours of a palette that the configuration can set.
var colourNames = []string{"text", "dim", "bright", "border", "good", "bad", "warn", "code", "bar"}

// mix puts a person's own colours in the place of ours.
func (p *palette) mix(own map[string]string) {
	for i, at := range []*color.Color{&p.text, &p.dim, &p.bright, &p.border, &p.good, &p.bad, &p.warn, &p.code, &p.bar} {
		if c := own[colourNames[i]]; c != "" {
			*at = lipgloss.Color(c)
		}
	}
}

func sixteen(dark bool) palette {
	p := palette{
		text: lipgloss.NoColor{}, dim: lipgloss.BrightBlack, bright: lipgloss.NoColor{},
		accent: lipgloss.Blue, border: lipgloss.BrightBlack,
		good: lipgloss.Green, bad: lipgloss.Red, warn: lipgloss.Yellow,
		code: lipgloss.Magenta, bar: lipgloss.Blue, barText: lipgloss.BrightWhite,
	}
	if dark {
		p.accent, p.good, p.bad, p.warn = lipgloss.BrightCyan, lipgloss.BrightGreen, lipgloss.BrightRed, lipgloss.BrightYellow
	}
	return p
}

func coloured(p palette) Theme {
	fg := func(c color.Color) lipgloss.Style { return lipgloss.NewStyle().Foreground(c) }
	bar := lipgloss.NewStyle().Background(p.bar)
	if p.barText != nil {
		bar = bar.Foreground(p.barText)
	}
	return Theme{
		Text: compile(fg(p.text)), Dim: compile(fg(p.dim)), Bright: compile(fg(p.bright).Bold(true)),
		Accent: compile(fg(p.accent)), Title: compile(fg(p.accent).Bold(true)),
		Border: compile(fg(p.border)), Focus: compile(fg(p.accent)),
		Good: compile(fg(p.good)), Bad: compile(fg(p.bad)), Warn: compile(fg(p.warn)),
		Selected: compile(bar), Marked: compile(fg(p.warn)), Match: compile(fg(p.accent).Bold(true).Underline(true)),
		Key: compile(fg(p.accent)), Hint: compile(fg(p.dim)),
		Code: compile(fg(p.code)), Strange: compile(fg(p.warn)),
		Added: compile(fg(p.good)), Removed: compile(fg(p.bad)),
		Syntax: Syntax{
			Name: compile(fg(p.accent)), String: compile(fg(p.good)), Number: compile(fg(p.warn)),
			Keyword: compile(fg(p.code)), Comment: compile(fg(p.dim).Italic(true)), Punct: compile(fg(p.dim)),
		},
	}
}

func monochrome() Theme {
	plain := lipgloss.NewStyle()
	bold, faint := compile(plain.Bold(true)), compile(plain.Faint(true))
	return Theme{
		Dim: faint, Bright: bold, Accent: bold, Title: bold, Focus: bold, Border: faint,
		Bad: bold, Warn: bold, Selected: compile(plain.Reverse(true)), Marked: bold,
		Match: compile(plain.Bold(true).Underline(true)), Key: bold, Hint: faint, Strange: bold,
		Added: bold, Syntax: Syntax{Name: bold, Comment: faint, Punct: faint},
	}
}
