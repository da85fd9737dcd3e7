package diagnose

// A reading is evidence together with what follows from it for several causes:
// it is made once for each Explain, so that no judge works it out again.
type reading struct {
	*Evidence
}

// read works out what several judges need.
func read(e *Evidence) *reading {
	return &reading{Evidence: e}
}

// caller is who asked, as far as it is known.
func (r *reading) caller() Identity {
	if r.Caller.Known() {
		return r.Caller.Value
	}
	if r.Options.Unsigned || r.Credentials.Known() && r.Credentials.Value.None {
		return Identity{Kind: KindAnonymous}
	}
	return Identity{Kind: KindUnknown}
}
