package s3view

import (
	"bufio"
	"io"
	"os"
	"strings"

	"github.com/aws/aws-sdk-go-v2/config"
)

// addressingStyle is what a profile of the AWS CLI says of path style: "path",
// "virtual", "auto", or "" where it says nothing. The setting is nested below
// s3 (AWS CLI S3 Configuration), where the SDK for Go does not look. A file that
// cannot be read says nothing: the SDK has told already what is wrong with it.
func addressingStyle(env config.EnvConfig, shared config.SharedConfig) string {
	name := env.SharedConfigFile
	if name == "" {
		name = config.DefaultSharedConfigFilename()
	}
	f, err := os.Open(name)
	if err != nil {
		return ""
	}
	defer func() { _ = f.Close() }()
	profile := shared.Profile
	if profile == "" {
		profile = config.DefaultSharedConfigProfile
	}
	return nestedSetting(io.LimitReader(f, 1<<20), profile, "s3", "addressing_style")
}

// nestedSetting finds a setting that stands, indented, below another one of a
// profile:
//
//	[profile dev]
//	s3 =
//	  addressing_style = path
func nestedSetting(r io.Reader, profile, parent, name string) (value string) {
	var here, below bool
	for lines := bufio.NewScanner(r); lines.Scan(); {
		line := lines.Text()
		trimmed := strings.TrimSpace(line)
		switch {
		case trimmed == "" || strings.HasPrefix(trimmed, "#") || strings.HasPrefix(trimmed, ";"):
			continue
		case strings.HasPrefix(trimmed, "["):
			here, below = isProfile(trimmed, profile), false
			continue
		}
		key, v, _ := strings.Cut(trimmed, "=")
		key, v = strings.TrimSpace(key), strings.TrimSpace(v)
		if line[0] != ' ' && line[0] != '\t' {
			below = here && key == parent && v == ""
		} else if below && key == name {
			value = strings.ToLower(v)
		}
	}
	return value
}

// isProfile tells whether a heading opens the profile: [profile NAME], or
// [default], whose first word may be left out.
func isProfile(heading, profile string) bool {
	words := strings.Fields(strings.Trim(strings.SplitN(heading, "#", 2)[0], "[] \t"))
	switch {
	case len(words) == 1:
		return words[0] == profile && profile == config.DefaultSharedConfigProfile
	case len(words) > 1 && words[0] == "profile":
		return strings.Trim(strings.Join(words[1:], " "), `"'`) == profile
	}
	return false
}
