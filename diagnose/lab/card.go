package lab

import (
	"fmt"
	"io"
	"maps"
	"slices"
)

// Entry is a scenario as `s403 lab list --output json` has it.
type Entry struct {
	Name   string            `json:"name"`
	Title  string            `json:"title"`
	Cause  string            `json:"cause"`
	Story  string            `json:"story"`
	Target string            `json:"target"`
	Actor  string            `json:"actor"`
	Args   []string          `json:"args"`
	Env    map[string]string `json:"env"`
	Fix    string            `json:"fix"`
	Lesson int               `json:"lesson,omitempty"`
	Behind []string          `json:"behind,omitempty"` // causes that show once the first is mended
}

// Entry gives the scenario in the contract's form. Env always holds AWS_REGION:
// the bucket's own, unless the scenario is about another.
func (s Scenario) Entry() Entry {
	e := Entry{
		Name: s.Name, Title: s.Title, Cause: s.Cause, Story: s.Story, Target: s.Link("s3:/"), Actor: s.Actor,
		Args: slices.Clone(s.Args), Env: s.Environment(), Fix: s.Fix, Lesson: s.Lesson,
	}
	for _, b := range s.Behind {
		e.Behind = append(e.Behind, b.Cause)
	}
	if e.Args == nil {
		e.Args = []string{}
	}
	return e
}

// Environment is what has to be in the environment beside the credentials and
// the endpoint.
func (s Scenario) Environment() map[string]string {
	env := map[string]string{"AWS_REGION": "us-east-1"}
	name := s.bucket()
	for _, p := range s.World.AccessPoints {
		if p.Alias == name {
			name = p.Bucket
		}
	}
	for _, b := range s.World.Buckets {
		if b.Name == name && b.Region != "" {
			env["AWS_REGION"] = b.Region
		}
	}
	if s.Reader != "" {
		held := Actor{Name: s.Reader + "/" + reader}.Credentials()
		env["S403_READER_ACCESS_KEY_ID"], env["S403_READER_SECRET_ACCESS_KEY"] = held.AccessKeyID, held.SecretAccessKey
	}
	maps.Copy(env, s.Env)
	return env
}

// Card is what `s403 lab --output json` prints once.
type Card struct {
	Endpoint  string         `json:"endpoint"`
	Scenarios []CardScenario `json:"scenarios"`
}

// CardScenario is a scenario on a Card.
type CardScenario struct {
	Name   string        `json:"name"`
	Target string        `json:"target"`
	Actors []Credentials `json:"actors"`
	// MFA are the seeds of the actors' MFA devices, as authenticator apps take
	// them, by the actor's name.
	MFA map[string]string `json:"mfaSeeds,omitempty"`
}

// Card says where the lab is and who is in it. It is complete after Listen.
func (l *Lab) Card() Card {
	card := Card{Endpoint: l.Endpoint(), Scenarios: []CardScenario{}}
	for _, s := range l.scenarios {
		entry := CardScenario{Name: s.Name, Target: s.Link(l.Endpoint()), Actors: l.ActorsOf(s)}
		for _, a := range s.World.Actors {
			if seed := l.mfaSeedOf(a); seed != "" {
				entry.MFA = map[string]string{a.Name: seed}
			}
		}
		card.Scenarios = append(card.Scenarios, entry)
	}
	if len(l.scenarios) == 0 { // a world of its own: all of its actors
		world := CardScenario{Name: "world"}
		for _, a := range l.state.Load().world.Actors {
			held := a.Credentials()
			held.Actor = a.Name
			world.Actors = append(world.Actors, held)
		}
		card.Scenarios = append(card.Scenarios, world)
	}
	return card
}

// OpenFile makes a lab of a world file, or of a scenario file that stands on its
// own. name stands in errors.
func OpenFile(name string, r io.Reader, options ...Option) (*Lab, error) {
	text, err := readAll(r, maxFile)
	if err != nil {
		return nil, fmt.Errorf("read world %q: %w", name, err)
	}
	f, err := parseFile(name, text)
	if err != nil {
		return nil, err
	}
	if f.Name == "" {
		l, err := Open(f.World, options...)
		return l, located(name, text, err)
	}
	s, err := ParseScenario(name, text)
	if err != nil {
		return nil, err
	}
	l, err := Open(World{}.lay(s.World, s.Name), options...)
	if err != nil {
		return nil, located(name, text, err)
	}
	l.scenarios = []Scenario{s}
	return l, nil
}
