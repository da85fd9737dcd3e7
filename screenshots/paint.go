package main

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"sync"

	uv "github.com/charmbracelet/ultraviolet"
	"github.com/go-fonts/dejavu/dejavusansmono"
	"github.com/go-fonts/dejavu/dejavusansmonobold"
	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
)

// The cell of the painted grid, in pixels: DejaVu Sans Mono at 15 pixels, whose
// box drawing joins from cell to cell at just this height.
const (
	fontPixels = 15
	cellWidth  = 9
	cellHeight = 18
	baseline   = 14
	margin     = 12
)

// faces are the two weights of the font, read once.
var faces = sync.OnceValues(func() (map[bool]font.Face, error) {
	out := map[bool]font.Face{}
	for bold, ttf := range map[bool][]byte{false: dejavusansmono.TTF, true: dejavusansmonobold.TTF} {
		parsed, err := opentype.Parse(ttf)
		if err != nil {
			return nil, err
		}
		out[bold], err = opentype.NewFace(parsed, &opentype.FaceOptions{
			Size: fontPixels, DPI: 72, Hinting: font.HintingFull,
		})
		if err != nil {
			return nil, err
		}
	}
	return out, nil
})

// grid is what the painter needs of a terminal.
type grid interface {
	CellAt(x, y int) *uv.Cell
	Width() int
	Height() int
}

// palette is the terminal's own foreground and background.
type palette struct{ fg, bg color.Color }

func paletteOf(dark bool) palette {
	if dark {
		return palette{fg: color.RGBA{0xd8, 0xdc, 0xe6, 0xff}, bg: color.RGBA{0x16, 0x18, 0x20, 0xff}}
	}
	return palette{fg: color.RGBA{0x24, 0x29, 0x33, 0xff}, bg: color.RGBA{0xfb, 0xfb, 0xf8, 0xff}}
}

// paint draws the grid and encodes it as PNG with 256 colours, which keeps the
// repository small and the bytes the same from run to run.
func paint(g grid, p palette) ([]byte, error) {
	weights, err := faces()
	if err != nil {
		return nil, err
	}
	img := image.NewRGBA(image.Rect(0, 0, g.Width()*cellWidth+2*margin, g.Height()*cellHeight+2*margin))
	draw.Draw(img, img.Bounds(), image.NewUniform(p.bg), image.Point{}, draw.Src)
	for y := range g.Height() {
		for x := 0; x < g.Width(); {
			cell := g.CellAt(x, y)
			if cell == nil {
				x++
				continue
			}
			paintCell(img, cell, x, y, p, weights)
			x += max(1, cell.Width)
		}
	}
	var out bytes.Buffer
	err = (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&out, reduce(img))
	return out.Bytes(), err
}

func paintCell(img *image.RGBA, c *uv.Cell, x, y int, p palette, weights map[bool]font.Face) {
	fg, bg := cellColors(c, p)
	left, top := margin+x*cellWidth, margin+y*cellHeight
	box := image.Rect(left, top, left+max(1, c.Width)*cellWidth, top+cellHeight)
	draw.Draw(img, box, image.NewUniform(bg), image.Point{}, draw.Src)
	if c.Content != "" && c.Content != " " {
		drawer := font.Drawer{
			Dst: img, Src: image.NewUniform(fg), Face: weights[c.Style.Attrs&uv.AttrBold != 0],
			Dot: fixed.P(left, top+baseline),
		}
		drawer.DrawString(c.Content)
	}
	if c.Style.Underline != uv.UnderlineNone {
		line := image.Rect(box.Min.X, top+baseline+2, box.Max.X, top+baseline+3)
		draw.Draw(img, line, image.NewUniform(fg), image.Point{}, draw.Src)
	}
}

func cellColors(c *uv.Cell, p palette) (fg, bg color.Color) {
	fg, bg = p.fg, p.bg
	if c.Style.Fg != nil {
		fg = c.Style.Fg
	}
	if c.Style.Bg != nil {
		bg = c.Style.Bg
	}
	if c.Style.Attrs&uv.AttrReverse != 0 {
		fg, bg = bg, fg
	}
	if c.Style.Attrs&uv.AttrFaint != 0 {
		fg = mix(fg, bg)
	}
	return fg, bg
}

// mix is half of each color: how terminals draw faint text.
func mix(a, b color.Color) color.Color {
	ar, ag, ab, _ := a.RGBA()
	br, bg, bb, _ := b.RGBA()
	half := func(x, y uint32) uint8 { return uint8((x + y) >> 9) }
	return color.RGBA{half(ar, br), half(ag, bg), half(ab, bb), 0xff}
}

// reduce maps the picture onto its 256 commonest colours.
func reduce(img *image.RGBA) image.Image {
	counts := map[color.RGBA]int{}
	for i := 0; i < len(img.Pix); i += 4 {
		counts[color.RGBA{img.Pix[i], img.Pix[i+1], img.Pix[i+2], 0xff}]++
	}
	out := image.NewPaletted(img.Bounds(), commonest(counts, 256))
	index := make(map[color.RGBA]uint8, len(counts))
	for c := range counts {
		index[c] = uint8(out.Palette.Index(c))
	}
	for i := 0; i < len(img.Pix); i += 4 {
		out.Pix[i/4] = index[color.RGBA{img.Pix[i], img.Pix[i+1], img.Pix[i+2], 0xff}]
	}
	return out
}
