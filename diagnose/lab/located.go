package lab

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// located says of an error about the entries of a world file in which file it is
// and, where an entry that it quotes stands in the text, on which line. nil stays.
func located(name string, text []byte, err error) error {
	if err == nil {
		return nil
	}
	what := strings.TrimPrefix(err.Error(), "build the world: ")
	if line := lineOf(string(text), what); line > 0 {
		return fmt.Errorf("read world %q: the entry on line %d: %s", name, line, what)
	}
	return fmt.Errorf("read world %q: %s", name, what)
}

// called are the entries that an error names: what they are, and their names.
var called = regexp.MustCompile(`(\S+) ("(?:[^"\\]|\\.)*")`)

// lineOf is the line of the first entry that the message names and the text has:
// of its name, key, id or path, in a table of its kind. 0: there is none. An actor
// of a scenario bears its name in front of her own.
func lineOf(text, message string) int {
	for _, c := range called.FindAllStringSubmatch(message, -1) {
		name, err := strconv.Unquote(c[2])
		if err != nil {
			continue
		}
		if c[1] == "actor" {
			name = name[strings.LastIndex(name, "/")+1:]
		}
		if line := lineOfEntry(text, c[1], name); line > 0 {
			return line
		}
	}
	return 0
}

// lineOfEntry finds an entry by its kind, such as "bucket", and its name.
func lineOfEntry(text, kind, name string) int {
	at, table := 0, ""
	for line := range strings.Lines(text) {
		at++
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "[") {
			table = strings.Trim(line, "[] ")
		}
		field, value, _ := strings.Cut(line, "=")
		if !strings.HasSuffix(table, kind) || strings.Trim(strings.TrimSpace(value), `"'`) != name {
			continue
		}
		switch strings.TrimSpace(field) {
		case "name", "key", "id", "path":
			return at
		}
	}
	return 0
}

// wrongKind takes apart what go-toml says of a value of the wrong type.
var wrongKind = regexp.MustCompile(`^cannot decode TOML (.+) into .* of type (\S+)$`)

// kinds are Go's types as a reader of TOML knows them.
var kinds = map[string]string{"int": "a number", "bool": "true or false", "string": "a text in quotes", "[]string": "a list of texts"}

// plainType says in a reader's words that a field has a value of the wrong type.
func plainType(field, message string) string {
	parts := wrongKind.FindStringSubmatch(message)
	if parts == nil || kinds[parts[2]] == "" {
		return message
	}
	return fmt.Sprintf("%q takes %s, not a %s", field, kinds[parts[2]], parts[1])
}
