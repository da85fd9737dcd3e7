package s3view

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"image"
	_ "image/gif" // their sizes are told, not their pictures shown
	_ "image/jpeg"
	_ "image/png"
	"io"
	"path"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	_ "golang.org/x/image/bmp" // as above
	_ "golang.org/x/image/tiff"
	_ "golang.org/x/image/webp"
)

// open unpacks what is packed and tells what it is.
func (p *Preview) open() {
	damage := ""
	if bytes.HasPrefix(p.Data, []byte{0x1f, 0x8b}) {
		damage = p.gunzip()
	}
	p.Data = fromUTF16(p.Data)
	p.Kind, p.Note = p.sniff()
	if p.Kind == PreviewCSV {
		p.Table = readTable(p.Data, p.Separator, p.Complete)
	}
	if p.Gzip {
		p.Note = "gzip, unpacked: " + p.Note
	}
	if damage != "" {
		p.Note += "; " + damage
	}
	if !p.Complete && p.Kind != PreviewBinary {
		p.Data = wholeRunes(p.Data)
	}
}

// gunzip unpacks as far as the data and the bound go, and tells what is wrong
// with the file. One that was cut off or damaged gives what came before.
func (p *Preview) gunzip() (damage string) {
	z, err := gzip.NewReader(bytes.NewReader(p.Data))
	if err != nil {
		return "gzip that cannot be opened: " + gzipWords(err)
	}
	unpacked, err := io.ReadAll(io.LimitReader(z, PreviewUnpacked+1))
	cutByUs := !p.Complete && errors.Is(err, io.ErrUnexpectedEOF)
	if err != nil && !cutByUs {
		damage = "the gzip file is damaged: " + gzipWords(err)
	}
	if err != nil && len(unpacked) == 0 {
		return damage
	}
	p.Complete = p.Complete && err == nil && len(unpacked) <= PreviewUnpacked
	p.Data, p.Gzip = unpacked[:min(len(unpacked), PreviewUnpacked)], true
	p.Name = strings.TrimSuffix(strings.TrimSuffix(p.Name, ".gz"), ".gzip")
	return damage
}

// gzipWords says in words what compress/gzip found.
func gzipWords(err error) string {
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return "it ends too soon"
	case errors.Is(err, gzip.ErrChecksum):
		return "its checksum does not match"
	case errors.Is(err, gzip.ErrHeader):
		return "its header is no gzip header"
	}
	return oneLine(err.Error())
}

// magics are bytes at the beginning of files that are no text, and what they tell.
var magics = []struct {
	at    int
	magic string
	kind  PreviewKind
	name  string
}{
	{0, "PAR1", PreviewParquet, "Parquet file"}, {0, "PARE", PreviewParquet, "Parquet file"},
	{0, "PK\x03\x04", PreviewBinary, "zip archive"}, {0, "%PDF-", PreviewBinary, "PDF document"}, {0, "\x7fELF", PreviewBinary, "ELF program"},
	{0, "BZh", PreviewBinary, "bzip2 file"}, {0, "\xfd7zXZ\x00", PreviewBinary, "xz file"}, {0, "\x28\xb5\x2f\xfd", PreviewBinary, "zstd file"},
	{0, "\x04\x22\x4d\x18", PreviewBinary, "lz4 file"}, {0, "7z\xbc\xaf\x27\x1c", PreviewBinary, "7-Zip archive"},
	{0, "Obj\x01", PreviewBinary, "Avro file"}, {0, "ORC", PreviewBinary, "ORC file"}, {0, "ARROW1\x00\x00", PreviewBinary, "Arrow file"},
	{0, "SQLite format 3\x00", PreviewBinary, "SQLite database"}, {0, "\xff\x06\x00\x00sNaPpY", PreviewBinary, "snappy file"},
	{0, "\x89HDF\r\n", PreviewBinary, "HDF5 file"}, {0, "\x93NUMPY", PreviewBinary, "NumPy array"}, {257, "ustar", PreviewBinary, "tar archive"},
	{0, "ID3", PreviewBinary, "MP3 audio"}, {0, "OggS", PreviewBinary, "Ogg media"}, {8, "WAVE", PreviewBinary, "WAVE audio"},
	{8, "AVI ", PreviewBinary, "AVI video"}, {0, "\x1aE\xdf\xa3", PreviewBinary, "Matroska or WebM video"},
	{4, "ftypheic", PreviewImage, "HEIC image"}, {4, "ftypavif", PreviewImage, "AVIF image"}, {4, "ftyp", PreviewBinary, "MP4 media"},
	{0, "\x89PNG\r\n", PreviewImage, "PNG image"}, {0, "\xff\xd8\xff", PreviewImage, "JPEG image"}, {0, "GIF8", PreviewImage, "GIF image"},
	{0, "II*\x00", PreviewImage, "TIFF image"}, {0, "MM\x00*", PreviewImage, "TIFF image"}, {8, "WEBP", PreviewImage, "WEBP image"},
	{0, "\xca\xfe\xba\xbe", PreviewBinary, "Java class or Mac program"}, {0, "\x1f\x8b", PreviewBinary, "binary data"},
}

// sniff tells what the data is, by its first bytes and then by its looks; the
// name only breaks ties. Content-Type is not asked: it is what the uploader's
// program guessed.
func (p *Preview) sniff() (PreviewKind, string) {
	d := p.Data
	if len(d) == 0 {
		return PreviewEmpty, "an empty object"
	}
	if c, format, err := image.DecodeConfig(bytes.NewReader(d)); err == nil {
		return PreviewImage, fmt.Sprintf("%s image, %d×%d pixels", strings.ToUpper(format), c.Width, c.Height)
	}
	text := looksLikeText(d)
	for _, m := range magics {
		if len(d) >= m.at && bytes.HasPrefix(d[m.at:], []byte(m.magic)) && (!text || m.kind == PreviewParquet || m.magic == "%PDF-") {
			return m.kind, m.name
		}
	}
	if !text {
		return PreviewBinary, "binary data"
	}
	return p.textKind(strings.ToLower(path.Ext(p.Name)))
}

// textKind tells tables and JSON from prose by their first lines.
func (p *Preview) textKind(ext string) (PreviewKind, string) {
	lines := strings.SplitN(strings.TrimSpace(string(p.Data[:min(len(p.Data), 8<<10)])), "\n", 12)
	braces := 0
	for _, l := range lines {
		if l = strings.TrimSpace(l); strings.HasPrefix(l, "{") && strings.HasSuffix(l, "}") {
			braces++
		}
	}
	first := strings.TrimSpace(lines[0])
	switch {
	case braces >= 2 || ext == ".ndjson" || ext == ".jsonl":
		return PreviewNDJSON, "JSON, an object a line"
	case strings.HasPrefix(first, "{") || strings.HasPrefix(first, "[{") || strings.HasPrefix(first, "[") && ext == ".json":
		return PreviewJSON, "JSON"
	}
	if p.Separator = separatorOf(lines, ext); p.Separator != 0 {
		return PreviewCSV, map[rune]string{',': "comma", '\t': "tab", ';': "semicolon", '|': "bar"}[p.Separator] + "-separated values"
	}
	return PreviewText, "text"
}

// wholeRunes drops a last character of which only a part was fetched.
func wholeRunes(d []byte) []byte {
	for i := len(d) - 1; i >= max(0, len(d)-utf8.UTFMax); i-- {
		if utf8.RuneStart(d[i]) {
			if !utf8.FullRune(d[i:]) {
				return d[:i]
			}
			break
		}
	}
	return d
}

// looksLikeText wants UTF-8 (its last character may be cut off) with next to no
// control characters.
func looksLikeText(d []byte) bool {
	odd, n := 0, 0
	for len(d) > 0 {
		r, size := utf8.DecodeRune(d)
		switch {
		case r == utf8.RuneError && size == 1 && !utf8.FullRune(d):
			return odd*50 <= n // cut off
		case r == 0:
			return false
		case r == utf8.RuneError && size == 1,
			unicode.IsControl(r) && !unicode.IsSpace(r) && r != 0x1b && r != '\b':
			odd++
		}
		n++
		d = d[size:]
	}
	return odd*50 <= n
}

// fromUTF16 turns text that begins with a UTF-16 byte order mark into UTF-8, and
// drops the mark of UTF-8.
func fromUTF16(d []byte) []byte {
	d = bytes.TrimPrefix(d, []byte("\xef\xbb\xbf"))
	if len(d) < 2 || d[0]^d[1] != 0xff^0xfe || min(d[0], d[1]) != 0xfe {
		return d
	}
	units := make([]uint16, 0, len(d)/2)
	for i := 2; i+1 < len(d); i += 2 {
		lo, hi := d[i], d[i+1]
		if d[0] == 0xfe {
			lo, hi = hi, lo
		}
		units = append(units, uint16(hi)<<8|uint16(lo))
	}
	return []byte(string(utf16.Decode(units)))
}
