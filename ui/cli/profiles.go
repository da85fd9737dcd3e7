package cli

import (
	"bufio"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"s403/ui"
)

// configLimit bounds what is read of each AWS configuration file, in bytes.
const configLimit = 1 << 20

// profiles lists the profiles of the AWS configuration files, by name. A file
// that cannot be read has none: connecting says what is wrong with it.
func profiles(getenv func(string) string) []ui.Profile {
	found := map[string]*ui.Profile{}
	for _, f := range []struct{ env, name string }{
		{"AWS_CONFIG_FILE", "config"}, {"AWS_SHARED_CREDENTIALS_FILE", "credentials"},
	} {
		path := getenv(f.env)
		if path == "" && getenv("HOME") != "" {
			path = filepath.Join(getenv("HOME"), ".aws", f.name)
		}
		file, err := os.Open(path) //nolint:gosec // the person's own configuration
		if err != nil {
			continue
		}
		readProfiles(file, f.name == "config", found)
		_ = file.Close()
	}
	out := make([]ui.Profile, 0, len(found))
	for _, p := range found {
		out = append(out, *p)
	}
	slices.SortFunc(out, func(a, b ui.Profile) int { return strings.Compare(a.Name, b.Name) })
	return out
}

// readProfiles reads the sections of one file. Sections of config are named
// "profile NAME", but for the default one (AWS SDKs Guide, "Shared config and
// credentials files").
func readProfiles(r io.Reader, config bool, found map[string]*ui.Profile) {
	var current *ui.Profile
	lines := bufio.NewScanner(io.LimitReader(r, configLimit))
	for lines.Scan() {
		line := strings.TrimSpace(lines.Text())
		if strings.TrimLeft(lines.Text(), " \t") != lines.Text() {
			continue // nested below the setting before it, as s3 and services have them
		}
		if name, ok := section(line, config); ok {
			current = nil
			if name != "" {
				if found[name] == nil {
					found[name] = &ui.Profile{Name: name}
				}
				current = found[name]
			}
			continue
		}
		key, value, ok := strings.Cut(line, "=")
		if !ok || current == nil {
			continue
		}
		describe(current, strings.TrimSpace(key), strings.TrimSpace(value))
	}
}

// section is the name of the profile that a line begins; empty for a section
// that is no profile.
func section(line string, config bool) (name string, ok bool) {
	if !strings.HasPrefix(line, "[") {
		return "", false
	}
	head, _, _ := strings.Cut(strings.TrimPrefix(line, "["), "]")
	head = strings.TrimSpace(head)
	if !config || head == "default" {
		return head, true
	}
	rest, isProfile := strings.CutPrefix(head, "profile ")
	if !isProfile {
		return "", true
	}
	return strings.Trim(strings.TrimSpace(rest), `"'`), true
}

// describe notes what sort of credentials a profile has. No value is kept but
// the region and the ARN of a role.
func describe(p *ui.Profile, key, value string) {
	switch key {
	case "region":
		p.Region = value
	case "sso_session", "sso_start_url":
		p.Kind = "sso"
	case "role_arn":
		p.Kind, p.Role = "role", value
	case "credential_process":
		p.Kind = "process"
	case "aws_access_key_id":
		if p.Kind == "" {
			p.Kind = "keys"
		}
	}
}
