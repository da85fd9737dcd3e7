// Command screenshots takes the pictures of the README again.
//
//	go run ./screenshots          # take them all again
//	go run ./screenshots why      # only the scenes whose name holds "why"
//	go run ./screenshots -check   # fail when a picture is stale
//
// It runs the real program inside this process, on an emulated terminal, and
// plays a script to it (scenes/*.txt). The clock stands still and the lab's ids
// follow from its requests, so that the same program gives the same pictures, to
// the byte.
package main

import (
	"bytes"
	"embed"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

//go:embed scenes/*.txt
var sceneFiles embed.FS

func main() {
	dir := flag.String("dir", "screenshots", "where the pictures are")
	check := flag.Bool("check", false, "compare with the pictures there instead of writing them")
	flag.Parse()
	if err := run(*dir, flag.Arg(0), *check); err != nil {
		fmt.Fprintln(os.Stderr, "screenshots:", err)
		os.Exit(1)
	}
}

// run plays every scene whose name holds want, and writes or compares what it shot.
func run(dir, want string, check bool) error {
	scenes, err := readScenes(want)
	if err != nil {
		return err
	}
	var stale []string
	for _, s := range scenes {
		shots, err := s.play()
		if err != nil {
			return fmt.Errorf("scene %s: %w", s.name, err)
		}
		for _, shot := range shots {
			file := filepath.Join(dir, shot.name+".png")
			fresh, err := keep(file, shot.png, check)
			if err != nil {
				return err
			}
			if !fresh {
				stale = append(stale, file)
			}
			fmt.Println(file)
		}
	}
	if len(stale) > 0 {
		return fmt.Errorf("stale: %s; run `go run ./screenshots`, look at them, and commit them",
			strings.Join(stale, ", "))
	}
	return nil
}

// keep writes the picture or, when checking, tells whether the one on disk is
// the same. A stale one is left beside it for a person to compare.
func keep(file string, png []byte, check bool) (fresh bool, err error) {
	if !check {
		return true, os.WriteFile(file, png, 0o644)
	}
	old, err := os.ReadFile(file)
	if err != nil {
		return false, fmt.Errorf("reading the picture to compare with: %w", err)
	}
	if bytes.Equal(old, png) {
		return true, nil
	}
	beside := filepath.Join(os.TempDir(), "fresh-"+filepath.Base(file))
	fmt.Println("stale; what it would be now:", beside)
	return false, os.WriteFile(beside, png, 0o644)
}

func readScenes(want string) ([]scene, error) {
	names, err := fs.Glob(sceneFiles, "scenes/*.txt")
	if err != nil {
		return nil, err
	}
	var scenes []scene
	for _, name := range names {
		base := strings.TrimSuffix(filepath.Base(name), ".txt")
		if !strings.Contains(base, want) {
			continue
		}
		text, err := sceneFiles.ReadFile(name)
		if err != nil {
			return nil, err
		}
		parsed, err := parseScene(base, string(text))
		if err != nil {
			return nil, err
		}
		scenes = append(scenes, parsed...)
	}
	return scenes, nil
}
