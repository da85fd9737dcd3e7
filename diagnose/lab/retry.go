package lab

import "maps"

// Again is the scenario as it is asked once it is mended: the same world, and
// the request with what Retry says otherwise. Where Retry says nothing it is the
// scenario itself.
func (s Scenario) Again() Scenario { return s.asked(s.Retry) }

// asked is the scenario with its request made as r says.
func (s Scenario) asked(r Retry) Scenario {
	s.Actor, s.Target, s.Presign = orElse(r.Actor, s.Actor), orElse(r.Target, s.Target), orElse(r.Presign, s.Presign)
	if r.Args != nil || r.NoArgs {
		s.Args = r.Args
	}
	env := map[string]string{}
	maps.Copy(env, s.Env)
	maps.Copy(env, r.Env)
	s.Env = env
	return s
}

// Uncovered is the scenario as it stands when the cause that waits at place i of
// Behind shows: what is still to mend, and how it is asked by then. Mends are
// those to carry out on the lab before that.
func (s Scenario) Uncovered(i int) (then Scenario, mends []Change) {
	b := s.Behind[i]
	done := min(b.After, len(s.Mend))
	then = s.asked(b.Retry)
	then.Cause, then.Mend, then.Behind = b.Cause, s.Mend[done:], s.Behind[i+1:]
	return then, s.Mend[:done]
}

// AsksOtherwise tells whether the request has to be made differently: what
// mends it is then not, or not only, a change of the world.
func (s Scenario) AsksOtherwise() bool {
	r := s.Retry
	return r.Actor != "" || r.Target != "" || r.Presign != "" || r.Args != nil || r.NoArgs || len(r.Env) > 0
}
