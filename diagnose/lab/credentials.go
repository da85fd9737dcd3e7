package lab

import (
	"crypto/sha256"
	"encoding/base32"
	"encoding/base64"
	"encoding/hex"
	"strings"
)

// Credentials are an actor's credentials as she holds them. They follow from
// names by hashing, so that documents and pictures stay as they are; they open
// nothing but the lab.
type Credentials struct {
	Actor           string `json:"name"`
	AccessKeyID     string `json:"accessKeyId"`
	SecretAccessKey string `json:"secretAccessKey"`
	SessionToken    string `json:"sessionToken"`
}

func digest(parts ...string) []byte {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return sum[:]
}

// keyID is "AKIA" or "ASIA", thirteen characters of a hash, and "LAB".
func keyID(prefix, seed string) string {
	return prefix + base32.StdEncoding.EncodeToString(digest("access key id", seed))[:13] + "LAB"
}

// uniqueID is an IAM unique id, such as "AIDA" and seventeen characters.
func uniqueID(prefix, seed string) string {
	return prefix + base32.StdEncoding.EncodeToString(digest("unique id", seed))[:17]
}

// plain is base64 without the characters that a shell or a URL would mind.
func plain(b []byte) string {
	return strings.NewReplacer("+", "x", "/", "y", "=", "").Replace(base64.StdEncoding.EncodeToString(b))
}

func secretKey(seed string) string {
	return plain(digest("secret access key", seed))[:40]
}

func sessionToken(seed string) string {
	var token strings.Builder
	token.WriteString("FwoGZXIvYXdzE")
	for _, part := range []string{"a", "b", "c"} {
		token.WriteString(plain(digest("session token", part, seed)))
	}
	return token.String()
}

// canonicalID is an account's canonical user id: 64 hexadecimal digits.
func canonicalID(account string) string {
	return hex.EncodeToString(digest("canonical user id", account))
}
