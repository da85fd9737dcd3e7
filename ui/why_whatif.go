package ui

import (
	"slices"
	"strings"

	"s403/diagnose"
)

// whatIf is the question "what waits behind it?": the layers of policies with a
// box each, to be supposed not to refuse, and what the others say then. It is
// worked out from the evidence at hand; nothing is asked or changed.
type whatIf struct {
	lifted []string
	cursor int
}

// startWhatIf shows the layers, the one that refuses supposed away already:
// that is the question people come with.
func (p *whyPanel) startWhatIf() intent {
	if p.screen == screenWhatIf {
		p.screen = screenWay
		return nil
	}
	p.screen, p.scroll = screenWhatIf, 0
	s := diagnose.Suppose(p.evidence, nil)
	p.what = whatIf{}
	for i, l := range s.Layers {
		if l.Layer == s.DecidedBy && s.Effect != "allow" {
			p.what = whatIf{lifted: []string{l.Layer}, cursor: i}
		}
	}
	return nil
}

// suppose ticks or unticks the layer under the cursor.
func (p *whyPanel) suppose() intent {
	layers := diagnose.Suppose(p.evidence, p.what.lifted).Layers
	if p.what.cursor >= len(layers) {
		return nil
	}
	name := layers[p.what.cursor].Layer
	if i := slices.Index(p.what.lifted, name); i >= 0 {
		p.what.lifted = slices.Delete(slices.Clone(p.what.lifted), i, i+1)
	} else {
		p.what.lifted = append(slices.Clone(p.what.lifted), name)
	}
	return nil
}

// whatIfView draws the question and its answer.
func (p *whyPanel) whatIfView(t Theme, w, h int) block {
	s := diagnose.Suppose(p.evidence, p.what.lifted)
	p.what.cursor = clamp(p.what.cursor, 0, max(len(s.Layers)-1, 0))
	out := &sheet{Theme: t, width: max(w-4, 1)}
	out.text(0, t.Dim, "Suppose that a layer did not refuse: what would stand behind it? Space ticks; nothing is asked, nothing is changed.")
	out.gap()
	from := len(out.lines)
	for i, l := range s.Layers {
		out.raw(p.supposedRow(t, l, i == p.what.cursor, out.width))
	}
	if len(s.Layers) == 0 {
		out.text(0, t.Text, "No policy has been read that has a say in this request.")
	}
	out.gap()
	out.outcome(s)
	at := from + p.what.cursor
	top := clamp(at-(h-3)/2, 0, max(len(out.lines)-(h-2), 0))
	f := frame{title: t.Title.Render("what if"), focused: true, pad: 1, lines: out.lines[top:], thumb: scroll{top, h - 2, len(out.lines)}}
	return t.draw(f, w, h)
}

// supposedRow is one layer: its box, its name and what it says by itself.
func (p *whyPanel) supposedRow(t Theme, l diagnose.SupposedLayer, chosen bool, w int) string {
	cursor, box := " ", "[ ] "
	if chosen {
		cursor = t.Accent.Render(t.Glyphs.Cursor)
	}
	if l.Lifted {
		box = "[x] "
	}
	sign, style := t.effect(l.Effect)
	said := effectWord(l.Effect)
	switch {
	case l.Lifted:
		said += ", supposed away"
		style = t.Dim
	case l.Overridden:
		said += ", but the bucket policy names the caller: it does not count"
	}
	line := cursor + " " + t.Bright.Render(box) + t.Text.Render(t.fit(l.Layer, 26)) + style.Render(sign+" "+said)
	line = t.fit(line, w)
	if chosen {
		line = t.Selected.Under(line)
	}
	return line
}

// outcome says what the policies come to under the supposition.
func (s *sheet) outcome(o diagnose.Supposition) {
	if o.Effect == "allow" {
		s.hang(s.Good.Render(s.Glyphs.Pass)+" ", "  ", s.Bright, "Then the policies would allow it.")
	} else {
		sign, style := s.effect(o.Effect)
		s.hang(style.Render(sign)+" ", "  ", s.Bright, "Then it would still be refused: the "+o.DecidedBy+" "+effectVerb(o.Effect)+".")
	}
	if len(o.Unread) > 0 {
		s.hang(s.Warn.Render(s.Glyphs.Skip)+" ", "  ", s.Text, "Not read, and it may have a say: "+strings.Join(o.Unread, ", ")+".")
	}
	if len(o.Unseen) > 0 {
		s.hang(s.Warn.Render(s.Glyphs.Skip)+" ", "  ", s.Text, "It hinges on what only AWS sees: "+strings.Join(o.Unseen, ", ")+".")
	}
	s.text(2, s.Dim, "This is worked out from policies alone; a missing key, a KMS key or an ACL may still be in the way.")
}

func effectWord(effect string) string {
	switch effect {
	case "allow":
		return "lets it through"
	case "explicit-deny":
		return "denies it"
	default:
		return "does not allow it"
	}
}

func effectVerb(effect string) string {
	if effect == "explicit-deny" {
		return "denies it"
	}
	return "does not allow it"
}
