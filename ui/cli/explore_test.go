package cli

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"s403/diagnose/lab"
)

// shop is a small world to browse: three objects, and two people.
const shop = `
name       = "shop"
title      = "The shop"
cause      = "identity-no-allow"
actor-name = "clerk"
target     = "s3://acme-shop/orders/2.csv"
story      = "A shop."
fix        = "None."

[[user]]
name = "data/clerk"
inline = { p = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":["s3:ListBucket","s3:GetObject"],"Resource":["arn:aws:s3:::acme-shop","arn:aws:s3:::acme-shop/*"]}}' }

[[actor]]
name = "clerk"
user = "data/clerk"

[[bucket]]
name = "acme-shop"
account = "data"
region = "eu-west-1"

[[bucket]]
name = "acme-spare"
account = "data"
region = "eu-west-1"

[[bucket.object]]
key = "nothing"
size = 1
`

// shopObjects are laid into the first bucket.
const shopObjects = `
[[bucket.object]]
key = "orders/1.csv"
size = 100

[[bucket.object]]
key = "orders/2.csv"
size = 200

[[bucket.object]]
key = "orders/slow.bin"
size = 300000
`

// openShop serves the shop, through a middleware, and puts two profiles to it into
// the person's configuration: admin, and clerk, who may not list buckets.
func openShop(t *testing.T, through func(http.Handler) http.Handler) (endpoint string) {
	t.Helper()
	text := strings.Replace(shop, `[[bucket]]
name = "acme-spare"`, shopObjects+`
[[bucket]]
name = "acme-spare"`, 1)
	s, err := lab.ParseScenario("shop", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	l, err := lab.New([]lab.Scenario{s})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(through(l.Handler()))
	t.Cleanup(server.Close)
	var config strings.Builder
	for _, c := range l.ActorsOf(s) {
		fmt.Fprintf(&config, "[profile %s]\nregion = eu-west-1\nendpoint_url = %s\naws_access_key_id = %s\naws_secret_access_key = %s\n", c.Actor, server.URL, c.AccessKeyID, c.SecretAccessKey)
	}
	awsFiles(t, config.String())
	return server.URL
}

func asIs(h http.Handler) http.Handler { return h }

// Marked objects are fetched one after the other; esc ends a download that hangs,
// and nothing of it is left.
func TestDownloads(t *testing.T) {
	over := make(chan struct{})
	t.Cleanup(func() { close(over) })
	openShop(t, func(h http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method != http.MethodGet || !strings.HasSuffix(r.URL.Path, "slow.bin") {
				h.ServeHTTP(w, r)
				return
			}
			w.Header().Set("Content-Length", "300000")
			_, _ = w.Write(make([]byte, 150_000))
			w.(http.Flusher).Flush() //nolint:forcetypeassert // the server's own writer
			select {
			case <-r.Context().Done():
			case <-over:
			}
		})
	})
	dir := t.TempDir()
	t.Chdir(dir)
	term := onTerminal(t, "--profile", "admin", "s3://acme-shop/orders/")
	term.sees("slow.bin", "1/3").press("space").sees("2/3", "● 1").press("space").sees("3/3", "● 2").press("D")
	term.sees("verified: MD5 (ETag) matches", "✓ 1.csv", "✓ 2.csv", "2 of 2 done", "esc close").press("esc").misses("╭ download")
	for name, size := range map[string]int64{"1.csv": 100, "2.csv": 200} {
		if info, err := os.Stat(filepath.Join(dir, name)); err != nil || info.Size() != size {
			t.Errorf("%s: %v, %v", name, info, err)
		}
	}
	term.press("D").sees("146.5 KiB of 293.0 KiB", "━━━━━━━━─").press("esc").sees("stopped; nothing is left behind").press("esc").misses("╭ download")
	term.press("q").quits()
	if left, err := os.ReadDir(dir); err != nil || len(left) != 2 {
		t.Errorf("the folder holds %v, %v", left, err)
	}
}

// A presigned URL goes to the clipboard, never to the screen, and opens the object.
func TestPresign(t *testing.T) {
	openShop(t, asIs)
	term := onTerminal(t, "--profile", "admin", "s3://acme-shop/orders/2.csv")
	term.sees("2/3").press("y").sees("presigned URL").press("p").sees("presigned URL, valid until")
	if strings.Contains(term.screen(), "X-Amz-Signature") {
		t.Errorf("the screen shows a signature:\n%s", term.screen())
	}
	resp, err := http.Get(term.clipboard())
	if err != nil {
		t.Fatal(err)
	}
	body, _ := io.ReadAll(resp.Body)
	_ = resp.Body.Close()
	if resp.StatusCode != http.StatusOK || len(body) != 200 {
		t.Errorf("the presigned URL answers %d with %d bytes", resp.StatusCode, len(body))
	}
	term.press("q").quits()
}

// clipboard is what was last sent to the terminal's clipboard (OSC 52).
func (term *terminal) clipboard() string {
	term.t.Helper()
	term.mu.Lock()
	defer term.mu.Unlock()
	_, rest, ok := strings.Cut(term.raw.String(), "\x1b]52;c;")
	for more := ok; more; {
		var next string
		if _, next, more = strings.Cut(rest, "\x1b]52;c;"); more {
			rest = next
		}
	}
	coded, _, _ := strings.Cut(rest, "\x07")
	text, err := base64.StdEncoding.DecodeString(coded)
	if !ok || err != nil {
		term.t.Fatalf("nothing readable was sent to the clipboard: %v", err)
	}
	return string(text)
}

// Another profile and another region are chosen while it runs.
func TestSwitching(t *testing.T) {
	openShop(t, asIs)
	term := onTerminal(t, "--profile", "admin")
	term.sees("acme-shop", "admin@admin").press("P").sees("╭ profile", "clerk", "keys").types("cler").press("enter")
	term.sees("clerk@clerk", "You may not list buckets").press("R").sees("╭ region").types("eu-central-1").press("enter")
	term.sees("clerk@clerk · 1111-2222-3333 · eu-central-1").press("R").sees("╭ region").types("mars-1").sees("as typed").press("enter").sees("mars-1")
	term.press("P").sees("╭ profile").types("nobody").press("enter").sees("not connected", `there is no profile "nobody"`)
	term.press("P").sees("╭ profile").types("admin").press("enter").sees("admin@admin", "acme-shop").press("q").quits()
}

// Bookmarks and buckets visited are kept under XDG_STATE_HOME, for the next run
// and for those who may not list buckets; go-to completes from them and from S3.
func TestPlacesAreKept(t *testing.T) {
	openShop(t, asIs)
	term := onTerminal(t, "--profile", "clerk").sees("You may not list buckets").press("o").sees("╭ go to")
	term.types("acme-shop/or").press("enter").sees("orders/").press("b").sees("bookmarked s3://acme-shop/or").press("q")
	term.quits()
	text, err := os.ReadFile(filepath.Join(os.Getenv("XDG_STATE_HOME"), "s403", "places.json"))
	var kept struct{ Bookmarks, Recent []string }
	if err != nil || json.Unmarshal(text, &kept) != nil || len(kept.Bookmarks) != 1 || len(kept.Recent) != 1 {
		t.Fatalf("kept: %s, %v", text, err)
	}
	term = onTerminal(t, "--profile", "clerk").sees("These you have", "acme-shop").press("B").sees("bookmark", "visited").press("esc").misses("╭ places")
	term.press("o").sees("╭ go to").types("acme-s").sees("s3://acme-shop/").press("tab").types("o").sees("s3://acme-shop/orders/").press("tab", "tab")
	term.sees("s3://acme-shop/orders/slow.bin").press("down", "down", "enter").sees("2/3").press("q").quits()
}

// What is wrong in config.toml is told with its line, and the rest is used.
func TestConfigurationErrors(t *testing.T) {
	openShop(t, asIs)
	file := filepath.Join(os.Getenv("XDG_CONFIG_HOME"), "s403", "config.toml")
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		t.Fatal(err)
	}
	write := func(text string) {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("glyphs = \"ascii\"\ntheme = \"dusk\"\n[keys]\nfly = \"x\"\nsort = \"z\"\n")
	term := onTerminal(t, "--profile", "admin").sees("config.toml", `line 2: theme is "dusk"`, "line 4: keys.fly is no command").press("esc")
	term.misses("What cannot be used").sees("acme-shop").press("z").sees("by size").press("q").quits()
	write("theme = \n")
	onTerminal(t, "--profile", "admin").sees("config.toml line 1: there is no value").press("q").quits()
}
