package s3view

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"unicode"
)

// partFile makes the file that a download fills, beside the one that it will be.
// Its permissions are those that the person's umask leaves of any new file.
func partFile(path string) (*os.File, error) {
	name := filepath.Join(filepath.Dir(path), ".s403-"+rand.Text()[:12]+".part")
	file, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o666) //nolint:gosec // as any program's new file
	if err != nil {
		return nil, fmt.Errorf("no file can be made beside %q: %w", path, innermost(err))
	}
	return file, nil
}

func existsAlready(path string) error {
	return fmt.Errorf("%q exists already: move it away or choose another name", path)
}

// giveName puts the finished file under its name, unless another file has taken
// the name meanwhile. A hard link refuses to replace; where the file system has
// none, the name is taken by an empty file first, which refuses too.
func giveName(temp, path string) error {
	err := os.Link(temp, path)
	switch {
	case err == nil:
		return nil
	case errors.Is(err, fs.ErrExist):
		return existsAlready(path)
	}
	return renameOnto(temp, path)
}

func renameOnto(temp, path string) error {
	own, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666) //nolint:gosec // as above
	switch {
	case errors.Is(err, fs.ErrExist):
		return existsAlready(path)
	case err != nil:
		return fmt.Errorf("%q cannot be given its name: %w", path, innermost(err))
	}
	_ = own.Close()
	if err := os.Rename(temp, path); err != nil {
		_ = os.Remove(path)
		return fmt.Errorf("%q cannot be given its name: %w", path, innermost(err))
	}
	return nil
}

// LocalName makes a file name of a key: its last part, without what no file
// system or terminal takes well, and never one that leads out of its directory.
func LocalName(key string) string {
	name := strings.TrimSuffix(key, "/")
	name = name[strings.LastIndexByte(name, '/')+1:]
	name = strings.Map(func(r rune) rune {
		if r == '\\' || r == ':' || r == 0xfffd || unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
			return '_'
		}
		return r
	}, name)
	for len(name) > 240 {
		name = clip(name, 230)
	}
	if runtime.GOOS == "windows" {
		name = windowsName(name)
	}
	if strings.Trim(name, ". ") == "" {
		return "object"
	}
	return name
}

// devices are the names that Windows keeps for devices, with any extension
// (Microsoft, "Naming Files, Paths, and Namespaces").
var devices = regexp.MustCompile(`(?i)^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])[ .]*(\.|$)`)

// windowsName makes a name that Windows takes as it stands.
func windowsName(name string) string {
	name = strings.Map(func(r rune) rune {
		if strings.ContainsRune(`<>"|?*`, r) {
			return '_'
		}
		return r
	}, name)
	name = strings.TrimRight(name, ". ")
	if devices.MatchString(name) {
		name = "_" + name
	}
	return name
}

// FreeName returns a path in dir for the key that no file has: "report.csv",
// else "report (2).csv", and so on.
func FreeName(dir, key string) string {
	name := LocalName(key)
	ext := filepath.Ext(name)
	path := filepath.Join(dir, name)
	for n := 2; n < 10_000; n++ {
		if _, err := os.Lstat(path); err != nil {
			return path
		}
		path = filepath.Join(dir, fmt.Sprintf("%s (%d)%s", strings.TrimSuffix(name, ext), n, ext))
	}
	return path
}
