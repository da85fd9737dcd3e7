package main

import (
	"fmt"
	"strconv"
	"strings"
)

// A scene is a script for one run of the program on one terminal:
//
//	size 120x36 80x24       # each size is a run of its own
//	theme light dark        # and so is each theme
//	run demo missing-key    # the command line
//	await refused           # until the screen shows it
//	key w enter ctrl+d      # keys, by Bubble Tea's names
//	type s3://b             # letters as they are
//	shot why                # the picture why-120x36-dark.png
type scene struct {
	name          string
	width, height int
	dark          bool
	args          []string
	steps         []step
}

// step is one line of the script after its settings.
type step struct {
	line int
	verb string // await, key, type or shot
	rest string
}

// parseScene reads a script into one scene for every size and theme it asks for.
func parseScene(name, text string) ([]scene, error) {
	var (
		sizes  = []string{"120x36"}
		themes = []string{"dark"}
		base   = scene{name: name}
	)
	for i, line := range strings.Split(text, "\n") {
		verb, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		rest = strings.TrimSpace(rest)
		switch verb {
		case "", "#":
		case "size":
			sizes = strings.Fields(rest)
		case "theme":
			themes = strings.Fields(rest)
		case "run":
			base.args = strings.Fields(rest)
		case "await", "key", "type", "shot":
			base.steps = append(base.steps, step{line: i + 1, verb: verb, rest: rest})
		default:
			return nil, fmt.Errorf("scenes/%s.txt:%d: no such verb %q", name, i+1, verb)
		}
	}
	return spread(base, sizes, themes)
}

// spread makes one scene of each size in each theme.
func spread(base scene, sizes, themes []string) ([]scene, error) {
	var scenes []scene
	for _, size := range sizes {
		w, h, ok := strings.Cut(size, "x")
		width, errW := strconv.Atoi(w)
		height, errH := strconv.Atoi(h)
		if !ok || errW != nil || errH != nil {
			return nil, fmt.Errorf("scenes/%s.txt: size %q is not like 120x36", base.name, size)
		}
		for _, theme := range themes {
			s := base
			s.width, s.height, s.dark = width, height, theme == "dark"
			scenes = append(scenes, s)
		}
	}
	return scenes, nil
}

// fileName is the name of a shot's picture, without its ending.
func (s scene) fileName(shot string) string {
	theme := "light"
	if s.dark {
		theme = "dark"
	}
	return fmt.Sprintf("%s-%dx%d-%s", shot, s.width, s.height, theme)
}
