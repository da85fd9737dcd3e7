package lab

import "maps"

// Again is the scenario as it is asked once it is mended: the same world, and
// the request with what Retry says otherwise. Where Retry says nothing it is the
// scenario itself.
func (s Scenario) Again() Scenario {
	r := s.Retry
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

// AsksOtherwise tells whether the request has to be made differently: what
// mends it is then not, or not only, a change of the world.
func (s Scenario) AsksOtherwise() bool {
	r := s.Retry
	return r.Actor != "" || r.Target != "" || r.Presign != "" || r.Args != nil || r.NoArgs || len(r.Env) > 0
}
