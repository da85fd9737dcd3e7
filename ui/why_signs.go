package ui

import "s403/diagnose"

// Each state of a station and of a cause has a sign of its own, and stands in
// words beside it wherever there is room: no state is told by colour alone, and
// only what is proven wears the mark of the stop.

// station gives the sign of a station and its style.
func (t Theme) station(s diagnose.StationReport, frame int) (string, Style) {
	switch {
	case s.State == diagnose.StoppedHere:
		return t.Glyphs.Fail, t.Bad
	case s.State == diagnose.Passed:
		return t.Glyphs.Pass, t.Good
	case s.Pending:
		return t.spin(frame), t.Accent
	case s.State == diagnose.NotOnThisWay:
		return t.Glyphs.Middot, t.Dim
	default:
		return t.Glyphs.Skip, t.Warn
	}
}

// cause gives the sign of a cause's state and its style.
func (t Theme) cause(s diagnose.CauseState) (string, Style) {
	switch s {
	case diagnose.Confirmed:
		return t.Glyphs.Fail, t.Bad
	case diagnose.Likely:
		return t.likely(), t.Warn
	case diagnose.Possible:
		return t.Glyphs.Unknown, t.Warn
	case diagnose.RuledOut:
		return t.Glyphs.Pass, t.Good
	case diagnose.NotApplicable:
		return t.Glyphs.Middot, t.Dim
	default:
		return t.Glyphs.Skip, t.Warn
	}
}

// likely is the sign between proven and possible.
func (t Theme) likely() string {
	if t.Glyphs.ASCII {
		return "!"
	}
	return "▲"
}

// effect gives the sign of a policy layer's effect.
func (t Theme) effect(effect string) (string, Style) {
	switch effect {
	case "allow":
		return t.Glyphs.Pass, t.Good
	case "explicit-deny":
		return t.Glyphs.Fail, t.Bad
	case "implicit-deny":
		return t.Glyphs.Fail, t.Warn
	default:
		return t.Glyphs.Skip, t.Dim
	}
}

// verdict gives the sign and style of the verdict card.
func (t Theme) verdict(r diagnose.Report, frame int) (string, Style) {
	if r.Verdict.Cause == diagnose.Allowed {
		return t.Glyphs.Pass, t.Good
	}
	for _, f := range r.Findings {
		if f.ID == r.Verdict.Cause {
			return t.cause(f.State)
		}
	}
	if r.Partial || len(r.Stations) == 0 {
		return t.spin(frame), t.Accent
	}
	return t.Glyphs.Skip, t.Warn
}

func (t Theme) spin(frame int) string {
	return t.Glyphs.Spinner[max(frame, 0)%len(t.Glyphs.Spinner)]
}
