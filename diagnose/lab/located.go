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

// quoted are the names that an error quotes.
var quoted = regexp.MustCompile(`"(?:[^"\\]|\\.)*"`)

// lineOf is the line of the first name in the message that stands in the text as
// the value of a name, key, id or path; 0 when there is none. An actor of a
// scenario bears its name in front of her own.
func lineOf(text, message string) int {
	for _, q := range quoted.FindAllString(message, -1) {
		name, err := strconv.Unquote(q)
		if err != nil || name == "" {
			continue
		}
		own := name[strings.LastIndex(name, "/")+1:]
		at := 0
		for line := range strings.Lines(text) {
			at++
			field, value, _ := strings.Cut(strings.TrimSpace(line), "=")
			value = strings.Trim(strings.TrimSpace(value), `"'`)
			switch strings.TrimSpace(field) {
			case "name", "key", "id", "path":
				if value == name || value == own && strings.HasPrefix(message, "actor ") {
					return at
				}
			}
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
