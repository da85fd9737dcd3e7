package lab

import (
	"cmp"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/pelletier/go-toml/v2"

	"s403/diagnose"
)

// A Scenario is one way to meet a 403 (or one of its neighbours), and to mend
// it: what `s403 lab list` shows, the demo teaches and the tests go through.
type Scenario struct {
	Name  string // the cause's id, or a name of its own for a trap
	Title string // a few words
	Cause string // id of the true cause in the catalogue
	Story string // for a newcomer: who wants what, and what she sees
	// Lesson is the place in the order of the lessons, from 1; 0: not a lesson.
	Lesson int
	Actor  string // name of the actor who is refused
	// Reader names the account whose reader helps the actor to see policies and
	// settings, where nobody could tell the cause from outside; usually empty.
	Reader string
	Target string // s3:// URI
	// Presign says that the request is a presigned URL: "expired", or "v2" for
	// one of signature version 2.
	Presign string
	Args    []string
	Env     map[string]string
	Fix     string   // what mends it, in a sentence or two
	Mend    []Change // the same, for a machine; empty when only the request has to change
	Retry   Retry    // how to ask once it is mended, where that differs
	// Behind are the causes that wait behind the first, in the order in which
	// they show: each when those before it are mended. Empty but for traps.
	Behind []Behind
	World  World // what the scenario adds to the base world
}

// Change is one change of the world: a policy document or a setting.
type Change struct {
	// Layer says what is changed: a policy.Layer in the contract's words, or a
	// setting, as Lab.Apply lists them.
	Layer string `toml:"layer"`
	Owner string `toml:"owner"`                     // ARN of what carries it
	Name  string `toml:"policy,omitempty"`          // name of the policy
	After string `toml:"after,omitempty,multiline"` // JSON: the document or setting as it should be; empty: removed
}

// Retry is how the request is made after the mend. Empty fields are as before.
type Retry struct {
	Actor   string            `toml:"actor,omitempty"`
	Target  string            `toml:"target,omitempty"`
	Presign string            `toml:"presign,omitempty"` // "none": sign as usual
	Args    []string          `toml:"args,omitempty"`
	NoArgs  bool              `toml:"no-args,omitempty"` // the arguments of the scenario are dropped
	Env     map[string]string `toml:"env,omitempty"`
}

// Behind is a cause that S3 does not name, because another stops the request
// before it ("the error message includes only one of those policy types", S3 user
// guide, "Troubleshoot access denied errors").
type Behind struct {
	Cause string `toml:"cause"`           // id in the catalogue
	After int    `toml:"after,omitempty"` // how many of the mends are done when it shows
	Retry Retry  `toml:"retry,omitempty"` // how the request is made by then, where that differs
	// Unseen says that nothing that can be asked tells of it before it shows.
	Unseen bool `toml:"unseen,omitempty"`
}

// file is a scenario or world file as TOML has it.
type file struct {
	Name    string            `toml:"name,omitempty"`
	Title   string            `toml:"title,omitempty"`
	Cause   string            `toml:"cause,omitempty"`
	Story   string            `toml:"story,omitempty,multiline"`
	Lesson  int               `toml:"lesson,omitempty"`
	Actor   string            `toml:"actor-name,omitempty"`
	Reader  string            `toml:"reader,omitempty"`
	Target  string            `toml:"target,omitempty"`
	Args    []string          `toml:"args,omitempty"`
	Env     map[string]string `toml:"env,omitempty"`
	Fix     string            `toml:"fix,omitempty"`
	Presign string            `toml:"presign,omitempty"`
	Clock   Duration          `toml:"clock,omitempty"`
	Mend    []Change          `toml:"mend,omitempty"`
	Retry   Retry             `toml:"retry,omitempty"`
	Behind  []Behind          `toml:"behind,omitempty"`
	World
}

// maxFile bounds a world file, in bytes.
const maxFile = 8 << 20

// parseFile reads a world or scenario file. name stands in errors.
func parseFile(name string, text []byte) (file, error) {
	var f file
	if len(text) > maxFile {
		return f, fmt.Errorf("read world %q: it is larger than %d bytes", name, maxFile)
	}
	dec := toml.NewDecoder(strings.NewReader(string(text)))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&f); err != nil {
		return f, fmt.Errorf("read world %q: %w", name, tomlError(err))
	}
	return f, nil
}

// tomlError gives TOML's errors as one line that begins with the line number.
func tomlError(err error) error {
	var strict *toml.StrictMissingError
	if errors.As(err, &strict) && len(strict.Errors) > 0 {
		row, col := strict.Errors[0].Position()
		return fmt.Errorf("line %d, column %d: no such field %q", row, col, strings.Join(strict.Errors[0].Key(), "."))
	}
	var decode *toml.DecodeError
	if errors.As(err, &decode) {
		row, col := decode.Position()
		return fmt.Errorf("line %d, column %d: %s", row, col, plainType(strings.Join(decode.Key(), "."), strings.TrimPrefix(decode.Error(), "toml: ")))
	}
	return errors.New(strings.ReplaceAll(strings.TrimPrefix(err.Error(), "toml: "), "\n", " "))
}

// ParseScenario reads a scenario file. name stands in errors; an error names
// the line where TOML knows it.
func ParseScenario(name string, text []byte) (Scenario, error) {
	f, err := parseFile(name, text)
	if err != nil {
		return Scenario{}, err
	}
	if f.Name == "" || f.Cause == "" || f.Target == "" || f.Actor == "" {
		return Scenario{}, fmt.Errorf("read scenario %q: name, cause, actor-name and target are needed", name)
	}
	for i, m := range f.Mend {
		var after any
		if err := json.Unmarshal([]byte(orElse(m.After, "null")), &after); err != nil {
			return Scenario{}, fmt.Errorf("read scenario %q: mend %d (%s): after is no JSON: %w", name, i+1, m.Layer, err)
		}
	}
	for i := range f.Actors {
		f.Actors[i].Clock += f.Clock
	}
	for i := range f.Buckets {
		f.Buckets[i].Clock += f.Clock
	}
	return Scenario{
		Name: f.Name, Title: f.Title, Cause: f.Cause, Story: strings.TrimSpace(f.Story), Lesson: f.Lesson,
		Actor: f.Actor, Reader: f.Reader, Target: f.Target, Args: f.Args, Env: f.Env, Fix: f.Fix, Presign: f.Presign,
		Mend: f.Mend, Retry: f.Retry, Behind: f.Behind, World: f.World,
	}, nil
}

//go:embed base.toml scenarios/*.toml
var files embed.FS

var embedded = sync.OnceValues(readEmbedded)

// readEmbedded parses the base world and the scenarios that the program carries.
func readEmbedded() (World, []Scenario) {
	base, err := readBase()
	if err != nil {
		return World{}, nil
	}
	names, err := fs.Glob(files, "scenarios/*.toml")
	if err != nil {
		return base, nil
	}
	read := make([]*Scenario, len(names))
	var wait sync.WaitGroup // side by side: a person waits for the first picture
	for i, name := range names {
		wait.Go(func() {
			text, err := files.ReadFile(name)
			if err != nil {
				return
			}
			if s, err := ParseScenario(path.Base(name), text); err == nil { // TestEmbedded holds that it always is
				read[i] = &s
			}
		})
	}
	wait.Wait()
	var all []Scenario
	for _, s := range read {
		if s != nil {
			all = append(all, *s)
		}
	}
	slices.SortStableFunc(all, bySchedule)
	return base, all
}

func readBase() (World, error) {
	text, err := files.ReadFile("base.toml")
	if err != nil {
		return World{}, fmt.Errorf("read the base world: %w", err)
	}
	f, err := parseFile("base.toml", text)
	return f.World, err
}

// A Chapter is a part of the list of scenarios.
type Chapter uint8

// The chapters, in the order in which they are listed.
const (
	Lessons     Chapter = iota // the lessons, from a plain missing Allow to the owner of an object
	OtherCauses                // one more scenario for each cause that has no lesson
	Traps                      // where one cause hides another, or S3 does not say what it is
)

// Chapter is the part of the list that the scenario stands in.
func (s Scenario) Chapter() Chapter {
	switch {
	case s.Lesson != 0:
		return Lessons
	case strings.HasPrefix(s.Name, "trap-"):
		return Traps
	}
	return OtherCauses
}

// bySchedule puts lessons first, in their order; then the others along the way of a
// request, as the stations are that their causes stop it at; and the traps last.
func bySchedule(a, b Scenario) int {
	return cmp.Or(
		cmp.Compare(a.Chapter(), b.Chapter()),
		cmp.Compare(a.Lesson, b.Lesson),
		cmp.Compare(placeOf(a.Cause), placeOf(b.Cause)),
		strings.Compare(a.Name, b.Name),
	)
}

// placeOf orders causes by station, and within one as the catalogue does.
func placeOf(cause string) int {
	for i, c := range diagnose.Catalogue() {
		if string(c.ID) == cause {
			return c.Station*1000 + i
		}
	}
	return 0
}

// Scenarios returns the scenarios that the program carries, chapter by chapter.
// The slice is the caller's own.
func Scenarios() []Scenario {
	_, all := embedded()
	return slices.Clone(all)
}

// Find returns the scenario of that name. The error names one that is alike.
func Find(name string) (Scenario, error) {
	all := Scenarios()
	for _, s := range all {
		if s.Name == name {
			return s, nil
		}
	}
	for _, s := range all {
		if strings.Contains(s.Name, name) || strings.Contains(name, s.Name) {
			return Scenario{}, fmt.Errorf("find scenario %q: there is none; did you mean %q?", name, s.Name)
		}
	}
	return Scenario{}, fmt.Errorf("find scenario %q: there is none; `s403 lab list` names them", name)
}
