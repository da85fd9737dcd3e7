package ui

import (
	"fmt"
	"slices"
	"strings"
)

// key takes the keys of one command.
func (r *settingsReader) key(name string, v any) {
	full := "keys." + name
	if !slices.Contains(commandNames(), name) {
		r.say(r.lines[full], "%s is no command%s", full, meant(name, commandNames()))
		return
	}
	bound, ok := keyNames(v)
	if !ok {
		r.say(r.lines[full], "%s is %s; it must be a key such as \"ctrl+r\", or an array of them", full, shown(v))
		return
	}
	for i, k := range bound {
		if why := r.unusable(name, k); why != "" {
			r.say(r.lines[full], "%s: %q %s; %s keeps the keys it has", full, k, why, name)
			return
		}
		bound[i] = k
	}
	if r.out.Keys == nil {
		r.out.Keys = map[string][]string{}
	}
	r.out.Keys[name] = bound
}

// commandNames are the names of all commands, as the configuration calls them.
func commandNames() []string {
	var out []string
	for _, act := range actions() {
		out = append(out, act.id)
	}
	slices.Sort(out)
	return out
}

// keyNames reads one key or several: `quit = "q"` or `quit = ["q", "ctrl+q"]`.
func keyNames(v any) ([]string, bool) {
	switch v := v.(type) {
	case string:
		return []string{v}, v != ""
	case []any:
		var out []string
		for _, item := range v {
			name, ok := item.(string)
			if !ok || name == "" {
				return nil, false
			}
			out = append(out, name)
		}
		return out, len(out) > 0
	default:
		return nil, false
	}
}

// unusable says why a key cannot be bound to a command; "" when it can.
func (r *settingsReader) unusable(command, key string) string {
	if _, ok := keyPress(key); !ok {
		return `is no key; keys are such as "r", "R", "ctrl+r", "alt+left", "f5", "space"`
	}
	if key == "ctrl+c" && command != "quit" {
		return "always quits"
	}
	for _, other := range commandNames() {
		if slices.Contains(r.out.Keys[other], key) {
			return fmt.Sprintf("is bound to %s already, on line %d", other, r.lines["keys."+other])
		}
	}
	return ""
}

// settleKeys tells of commands that are left without a key, since another took it.
func (r *settingsReader) settleKeys() {
	before := actions()
	for i, act := range rebind(actions(), r.out.Keys) {
		if len(act.Keys()) > 0 || act.id == "escape" {
			continue
		}
		taker := ""
		for name, keys := range r.out.Keys {
			if slices.ContainsFunc(before[i].Keys(), func(k string) bool { return slices.Contains(keys, k) }) && (taker == "" || name < taker) {
				taker = name
			}
		}
		r.say(r.lines["keys."+taker], "keys.%s takes the key of %s (%s), which has none now; give it one under [keys]",
			taker, act.id, strings.Join(before[i].Keys(), ", "))
	}
}
